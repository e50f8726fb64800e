#include "jobs.h"

#include "job_fixture.h"
#include "job_table.h"

#include <string.h>

static ob_test_jobs fixture;
static ob_test_body backup;
static ob_test_body recovery;

static void setup(void)
{
    ob_test_jobs_open(&fixture);
    ob_test_body_init(&backup);
    ob_test_body_init(&recovery);
}

static void teardown(void)
{
    ob_test_jobs_close(&fixture);
}

static ob_guid start(int32_t type, ob_test_body *what)
{
    ob_guid id = {{0}};
    ob_run_body body = ob_test_body_of(what);
    ob_check_ok(ob_jobs_start(fixture.jobs, type, &body, ob_json_new_object(), &id));
    return id;
}

static ob_test_seen in_table(const ob_guid *id)
{
    ob_test_seen seen = {.count = 0};
    ob_check_ok(ob_job_table_find(fixture.db, id, ob_test_see, &seen));
    return seen;
}

START_TEST(jobs__runs_and_is_written_down)
{
    ob_guid id = start(OB_RUN_BACKUP, &backup);
    ob_test_body_wait_running(&backup);
    ck_assert_int_eq(in_table(&id).facts.state, OB_RUN_STARTED);
    ck_assert_int_eq(in_table(&id).facts.end_time, 0);
    ob_test_body_release(&backup);
    ob_test_seen seen = ob_test_wait_end(fixture.jobs, &id);
    ck_assert_int_eq(seen.facts.state, OB_RUN_COMPLETED);
    ck_assert_int_eq(seen.facts.status, OB_OK);
    ck_assert(backup.freed);
    ob_test_seen kept = in_table(&id);
    ck_assert_int_eq(kept.facts.state, OB_RUN_COMPLETED);
    ck_assert_int_eq(kept.facts.end_time, seen.facts.end_time);
    ck_assert_str_eq(kept.detail, seen.detail);
}
END_TEST

START_TEST(jobs__a_failure_is_told_with_its_detail)
{
    backup.result = OB_E_VAULT_UNREACHABLE;
    backup.may_end = true;
    ob_guid id = start(OB_RUN_BACKUP, &backup);
    ob_test_seen seen = ob_test_wait_end(fixture.jobs, &id);
    ck_assert_int_eq(seen.facts.state, OB_RUN_FAILED);
    ck_assert_int_eq(seen.facts.status, OB_E_VAULT_UNREACHABLE);
    ck_assert_ptr_nonnull(strstr(seen.detail, "OB_E_VAULT_UNREACHABLE"));
    ck_assert_ptr_nonnull(strstr(seen.detail, "made to fail"));
    ck_assert_str_eq(in_table(&id).detail, seen.detail);
}
END_TEST

START_TEST(jobs__one_of_a_type_at_a_time)
{
    ob_guid other = {{0}};
    ob_test_body second;
    ob_test_body_init(&second);
    ob_guid id = start(OB_RUN_BACKUP, &backup);
    ob_run_body body = ob_test_body_of(&second);
    ob_check_status(ob_jobs_start(fixture.jobs, OB_RUN_BACKUP, &body, ob_json_new_object(), &other),
                    OB_E_JOB_RUNNING);
    char text[OB_GUID_TEXT];
    ob_guid_format(text, &id);
    ob_check_detail(text);
    ck_assert(second.freed);
    ck_assert(ob_guid_is_zero(&other));
    ob_check_status(ob_jobs_check_free(fixture.jobs, OB_RUN_BACKUP), OB_E_JOB_RUNNING);
    ob_check_ok(ob_jobs_check_free(fixture.jobs, OB_RUN_RECOVERY));
    /* A recovery runs beside it. */
    ob_guid restoring = start(OB_RUN_RECOVERY, &recovery);
    ob_test_body_release(&recovery);
    ck_assert_int_eq(ob_test_wait_end(fixture.jobs, &restoring).facts.type, OB_RUN_RECOVERY);
    ob_test_body_release(&backup);
    ob_test_wait_end(fixture.jobs, &id);
    ob_test_body_init(&second);
    second.may_end = true;
    other = start(OB_RUN_BACKUP, &second);
    ob_test_wait_end(fixture.jobs, &other);
    /* The first is told from the table now. */
    ck_assert_int_eq(ob_test_wait_end(fixture.jobs, &id).facts.state, OB_RUN_COMPLETED);
}
END_TEST

