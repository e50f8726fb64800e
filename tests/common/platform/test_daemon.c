#include "ob/daemon.h"
#include "ob/test.h"

static ob_status run(void *context)
{
    int *runs = context;
    ob_daemon_ready();
    ob_daemon_status_text("at work");
    ob_daemon_stopping();
    (*runs)++;
    return ob_fail(OB_E_STATE_IN_USE, "the program's own");
}

static void stop(void *context)
{
    (void)context;
}

/* In the foreground, with nobody to notify. */
START_TEST(daemon__gives_the_programs_status)
{
    int runs = 0;
    ob_daemon_program program = {run, stop, &runs};
    ob_check_status(ob_daemon_main("obagent", false, &program), OB_E_STATE_IN_USE);
    ob_check_detail("the program's own");
    ob_check_status(ob_daemon_main("obagent", false, &program), OB_E_STATE_IN_USE);
    ck_assert_int_eq(runs, 2);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, daemon__gives_the_programs_status);
}

OB_TEST_MAIN("daemon", add_cases)
