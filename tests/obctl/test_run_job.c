#include "cli_test.h"

#include <string.h>

#define ID "00000000-0000-0000-0000-00000000000"

static void setup(void)
{
    cli_setup();
    for (size_t i = 0; i < 3; i++) {
        fake.jobs[i] = (ob_job){
            .id = {{[15] = (uint8_t)(i + 1)}},
            .type = i == 1 ? OB_JOB_RECOVERY : OB_JOB_BACKUP,
            .state = OB_JOB_COMPLETED,
            .revision = 1,
            .start_time = INT64_C(1769860800) * 1000000000,
            .end_time = INT64_C(1769860862) * 1000000000,
            .bytes_done = 2048,
            .files_done = 12,
            .seconds_left = -1,
        };
    }
    fake.jobs[2].state = OB_JOB_COMPLETED_WITH_WARNINGS;
    fake.job_count = 3;
    fake.watch_count = 1;
    fake.started.bytes[15] = 1;
}

START_TEST(run_job__backup_is_watched)
{
    ck_assert_int_eq(cli_run("backup"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{}");
    ck_assert(cli_out_has("Backup started: job " ID "1\n"));
    ck_assert(cli_out_has("Backup completed in 1 min 02 s.\n"));
    ck_assert_int_eq(cli_run("backup --json"), OB_EXIT_OK);
    ck_assert(cli_out_starts("{\"id\":\"" ID "1\""));
}
END_TEST

START_TEST(run_job__backup_with_options)
{
    ck_assert_int_eq(cli_run("backup --policy n --source C: --source D: --async"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{\"policy\":\"n\",\"sources\":[\"C:\",\"D:\"]}");
    ck_assert_str_eq(cli_out(), "Backup started: job " ID "1\n");
    ck_assert_int_eq(cli_run("backup --async --json"), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), "{\"job\":\"" ID "1\"}\n");
    ck_assert_int_eq(atomic_load(&fake.calls[FAKE_WATCH_JOB]), 0);
}
END_TEST

START_TEST(run_job__backup_of_a_paused_policy)
{
    fake.answer[FAKE_GET_POLICY] = "{\"state\":\"paused\"}";
    ck_assert_int_eq(cli_run("backup --policy n"), OB_EXIT_OK);
    ck_assert(cli_err_has("the policy is paused"));
    ck_assert_str_eq(fake.input, "{\"policy\":\"n\"}");
    fake.answer[FAKE_GET_POLICY] = "{\"state\":\"valid\"}";
    ck_assert_int_eq(cli_run("backup"), OB_EXIT_OK);
    ck_assert_str_eq(cli_err(), "");
    fake.status[FAKE_GET_POLICY] = OB_E_NO_POLICY;
    ck_assert_int_eq(cli_run("backup"), OB_EXIT_OK);
    ck_assert_str_eq(cli_err(), "");
}
END_TEST

START_TEST(run_job__verify)
{
    ck_assert_int_eq(cli_run("verify --async"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{\"depth\":\"hashes\",\"sample\":100}");
    ck_assert_str_eq(cli_out(), "Verification started: job " ID "1\n");
    ck_assert_int_eq(cli_run("verify --depth full --sample 7 --async --json"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{\"depth\":\"full\",\"sample\":7}");
    ck_assert_int_eq(cli_run("verify --depth deep"), OB_EXIT_USAGE);
    ck_assert_int_eq(cli_run("verify --sample many"), OB_EXIT_USAGE);
    fake.status[FAKE_START_VERIFY] = OB_E_JOB_RUNNING;
    ck_assert_int_eq(cli_run("verify"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("already running"));
}
END_TEST

START_TEST(run_job__backup_fails)
{
    fake.status[FAKE_START_BACKUP] = OB_E_JOB_RUNNING;
    ck_assert_int_eq(cli_run("backup"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("already running"));
    fake.status[FAKE_START_BACKUP] = OB_OK;
    fake.jobs[0].state = OB_JOB_COMPLETED_WITH_WARNINGS;
    ck_assert_int_eq(cli_run("backup"), OB_EXIT_WARNINGS);
    fake.jobs[0].state = OB_JOB_FAILED;
    ck_assert_int_eq(cli_run("backup"), OB_EXIT_FAILED);
}
END_TEST

START_TEST(run_job__list)
{
    cli_set_terminal(120);
    ck_assert_int_eq(cli_run("job list"), OB_EXIT_OK);
    ck_assert_str_eq(
        cli_out(),
        "STARTED              TYPE      STATE      JOB                                         "
        "TOOK  FILES     SIZE\n"
        "2026-01-31 12:00:00  Backup    completed  " ID "1  1 min 02 s     12  2.0 KiB\n"
        "2026-01-31 12:00:00  Recovery  completed  " ID "2  1 min 02 s     12  2.0 KiB\n"
        "2026-01-31 12:00:00  Backup    warnings   " ID "3  1 min 02 s     12  2.0 KiB\n");
    cli_set_terminal(80);
    ck_assert_int_eq(cli_run("job list"), OB_EXIT_OK);
    ck_assert(cli_out_starts("STARTED              TYPE      STATE      JOB\n"));
}
END_TEST

START_TEST(run_job__list_filters)
{
    ck_assert_int_eq(cli_run("job list --filter failed --limit 2"), OB_EXIT_OK);
    ck_assert_uint_eq(fake.number, OB_JOBS_FAILED);
    ck_assert_uint_eq(fake.most, 2);
    ck_assert(cli_out_has(ID "2"));
    ck_assert_ptr_null(strstr(cli_out(), ID "3"));
    ck_assert_int_eq(cli_run("job list --filter nothing"), OB_EXIT_USAGE);
    fake.status[FAKE_LIST_JOBS] = OB_E_IO;
    ck_assert_int_eq(cli_run("job list --json"), OB_EXIT_FAILED);
    ck_assert(cli_out_starts("{\"status\":"));
}
END_TEST

START_TEST(run_job__list_as_json)
{
    ck_assert_int_eq(cli_run("job list --json"), OB_EXIT_OK);
    ck_assert(cli_out_starts("[{\"id\":\"" ID "1\""));
    ck_assert(cli_out_has("\"state\":\"CompletedWithWarning\""));
    fake.job_count = 0;
    ck_assert_int_eq(cli_run("job list --json"), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), "[]\n");
}
END_TEST

START_TEST(run_job__show)
{
    ck_assert_int_eq(cli_run("job show " ID "7"), OB_EXIT_OK);
    ck_assert_uint_eq(fake.id.bytes[15], 7);
    ck_assert(cli_out_has("Backup completed in 1 min 02 s.\n"));
    ck_assert(cli_out_has("  Job     " ID "7, started 2026-01-31 12:00:00\n"));
    ck_assert_int_eq(cli_run("job show latest --json"), OB_EXIT_OK);
    ck_assert_uint_eq(fake.id.bytes[15], 1);
    ck_assert(cli_out_has("{\"id\":"));
    fake.status[FAKE_WATCH_JOB] = OB_E_NOT_FOUND;
    ck_assert_int_eq(cli_run("job show"), OB_EXIT_FAILED);
    ck_assert_int_eq(cli_run("job show x"), OB_EXIT_FAILED);
}
END_TEST

START_TEST(run_job__watch)
{
    ck_assert_int_eq(cli_run("job watch"), OB_EXIT_OK);
    ck_assert_uint_eq(fake.id.bytes[15], 1);
    ck_assert_int_eq(cli_run("job watch x"), OB_EXIT_FAILED);
}
END_TEST

START_TEST(run_job__cancel)
{
    fake.jobs[0].state = OB_JOB_IN_PROGRESS;
    ck_assert_int_eq(cli_run("job cancel"), OB_EXIT_OK);
    ck_assert_uint_eq(fake.id.bytes[15], 1);
    ck_assert_str_eq(cli_out(), "The Backup " ID "1 was asked to stop.\n");
    ck_assert_int_eq(cli_run("job cancel latest"), OB_EXIT_OK);
    ck_assert(cli_out_has("asked to stop"));
    ck_assert_uint_eq(fake.id.bytes[15], 1);
    ck_assert_int_eq(cli_run("job cancel latest --json"), OB_EXIT_OK);
    ck_assert(cli_out_has("\"asked\":true}\n"));
    fake.jobs[0].state = OB_JOB_COMPLETED;
    ck_assert_int_eq(cli_run("job cancel latest"), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), "The job had ended already: completed.\n");
    ck_assert_int_eq(cli_run("job cancel latest --json"), OB_EXIT_OK);
    ck_assert(cli_out_has("\"asked\":false}\n"));
    fake.status[FAKE_CANCEL_JOB] = OB_E_NOT_FOUND;
    ck_assert_int_eq(cli_run("job cancel latest"), OB_EXIT_FAILED);
    ck_assert_int_eq(cli_run("job cancel x"), OB_EXIT_FAILED);
    fake.job_count = 0;
    ck_assert_int_eq(cli_run("job cancel"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("no job is running"));
}
END_TEST

/* Whatever an agent says of itself: a line comes of it, and nothing overflows. */
START_TEST(run_job__times_and_numbers_of_a_hostile_agent)
{
    static const int64_t values[] = {INT64_MIN, INT64_MIN + 1, -1, 1, INT64_MAX - 1, INT64_MAX};
    static const char *const commands[] = {
        "job list",         "job list --json",         "job show latest",
        "job watch latest", "job watch latest --json", "status"};
    const size_t count = sizeof values / sizeof values[0];
    for (size_t i = 0; i < count * count; i++) {
        int64_t one = values[i / count];
        int64_t other = values[i % count];
        fake.jobs[0] = (ob_job){.type = OB_JOB_BACKUP,
                                .state = i % 2 == 0 ? OB_JOB_COMPLETED : OB_JOB_FAILED,
                                .revision = one,
                                .start_time = one,
                                .end_time = other,
                                .bytes_total = other,
                                .bytes_done = one,
                                .bytes_changed = one,
                                .bytes_stored = other,
                                .files_total = other,
                                .files_done = one,
                                .files_changed = other,
                                .files_failed = one,
                                .bytes_per_second = other,
                                .seconds_left = one};
        fake.job_count = 1;
        fake.watch_count = 1;
        size_t k = i % (sizeof commands / sizeof commands[0]);
        int code = cli_run(commands[k]);
        ck_assert(code == OB_EXIT_OK || code == OB_EXIT_FAILED);
        ck_assert_int_ne(cli_out()[0], '\0');
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, cli_teardown);
    tcase_add_test(cases, run_job__backup_is_watched);
    tcase_add_test(cases, run_job__backup_with_options);
    tcase_add_test(cases, run_job__backup_of_a_paused_policy);
    tcase_add_test(cases, run_job__verify);
    tcase_add_test(cases, run_job__backup_fails);
    tcase_add_test(cases, run_job__list);
    tcase_add_test(cases, run_job__list_filters);
    tcase_add_test(cases, run_job__list_as_json);
    tcase_add_test(cases, run_job__show);
    tcase_add_test(cases, run_job__watch);
    tcase_add_test(cases, run_job__cancel);
    tcase_add_test(cases, run_job__times_and_numbers_of_a_hostile_agent);
}

OB_TEST_MAIN("run_job", add_cases)