START_TEST(jobs__cancelled_jobs_end_as_aborted)
{
    ob_guid id = start(OB_RUN_BACKUP, &backup);
    ob_test_body_wait_running(&backup);
    ob_check_ok(ob_jobs_cancel(fixture.jobs, &id));
    ob_test_seen seen = ob_test_wait_end(fixture.jobs, &id);
    ck_assert_int_eq(seen.facts.state, OB_RUN_ABORTED);
    ck_assert_int_eq(seen.facts.status, OB_E_CANCELLED);
    ck_assert_ptr_nonnull(strstr(seen.detail, "cancelled by an administrator"));
    /* Also once it has ended, here and in the table only. */
    ob_check_ok(ob_jobs_cancel(fixture.jobs, &id));
    ob_test_body next;
    ob_test_body_init(&next);
    next.may_end = true;
    ob_guid other = start(OB_RUN_BACKUP, &next);
    ob_test_wait_end(fixture.jobs, &other);
    ob_check_ok(ob_jobs_cancel(fixture.jobs, &id));
    ob_guid nobody = {{9}};
    ob_check_status(ob_jobs_cancel(fixture.jobs, &nobody), OB_E_NOT_FOUND);
}
END_TEST

START_TEST(jobs__what_was_done_before_the_cancel_counts)
{
    backup.ignore_cancel = true;
    ob_guid id = start(OB_RUN_BACKUP, &backup);
    ob_check_ok(ob_jobs_cancel(fixture.jobs, &id));
    ob_test_seen seen = {.count = 0};
    ob_check_ok(ob_jobs_watch(fixture.jobs, &id, 0, 0, ob_test_see, &seen));
    ck_assert_int_eq(seen.facts.state, OB_RUN_ABORTING);
    ob_test_body_release(&backup);
    ck_assert_int_eq(ob_test_wait_end(fixture.jobs, &id).facts.state, OB_RUN_COMPLETED);
}
END_TEST

START_TEST(jobs__a_watcher_gets_each_revision)
{
    ob_test_seen seen = {.count = 0};
    ob_guid id = start(OB_RUN_BACKUP, &backup);
    ob_test_body_wait_running(&backup);
    ob_check_ok(ob_jobs_watch(fixture.jobs, &id, 0, 30000, ob_test_see, &seen));
    ck_assert_int_eq(seen.facts.revision, 1);
    /* Nothing new: it answers after the time it was given. */
    const ob_clock *clock = ob_clock_os();
    uint64_t before = clock->monotonic(clock);
    ob_check_ok(ob_jobs_watch(fixture.jobs, &id, 1, 120, ob_test_see, &seen));
    ck_assert_uint_ge(clock->monotonic(clock) - before, UINT64_C(120000000));
    ck_assert_int_eq(seen.facts.revision, 1);
    ob_run_set_initialized(backup.run);
    ob_check_ok(ob_jobs_watch(fixture.jobs, &id, 1, 30000, ob_test_see, &seen));
    ck_assert_int_eq(seen.facts.revision, 2);
    ck_assert_int_eq(seen.facts.state, OB_RUN_INITIALIZED);
    ob_test_body_release(&backup);
    ob_test_wait_end(fixture.jobs, &id);
    /* A job that has ended does not keep anybody waiting. */
    before = clock->monotonic(clock);
    ob_check_ok(ob_jobs_watch(fixture.jobs, &id, 0, 0, ob_test_see, &seen));
    ob_check_ok(ob_jobs_watch(fixture.jobs, &id, seen.facts.revision, 30000, ob_test_see, &seen));
    ck_assert_uint_lt(clock->monotonic(clock) - before, UINT64_C(10000000000));
    ob_guid nobody = {{9}};
    ob_check_status(ob_jobs_watch(fixture.jobs, &nobody, 0, 30000, ob_test_see, &seen),
                    OB_E_NOT_FOUND);
}
END_TEST

