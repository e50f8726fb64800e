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

struct ob_store {
    const ob_store_ops *ops;
};

/* Reads a whole object of at most `most` bytes (OB_E_TOO_LARGE); free with ob_free(). */
ob_status ob_store_get_all(ob_store *store, ob_object_kind kind, const char *name, size_t most,
                           uint8_t **out, size_t *length);
void ob_store_close(ob_store *store); /* takes NULL */

#endif
