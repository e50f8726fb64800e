/*
 * What a store remembers for deletion (ob/store.h), apart from where it is kept: records of
 * objects, the lock with its token, and the store's own clock. docs/FORMAT.md, "Holds", has the
 * bytes.
 *
 * Names have the shape of their kind: whoever calls has looked at that.
 */
#ifndef OB_STORE_HOLDS_H
#define OB_STORE_HOLDS_H

#include "ob/buf.h"
#include "ob/store.h"

#include <stdbool.h>

#define OB_HOLD_ID 32
#define OB_HOLDS_MOST ((size_t)256 << 20) /* bytes */

typedef struct ob_hold_record {
    uint8_t kind;           /* ob_object_kind */
    bool pending;           /* of a point that is being stored: maybe it is not there */
    bool gone;              /* not written any more: its object is not there */
    uint8_t id[OB_HOLD_ID]; /* of packs and index objects the hash; of points time, GUID, zeros */
    int64_t retained, marked, due;
    uint64_t token;
} ob_hold_record;

/* Zero-initialise before use. */
typedef struct ob_holds {
    uint64_t token;          /* last one given */
    int64_t locked;          /* until then; 0 = free */
    int64_t now;             /* the store's clock, ns */
    int64_t seen;            /* the system's clock when `now` was set; 0 = never */
    ob_hold_record *records; /* ascending by kind and id */
    size_t count, capacity;
} ob_holds;

/* OB_E_CORRUPT, OB_E_FORMAT_VERSION. */
ob_status ob_holds_read(ob_holds *out, const void *data, size_t length);
/* Appends the bytes, without records that say nothing any more. */
ob_status ob_holds_write(const ob_holds *holds, ob_buf *out);
void ob_holds_free(ob_holds *holds);

/* Lets the store's clock go on to `system` (ns UTC). */
void ob_holds_tick(ob_holds *holds, int64_t system);

/* OB_E_BUSY. */
ob_status ob_holds_lock(ob_holds *holds, uint32_t seconds, uint64_t *token);
/* OB_E_FENCED unless the token is the lock's. */
ob_status ob_holds_check(const ob_holds *holds, uint64_t token);
ob_status ob_holds_renew(ob_holds *holds, uint64_t token, uint32_t seconds);
ob_status ob_holds_unlock(ob_holds *holds, uint64_t token);

/* OB_E_INVALID_ARGUMENT if it is no name of a point, pack or index object. */
ob_status ob_hold_id_of(ob_object_kind kind, const char *name, uint8_t id[OB_HOLD_ID]);
void ob_hold_name_of(const ob_hold_record *record, ob_object_name name);

/* Makes sure that there are records of all these ids. Pointers to records end here. */
ob_status ob_holds_ensure(ob_holds *holds, ob_object_kind kind, const uint8_t *ids, size_t count);
/* NULL if there is none. */
ob_hold_record *ob_holds_find(const ob_holds *holds, ob_object_kind kind,
                              const uint8_t id[OB_HOLD_ID]);

/* Marks unless it is marked; false if it is retained. */
bool ob_holds_mark(const ob_holds *holds, ob_hold_record *record, uint64_t token, uint32_t days);
bool ob_holds_due(const ob_holds *holds, const ob_hold_record *record);
/* Takes the mark away; with days above 0 retains so long. */
void ob_holds_keep(const ob_holds *holds, ob_hold_record *record, uint32_t days);
/* Visits what is known. */
ob_status ob_holds_visit(const ob_holds *holds, ob_hold_visit visit, void *context);

#endif
