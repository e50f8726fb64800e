#include "cli_test.h"

#include <string.h>

#define ID "00000000-0000-0000-0000-00000000000"

static void setup(void)
{
    cli_setup();
    fake.jobs[0] = (ob_job){
        .id = {{[15] = 1}},
        .type = OB_JOB_PRUNE,
        .state = OB_JOB_COMPLETED,
        .revision = 1,
        .start_time = INT64_C(1769860800) * 1000000000,
        .end_time = INT64_C(1769860862) * 1000000000,
        .seconds_left = -1,
        .detail = (char *)"{\"prune\":{\"dry_run\":true,\"points_kept\":3,\"points_marked\":2,"
                          "\"points_waiting\":1,\"points_deleted\":4,\"bytes_marked\":2048,"
                          "\"bytes_deleted\":1024}}",
    };
    fake.job_count = 1;
    fake.watch_count = 1;
    fake.started.bytes[15] = 1;
    fake.points[0] = (ob_point){.id = {{[15] = 7}}, .sources = (char *)"{\"sources\":[]}"};
    fake.point_count = 1;
}

START_TEST(run_prune__by_retention)
{
    ck_assert_int_eq(cli_run("prune"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{}");
    ck_assert(cli_out_has("Prune completed in 1 min 02 s.\n"
                          "  Points  3 kept, 2 marked to be deleted, 1 waiting, 4 deleted (nothing "
                          "was changed)\n"
                          "  Packs   2.0 KiB marked to be deleted, 1.0 KiB deleted\n"));
    ck_assert_int_eq(cli_run("prune --dry-run --accept-missing --async --json"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{\"dry_run\":true,\"accept_missing\":true}");
    ck_assert_str_eq(cli_out(), "{\"job\":\"" ID "1\"}\n");
    fake.status[FAKE_START_PRUNE] = OB_E_JOB_RUNNING;
    ck_assert_int_eq(cli_run("prune"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_JOB_RUNNING"));
}
END_TEST

START_TEST(run_prune__delete_a_point)
{
    ck_assert_int_eq(cli_run("point delete " ID "5"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{\"rules\":false,\"delete\":[\"" ID "5\"]}");
    ck_assert_int_eq(cli_run("point delete latest --async"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{\"rules\":false,\"delete\":[\"" ID "7\"]}");
    ck_assert_int_eq(cli_run("point delete nonsense"), OB_EXIT_FAILED);
    ck_assert_int_eq(cli_run("point delete"), OB_EXIT_USAGE);
}
END_TEST

START_TEST(run_prune__undelete_a_point)
{
    ck_assert_int_eq(cli_run("point undelete " ID "5"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{\"rules\":false,\"undelete\":[\"" ID "5\"]}");
    ck_assert_int_eq(cli_run("point undelete latest"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("give its GUID"));
    ck_assert_int_eq(cli_run("point undelete"), OB_EXIT_USAGE);
}
END_TEST

/* A backup tells of it in its own summary. */
START_TEST(run_prune__after_a_backup)
{
    fake.jobs[0].type = OB_JOB_BACKUP;
    ck_assert_int_eq(cli_run("backup"), OB_EXIT_OK);
    ck_assert(cli_out_has("  Files "));
    ck_assert(cli_out_has("  Points  3 kept, 2 marked"));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, cli_teardown);
    tcase_add_test(cases, run_prune__by_retention);
    tcase_add_test(cases, run_prune__delete_a_point);
    tcase_add_test(cases, run_prune__undelete_a_point);
    tcase_add_test(cases, run_prune__after_a_backup);
}

OB_TEST_MAIN("run_prune", add_cases)
