#include "ob/process.h"

#include "ob/clock.h"
#include "ob/test.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static ob_process *run(const char *script)
{
    static const char *argv[4] = {"/bin/sh", "-c"};
    ob_process_options options = {.argv = argv, .one_output = true};
    ob_process *process = NULL;
    argv[2] = script;
    ob_check_ok(ob_process_start(&options, &process));
    return process;
}

static const char *line_of(ob_process *process)
{
    char text[64];
    size_t got = 0;
    bool ended = false;
    ob_check_ok(ob_process_read(process, text, sizeof text - 1, 10000, &got, &ended));
    ck_assert_uint_gt(got, 0);
    return ob_test_format("%.*s", (int)got, text);
}

/* One that nobody has waited for yet has no program any more. */
static bool is_gone(pid_t pid)
{
    const ob_clock *clock = ob_clock_os();
    const char *program = ob_test_format("/proc/%d/exe", (int)pid);
    char target[8];
    for (int i = 0; i < 500; i++) {
        if (readlink(program, target, sizeof target) < 0) {
            return true;
        }
        clock->sleep(clock, 10000000);
    }
    return false;
}

/* What a program started is ended with it. */
START_TEST(posix_process__the_whole_group_ends)
{
    ob_process *process = run("sleep 100 & echo $!; wait");
    pid_t child = (pid_t)atoi(line_of(process));
    ck_assert_int_gt(child, 1);
    ck_assert_int_eq(kill(child, 0), 0);
    ob_process_close(process);
    ck_assert(is_gone(child));
    /* Also when the program itself has ended already. */
    process = run("sleep 100 & echo $!");
    child = (pid_t)atoi(line_of(process));
    bool ended = false;
    int64_t code = 0;
    ob_check_ok(ob_process_wait(process, 10000, &ended, &code));
    ck_assert(ended);
    ob_process_close(process);
    ck_assert(is_gone(child));
}
END_TEST

START_TEST(posix_process__may_clean_up)
{
    const char *mark = ob_test_path(ob_test_temp(), "cleaned");
    ob_process *process = run(ob_test_format(
        "trap 'echo x > %s; exit' TERM; echo go; while :; do sleep 0.1; done", mark));
    ck_assert_str_eq(line_of(process), "go\n");
    ob_process_close(process);
    ck_assert(ob_test_exists(mark));
}
END_TEST

START_TEST(posix_process__ended_by_a_signal)
{
    ob_process *process = run("kill -9 $$");
    bool ended = false;
    int64_t code = 0;
    ob_check_ok(ob_process_wait(process, 10000, &ended, &code));
    ck_assert(ended);
    ck_assert_int_eq(code, 137);
    ob_process_close(process);
}
END_TEST

START_TEST(posix_process__memory_runs_out)
{
    static const char *const argv[] = {"/bin/true", NULL};
    ob_process_options options = {.argv = argv};
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_process *process = NULL;
        ob_test_alloc_begin(n, false);
        ob_status status = ob_process_start(&options, &process);
        ob_process_close(process);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, posix_process__the_whole_group_ends);
    tcase_add_test(cases, posix_process__may_clean_up);
    tcase_add_test(cases, posix_process__ended_by_a_signal);
    tcase_add_test(cases, posix_process__memory_runs_out);
}

OB_TEST_MAIN("posix_process", add_cases)
