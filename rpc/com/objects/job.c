#include "classes.h"

#include "ob/alloc.h"

#include <cjson/cJSON.h>

typedef struct job {
    ob_object base;
    ob_connection *connection;
    SRWLOCK lock;
    ob_job record;
} job;

static void destroy(ob_object *object)
{
    job *self = (job *)object;
    ob_job_free(&self->record);
    ob_connection_release(self->connection);
}

#define LOCKED_PROPERTY(function, type, expression)                                                \
    static HRESULT STDMETHODCALLTYPE function(job *self, type *value)                              \
    {                                                                                              \
        AcquireSRWLockShared(&self->lock);                                                         \
        *value = (expression);                                                                     \
        ReleaseSRWLockShared(&self->lock);                                                         \
        return S_OK;                                                                               \
    }

LOCKED_PROPERTY(get_type, OBJobType, (OBJobType)self->record.type)
LOCKED_PROPERTY(get_state, OBJobState, (OBJobState)self->record.state)
LOCKED_PROPERTY(get_ended, VARIANT_BOOL, ob_bool_of(ob_job_has_ended(&self->record)))
LOCKED_PROPERTY(get_start_time, DATE, ob_date_of(self->record.start_time))
LOCKED_PROPERTY(get_end_time, DATE, ob_date_of(self->record.end_time))
LOCKED_PROPERTY(get_bytes_total, double, (double)self->record.bytes_total)
LOCKED_PROPERTY(get_bytes_done, double, (double)self->record.bytes_done)
LOCKED_PROPERTY(get_bytes_changed, double, (double)self->record.bytes_changed)
LOCKED_PROPERTY(get_bytes_stored, double, (double)self->record.bytes_stored)
LOCKED_PROPERTY(get_files_total, double, (double)self->record.files_total)
LOCKED_PROPERTY(get_files_done, double, (double)self->record.files_done)
LOCKED_PROPERTY(get_files_changed, double, (double)self->record.files_changed)
LOCKED_PROPERTY(get_files_failed, double, (double)self->record.files_failed)
LOCKED_PROPERTY(get_bytes_per_second, double, (double)self->record.bytes_per_second)
LOCKED_PROPERTY(get_seconds_left, double, (double)self->record.seconds_left)

static HRESULT STDMETHODCALLTYPE get_id(job *self, BSTR *value)
{
    return ob_bstr_of_guid(value, &self->record.id); /* never changes */
}

static HRESULT STDMETHODCALLTYPE get_state_name(job *self, BSTR *value)
{
    AcquireSRWLockShared(&self->lock);
    HRESULT hr = ob_bstr_of(value, ob_job_state_name(self->record.state));
    ReleaseSRWLockShared(&self->lock);
    return hr;
}

static HRESULT STDMETHODCALLTYPE get_current(job *self, BSTR *value)
{
    AcquireSRWLockShared(&self->lock);
    HRESULT hr = ob_bstr_of(value, self->record.current);
    ReleaseSRWLockShared(&self->lock);
    return hr;
}

static HRESULT STDMETHODCALLTYPE get_detail(job *self, BSTR *value)
{
    AcquireSRWLockShared(&self->lock);
    HRESULT hr = ob_bstr_of(value, self->record.detail);
    ReleaseSRWLockShared(&self->lock);
    return hr;
}

static HRESULT STDMETHODCALLTYPE get_status(job *self, IOBStatus **value)
{
    cJSON *detail = NULL, *error = NULL;
    AcquireSRWLockShared(&self->lock);
    ob_status status = ob_json_parse(&detail, self->record.detail, strlen(self->record.detail));
    ReleaseSRWLockShared(&self->lock);
    if (OB_FAILED(status))
        return ob_object_fail(self, status);
    error = cJSON_DetachItemFromObjectCaseSensitive(detail, "error");
    ob_json_free(detail);
    *value = ob_com_status_new(error);
    return *value ? S_OK : E_OUTOFMEMORY;
}

