#include "binding.h"

#include "client_conn.h"
#include "transport_unix.h"

#include "ob/alloc.h"
#include "ob/thread.h"

#include <string.h>

enum {
    MOST_PROTSEQS = 4,
    MOST_IDLE = 4,            /* connections kept between calls */
    MOST_RESPONSE = 64 << 20, /* bytes of one answer */
    CONNECT_MS = 30 * 1000    /* for connecting and binding, without a call's own limit */
};

struct ob_rpc_binding {
    ob_rpc_connect connect;
    void *context;
    char *address, *endpoint;
    uint32_t timeout_ms; /* 0 = none */
    uint16_t fragment;
    uint32_t response_bytes;
    ob_mutex mutex; /* for what follows */
    ob_cond opened;
    uint32_t owners;
    uint32_t open_count; /* connections, idle or in a call */
    uint32_t group;      /* of those connections, 0 = none yet */
    bool opening;        /* the first one of a group */
    ob_rpc_client_connection *idle;
    uint32_t idle_count;
};

typedef struct protseq {
    const char *name;
    ob_rpc_connect connect;
    void *context;
} protseq;

static protseq protseqs[MOST_PROTSEQS] = {{"ncalrpc", ob_rpc_unix_connect, NULL}};

ob_status ob_rpc_protseq_add(const char *name, ob_rpc_connect connect, void *context)
{
    for (size_t i = 0; i < MOST_PROTSEQS; i++) {
        if (protseqs[i].name == NULL || strcmp(protseqs[i].name, name) == 0) {
            protseqs[i] = (protseq){name, connect, context};
            return OB_OK;
        }
    }
    return ob_fail(OB_E_TOO_LARGE, "%d protocol sequences", MOST_PROTSEQS);
}

static void free_binding(RPC_BINDING_HANDLE b)
{
    while (b->idle != NULL) {
        ob_rpc_client_connection *connection = b->idle;
        b->idle = connection->next;
        ob_rpc_client_close(connection);
    }
    ob_cond_destroy(&b->opened);
    ob_mutex_destroy(&b->mutex);
    ob_free(b->address);
    ob_free(b->endpoint);
    ob_free(b);
}

ob_status ob_rpc_binding_new(RPC_BINDING_HANDLE *out, ob_rpc_connect connect, void *context,
                             const char *address, const char *endpoint)
{
    RPC_BINDING_HANDLE b = ob_calloc(1, sizeof *b);
    if (b == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a binding");
    }
    ob_mutex_init(&b->mutex);
    ob_cond_init(&b->opened);
    b->connect = connect;
    b->context = context;
    b->fragment = OB_PDU_FRAGMENT;
    b->response_bytes = MOST_RESPONSE;
    b->owners = 1;
    b->address = ob_strdup(address);
    b->endpoint = ob_strdup(endpoint);
    if (b->address == NULL || b->endpoint == NULL) {
        free_binding(b);
        return ob_fail(OB_E_NO_MEMORY, "a binding");
    }
    *out = b;
    return OB_OK;
}

void ob_rpc_binding_limits(RPC_BINDING_HANDLE b, uint16_t fragment, uint32_t response_bytes)
{
    b->fragment = fragment != 0 ? fragment : b->fragment;
    b->response_bytes = response_bytes != 0 ? response_bytes : b->response_bytes;
}

RPC_BINDING_HANDLE ob_rpc_binding_hold(RPC_BINDING_HANDLE b)
{
    ob_mutex_lock(&b->mutex);
    b->owners++;
    ob_mutex_unlock(&b->mutex);
    return b;
}

RPC_STATUS RpcBindingFree(RPC_BINDING_HANDLE *binding)
{
    RPC_BINDING_HANDLE b = *binding;
    if (b == NULL) {
        return RPC_S_INVALID_BINDING;
    }
    ob_mutex_lock(&b->mutex);
    const bool last = --b->owners == 0;
    ob_mutex_unlock(&b->mutex);
    if (last) {
        free_binding(b);
    }
    *binding = NULL;
    return RPC_S_OK;
}

