#include "memory_fs_node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512

void *disk_need(void *block)
{
    if (block == NULL) {
        fputs("the disk in memory has no memory\n", stderr);
        abort();
    }
    return block;
}

static void *copy_of(const void *data, size_t length)
{
    void *copy = disk_need(malloc(length > 0 ? length : 1));
    if (length > 0) {
        memcpy(copy, data, length);
    }
    return copy;
}

/* Room for one more item of an array. */
static void *grow(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity) {
        return items;
    }
    *capacity = *capacity * 2 + 8;
    return disk_need(realloc(items, *capacity * size));
}

/* ---- names ---- */

static size_t place_of(const entry *names, size_t count, const char *name, bool *found)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(names[middle].name, name);
        if (order == 0) {
            *found = true;
            return middle;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    *found = false;
    return low;
}

static void set_name(node *dir, const char *name, size_t to)
{
    bool found = false;
    size_t at = place_of(dir->names, dir->name_count, name, &found);
    if (found && to != NOWHERE) {
        dir->names[at].node = to;
    } else if (found) {
        free(dir->names[at].name);
        dir->name_count--;
        memmove(&dir->names[at], &dir->names[at + 1], (dir->name_count - at) * sizeof(entry));
    } else if (to != NOWHERE) {
        dir->names = grow(dir->names, dir->name_count, &dir->name_capacity, sizeof(entry));
        memmove(&dir->names[at + 1], &dir->names[at], (dir->name_count - at) * sizeof(entry));
        dir->names[at] = (entry){copy_of(name, strlen(name) + 1), to};
        dir->name_count++;
    }
}

size_t disk_look(const disk *d, size_t dir, const char *name)
{
    bool found = false;
    const node *at = &d->nodes[dir];
    size_t place = place_of(at->names, at->name_count, name, &found);
    return found ? at->names[place].node : NOWHERE;
}

const entry *disk_next(const disk *d, size_t dir, const char *after)
{
    bool found = false;
    const node *at = &d->nodes[dir];
    size_t place = place_of(at->names, at->name_count, after, &found);
    place += found ? 1 : 0;
    return place < at->name_count ? &at->names[place] : NULL;
}

void disk_name(disk *d, size_t dir, const char *name, size_t to)
{
    node *at = &d->nodes[dir];
    char own[DISK_NAME_MOST];
    size_t before = disk_look(d, dir, name);
    snprintf(own, sizeof own, "%s", name);
    if (before != NOWHERE) {
        d->nodes[before].info.links--;
    }
    if (to != NOWHERE) {
        d->nodes[to].info.links++;
    }
    set_name(at, own, to);
    at->renames = grow(at->renames, at->rename_count, &at->rename_capacity, sizeof(entry));
    at->renames[at->rename_count++] = (entry){copy_of(own, strlen(own) + 1), to};
}

static void free_entries(entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(entries[i].name);
    }
    free(entries);
}

static entry *copy_entries(const entry *from, size_t count)
{
    entry *copy = copy_of(from, count * sizeof *from);
    for (size_t i = 0; i < count; i++) {
        copy[i].name = copy_of(from[i].name, strlen(from[i].name) + 1);
    }
    return copy;
}

void disk_sync_names(disk *d, size_t at)
{
    node *dir = &d->nodes[at];
    if (dir->rename_count == 0) {
        return;
    }
    free_entries(dir->safe_names, dir->safe_name_count);
    dir->safe_names = copy_entries(dir->names, dir->name_count);
    dir->safe_name_count = dir->name_count;
    free_entries(dir->renames, dir->rename_count);
    dir->renames = NULL;
    dir->rename_count = dir->rename_capacity = 0;
}

/* ---- bytes ---- */

static blob *share(blob *data)
{
    if (data != NULL) {
        data->users++;
    }
    return data;
}

static void release(blob *data)
{
    if (data != NULL && --data->users == 0) {
        free(data);
    }
}

/* Room for `length` bytes that belong to this file alone. */
static void own(node *file, size_t length)
{
    blob *old = file->data;
    if (old != NULL && old->users == 1 && old->capacity >= length) {
        return;
    }
    size_t capacity = length > file->length ? length + length / 2 : file->length;
    blob *new = disk_need(malloc(sizeof *new + capacity));
    new->users = 1;
    new->capacity = capacity;
    if (old != NULL) {
        memcpy(new->bytes, old->bytes, file->length);
    }
    release(old);
    file->data = new;
}

