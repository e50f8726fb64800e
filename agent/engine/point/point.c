#include "point/point.h"

#include "ob/alloc.h"

#include <stdio.h>
#include <string.h>

ob_status ob_point_read_manifest(ob_repo *repo, const char *object_name, ob_manifest *out)
{
    ob_buf bytes = {0};
    ob_manifest manifest = {0};
    char name[OB_OBJECT_NAME_MAX];
    ob_status status = ob_repo_read_point(repo, object_name, &bytes);
    if (!OB_FAILED(status)) {
        status = ob_manifest_read(&manifest, bytes.data, bytes.length);
    }
    if (OB_FAILED(status)) {
        goto out;
    }
    ob_manifest_object_name(name, manifest.time, &manifest.id);
    if (strcmp(name, object_name) != 0) {
        status = ob_fail(OB_E_CORRUPT, "point/%s holds the manifest of %s", object_name, name);
        goto out;
    }
    *out = manifest;
    manifest = (ob_manifest){0}; /* transferred */
out:
    ob_manifest_free(&manifest);
    ob_buf_free(&bytes);
    return status;
}

ob_status ob_point_open(ob_repo *repo, const char *object_name, ob_point **out)
{
    ob_point *point = ob_calloc(1, sizeof *point);
    if (point == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a recovery point");
    }
    point->repo = repo;
    ob_status status = ob_point_read_manifest(repo, object_name, &point->manifest);
    if (!OB_FAILED(status)) {
        status =
            ob_table_read(&point->table, repo, point->manifest.table, point->manifest.table_count);
    }
    if (OB_FAILED(status)) {
        ob_point_close(point);
        return status;
    }
    *out = point;
    return OB_OK;
}

void ob_point_close(ob_point *point)
{
    if (point != NULL) {
        ob_table_free(&point->table);
        ob_manifest_free(&point->manifest);
        ob_free(point);
    }
}

static ob_status add_name(void *context, const char *name, uint64_t size)
{
    ob_point_names *names = context;
    (void)size;
    if (names->count == names->capacity) {
        size_t capacity = names->capacity > 0 ? names->capacity * 2 : 64;
        void *larger = ob_realloc_array(names->names, capacity, sizeof *names->names);
        if (larger == NULL) {
            return ob_fail(OB_E_NO_MEMORY, "names of %zu recovery points", capacity);
        }
        names->names = larger;
        names->capacity = capacity;
    }
    snprintf(names->names[names->count++], sizeof *names->names, "%s", name);
    return OB_OK;
}

ob_status ob_point_names_read(ob_store *store, ob_point_names *out)
{
    ob_point_names names = {0};
    ob_status status = store->ops->list(store, OB_OBJECT_POINT, "", add_name, &names);
    if (OB_FAILED(status)) {
        ob_point_names_free(&names);
        return status;
    }
    *out = names;
    return OB_OK;
}

void ob_point_names_free(ob_point_names *names)
{
    ob_free(names->names);
    *names = (ob_point_names){0};
}

ob_status ob_point_find(ob_store *store, const ob_guid *id, char out[OB_OBJECT_NAME_MAX])
{
    ob_point_names names = {0};
    char text[OB_GUID_TEXT];
    ob_status status = ob_point_names_read(store, &names);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_guid_format(text, id);
    status = ob_fail(OB_E_NOT_FOUND, "there is no recovery point %s", text);
    for (size_t i = 0; i < names.count; i++) {
        ob_guid found = {0};
        int64_t time = 0;
        ob_manifest_parse_name(names.names[i], &time, &found);
        if (ob_guid_equal(&found, id)) {
            memcpy(out, names.names[i], sizeof names.names[i]);
            status = OB_OK;
            break;
        }
    }
    ob_point_names_free(&names);
    return status;
}