RPC_STATUS RpcBindingSetOption(RPC_BINDING_HANDLE b, unsigned long option, uintptr_t value)
{
    if (b == NULL || option != RPC_C_OPT_CALL_TIMEOUT || value > UINT32_MAX) {
        return RPC_S_INVALID_ARG;
    }
    b->timeout_ms = (uint32_t)value;
    return RPC_S_OK;
}

static ob_rpc_client_connection *take_idle(RPC_BINDING_HANDLE b)
{
    ob_mutex_lock(&b->mutex);
    ob_rpc_client_connection *connection = b->idle;
    if (connection != NULL) {
        b->idle = connection->next;
        b->idle_count--;
    }
    ob_mutex_unlock(&b->mutex);
    return connection;
}

/* The connection is gone; with the last one goes its group. */
static void drop(RPC_BINDING_HANDLE b, ob_rpc_client_connection *connection)
{
    ob_mutex_lock(&b->mutex);
    if (--b->open_count == 0) {
        b->group = 0;
    }
    ob_mutex_unlock(&b->mutex);
    ob_rpc_client_close(connection);
}

static void put_back(RPC_BINDING_HANDLE b, ob_rpc_client_connection *connection)
{
    ob_mutex_lock(&b->mutex);
    const bool keep = b->idle_count < MOST_IDLE;
    if (keep) {
        connection->next = b->idle;
        b->idle = connection;
        b->idle_count++;
    }
    ob_mutex_unlock(&b->mutex);
    if (!keep) {
        drop(b, connection);
    }
}

/* The group for a new connection. The first one of a group is opened alone, since only its answer
 * tells the group's id. */
static uint32_t begin_open(RPC_BINDING_HANDLE b)
{
    ob_mutex_lock(&b->mutex);
    while (b->opening) {
        ob_cond_wait(&b->opened, &b->mutex);
    }
    const uint32_t group = b->group;
    b->opening = group == 0;
    ob_mutex_unlock(&b->mutex);
    return group;
}

static void end_open(RPC_BINDING_HANDLE b, uint32_t asked, const ob_rpc_client_connection *opened)
{
    ob_mutex_lock(&b->mutex);
    if (opened != NULL) {
        b->group = opened->group;
        b->open_count++;
    } else if (asked != 0 && b->group == asked) {
        b->group = 0; /* the server does not know it any more */
    }
    if (asked == 0) {
        b->opening = false;
        ob_cond_broadcast(&b->opened);
    }
    ob_mutex_unlock(&b->mutex);
}

static ob_status open_once(RPC_BINDING_HANDLE b, const RPC_SYNTAX_IDENTIFIER *interface,
                           uint32_t *group, ob_rpc_client_connection **out)
{
    const uint32_t ms = b->timeout_ms != 0 ? b->timeout_ms : CONNECT_MS;
    const uint64_t until = ob_rpc_deadline(ob_clock_os(), ms);
    ob_rpc_transport *transport = NULL;
    ob_rpc_client_connection *connection = NULL;
    *group = begin_open(b);
    ob_status status = b->connect(b->context, b->address, b->endpoint, ms, &transport);
    if (!OB_FAILED(status)) {
        status = ob_rpc_client_open(&connection, transport, b->fragment, *group, interface, until);
    }
    end_open(b, *group, connection);
    if (!OB_FAILED(status)) {
        *out = connection;
    }
    return status;
}

static ob_status open_connection(RPC_BINDING_HANDLE b, const RPC_SYNTAX_IDENTIFIER *interface,
                                 ob_rpc_client_connection **out)
{
    uint32_t group = 0;
    ob_status status = open_once(b, interface, &group, out);
    if (status == OB_E_NOT_FOUND && group != 0) {
        status = open_once(b, interface, &group, out);
    }
    return status == OB_E_NOT_FOUND ? ob_fail(OB_E_PROTOCOL, "the server refused the binding")
                                    : status;
}

