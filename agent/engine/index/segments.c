#include "index/segments.h"

#include "index/segment_write.h"
#include "ob/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX ".seg"
#define NAME_LENGTH 12 /* 8 hex digits and the suffix */

static ob_status no_memory(void)
{
    return ob_fail(OB_E_NO_MEMORY, "index cache");
}

/* "NNNNNNNN.seg" with lower-case hex. */
static bool number_of(const char *name, uint32_t *number)
{
    uint32_t value = 0;
    if (strlen(name) != NAME_LENGTH || strcmp(name + 8, SUFFIX) != 0) {
        return false;
    }
    for (size_t i = 0; i < 8; i++) {
        const char *digit = strchr("0123456789abcdef", name[i]);
        if (digit == NULL) {
            return false;
        }
        value = value << 4 | (uint32_t)(digit - "0123456789abcdef");
    }
    *number = value;
    return true;
}

static char *path_of(const ob_index *index, uint32_t number, const char *suffix)
{
    char name[32];
    snprintf(name, sizeof name, "%08x%s", (unsigned)number, suffix);
    return ob_path_join(index->dir, name);
}

static bool all_kept(const ob_segment *segment, ob_segments_keep keep, void *context)
{
    for (uint32_t i = 0; i < segment->cover_count; i++) {
        if (!keep(context, segment->covers + (size_t)i * OB_SHA256_SIZE)) {
            return false;
        }
    }
    return true;
}

/* True if everything that a segment has is in others: it was merged, and then the process ended. */
static bool is_redundant(const ob_index *index, const ob_segment *segment)
{
    for (uint32_t i = 0; i < segment->cover_count; i++) {
        bool there = false;
        for (unsigned k = 0; !there && k < index->segment_count; k++) {
            there =
                ob_segment_covers(index->segments[k], segment->covers + (size_t)i * OB_SHA256_SIZE);
        }
        if (!there) {
            return false;
        }
    }
    return true;
}

static void insert(ob_index *index, ob_segment *segment)
{
    unsigned at = index->segment_count++;
    while (at > 0 && index->segments[at - 1]->count < segment->count) {
        index->segments[at] = index->segments[at - 1];
        at--;
    }
    index->segments[at] = segment;
}

/* Opens one file of the folder. What is of no use is removed. */
static ob_status load_file(ob_index *index, const char *name, ob_segments_keep keep, void *context)
{
    uint32_t number = 0;
    ob_segment *segment = NULL;
    bool ours = number_of(name, &number);
    char *path = ob_path_join(index->dir, name);
    if (path == NULL) {
        return no_memory();
    }
    if (ours && number >= index->next_file) {
        index->next_file = number + 1;
    }
    ob_status status =
        ours ? ob_segment_open(index->fs, path, index->check, &segment) : OB_E_CORRUPT;
    bool use = !OB_FAILED(status) && all_kept(segment, keep, context) &&
               index->segment_count < OB_SEGMENTS_MOST;
    if (use) {
        insert(index, segment);
        segment = NULL; /* transferred */
    } else if (status == OB_E_CORRUPT) {
        (void)index->fs->remove_file(index->fs, NULL, path);
    }
    ob_segment_close(segment, true);
    ob_free(path);
    return status == OB_E_NO_MEMORY ? status : OB_OK;
}

static void drop_redundant(ob_index *index)
{
    unsigned count = index->segment_count;
    index->segment_count = 0;
    for (unsigned i = 0; i < count; i++) {
        ob_segment *segment = index->segments[i];
        if (is_redundant(index, segment)) {
            ob_segment_close(segment, true);
        } else {
            index->segments[index->segment_count++] = segment;
        }
    }
}

/* The names first: files are removed on the way. */
static ob_status list_names(ob_index *index, ob_buf *names)
{
    ob_dir *dir = NULL;
    ob_dir_entry entry = {0};
    ob_status status = index->fs->dir_open(index->fs, NULL, index->dir, &dir);
    while (!OB_FAILED(status)) {
        status = index->fs->dir_read(index->fs, dir, &entry);
        if (OB_FAILED(status) || entry.name == NULL) {
            break;
        }
        ob_buf_put(names, entry.name, strlen(entry.name) + 1);
    }
    index->fs->dir_close(index->fs, dir);
    return OB_FAILED(status) ? status : ob_buf_status(names);
}

