#include "classes.h"

#include "ob/alloc.h"

#include <cjson/cJSON.h>

typedef struct agent {
    ob_object base;
    SRWLOCK lock;
    ob_connection *connection; /* NULL before Connect */
} agent;

static void destroy(ob_object *object)
{
    ob_connection_release(((agent *)object)->connection);
}

/* The connection, with a reference of the caller's; connects to this machine if nobody has yet. */
static HRESULT connected(agent *self, ob_connection **out);

static HRESULT connect_to(agent *self, const char *computer)
{
    ob_connection *connection = NULL, *old;
    if (computer[0] && strcmp(computer, ".") != 0 && _stricmp(computer, "localhost") != 0)
        return ob_object_fail(self, ob_fail(OB_E_NOT_SUPPORTED,
                                            "this version controls the agent of its own "
                                            "computer only, not '%s'",
                                            computer));
    connection = ob_calloc(1, sizeof *connection);
    if (!connection)
        return E_OUTOFMEMORY;
    connection->references = 1;
    if (OB_FAILED(ob_client_connect(NULL, &connection->client))) {
        ob_free(connection);
        return ob_object_fail_call(self);
    }
    AcquireSRWLockExclusive(&self->lock);
    old = self->connection;
    self->connection = connection;
    ReleaseSRWLockExclusive(&self->lock);
    ob_connection_release(old);
    return S_OK;
}

static ob_connection *current(agent *self)
{
    AcquireSRWLockShared(&self->lock);
    ob_connection *connection = self->connection ? ob_connection_share(self->connection) : NULL;
    ReleaseSRWLockShared(&self->lock);
    return connection;
}

