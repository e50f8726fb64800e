/* Methods 8 to 11, 16, 18 and 19: jobs. */
#include "ob/alloc.h"

#include "dispatch.h"
#include "manager.h"

#define DOCUMENT_MOST 1048576u
#define JOBS_MOST 256u
#define WAIT_MOST 30000u

static ob_status put_job(OB_JOB *out, const ob_run_record *record)
{
    const ob_run_facts *facts = &record->facts;
    *out = (OB_JOB){0};
    ob_control_guid_out(&out->id, &facts->id);
    out->type = facts->type;
    out->state = facts->state;
    out->status = facts->status;
    out->revision = facts->revision;
    out->start_time = facts->start_time;
    out->end_time = facts->end_time;
    out->bytes_total = facts->bytes_total;
    out->bytes_done = facts->bytes_done;
    out->bytes_changed = facts->bytes_changed;
    out->bytes_stored = facts->bytes_stored;
    out->files_total = facts->files_total;
    out->files_done = facts->files_done;
    out->files_changed = facts->files_changed;
    out->files_failed = facts->files_failed;
    out->bytes_per_second = facts->bytes_per_second;
    out->seconds_left = facts->seconds_left;
    ob_status status = ob_control_give_text(record->current, &out->current_count, &out->current);
    if (status == OB_OK) {
        status = ob_control_give_text(record->detail, &out->detail_count, &out->detail);
    }
    return status;
}

static void free_job(OB_JOB *job)
{
    ob_free(job->current);
    ob_free(job->detail);
    *job = (OB_JOB){0};
}

static ob_status visit_job(void *context, const ob_run_record *record)
{
    return put_job(context, record);
}

static ob_status visit_listed(void *context, const ob_run_record *record)
{
    OB_JOB_LIST *list = context;
    /* It counts even if it fails, so that what it has is freed. */
    return put_job(&list->jobs[list->count++], record);
}

static void free_list(OB_JOB_LIST *list)
{
    for (ULONG i = 0; i < list->count; i++) {
        free_job(&list->jobs[i]);
    }
    ob_free(list->jobs);
    *list = (OB_JOB_LIST){0};
}

LONG __cdecl ObStartBackup(OB_TARGET target, ULONG options_count, const unsigned char *options,
                           OB_GUID *job, OB_BYTES *error)
{
    ob_guid id = {{0}};
    (void)target;
    ob_status status = ob_control_check_bytes(options, options_count, DOCUMENT_MOST);
    if (status == OB_OK) {
        status = ob_service_start_backup(ob_control_service(), ob_control_caller_text(),
                                         ob_control_bytes(options), options_count, &id);
    }
    ob_control_guid_out(job, &id);
    return ob_control_answer(status, error);
}

LONG __cdecl ObStartPrune(OB_TARGET target, ULONG options_count, const unsigned char *options,
                          OB_GUID *job, OB_BYTES *error)
{
    ob_guid id = {{0}};
    (void)target;
    ob_status status = ob_control_check_bytes(options, options_count, DOCUMENT_MOST);
    if (status == OB_OK) {
        status = ob_service_start_prune(ob_control_service(), ob_control_caller_text(),
                                        ob_control_bytes(options), options_count, &id);
    }
    ob_control_guid_out(job, &id);
    return ob_control_answer(status, error);
}

LONG __cdecl ObListJobs(OB_TARGET target, ULONG filter, hyper *resume, ULONG most,
                        OB_JOB_LIST *list, OB_BYTES *error)
{
    (void)target;
    *list = (OB_JOB_LIST){0};
    ob_status status = ob_control_check_page(*resume, most, JOBS_MOST);
    if (status == OB_OK) {
        int64_t key = *resume;
        list->jobs = ob_calloc(most, sizeof *list->jobs);
        status = list->jobs != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "a list of jobs");
        if (status == OB_OK) {
            status =
                ob_service_list_jobs(ob_control_service(), filter, &key, most, visit_listed, list);
        }
        *resume = key;
    }
    if (status != OB_OK || list->count == 0) { /* see ob_control_check_page() */
        free_list(list);
    }
    return ob_control_answer(status, error);
}

LONG __cdecl ObWatchJob(OB_TARGET target, const OB_GUID *id, hyper seen, ULONG wait_ms, OB_JOB *job,
                        OB_BYTES *error)
{
    ob_guid guid = ob_control_guid_in(id);
    ob_status status = OB_OK;
    (void)target;
    *job = (OB_JOB){0};
    if (wait_ms > WAIT_MOST) {
        status = ob_fail(OB_E_INVALID_ARGUMENT, "a wait takes at most %u ms", WAIT_MOST);
    }
    if (status == OB_OK) {
        status = ob_service_watch_job(ob_control_service(), &guid, seen, wait_ms, visit_job, job);
    }
    if (status != OB_OK) {
        free_job(job);
    }
    return ob_control_answer(status, error);
}

LONG __cdecl ObCancelJob(OB_TARGET target, const OB_GUID *id, OB_BYTES *error)
{
    ob_guid guid = ob_control_guid_in(id);
    (void)target;
    return ob_control_answer(
        ob_service_cancel_job(ob_control_service(), ob_control_caller_text(), &guid), error);
}

LONG __cdecl ObStartRecovery(OB_TARGET target, ULONG options_count, const unsigned char *options,
                             OB_GUID *job, OB_BYTES *error)
{
    ob_guid id = {{0}};
    (void)target;
    ob_status status = ob_control_check_bytes(options, options_count, DOCUMENT_MOST);
    if (status == OB_OK) {
        status = ob_service_start_recovery(ob_control_service(), ob_control_caller_text(),
                                           ob_control_bytes(options), options_count, &id);
        /* It may hold a passphrase; the runtime frees the bytes as they are. */
        if (options != NULL) {
            ob_wipe((void *)(uintptr_t)options, options_count);
        }
    }
    ob_control_guid_out(job, &id);
    return ob_control_answer(status, error);
}

LONG __cdecl ObStartVerify(OB_TARGET target, ULONG options_count, const unsigned char *options,
                           OB_GUID *job, OB_BYTES *error)
{
    ob_guid id = {{0}};
    (void)target;
    ob_status status = ob_control_check_bytes(options, options_count, DOCUMENT_MOST);
    if (status == OB_OK) {
        status = ob_service_start_verify(ob_control_service(), ob_control_caller_text(),
                                         ob_control_bytes(options), options_count, &id);
    }
    ob_control_guid_out(job, &id);
    return ob_control_answer(status, error);
}
