#include "internal.h"

#include <stdatomic.h>

/* Connections that one process may have open. Place 0 stays empty, so that a zeroed target is
 * none. */
#define PLACES 256

static _Atomic(handle_t) table[PLACES];

ob_status ob_target_add(handle_t binding, OB_TARGET *out)
{
    for (OB_TARGET i = 1; i < PLACES; i++) {
        handle_t empty = NULL;
        if (atomic_compare_exchange_strong(&table[i], &empty, binding)) {
            *out = i;
            return OB_OK;
        }
    }
    return ob_fail(OB_E_BUSY, "more than %d connections to agents", PLACES - 1);
}

handle_t ob_target_remove(OB_TARGET target)
{
    if (target == 0 || target >= PLACES) {
        return NULL;
    }
    return atomic_exchange(&table[target], NULL);
}

/* Called by the stubs around each call. */
handle_t __RPC_USER OB_TARGET_bind(OB_TARGET target)
{
    return target < PLACES ? atomic_load(&table[target]) : NULL;
}

void __RPC_USER OB_TARGET_unbind(OB_TARGET target, handle_t binding)
{
    /* The binding lives as long as its connection. */
    (void)target;
    (void)binding;
}
