/*
 * A machine's objects in a folder vault: machines/GUID/KIND/NAME, packs in 256 folders by the first
 * two digits of their name. All folders were made at registration and none is made here, so that
 * nothing is written into the empty place of a vault that is not mounted.
 *
 * An object is written to tmp/, synced, renamed to its name (which never replaces), and then its
 * folder is synced: it is there as a whole or not at all. The store keeps nothing open and nothing
 * in memory but paths, so it needs no lock.
 */
#include "ob/folder_vault.h"

#include "ob/alloc.h"
#include "ob/host.h"

#include <stdlib.h>
#include <string.h>

#include "folder_store.h"
#include "vault_record.h"

#define SHARDS 256
#define COMPARE_PIECE ((size_t)256 * 1024)
#define LEFTOVER_AGE (INT64_C(24) * 3600 * 1000000000)

typedef ob_folder_store folder_store;

static folder_store *self(ob_store *store)
{
    return (folder_store *)store;
}

/* ---- places ---- */

/* The folder of a kind; of packs the one of a shard. */
static char *place_of(const folder_store *store, ob_object_kind kind, unsigned shard)
{
    const char *kind_name = ob_object_kind_name(kind);
    char *base = ob_path_join(store->machine, kind_name);
    char digits[3];
    uint8_t byte = (uint8_t)shard;
    if (kind != OB_OBJECT_PACK || base == NULL) {
        return base;
    }
    ob_hex_encode(digits, &byte, 1);
    char *place = ob_path_join(base, digits);
    ob_free(base);
    return place;
}

static unsigned shard_of(ob_object_kind kind, const char *name)
{
    uint8_t byte = 0;
    if (kind == OB_OBJECT_PACK) {
        ob_hex_decode(&byte, 1, name, 2);
    }
    return byte;
}

ob_status ob_folder_locate(const folder_store *store, ob_object_kind kind, const char *name,
                           char **place, char **path)
{
    if (!ob_object_name_valid(kind, name, strlen(name))) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "%s is no name of a %s", name,
                       ob_object_kind_name(kind));
    }
    char *dir = place_of(store, kind, shard_of(kind, name));
    char *file = dir != NULL ? ob_path_join(dir, name) : NULL;
    if (file == NULL) {
        ob_free(dir);
        return ob_fail(OB_E_NO_MEMORY, "%s/%s", ob_object_kind_name(kind), name);
    }
    *place = dir;
    *path = file;
    return OB_OK;
}

/* ---- errors ---- */

static bool vault_is_there(const folder_store *store)
{
    ob_file_info info;
    char *path = ob_path_join(store->folder, "vault.json");
    bool there = path != NULL && store->fs->stat(store->fs, NULL, path, &info) == OB_OK;
    ob_free(path);
    return there;
}

ob_status ob_folder_explain(const folder_store *store, ob_status status, ob_status missing)
{
    switch (status) {
    case OB_OK:
    case OB_E_NO_MEMORY:
        return status;
    case OB_E_DISK_FULL:
        return ob_fail(status, "the vault in %s is full: %s", store->folder, ob_detail());
    default:
        break;
    }
    if (!vault_is_there(store)) {
        return ob_fail(OB_E_VAULT_UNREACHABLE, "the vault in %s is not there: %s", store->folder,
                       ob_detail());
    }
    if (status == OB_E_NOT_FOUND && missing == OB_E_CORRUPT) {
        return ob_fail(missing,
                       "a folder of the vault is missing (registering the machine again "
                       "makes it anew): %s",
                       ob_detail());
    }
    return status;
}

/* ---- put ---- */

/* OB_E_EXISTS unless the file holds exactly these bytes. */
static ob_status compare(const folder_store *store, const char *path, const uint8_t *data,
                         size_t length)
{
    const ob_fs *fs = store->fs;
    ob_file *file = NULL;
    ob_file_info info = {0};
    uint8_t *piece = NULL;
    ob_status status = fs->open(fs, NULL, path, OB_OPEN_READ | OB_OPEN_SEQUENTIAL, &file);
    if (status == OB_OK) {
        status = fs->file_stat(fs, file, &info);
    }
    if (OB_FAILED(status)) {
        goto out;
    }
    piece = ob_alloc(COMPARE_PIECE);
    if (piece == NULL) {
        status = ob_fail(OB_E_NO_MEMORY, "%s", path);
        goto out;
    }
    bool same = info.size == length;
    for (size_t at = 0; at < length && same; at += COMPARE_PIECE) {
        size_t want = length - at < COMPARE_PIECE ? length - at : COMPARE_PIECE;
        size_t got = 0;
        status = fs->read_at(fs, file, at, piece, want, &got);
        if (OB_FAILED(status)) {
            goto out;
        }
        same = got == want && memcmp(piece, data + at, want) == 0;
    }
    status = same ? OB_OK : ob_fail(OB_E_EXISTS, "%s is there with other bytes", path);
out:
    ob_free(piece);
    fs->close(fs, file);
    return status;
}