START_TEST(jobs__a_list_has_the_running_one_as_it_is_now)
{
    int64_t resume = 0;
    ob_test_seen seen = {.count = 0};
    ob_guid id = start(OB_RUN_BACKUP, &backup);
    ob_test_body_wait_running(&backup);
    ob_run_set_initialized(backup.run);
    ob_check_ok(ob_jobs_list(fixture.jobs, OB_RUN_FILTER_RUNNING, &resume, 10, ob_test_see, &seen));
    ck_assert_uint_eq(seen.count, 1);
    ck_assert_int_eq(seen.facts.state, OB_RUN_INITIALIZED);
    ob_test_body_release(&backup);
    ob_test_wait_end(fixture.jobs, &id);
    seen.count = 0;
    ob_check_ok(ob_jobs_list(fixture.jobs, OB_RUN_FILTER_RUNNING, &resume, 10, ob_test_see, &seen));
    ck_assert_uint_eq(seen.count, 0);
    ob_check_ok(ob_jobs_list(fixture.jobs, OB_RUN_FILTER_ENDED, &resume, 10, ob_test_see, &seen));
    ck_assert_uint_eq(seen.count, 1);
}
END_TEST

typedef struct watcher {
    ob_guid id;
    ob_test_seen seen;
    ob_status status;
} watcher;

static void watch(void *argument)
{
    watcher *self = argument;
    self->status = ob_jobs_watch(fixture.jobs, &self->id, 1, 30000, ob_test_see, &self->seen);
}

START_TEST(jobs__stopping_cancels_wakes_and_refuses)
{
    ob_thread *thread = NULL;
    const ob_clock *clock = ob_clock_os();
    watcher waiting = {.id = start(OB_RUN_BACKUP, &backup)};
    ob_test_body_wait_running(&backup);
    ob_check_ok(ob_thread_start(&thread, watch, &waiting));
    uint64_t before = clock->monotonic(clock);
    ob_jobs_stop(fixture.jobs);
    ob_thread_join(thread);
    ck_assert_uint_lt(clock->monotonic(clock) - before, UINT64_C(10000000000));
    ob_check_ok(waiting.status);
    ob_test_seen seen = in_table(&waiting.id);
    ck_assert_int_eq(seen.facts.state, OB_RUN_ABORTED);
    ck_assert_ptr_nonnull(strstr(seen.detail, "the agent was stopped"));

    ob_guid id = {{0}};
    ob_run_body body = ob_test_body_of(&recovery);
    ob_check_status(ob_jobs_start(fixture.jobs, OB_RUN_RECOVERY, &body, ob_json_new_object(), &id),
                    OB_E_BUSY);
    ck_assert(recovery.freed);
    ob_jobs_stop(fixture.jobs);
}
END_TEST

static ob_status no_threads(void *context)
{
    (void)context;
    return ob_fail(OB_E_NO_MEMORY, "no thread");
}

START_TEST(jobs__a_thread_that_does_not_start)
{
    int64_t resume = 0;
    ob_guid id = {{0}};
    ob_test_seen seen = {.count = 0};
    ob_run_body body = ob_test_body_of(&backup);
    ob_thread_set_start_hook(no_threads, NULL);
    ob_check_status(ob_jobs_start(fixture.jobs, OB_RUN_BACKUP, &body, ob_json_new_object(), &id),
                    OB_E_NO_MEMORY);
    ob_thread_set_start_hook(NULL, NULL);
    ck_assert(backup.freed);
    ob_check_ok(ob_jobs_list(fixture.jobs, OB_RUN_FILTER_FAILED, &resume, 10, ob_test_see, &seen));
    ck_assert_uint_eq(seen.count, 1);
    /* And the next one can. */
    ob_test_body_init(&backup);
    backup.may_end = true;
    id = start(OB_RUN_BACKUP, &backup);
    ob_test_wait_end(fixture.jobs, &id);
}
END_TEST

static void run_sql(const char *sql)
{
    ob_check_ok(ob_db_begin(fixture.db));
    ob_query query = ob_query_of(fixture.db, sql);
    ob_check_ok(ob_db_end(fixture.db, ob_query_end(&query)));
}

