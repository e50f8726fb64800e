#include "command.h"

#include "host_fixture.h"
#include "ob/host.h"

#include <string.h>

static ob_command_host host;

static void setup(void)
{
    host = (ob_command_host){.clock = ob_clock_os()};
}

static ob_command command(const char *posix, const char *windows, int64_t timeout)
{
    ob_command made = {.timeout = timeout};
    const char *const *argv = ob_test_script(posix, windows);
    memcpy(made.argv, argv, 4 * sizeof *argv);
    return made;
}

static ob_status run(const char *posix, const char *windows, int64_t timeout)
{
    ob_command made = command(posix, windows, timeout);
    return ob_command_run(&made, &host);
}

static uint64_t seconds(void)
{
    return ob_clock_os()->monotonic(ob_clock_os()) / 1000000000;
}

START_TEST(command__runs_to_its_end)
{
    const char *mark = ob_test_path(ob_test_temp(), "mark");
    static const char *const environment[] = {"OB_X=y", NULL};
    size_t length = 0;
    host.environment = environment;
    ob_check_ok(run(ob_test_format("echo -$OB_X- > '%s'", mark),
                    ob_test_format("echo -%%OB_X%%->%s", mark), 30));
    ck_assert_int_eq(strncmp((const char *)ob_test_read_file(mark, &length), "-y-", 3), 0);
}
END_TEST

START_TEST(command__that_fails_is_quoted)
{
    ob_check_status(run("echo one; echo two >&2; exit 7", "echo one& echo two>&2& exit 7", 30),
                    OB_E_COMMAND_FAILED);
    ob_check_detail("ended with 7: one");
    ob_check_detail("two");
    ob_check_status(run("exit 1", "exit 1", 30), OB_E_COMMAND_FAILED);
    ck_assert_ptr_nonnull(strstr(ob_detail(), "ended with 1"));
    ck_assert_ptr_null(strstr(ob_detail(), "ended with 1:"));
    /* Of very much the end. */
    ob_check_status(run("i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done; exit 1",
                        "(for /L %i in (0,1,1999) do @echo line %i)& exit 1", 60),
                    OB_E_COMMAND_FAILED);
    ob_check_detail("line 1999");
}
END_TEST

START_TEST(command__that_cannot_start)
{
    ob_command none = {.argv = {"/none/such"}, .timeout = 5};
    ob_check_status(ob_command_run(&none, &host), OB_E_COMMAND_FAILED);
    ob_check_detail("cannot be started");
}
END_TEST

START_TEST(command__takes_too_long)
{
    uint64_t before = seconds();
    ob_check_status(run("echo begun; sleep 60", "echo begun& ping -n 60 127.0.0.1 >NUL", 1),
                    OB_E_COMMAND_FAILED);
    ob_check_detail("longer than its time limit");
    ob_check_detail("begun");
    ck_assert_uint_lt(seconds() - before, 20);
}
END_TEST

static bool stop(void *context)
{
    int *asked = context;
    return ++*asked > 2;
}

START_TEST(command__is_cancelled)
{
    int asked = 0;
    host.stopped = stop;
    host.context = &asked;
    ob_check_status(run("sleep 60", "ping -n 60 127.0.0.1 >NUL", 60), OB_E_CANCELLED);
}
END_TEST

/* What it leaves running with its output open is not waited for. */
START_TEST(command__leaves_something_running)
{
    uint64_t before = seconds();
    if (strcmp(ob_host_platform(), "linux") == 0) {
        ob_check_ok(run("sleep 60 & exit 0", "", 50));
        ck_assert_uint_lt(seconds() - before, 20);
    }
}
END_TEST

static ob_status read_all(const ob_command *what, size_t size, char *text, size_t most)
{
    ob_command_stream *stream = NULL;
    size_t length = 0;
    size_t got = 1;
    ob_status status = ob_command_open(what, &host, &stream);
    while (status == OB_OK && got > 0 && length + size < most) {
        status = ob_command_read(stream, text + length, size, &got);
        length += status == OB_OK ? got : 0;
    }
    text[length] = '\0';
    ob_command_close(stream);
    return status;
}

START_TEST(command__as_a_stream)
{
    char text[256];
    ob_command good = command("printf abc; sleep 0.2; printf def; echo x >&2", "echo abcdef", 30);
    ob_command bad =
        command("printf abc; echo why >&2; exit 4", "echo abc& echo why>&2& exit 4", 30);
    ob_command late = command("printf abc; sleep 60", "echo abc& ping -n 60 127.0.0.1 >NUL", 1);
    ob_command closed = command("printf abc; exec >&-; sleep 60", "", 1);
    ob_check_ok(read_all(&good, 2, text, sizeof text));
    ck_assert_int_eq(strncmp(text, "abcdef", 6), 0);
    ob_check_status(read_all(&bad, 100, text, sizeof text), OB_E_COMMAND_FAILED);
    ck_assert_int_eq(strncmp(text, "abc", 3), 0);
    ob_check_detail("ended with 4: why");
    ck_assert_ptr_null(strchr(ob_detail(), '?'));
    ob_check_status(read_all(&late, 100, text, sizeof text), OB_E_COMMAND_FAILED);
    ob_check_detail("time limit");
    if (strcmp(ob_host_platform(), "linux") == 0) {
        ob_check_status(read_all(&closed, 100, text, sizeof text), OB_E_COMMAND_FAILED);
        ob_check_detail("time limit");
    }
    ob_command_close(NULL);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, NULL);
    tcase_add_test(cases, command__runs_to_its_end);
    tcase_add_test(cases, command__that_fails_is_quoted);
    tcase_add_test(cases, command__that_cannot_start);
    tcase_add_test(cases, command__takes_too_long);
    tcase_add_test(cases, command__is_cancelled);
    tcase_add_test(cases, command__leaves_something_running);
    tcase_add_test(cases, command__as_a_stream);
}

OB_TEST_MAIN("command", add_cases)
