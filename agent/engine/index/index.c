#include "index/index.h"

#include "ob/alloc.h"
#include "pack/toc.h"

#include <stdio.h>
#include <string.h>

ob_status ob_index_init(ob_index *index, const ob_engine *engine, ob_tools_pool *pool,
                        ob_mutex *lock)
{
    *index = (ob_index){.fs = engine->fs, .keys = engine->keys, .store = engine->store};
    index->pool = pool;
    index->lock = lock;
    index->checkpoint_at = OB_CHECKPOINT_AT;
    ob_status status =
        ob_key_from_master(engine->keys, OB_KEY_CACHE, index->check, sizeof index->check);
    if (OB_FAILED(status)) {
        return status;
    }
    index->dir = ob_path_join(engine->cache_dir, "index");
    return index->dir != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "index");
}

void ob_index_destroy(ob_index *index)
{
    for (unsigned i = 0; i < index->segment_count; i++) {
        ob_segment_close(index->segments[i], index->segments[i]->damaged);
    }
    ob_chunk_table_free(&index->recent);
    ob_packs_free(&index->packs);
    ob_bad_places_free(&index->bad);
    ob_free(index->dir);
}

static bool usable(const ob_index *index, const ob_index_entry *entry)
{
    if (entry->pack == OB_PACK_POOLED) {
        return true;
    }
    const ob_pack_info *info = &index->packs.info[entry->pack];
    if ((info->flags & OB_PACK_FILLING) != 0) {
        return true;
    }
    return (info->flags & OB_PACK_MISSING) == 0 && entry->offset >= OB_HEADER_SIZE &&
           entry->length >= OB_FRAME_LEAST && entry->length <= OB_FRAME_MOST &&
           (uint64_t)entry->offset + entry->length <= info->size;
}

static bool is_bad(const ob_index *index, const ob_index_entry *entry)
{
    return index->bad.count > 0 && entry->pack != OB_PACK_POOLED &&
           (index->packs.info[entry->pack].flags & OB_PACK_FILLING) == 0 &&
           ob_bad_places_has(&index->bad, index->packs.info[entry->pack].name, entry->offset);
}

/* *segment: where it was found, if that was a segment. */
static bool find(ob_index *index, const ob_chunk_id *id, unsigned nth, bool bad,
                 ob_index_entry *out, unsigned *segment)
{
    ob_index_entry found;
    const ob_index_entry *recent = ob_chunk_table_find(&index->recent, id);
    if (recent != NULL && usable(index, recent) && is_bad(index, recent) == bad && nth-- == 0) {
        *out = *recent;
        return true;
    }
    for (unsigned i = index->segment_count; i-- > 0;) {
        for (unsigned k = 0; ob_segment_find(index->segments[i], id, k, &found); k++) {
            if (usable(index, &found) && is_bad(index, &found) == bad && nth-- == 0) {
                *out = found;
                *segment = i;
                return true;
            }
        }
    }
    return false;
}

bool ob_index_find(ob_index *index, const ob_chunk_id *id, unsigned nth, ob_index_entry *out)
{
    unsigned segment = 0;
    return find(index, id, nth, false, out, &segment);
}

bool ob_index_have(ob_index *index, const ob_chunk_id *id, ob_index_entry *out)
{
    ob_index_entry found;
    if (index->last_hit < index->segment_count &&
        ob_segment_find(index->segments[index->last_hit], id, 0, &found) &&
        usable(index, &found) && !is_bad(index, &found)) {
        *out = found;
        return true;
    }
    return find(index, id, 0, false, out, &index->last_hit);
}

bool ob_index_find_bad(ob_index *index, const ob_chunk_id *id, unsigned nth, ob_index_entry *out)
{
    unsigned segment = 0;
    return index->bad.count > 0 && find(index, id, nth, true, out, &segment);
}

void ob_index_use(ob_index *index, uint32_t pack)
{
    if (pack != OB_PACK_POOLED) {
        index->packs.info[pack].flags |= OB_PACK_USED;
    }
}

void ob_index_note(ob_index *index, const char *what)
{
    if (index->troubles++ == 0) {
        snprintf(index->trouble, sizeof index->trouble, "%s", what);
    }
}
