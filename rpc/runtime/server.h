/* The server: listeners, connections, interfaces and what is counted against its limits. */
#ifndef OB_RPC_SERVER_H
#define OB_RPC_SERVER_H

#include "assoc.h"
#include "call.h"
#include "channel.h"

typedef struct ob_rpc_connection ob_rpc_connection;

typedef struct ob_rpc_source {
    ob_rpc_server *server;
    ob_rpc_listener *listener;
    ob_thread *thread; /* NULL until the server has started */
    struct ob_rpc_source *next;
} ob_rpc_source;

struct ob_rpc_server {
    ob_rpc_limits limits; /* all set */
    const ob_clock *clock;
    ob_rpc_groups groups;
    ob_mutex mutex; /* for what follows */
    ob_cond changed;
    bool started, stopping;
    ob_rpc_source *sources;
    ob_rpc_interface *interfaces;
    ob_rpc_connection *connections;
    uint32_t connection_count; /* not finished */
    uint32_t calls;            /* under way */
};

/* One connection; a thread of its own serves it. */
struct ob_rpc_connection {
    ob_rpc_server *server;
    ob_rpc_channel channel; /* its transport is closed with the server's lock held */
    ob_thread *thread;
    bool finished;
    ob_rpc_connection *next;

    ob_rpc_group *group; /* NULL until it is bound */
    struct {
        uint16_t id;
        ob_rpc_interface *interface;
    } contexts[OB_PDU_MOST_CONTEXTS];
    size_t context_count;

    /* A request whose fragments are being put together. */
    bool assembling;
    bool too_large;
    uint64_t deadline;
    uint32_t call_id;
    uint16_t context;
    uint16_t opnum;
    ob_buf request;
};

/* The body of a connection's thread: returns when the connection is over. */
void ob_rpc_connection_serve(ob_rpc_connection *connection);

/* For connections. The newest interface with this id, of the same major version and at least this
 * minor one; NULL if there is none. */
ob_rpc_interface *ob_rpc_server_find(ob_rpc_server *server, const RPC_SYNTAX_IDENTIFIER *syntax);
/* Counts a call in: 0, or the fault to answer with. */
uint32_t ob_rpc_server_enter(ob_rpc_server *server, ob_rpc_interface *interface);
void ob_rpc_server_leave(ob_rpc_server *server, ob_rpc_interface *interface);
bool ob_rpc_server_is_stopping(ob_rpc_server *server);

#endif
