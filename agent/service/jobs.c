#include "jobs.h"

#include "job_table.h"
#include "ob/alloc.h"
#include "ob/host.h"
#include "ob/log.h"
#include "ob/thread.h"
#include "run.h"

#include <string.h>

#define TYPES 4

struct ob_jobs {
    ob_jobs_options options;
    ob_mutex starting;   /* one start or stop at a time; taken before `lock` */
    ob_mutex lock;       /* of all below and of the runs */
    ob_cond changed;     /* some run has a new revision */
    ob_run *runs[TYPES]; /* by type; an ended one stays until the next */
    bool stopping;
};

ob_status ob_jobs_new(const ob_jobs_options *options, ob_jobs **out)
{
    ob_jobs *jobs = ob_calloc(1, sizeof *jobs);
    if (jobs == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the jobs");
    }
    jobs->options = *options;
    ob_mutex_init(&jobs->starting);
    ob_mutex_init(&jobs->lock);
    ob_cond_init(&jobs->changed);
    *out = jobs;
    return OB_OK;
}

static ob_run **slot_of(ob_jobs *jobs, int32_t type)
{
    return &jobs->runs[type - 1];
}

/* Under the lock. */
static ob_run *find(ob_jobs *jobs, const ob_guid *id)
{
    for (size_t i = 0; i < TYPES; i++) {
        if (jobs->runs[i] != NULL && ob_guid_equal(&jobs->runs[i]->facts.id, id)) {
            return jobs->runs[i];
        }
    }
    return NULL;
}

static ob_status write_record(ob_jobs *jobs, const ob_run_record *record)
{
    char id[OB_GUID_TEXT];
    ob_status status = ob_job_table_update(jobs->options.db, record);
    if (OB_FAILED(status)) {
        ob_guid_format(id, &record->facts.id);
        ob_log(OB_LOG_ERROR, "job %s: its record could not be written: %s", id, ob_detail());
    }
    return status;
}

/* The end of a run that the table could not take when it came. Under `starting`; `run` has ended or
 * is NULL. */
static ob_status write_late(ob_jobs *jobs, ob_run *run)
{
    ob_buf detail = {0};
    ob_run_record record = {.current = ""};
    if (run == NULL || !run->unwritten) {
        return OB_OK;
    }
    ob_mutex_lock(&jobs->lock);
    ob_status status = ob_run_print_detail(run, run->status, &detail);
    record.facts = run->facts;
    ob_mutex_unlock(&jobs->lock);
    if (status == OB_OK) {
        record.detail = (const char *)detail.data;
        status = write_record(jobs, &record);
    }
    run->unwritten = OB_FAILED(status);
    ob_buf_free(&detail);
    return status;
}

static const char *type_name(int32_t type)
{
    static const char *const names[TYPES] = {"backup", "recovery", "prune", "verification"};
    return names[type - 1];
}

static void log_end(const ob_run *run, const ob_run_facts *facts)
{
    char id[OB_GUID_TEXT];
    bool failed = facts->state == OB_RUN_FAILED;
    bool aborted = facts->state == OB_RUN_ABORTED;
    ob_guid_format(id, &facts->id);
    ob_log(failed ? OB_LOG_ERROR : OB_LOG_INFO,
           "job %s: %s %s; %lld files, %lld failed, %lld bytes, %lld changed, %lld stored%s%s%s%s",
           id, type_name(facts->type), ob_run_state_name(facts->state),
           (long long)facts->files_done, (long long)facts->files_failed,
           (long long)facts->bytes_done, (long long)facts->bytes_changed,
           (long long)facts->bytes_stored, failed || aborted ? "; " : "",
           failed ? ob_status_lookup(facts->status)->symbol : "", failed ? " " : "",
           aborted ? run->cancel_reason : run->error_detail);
}