static void set_length(node *file, size_t length)
{
    own(file, length);
    if (length > file->length) {
        memset(file->data->bytes + file->length, 0, length - file->length);
    }
    file->length = length;
    file->info.size = file->info.allocated = length;
}

static void put_bytes(node *file, size_t offset, const void *data, size_t length)
{
    if (offset + length > file->length) {
        set_length(file, offset + length);
    }
    own(file, file->length);
    if (length > 0) {
        memcpy(file->data->bytes + offset, data, length);
    }
}

static void remember(node *file, size_t offset, size_t length, const void *data)
{
    file->changes = grow(file->changes, file->change_count, &file->change_capacity, sizeof(change));
    file->changes[file->change_count++] =
        (change){offset, length, data != NULL ? copy_of(data, length) : NULL};
}

void disk_write(disk *d, size_t at, size_t offset, const void *data, size_t length)
{
    put_bytes(&d->nodes[at], offset, data, length);
    remember(&d->nodes[at], offset, length, data);
}

void disk_truncate(disk *d, size_t at, size_t size)
{
    set_length(&d->nodes[at], size);
    remember(&d->nodes[at], size, 0, NULL);
}

static void forget_changes(node *file)
{
    for (size_t i = 0; i < file->change_count; i++) {
        free(file->changes[i].data);
    }
    free(file->changes);
    file->changes = NULL;
    file->change_count = file->change_capacity = 0;
}

void disk_sync_bytes(disk *d, size_t at)
{
    node *file = &d->nodes[at];
    if (file->change_count > 0) {
        release(file->safe);
        file->safe = share(file->data);
        file->safe_length = file->length;
        forget_changes(file);
    }
}

/* ---- the power goes ---- */