ob_status ob_rpc_binding_call(RPC_BINDING_HANDLE b, const RPC_CLIENT_INTERFACE *interface,
                              uint16_t opnum, const ob_buf *request, ob_buf *response)
{
    const RPC_SYNTAX_IDENTIFIER *syntax = &interface->InterfaceId;
    const uint64_t until = ob_rpc_deadline(ob_clock_os(), b->timeout_ms);
    bool usable = false;
    ob_rpc_client_connection *connection = take_idle(b);
    while (connection != NULL && !ob_rpc_client_is_quiet(connection)) {
        drop(b, connection);
        connection = take_idle(b);
    }
    if (connection == NULL) {
        const ob_status status = open_connection(b, syntax, &connection);
        if (OB_FAILED(status)) {
            return status;
        }
    }
    response->limit = b->response_bytes;
    const ob_status status =
        ob_rpc_client_exchange(connection, syntax, opnum, request, response, until, &usable);
    if (usable) {
        put_back(b, connection);
    } else {
        drop(b, connection);
    }
    return status;
}

static const char *or_empty(RPC_CSTR text)
{
    return text != NULL ? (const char *)text : "";
}

RPC_STATUS RpcStringBindingComposeA(RPC_CSTR object, RPC_CSTR name, RPC_CSTR address,
                                    RPC_CSTR endpoint, RPC_CSTR options, RPC_CSTR *text)
{
    if (*or_empty(object) != '\0' || *or_empty(options) != '\0') {
        return RPC_S_INVALID_ARG;
    }
    char *composed =
        ob_asprintf("%s:%s[%s]", or_empty(name), or_empty(address), or_empty(endpoint));
    if (composed == NULL) {
        return RPC_S_OUT_OF_MEMORY;
    }
    *text = (RPC_CSTR)composed;
    return RPC_S_OK;
}

RPC_STATUS RpcStringFreeA(RPC_CSTR *text)
{
    ob_free(*text);
    *text = NULL;
    return RPC_S_OK;
}

static const protseq *find_protseq(const char *name, size_t length)
{
    for (size_t i = 0; i < MOST_PROTSEQS && protseqs[i].name != NULL; i++) {
        if (strlen(protseqs[i].name) == length && memcmp(protseqs[i].name, name, length) == 0) {
            return &protseqs[i];
        }
    }
    return NULL;
}

/* PROTSEQ:ADDRESS[ENDPOINT]; the endpoint may hold any character, it ends at the last bracket. */
RPC_STATUS RpcBindingFromStringBindingA(RPC_CSTR text, RPC_BINDING_HANDLE *binding)
{
    const char *name = (const char *)text;
    const char *colon = strchr(name, ':');
    const char *open = colon == NULL ? NULL : strchr(colon, '[');
    const size_t length = strlen(name);
    if (open == NULL || name[length - 1] != ']' || open + 2 >= name + length) {
        return RPC_S_INVALID_STRING_BINDING;
    }
    const protseq *found = find_protseq(name, (size_t)(colon - name));
    if (found == NULL) {
        return RPC_S_PROTSEQ_NOT_SUPPORTED;
    }
    char *address = ob_strndup(colon + 1, (size_t)(open - colon - 1));
    char *endpoint = ob_strndup(open + 1, (size_t)(name + length - 1 - (open + 1)));
    RPC_STATUS result = RPC_S_OUT_OF_MEMORY;
    if (address != NULL && endpoint != NULL &&
        !OB_FAILED(
            ob_rpc_binding_new(binding, found->connect, found->context, address, endpoint))) {
        result = RPC_S_OK;
    }
    ob_free(address);
    ob_free(endpoint);
    return result;
}
