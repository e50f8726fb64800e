#include "cli_test.h"

#include <string.h>

#define POINT "00000000-0000-0000-0000-000000000009"

static void setup(void)
{
    cli_setup();
    fake.points[0].id.bytes[15] = 9;
    fake.point_count = 1;
    fake.jobs[0] = (ob_job){.type = OB_JOB_RECOVERY, .state = OB_JOB_COMPLETED, .revision = 1};
    fake.watch_count = 1;
}

START_TEST(run_restore__everything)
{
    ck_assert_int_eq(cli_run("restore latest"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{\"point\":\"" POINT "\"}");
    ck_assert(cli_out_has("Recovery started: job "));
    ck_assert(cli_out_has("Recovery completed.\n"));
}
END_TEST

START_TEST(run_restore__with_options)
{
    ck_assert_int_eq(cli_run("restore " POINT " /etc/fstab /home --to /tmp/x --overwrite skip "
                             "--skip-security --async --json"),
                     OB_EXIT_OK);
    ck_assert_str_eq(fake.input,
                     "{\"point\":\"" POINT "\",\"items\":[\"/etc/fstab\",\"/home\"],"
                     "\"destination\":\"/tmp/x\",\"overwrite\":\"skip\",\"skip_security\":true}");
    ck_assert_str_eq(cli_out(), "{\"job\":\"00000000-0000-0000-0000-000000000000\"}\n");
    ck_assert_int_eq(atomic_load(&fake.calls[FAKE_WATCH_JOB]), 0);
}
END_TEST

START_TEST(run_restore__checks_a_passphrase)
{
    cli_set_input("the passphrase\n");
    ck_assert_int_eq(cli_run("restore latest --passphrase-file - --async"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{\"point\":\"" POINT "\",\"passphrase\":\"the passphrase\"}");
    fake.status[FAKE_START_RECOVERY] = OB_E_PASSPHRASE_WRONG;
    ck_assert_int_eq(cli_run("restore latest --passphrase-file -"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_PASSPHRASE_WRONG"));
    cli_set_input("\xff");
    ck_assert_int_eq(cli_run("restore latest --passphrase-file -"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("not UTF-8"));
}
END_TEST

START_TEST(run_restore__fails)
{
    ck_assert_int_eq(cli_run("restore"), OB_EXIT_USAGE);
    ck_assert_int_eq(cli_run("restore latest --overwrite never"), OB_EXIT_USAGE);
    ck_assert_int_eq(cli_run("restore x"), OB_EXIT_FAILED);
    fake.point_count = 0;
    ck_assert_int_eq(cli_run("restore latest"), OB_EXIT_FAILED);
    ck_assert_int_eq(atomic_load(&fake.calls[FAKE_START_RECOVERY]), 0);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, cli_teardown);
    tcase_add_test(cases, run_restore__everything);
    tcase_add_test(cases, run_restore__with_options);
    tcase_add_test(cases, run_restore__checks_a_passphrase);
    tcase_add_test(cases, run_restore__fails);
}

OB_TEST_MAIN("run_restore", add_cases)
