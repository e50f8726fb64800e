#include "internal.h"

#include <string.h>

typedef LONG(__cdecl *start_method)(OB_TARGET, ULONG, const unsigned char *, OB_GUID *, OB_BYTES *);

typedef struct start_call {
    ob_call call;
    start_method method;
    const char *options;
    ULONG length;
    OB_GUID job;
} start_call;

static void run_start(ob_call *call)
{
    start_call *self = (start_call *)call;
    call->result = self->method(call->client->target, self->length,
                                (const unsigned char *)self->options, &self->job, &call->error);
}

/* Never made twice: the first one may have started its job. */
static ob_status start(ob_client *client, start_method method, const char *options, size_t length,
                       ob_guid *job)
{
    start_call self = {.call = {.client = client, .run = run_start}, .method = method};
    ob_status status = ob_call_check_length("the options", length, DOCUMENT_MOST);
    if (OB_FAILED(status)) {
        return status;
    }
    self.options = length > 0 ? options : "";
    self.length = (ULONG)length;
    status = ob_call_make(&self.call);
    if (!OB_FAILED(status)) {
        ob_guid_from_wire(job, &self.job);
    }
    return status;
}

ob_status ob_client_start_backup(ob_client *client, const char *options, size_t length,
                                 ob_guid *job)
{
    return start(client, ObStartBackup, options, length, job);
}

ob_status ob_client_start_recovery(ob_client *client, const char *options, size_t length,
                                   ob_guid *job)
{
    return start(client, ObStartRecovery, options, length, job);
}

ob_status ob_client_start_prune(ob_client *client, const char *options, size_t length, ob_guid *job)
{
    return start(client, ObStartPrune, options, length, job);
}

ob_status ob_client_start_verify(ob_client *client, const char *options, size_t length,
                                 ob_guid *job)
{
    return start(client, ObStartVerify, options, length, job);
}

typedef struct list_call {
    ob_call call;
    ULONG filter;
    ULONG most;
    hyper asked;
    hyper resume;
    OB_JOB_LIST list;
} list_call;

static void run_list(ob_call *call)
{
    list_call *self = (list_call *)call;
    self->resume = self->asked;
    self->list = (OB_JOB_LIST){0, NULL};
    call->result = ObListJobs(call->client->target, self->filter, &self->resume, self->most,
                              &self->list, &call->error);
}

ob_status ob_client_list_jobs(ob_client *client, unsigned filter, int64_t *resume, unsigned most,
                              ob_job **jobs, size_t *count)
{
    list_call self = {
        .call = {.client = client, .run = run_list, .recover = ob_call_reconnect},
        .filter = filter,
        .most = most,
        .asked = *resume,
    };
    void *records = NULL;
    ob_status status = ob_call_make(&self.call);
    ob_status taken = ob_record_take_list(&self.call, OB_RECORD_JOB, self.list.jobs,
                                          self.list.count, &records, count);
    status = OB_FAILED(status) ? status : taken;
    if (!OB_FAILED(status)) {
        *jobs = records;
        *resume = self.resume;
    }
    return status;
}

typedef struct watch_call {
    ob_call call;
    OB_GUID id;
    hyper seen;
    ULONG wait_ms;
    OB_JOB job;
} watch_call;

static void run_watch(ob_call *call)
{
    watch_call *self = (watch_call *)call;
    memset(&self->job, 0, sizeof self->job);
    call->result = ObWatchJob(call->client->target, &self->id, self->seen, self->wait_ms,
                              &self->job, &call->error);
}

ob_status ob_client_watch_job(ob_client *client, const ob_guid *id, int64_t seen, unsigned wait_ms,
                              ob_job *job)
{
    watch_call self = {
        .call = {.client = client, .run = run_watch, .recover = ob_call_reconnect},
        .seen = seen,
        .wait_ms = wait_ms,
    };
    ob_guid_to_wire(&self.id, id);
    ob_status status = ob_call_make(&self.call);
    ob_status taken = ob_record_take_job(&self.call, &self.job, job);
    return OB_FAILED(status) ? status : taken;
}

typedef struct cancel_call {
    ob_call call;
    OB_GUID id;
} cancel_call;

static void run_cancel(ob_call *call)
{
    cancel_call *self = (cancel_call *)call;
    call->result = ObCancelJob(call->client->target, &self->id, &call->error);
}

ob_status ob_client_cancel_job(ob_client *client, const ob_guid *id)
{
    cancel_call self = {
        .call = {.client = client, .run = run_cancel, .recover = ob_call_reconnect}};
    ob_guid_to_wire(&self.id, id);
    return ob_call_make(&self.call);
}
