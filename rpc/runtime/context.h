/*
 * A server's context handles ([C706] 6.1.6): what is open on the server for a client. They live in
 * the association group of the connection that got them: any connection of the group may use them,
 * no other may, and when the group's last connection is gone they run down.
 */
#ifndef OB_RPC_CONTEXT_H
#define OB_RPC_CONTEXT_H

#include "ob/rpc_runtime.h"
#include "ob/thread.h"

#include <stdbool.h>
#include <stdint.h>

enum { OB_RPC_CONTEXT_BYTES = 20 }; /* attributes, always 0, and a UUID; all zero is NULL */

typedef struct ob_rpc_context ob_rpc_context;
struct ob_rpc_context {
    uint8_t wire[OB_RPC_CONTEXT_BYTES];
    void *user; /* what the manager routine made */
    NDR_RUNDOWN rundown;
    bool busy; /* a call has it */
    ob_rpc_context *next;
};

typedef struct ob_rpc_group ob_rpc_group;
struct ob_rpc_group {
    uint32_t id; /* never 0 */
    uint32_t references;
    bool owner_known; /* the user that made it; not known over TCP */
    uid_t owner;
    ob_mutex mutex; /* for what follows */
    ob_cond freed;
    ob_rpc_context *contexts;
    uint32_t context_count;
    ob_rpc_group *next;
};

bool ob_rpc_context_is_null(const uint8_t wire[OB_RPC_CONTEXT_BYTES]);
/* Finds a handle and keeps it for this call; waits while another call has it, so that calls on one
 * handle follow each other. 0 or OB_RPC_FAULT_CONTEXT_MISMATCH: not of this group, closed, or of
 * another type (told by its rundown routine). */
uint32_t ob_rpc_context_take(ob_rpc_group *group, const uint8_t wire[OB_RPC_CONTEXT_BYTES],
                             NDR_RUNDOWN rundown, ob_rpc_context **out);
/* Makes a new one with user = NULL, kept for this call. OB_RPC_FAULT_NO_MEMORY, or
 * OB_RPC_FAULT_TOO_BUSY when the group has `most`. */
uint32_t ob_rpc_context_new(ob_rpc_group *group, NDR_RUNDOWN rundown, uint32_t most,
                            ob_rpc_context **out);
/* Ends a call's hold; one whose user is NULL is forgotten and freed. Takes NULL. */
void ob_rpc_context_put(ob_rpc_group *group, ob_rpc_context *context);
/* Calls the rundown routine of each and frees them; no call may have one. */
void ob_rpc_contexts_run_down(ob_rpc_group *group);
bool ob_rpc_contexts_any(ob_rpc_group *group);

#endif
