#include "server.h"

#include "transport_unix.h"

#include "ob/alloc.h"

#include <string.h>

#define NS_PER_MS 1000000u
enum { ACCEPT_PAUSE_MS = 50 };

static void set_default(uint32_t *field, uint32_t value)
{
    if (*field == 0) {
        *field = value;
    }
}

static void complete_limits(ob_rpc_limits *limits)
{
    set_default(&limits->connections, 128);
    set_default(&limits->calls, 96);
    set_default(&limits->request_bytes, 4 << 20);
    set_default(&limits->call_memory, 16 << 20);
    set_default(&limits->response_bytes, 64 << 20);
    set_default(&limits->fragment, OB_PDU_FRAGMENT);
    set_default(&limits->contexts, 64);
    set_default(&limits->idle_ms, 2 * 60 * 1000);
    set_default(&limits->progress_ms, 20 * 1000);
    set_default(&limits->stop_ms, 40 * 1000);
}

ob_status ob_rpc_server_new(ob_rpc_server **out, const ob_rpc_limits *limits, const ob_clock *clock)
{
    ob_rpc_server *server = ob_calloc(1, sizeof *server);
    if (server == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a server");
    }
    if (limits != NULL) {
        server->limits = *limits;
    }
    complete_limits(&server->limits);
    if (server->limits.fragment < OB_PDU_LEAST_FRAGMENT ||
        server->limits.fragment > OB_PDU_MOST_FRAGMENT) {
        ob_free(server);
        return ob_fail(OB_E_INVALID_ARGUMENT, "a fragment has %d to %d bytes",
                       OB_PDU_LEAST_FRAGMENT, OB_PDU_MOST_FRAGMENT);
    }
    server->clock = clock != NULL ? clock : ob_clock_os();
    ob_rpc_groups_init(&server->groups);
    ob_mutex_init(&server->mutex);
    ob_cond_init(&server->changed);
    *out = server;
    return OB_OK;
}

void ob_rpc_server_free(ob_rpc_server *server)
{
    if (server == NULL) {
        return;
    }
    ob_rpc_server_stop(server);
    ob_rpc_server_wait(server);
    while (server->interfaces != NULL) {
        ob_rpc_interface *interface = server->interfaces;
        server->interfaces = interface->next;
        ob_rpc_interface_free(interface);
    }
    ob_rpc_groups_destroy(&server->groups);
    ob_cond_destroy(&server->changed);
    ob_mutex_destroy(&server->mutex);
    ob_free(server);
}

/* With the lock held. */
static ob_rpc_interface *find_spec(ob_rpc_server *server, const void *spec)
{
    ob_rpc_interface *interface = server->interfaces;
    while (interface != NULL && (interface->closed || interface->spec != spec)) {
        interface = interface->next;
    }
    return interface;
}

ob_status ob_rpc_server_register(ob_rpc_server *server, RPC_IF_HANDLE handle, uint32_t max_size,
                                 RPC_IF_CALLBACK_FN *callback)
{
    ob_rpc_interface *interface = NULL;
    ob_status status = ob_rpc_interface_new(&interface, handle, max_size, callback);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_mutex_lock(&server->mutex);
    if (find_spec(server, handle) != NULL) {
        status = ob_fail(OB_E_EXISTS, "this interface is registered");
    } else {
        interface->next = server->interfaces;
        server->interfaces = interface;
        interface = NULL; /* transferred */
    }
    ob_mutex_unlock(&server->mutex);
    ob_rpc_interface_free(interface);
    return status;
}

ob_status ob_rpc_server_unregister(ob_rpc_server *server, RPC_IF_HANDLE handle, bool wait)
{
    ob_mutex_lock(&server->mutex);
    ob_rpc_interface *interface = find_spec(server, handle);
    if (interface != NULL) {
        interface->closed = true; /* connections may still name it: it goes with the server */
    }
    while (interface != NULL && wait && interface->calls != 0) {
        ob_cond_wait(&server->changed, &server->mutex);
    }
    ob_mutex_unlock(&server->mutex);
    return interface != NULL ? OB_OK : ob_fail(OB_E_NOT_FOUND, "this interface is not registered");
}

