#include "cli_test.h"

START_TEST(run_manual__prints)
{
    ck_assert_int_eq(cli_run("man"), OB_EXIT_OK);
    ck_assert(cli_out_starts(".TH OBCTL 1 "));
    ck_assert_int_eq(cli_run("completion bash"), OB_EXIT_OK);
    ck_assert(cli_out_has("complete -o default -F _obctl obctl\n"));
    ck_assert_int_eq(cli_run("completion csh"), OB_EXIT_USAGE);
    ck_assert(cli_err_has("none for csh"));
    ck_assert_int_eq(cli_run("completion"), OB_EXIT_USAGE);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, cli_setup, cli_teardown);
    tcase_add_test(cases, run_manual__prints);
}

OB_TEST_MAIN("run_manual", add_cases)