ob_status ob_folder_sync(const folder_store *store, const char *place)
{
    ob_dir *dir = NULL;
    ob_status status = store->fs->dir_open(store->fs, NULL, place, &dir);
    if (status == OB_OK) {
        status = store->fs->dir_sync(store->fs, dir);
    }
    store->fs->dir_close(store->fs, dir);
    return status;
}

static ob_status temporary_path(const folder_store *store, char **out)
{
    uint8_t random[16];
    char name[2 * sizeof random + 1];
    ob_status status = ob_random(random, sizeof random);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_hex_encode(name, random, sizeof random);
    char *tmp = ob_path_join(store->machine, "tmp");
    char *path = tmp != NULL ? ob_path_join(tmp, name) : NULL;
    ob_free(tmp);
    if (path == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", store->machine);
    }
    *out = path;
    return OB_OK;
}

static ob_status write_temporary(const folder_store *store, const char *path, const void *data,
                                 size_t length)
{
    const ob_fs *fs = store->fs;
    ob_file *file = NULL;
    ob_status status =
        fs->open(fs, NULL, path, OB_OPEN_WRITE | OB_OPEN_CREATE | OB_OPEN_EXCLUSIVE, &file);
    if (OB_FAILED(status)) {
        return status;
    }
    status = fs->write_at(fs, file, 0, data, length);
    if (status == OB_OK) {
        status = fs->sync(fs, file);
    }
    fs->close(fs, file);
    return status;
}

/* Makes the object, unless one of the name is there (OB_E_EXISTS). */
static ob_status create(const folder_store *store, const char *path, const void *data,
                        size_t length)
{
    char *temporary = NULL;
    ob_status status = temporary_path(store, &temporary);
    if (OB_FAILED(status)) {
        return status;
    }
    status = write_temporary(store, temporary, data, length);
    if (status == OB_OK) {
        status = store->fs->rename_new(store->fs, NULL, temporary, NULL, path);
    }
    if (OB_FAILED(status)) {
        /* The reason is in the detail, which a failed removal would replace. */
        char *why = ob_strdup(ob_detail());
        store->fs->remove_file(store->fs, NULL, temporary);
        ob_fail(status, "%s", why != NULL ? why : path);
        ob_free(why);
    }
    ob_free(temporary);
    return status;
}

ob_status ob_folder_replace(const folder_store *store, const char *name, const void *data,
                            size_t length)
{
    char *temporary = NULL;
    char *path = ob_path_join(store->machine, name);
    ob_status status = path != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "%s", name);
    if (status == OB_OK) {
        status = temporary_path(store, &temporary);
    }
    if (status == OB_OK) {
        status = write_temporary(store, temporary, data, length);
    }
    if (status == OB_OK) {
        status = store->fs->rename(store->fs, NULL, temporary, NULL, path);
    }
    if (OB_FAILED(status) && temporary != NULL) {
        char *why = ob_strdup(ob_detail());
        store->fs->remove_file(store->fs, NULL, temporary);
        ob_fail(status, "%s", why != NULL ? why : path);
        ob_free(why);
    }
    if (status == OB_OK) {
        status = ob_folder_sync(store, store->machine);
    }
    ob_free(temporary);
    ob_free(path);
    return status;
}

static ob_status put(ob_store *base, ob_object_kind kind, const char *name, const void *data,
                     size_t length)
{
    folder_store *store = self(base);
    char *place = NULL;
    char *path = NULL;
    ob_file_info info;
    ob_status status = ob_folder_locate(store, kind, name, &place, &path);
    if (OB_FAILED(status)) {
        return status;
    }
    status = store->fs->stat(store->fs, NULL, path, &info);
    if (status == OB_E_NOT_FOUND) {
        status = create(store, path, data, length);
    } else if (status == OB_OK) {
        status = OB_E_EXISTS;
    }
    if (status == OB_E_EXISTS) {
        status = compare(store, path, data, length);
        if (status == OB_E_EXISTS) {
            goto out;
        }
    }
    /* Also for an object that was there: whoever made it may not have come to this yet. */
    if (status == OB_OK) {
        status = ob_folder_sync(store, place);
    }
    status = ob_folder_explain(store, status, OB_E_CORRUPT);
out:
    ob_free(path);
    ob_free(place);
    return status;
}

