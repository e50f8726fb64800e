#include "index/segments.h"

#include "ob/alloc.h"
#include "ob/text.h"

#include <stdlib.h>
#include <string.h>

/* True if an entry's pack is whole and in no index object yet. */
static bool is_ready(const ob_index *index, const ob_index_entry *entry)
{
    if (entry->pack == OB_PACK_NONE || entry->pack == OB_PACK_POOLED) {
        return false;
    }
    uint8_t flags = index->packs.info[entry->pack].flags;
    return (flags & (OB_PACK_FILLING | OB_PACK_LISTED | OB_PACK_MISSING)) == 0;
}

static size_t count_ready(const ob_index *index)
{
    size_t count = 0;
    for (size_t i = 0; i < index->recent.capacity; i++) {
        count += is_ready(index, &index->recent.entries[i]) ? 1 : 0;
    }
    return count;
}

bool ob_index_checkpoint_due(const ob_index *index)
{
    return !index->checkpointing && index->ready >= index->checkpoint_at;
}

static ob_status collect(ob_index *index, ob_index_entry **out, size_t *count)
{
    size_t ready = count_ready(index);
    ob_index_entry *entries = ob_realloc_array(NULL, ready, sizeof entries[0]);
    if (entries == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "index of %zu chunks", ready);
    }
    size_t at = 0;
    for (size_t i = 0; i < index->recent.capacity; i++) {
        if (is_ready(index, &index->recent.entries[i])) {
            entries[at++] = index->recent.entries[i];
        }
    }
    index->ready = 0;
    *out = entries;
    *count = ready;
    return OB_OK;
}

static int by_place(const void *a, const void *b)
{
    const ob_index_entry *left = a;
    const ob_index_entry *right = b;
    if (left->pack != right->pack) {
        return left->pack < right->pack ? -1 : 1;
    }
    return left->offset < right->offset ? -1 : left->offset > right->offset ? 1 : 0;
}

ob_status ob_index_put(ob_index *index, const ob_buf *plain, uint8_t name[OB_SHA256_SIZE])
{
    char text[OB_SHA256_HEX];
    ob_buf object = {.limit = OB_INDEX_MOST};
    ob_tools *tools = NULL;
    ob_status status = ob_tools_take(index->pool, &tools);
    if (!OB_FAILED(status)) {
        status = ob_index_seal(tools, index->keys, plain, &object, name);
    }
    ob_tools_give(index->pool, tools);
    if (!OB_FAILED(status)) {
        ob_hex_encode(text, name, OB_SHA256_SIZE);
        status =
            index->store->ops->put(index->store, OB_OBJECT_INDEX, text, object.data, object.length);
    }
    ob_buf_free(&object);
    return status;
}

/* True if a segment says the same. That the object store has an entry is not enough to let go of it:
 * the segment of an earlier checkpoint may have failed. */
static bool is_in_segment(const ob_index *index, const ob_index_entry *entry)
{
    ob_index_entry found;
    for (unsigned i = index->segment_count; i-- > 0;) {
        for (unsigned k = 0; ob_segment_find(index->segments[i], &entry->id, k, &found); k++) {
            if (found.pack == entry->pack && found.offset == entry->offset) {
                return true;
            }
        }
    }
    return false;
}

/* Takes out of the table what a segment has now. Without memory for a smaller table it stays, which
 * is of no harm. */
static void shrink(ob_index *index)
{
    ob_chunk_table smaller = {0};
    ob_status status = OB_OK;
    for (size_t i = 0; !OB_FAILED(status) && i < index->recent.capacity; i++) {
        const ob_index_entry *entry = &index->recent.entries[i];
        if (entry->pack == OB_PACK_NONE ||
            (entry->pack != OB_PACK_POOLED &&
             (index->packs.info[entry->pack].flags & OB_PACK_LISTED) != 0 &&
             is_in_segment(index, entry))) {
            continue;
        }
        status = ob_chunk_table_put(&smaller, entry);
    }
    if (OB_FAILED(status)) {
        ob_chunk_table_free(&smaller);
    } else {
        ob_chunk_table_free(&index->recent);
        index->recent = smaller;
    }
}

static ob_status write_checkpoint(ob_index *index, ob_index_entry *entries, size_t count)
{
    uint8_t name[OB_SHA256_SIZE];
    ob_buf plain = {.limit = OB_INDEX_MOST};
    qsort(entries, count, sizeof entries[0], by_place);
    ob_mutex_lock(index->lock);
    ob_status status = ob_index_write(&index->packs, entries, count, &plain);
    ob_mutex_unlock(index->lock);
    if (!OB_FAILED(status)) {
        status = ob_index_put(index, &plain, name);
    }
    ob_buf_free(&plain);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_mutex_lock(index->lock);
    for (size_t i = 0; i < count; i++) {
        index->packs.info[entries[i].pack].flags |= OB_PACK_LISTED;
    }
    ob_mutex_unlock(index->lock);
    /* The object is there; without a segment it is read again the next time. */
    if (!OB_FAILED(ob_segments_add(index, entries, count, name, 1))) {
        ob_mutex_lock(index->lock);
        shrink(index);
        ob_mutex_unlock(index->lock);
        ob_segments_merge(index);
    }
    return OB_OK;
}

ob_status ob_index_checkpoint(ob_index *index)
{
    ob_index_entry *entries = NULL;
    size_t count = 0;
    ob_mutex_lock(index->lock);
    bool busy = index->checkpointing;
    index->checkpointing = true;
    ob_status status = busy ? OB_OK : collect(index, &entries, &count);
    ob_mutex_unlock(index->lock);
    if (busy) {
        return OB_OK;
    }
    if (!OB_FAILED(status) && count > 0) {
        status = write_checkpoint(index, entries, count);
    }
    ob_free(entries);
    ob_mutex_lock(index->lock);
    index->checkpointing = false;
    ob_mutex_unlock(index->lock);
    return status;
}