ob_status ob_segments_load(ob_index *index, ob_segments_keep keep, void *context)
{
    ob_buf names = {.limit = (size_t)1 << 20};
    ob_status status = ob_fs_make_dirs(index->fs, index->dir, true);
    if (!OB_FAILED(status)) {
        status = list_names(index, &names);
    }
    if (OB_FAILED(status) && status != OB_E_NO_MEMORY) {
        /* No cache to be had: the segments are kept in memory. */
        ob_free(index->dir);
        index->dir = NULL;
        ob_buf_free(&names);
        return OB_OK;
    }
    for (size_t at = 0; !OB_FAILED(status) && at < names.length;) {
        const char *name = (const char *)names.data + at;
        at += strlen(name) + 1;
        status = load_file(index, name, keep, context);
    }
    ob_buf_free(&names);
    if (OB_FAILED(status)) {
        return status;
    }
    drop_redundant(index);
    for (unsigned i = 0; !OB_FAILED(status) && i < index->segment_count; i++) {
        status = ob_segment_attach(index->segments[i], &index->packs);
    }
    return status;
}

/* ---- making ---- */

/* Packs by local number, and local numbers by the number in ob_packs (plus 1; 0 = none yet). */
typedef struct renumber {
    ob_pack_info *infos;
    uint32_t count, capacity;
    uint32_t *local;
} renumber;

static void renumber_free(renumber *map)
{
    ob_free(map->infos);
    ob_free(map->local);
}

static ob_status renumber_init(renumber *map, const ob_index *index)
{
    map->local = ob_calloc(index->packs.count, sizeof map->local[0]);
    return map->local != NULL ? OB_OK : no_memory();
}

static ob_status renumber_add(renumber *map, uint32_t number, const ob_pack_info *info)
{
    if (map->local[number] != 0) {
        return OB_OK;
    }
    if (map->count == map->capacity) {
        uint32_t capacity = map->capacity * 2 + 64;
        ob_pack_info *infos = ob_realloc_array(map->infos, capacity, sizeof infos[0]);
        if (infos == NULL) {
            return no_memory();
        }
        map->infos = infos;
        map->capacity = capacity;
    }
    map->infos[map->count++] = *info;
    map->local[number] = map->count;
    return OB_OK;
}

/* Writes to a temporary name first, so that a file with a real name is whole. */
typedef ob_status (*fill)(void *context, ob_segment_writer *writer);

static ob_status write_file(ob_index *index, const ob_segment_plan *plan, fill add, void *context,
                            ob_segment **out)
{
    ob_segment_writer *writer = NULL;
    ob_mutex_lock(index->lock);
    uint32_t number = index->next_file++;
    ob_mutex_unlock(index->lock);
    char *temporary = path_of(index, number, ".tmp");
    char *path = path_of(index, number, SUFFIX);
    ob_status status = temporary != NULL && path != NULL ? OB_OK : no_memory();
    if (OB_FAILED(status)) {
        goto out;
    }
    status = ob_segment_writer_new(plan, index->fs, temporary, &writer);
    if (OB_FAILED(status)) {
        goto out;
    }
    status = add(context, writer);
    if (!OB_FAILED(status)) {
        status = ob_segment_writer_end(writer, NULL, NULL);
    }
    ob_segment_writer_free(writer);
    if (!OB_FAILED(status)) {
        status = index->fs->rename(index->fs, NULL, temporary, NULL, path);
    }
    if (!OB_FAILED(status)) {
        status = ob_segment_open(index->fs, path, index->check, out);
    }
    if (OB_FAILED(status)) {
        (void)index->fs->remove_file(index->fs, NULL, temporary);
        (void)index->fs->remove_file(index->fs, NULL, path);
    }
out:
    ob_free(temporary);
    ob_free(path);
    return status;
}