START_TEST(jobs__a_database_that_takes_nothing)
{
    ob_guid id = {{0}};
    ob_run_body body = ob_test_body_of(&backup);
    run_sql("PRAGMA query_only = 1");
    ob_check_status(ob_jobs_start(fixture.jobs, OB_RUN_BACKUP, &body, ob_json_new_object(), &id),
                    OB_E_ACCESS_DENIED);
    ck_assert(backup.freed);
    run_sql("PRAGMA query_only = 0");
    ob_check_ok(ob_jobs_check_free(fixture.jobs, OB_RUN_BACKUP));

    /* It becomes so while a job runs: the end is told all the same. */
    id = start(OB_RUN_RECOVERY, &recovery);
    run_sql("PRAGMA query_only = 1");
    ob_test_body_release(&recovery);
    ck_assert_int_eq(ob_test_wait_end(fixture.jobs, &id).facts.state, OB_RUN_COMPLETED);
    run_sql("PRAGMA query_only = 0");
    ck_assert_int_eq(in_table(&id).facts.state, OB_RUN_STARTED);
    int64_t resume = 0;
    ob_test_seen seen = {.count = 0};
    ob_check_ok(ob_jobs_list(fixture.jobs, OB_RUN_FILTER_ALL, &resume, 10, ob_test_see, &seen));
    ck_assert_int_eq(seen.facts.state, OB_RUN_COMPLETED);
}
END_TEST

/* A job whose end came while the disk was full. */
static ob_guid end_unwritten(void)
{
    ob_guid id = start(OB_RUN_RECOVERY, &recovery);
    ob_test_body_wait_running(&recovery);
    run_sql("PRAGMA query_only = 1");
    ob_test_body_release(&recovery);
    ck_assert_int_eq(ob_test_wait_end(fixture.jobs, &id).facts.state, OB_RUN_COMPLETED);
    ck_assert_int_eq(in_table(&id).facts.state, OB_RUN_STARTED);
    return id;
}

START_TEST(jobs__an_end_is_written_by_the_next_start)
{
    ob_test_body next;
    ob_guid other = {{0}};
    ob_guid id = end_unwritten();
    /* Still full: the next one does not start, so that the end of the first is still told. */
    ob_test_body_init(&next);
    ob_run_body body = ob_test_body_of(&next);
    ob_check_status(
        ob_jobs_start(fixture.jobs, OB_RUN_RECOVERY, &body, ob_json_new_object(), &other),
        OB_E_ACCESS_DENIED);
    ck_assert(next.freed);
    ck_assert_int_eq(ob_test_wait_end(fixture.jobs, &id).facts.state, OB_RUN_COMPLETED);
    run_sql("PRAGMA query_only = 0");
    ob_test_body_init(&next);
    next.may_end = true;
    other = start(OB_RUN_RECOVERY, &next);
    ob_test_wait_end(fixture.jobs, &other);
    ob_test_seen kept = in_table(&id);
    ck_assert_int_eq(kept.facts.state, OB_RUN_COMPLETED);
    ck_assert_int_gt(kept.facts.end_time, 0);
}
END_TEST

START_TEST(jobs__an_end_is_written_by_the_stop)
{
    ob_guid id = end_unwritten();
    run_sql("PRAGMA query_only = 0");
    ob_jobs_stop(fixture.jobs);
    ck_assert_int_eq(in_table(&id).facts.state, OB_RUN_COMPLETED);
}
END_TEST

typedef struct starter {
    ob_test_body body;
    ob_status status;
} starter;

static void start_one(void *argument)
{
    starter *self = argument;
    ob_guid id = {{0}};
    ob_run_body body = ob_test_body_of(&self->body);
    self->status = ob_jobs_start(fixture.jobs, OB_RUN_RECOVERY, &body, ob_json_new_object(), &id);
}

static void stop_all(void *argument)
{
    (void)argument;
    ob_jobs_stop(fixture.jobs);
}

/* A start that was let through waits for the database, to write the end of the job before it; the
 * stop comes in between, and must neither miss it nor wait for it. */
START_TEST(jobs__a_stop_between_the_parts_of_a_start)
{
    ob_thread *starting = NULL;
    ob_thread *stopping = NULL;
    const ob_clock *clock = ob_clock_os();
    starter next = {.status = OB_OK};
    end_unwritten();
    run_sql("PRAGMA query_only = 0");
    ob_test_body_init(&next.body);
    ob_check_ok(ob_db_begin(fixture.db)); /* keeps other threads out */
    ob_check_ok(ob_thread_start(&starting, start_one, &next));
    clock->sleep(clock, 100000000); /* time to come there; without it less is tested */
    ob_check_ok(ob_thread_start(&stopping, stop_all, NULL));
    while (ob_jobs_check_free(fixture.jobs, OB_RUN_BACKUP) != OB_E_BUSY) {
        clock->sleep(clock, 1000000);
    }
    ob_check_ok(ob_db_end(fixture.db, OB_OK));
    ob_thread_join(starting);
    ob_thread_join(stopping);
    ob_check_status(next.status, OB_E_BUSY);
    ck_assert(next.body.freed);
    ck_assert(next.body.run == NULL); /* it never ran */
}
END_TEST

