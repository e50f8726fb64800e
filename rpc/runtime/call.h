/* One call in progress on the server. */
#ifndef OB_RPC_CALL_H
#define OB_RPC_CALL_H

#include "context.h"
#include "ndr.h"

#include "ob/buf.h"

/* An interface that is registered. */
typedef struct ob_rpc_interface ob_rpc_interface;
struct ob_rpc_interface {
    const RPC_SERVER_INTERFACE *spec;
    ob_ndr_procedure **procedures; /* as many as the dispatch table has entries */
    size_t procedure_count;
    uint32_t max_size;
    RPC_IF_CALLBACK_FN *callback;
    uint32_t calls; /* under way; with `closed` and `next` under the server's lock */
    bool closed;
    ob_rpc_interface *next;
};

ob_status ob_rpc_interface_new(ob_rpc_interface **out, const RPC_SERVER_INTERFACE *spec,
                               uint32_t max_size, RPC_IF_CALLBACK_FN *callback);
void ob_rpc_interface_free(ob_rpc_interface *interface); /* takes NULL */

typedef struct ob_rpc_call {
    const ob_rpc_interface *interface;
    ob_rpc_group *group;
    const ob_rpc_peer *peer;
    uint32_t call_memory;
    uint32_t contexts;
    ob_buf response; /* stub bytes; its limit is set by the caller */
    uint32_t fault;  /* 0 = response is valid */
    bool executed;   /* a manager routine ran */
} ob_rpc_call;

/* Runs the call through the interface's dispatch table, to the end. */
void ob_rpc_call_run(ob_rpc_call *call, uint16_t opnum, const uint8_t *stub, size_t length);

#endif
