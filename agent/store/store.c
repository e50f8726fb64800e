#include "ob/store.h"

#include "ob/alloc.h"

ob_status ob_store_get_all(ob_store *store, ob_object_kind kind, const char *name, size_t most,
                           uint8_t **out, size_t *length)
{
    uint64_t size = 0;
    uint8_t *data = NULL;
    ob_status status = store->ops->size(store, kind, name, &size);
    if (OB_FAILED(status)) {
        goto out;
    }
    if (size > most) {
        status = ob_fail(OB_E_TOO_LARGE, "%s/%s has more than %zu bytes", ob_object_kind_name(kind),
                         name, most);
        goto out;
    }
    data = ob_alloc((size_t)size);
    if (data == NULL) {
        status = ob_fail(OB_E_NO_MEMORY, "%s/%s", ob_object_kind_name(kind), name);
        goto out;
    }
    status = store->ops->get(store, kind, name, 0, data, (size_t)size);
    if (OB_FAILED(status)) {
        goto out;
    }
    *out = data;
    *length = (size_t)size;
    data = NULL; /* transferred */
out:
    ob_free(data);
    return status;
}

void ob_store_close(ob_store *store)
{
    if (store != NULL) {
        store->ops->close(store);
    }
}

ob_status ob_store_commit(ob_store *store, const char *point, const void *data, size_t length,
                          const uint8_t *packs, size_t pack_count, uint32_t days)
{
    if (store->holds == NULL) {
        return store->ops->put(store, OB_OBJECT_POINT, point, data, length);
    }
    return store->holds->commit(store, point, data, length, packs, pack_count, days);
}

ob_status ob_store_needs_holds(const ob_store *store)
{
    return store->holds != NULL
               ? OB_OK
               : ob_fail(OB_E_NOT_SUPPORTED, "nothing can be deleted from this kind of vault");
}
