#include "internal.h"

#include "ob/alloc.h"
#include "ob/host.h"

#include <string.h>

typedef struct negotiate_call {
    ob_call call;
    ULONG version;
    OB_BYTES agent;
} negotiate_call;

static void run_negotiate(ob_call *call)
{
    negotiate_call *self = (negotiate_call *)call;
    self->version = 0;
    self->agent = (OB_BYTES){0, NULL};
    call->result = ObNegotiate(call->client->target, VERSION_LOWEST, VERSION_HIGHEST,
                               &self->version, &self->agent, &call->error);
}

/* `agent` may be NULL. */
static ob_status negotiate(ob_client *client, ob_status (*recover)(ob_call *), ob_buf *agent)
{
    negotiate_call self = {.call = {.client = client, .run = run_negotiate, .recover = recover}};
    ob_status status = ob_call_make(&self.call);
    if (!OB_FAILED(status) && (self.version < VERSION_LOWEST || self.version > VERSION_HIGHEST)) {
        status = ob_client_error_local(
            ob_fail(OB_E_VERSION, "the agent chose version %lu", (unsigned long)self.version));
    }
    if (!OB_FAILED(status) && agent != NULL) {
        status = ob_call_document(&self.agent, agent);
    }
    ob_call_release(&self.call, self.agent.data);
    return status;
}

ob_status ob_call_reconnect(ob_call *call)
{
    return negotiate(call->client, NULL, NULL);
}

ob_status ob_client_agent(ob_client *client, ob_buf *agent)
{
    return negotiate(client, ob_call_reconnect, agent);
}

/* The endpoint to use when the caller names none; free with ob_free(). */
static ob_status default_endpoint(char **out)
{
    char *endpoint = NULL;
    ob_status status = ob_host_environment("OBAGENT_ENDPOINT", &endpoint);
    if (status == OB_E_NOT_FOUND || (status == OB_OK && endpoint[0] == '\0')) {
        ob_free(endpoint);
        endpoint = ob_strdup(ob_host_control_endpoint());
        status = endpoint != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "the endpoint's name");
    }
    if (!OB_FAILED(status)) {
        *out = endpoint;
    }
    return status;
}

static bool is_string_binding(const char *endpoint)
{
    return strncmp(endpoint, "ncacn_", 6) == 0 || strncmp(endpoint, "ncalrpc:", 8) == 0;
}

static ob_status open_target(const char *endpoint, OB_TARGET *out)
{
    handle_t binding = NULL;
    ob_status status = ob_transport_bind(endpoint, is_string_binding(endpoint), &binding);
    if (OB_FAILED(status)) {
        return status;
    }
    status = ob_target_add(binding, out);
    if (OB_FAILED(status)) {
        RpcBindingFree(&binding);
    }
    return status;
}

/* Says where it failed, in front of the runtime's reason. */
static void name_endpoint(ob_status status, const char *endpoint)
{
    char *reason = ob_strdup(ob_client_last_error()->detail);
    ob_client_error_local(ob_fail(status, "%s: %s", endpoint, reason != NULL ? reason : ""));
    ob_free(reason);
}

ob_status ob_client_connect(const char *endpoint, ob_client **out)
{
    char *chosen = NULL;
    ob_client *client = NULL;
    ob_client_error_clear();
    ob_detail_clear();
    ob_status status = OB_OK;
    if (endpoint == NULL) {
        status = default_endpoint(&chosen);
        endpoint = chosen;
    }
    if (OB_FAILED(status)) {
        goto out;
    }
    client = ob_calloc(1, sizeof *client);
    if (client == NULL) {
        status = ob_fail(OB_E_NO_MEMORY, "a connection");
        goto out;
    }
    status = open_target(endpoint, &client->target);
    if (OB_FAILED(status)) {
        goto out;
    }
    status = negotiate(client, NULL, NULL);
    if (OB_FAILED(status)) {
        if (status != OB_E_VERSION) { /* an answer of the agent */
            name_endpoint(status, endpoint);
        }
        goto told;
    }
    *out = client;
    client = NULL; /* transferred */
out:
    if (OB_FAILED(status)) {
        ob_client_error_local(status);
    }
told:
    ob_client_close(client);
    ob_free(chosen);
    return status;
}

void ob_client_close(ob_client *client)
{
    if (client == NULL) {
        return;
    }
    handle_t binding = ob_target_remove(client->target);
    if (binding != NULL) {
        RpcBindingFree(&binding);
    }
    ob_free(client);
}
