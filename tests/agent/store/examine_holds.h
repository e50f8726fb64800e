/* The examination of what a store does for deletion (ob_hold_ops), for every store that has it. */
#ifndef OB_EXAMINE_HOLDS_H
#define OB_EXAMINE_HOLDS_H

#include "examine_store.h"

typedef struct holds_subject {
    ob_store *store; /* empty; objects stay in it */
    void *context;
    void (*pass)(void *context, int64_t seconds); /* the system's clock goes on, or back */
} holds_subject;

void examine_holds(const holds_subject *subject);

/* As examine_store_faults(): each operation below each call fails, alone or with all that follow. A
 * commit is whole or is not; a mark, sweep or keep that failed can be repeated; no object goes that
 * was not due. */
void examine_holds_faults(const store_under_faults *subject, uint64_t most);

#endif