static ob_status write_memory(ob_index *index, const ob_segment_plan *plan, fill add, void *context,
                              ob_segment **out)
{
    ob_segment_writer *writer = NULL;
    uint8_t *data = NULL;
    size_t length = 0;
    ob_status status = ob_segment_writer_new(plan, NULL, NULL, &writer);
    if (!OB_FAILED(status)) {
        status = add(context, writer);
    }
    if (!OB_FAILED(status)) {
        status = ob_segment_writer_end(writer, &data, &length);
    }
    if (!OB_FAILED(status)) {
        status = ob_segment_open_memory(data, length, index->check, out);
    }
    if (!OB_FAILED(status)) {
        data = NULL; /* transferred */
    }
    ob_free(data);
    ob_segment_writer_free(writer);
    return status;
}

/* Into a file; into memory if that fails and `memory` allows it. */
static ob_status write_segment(ob_index *index, const ob_segment_plan *plan, fill add,
                               void *context, bool memory, ob_segment **out)
{
    ob_status status = OB_E_IO;
    if (index->dir != NULL) {
        status = write_file(index, plan, add, context, out);
    }
    if (OB_FAILED(status) && memory) {
        status = write_memory(index, plan, add, context, out);
    }
    return status;
}

typedef struct entry_list {
    const ob_index_entry *entries;
    size_t count;
} entry_list;

static ob_status add_list(void *context, ob_segment_writer *writer)
{
    const entry_list *list = context;
    ob_status status = OB_OK;
    for (size_t i = 0; !OB_FAILED(status) && i < list->count; i++) {
        status = ob_segment_writer_add(writer, &list->entries[i]);
    }
    return status;
}

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, OB_CHUNK_ID);
}

static ob_status attach_new(ob_index *index, ob_segment *segment)
{
    ob_mutex_lock(index->lock);
    ob_status status = index->segment_count < OB_SEGMENTS_MOST
                           ? ob_segment_attach(segment, &index->packs)
                           : ob_fail(OB_E_TOO_LARGE, "index cache: too many segments");
    if (!OB_FAILED(status)) {
        insert(index, segment);
    }
    ob_mutex_unlock(index->lock);
    return status;
}

ob_status ob_segments_add(ob_index *index, ob_index_entry *entries, size_t count,
                          const uint8_t *covers, uint32_t cover_count)
{
    renumber map = {0};
    ob_segment *segment = NULL;
    ob_mutex_lock(index->lock);
    ob_status status = renumber_init(&map, index);
    for (size_t i = 0; !OB_FAILED(status) && i < count; i++) {
        uint32_t number = entries[i].pack;
        status = renumber_add(&map, number, &index->packs.info[number]);
        entries[i].pack = map.local[number] - 1;
    }
    ob_mutex_unlock(index->lock);
    if (OB_FAILED(status)) {
        goto out;
    }
    if (count > 0) {
        qsort(entries, count, sizeof entries[0], by_id);
    }
    ob_segment_plan plan = {.check = index->check, .count = count, .covers = covers};
    plan.packs = map.infos;
    plan.pack_count = map.count;
    plan.cover_count = cover_count;
    entry_list list = {entries, count};
    status = write_segment(index, &plan, add_list, &list, true, &segment);
    if (!OB_FAILED(status)) {
        status = attach_new(index, segment);
    }
    if (!OB_FAILED(status)) {
        segment = NULL; /* transferred */
    }
out:
    ob_segment_close(segment, true);
    renumber_free(&map);
    return status;
}

/* ---- merging ---- */

typedef struct merge {
    ob_segment *from[2];
    const renumber *map;
} merge;

static ob_status add_merged(void *context, ob_segment_writer *writer)
{
    const merge *work = context;
    ob_index_entry head[2];
    uint64_t at[2] = {0, 0};
    bool have[2] = {false, false};
    ob_status status = OB_OK;
    while (!OB_FAILED(status)) {
        for (unsigned i = 0; i < 2 && !OB_FAILED(status); i++) {
            if (!have[i] && at[i] < work->from[i]->count) {
                status = ob_segment_at(work->from[i], at[i]++, &head[i]);
                have[i] = true;
            }
        }
        if (OB_FAILED(status) || (!have[0] && !have[1])) {
            break;
        }
        unsigned next = !have[0] || (have[1] && by_id(&head[1], &head[0]) < 0) ? 1 : 0;
        head[next].pack = work->map->local[head[next].pack] - 1;
        status = ob_segment_writer_add(writer, &head[next]);
        have[next] = false;
    }
    return status;
}

