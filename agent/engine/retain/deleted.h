/* Points that are marked: they are not shown, and can be brought back. */
#ifndef OB_ENGINE_RETAIN_DELETED_H
#define OB_ENGINE_RETAIN_DELETED_H

#include "ob/retain.h"

/* Zero-initialise before use. */
typedef struct ob_deleted {
    ob_object_name *names; /* ascending */
    int64_t *left;         /* of each, ns until it may go; 0 = now */
    size_t count, capacity;
} ob_deleted;

/* None where nothing can be deleted, and OB_E_CORRUPT if the store's record of it is damaged. */
ob_status ob_deleted_read(ob_store *store, ob_deleted *out);
bool ob_deleted_has(const ob_deleted *deleted, const char *name);
void ob_deleted_free(ob_deleted *deleted);

#endif
