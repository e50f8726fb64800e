#include "fake_agent.h"

#include "internal.h"

#include <stdio.h>
#include <string.h>

fake_agent fake;

static const char *endpoint;
static RPC_SERVER_INTERFACE spec;
static RPC_DISPATCH_TABLE table;
static RPC_DISPATCH_FUNCTION functions[FAKE_METHODS];

/* ---- life ---- */

static void __RPC_STUB dispatch(PRPC_MESSAGE message)
{
    unsigned method = message->ProcNum & 0x7FFF;
    if (method < FAKE_METHODS && atomic_load(&fake.lose[method]) > 0) {
        atomic_fetch_sub(&fake.lose[method], 1);
        fake_server_lose(message);
        return;
    }
    NdrServerCall2(message);
}

void fake_agent_start(void)
{
    memset(&fake, 0, sizeof fake);
    fake.version = 1;
    for (size_t i = 0; i < FAKE_METHODS; i++) {
        fake.answer[i] = "{}";
        functions[i] = dispatch;
    }
    memcpy(&spec, Fake_OnlineBackup_v1_0_s_ifspec, sizeof spec);
    table = (RPC_DISPATCH_TABLE){FAKE_METHODS, functions, 0};
    spec.DispatchTable = &table;
    endpoint = fake_server_name();
    fake_server_start(endpoint, &spec);
}

void fake_agent_stop(void)
{
    fake_server_stop(&spec);
}

void fake_agent_restart(void)
{
    fake_server_stop(&spec);
    fake_server_start(endpoint, &spec);
}

const char *fake_agent_endpoint(void)
{
    return endpoint;
}

ob_client *fake_agent_connect(void)
{
    ob_client *client = NULL;
    ob_check_ok(ob_client_connect(endpoint, &client));
    return client;
}

void fake_check_error(ob_status status, const char *detail_part)
{
    const ob_client_error *error = ob_client_last_error();
    ck_assert_int_eq(error->status, status);
    ck_assert_msg(strstr(error->detail, detail_part) != NULL, "\"%s\" is not in \"%s\"",
                  detail_part, error->detail);
}

/* ---- what the methods have in common ---- */

static void copy(const char *text, ULONG *count, unsigned char **data)
{
    size_t length = text != NULL ? strlen(text) : 0;
    *count = 0;
    *data = length > 0 ? MIDL_user_allocate(length) : NULL;
    if (*data != NULL) {
        memcpy(*data, text, length);
        *count = (ULONG)length;
    }
}

static LONG begin(int method, OB_BYTES *error)
{
    atomic_fetch_add(&fake.calls[method], 1);
    copy(OB_FAILED(fake.status[method]) ? fake.error : NULL, &error->count, &error->data);
    return fake.status[method];
}

static void keep(char *to, size_t size, const unsigned char *data, ULONG count)
{
    size_t length = count < size ? count : size - 1;
    memcpy(to, data, length);
    to[length] = '\0';
}

static void put_answer(int method, LONG status, OB_BYTES *out)
{
    copy(OB_FAILED(status) ? NULL : fake.answer[method], &out->count, &out->data);
}

static void put_job(OB_JOB *out, const ob_job *job)
{
    ob_guid_to_wire(&out->id, &job->id);
    out->type = job->type;
    out->state = job->state;
    out->status = job->status;
    out->revision = job->revision;
    out->start_time = job->start_time;
    out->end_time = job->end_time;
    out->bytes_total = job->bytes_total;
    out->bytes_done = job->bytes_done;
    out->bytes_changed = job->bytes_changed;
    out->bytes_stored = job->bytes_stored;
    out->files_total = job->files_total;
    out->files_done = job->files_done;
    out->files_changed = job->files_changed;
    out->files_failed = job->files_failed;
    out->bytes_per_second = job->bytes_per_second;
    out->seconds_left = job->seconds_left;
    copy(job->current, &out->current_count, &out->current);
    copy(job->detail != NULL ? job->detail : "{}", &out->detail_count, &out->detail);
}

/* The part of a list that a page is: [*resume, *resume + most); moves *resume on. */
static ULONG page(hyper *resume, ULONG most, size_t count, size_t *first)
{
    *first = (size_t)*resume < count ? (size_t)*resume : count;
    size_t left = count - *first;
    ULONG got = left < most ? (ULONG)left : most;
    *resume = *first + got < count ? (hyper)(*first + got) : 0;
    return got;
}

/* ---- the methods ---- */

LONG __cdecl Fake_ObNegotiate(OB_TARGET target, ULONG lowest, ULONG highest, ULONG *version,
                              OB_BYTES *agent, OB_BYTES *error)
{
    (void)target;
    (void)lowest;
    (void)highest;
    LONG status = begin(FAKE_NEGOTIATE, error);
    *version = fake.version;
    put_answer(FAKE_NEGOTIATE, status, agent);
    return status;
}

