#include "null_store.h"

#include "ob/fs.h"
#include "ob/thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct named {
    char name[OB_OBJECT_NAME_MAX];
    uint64_t size;
} named;

typedef struct kind_list {
    named *items;
    size_t count, capacity;
    bool sorted;
} kind_list;

typedef struct null_store {
    ob_store base;
    const char *folder;
    ob_mutex lock;
    kind_list kinds[OB_OBJECT_KINDS];
    null_store_counts counts;
} null_store;

static null_store *of(ob_store *store)
{
    return (null_store *)store;
}

static void path_of(const null_store *self, ob_object_kind kind, const char *name, char *out,
                    size_t size)
{
    snprintf(out, size, "%s/%s-%s", self->folder, ob_object_kind_name(kind), name);
}

static void remember(kind_list *list, const char *name, uint64_t size)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity * 2 + 1024;
        list->items = realloc(list->items, list->capacity * sizeof list->items[0]);
        if (list->items == NULL) {
            abort();
        }
    }
    named *item = &list->items[list->count++];
    snprintf(item->name, sizeof item->name, "%s", name);
    item->size = size;
    list->sorted = false;
}

static ob_status null_put(ob_store *store, ob_object_kind kind, const char *name, const void *data,
                          size_t length)
{
    null_store *self = of(store);
    char path[512];
    ob_status status = OB_OK;
    ob_mutex_lock(&self->lock);
    self->counts.objects[kind]++;
    self->counts.bytes[kind] += length;
    remember(&self->kinds[kind], name, length);
    ob_mutex_unlock(&self->lock);
    if (kind != OB_OBJECT_PACK) {
        const ob_fs *fs = ob_fs_os();
        ob_file *file = NULL;
        path_of(self, kind, name, path, sizeof path);
        status = fs->open(fs, NULL, path, OB_OPEN_WRITE | OB_OPEN_CREATE | OB_OPEN_TRUNCATE, &file);
        if (!OB_FAILED(status)) {
            status = fs->write_at(fs, file, 0, data, length);
        }
        fs->close(fs, file);
    }
    return status;
}

static ob_status null_get(ob_store *store, ob_object_kind kind, const char *name, uint64_t offset,
                          void *data, size_t length)
{
    const ob_fs *fs = ob_fs_os();
    ob_file *file = NULL;
    char path[512];
    size_t got = 0;
    path_of(of(store), kind, name, path, sizeof path);
    ob_status status = fs->open(fs, NULL, path, OB_OPEN_READ, &file);
    if (!OB_FAILED(status)) {
        status = fs->read_at(fs, file, offset, data, length, &got);
    }
    fs->close(fs, file);
    return !OB_FAILED(status) && got < length ? ob_fail(OB_E_CORRUPT, "%s is cut", name) : status;
}

static ob_status null_size(ob_store *store, ob_object_kind kind, const char *name, uint64_t *out)
{
    const ob_fs *fs = ob_fs_os();
    ob_file_info info;
    char path[512];
    path_of(of(store), kind, name, path, sizeof path);
    ob_status status = fs->stat(fs, NULL, path, &info);
    if (!OB_FAILED(status)) {
        *out = info.size;
    }
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const named *)a)->name, ((const named *)b)->name);
}

static ob_status null_list(ob_store *store, ob_object_kind kind, const char *after,
                           ob_store_visit visit, void *context)
{
    kind_list *list = &of(store)->kinds[kind];
    ob_status status = OB_OK;
    if (!list->sorted && list->count > 0) {
        qsort(list->items, list->count, sizeof list->items[0], by_name);
        list->sorted = true;
    }
    for (size_t i = 0; i < list->count && !OB_FAILED(status); i++) {
        if (strcmp(list->items[i].name, after) > 0) {
            status = visit(context, list->items[i].name, list->items[i].size);
        }
    }
    return status;
}

static void null_close(ob_store *store)
{
    null_store *self = of(store);
    if (self != NULL) {
        for (size_t i = 0; i < OB_OBJECT_KINDS; i++) {
            free(self->kinds[i].items);
        }
        ob_mutex_destroy(&self->lock);
        free(self);
    }
}

ob_store *null_store_new(const char *folder)
{
    static const ob_store_ops ops = {.put = null_put,
                                     .get = null_get,
                                     .size = null_size,
                                     .list = null_list,
                                     .close = null_close};
    null_store *self = calloc(1, sizeof *self);
    if (self == NULL) {
        abort();
    }
    self->base.ops = &ops;
    self->folder = folder;
    ob_mutex_init(&self->lock);
    return &self->base;
}

null_store_counts null_store_counted(ob_store *store)
{
    return of(store)->counts;
}
