#include "context.h"

#include "ob/alloc.h"
#include "ob/host.h"

#include <string.h>

bool ob_rpc_context_is_null(const uint8_t wire[OB_RPC_CONTEXT_BYTES])
{
    static const uint8_t zero[OB_RPC_CONTEXT_BYTES];
    return memcmp(wire, zero, sizeof zero) == 0;
}

static ob_rpc_context **find(ob_rpc_group *group, const uint8_t wire[OB_RPC_CONTEXT_BYTES])
{
    ob_rpc_context **at = &group->contexts;
    while (*at != NULL && memcmp((*at)->wire, wire, OB_RPC_CONTEXT_BYTES) != 0) {
        at = &(*at)->next;
    }
    return at;
}

uint32_t ob_rpc_context_take(ob_rpc_group *group, const uint8_t wire[OB_RPC_CONTEXT_BYTES],
                             NDR_RUNDOWN rundown, ob_rpc_context **out)
{
    uint32_t fault = 0;
    ob_mutex_lock(&group->mutex);
    ob_rpc_context *context = *find(group, wire);
    while (context != NULL && context->busy) {
        ob_cond_wait(&group->freed, &group->mutex);
        context = *find(group, wire); /* it may be closed by now */
    }
    if (context == NULL || context->rundown != rundown) {
        fault = OB_RPC_FAULT_CONTEXT_MISMATCH;
    } else {
        context->busy = true;
        *out = context;
    }
    ob_mutex_unlock(&group->mutex);
    return fault;
}

uint32_t ob_rpc_context_new(ob_rpc_group *group, NDR_RUNDOWN rundown, uint32_t most,
                            ob_rpc_context **out)
{
    uint32_t fault = 0;
    ob_rpc_context *context = ob_calloc(1, sizeof *context);
    if (context == NULL || OB_FAILED(ob_random(context->wire + 4, OB_RPC_CONTEXT_BYTES - 4))) {
        ob_free(context);
        return OB_RPC_FAULT_NO_MEMORY;
    }
    context->rundown = rundown;
    context->busy = true;
    ob_mutex_lock(&group->mutex);
    if (group->context_count >= most) {
        fault = OB_RPC_FAULT_TOO_BUSY;
    } else {
        context->next = group->contexts;
        group->contexts = context;
        group->context_count++;
        *out = context;
        context = NULL; /* transferred */
    }
    ob_mutex_unlock(&group->mutex);
    ob_free(context);
    return fault;
}

void ob_rpc_context_put(ob_rpc_group *group, ob_rpc_context *context)
{
    if (context == NULL) {
        return;
    }
    ob_mutex_lock(&group->mutex);
    context->busy = false;
    if (context->user == NULL) {
        ob_rpc_context **at = find(group, context->wire);
        *at = context->next;
        group->context_count--;
        ob_free(context);
    }
    ob_cond_broadcast(&group->freed);
    ob_mutex_unlock(&group->mutex);
}

void ob_rpc_contexts_run_down(ob_rpc_group *group)
{
    while (group->contexts != NULL) {
        ob_rpc_context *context = group->contexts;
        group->contexts = context->next;
        if (context->user != NULL && context->rundown != NULL) {
            context->rundown(context->user);
        }
        ob_free(context);
    }
    group->context_count = 0;
}

bool ob_rpc_contexts_any(ob_rpc_group *group)
{
    ob_mutex_lock(&group->mutex);
    const bool any = group->contexts != NULL;
    ob_mutex_unlock(&group->mutex);
    return any;
}