/* ---- get, size ---- */

static ob_status get(ob_store *base, ob_object_kind kind, const char *name, uint64_t offset,
                     void *data, size_t length)
{
    folder_store *store = self(base);
    ob_file *file = NULL;
    char *place = NULL;
    char *path = NULL;
    size_t got = 0;
    ob_status status = ob_folder_locate(store, kind, name, &place, &path);
    if (OB_FAILED(status)) {
        return status;
    }
    status = store->fs->open(store->fs, NULL, path, OB_OPEN_READ, &file);
    /* No file reaches past INT64_MAX, and no system takes such an offset. */
    if (status == OB_OK && offset <= INT64_MAX - length) {
        status = store->fs->read_at(store->fs, file, offset, data, length, &got);
    }
    store->fs->close(store->fs, file);
    status = ob_folder_explain(store, status, OB_E_NOT_FOUND);
    if (status == OB_OK && got < length) {
        status = ob_fail(OB_E_CORRUPT, "%s is cut: %zu of %zu bytes at %llu", path, got, length,
                         (unsigned long long)offset);
    }
    ob_free(path);
    ob_free(place);
    return status;
}

static ob_status size(ob_store *base, ob_object_kind kind, const char *name, uint64_t *out)
{
    folder_store *store = self(base);
    char *place = NULL;
    char *path = NULL;
    ob_file_info info;
    ob_status status = ob_folder_locate(store, kind, name, &place, &path);
    if (OB_FAILED(status)) {
        return status;
    }
    status =
        ob_folder_explain(store, store->fs->stat(store->fs, NULL, path, &info), OB_E_NOT_FOUND);
    if (status == OB_OK && info.type != OB_FILE_REGULAR) {
        status = ob_fail(OB_E_CORRUPT, "%s is not a regular file", path);
    }
    if (status == OB_OK) {
        *out = info.size;
    }
    ob_free(path);
    ob_free(place);
    return status;
}

/* ---- list ---- */

typedef struct found {
    char name[OB_OBJECT_NAME_MAX];
    uint64_t size;
} found;

typedef struct found_list {
    found *items;
    size_t count;
    size_t capacity;
} found_list;

static int compare_found(const void *a, const void *b)
{
    return strcmp(((const found *)a)->name, ((const found *)b)->name);
}

static ob_status add_found(found_list *list, const char *name, uint64_t bytes)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 64 : list->capacity * 2;
        found *grown = ob_realloc_array(list->items, capacity, sizeof *grown);
        if (grown == NULL) {
            return ob_fail(OB_E_NO_MEMORY, "a list of %zu objects", capacity);
        }
        list->items = grown;
        list->capacity = capacity;
    }
    found *item = &list->items[list->count++];
    memcpy(item->name, name, strlen(name) + 1);
    item->size = bytes;
    return OB_OK;
}

/* Takes one name of a folder into the list, if it is an object's that belongs here. */
static ob_status consider(const folder_store *store, ob_object_kind kind, unsigned shard,
                          ob_dir *dir, const char *name, const char *after, found_list *list)
{
    ob_file_info info;
    if (!ob_object_name_valid(kind, name, strlen(name)) || shard_of(kind, name) != shard ||
        strcmp(name, after) <= 0) {
        return OB_OK;
    }
    ob_status status = store->fs->stat(store->fs, dir, name, &info);
    if (status == OB_E_NOT_FOUND || (status == OB_OK && info.type != OB_FILE_REGULAR)) {
        return OB_OK;
    }
    return status == OB_OK ? add_found(list, name, info.size) : status;
}