LONG __cdecl Fake_ObDescribeError(OB_TARGET target, LONG described, OB_BYTES *description,
                                  OB_BYTES *error)
{
    (void)target;
    LONG status = begin(FAKE_DESCRIBE, error);
    fake.number = (unsigned)described;
    put_answer(FAKE_DESCRIBE, status, description);
    return status;
}

LONG __cdecl Fake_ObRegister(OB_TARGET target, ULONG count, const unsigned char *data,
                             OB_BYTES *registration, OB_BYTES *error)
{
    (void)target;
    LONG status = begin(FAKE_REGISTER, error);
    keep(fake.input, sizeof fake.input, data, count);
    put_answer(FAKE_REGISTER, status, registration);
    return status;
}

LONG __cdecl Fake_ObGetSettings(OB_TARGET target, OB_BYTES *settings, OB_BYTES *error)
{
    (void)target;
    LONG status = begin(FAKE_GET_SETTINGS, error);
    put_answer(FAKE_GET_SETTINGS, status, settings);
    return status;
}

LONG __cdecl Fake_ObSetSettings(OB_TARGET target, ULONG count, const unsigned char *data,
                                OB_BYTES *error)
{
    (void)target;
    keep(fake.input, sizeof fake.input, data, count);
    return begin(FAKE_SET_SETTINGS, error);
}

LONG __cdecl Fake_ObGetPolicy(OB_TARGET target, ULONG count, const unsigned char *data,
                              OB_BYTES *policy, OB_BYTES *error)
{
    (void)target;
    LONG status = begin(FAKE_GET_POLICY, error);
    keep(fake.input, sizeof fake.input, data, count);
    put_answer(FAKE_GET_POLICY, status, policy);
    return status;
}

LONG __cdecl Fake_ObSetPolicy(OB_TARGET target, ULONG count, const unsigned char *data,
                              OB_BYTES *stored, OB_BYTES *error)
{
    (void)target;
    LONG status = begin(FAKE_SET_POLICY, error);
    keep(fake.input, sizeof fake.input, data, count);
    put_answer(FAKE_SET_POLICY, status, stored);
    return status;
}

LONG __cdecl Fake_ObRemovePolicy(OB_TARGET target, ULONG count, const unsigned char *data,
                                 OB_BYTES *error)
{
    (void)target;
    keep(fake.input, sizeof fake.input, data, count);
    return begin(FAKE_REMOVE_POLICY, error);
}

LONG __cdecl Fake_ObStartBackup(OB_TARGET target, ULONG count, const unsigned char *data,
                                OB_GUID *job, OB_BYTES *error)
{
    (void)target;
    keep(fake.input, sizeof fake.input, data, count);
    ob_guid_to_wire(job, &fake.started);
    return begin(FAKE_START_BACKUP, error);
}

LONG __cdecl Fake_ObStartRecovery(OB_TARGET target, ULONG count, const unsigned char *data,
                                  OB_GUID *job, OB_BYTES *error)
{
    (void)target;
    keep(fake.input, sizeof fake.input, data, count);
    ob_guid_to_wire(job, &fake.started);
    return begin(FAKE_START_RECOVERY, error);
}

LONG __cdecl Fake_ObStartVerify(OB_TARGET target, ULONG count, const unsigned char *data,
                                OB_GUID *job, OB_BYTES *error)
{
    (void)target;
    keep(fake.input, sizeof fake.input, data, count);
    ob_guid_to_wire(job, &fake.started);
    return begin(FAKE_START_VERIFY, error);
}

LONG __cdecl Fake_ObListJobs(OB_TARGET target, ULONG filter, hyper *resume, ULONG most,
                             OB_JOB_LIST *list, OB_BYTES *error)
{
    (void)target;
    size_t first = 0;
    LONG status = begin(FAKE_LIST_JOBS, error);
    fake.number = filter;
    fake.most = most;
    *list = (OB_JOB_LIST){0, NULL};
    if (!OB_FAILED(status)) {
        list->count = page(resume, most, fake.job_count, &first);
        list->jobs = MIDL_user_allocate(list->count * sizeof *list->jobs + 1);
        for (ULONG i = 0; i < list->count; i++) {
            put_job(&list->jobs[i], &fake.jobs[first + i]);
        }
    }
    return status;
}

LONG __cdecl Fake_ObWatchJob(OB_TARGET target, const OB_GUID *id, hyper seen, ULONG wait_ms,
                             OB_JOB *job, OB_BYTES *error)
{
    (void)target;
    size_t call = (size_t)atomic_load(&fake.calls[FAKE_WATCH_JOB]);
    LONG status = begin(FAKE_WATCH_JOB, error);
    ob_guid_from_wire(&fake.id, id);
    fake.seen = seen;
    fake.number = wait_ms;
    memset(job, 0, sizeof *job);
    if (!OB_FAILED(status)) {
        size_t last = fake.watch_count > 0 ? fake.watch_count - 1 : 0;
        put_job(job, &fake.jobs[call < last ? call : last]);
    }
    return status;
}

