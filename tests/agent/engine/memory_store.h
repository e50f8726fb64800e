/*
 * An ob_store that lives in memory, for tests of the engine: its objects can be looked at, damaged,
 * renamed and removed, and its Nth operation can be made to fail. It allocates by malloc(), so that
 * a sweep over the engine's allocations does not count its own.
 */
#ifndef MEMORY_STORE_H
#define MEMORY_STORE_H

#include "ob/store.h"

#include <stdbool.h>

typedef struct memory_object {
    char name[OB_OBJECT_NAME_MAX];
    uint8_t *data; /* may be changed in place */
    size_t length; /* may be made smaller */
} memory_object;

ob_store *memory_store_new(void); /* aborts without memory; end it with ob_store_close() */

size_t memory_store_count(ob_store *store, ob_object_kind kind);
/* Objects are in the order of their names. NULL past the end; valid until the next put or remove.
 */
memory_object *memory_store_at(ob_store *store, ob_object_kind kind, size_t position);
memory_object *memory_store_find(ob_store *store, ob_object_kind kind, const char *name);
void memory_store_remove(ob_store *store, ob_object_kind kind, const char *name);
/* Puts bytes under a name that they need not belong to, replacing what is there. */
void memory_store_set(ob_store *store, ob_object_kind kind, const char *name, const void *data,
                      size_t length);
/* All objects and holds of `from` replace those of `to`. */
void memory_store_copy(ob_store *to, ob_store *from);

/* What happened since the start. */
typedef struct memory_store_counts {
    uint64_t puts, gets, sizes, lists;
    uint64_t bytes_put, bytes_got;
} memory_store_counts;
memory_store_counts memory_store_counted(ob_store *store);

/* The operation `skip` operations from now gives `status`; with `for_ever` all later ones too.
 * OB_OK switches it off. */
void memory_store_fail(ob_store *store, uint64_t skip, ob_status status, bool for_ever);

/* The bytes of its holds, borrowed; NULL: none yet. */
const uint8_t *memory_store_holds(ob_store *store, size_t *length);
/* What the system's clock says to holds from now on (ns UTC); 0 = the real one. */
void memory_store_set_time(ob_store *store, int64_t now);

/* For measurements: packs are counted and then forgotten. */
void memory_store_discard_packs(ob_store *store, bool discard);

#endif
