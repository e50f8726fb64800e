#include "ob/process.h"

#include "ob/clock.h"
#include "ob/host.h"
#include "ob/test.h"

#include <string.h>

#define LONG 20000u /* ms, for what should come at once */

/* The same script for the shell of each system. */
static const char *const *script(const char *posix, const char *windows)
{
    static const char *argv[4];
    bool is_windows = strcmp(ob_host_platform(), "windows") == 0;
    argv[0] = is_windows ? "C:\\windows\\system32\\cmd.exe" : "/bin/sh";
    argv[1] = is_windows ? "/c" : "-c";
    argv[2] = is_windows ? windows : posix;
    argv[3] = NULL;
    return argv;
}

static ob_process *start(const ob_process_options *options)
{
    ob_process *process = NULL;
    ob_check_ok(ob_process_start(options, &process));
    return process;
}

/* All output, without line ends. */
static const char *output_of(ob_process *process)
{
    char text[4096] = "";
    size_t length = 0;
    bool ended = false;
    while (!ended) {
        size_t got = 0;
        ob_check_ok(
            ob_process_read(process, text + length, sizeof text - length - 1, LONG, &got, &ended));
        ck_assert(got > 0 || ended);
        length += got;
    }
    text[length] = '\0';
    size_t kept = 0;
    for (size_t i = 0; i < length; i++) {
        text[kept] = text[i];
        kept += text[i] != '\r' && text[i] != '\n';
    }
    return ob_test_format("%.*s", (int)kept, text);
}

static int64_t code_of(ob_process *process)
{
    bool ended = false;
    int64_t code = -1;
    ob_check_ok(ob_process_wait(process, LONG, &ended, &code));
    ck_assert(ended);
    return code;
}

START_TEST(process__output_and_code)
{
    ob_process_options options = {
        .argv = script("echo out; echo err >&2; exit 3", "echo out& echo err>&2& exit 3")};
    ob_process *process = start(&options);
    ck_assert_str_eq(output_of(process), "out");
    ck_assert_int_eq(code_of(process), 3);
    ck_assert_int_eq(code_of(process), 3); /* told again */
    ck_assert_int_eq(strncmp(ob_process_errors(process), "err", 3), 0);
    ob_process_close(process);
    options.one_output = true;
    process = start(&options);
    ck_assert_str_eq(output_of(process), "outerr");
    ck_assert_int_eq(code_of(process), 3);
    ck_assert_str_eq(ob_process_errors(process), "");
    ob_process_close(process);
    ob_process_close(NULL);
}
END_TEST

START_TEST(process__environment)
{
    static const char *const environment[] = {"OB_A=1 2", "PATH=/none", NULL};
    ob_process_options options = {.argv = script("echo \"$OB_A|$PATH\"", "echo %OB_A%^|%PATH%"),
                                  .environment = environment};
    ob_process *process = start(&options);
    ck_assert_str_eq(output_of(process), "1 2|/none");
    ob_process_close(process);
}
END_TEST

START_TEST(process__that_cannot_start)
{
    static const char *const none[] = {"/none/such", NULL};
    static const char *const none_of_windows[] = {"C:\\none\\such.exe", NULL};
    bool windows = strcmp(ob_host_platform(), "windows") == 0;
    ob_process_options options = {.argv = windows ? none_of_windows : none};
    ob_process *process = NULL;
    ob_check_status(ob_process_start(&options, &process), OB_E_NOT_FOUND);
    ob_check_detail("such");
    ck_assert_ptr_null(process);
}
END_TEST

/* Its input is empty: a program that asks does not wait for ever. */
START_TEST(process__nothing_to_read)
{
    ob_process_options options = {
        .argv = script("read x; echo \"[$x]\"", "set /p x=& echo [%OB_NONE%]")};
    ob_process *process = start(&options);
    ck_assert_ptr_nonnull(strchr(output_of(process), '['));
    ob_process_close(process);
}
END_TEST

START_TEST(process__more_errors_than_a_pipe_holds)
{
    ob_process_options options = {
        .argv = script("i=0; while [ $i -lt 9999 ]; do echo line $i is one of many >&2;"
                       " i=$((i+1)); done; echo end",
                       "(for /L %i in (1,1,9999) do @echo line %i is one of many>&2)& echo end")};
    ob_process *process = start(&options);
    ck_assert_str_eq(output_of(process), "end");
    ck_assert_int_eq(code_of(process), 0);
    size_t length = strlen(ob_process_errors(process));
    ck_assert_uint_le(length, OB_PROCESS_TAIL);
    ck_assert_uint_gt(length, OB_PROCESS_TAIL / 2);
    ck_assert_ptr_nonnull(strstr(ob_process_errors(process), "999"));
    ob_process_close(process);
}
END_TEST

START_TEST(process__waiting_has_an_end)
{
    const ob_clock *clock = ob_clock_os();
    ob_process_options options = {.argv = script("sleep 60", "ping -n 60 127.0.0.1 >NUL")};
    char data[16];
    size_t got = 1;
    bool ended = true;
    int64_t code = 77;
    uint64_t before = clock->monotonic(clock);
    ob_process *process = start(&options);
    ob_check_ok(ob_process_read(process, data, sizeof data, 50, &got, &ended));
    ck_assert(got == 0 && !ended);
    ended = true;
    ob_check_ok(ob_process_wait(process, 50, &ended, &code));
    ck_assert(!ended);
    ck_assert_int_eq(code, 77);
    ob_process_close(process);
    ck_assert_uint_lt(clock->monotonic(clock) - before, UINT64_C(15000000000));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, process__output_and_code);
    tcase_add_test(cases, process__environment);
    tcase_add_test(cases, process__that_cannot_start);
    tcase_add_test(cases, process__nothing_to_read);
    tcase_add_test(cases, process__more_errors_than_a_pipe_holds);
    tcase_add_test(cases, process__waiting_has_an_end);
}

OB_TEST_MAIN("process", add_cases)
