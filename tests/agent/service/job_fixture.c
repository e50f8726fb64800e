#include "job_fixture.h"

void ob_test_jobs_open(ob_test_jobs *fixture)
{
    fixture->log_dir = ob_test_temp();
    ob_check_ok(ob_db_open(ob_test_path(fixture->log_dir, "state.db"), &fixture->db));
    ob_jobs_options options = {fixture->db, ob_fs_os(), ob_clock_os(), fixture->log_dir};
    ob_check_ok(ob_jobs_new(&options, &fixture->jobs));
}

void ob_test_jobs_close(ob_test_jobs *fixture)
{
    ob_jobs_free(fixture->jobs);
    ob_db_close(fixture->db);
    *fixture = (ob_test_jobs){0};
}

void ob_test_body_init(ob_test_body *body)
{
    *body = (ob_test_body){0};
    ob_mutex_init(&body->lock);
    ob_cond_init(&body->changed);
}

static ob_status run_body(void *context, ob_run *run)
{
    ob_test_body *body = context;
    if (body->act != NULL) {
        body->act(run);
    }
    ob_mutex_lock(&body->lock);
    body->run = run;
    ob_cond_broadcast(&body->changed);
    while (!body->may_end && (body->ignore_cancel || !ob_run_cancelled(run))) {
        ob_cond_wait_for(&body->changed, &body->lock, 10);
    }
    bool may_end = body->may_end;
    ob_mutex_unlock(&body->lock);
    if (!may_end) {
        return ob_fail(OB_E_CANCELLED, "by its body");
    }
    return body->result == OB_OK ? OB_OK : ob_fail(body->result, "made to fail");
}

static void free_body(void *context)
{
    ob_test_body *body = context;
    ck_assert(!body->freed);
    body->freed = true;
}

ob_run_body ob_test_body_of(ob_test_body *body)
{
    return (ob_run_body){run_body, free_body, body};
}

void ob_test_body_release(ob_test_body *body)
{
    ob_mutex_lock(&body->lock);
    body->may_end = true;
    ob_cond_broadcast(&body->changed);
    ob_mutex_unlock(&body->lock);
}

void ob_test_body_wait_running(ob_test_body *body)
{
    ob_mutex_lock(&body->lock);
    while (body->run == NULL) {
        ob_cond_wait(&body->changed, &body->lock);
    }
    ob_mutex_unlock(&body->lock);
}

ob_status ob_test_see(void *context, const ob_run_record *record)
{
    ob_test_seen *seen = context;
    seen->facts = record->facts;
    seen->current = ob_test_format("%s", record->current);
    seen->detail = ob_test_format("%s", record->detail);
    seen->count++;
    return OB_OK;
}

ob_test_seen ob_test_wait_end(ob_jobs *jobs, const ob_guid *id)
{
    ob_test_seen seen = {.count = 0};
    const ob_clock *clock = ob_clock_os();
    uint64_t end = clock->monotonic(clock) + UINT64_C(20000000000);
    do {
        ck_assert_msg(clock->monotonic(clock) < end, "the job does not end");
        ob_check_ok(ob_jobs_watch(jobs, id, seen.facts.revision, 1000, ob_test_see, &seen));
    } while (seen.facts.end_time == 0);
    return seen;
}
