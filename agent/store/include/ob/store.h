/*
 * A store: one home of a machine's objects in a vault. The same small set of operations over a
 * folder, the vault's HTTPS service or a blob store. All names and bytes that come back are
 * hostile. All operations may be called from several threads.
 *
 * Errors every operation may give: OB_E_VAULT_UNREACHABLE (the home went away), OB_E_IO,
 * OB_E_DISK_FULL, OB_E_ACCESS_DENIED, OB_E_NO_MEMORY.
 */
#ifndef OB_STORE_H
#define OB_STORE_H

#include "ob/objname.h"
#include "ob/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ob_store ob_store;

/* Return a failure to stop the listing with it. `name` is borrowed and valid for its kind. */
typedef ob_status (*ob_store_visit)(void *context, const char *name, uint64_t size);

typedef struct ob_store_ops {
    /* Creates an object; durable when it returns. The same bytes under the same name again: OB_OK.
     * Other bytes under an existing name: OB_E_EXISTS. Never leaves a part of an object behind. */
    ob_status (*put)(ob_store *store, ob_object_kind kind, const char *name, const void *data,
                     size_t length);
    /* Reads exactly `length` bytes from `offset`: OB_E_NOT_FOUND, OB_E_CORRUPT if it is shorter. */
    ob_status (*get)(ob_store *store, ob_object_kind kind, const char *name, uint64_t offset,
                     void *data, size_t length);
    ob_status (*size)(ob_store *store, ob_object_kind kind, const char *name, uint64_t *out);
    /* Visits the objects of a kind in the order of their names, those after `after` ("" = all).
     * What is there but has no valid name is left out. */
    ob_status (*list)(ob_store *store, ob_object_kind kind, const char *after,
                      ob_store_visit visit, void *context);
    void (*close)(ob_store *store); /* frees it; takes NULL */
} ob_store_ops;

/*
 * Deletion: nothing is removed but what was marked, and what is marked can be brought back until it
 * is due. Points, packs and index objects can be marked. Of each the store may know
 *
 *   retained until   a mark is refused before; only ever extended
 *   marked, due      swept at the earliest when due
 *
 * by its own clock, which is not the caller's: it never goes back, and passes over a jump of more
 * than a week as if it were a week, so that a clock set wrong does not make everything due.
 *
 * Marks and sweeps need the lock's token. A lock that was not renewed in its time goes to the next
 * who asks, with a higher token; from then on the older one is refused (OB_E_FENCED), however late
 * its holder wakes up.
 *
 * OB_E_CORRUPT if what the store remembers of this is damaged: then nothing is deleted, and a point
 * is stored all the same.
 */

#define OB_STORE_DAYS_MOST 36600u /* of retention, and between mark and sweep */

typedef struct ob_hold {
    ob_object_kind kind;
    char name[OB_OBJECT_NAME_MAX];
    int64_t retained; /* times of the store's clock; 0 = none */
    int64_t marked;
    int64_t due;
    uint64_t token; /* that it was marked with */
} ob_hold;

/* `now`: the store's clock. */
typedef ob_status (*ob_hold_visit)(void *context, const ob_hold *hold, int64_t now);

typedef char ob_object_name[OB_OBJECT_NAME_MAX];

typedef struct ob_hold_ops {
    /* Puts a point whose `pack_count` packs (32 bytes of name each) are all there, in one step with
     * taking their marks away and, with `days` above 0, retaining point and packs so long. If a
     * pack is gone: OB_E_NOT_FOUND, and there is no point. */
    ob_status (*commit)(ob_store *store, const char *point, const void *data, size_t length,
                        const uint8_t *packs, size_t pack_count, uint32_t days);
    /* OB_E_BUSY if another has the lock. It is the taker's for so many seconds. */
    ob_status (*lock)(ob_store *store, uint32_t seconds, uint64_t *token);
    ob_status (*renew)(ob_store *store, uint64_t token, uint32_t seconds);
    ob_status (*unlock)(ob_store *store, uint64_t token);
    /* Marks objects to be swept in `days` at the earliest. One that is marked stays as it is, one
     * that is retained is counted as refused, and what is known of one that is not there is
     * forgotten. */
    ob_status (*mark)(ob_store *store, uint64_t token, ob_object_kind kind,
                      const ob_object_name *names, size_t count, uint32_t days, size_t *refused);
    /* Removes those that are marked and due; the others are counted as refused. */
    ob_status (*sweep)(ob_store *store, uint64_t token, ob_object_kind kind,
                       const ob_object_name *names, size_t count, size_t *refused);
    /* Takes marks away and, with `days` above 0, retains so long. If one of them is not there:
     * OB_E_NOT_FOUND, and nothing has changed. Needs no lock: whoever keeps wins. */
    ob_status (*keep)(ob_store *store, ob_object_kind kind, const ob_object_name *names,
                      size_t count, uint32_t days);
    /* Visits what is known, in the order of kinds and names: each point that was committed and not
     * swept, each object that is retained or marked. */
    ob_status (*list)(ob_store *store, ob_hold_visit visit, void *context);
} ob_hold_ops;

struct ob_store {
    const ob_store_ops *ops;
    const ob_hold_ops *holds; /* NULL: nothing can be deleted here */
};

/* Reads a whole object of at most `most` bytes (OB_E_TOO_LARGE); free with ob_free(). */
ob_status ob_store_get_all(ob_store *store, ob_object_kind kind, const char *name, size_t most,
                           uint8_t **out, size_t *length);
void ob_store_close(ob_store *store); /* takes NULL */
/* Commits a point; where nothing can be deleted that is a put. */
ob_status ob_store_commit(ob_store *store, const char *point, const void *data, size_t length,
                          const uint8_t *packs, size_t pack_count, uint32_t days);
/* OB_E_NOT_SUPPORTED unless objects can be deleted here. */
ob_status ob_store_needs_holds(const ob_store *store);

#endif