static uint64_t random_of(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static void cut_bytes(node *file, ob_power_cut how, uint64_t *state)
{
    size_t length = file->length;
    if (file->change_count == 0) {
        return;
    }
    release(file->data);
    file->data = share(file->safe);
    file->length = file->safe_length;
    file->info.size = file->info.allocated = file->length;
    if (how == OB_CUT_EMPTY && random_of(state) % 2 == 0) {
        set_length(file, length);
    }
    for (size_t i = 0; how == OB_CUT_TORN && i < file->change_count; i++) {
        const change *c = &file->changes[i];
        uint64_t chance = random_of(state);
        if (c->data == NULL) {
            set_length(file, chance % 2 == 0 ? c->offset : file->length);
        }
        for (size_t done = 0; c->data != NULL && done < c->length; done += SECTOR) {
            size_t piece = c->length - done < SECTOR ? c->length - done : SECTOR;
            bool kept = chance % 4 == 0 || (chance % 4 == 1 && random_of(state) % 2 == 0) ||
                        (chance % 4 == 2 && done < (chance >> 8) % (c->length + 1));
            if (kept) {
                put_bytes(file, c->offset + done, c->data + done, piece);
            }
        }
    }
    remember(file, file->length, 0, NULL);
}

static void cut_names(node *dir, ob_power_cut how, uint64_t *state)
{
    size_t kept = how == OB_CUT_DROPPED ? 0
                  : how == OB_CUT_EMPTY ? dir->rename_count
                                        : (size_t)(random_of(state) % (dir->rename_count + 1));
    if (dir->rename_count == 0) {
        return;
    }
    free_entries(dir->names, dir->name_count);
    dir->names = copy_entries(dir->safe_names, dir->safe_name_count);
    dir->name_count = dir->name_capacity = dir->safe_name_count;
    for (size_t i = 0; i < kept; i++) {
        set_name(dir, dir->renames[i].name, dir->renames[i].node);
    }
}

static void count_links(disk *d)
{
    for (size_t i = 0; i < d->count; i++) {
        d->nodes[i].info.links = i == ROOT ? 1 : 0;
    }
    for (size_t i = 0; i < d->count; i++) {
        for (size_t k = 0; k < d->nodes[i].name_count; k++) {
            d->nodes[d->nodes[i].names[k].node].info.links++;
        }
    }
}

void disk_cut(disk *d, ob_power_cut how, uint64_t seed)
{
    uint64_t state = seed;
    for (size_t i = 0; i < d->count; i++) {
        cut_bytes(&d->nodes[i], how, &state);
        cut_names(&d->nodes[i], how, &state);
        d->nodes[i].locked = false;
    }
    count_links(d);
}

/* ---- life ---- */

size_t disk_add(disk *d, ob_file_type type, uint32_t mode)
{
    d->nodes = grow(d->nodes, d->count, &d->capacity, sizeof(node));
    node *new = &d->nodes[d->count];
    *new = (node){.info = {.type = type, .mode = mode, .device = 1, .file_id = d->count + 1}};
    return d->count++;
}

void disk_init(disk *d)
{
    *d = (disk){0};
    disk_add(d, OB_FILE_DIR, 0755);
    d->nodes[ROOT].info.links = 1;
}

static void copy_node(node *to, const node *from)
{
    *to = *from;
    to->locked = false;
    share(to->data);
    share(to->safe);
    to->names = copy_entries(from->names, from->name_count);
    to->name_capacity = from->name_count;
    to->safe_names = copy_entries(from->safe_names, from->safe_name_count);
    to->renames = copy_entries(from->renames, from->rename_count);
    to->rename_capacity = from->rename_count;
    to->changes = copy_of(from->changes, from->change_count * sizeof(change));
    to->change_capacity = from->change_count;
    for (size_t i = 0; i < from->change_count; i++) {
        if (from->changes[i].data != NULL) {
            to->changes[i].data = copy_of(from->changes[i].data, from->changes[i].length);
        }
    }
}

void disk_copy(disk *d, const disk *from)
{
    *d = (disk){.count = from->count, .capacity = from->count};
    d->nodes = disk_need(malloc(from->count * sizeof(node)));
    for (size_t i = 0; i < from->count; i++) {
        copy_node(&d->nodes[i], &from->nodes[i]);
    }
}

void disk_free(disk *d)
{
    for (size_t i = 0; i < d->count; i++) {
        node *n = &d->nodes[i];
        release(n->data);
        release(n->safe);
        forget_changes(n);
        free_entries(n->names, n->name_count);
        free_entries(n->safe_names, n->safe_name_count);
        free_entries(n->renames, n->rename_count);
    }
    free(d->nodes);
    *d = (disk){0};
}

/* ---- comparing ---- */

static const char *told(const char *what, const char *path)
{
    static _Thread_local char text[1024];
    snprintf(text, sizeof text, "%.900s: %s", path, what);
    return text;
}

static const char *compare_node(const node *a, const node *b, const char *path)
{
    if (a->info.type != b->info.type) {
        return told("another type", path);
    }
    if (a->info.type != OB_FILE_DIR &&
        (a->length != b->length ||
         (a->length > 0 && memcmp(a->data->bytes, b->data->bytes, a->length) != 0))) {
        return told("other bytes", path);
    }
    if (a->info.type != OB_FILE_SYMLINK && a->info.mode != b->info.mode) {
        return told("another mode", path);
    }
    if (a->info.type == OB_FILE_REGULAR && a->info.mtime != b->info.mtime) {
        return told("another time", path);
    }
    return NULL;
}

const char *disk_differs(const disk_compare *compare, size_t left, size_t right, const char *path)
{
    const node *a = &compare->left->nodes[left];
    const node *b = &compare->right->nodes[right];
    const char *difference = compare_node(a, b, path);
    for (size_t i = 0; difference == NULL && i < a->name_count; i++) {
        char below[1024];
        size_t there = disk_look(compare->right, right, a->names[i].name);
        snprintf(below, sizeof below, "%.600s/%s", path, a->names[i].name);
        if (there != NOWHERE) {
            difference = disk_differs(compare, a->names[i].node, there, below);
        } else if (compare->missing_ok == NULL || !compare->missing_ok(compare->context, below)) {
            difference = told("it is missing", below);
        }
    }
    for (size_t i = 0; difference == NULL && i < b->name_count; i++) {
        if (disk_look(compare->left, left, b->names[i].name) == NOWHERE) {
            difference = told("it does not belong there", b->names[i].name);
        }
    }
    return difference;
}