/* Takes a newer record over; true if it is a change. */
static bool adopt(job *self, ob_job *record)
{
    AcquireSRWLockExclusive(&self->lock);
    bool changed = record->revision != self->record.revision;
    ob_job old = self->record;
    self->record = *record;
    ReleaseSRWLockExclusive(&self->lock);
    ob_job_free(&old);
    return changed;
}

static HRESULT watch(job *self, unsigned wait_ms, bool *changed)
{
    ob_job record = {0};
    AcquireSRWLockShared(&self->lock);
    int64_t seen = self->record.revision;
    ob_guid id = self->record.id;
    ReleaseSRWLockShared(&self->lock);
    if (OB_FAILED(ob_client_watch_job(self->connection->client, &id, seen, wait_ms, &record)))
        return ob_object_fail_call(self);
    *changed = adopt(self, &record);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE refresh(job *self, long wait_ms, VARIANT_BOOL *value)
{
    bool changed = false;
    HRESULT hr = watch(self,
                       wait_ms <= 0      ? 0
                       : wait_ms > 30000 ? 30000
                                         : (unsigned)wait_ms,
                       &changed);
    *value = ob_bool_of(changed);
    return hr;
}

static HRESULT STDMETHODCALLTYPE wait_for_end(job *self, long milliseconds, VARIANT_BOOL *value)
{
    static const unsigned step = 1000;
    ULONGLONG start = GetTickCount64();
    for (;;) {
        bool changed = false;
        unsigned wait = step;
        get_ended(self, value);
        if (*value)
            return S_OK;
        if (milliseconds >= 0) {
            ULONGLONG gone = GetTickCount64() - start;
            if (gone >= (ULONGLONG)milliseconds)
                return S_OK;
            ULONGLONG left = (ULONGLONG)milliseconds - gone;
            wait = left < step ? (unsigned)left : step;
        }
        HRESULT hr = watch(self, wait, &changed);
        if (FAILED(hr))
            return hr;
    }
}

static HRESULT STDMETHODCALLTYPE cancel(job *self)
{
    if (OB_FAILED(ob_client_cancel_job(self->connection->client, &self->record.id)))
        return ob_object_fail_call(self);
    return S_OK;
}

static IOBJobVtbl job_vtbl = {OB_OBJECT_METHODS,
                              (void *)get_id,
                              (void *)get_type,
                              (void *)get_state,
                              (void *)get_state_name,
                              (void *)get_ended,
                              (void *)get_start_time,
                              (void *)get_end_time,
                              (void *)get_bytes_total,
                              (void *)get_bytes_done,
                              (void *)get_bytes_changed,
                              (void *)get_bytes_stored,
                              (void *)get_files_total,
                              (void *)get_files_done,
                              (void *)get_files_changed,
                              (void *)get_files_failed,
                              (void *)get_bytes_per_second,
                              (void *)get_seconds_left,
                              (void *)get_current,
                              (void *)get_detail,
                              (void *)get_status,
                              (void *)refresh,
                              (void *)wait_for_end,
                              (void *)cancel};
static const ob_class job_class = {&IID_IOBJob, sizeof(job), destroy};

IOBJob *ob_com_job_new(ob_connection *connection, ob_job *record)
{
    job *self = ob_object_new(&job_class, &job_vtbl);
    if (self) {
        InitializeSRWLock(&self->lock);
        self->connection = ob_connection_share(connection);
        self->record = *record;
    } else {
        ob_job_free(record);
    }
    *record = (ob_job){0};
    return (IOBJob *)self;
}

HRESULT ob_com_job_open(void *object, ob_connection *connection, const ob_guid *id, IOBJob **out)
{
    ob_job record = {0};
    if (OB_FAILED(ob_client_watch_job(connection->client, id, 0, 0, &record)))
        return ob_object_fail_call(object);
    IOBJob *opened = ob_com_job_new(connection, &record);
    if (!opened)
        return E_OUTOFMEMORY;
    *out = opened;
    return S_OK;
}
