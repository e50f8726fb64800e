#include "classes.h"

#include "ob/alloc.h"

#include <cjson/cJSON.h>

typedef struct policy {
    ob_object base;
    ob_connection *connection;
    /* Over `json`. Held while the agent is asked to store it, too: the answer replaces it, and what
     * another thread sets meanwhile would be lost. */
    SRWLOCK lock;
    cJSON *json; /* all but "files", which lives in `specs` */
    IOBFileSpecs *specs;
} policy;

static void destroy(ob_object *object)
{
    policy *self = (policy *)object;
    ob_json_free(self->json);
    if (self->specs)
        IOBFileSpecs_Release(self->specs);
    ob_connection_release(self->connection);
}

/* Takes the document over. With the lock held, as all up to print(). */
static HRESULT load(policy *self, cJSON *json)
{
    cJSON *files = cJSON_DetachItemFromObjectCaseSensitive(json, "files");
    HRESULT hr = ob_com_file_specs_load(self->specs, files);
    ob_json_free(files);
    if (FAILED(hr)) {
        ob_json_free(json);
        return hr;
    }
    ob_json_free(self->json);
    self->json = json;
    return S_OK;
}

static HRESULT load_text(policy *self, const void *text, size_t length)
{
    cJSON *json = NULL;
    ob_status status = ob_json_parse(&json, text, length);
    if (OB_FAILED(status))
        return ob_object_fail(self, status);
    if (!cJSON_IsObject(json)) {
        ob_json_free(json);
        return ob_object_fail(self, ob_fail(OB_E_SYNTAX, "a policy is a JSON object"));
    }
    return load(self, json);
}

/* `stored`: with what the agent has added to it, which is not for callers to set. */
static ob_status print(policy *self, bool stored, ob_buf *out)
{
    static const char *const added[] = {"id", "modified", "sources"};
    cJSON *files = NULL;
    bool failed = false;
    ob_status status = ob_com_file_specs_save(self->specs, &files);
    if (OB_FAILED(status))
        return status;
    cJSON *whole = cJSON_Duplicate(self->json, 1);
    ob_json_add_node(whole, "files", files, &failed);
    for (size_t i = 0; !stored && i < sizeof added / sizeof added[0]; i++)
        cJSON_DeleteItemFromObjectCaseSensitive(whole, added[i]);
    status = !whole || failed ? OB_E_NO_MEMORY : ob_json_print(out, whole);
    ob_json_free(whole);
    return status;
}

static HRESULT get_text(policy *self, const char *field, const char *absent, BSTR *value)
{
    AcquireSRWLockShared(&self->lock);
    const char *text = ob_json_text(self->json, field);
    HRESULT hr = ob_bstr_of(value, text[0] ? text : absent);
    ReleaseSRWLockShared(&self->lock);
    return hr;
}

/* With the lock held. Lack of memory leaves the field as it is. */
static ob_status replace_text(policy *self, const char *field, const ob_buf *text)
{
    bool failed = false;
    cJSON *changed = cJSON_Duplicate(self->json, 1);
    cJSON_DeleteItemFromObjectCaseSensitive(changed, field);
    ob_json_add_text_n(changed, field, text->data, text->length, &failed);
    if (!changed || failed) {
        ob_json_free(changed);
        return OB_E_NO_MEMORY;
    }
    ob_json_free(self->json);
    self->json = changed;
    return OB_OK;
}

static HRESULT put_text(policy *self, const char *field, BSTR value)
{
    ob_buf text = {0};
    ob_status status = ob_text_of_bstr(&text, value);
    if (!OB_FAILED(status)) {
        AcquireSRWLockExclusive(&self->lock);
        status = replace_text(self, field, &text);
        ReleaseSRWLockExclusive(&self->lock);
    }
    ob_buf_free(&text);
    return OB_FAILED(status) ? ob_object_fail(self, status) : S_OK;
}

static HRESULT STDMETHODCALLTYPE get_name(policy *self, BSTR *value)
{
    return get_text(self, "name", "", value);
}

static HRESULT STDMETHODCALLTYPE put_name(policy *self, BSTR value)
{
    return put_text(self, "name", value);
}