/* Two sorted lists of names into one. */
static ob_status merge_covers(const ob_segment *a, const ob_segment *b, ob_buf *out)
{
    uint32_t i = 0;
    uint32_t k = 0;
    while (i < a->cover_count || k < b->cover_count) {
        const uint8_t *left = a->covers + (size_t)i * OB_SHA256_SIZE;
        const uint8_t *right = b->covers + (size_t)k * OB_SHA256_SIZE;
        int order = i >= a->cover_count   ? 1
                    : k >= b->cover_count ? -1
                                          : memcmp(left, right, OB_SHA256_SIZE);
        ob_buf_put(out, order <= 0 ? left : right, OB_SHA256_SIZE);
        i += order <= 0 ? 1 : 0;
        k += order >= 0 ? 1 : 0;
    }
    return ob_buf_status(out);
}

static ob_status plan_merge(ob_index *index, ob_segment *const from[2], renumber *map)
{
    ob_mutex_lock(index->lock);
    ob_status status = renumber_init(map, index);
    ob_mutex_unlock(index->lock);
    for (unsigned i = 0; i < 2; i++) {
        for (uint32_t k = 0; !OB_FAILED(status) && k < from[i]->pack_count; k++) {
            ob_pack_info info = ob_segment_pack(from[i], k);
            status = renumber_add(map, from[i]->numbers[k], &info);
        }
    }
    return status;
}

static void take_out(ob_index *index, const ob_segment *segment)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < index->segment_count; i++) {
        if (index->segments[i] != segment) {
            index->segments[kept++] = index->segments[i];
        }
    }
    index->segment_count = kept;
}

/* Merges two. What lies in files does not move into memory. */
static ob_status merge_two(ob_index *index, ob_segment *larger, ob_segment *smaller)
{
    renumber map = {0};
    ob_buf covers = {0};
    ob_segment *merged = NULL;
    merge work = {{larger, smaller}, &map};
    ob_status status = plan_merge(index, work.from, &map);
    if (!OB_FAILED(status)) {
        status = merge_covers(larger, smaller, &covers);
    }
    ob_segment_plan plan = {.check = index->check, .packs = map.infos, .pack_count = map.count};
    plan.count = larger->count + smaller->count;
    plan.covers = covers.data;
    plan.cover_count = (uint32_t)(covers.length / OB_SHA256_SIZE);
    if (!OB_FAILED(status)) {
        bool memory = larger->path == NULL && smaller->path == NULL;
        status = write_segment(index, &plan, add_merged, &work, memory, &merged);
    }
    if (!OB_FAILED(status)) {
        ob_mutex_lock(index->lock);
        status = ob_segment_attach(merged, &index->packs);
        if (!OB_FAILED(status)) {
            take_out(index, larger);
            take_out(index, smaller);
            insert(index, merged);
        }
        ob_mutex_unlock(index->lock);
    }
    if (OB_FAILED(status)) {
        ob_segment_close(merged, true);
    } else {
        ob_segment_close(larger, true);
        ob_segment_close(smaller, true);
    }
    ob_buf_free(&covers);
    renumber_free(&map);
    return status;
}

/* Merges the two smallest, of all or of those in memory, unless they differ much. */
static bool merge_smallest(ob_index *index, bool in_memory)
{
    ob_segment *two[2] = {NULL, NULL};
    unsigned found = 0;
    for (unsigned i = index->segment_count; i-- > 0 && found < 2;) {
        if (!in_memory || index->segments[i]->path == NULL) {
            two[found++] = index->segments[i];
        }
    }
    return found == 2 && two[1]->count / 2 < two[0]->count + 1 &&
           !OB_FAILED(merge_two(index, two[1], two[0]));
}

/* Where the disk takes nothing any more, those in memory still merge with each other. */
void ob_segments_merge(ob_index *index)
{
    bool more = true;
    while (more) {
        more = merge_smallest(index, false) || merge_smallest(index, true);
    }
}