/* The thread of a job. Its end is in the table before anybody can see it here. */
static void run_job(void *argument)
{
    ob_run *run = argument;
    ob_jobs *jobs = run->host.owner;
    ob_run_record record = {.current = "", .detail = "{}"};
    ob_buf detail = {0};
    ob_status status = run->body.run(run->body.context, run);
    ob_run_copy_error(run, status);
    run->body.free(run->body.context);
    run->body = (ob_run_body){0};

    ob_mutex_lock(&jobs->lock);
    record.facts = ob_run_final_facts(run, status);
    if (ob_run_print_detail(run, status, &detail) == OB_OK) {
        record.detail = (const char *)detail.data;
    }
    ob_mutex_unlock(&jobs->lock);

    ob_failed_log_finish(&run->log);
    bool unwritten = OB_FAILED(write_record(jobs, &record));
    ob_buf_free(&detail);
    log_end(run, &record.facts);
    if (run->log.status != OB_OK) {
        ob_log(OB_LOG_WARNING, "the log of failed files is not complete: %s",
               ob_status_lookup(run->log.status)->message);
    }

    ob_mutex_lock(&jobs->lock);
    if (record.facts.revision <= run->facts.revision) {
        record.facts.revision = run->facts.revision + 1; /* somebody cancelled meanwhile */
    }
    run->facts = record.facts;
    run->status = status;
    run->current[0] = '\0';
    run->unwritten = unwritten;
    run->ended = true;
    ob_cond_broadcast(&jobs->changed);
    ob_mutex_unlock(&jobs->lock);
}

static ob_status check_free(ob_jobs *jobs, int32_t type)
{
    char id[OB_GUID_TEXT];
    const ob_run *present = *slot_of(jobs, type);
    if (jobs->stopping) {
        return ob_fail(OB_E_BUSY, "the agent is stopping");
    }
    if (present == NULL || present->ended) {
        return OB_OK;
    }
    ob_guid_format(id, &present->facts.id);
    return ob_fail(OB_E_JOB_RUNNING, "job %s", id);
}

ob_status ob_jobs_check_free(ob_jobs *jobs, int32_t type)
{
    ob_mutex_lock(&jobs->lock);
    ob_status status = check_free(jobs, type);
    ob_mutex_unlock(&jobs->lock);
    return status;
}

/* The first record is in the table before the job does anything. Under `starting`. */
static ob_status begin(ob_jobs *jobs, ob_run *run)
{
    ob_buf detail = {0};
    ob_run_record record = {.current = ""};
    ob_mutex_lock(&jobs->lock);
    ob_status status = ob_run_print_detail(run, OB_OK, &detail);
    record.facts = run->facts;
    record.detail = (const char *)detail.data;
    ob_mutex_unlock(&jobs->lock);
    if (status == OB_OK) {
        status = ob_job_table_add(jobs->options.db, &record, OB_JOBS_KEPT);
    }
    if (status == OB_OK) {
        status = ob_thread_start(&run->thread, run_job, run);
        if (OB_FAILED(status)) {
            record.facts = ob_run_final_facts(run, status);
            write_record(jobs, &record);
        }
    }
    ob_buf_free(&detail);
    return status;
}

ob_status ob_jobs_start(ob_jobs *jobs, int32_t type, const ob_run_body *body, cJSON *detail,
                        ob_guid *id)
{
    ob_run *run = NULL;
    ob_run_host host = {jobs,
                        &jobs->lock,
                        &jobs->changed,
                        jobs->options.fs,
                        jobs->options.clock,
                        jobs->options.log_dir};
    ob_status status = ob_run_new(&host, type, body, detail, &run);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_mutex_lock(&jobs->starting);
    ob_guid made = run->facts.id;
    status = ob_jobs_check_free(jobs, type);
    if (status == OB_OK) {
        status = write_late(jobs, *slot_of(jobs, type)); /* nobody else tells of its end later */
    }
    if (status == OB_OK) {
        /* Asked again, so that a stop in between does not miss the run. */
        ob_mutex_lock(&jobs->lock);
        status = check_free(jobs, type);
        ob_run *old = NULL;
        if (status == OB_OK) {
            old = *slot_of(jobs, type);
            *slot_of(jobs, type) = run;
        }
        ob_mutex_unlock(&jobs->lock);
        ob_run_free(old);
    }
    if (status == OB_OK) {
        ob_failed_log_prune(jobs->options.fs, jobs->options.log_dir, OB_FAILED_LOGS_KEPT);
        status = begin(jobs, run);
        if (OB_FAILED(status)) {
            ob_mutex_lock(&jobs->lock);
            *slot_of(jobs, type) = NULL;
            ob_mutex_unlock(&jobs->lock);
        } else {
            run = NULL; /* transferred */
        }
    }
    ob_mutex_unlock(&jobs->starting);
    ob_run_free(run);
    if (status == OB_OK) {
        *id = made;
    }
    return status;
}

