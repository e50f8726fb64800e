#include "agent_fixture.h"
#include "ob/alloc.h"
#include "ob/test.h"

#include "manager.h"

#include <string.h>

static agent_fixture fixture;

static void setup(void)
{
    agent_fixture_open(&fixture);
    agent_fixture_ready(&fixture);
    ob_control_manager_init(fixture.service);
}

static void teardown(void)
{
    agent_fixture_close(&fixture);
}

static void check_error(LONG result, ob_status wanted, OB_BYTES *error)
{
    ck_assert_int_eq(result, wanted);
    ck_assert((error->data == NULL) == (wanted == OB_OK));
    ob_free(error->data);
    *error = (OB_BYTES){0};
}

static void free_job(OB_JOB *job)
{
    ob_free(job->current);
    ob_free(job->detail);
    *job = (OB_JOB){0};
}

static void free_list(OB_JOB_LIST *list)
{
    for (ULONG i = 0; i < list->count; i++) {
        free_job(&list->jobs[i]);
    }
    ob_free(list->jobs);
    *list = (OB_JOB_LIST){0};
}

static OB_JOB wait_end(const OB_GUID *id)
{
    OB_JOB job = {0};
    OB_BYTES error = {0};
    hyper seen = 0;
    for (int i = 0; i < 100 && job.end_time == 0; i++) {
        free_job(&job);
        check_error(ObWatchJob(0, id, seen, 1000, &job, &error), OB_OK, &error);
        seen = job.revision;
    }
    ck_assert_int_ne(job.end_time, 0);
    return job;
}

START_TEST(manager_jobs__a_backup_from_start_to_end)
{
    OB_GUID id = {0};
    OB_BYTES error = {0};
    check_error(ObStartBackup(0, 0, NULL, &id, &error), OB_OK, &error);
    OB_JOB job = wait_end(&id);
    /* On Windows there may be something that is not kept. */
    ck_assert_int_eq(job.status, OB_OK);
    ck_assert(job.state == OB_RUN_COMPLETED || job.state == OB_RUN_COMPLETED_WITH_WARNINGS);
    ck_assert_int_eq(job.type, OB_RUN_BACKUP);
    ck_assert_mem_eq(&job.id, &id, sizeof id);
    ck_assert_int_eq(job.bytes_total, 3);
    ck_assert_int_eq(job.bytes_done, 3);
    ck_assert_int_gt(job.files_total, 2);
    ck_assert_uint_eq(job.current_count, 0);
    ck_assert_ptr_nonnull(agent_member(job.detail, job.detail_count, "point"));
    free_job(&job);
}
END_TEST

START_TEST(manager_jobs__a_recovery_and_its_wiped_passphrase)
{
    OB_GUID id = {0};
    OB_BYTES error = {0};
    char text[OB_GUID_TEXT];
    ob_guid point = agent_fixture_point(&fixture);
    ob_guid_format(text, &point);
    const char *to = ob_test_path(ob_test_temp(), "to");
    const char *options = ob_test_format(
        "{\"point\":\"%s\",\"destination\":%s,\"passphrase\":\"" AGENT_PASSPHRASE "\"}", text,
        agent_quoted(to));
    size_t length = strlen(options);
    unsigned char *document = ob_memdup(options, length);
    check_error(ObStartRecovery(0, (ULONG)length, document, &id, &error), OB_OK, &error);
    for (size_t i = 0; i < length; i++) {
        ck_assert_uint_eq(document[i], 0);
    }
    ob_free(document);
    OB_JOB job = wait_end(&id);
    ck_assert_int_eq(job.status, OB_OK);
    ck_assert_int_eq(job.type, OB_RUN_RECOVERY);
    free_job(&job);
    unsigned char empty[] = "{}";
    check_error(ObStartRecovery(0, 2, empty, &id, &error), OB_E_INVALID_ARGUMENT, &error);
    check_error(ObStartRecovery(0, 1048577, empty, &id, &error), OB_E_INVALID_ARGUMENT, &error);
    ck_assert_uint_eq(id.data1, 0);
}
END_TEST

START_TEST(manager_jobs__deletion)
{
    OB_GUID id = {0};
    OB_BYTES error = {0};
    unsigned char options[] = "{\"dry_run\":true}";
    agent_fixture_point(&fixture);
    check_error(ObStartPrune(0, sizeof options - 1, options, &id, &error), OB_OK, &error);
    OB_JOB job = wait_end(&id);
    ck_assert_int_eq(job.status, OB_OK);
    ck_assert_int_eq(job.type, OB_RUN_PRUNE);
    free_job(&job);
    check_error(ObStartPrune(0, 3, options, &id, &error), OB_E_SYNTAX, &error);
    check_error(ObStartPrune(0, 1048577, options, &id, &error), OB_E_INVALID_ARGUMENT, &error);
    ck_assert_uint_eq(id.data1, 0);
}
END_TEST

