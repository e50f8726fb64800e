/* The client's bindings: where a server is, and its connections. */
#ifndef OB_RPC_BINDING_H
#define OB_RPC_BINDING_H

#include "context.h"

#include "ob/buf.h"
#include "ob/rpc_runtime.h"

/* Sends a request on a connection of the binding (an idle one, or a new one of the same association
 * group) and receives the answer. Any number of threads at once. Statuses: see NdrClientCall2(). */
ob_status ob_rpc_binding_call(RPC_BINDING_HANDLE binding, const RPC_CLIENT_INTERFACE *interface,
                              uint16_t opnum, const ob_buf *request, ob_buf *response);
/* One more owner; RpcBindingFree() ends it. */
RPC_BINDING_HANDLE ob_rpc_binding_hold(RPC_BINDING_HANDLE binding);

/* What a client's context handle points to. */
typedef struct ob_rpc_client_context {
    RPC_BINDING_HANDLE binding; /* held: the handle lives in its association group */
    uint8_t wire[OB_RPC_CONTEXT_BYTES];
} ob_rpc_client_context;

/* Takes NULL. */
void ob_rpc_client_context_free(ob_rpc_client_context *context);

#endif