LONG __cdecl Fake_ObCancelJob(OB_TARGET target, const OB_GUID *id, OB_BYTES *error)
{
    (void)target;
    ob_guid_from_wire(&fake.id, id);
    return begin(FAKE_CANCEL_JOB, error);
}

LONG __cdecl Fake_ObListPoints(OB_TARGET target, ULONG count, const unsigned char *source,
                               hyper *resume, ULONG most, OB_POINT_LIST *list, OB_BYTES *error)
{
    (void)target;
    size_t first = 0;
    LONG status = begin(FAKE_LIST_POINTS, error);
    keep(fake.input, sizeof fake.input, source, count);
    fake.most = most;
    *list = (OB_POINT_LIST){0, NULL};
    if (!OB_FAILED(status)) {
        list->count = page(resume, most, fake.point_count, &first);
        list->points = MIDL_user_allocate(list->count * sizeof *list->points + 1);
        for (ULONG i = 0; i < list->count; i++) {
            const ob_point *point = &fake.points[first + i];
            OB_POINT *out = &list->points[i];
            ob_guid_to_wire(&out->id, &point->id);
            out->time = point->time;
            out->bytes = point->bytes;
            out->files = point->files;
            copy(point->sources, &out->sources_count, &out->sources);
        }
    }
    return status;
}

LONG __cdecl Fake_ObOpenPoint(OB_TARGET target, const OB_GUID *id, OB_VIEW *view, OB_BYTES *error)
{
    (void)target;
    LONG status = begin(FAKE_OPEN_POINT, error);
    ob_guid_from_wire(&fake.id, id);
    *view = NULL;
    if (!OB_FAILED(status)) {
        atomic_fetch_add(&fake.open_views, 1);
        *view = &fake;
    }
    return status;
}

LONG __cdecl Fake_ObBrowsePoint(OB_VIEW view, ULONG path_count, const unsigned char *path,
                                ULONG pattern_count, const unsigned char *pattern, hyper *resume,
                                ULONG most, OB_ITEM_LIST *list, OB_BYTES *error)
{
    size_t first = 0;
    LONG status = view == &fake ? begin(FAKE_BROWSE_POINT, error) : OB_E_UNEXPECTED;
    keep(fake.input, sizeof fake.input, path, path_count);
    keep(fake.pattern, sizeof fake.pattern, pattern, pattern_count);
    fake.most = most;
    *list = (OB_ITEM_LIST){0, NULL};
    if (!OB_FAILED(status)) {
        list->count = page(resume, most, fake.item_count, &first);
        list->items = MIDL_user_allocate(list->count * sizeof *list->items + 1);
        for (ULONG i = 0; i < list->count; i++) {
            const ob_item *item = &fake.items[first + i];
            OB_ITEM *out = &list->items[i];
            out->type = item->type;
            out->mode = item->mode;
            out->size = item->size;
            out->mtime = item->mtime;
            copy(item->path, &out->path_count, &out->path);
        }
    }
    return status;
}

LONG __cdecl Fake_ObClosePoint(OB_VIEW *view)
{
    atomic_fetch_add(&fake.calls[FAKE_CLOSE_POINT], 1);
    atomic_fetch_sub(&fake.open_views, 1);
    *view = NULL;
    return OB_OK;
}

void __RPC_USER OB_VIEW_rundown(OB_VIEW view)
{
    (void)view;
    atomic_fetch_add(&fake.rundowns, 1);
    atomic_fetch_sub(&fake.open_views, 1);
}

LONG __cdecl Fake_ObListPolicies(OB_TARGET target, hyper *resume, ULONG most,
                                 OB_DOCUMENT_LIST *list, OB_BYTES *error)
{
    (void)target;
    size_t first = 0;
    LONG status = begin(FAKE_LIST_POLICIES, error);
    fake.most = most;
    *list = (OB_DOCUMENT_LIST){0, NULL};
    if (!OB_FAILED(status)) {
        list->count = page(resume, most, fake.policy_count, &first);
        list->documents = MIDL_user_allocate(list->count * sizeof *list->documents + 1);
        for (ULONG i = 0; i < list->count; i++) {
            copy(fake.policies[first + i], &list->documents[i].count, &list->documents[i].data);
        }
    }
    return status;
}

LONG __cdecl Fake_ObStartPrune(OB_TARGET target, ULONG count, const unsigned char *data,
                               OB_GUID *job, OB_BYTES *error)
{
    (void)target;
    keep(fake.input, sizeof fake.input, data, count);
    ob_guid_to_wire(job, &fake.started);
    return begin(FAKE_START_PRUNE, error);
}
