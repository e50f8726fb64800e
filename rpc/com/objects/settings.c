#include "classes.h"

#include <cjson/cJSON.h>

typedef struct settings {
    ob_object base;
    ob_connection *connection;
    /* Held while a change is on its way to the agent, too: whoever reads after it sees it. */
    SRWLOCK lock;
    cJSON *json;
} settings;

static void destroy(ob_object *object)
{
    settings *self = (settings *)object;
    ob_json_free(self->json);
    ob_connection_release(self->connection);
}

/* With the lock held. */
static HRESULT read_again(settings *self)
{
    ob_buf text = {0};
    cJSON *json = NULL;
    HRESULT hr = S_OK;
    if (OB_FAILED(ob_client_get_settings(self->connection->client, &text))) {
        hr = ob_object_fail_call(self);
    } else {
        ob_status status = ob_json_parse(&json, text.data, text.length);
        if (OB_FAILED(status)) {
            hr = ob_object_fail(self, status);
        } else {
            ob_json_free(self->json);
            self->json = json;
        }
    }
    ob_buf_free(&text);
    return hr;
}

static HRESULT STDMETHODCALLTYPE refresh(settings *self)
{
    AcquireSRWLockExclusive(&self->lock);
    HRESULT hr = read_again(self);
    ReleaseSRWLockExclusive(&self->lock);
    return hr;
}

/* Sends a document of changes and reads the settings again. */
static HRESULT send(settings *self, const ob_buf *text)
{
    AcquireSRWLockExclusive(&self->lock);
    HRESULT hr = OB_FAILED(ob_client_set_settings(self->connection->client,
                                                  (const char *)text->data, text->length))
                     ? ob_object_fail_call(self)
                     : read_again(self);
    ReleaseSRWLockExclusive(&self->lock);
    return hr;
}

/* The same with a document that is taken over and wiped. */
static HRESULT change(settings *self, cJSON *changes, bool failed)
{
    ob_buf text = {.secret = true};
    HRESULT hr =
        failed || OB_FAILED(ob_json_print(&text, changes)) ? E_OUTOFMEMORY : send(self, &text);
    ob_buf_free(&text);
    ob_json_free_secret(changes);
    return hr;
}

static HRESULT STDMETHODCALLTYPE get_passphrase_set(settings *self, VARIANT_BOOL *value)
{
    AcquireSRWLockShared(&self->lock);
    *value = ob_bool_of(ob_json_true(self->json, "passphrase_set"));
    ReleaseSRWLockShared(&self->lock);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE get_registered(settings *self, VARIANT_BOOL *value)
{
    AcquireSRWLockShared(&self->lock);
    *value = ob_bool_of(ob_json_true(self->json, "registered"));
    ReleaseSRWLockShared(&self->lock);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE get_compression(settings *self, BSTR *value)
{
    AcquireSRWLockShared(&self->lock);
    HRESULT hr = ob_bstr_of(value, ob_json_text(self->json, "compression"));
    ReleaseSRWLockShared(&self->lock);
    return hr;
}

static HRESULT STDMETHODCALLTYPE put_compression(settings *self, BSTR value)
{
    ob_buf text = {0};
    bool failed = false;
    ob_status status = ob_text_of_bstr(&text, value);
    if (OB_FAILED(status))
        return ob_object_fail(self, status);
    cJSON *changes = ob_json_new_object();
    ob_json_add_text_n(changes, "compression", text.data, text.length, &failed);
    ob_buf_free(&text);
    return change(self, changes, failed);
}

static HRESULT STDMETHODCALLTYPE get_vault_name(settings *self, BSTR *value)
{
    AcquireSRWLockShared(&self->lock);
    const cJSON *vault = cJSON_GetObjectItemCaseSensitive(self->json, "vault");
    HRESULT hr = ob_bstr_of(value, ob_json_text(vault, "name"));
    ReleaseSRWLockShared(&self->lock);
    return hr;
}

static HRESULT STDMETHODCALLTYPE get_document(settings *self, BSTR *value)
{
    ob_buf text = {0};
    HRESULT hr = E_OUTOFMEMORY;
    AcquireSRWLockShared(&self->lock);
    ob_status status = ob_json_print(&text, self->json);
    ReleaseSRWLockShared(&self->lock);
    if (!OB_FAILED(status))
        hr = ob_bstr_of_n(value, (const char *)text.data, text.length);
    ob_buf_free(&text);
    return hr;
}

static HRESULT STDMETHODCALLTYPE set_passphrase(settings *self, BSTR passphrase, VARIANT pin)
{
    ob_buf secret = {.secret = true}, pin_text = {.secret = true};
    bool failed = false;
    HRESULT hr;
    ob_status status = ob_text_of_bstr(&secret, passphrase);
    if (!OB_FAILED(status))
        status = ob_text_of_variant(&pin_text, &pin);
    if (OB_FAILED(status)) {
        hr = ob_object_fail(self, status);
        goto out;
    }
    cJSON *changes = ob_json_new_object();
    ob_json_add_text_n(changes, "passphrase", secret.data, secret.length, &failed);
    if (pin_text.length)
        ob_json_add_text_n(changes, "security_pin", pin_text.data, pin_text.length, &failed);
    hr = change(self, changes, failed);
out:
    ob_buf_free(&secret);
    ob_buf_free(&pin_text);
    return hr;
}

static HRESULT STDMETHODCALLTYPE change_by_document(settings *self, BSTR document)
{
    ob_buf text = {.secret = true};
    ob_status status = ob_text_of_bstr(&text, document);
    HRESULT hr = OB_FAILED(status) ? ob_object_fail(self, status) : send(self, &text);
    ob_buf_free(&text);
    return hr;
}

static IOBSettingsVtbl settings_vtbl = {OB_OBJECT_METHODS,          (void *)get_passphrase_set,
                                        (void *)get_registered,     (void *)get_compression,
                                        (void *)put_compression,    (void *)get_vault_name,
                                        (void *)get_document,       (void *)set_passphrase,
                                        (void *)change_by_document, (void *)refresh};
static const ob_class settings_class = {&IID_IOBSettings, sizeof(settings), destroy};

IOBSettings *ob_com_settings_new(ob_connection *connection, cJSON *json)
{
    settings *self = ob_object_new(&settings_class, &settings_vtbl);
    if (!self) {
        ob_json_free(json);
        return NULL;
    }
    InitializeSRWLock(&self->lock);
    self->connection = ob_connection_share(connection);
    self->json = json;
    return (IOBSettings *)self;
}
