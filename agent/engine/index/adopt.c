#include "index/index.h"

#include "ob/alloc.h"
#include "ob/text.h"
#include "pack/read.h"

#include <stdio.h>
#include <string.h>

/* Packs whose table of contents is read in one go: 64 GiB of data. What is left comes next time. */
#define ADOPT_MOST 4096

typedef struct listing {
    ob_index *index;
    ob_buf unknown; /* name and length (u64) of each */
} listing;

#define UNKNOWN_SIZE (OB_SHA256_SIZE + 8)

static ob_status visit(void *context, const char *name, uint64_t size)
{
    listing *into = context;
    uint8_t bytes[OB_SHA256_SIZE];
    uint32_t number = 0;
    if (OB_FAILED(ob_hex_decode(bytes, sizeof bytes, name, strlen(name)))) {
        return OB_OK;
    }
    ob_mutex_lock(into->index->lock);
    bool known = ob_packs_find(&into->index->packs, bytes, &number);
    if (known) {
        ob_pack_info *info = &into->index->packs.info[number];
        info->flags |= size == info->size ? OB_PACK_MET : 0;
    }
    ob_mutex_unlock(into->index->lock);
    if (!known && into->unknown.length < (size_t)ADOPT_MOST * UNKNOWN_SIZE) {
        ob_buf_put(&into->unknown, bytes, sizeof bytes);
        ob_buf_put_u64(&into->unknown, size);
    }
    return ob_buf_status(&into->unknown);
}

static void mark_missing(ob_index *index)
{
    for (uint32_t i = 0; i < index->packs.count; i++) {
        ob_pack_info *info = &index->packs.info[i];
        if ((info->flags & (OB_PACK_MET | OB_PACK_FILLING)) == 0) {
            info->flags |= OB_PACK_MISSING;
        }
    }
}

static ob_status take(ob_index *index, const ob_pack_head *head, const uint8_t *name, uint64_t size)
{
    uint32_t number = 0;
    ob_status status =
        ob_packs_add(&index->packs, name, (uint32_t)size, head->header.class, &number);
    for (uint32_t i = 0; !OB_FAILED(status) && i < head->footer.count; i++) {
        const ob_toc_entry *from = &head->entries[i];
        ob_index_entry entry = {from->id, number, from->offset, from->stored};
        if (!ob_bad_places_has(&index->bad, name, from->offset) &&
            ob_chunk_table_find(&index->recent, &from->id) == NULL) {
            status = ob_chunk_table_put(&index->recent, &entry);
            index->ready++;
        }
    }
    return status;
}

static ob_status adopt(ob_index *index, ob_tools *tools, const uint8_t *name, uint64_t size)
{
    ob_pack_head head = {0};
    char text[OB_SHA256_HEX];
    ob_hex_encode(text, name, OB_SHA256_SIZE);
    ob_status status = ob_pack_read_head(index->store, index->keys, tools, text, size, &head);
    if (!OB_FAILED(status)) {
        ob_mutex_lock(index->lock);
        status = take(index, &head, name, size);
        ob_mutex_unlock(index->lock);
    } else if (status == OB_E_CORRUPT || status == OB_E_SEAL || status == OB_E_NOT_FOUND ||
               status == OB_E_FORMAT_VERSION || status == OB_E_IO || status == OB_E_ACCESS_DENIED) {
        char what[256];
        snprintf(what, sizeof what, "%.250s", ob_detail());
        ob_mutex_lock(index->lock);
        ob_index_note(index, what);
        ob_mutex_unlock(index->lock);
        status = OB_OK;
    }
    ob_pack_head_free(&head);
    return status;
}

static ob_status adopt_all(ob_index *index, const ob_buf *unknown, bool checkpoint)
{
    ob_tools *tools = NULL;
    ob_status status = ob_tools_take(index->pool, &tools);
    ob_reader reader = ob_reader_of(unknown->data, unknown->length);
    while (!OB_FAILED(status) && ob_reader_left(&reader) > 0) {
        const uint8_t *name = ob_read_bytes(&reader, OB_SHA256_SIZE);
        status = adopt(index, tools, name, ob_read_u64(&reader));
        if (!OB_FAILED(status) && checkpoint && ob_index_checkpoint_due(index)) {
            status = ob_index_checkpoint(index);
        }
    }
    ob_tools_give(index->pool, tools);
    return status;
}

ob_status ob_index_list_packs(ob_index *index, bool for_write)
{
    listing into = {.index = index};
    if (index->packs_listed) {
        return OB_OK;
    }
    ob_status status = index->store->ops->list(index->store, OB_OBJECT_PACK, "", visit, &into);
    if (!OB_FAILED(status)) {
        ob_mutex_lock(index->lock);
        if (for_write) {
            mark_missing(index);
        }
        index->packs_listed = true;
        ob_mutex_unlock(index->lock);
    }
    if (!OB_FAILED(status) && into.unknown.length > 0) {
        status = adopt_all(index, &into.unknown, for_write);
    }
    ob_buf_free(&into.unknown);
    return status;
}