static void make_progress(ob_run *run)
{
    const ob_control *control = ob_run_control(run);
    for (uint64_t i = 0; i < 2000; i++) {
        ob_progress progress = {.bytes_done = i, .bytes_total = 2000, .current = "/x"};
        control->progress(control->context, &progress);
        if (i % 10 == 0) {
            ob_event event = {OB_EVENT_FAILED, "/y", OB_E_IO, "", "z"};
            control->event(control->context, &event);
        }
    }
}

typedef struct spectator {
    ob_guid id;
    ob_status status;
    bool went_back; /* a revision was less than the one before */
    unsigned looks;
} spectator;

/* What tests share is for one thread: no texts are kept here. */
static ob_status see_numbers(void *context, const ob_run_record *record)
{
    ob_run_facts *facts = context;
    *facts = record->facts;
    return record->detail[0] == '{' ? OB_OK : OB_E_UNEXPECTED;
}

static void follow(void *argument)
{
    spectator *self = argument;
    ob_run_facts facts = {.revision = 0};
    while (self->status == OB_OK && facts.end_time == 0) {
        int64_t before = facts.revision;
        int64_t resume = 0;
        self->status = ob_jobs_watch(fixture.jobs, &self->id, before, 50, see_numbers, &facts);
        self->went_back = self->went_back || facts.revision < before;
        if (self->status == OB_OK) {
            self->status = ob_jobs_list(fixture.jobs, 0, &resume, 5, see_numbers, &facts);
        }
        self->looks++;
    }
}

START_TEST(jobs__many_watch_one_that_works)
{
    enum { WATCHERS = 4 };
    ob_thread *threads[WATCHERS] = {NULL};
    spectator spectators[WATCHERS];
    backup.act = make_progress;
    ob_guid id = start(OB_RUN_BACKUP, &backup);
    for (size_t i = 0; i < WATCHERS; i++) {
        spectators[i] = (spectator){.id = id};
        ob_check_ok(ob_thread_start(&threads[i], follow, &spectators[i]));
    }
    ob_test_body_wait_running(&backup);
    ob_test_body_release(&backup);
    ob_test_seen seen = ob_test_wait_end(fixture.jobs, &id);
    for (size_t i = 0; i < WATCHERS; i++) {
        ob_thread_join(threads[i]);
        ob_check_ok(spectators[i].status);
        ck_assert(!spectators[i].went_back);
        ck_assert_uint_gt(spectators[i].looks, 0);
    }
    ck_assert_int_eq(seen.facts.state, OB_RUN_COMPLETED_WITH_WARNINGS);
    ck_assert_int_eq(seen.facts.bytes_done, 1999);
    ck_assert_ptr_nonnull(strstr(seen.detail, "\"kind\":\"failed\",\"count\":200"));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, jobs__runs_and_is_written_down);
    tcase_add_test(cases, jobs__a_failure_is_told_with_its_detail);
    tcase_add_test(cases, jobs__one_of_a_type_at_a_time);
    tcase_add_test(cases, jobs__cancelled_jobs_end_as_aborted);
    tcase_add_test(cases, jobs__what_was_done_before_the_cancel_counts);
    tcase_add_test(cases, jobs__a_watcher_gets_each_revision);
    tcase_add_test(cases, jobs__a_list_has_the_running_one_as_it_is_now);
    tcase_add_test(cases, jobs__stopping_cancels_wakes_and_refuses);
    tcase_add_test(cases, jobs__a_thread_that_does_not_start);
    tcase_add_test(cases, jobs__a_database_that_takes_nothing);
    tcase_add_test(cases, jobs__an_end_is_written_by_the_next_start);
    tcase_add_test(cases, jobs__an_end_is_written_by_the_stop);
    tcase_add_test(cases, jobs__a_stop_between_the_parts_of_a_start);
    tcase_add_test(cases, jobs__many_watch_one_that_works);
}

OB_TEST_MAIN("jobs", add_cases)