static HRESULT STDMETHODCALLTYPE get_state(policy *self, BSTR *value)
{
    return get_text(self, "state", "valid", value);
}

static HRESULT STDMETHODCALLTYPE put_state(policy *self, BSTR value)
{
    return put_text(self, "state", value);
}

static HRESULT STDMETHODCALLTYPE get_id(policy *self, BSTR *value)
{
    return get_text(self, "id", "", value);
}

static HRESULT STDMETHODCALLTYPE get_file_specs(policy *self, IOBFileSpecs **value)
{
    IOBFileSpecs_AddRef(self->specs);
    *value = self->specs;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE get_document(policy *self, BSTR *value)
{
    ob_buf text = {0};
    AcquireSRWLockShared(&self->lock);
    ob_status status = print(self, true, &text);
    ReleaseSRWLockShared(&self->lock);
    HRESULT hr = OB_FAILED(status) ? ob_object_fail(self, status)
                                   : ob_bstr_of_n(value, (const char *)text.data, text.length);
    ob_buf_free(&text);
    return hr;
}

static HRESULT STDMETHODCALLTYPE put_document(policy *self, BSTR value)
{
    ob_buf text = {0};
    HRESULT hr;
    ob_status status = ob_text_of_bstr(&text, value);
    if (OB_FAILED(status)) {
        hr = ob_object_fail(self, status);
    } else {
        AcquireSRWLockExclusive(&self->lock);
        hr = load_text(self, text.data, text.length);
        ReleaseSRWLockExclusive(&self->lock);
    }
    ob_buf_free(&text);
    return hr;
}

static HRESULT STDMETHODCALLTYPE save(policy *self)
{
    ob_buf text = {0}, stored = {0};
    HRESULT hr;

    AcquireSRWLockExclusive(&self->lock);
    ob_status status = print(self, false, &text);
    if (OB_FAILED(status))
        hr = ob_object_fail(self, status);
    else if (OB_FAILED(ob_client_set_policy(self->connection->client, (const char *)text.data,
                                            text.length, &stored)))
        hr = ob_object_fail_call(self);
    else
        hr = load_text(self, stored.data, stored.length);
    ReleaseSRWLockExclusive(&self->lock);
    ob_buf_free(&text);
    ob_buf_free(&stored);
    return hr;
}

static HRESULT STDMETHODCALLTYPE remove_policy(policy *self)
{
    HRESULT hr = S_OK;
    AcquireSRWLockExclusive(&self->lock);
    if (OB_FAILED(
            ob_client_remove_policy(self->connection->client, ob_json_text(self->json, "name"))))
        hr = ob_object_fail_call(self);
    else
        cJSON_DeleteItemFromObjectCaseSensitive(self->json, "id");
    ReleaseSRWLockExclusive(&self->lock);
    return hr;
}

static IOBPolicyVtbl policy_vtbl = {
    OB_OBJECT_METHODS,    (void *)get_name, (void *)put_name,       (void *)get_state,
    (void *)put_state,    (void *)get_id,   (void *)get_file_specs, (void *)get_document,
    (void *)put_document, (void *)save,     (void *)remove_policy};
static const ob_class policy_class = {&IID_IOBPolicy, sizeof(policy), destroy};

IOBPolicy *ob_com_policy_new(ob_connection *connection, const char *name, cJSON *json)
{
    bool failed = false;
    policy *self = ob_object_new(&policy_class, &policy_vtbl);
    if (!json) {
        json = ob_json_new_object();
        if (name[0])
            ob_json_add_text(json, "name", name, &failed);
    }
    if (!self || !json || failed)
        goto fail;
    InitializeSRWLock(&self->lock);
    self->connection = ob_connection_share(connection);
    self->specs = ob_com_file_specs_new();
    if (!self->specs)
        goto fail;
    HRESULT hr = load(self, json);
    json = NULL; /* transferred */
    if (FAILED(hr))
        goto fail;
    return (IOBPolicy *)self;
fail:
    ob_json_free(json);
    ob_object_release(self);
    return NULL;
}
