#include "fake_agent.h"

#include <string.h>

static ob_client *client;

static void setup(void)
{
    fake_agent_start();
    client = fake_agent_connect();
    for (size_t i = 0; i < FAKE_RECORDS; i++) {
        fake.jobs[i].id.bytes[15] = (uint8_t)(i + 1);
        fake.jobs[i].revision = (int64_t)i + 10;
    }
}

static void teardown(void)
{
    ob_client_close(client);
    fake_agent_stop();
}

START_TEST(job__start_gives_the_id)
{
    ob_guid job = {{0}};
    ob_check_ok(ob_guid_parse(&fake.started, "00112233-4455-6677-8899-aabbccddeeff", 36));
    ob_check_ok(ob_client_start_backup(client, "{\"policy\":\"p\"}", 14, &job));
    ck_assert(ob_guid_equal(&job, &fake.started));
    ck_assert_str_eq(fake.input, "{\"policy\":\"p\"}");
    memset(&job, 0, sizeof job);
    ob_check_ok(ob_client_start_recovery(client, "{\"point\":\"p\"}", 13, &job));
    ck_assert(ob_guid_equal(&job, &fake.started));
    ck_assert_str_eq(fake.input, "{\"point\":\"p\"}");
    memset(&job, 0, sizeof job);
    ob_check_ok(ob_client_start_verify(client, "{\"sample\":5}", 12, &job));
    ck_assert(ob_guid_equal(&job, &fake.started));
    ck_assert_str_eq(fake.input, "{\"sample\":5}");
    ob_check_ok(ob_client_start_backup(client, NULL, 0, &job));
    ck_assert_str_eq(fake.input, "");
    memset(&job, 0, sizeof job);
    ob_check_ok(ob_client_start_prune(client, "{\"dry_run\":true}", 16, &job));
    ck_assert(ob_guid_equal(&job, &fake.started));
    ck_assert_str_eq(fake.input, "{\"dry_run\":true}");
}
END_TEST

START_TEST(job__start_fails)
{
    ob_guid job = {{0}};
    fake.status[FAKE_START_BACKUP] = OB_E_JOB_RUNNING;
    fake.started.bytes[0] = 1;
    ob_check_status(ob_client_start_backup(client, "{}", 2, &job), OB_E_JOB_RUNNING);
    ck_assert(ob_guid_is_zero(&job));
    static char large[1048577];
    ob_check_status(ob_client_start_backup(client, large, sizeof large, &job), OB_E_TOO_LARGE);
}
END_TEST

START_TEST(job__list_page_by_page)
{
    int64_t resume = 0;
    size_t seen = 0;
    fake.job_count = 7;
    do {
        ob_job *jobs = NULL;
        size_t count = 0;
        ob_check_ok(ob_client_list_jobs(client, OB_JOBS_FAILED, &resume, 3, &jobs, &count));
        for (size_t i = 0; i < count; i++, seen++) {
            ck_assert_int_eq(jobs[i].revision, (int64_t)seen + 10);
            ck_assert_uint_eq(jobs[i].id.bytes[15], seen + 1);
            ob_job_free(&jobs[i]);
        }
        ob_free(jobs);
    } while (resume != 0);
    ck_assert_uint_eq(seen, 7);
    ck_assert_uint_eq(fake.number, OB_JOBS_FAILED);
    ck_assert_uint_eq(fake.most, 3);
}
END_TEST

START_TEST(job__list_of_nothing)
{
    ob_job *jobs = NULL;
    size_t count = 9;
    int64_t resume = 0;
    ob_check_ok(ob_client_list_jobs(client, OB_JOBS_ALL, &resume, 3, &jobs, &count));
    ck_assert_uint_eq(count, 0);
    ob_free(jobs);
}
END_TEST

START_TEST(job__list_fails)
{
    ob_job *jobs = NULL;
    size_t count = 9;
    int64_t resume = 4;
    fake.status[FAKE_LIST_JOBS] = OB_E_IO;
    ob_check_status(ob_client_list_jobs(client, OB_JOBS_ALL, &resume, 3, &jobs, &count), OB_E_IO);
    ck_assert_ptr_null(jobs);
    ck_assert_uint_eq(count, 9);
    ck_assert_int_eq(resume, 4);
}
END_TEST

START_TEST(job__watch)
{
    ob_job job = {0};
    ob_guid id = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
    fake.jobs[0].current = "/etc/passwd";
    fake.jobs[0].detail = "{\"policy\":\"default\"}";
    fake.jobs[0].state = OB_JOB_IN_PROGRESS;
    fake.jobs[0].seconds_left = -1;
    ob_check_ok(ob_client_watch_job(client, &id, 5, 250, &job));
    ck_assert(ob_guid_equal(&fake.id, &id));
    ck_assert_int_eq(fake.seen, 5);
    ck_assert_uint_eq(fake.number, 250);
    ck_assert_str_eq(job.current, "/etc/passwd");
    ck_assert_str_eq(job.detail, "{\"policy\":\"default\"}");
    ck_assert_int_eq(job.seconds_left, -1);
    ck_assert_int_eq(job.revision, 10);
    ck_assert(!ob_job_has_ended(&job));
    ob_job_free(&job);
}
END_TEST

START_TEST(job__watch_of_nothing_fails)
{
    ob_job job = {.revision = 3};
    ob_guid id = {{1}};
    fake.status[FAKE_WATCH_JOB] = OB_E_NOT_FOUND;
    ob_check_status(ob_client_watch_job(client, &id, 0, 0, &job), OB_E_NOT_FOUND);
    ck_assert_int_eq(job.revision, 3);
    ck_assert_ptr_null(job.current);
}
END_TEST

START_TEST(job__cancel)
{
    ob_guid id = {{7, 7}};
    atomic_store(&fake.lose[FAKE_CANCEL_JOB], 1); /* cancelling twice is as good as once */
    ob_check_ok(ob_client_cancel_job(client, &id));
    ck_assert(ob_guid_equal(&fake.id, &id));
    fake.status[FAKE_CANCEL_JOB] = OB_E_NOT_FOUND;
    ob_check_status(ob_client_cancel_job(client, &id), OB_E_NOT_FOUND);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, job__start_gives_the_id);
    tcase_add_test(cases, job__start_fails);
    tcase_add_test(cases, job__list_page_by_page);
    tcase_add_test(cases, job__list_of_nothing);
    tcase_add_test(cases, job__list_fails);
    tcase_add_test(cases, job__watch);
    tcase_add_test(cases, job__watch_of_nothing_fails);
    tcase_add_test(cases, job__cancel);
}

OB_TEST_MAIN("job", add_cases)
