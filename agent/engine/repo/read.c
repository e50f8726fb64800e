#include "ob/alloc.h"
#include "repo/damage.h"
#include "repo/point_object.h"
#include "repo/repo.h"

#include <stdio.h>
#include <string.h>

static void swap_index(ob_repo *repo, ob_index *index)
{
    ob_mutex_lock(&repo->packing.lock);
    ob_index *old = repo->index;
    index->troubles += old->troubles;
    if (old->trouble[0] != '\0') {
        memcpy(index->trouble, old->trouble, sizeof index->trouble);
    }
    repo->index = index;
    ob_mutex_unlock(&repo->packing.lock);
    ob_repo_free_index(old);
}

/* Loads the index into a new one, so that a failure leaves nothing half done. */
static ob_status load(ob_repo *repo)
{
    ob_index *index = NULL;
    ob_status status = ob_repo_new_index(repo, &index);
    if (!OB_FAILED(status)) {
        status = ob_index_refresh(index);
    }
    if (OB_FAILED(status)) {
        ob_repo_free_index(index);
        return status;
    }
    swap_index(repo, index);
    return OB_OK;
}

static ob_status ensure_loaded(ob_repo *repo, uint64_t *looked)
{
    ob_status status = OB_OK;
    ob_mutex_lock(&repo->loading);
    if (!repo->loaded) {
        status = load(repo);
        repo->loaded = !OB_FAILED(status);
    }
    *looked = repo->looked;
    ob_mutex_unlock(&repo->loading);
    return status;
}

/* Takes damaged files of the cache away. */
static bool drop_damaged(ob_repo *repo)
{
    bool any = false;
    ob_mutex_lock(&repo->packing.lock);
    ob_index *index = repo->index;
    unsigned count = index->segment_count;
    index->segment_count = 0;
    for (unsigned i = 0; i < count; i++) {
        if (index->segments[i]->damaged) {
            ob_segment_close(index->segments[i], true);
            any = true;
        } else {
            index->segments[index->segment_count++] = index->segments[i];
        }
    }
    ob_mutex_unlock(&repo->packing.lock);
    return any;
}

/* A chunk was not found or not readable: once, a damaged cache is made anew, and packs that no
 * index object lists are looked into. *again: there may be more to find now, also because another
 * thread did so since `looked` was read. */
static ob_status look_harder(ob_repo *repo, uint64_t looked, bool *again)
{
    ob_status status = OB_OK;
    bool more = false;
    *again = false;
    if (repo->for_write || repo->whole) {
        return OB_OK;
    }
    ob_mutex_lock(&repo->loading);
    *again = repo->looked != looked;
    if (drop_damaged(repo)) {
        status = load(repo);
        more = true;
    }
    if (!OB_FAILED(status) && !repo->index->packs_listed) {
        status = ob_index_list_packs(repo->index, false);
        more = true;
    }
    repo->looked += more ? 1 : 0;
    *again = *again || more;
    ob_mutex_unlock(&repo->loading);
    return status;
}

static bool find(ob_repo *repo, const ob_chunk_id *id, unsigned nth, bool bad,
                 ob_index_entry *entry, ob_pack_info *info)
{
    ob_mutex_lock(&repo->packing.lock);
    bool found = bad ? ob_index_find_bad(repo->index, id, nth, entry)
                     : ob_index_find(repo->index, id, nth, entry);
    if (found) {
        /* What is not uploaded yet cannot be read. */
        found = entry->pack != OB_PACK_POOLED &&
                (repo->index->packs.info[entry->pack].flags & OB_PACK_FILLING) == 0;
    }
    if (found) {
        *info = repo->index->packs.info[entry->pack];
    }
    ob_mutex_unlock(&repo->packing.lock);
    return found;
}

/* The first failure and its detail. */
typedef struct failure {
    ob_status status;
    char why[512];
} failure;

/* Tries the places where the chunk is said to be: those that are not known to be damaged, or the
 * others. */
static ob_status try_places(ob_repo *repo, ob_tools *tools, const ob_chunk_id *id, bool bad,
                            failure *first, ob_buf *out)
{
    ob_pack_info info;
    ob_index_entry entry;
    unsigned nth = 0;
    while (find(repo, id, nth, bad, &entry, &info)) {
        const ob_frame frame = {info.name, info.size, entry.offset, entry.length};
        ob_status status = ob_pack_read_chunk(repo->keys, &repo->pool, tools, &frame, id, out);
        if (!OB_FAILED(status) || !ob_repo_is_damage(status)) {
            return status;
        }
        if (first->status == OB_E_NOT_FOUND) {
            first->status = status;
            snprintf(first->why, sizeof first->why, "%s", ob_detail());
        }
        /* One that is noted is not counted among the good ones any more. */
        nth += bad || !ob_repo_note(repo, &entry, &info) ? 1 : 0;
    }
    return OB_E_NOT_FOUND;
}