ob_rpc_interface *ob_rpc_server_find(ob_rpc_server *server, const RPC_SYNTAX_IDENTIFIER *syntax)
{
    ob_mutex_lock(&server->mutex);
    ob_rpc_interface *interface = server->interfaces;
    for (; interface != NULL; interface = interface->next) {
        const RPC_SYNTAX_IDENTIFIER *id = &interface->spec->InterfaceId;
        if (!interface->closed &&
            memcmp(&id->SyntaxGUID, &syntax->SyntaxGUID, sizeof id->SyntaxGUID) == 0 &&
            id->SyntaxVersion.MajorVersion == syntax->SyntaxVersion.MajorVersion &&
            id->SyntaxVersion.MinorVersion >= syntax->SyntaxVersion.MinorVersion) {
            break;
        }
    }
    ob_mutex_unlock(&server->mutex);
    return interface;
}

uint32_t ob_rpc_server_enter(ob_rpc_server *server, ob_rpc_interface *interface)
{
    uint32_t fault = 0;
    ob_mutex_lock(&server->mutex);
    if (interface->closed) {
        fault = OB_RPC_FAULT_UNKNOWN_INTERFACE;
    } else if (server->stopping || server->calls >= server->limits.calls) {
        fault = OB_RPC_FAULT_TOO_BUSY;
    } else {
        server->calls++;
        interface->calls++;
    }
    ob_mutex_unlock(&server->mutex);
    return fault;
}

void ob_rpc_server_leave(ob_rpc_server *server, ob_rpc_interface *interface)
{
    ob_mutex_lock(&server->mutex);
    server->calls--;
    interface->calls--;
    ob_cond_broadcast(&server->changed);
    ob_mutex_unlock(&server->mutex);
}

bool ob_rpc_server_is_stopping(ob_rpc_server *server)
{
    ob_mutex_lock(&server->mutex);
    const bool stopping = server->stopping;
    ob_mutex_unlock(&server->mutex);
    return stopping;
}

static void connection_main(void *argument)
{
    ob_rpc_connection *connection = argument;
    ob_rpc_server *server = connection->server;
    ob_rpc_connection_serve(connection);
    ob_rpc_group_leave(&server->groups, connection->group);
    ob_mutex_lock(&server->mutex);
    ob_rpc_channel_close(&connection->channel);
    connection->finished = true;
    server->connection_count--;
    ob_cond_broadcast(&server->changed);
    ob_mutex_unlock(&server->mutex);
}

/* Takes one connection that has finished (or any, with `all`) off the list; NULL if there is none.
 */
static ob_rpc_connection *take_connection(ob_rpc_server *server, bool all)
{
    ob_mutex_lock(&server->mutex);
    ob_rpc_connection **at = &server->connections;
    while (*at != NULL && !all && !(*at)->finished) {
        at = &(*at)->next;
    }
    ob_rpc_connection *connection = *at;
    if (connection != NULL) {
        *at = connection->next;
    }
    ob_mutex_unlock(&server->mutex);
    return connection;
}

static void free_connections(ob_rpc_server *server, bool all)
{
    ob_rpc_connection *connection = NULL;
    while ((connection = take_connection(server, all)) != NULL) {
        ob_thread_join(connection->thread);
        ob_buf_free(&connection->request);
        ob_free(connection);
    }
}

/* Counts and starts a connection under the lock, so that stop() sees all that run. */
static ob_status start_connection(ob_rpc_server *server, ob_rpc_connection *connection)
{
    ob_status status = OB_OK;
    ob_mutex_lock(&server->mutex);
    if (server->stopping || server->connection_count >= server->limits.connections) {
        status = ob_fail(OB_E_BUSY, "the server takes no more connections");
    } else {
        status = ob_thread_start(&connection->thread, connection_main, connection);
    }
    if (!OB_FAILED(status)) {
        server->connection_count++;
        connection->next = server->connections;
        server->connections = connection;
    }
    ob_mutex_unlock(&server->mutex);
    return status;
}

ob_status ob_rpc_server_serve(ob_rpc_server *server, ob_rpc_transport *transport)
{
    free_connections(server, false);
    ob_rpc_connection *connection = ob_calloc(1, sizeof *connection);
    if (connection == NULL) {
        transport->close(transport);
        return ob_fail(OB_E_NO_MEMORY, "a connection");
    }
    connection->server = server;
    connection->request.secret = true;
    ob_status status = ob_rpc_channel_init(&connection->channel, transport, server->clock,
                                           (uint16_t)server->limits.fragment);
    if (!OB_FAILED(status)) {
        status = start_connection(server, connection);
    }
    if (OB_FAILED(status)) {
        ob_rpc_channel_close(&connection->channel);
        ob_free(connection);
    }
    return status;
}

