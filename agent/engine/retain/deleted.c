#include "retain/deleted.h"

#include "ob/alloc.h"
#include "point/point.h"
#include "repo/point_object.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 4096 /* names of one call to the store */

static ob_status add(void *context, const ob_hold *hold, int64_t now)
{
    ob_deleted *deleted = context;
    if (hold->kind != OB_OBJECT_POINT || hold->marked == 0) {
        return OB_OK;
    }
    if (deleted->count == deleted->capacity) {
        size_t capacity = deleted->capacity * 2 + 64;
        ob_object_name *names = ob_realloc_array(deleted->names, capacity, sizeof names[0]);
        deleted->names = names != NULL ? names : deleted->names;
        int64_t *left = ob_realloc_array(deleted->left, capacity, sizeof left[0]);
        deleted->left = left != NULL ? left : deleted->left;
        if (names == NULL || left == NULL) {
            return ob_fail(OB_E_NO_MEMORY, "deleted recovery points");
        }
        deleted->capacity = capacity;
    }
    memcpy(deleted->names[deleted->count], hold->name, sizeof hold->name);
    deleted->left[deleted->count++] = hold->due > now ? hold->due - now : 0;
    return OB_OK;
}

ob_status ob_deleted_read(ob_store *store, ob_deleted *out)
{
    ob_deleted deleted = {0};
    ob_status status = store->holds != NULL ? store->holds->list(store, add, &deleted) : OB_OK;
    if (OB_FAILED(status)) {
        ob_deleted_free(&deleted);
        return status;
    }
    *out = deleted;
    return OB_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

bool ob_deleted_has(const ob_deleted *deleted, const char *name)
{
    return deleted->count > 0 &&
           bsearch(name, deleted->names, deleted->count, sizeof deleted->names[0], by_name) != NULL;
}

void ob_deleted_free(ob_deleted *deleted)
{
    ob_free(deleted->names);
    ob_free(deleted->left);
    *deleted = (ob_deleted){0};
}

ob_status ob_points_deleted(const ob_engine *engine, ob_deleted_visit visit, void *context)
{
    ob_deleted deleted = {0};
    ob_status status = ob_deleted_read(engine->store, &deleted);
    for (size_t i = 0; !OB_FAILED(status) && i < deleted.count; i++) {
        ob_guid id = {{0}};
        int64_t time = 0;
        ob_manifest_parse_name(deleted.names[i], &time, &id);
        status = visit(context, &id, time, deleted.left[i]);
    }
    ob_deleted_free(&deleted);
    return status;
}

static ob_status keep_packs(ob_store *store, const ob_point_object *object)
{
    ob_object_name *names = ob_calloc(BATCH, sizeof names[0]);
    ob_status status = names != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "names of packs");
    for (uint32_t at = 0; !OB_FAILED(status) && at < object->pack_count; at += BATCH) {
        uint32_t count = object->pack_count - at < BATCH ? object->pack_count - at : BATCH;
        for (uint32_t i = 0; i < count; i++) {
            ob_hex_encode(names[i], object->packs + (size_t)(at + i) * OB_SHA256_SIZE,
                          OB_SHA256_SIZE);
        }
        status = store->holds->keep(store, OB_OBJECT_PACK, (const ob_object_name *)names, count, 0);
    }
    ob_free(names);
    return status;
}

/* Packs first: from then on no run of deletion that is under way sweeps one of them, and if one is
 * gone the point stays marked. */
ob_status ob_point_undelete(const ob_engine *engine, const ob_guid *point)
{
    ob_store *store = engine->store;
    ob_object_name name = "";
    uint8_t *data = NULL;
    size_t length = 0;
    ob_point_object object;
    ob_status status = ob_store_needs_holds(store);
    if (!OB_FAILED(status)) {
        status = ob_point_find(store, point, name);
    }
    if (!OB_FAILED(status)) {
        status = ob_store_get_all(store, OB_OBJECT_POINT, name, OB_POINT_MOST, &data, &length);
    }
    if (!OB_FAILED(status)) {
        status = ob_point_object_parse(&object, data, length);
    }
    if (!OB_FAILED(status)) {
        status = keep_packs(store, &object);
    }
    if (!OB_FAILED(status)) {
        status = store->holds->keep(store, OB_OBJECT_POINT, (const ob_object_name *)&name, 1, 0);
    }
    ob_free(data);
    return status;
}