static ob_status read_places(ob_repo *repo, ob_tools *tools, const ob_chunk_id *id, ob_buf *out)
{
    failure first = {OB_E_NOT_FOUND, "a chunk is not in the index"};
    ob_status status = try_places(repo, tools, id, false, &first, out);
    if (status == OB_E_NOT_FOUND) {
        status = try_places(repo, tools, id, true, &first, out);
    }
    return status == OB_E_NOT_FOUND ? ob_fail(first.status, "%s", first.why) : status;
}

ob_status ob_repo_read(ob_repo *repo, const ob_chunk_id *id, ob_buf *out)
{
    ob_tools *tools = NULL;
    bool again = false;
    uint64_t looked = 0;
    ob_status status = ensure_loaded(repo, &looked);
    if (!OB_FAILED(status)) {
        status = ob_tools_take(&repo->pool, &tools);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    status = read_places(repo, tools, id, out);
    if (ob_repo_is_damage(status)) {
        ob_status first = status;
        char why[512];
        snprintf(why, sizeof why, "%s", ob_detail());
        status = look_harder(repo, looked, &again);
        if (!OB_FAILED(status) && again) {
            status = read_places(repo, tools, id, out);
        }
        if (OB_FAILED(status) ? status == OB_E_NOT_FOUND : !again) {
            status = ob_fail(first, "%s", why);
        }
    }
    ob_tools_give(&repo->pool, tools);
    return status;
}

/* ---- the whole index ---- */

/* Looks at each block once. A file of the cache that is damaged goes. */
static bool drop_unsound(ob_repo *repo)
{
    for (unsigned i = 0; i < repo->index->segment_count; i++) {
        ob_segment *segment = repo->index->segments[i];
        ob_index_entry entry;
        for (uint64_t at = 0; at < segment->count && !segment->damaged; at++) {
            segment->damaged = OB_FAILED(ob_segment_at(segment, at, &entry));
        }
    }
    return drop_damaged(repo);
}

ob_status ob_repo_load_whole(ob_repo *repo)
{
    uint64_t looked = 0;
    uint32_t before = 0;
    ob_status status = ensure_loaded(repo, &looked);
    if (!OB_FAILED(status) && drop_unsound(repo)) {
        status = load(repo);
    }
    /* Each listing takes up a bounded number of packs. */
    do {
        before = repo->index->packs.count;
        repo->index->packs_listed = false;
        if (!OB_FAILED(status)) {
            status = ob_index_list_packs(repo->index, false);
        }
    } while (!OB_FAILED(status) && repo->index->packs.count > before);
    repo->whole = !OB_FAILED(status);
    return status;
}

bool ob_repo_locate(ob_repo *repo, const ob_chunk_id *id, uint32_t *pack, uint32_t *offset)
{
    ob_index_entry entry;
    ob_pack_info info;
    uint64_t looked = 0;
    if (OB_FAILED(ensure_loaded(repo, &looked)) || !find(repo, id, 0, false, &entry, &info)) {
        return false;
    }
    *pack = entry.pack;
    *offset = entry.offset;
    return true;
}

ob_status ob_repo_read_point(ob_repo *repo, const char *object_name, ob_buf *manifest)
{
    uint8_t *data = NULL;
    size_t length = 0;
    ob_tools *tools = NULL;
    ob_status status = ob_store_get_all(repo->engine->store, OB_OBJECT_POINT, object_name,
                                        OB_POINT_MOST, &data, &length);
    if (!OB_FAILED(status)) {
        status = ob_tools_take(&repo->pool, &tools);
    }
    if (!OB_FAILED(status)) {
        status =
            ob_point_object_open(tools, repo->engine->keys, object_name, data, length, manifest);
        if (ob_repo_is_damage(status)) {
            char why[512];
            snprintf(why, sizeof why, "%s", ob_detail());
            status = ob_fail(status, "point/%s: %s", object_name, why);
        }
    }
    ob_tools_give(&repo->pool, tools);
    ob_free(data);
    return status;
}