void ob_jobs_stop(ob_jobs *jobs)
{
    ob_mutex_lock(&jobs->lock);
    jobs->stopping = true;
    for (size_t i = 0; i < TYPES; i++) {
        ob_run_cancel(jobs->runs[i], "the agent was stopped");
    }
    ob_cond_broadcast(&jobs->changed);
    ob_mutex_unlock(&jobs->lock);

    ob_mutex_lock(&jobs->starting);
    for (size_t i = 0; i < TYPES; i++) {
        ob_run *run = jobs->runs[i];
        if (run != NULL) {
            ob_thread_join(run->thread);
            run->thread = NULL;
            write_late(jobs, run); /* the log has why it failed again */
        }
    }
    ob_mutex_unlock(&jobs->starting);
}

void ob_jobs_free(ob_jobs *jobs)
{
    if (jobs == NULL) {
        return;
    }
    ob_jobs_stop(jobs);
    for (size_t i = 0; i < TYPES; i++) {
        ob_run_free(jobs->runs[i]);
    }
    ob_cond_destroy(&jobs->changed);
    ob_mutex_destroy(&jobs->lock);
    ob_mutex_destroy(&jobs->starting);
    ob_free(jobs);
}

typedef struct overlay {
    ob_jobs *jobs;
    ob_run_visit visit;
    void *context;
} overlay;

/* The table's row of a job that runs is as old as its start. */
static ob_status visit_row(void *context, const ob_run_record *record)
{
    overlay *over = context;
    if (record->facts.end_time != 0) {
        return over->visit(over->context, record);
    }
    ob_mutex_lock(&over->jobs->lock);
    ob_run *run = find(over->jobs, &record->facts.id);
    ob_status status = run != NULL ? ob_run_visit_record(run, over->visit, over->context)
                                   : over->visit(over->context, record);
    ob_mutex_unlock(&over->jobs->lock);
    return status;
}

ob_status ob_jobs_list(ob_jobs *jobs, uint32_t filter, int64_t *resume, size_t most,
                       ob_run_visit visit, void *context)
{
    overlay over = {jobs, visit, context};
    return ob_job_table_list(jobs->options.db, filter, resume, most, visit_row, &over);
}

ob_status ob_jobs_watch(ob_jobs *jobs, const ob_guid *id, int64_t seen, uint32_t wait_ms,
                        ob_run_visit visit, void *context)
{
    const ob_clock *clock = ob_clock_os();
    uint64_t end = clock->monotonic(clock) + (uint64_t)wait_ms * 1000000;
    ob_status status = OB_OK;
    ob_mutex_lock(&jobs->lock);
    /* The run may be gone whenever the lock was given up. */
    ob_run *run = find(jobs, id);
    while (run != NULL && !run->ended && run->facts.revision == seen && !jobs->stopping) {
        uint64_t now = clock->monotonic(clock);
        if (now >= end) {
            break;
        }
        ob_cond_wait_for(&jobs->changed, &jobs->lock, (uint32_t)((end - now) / 1000000) + 1);
        run = find(jobs, id);
    }
    if (run != NULL) {
        status = ob_run_visit_record(run, visit, context);
    }
    ob_mutex_unlock(&jobs->lock);
    return run != NULL ? status : ob_job_table_find(jobs->options.db, id, visit, context);
}

static ob_status ignore_record(void *context, const ob_run_record *record)
{
    (void)context;
    (void)record;
    return OB_OK;
}

ob_status ob_jobs_cancel(ob_jobs *jobs, const ob_guid *id)
{
    ob_mutex_lock(&jobs->lock);
    ob_run *run = find(jobs, id);
    ob_run_cancel(run, "cancelled by an administrator");
    ob_mutex_unlock(&jobs->lock);
    return run != NULL ? OB_OK : ob_job_table_find(jobs->options.db, id, ignore_record, NULL);
}