static void accept_main(void *argument)
{
    const ob_rpc_source *source = argument;
    ob_rpc_server *server = source->server;
    for (;;) {
        ob_rpc_transport *transport = NULL;
        const ob_status status = source->listener->accept(source->listener, &transport);
        if (status == OB_E_CANCELLED) {
            return;
        }
        if (OB_FAILED(status)) { /* out of descriptors or memory: others may free some */
            server->clock->sleep(server->clock, ACCEPT_PAUSE_MS * (uint64_t)NS_PER_MS);
            continue;
        }
        ob_rpc_server_serve(server, transport); /* one that cannot be served is closed */
    }
}

/* With the lock held. */
static ob_status start_source(ob_rpc_source *source)
{
    return source->thread != NULL ? OB_OK : ob_thread_start(&source->thread, accept_main, source);
}

ob_status ob_rpc_server_add_listener(ob_rpc_server *server, ob_rpc_listener *listener)
{
    ob_status status = OB_OK;
    ob_rpc_source *source = ob_calloc(1, sizeof *source);
    if (source == NULL) {
        listener->close(listener);
        return ob_fail(OB_E_NO_MEMORY, "a listener");
    }
    source->server = server;
    source->listener = listener;
    ob_mutex_lock(&server->mutex);
    if (server->stopping) {
        status = ob_fail(OB_E_BUSY, "the server has stopped");
    } else if (server->started) {
        status = start_source(source);
    }
    if (!OB_FAILED(status)) {
        source->next = server->sources;
        server->sources = source;
    }
    ob_mutex_unlock(&server->mutex);
    if (OB_FAILED(status)) {
        listener->close(listener);
        ob_free(source);
    }
    return status;
}

ob_status ob_rpc_server_use_unix(ob_rpc_server *server, const char *path, mode_t mode)
{
    ob_rpc_listener *listener = NULL;
    const ob_status status = ob_rpc_unix_listen(&listener, path, mode);
    return OB_FAILED(status) ? status : ob_rpc_server_add_listener(server, listener);
}

ob_status ob_rpc_server_start(ob_rpc_server *server)
{
    ob_status status = OB_OK;
    ob_mutex_lock(&server->mutex);
    if (server->started || server->stopping) {
        status = ob_fail(OB_E_BUSY, "the server was started before");
    }
    for (ob_rpc_source *source = server->sources; source != NULL && !OB_FAILED(status);
         source = source->next) {
        status = start_source(source);
    }
    server->started |= !OB_FAILED(status);
    ob_mutex_unlock(&server->mutex);
    return status;
}

/* With the lock held. */
static void stop_connections(ob_rpc_server *server, bool both)
{
    for (ob_rpc_connection *c = server->connections; c != NULL; c = c->next) {
        if (!c->finished) {
            c->channel.transport->stop(c->channel.transport, both);
        }
    }
}

void ob_rpc_server_stop(ob_rpc_server *server)
{
    ob_mutex_lock(&server->mutex);
    if (!server->stopping) {
        server->stopping = true;
        for (ob_rpc_source *source = server->sources; source != NULL; source = source->next) {
            source->listener->stop(source->listener);
        }
        stop_connections(server, false);
        ob_cond_broadcast(&server->changed);
    }
    ob_mutex_unlock(&server->mutex);
}

static void free_sources(ob_rpc_server *server)
{
    for (;;) {
        ob_mutex_lock(&server->mutex);
        ob_rpc_source *source = server->sources;
        server->sources = source == NULL ? NULL : source->next;
        ob_mutex_unlock(&server->mutex);
        if (source == NULL) {
            return;
        }
        ob_thread_join(source->thread);
        source->listener->close(source->listener);
        ob_free(source);
    }
}

void ob_rpc_server_wait(ob_rpc_server *server)
{
    ob_mutex_lock(&server->mutex);
    while (!server->stopping) {
        ob_cond_wait(&server->changed, &server->mutex);
    }
    const uint64_t until = ob_rpc_deadline(server->clock, server->limits.stop_ms);
    while (server->connection_count != 0) {
        const uint64_t now = server->clock->monotonic(server->clock);
        if (now >= until) {
            stop_connections(server, true);
            break;
        }
        ob_cond_wait_for(&server->changed, &server->mutex,
                         (uint32_t)((until - now) / NS_PER_MS + 1));
    }
    ob_mutex_unlock(&server->mutex);
    free_sources(server);
    free_connections(server, true);
}