static ob_status read_place(const folder_store *store, ob_object_kind kind, unsigned shard,
                            const char *after, found_list *list)
{
    const ob_fs *fs = store->fs;
    ob_dir *dir = NULL;
    ob_dir_entry entry = {0};
    char *place = place_of(store, kind, shard);
    if (place == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", store->machine);
    }
    list->count = 0;
    ob_status status = fs->dir_open(fs, NULL, place, &dir);
    while (status == OB_OK) {
        status = fs->dir_read(fs, dir, &entry);
        if (OB_FAILED(status) || entry.name == NULL) {
            break;
        }
        status = consider(store, kind, shard, dir, entry.name, after, list);
    }
    fs->dir_close(fs, dir);
    ob_free(place);
    if (list->count > 0) {
        qsort(list->items, list->count, sizeof *list->items, compare_found);
    }
    return ob_folder_explain(store, status, OB_E_CORRUPT);
}

static ob_status list(ob_store *base, ob_object_kind kind, const char *after, ob_store_visit visit,
                      void *context)
{
    folder_store *store = self(base);
    found_list names = {0};
    ob_status status = OB_OK;
    unsigned shards = kind == OB_OBJECT_PACK ? SHARDS : 1;
    bool whole = ob_object_name_valid(kind, after, strlen(after));
    for (unsigned shard = whole ? shard_of(kind, after) : 0; shard < shards && status == OB_OK;
         shard++) {
        status = read_place(store, kind, shard, after, &names);
        for (size_t i = 0; i < names.count && status == OB_OK; i++) {
            status = visit(context, names.items[i].name, names.items[i].size);
        }
    }
    ob_free(names.items);
    return status;
}

/* ---- life ---- */

static void close_store(ob_store *base)
{
    if (base != NULL) {
        folder_store *store = self(base);
        ob_free(store->folder);
        ob_free(store->machine);
        ob_free(store);
    }
}

/* Removes what a crash left in tmp/. Another process of this machine may be writing there, so what
 * is young stays. Best effort: a vault that is read-only is good for restoring. */
static void sweep(const folder_store *store)
{
    const ob_fs *fs = store->fs;
    const ob_clock *clock = ob_clock_os();
    ob_dir *dir = NULL;
    ob_dir_entry entry = {0};
    char *tmp = ob_path_join(store->machine, "tmp");
    int64_t before = clock->now(clock) - LEFTOVER_AGE;
    if (tmp == NULL || OB_FAILED(fs->dir_open(fs, NULL, tmp, &dir))) {
        ob_free(tmp);
        return;
    }
    while (fs->dir_read(fs, dir, &entry) == OB_OK && entry.name != NULL) {
        ob_file_info info;
        if (fs->stat(fs, dir, entry.name, &info) == OB_OK && info.type == OB_FILE_REGULAR &&
            info.mtime < before) {
            fs->remove_file(fs, dir, entry.name);
        }
    }
    fs->dir_close(fs, dir);
    ob_free(tmp);
}

static ob_status check_vault(const folder_store *store)
{
    ob_vault_record record = {0};
    ob_file_info info;
    ob_status status = ob_vault_record_read(store->fs, store->folder, &record);
    ob_vault_record_free(&record);
    if (status == OB_E_NOT_FOUND) {
        return ob_fail(OB_E_VAULT_UNREACHABLE, "there is no vault in %s", store->folder);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    char *path = ob_path_join(store->machine, "machine.json");
    if (path == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", store->machine);
    }
    status = store->fs->stat(store->fs, NULL, path, &info);
    ob_free(path);
    if (status == OB_E_NOT_FOUND) {
        return ob_fail(OB_E_NOT_REGISTERED, "the vault in %s does not know this machine",
                       store->folder);
    }
    return status;
}

ob_status ob_folder_store_open(const ob_fs *fs, const char *folder, const ob_guid *machine,
                               ob_store **out)
{
    static const ob_store_ops ops = {put, get, size, list, close_store};
    folder_store *store = ob_calloc(1, sizeof *store);
    ob_status status = OB_OK;
    if (store == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", folder);
    }
    store->store.ops = &ops;
    store->store.holds = &ob_folder_hold_ops;
    store->clock = ob_clock_os();
    store->fs = fs;
    store->folder = ob_strdup(folder);
    store->machine = ob_vault_machine_folder(folder, machine);
    if (store->folder == NULL || store->machine == NULL) {
        status = ob_fail(OB_E_NO_MEMORY, "%s", folder);
        goto out;
    }
    status = check_vault(store);
    if (OB_FAILED(status)) {
        goto out;
    }
    sweep(store);
    *out = &store->store;
    store = NULL; /* transferred */
out:
    close_store(store != NULL ? &store->store : NULL);
    return status;
}

void ob_folder_store_set_clock(ob_store *store, const ob_clock *clock)
{
    self(store)->clock = clock;
}
