#include "classes.h"

#include "ob/alloc.h"

#include <cjson/cJSON.h>

typedef struct point {
    ob_object base;
    ob_connection *connection;
    ob_point record;
    SRWLOCK lock;
    ob_shared_view *view; /* opened at the first look; an agent has few of them open at a time */
} point;

static void destroy(ob_object *object)
{
    point *self = (point *)object;
    ob_point_free(&self->record);
    ob_shared_view_release(self->view);
    ob_connection_release(self->connection);
}

static HRESULT STDMETHODCALLTYPE get_id(point *self, BSTR *value)
{
    return ob_bstr_of_guid(value, &self->record.id);
}

static HRESULT STDMETHODCALLTYPE get_time(point *self, DATE *value)
{
    *value = ob_date_of(self->record.time);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE get_bytes(point *self, double *value)
{
    *value = (double)self->record.bytes;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE get_files(point *self, double *value)
{
    *value = (double)self->record.files;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE get_sources(point *self, BSTR *value)
{
    return ob_bstr_of(value, self->record.sources);
}

static HRESULT open_view_locked(point *self, ob_shared_view **out)
{
    ob_shared_view *view = ob_calloc(1, sizeof *view);
    if (!view)
        return E_OUTOFMEMORY;
    if (OB_FAILED(ob_client_open_point(self->connection->client, &self->record.id, &view->view))) {
        ob_free(view);
        return ob_object_fail_call(self);
    }
    view->connection = ob_connection_share(self->connection);
    view->references = 1;
    *out = view;
    return S_OK;
}

/* The point's view, with a reference of the caller's. */
static HRESULT share_view(point *self, ob_shared_view **out)
{
    HRESULT hr = S_OK;
    AcquireSRWLockExclusive(&self->lock);
    if (!self->view)
        hr = open_view_locked(self, &self->view);
    if (SUCCEEDED(hr))
        *out = ob_shared_view_share(self->view);
    ReleaseSRWLockExclusive(&self->lock);
    return hr;
}

static HRESULT STDMETHODCALLTYPE items(point *self, VARIANT path, VARIANT pattern, IOBItems **value)
{
    ob_buf path_text = {0}, pattern_text = {0};
    ob_shared_view *view = NULL;
    HRESULT hr;
    ob_status status = ob_text_of_variant(&path_text, &path);
    if (!OB_FAILED(status))
        status = ob_text_of_variant(&pattern_text, &pattern);
    if (OB_FAILED(status)) {
        hr = ob_object_fail(self, status);
        goto out;
    }
    hr = share_view(self, &view);
    if (SUCCEEDED(hr))
        hr = ob_com_items_list(self, view, (const char *)path_text.data,
                               (const char *)pattern_text.data, value);
out:
    ob_shared_view_release(view);
    ob_buf_free(&path_text);
    ob_buf_free(&pattern_text);
    return hr;
}

/* Adds an optional text argument to the options; an absent one adds nothing. */
static ob_status add_option(cJSON *options, const char *name, const VARIANT *value, bool secret)
{
    ob_buf text = {.secret = secret};
    bool failed = false;
    ob_status status = ob_text_of_variant(&text, value);
    if (!OB_FAILED(status) && text.length) {
        ob_json_add_text_n(options, name, text.data, text.length, &failed);
        status = failed ? OB_E_NO_MEMORY : OB_OK;
    }
    ob_buf_free(&text);
    return status;
}

static ob_status restore_options(point *self, cJSON *options, const VARIANT *chosen,
                                 const VARIANT *destination, const VARIANT *overwrite,
                                 VARIANT_BOOL skip_security, const VARIANT *passphrase)
{
    char id[OB_GUID_TEXT];
    bool failed = false;
    cJSON *paths = NULL;
    ob_guid_format(id, &self->record.id);
    ob_json_add_text(options, "point", id, &failed);
    ob_json_add_bool(options, "skip_security", skip_security != VARIANT_FALSE, &failed);
    ob_status status = ob_json_of_variant(&paths, chosen);
    if (!OB_FAILED(status) && paths)
        ob_json_add_node(options, "items", paths, &failed);
    if (!OB_FAILED(status))
        status = add_option(options, "destination", destination, false);
    if (!OB_FAILED(status))
        status = add_option(options, "overwrite", overwrite, false);
    if (!OB_FAILED(status))
        status = add_option(options, "passphrase", passphrase, true);
    return OB_FAILED(status) ? status : failed ? OB_E_NO_MEMORY : OB_OK;
}

static HRESULT STDMETHODCALLTYPE restore(point *self, VARIANT chosen, VARIANT destination,
                                         VARIANT overwrite, VARIANT_BOOL skip_security,
                                         VARIANT passphrase, IOBJob **job)
{
    ob_buf text = {.secret = true};
    ob_guid id;
    HRESULT hr;
    cJSON *options = ob_json_new_object();
    if (!options)
        return E_OUTOFMEMORY;
    ob_status status = restore_options(self, options, &chosen, &destination, &overwrite,
                                       skip_security, &passphrase);
    if (!OB_FAILED(status))
        status = ob_json_print(&text, options);
    if (OB_FAILED(status))
        hr = ob_object_fail(self, status);
    else if (OB_FAILED(ob_client_start_recovery(self->connection->client, (const char *)text.data,
                                                text.length, &id)))
        hr = ob_object_fail_call(self);
    else
        hr = ob_com_job_open(self, self->connection, &id, job);
    ob_buf_free(&text);
    ob_json_free_secret(options);
    return hr;
}

static IOBRecoveryPointVtbl point_vtbl = {OB_OBJECT_METHODS, (void *)get_id,    (void *)get_time,
                                          (void *)get_bytes, (void *)get_files, (void *)get_sources,
                                          (void *)items,     (void *)restore};
static const ob_class point_class = {&IID_IOBRecoveryPoint, sizeof(point), destroy};

IOBRecoveryPoint *ob_com_point_new(ob_connection *connection, ob_point *record)
{
    point *self = ob_object_new(&point_class, &point_vtbl);
    if (self) {
        InitializeSRWLock(&self->lock);
        self->connection = ob_connection_share(connection);
        self->record = *record;
    } else {
        ob_point_free(record);
    }
    *record = (ob_point){0};
    return (IOBRecoveryPoint *)self;
}
