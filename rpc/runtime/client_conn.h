/* One connection of a client: bind, calls one after the other, end. */
#ifndef OB_RPC_CLIENT_CONN_H
#define OB_RPC_CLIENT_CONN_H

#include "channel.h"

typedef struct ob_rpc_client_connection ob_rpc_client_connection;
struct ob_rpc_client_connection {
    ob_rpc_channel channel;
    uint32_t last_call_id;
    uint32_t group;                                       /* of the server's answer */
    RPC_SYNTAX_IDENTIFIER contexts[OB_PDU_MOST_CONTEXTS]; /* accepted, by their id */
    uint16_t context_count;
    ob_rpc_client_connection *next;
};

/* Binds an interface over a fresh transport, which it takes over in every case. `group`: to join,
 * 0 = a new one. OB_E_NOT_FOUND when the server refused the bind without naming a reason, as it
 * does for a group it does not know; others as NdrClientCall2(). */
ob_status ob_rpc_client_open(ob_rpc_client_connection **out, ob_rpc_transport *transport,
                             uint16_t fragment, uint32_t group,
                             const RPC_SYNTAX_IDENTIFIER *interface, uint64_t until);
void ob_rpc_client_close(ob_rpc_client_connection *connection); /* takes NULL */
/* Nothing has come since the last call: no end, no shutdown PDU. */
bool ob_rpc_client_is_quiet(ob_rpc_client_connection *connection);
/* One call. *usable: the connection may serve another one. At the time limit the server is told
 * (co_cancel, orphaned). */
ob_status ob_rpc_client_exchange(ob_rpc_client_connection *connection,
                                 const RPC_SYNTAX_IDENTIFIER *interface, uint16_t opnum,
                                 const ob_buf *request, ob_buf *response, uint64_t until,
                                 bool *usable);

#endif