START_TEST(manager_jobs__verifies)
{
    OB_GUID id;
    OB_BYTES error;
    unsigned char options[] = "{\"depth\":\"full\"}";
    agent_fixture_point(&fixture);
    check_error(ObStartVerify(0, sizeof options - 1, options, &id, &error), OB_OK, &error);
    OB_JOB job = wait_end(&id);
    ck_assert_int_eq(job.status, OB_OK);
    ck_assert_int_eq(job.type, OB_RUN_VERIFY);
    free_job(&job);
    unsigned char wrong[] = "{\"deep\":1}";
    check_error(ObStartVerify(0, sizeof wrong - 1, wrong, &id, &error), OB_E_UNKNOWN_FIELD, &error);
    ck_assert_uint_eq(id.data1, 0);
    check_error(ObStartVerify(0, 1048577, wrong, &id, &error), OB_E_INVALID_ARGUMENT, &error);
}
END_TEST

START_TEST(manager_jobs__lists)
{
    hyper resume = 0;
    OB_JOB_LIST list = {0};
    OB_BYTES error = {0};
    check_error(ObListJobs(0, 0, &resume, 256, &list, &error), OB_OK, &error);
    ck_assert_uint_eq(list.count, 0);
    free_list(&list);
    agent_fixture_point(&fixture);
    agent_fixture_point(&fixture);
    agent_fixture_point(&fixture);
    check_error(ObListJobs(0, 0, &resume, 2, &list, &error), OB_OK, &error);
    ck_assert_uint_eq(list.count, 2);
    ck_assert_int_gt(list.jobs[0].start_time, list.jobs[1].start_time);
    ck_assert_int_ne(resume, 0);
    free_list(&list);
    check_error(ObListJobs(0, 0, &resume, 2, &list, &error), OB_OK, &error);
    ck_assert_uint_eq(list.count, 1);
    ck_assert_int_eq(resume, 0);
    free_list(&list);
}
END_TEST

START_TEST(manager_jobs__refuses_what_is_out_of_range)
{
    hyper resume = 0;
    OB_GUID id = {7, 0, 0, {0}};
    OB_JOB job = {0};
    OB_JOB_LIST list = {0};
    OB_BYTES error = {0};
    check_error(ObListJobs(0, 0, &resume, 0, &list, &error), OB_E_INVALID_ARGUMENT, &error);
    check_error(ObListJobs(0, 0, &resume, 257, &list, &error), OB_E_INVALID_ARGUMENT, &error);
    check_error(ObListJobs(0, 5, &resume, 1, &list, &error), OB_E_INVALID_ARGUMENT, &error);
    resume = -1;
    check_error(ObListJobs(0, 0, &resume, 1, &list, &error), OB_E_INVALID_ARGUMENT, &error);
    check_error(ObWatchJob(0, &id, 0, 30001, &job, &error), OB_E_INVALID_ARGUMENT, &error);
    check_error(ObWatchJob(0, &id, 0, 30000, &job, &error), OB_E_NOT_FOUND, &error);
    check_error(ObCancelJob(0, &id, &error), OB_E_NOT_FOUND, &error);
    check_error(ObStartBackup(0, 5, NULL, &id, &error), OB_E_INVALID_ARGUMENT, &error);
    ck_assert_uint_eq(id.data1, 0);
    ck_assert_ptr_null(job.detail);
    ck_assert_ptr_null(list.jobs);
}
END_TEST

START_TEST(manager_jobs__cancels)
{
    OB_GUID id = {0};
    OB_BYTES error = {0};
    check_error(ObStartBackup(0, 2, (const unsigned char *)"{}", &id, &error), OB_OK, &error);
    check_error(ObCancelJob(0, &id, &error), OB_OK, &error);
    OB_JOB job = wait_end(&id);
    ck_assert(job.state == OB_RUN_ABORTED || job.status == OB_OK);
    free_job(&job);
    check_error(ObCancelJob(0, &id, &error), OB_OK, &error);
}
END_TEST

START_TEST(manager_jobs__memory_runs_out)
{
    bool hit = true;
    agent_fixture_point(&fixture);
    agent_fixture_point(&fixture);
    for (uint64_t n = 1; hit; n++) {
        hyper resume = 0;
        OB_JOB_LIST list = {0};
        OB_BYTES error = {0};
        ob_test_alloc_begin(n, true);
        LONG status = ObListJobs(0, 0, &resume, 5, &list, &error);
        free_list(&list);
        ob_free(error.data);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, manager_jobs__a_backup_from_start_to_end);
    tcase_add_test(cases, manager_jobs__a_recovery_and_its_wiped_passphrase);
    tcase_add_test(cases, manager_jobs__deletion);
    tcase_add_test(cases, manager_jobs__verifies);
    tcase_add_test(cases, manager_jobs__lists);
    tcase_add_test(cases, manager_jobs__refuses_what_is_out_of_range);
    tcase_add_test(cases, manager_jobs__cancels);
    tcase_add_test(cases, manager_jobs__memory_runs_out);
}

OB_TEST_MAIN("manager_jobs", add_cases)
