/* The methods that carry documents: bytes in, a document out, or one of them. */
#include "internal.h"

#include "ob/alloc.h"
#include "ob/fs.h"

#include <string.h>

typedef LONG(__cdecl *ask_method)(OB_TARGET, ULONG, const unsigned char *, OB_BYTES *, OB_BYTES *);
typedef LONG(__cdecl *tell_method)(OB_TARGET, ULONG, const unsigned char *, OB_BYTES *);

typedef struct document_call {
    ob_call call;
    ask_method ask;
    tell_method tell;
    const unsigned char *data;
    ULONG length;
    LONG described;
    OB_BYTES answer;
} document_call;

static void run_ask(ob_call *call)
{
    document_call *self = (document_call *)call;
    self->answer = (OB_BYTES){0, NULL};
    call->result =
        self->ask(call->client->target, self->length, self->data, &self->answer, &call->error);
}

static void run_tell(ob_call *call)
{
    document_call *self = (document_call *)call;
    call->result = self->tell(call->client->target, self->length, self->data, &call->error);
}

static void run_get_settings(ob_call *call)
{
    document_call *self = (document_call *)call;
    self->answer = (OB_BYTES){0, NULL};
    call->result = ObGetSettings(call->client->target, &self->answer, &call->error);
}

static void run_describe(ob_call *call)
{
    document_call *self = (document_call *)call;
    self->answer = (OB_BYTES){0, NULL};
    call->result =
        ObDescribeError(call->client->target, self->described, &self->answer, &call->error);
}

/* Makes the call and hands the answer over, if `out` asks for it. */
static ob_status finish(document_call *self, ob_buf *out)
{
    ob_status status = ob_call_make(&self->call);
    if (!OB_FAILED(status) && out != NULL) {
        status = ob_call_document(&self->answer, out);
    }
    ob_call_release(&self->call, self->answer.data);
    return status;
}

/* `data` is never passed as NULL: on the wire it is a reference. */
static void set_input(document_call *self, const void *data, size_t length)
{
    self->data = length > 0 ? data : (const unsigned char *)"";
    self->length = (ULONG)length;
}

static ob_status ask(ob_client *client, ask_method method, const void *data, size_t length,
                     ob_buf *out)
{
    document_call self = {.call = {.client = client, .run = run_ask}, .ask = method};
    ob_status status = ob_call_check_length("the document", length, DOCUMENT_MOST);
    if (OB_FAILED(status)) {
        return status;
    }
    set_input(&self, data, length);
    return finish(&self, out);
}

ob_status ob_client_describe(ob_client *client, ob_status described, ob_buf *description)
{
    document_call self = {
        .call = {.client = client, .run = run_describe, .recover = ob_call_reconnect},
        .described = described,
    };
    return finish(&self, description);
}

ob_status ob_client_register(ob_client *client, const void *credentials, size_t length,
                             ob_buf *registration)
{
    return ask(client, ObRegister, credentials, length, registration);
}

/* Case of ASCII letters does not count. */
static bool ends_with(const char *text, const char *lower_end)
{
    size_t length = strlen(text);
    size_t end = strlen(lower_end);
    if (length < end) {
        return false;
    }
    for (size_t i = 0; i < end; i++) {
        char c = text[length - end + i];
        c = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        if (c != lower_end[i]) {
            return false;
        }
    }
    return true;
}

ob_status ob_client_register_file(ob_client *client, const char *path, ob_buf *registration)
{
    uint8_t *data = NULL;
    size_t length = 0;
    ob_client_error_clear();
    ob_detail_clear();
    if (!ends_with(path, ".vaultcredentials")) {
        return ob_client_error_local(ob_fail(
            OB_E_INVALID_ARGUMENT, "%s: vault credentials are named *.VaultCredentials", path));
    }
    ob_status status = ob_fs_read_file(ob_fs_os(), path, DOCUMENT_MOST, &data, &length);
    if (OB_FAILED(status)) {
        return ob_client_error_local(status);
    }
    status = ob_client_register(client, data, length, registration);
    ob_free_secret(data, length);
    return status;
}

ob_status ob_client_get_settings(ob_client *client, ob_buf *settings)
{
    document_call self = {
        .call = {.client = client, .run = run_get_settings, .recover = ob_call_reconnect}};
    return finish(&self, settings);
}

ob_status ob_client_set_settings(ob_client *client, const char *settings, size_t length)
{
    document_call self = {.call = {.client = client, .run = run_tell}, .tell = ObSetSettings};
    ob_status status = ob_call_check_length("the settings", length, DOCUMENT_MOST);
    if (OB_FAILED(status)) {
        return status;
    }
    set_input(&self, settings, length);
    return finish(&self, NULL);
}

ob_status ob_client_get_policy(ob_client *client, const char *name, ob_buf *policy)
{
    document_call self = {
        .call = {.client = client, .run = run_ask, .recover = ob_call_reconnect},
        .ask = ObGetPolicy,
    };
    ob_status status = ob_call_check_length("the policy's name", strlen(name), NAME_MOST);
    if (OB_FAILED(status)) {
        return status;
    }
    set_input(&self, name, strlen(name));
    return finish(&self, policy);
}

ob_status ob_client_set_policy(ob_client *client, const char *policy, size_t length, ob_buf *stored)
{
    return ask(client, ObSetPolicy, policy, length, stored);
}

ob_status ob_client_remove_policy(ob_client *client, const char *name)
{
    document_call self = {.call = {.client = client, .run = run_tell}, .tell = ObRemovePolicy};
    ob_status status = ob_call_check_length("the policy's name", strlen(name), NAME_MOST);
    if (OB_FAILED(status)) {
        return status;
    }
    set_input(&self, name, strlen(name));
    return finish(&self, NULL);
}