static HRESULT connected(agent *self, ob_connection **out)
{
    ob_connection *connection = current(self);
    if (!connection) {
        HRESULT hr = connect_to(self, "");
        if (FAILED(hr))
            return hr;
        connection = current(self);
    }
    *out = connection;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE connect_agent(agent *self, VARIANT computer)
{
    ob_buf text = {0};
    ob_status status = ob_text_of_variant(&text, &computer);
    HRESULT hr = OB_FAILED(status) ? ob_object_fail(self, status)
                                   : connect_to(self, (const char *)text.data);
    ob_buf_free(&text);
    return hr;
}

static HRESULT STDMETHODCALLTYPE get_connected(agent *self, VARIANT_BOOL *value)
{
    ob_connection *connection = current(self);
    *value = ob_bool_of(connection != NULL);
    ob_connection_release(connection);
    return S_OK;
}

/* Parses a document that a call has answered; the buffer is freed. */
static HRESULT parse_answer(agent *self, ob_status called, ob_buf *text, cJSON **out)
{
    HRESULT hr = S_OK;
    if (OB_FAILED(called)) {
        hr = ob_object_fail_call(self);
    } else {
        ob_status status = ob_json_parse(out, text->data, text->length);
        if (OB_FAILED(status))
            hr = ob_object_fail(self, status);
    }
    ob_buf_free(text);
    return hr;
}

static HRESULT about(agent *self, cJSON **out)
{
    ob_buf text = {0};
    ob_connection *connection = NULL;
    HRESULT hr = connected(self, &connection);
    if (SUCCEEDED(hr))
        hr = parse_answer(self, ob_client_agent(connection->client, &text), &text, out);
    ob_connection_release(connection);
    return hr;
}

static HRESULT STDMETHODCALLTYPE about_agent(agent *self, BSTR *value)
{
    cJSON *json = NULL;
    ob_buf text = {0};
    HRESULT hr = about(self, &json);
    if (SUCCEEDED(hr))
        hr = OB_FAILED(ob_json_print(&text, json))
                 ? E_OUTOFMEMORY
                 : ob_bstr_of_n(value, (const char *)text.data, text.length);
    ob_buf_free(&text);
    ob_json_free(json);
    return hr;
}

static HRESULT STDMETHODCALLTYPE version(agent *self, BSTR *value)
{
    cJSON *json = NULL;
    HRESULT hr = about(self, &json);
    if (SUCCEEDED(hr))
        hr = ob_bstr_of(value, ob_json_text(json, "version"));
    ob_json_free(json);
    return hr;
}

static HRESULT STDMETHODCALLTYPE register_machine(agent *self, BSTR path, IOBRegistration **value)
{
    ob_buf file = {0}, answer = {0};
    ob_connection *connection = NULL;
    cJSON *json = NULL;
    ob_status status = ob_text_of_bstr(&file, path);
    HRESULT hr = OB_FAILED(status) ? ob_object_fail(self, status) : connected(self, &connection);
    if (FAILED(hr))
        goto out;
    hr = parse_answer(self,
                      ob_client_register_file(connection->client, (const char *)file.data, &answer),
                      &answer, &json);
    if (SUCCEEDED(hr)) {
        *value = ob_com_registration_new(json);
        hr = *value ? S_OK : E_OUTOFMEMORY;
    }
out:
    ob_buf_free(&file);
    ob_connection_release(connection);
    return hr;
}

static HRESULT STDMETHODCALLTYPE settings(agent *self, IOBSettings **value)
{
    ob_buf answer = {0};
    ob_connection *connection = NULL;
    cJSON *json = NULL;
    HRESULT hr = connected(self, &connection);
    if (SUCCEEDED(hr))
        hr =
            parse_answer(self, ob_client_get_settings(connection->client, &answer), &answer, &json);
    if (SUCCEEDED(hr)) {
        *value = ob_com_settings_new(connection, json);
        hr = *value ? S_OK : E_OUTOFMEMORY;
    }
    ob_connection_release(connection);
    return hr;
}

static HRESULT make_policy(agent *self, const VARIANT *name, bool stored, IOBPolicy **value)
{
    ob_buf text = {0}, answer = {0};
    ob_connection *connection = NULL;
    cJSON *json = NULL;
    ob_status status = ob_text_of_variant(&text, name);
    HRESULT hr = OB_FAILED(status) ? ob_object_fail(self, status) : connected(self, &connection);
    if (SUCCEEDED(hr) && stored)
        hr = parse_answer(
            self, ob_client_get_policy(connection->client, (const char *)text.data, &answer),
            &answer, &json);
    if (SUCCEEDED(hr)) {
        *value = ob_com_policy_new(connection, (const char *)text.data, json);
        hr = *value ? S_OK : E_OUTOFMEMORY;
    }
    ob_buf_free(&text);
    ob_connection_release(connection);
    return hr;
}

static HRESULT STDMETHODCALLTYPE new_policy(agent *self, VARIANT name, IOBPolicy **value)
{
    return make_policy(self, &name, false, value);
}

static HRESULT STDMETHODCALLTYPE get_policy(agent *self, VARIANT name, IOBPolicy **value)
{
    return make_policy(self, &name, true, value);
}

static ob_status backup_options(const VARIANT *policy, const VARIANT *sources, ob_buf *out)
{
    ob_buf name = {0};
    bool failed = false;
    cJSON *chosen = NULL;
    cJSON *options = ob_json_new_object();
    ob_status status = options ? ob_text_of_variant(&name, policy) : OB_E_NO_MEMORY;
    if (!OB_FAILED(status))
        status = ob_json_of_variant(&chosen, sources);
    if (OB_FAILED(status))
        goto out;
    if (name.length)
        ob_json_add_text_n(options, "policy", name.data, name.length, &failed);
    if (chosen)
        ob_json_add_node(options, "sources", chosen, &failed);
    status = failed ? OB_E_NO_MEMORY : ob_json_print(out, options);
out:
    ob_buf_free(&name);
    ob_json_free(options);
    return status;
}

static HRESULT STDMETHODCALLTYPE start_backup(agent *self, VARIANT policy, VARIANT sources,
                                              IOBJob **value)
{
    ob_buf options = {0};
    ob_connection *connection = NULL;
    ob_guid id;
    ob_status status = backup_options(&policy, &sources, &options);
    HRESULT hr = OB_FAILED(status) ? ob_object_fail(self, status) : connected(self, &connection);
    if (SUCCEEDED(hr)) {
        if (OB_FAILED(ob_client_start_backup(connection->client, (const char *)options.data,
                                             options.length, &id)))
            hr = ob_object_fail_call(self);
        else
            hr = ob_com_job_open(self, connection, &id, value);
    }
    ob_buf_free(&options);
    ob_connection_release(connection);
    return hr;
}

static HRESULT STDMETHODCALLTYPE get_job(agent *self, BSTR text, IOBJob **value)
{
    ob_connection *connection = NULL;
    ob_guid id;
    ob_status status = ob_guid_of_bstr(&id, text);
    HRESULT hr = OB_FAILED(status) ? ob_object_fail(self, status) : connected(self, &connection);
    if (SUCCEEDED(hr))
        hr = ob_com_job_open(self, connection, &id, value);
    ob_connection_release(connection);
    return hr;
}

/* One page of jobs into the list. */
static HRESULT add_jobs(agent *self, ob_connection *connection, OBJobFilter filter, unsigned most,
                        int64_t *resume, ob_list *list)
{
    ob_job *records = NULL;
    size_t count = 0;
    HRESULT hr = S_OK;
    if (OB_FAILED(ob_client_list_jobs(connection->client, (unsigned)filter, resume, most, &records,
                                      &count)))
        return ob_object_fail_call(self);
    for (size_t i = 0; i < count; i++) {
        if (SUCCEEDED(hr))
            hr = ob_list_add(list, ob_com_job_new(connection, &records[i]));
        ob_job_free(&records[i]);
    }
    ob_free(records);
    return hr;
}

static HRESULT STDMETHODCALLTYPE get_jobs(agent *self, OBJobFilter filter, long most,
                                          IOBJobs **value)
{
    ob_connection *connection = NULL;
    ob_list list = {0};
    int64_t resume = 0;
    HRESULT hr = connected(self, &connection);
    size_t wanted = most > 0 ? (size_t)most : SIZE_MAX;
    while (SUCCEEDED(hr) && list.count < wanted) {
        size_t left = wanted - list.count, before = list.count;
        hr = add_jobs(self, connection, filter, left < 256 ? (unsigned)left : 256, &resume, &list);
        if (!resume || list.count == before) /* a page without records is the last */
            break;
    }
    if (SUCCEEDED(hr)) {
        *value = ob_com_jobs_new(&list);
        hr = *value ? S_OK : E_OUTOFMEMORY;
    }
    ob_list_clear(&list);
    ob_connection_release(connection);
    return hr;
}

/* One page of points into the list. */
static HRESULT add_points(agent *self, ob_connection *connection, const char *source,
                          int64_t *resume, ob_list *list)
{
    ob_point *records = NULL;
    size_t count = 0;
    HRESULT hr = S_OK;
    if (OB_FAILED(
            ob_client_list_points(connection->client, source, resume, 1000, &records, &count)))
        return ob_object_fail_call(self);
    for (size_t i = 0; i < count; i++) {
        if (SUCCEEDED(hr))
            hr = ob_list_add(list, ob_com_point_new(connection, &records[i]));
        ob_point_free(&records[i]);
    }
    ob_free(records);
    return hr;
}

static HRESULT STDMETHODCALLTYPE get_points(agent *self, VARIANT source, IOBRecoveryPoints **value)
{
    ob_buf text = {0};
    ob_connection *connection = NULL;
    ob_list list = {0};
    int64_t resume = 0;
    ob_status status = ob_text_of_variant(&text, &source);
    HRESULT hr = OB_FAILED(status) ? ob_object_fail(self, status) : connected(self, &connection);
    while (SUCCEEDED(hr)) {
        size_t before = list.count;
        hr = add_points(self, connection, (const char *)text.data, &resume, &list);
        if (!resume || list.count == before)
            break;
    }
    if (SUCCEEDED(hr)) {
        *value = ob_com_points_new(&list);
        hr = *value ? S_OK : E_OUTOFMEMORY;
    }
    ob_list_clear(&list);
    ob_buf_free(&text);
    ob_connection_release(connection);
    return hr;
}

/* The texts of this library's own table: for an agent that cannot be asked, why it cannot above
 * all. */
static cJSON *describe_here(ob_status status)
{
    const ob_status_info *row = ob_status_lookup(status);
    bool failed = false;
    cJSON *json = ob_json_new_object();
    ob_json_add_int(json, "status", status, &failed);
    ob_json_add_text(json, "symbol", row->symbol, &failed);
    ob_json_add_text(json, "message", row->message, &failed);
    ob_json_add_text(json, "advice", row->advice, &failed);
    ob_json_add_int(json, "code", row->mars_code, &failed);
    if (failed) {
        ob_json_free(json);
        return NULL;
    }
    return json;
}

static HRESULT STDMETHODCALLTYPE describe_error(agent *self, long status, IOBStatus **value)
{
    ob_buf answer = {0};
    ob_connection *connection = NULL;
    cJSON *json = NULL;
    HRESULT hr = connected(self, &connection);
    if (SUCCEEDED(hr))
        hr = parse_answer(self, ob_client_describe(connection->client, status, &answer), &answer,
                          &json);
    if (FAILED(hr)) {
        SetErrorInfo(0, NULL);
        json = describe_here(status);
        hr = json ? S_OK : E_OUTOFMEMORY;
    }
    if (SUCCEEDED(hr)) {
        *value = ob_com_status_new(json);
        hr = *value ? S_OK : E_OUTOFMEMORY;
    }
    ob_connection_release(connection);
    return hr;
}

static IOBAgentVtbl agent_vtbl = {
    OB_OBJECT_METHODS,  (void *)connect_agent,    (void *)get_connected, (void *)about_agent,
    (void *)version,    (void *)register_machine, (void *)settings,      (void *)new_policy,
    (void *)get_policy, (void *)start_backup,     (void *)get_job,       (void *)get_jobs,
    (void *)get_points, (void *)describe_error};
static const ob_class agent_class = {&IID_IOBAgent, sizeof(agent), destroy};

IOBAgent *ob_com_agent_new(void)
{
    agent *self = ob_object_new(&agent_class, &agent_vtbl);
    if (self)
        InitializeSRWLock(&self->lock);
    return (IOBAgent *)self;
}
