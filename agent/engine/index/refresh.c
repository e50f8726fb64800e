#include "index/segments.h"

#include "ob/alloc.h"
#include "ob/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Entries that are read into memory before they become a segment: 8 MiB. */
#define BATCH ((size_t)256 << 10)
#define NAMES_MOST ((size_t)64 << 20) /* bytes: 2 million index objects */

/* Appends the name of a listed object as bytes. */
static ob_status list_name(void *context, const char *name, uint64_t size)
{
    uint8_t bytes[OB_SHA256_SIZE];
    (void)size;
    if (OB_FAILED(ob_hex_decode(bytes, sizeof bytes, name, strlen(name)))) {
        return OB_OK;
    }
    ob_buf_put(context, bytes, sizeof bytes);
    return ob_buf_status(context);
}

static int by_name(const void *a, const void *b)
{
    return memcmp(a, b, OB_SHA256_SIZE);
}

static bool is_listed(void *context, const uint8_t name[OB_SHA256_SIZE])
{
    const ob_buf *names = context;
    return names->length > 0 && bsearch(name, names->data, names->length / OB_SHA256_SIZE,
                                        OB_SHA256_SIZE, by_name) != NULL;
}

static bool is_covered(const ob_index *index, const uint8_t name[OB_SHA256_SIZE])
{
    for (unsigned i = 0; i < index->segment_count; i++) {
        if (ob_segment_covers(index->segments[i], name)) {
            return true;
        }
    }
    return false;
}

/* Entries of index objects on their way to a segment. */
typedef struct batch {
    ob_index *index;
    ob_index_entry *entries;
    size_t count, capacity;
    ob_buf covers;
    uint32_t pack; /* number of the pack that is being read */
    bool bad;      /* the object tells of damage */
} batch;

static ob_status take_pack(void *context, const ob_pack_info *info)
{
    batch *into = context;
    ob_packs *packs = &into->index->packs;
    ob_status status = ob_packs_add(packs, info->name, info->size, info->class, &into->pack);
    if (!OB_FAILED(status)) {
        packs->info[into->pack].flags |= OB_PACK_LISTED;
    }
    return status;
}

static ob_status take_entry(void *context, const ob_index_entry *entry)
{
    batch *into = context;
    if (into->count == into->capacity) {
        size_t capacity = into->capacity * 2 + 1024;
        ob_index_entry *entries = ob_realloc_array(into->entries, capacity, sizeof entries[0]);
        if (entries == NULL) {
            return ob_fail(OB_E_NO_MEMORY, "index of %zu chunks", into->count);
        }
        into->entries = entries;
        into->capacity = capacity;
    }
    into->entries[into->count] = *entry;
    into->entries[into->count++].pack = into->pack;
    return OB_OK;
}

static ob_status take_bad(void *context, const ob_pack_info *info, const ob_index_entry *entry)
{
    batch *into = context;
    into->bad = true;
    ob_status status = ob_bad_places_add(&into->index->bad, info->name, entry->offset);
    /* What is too much is met as damage when it is read. */
    return status == OB_E_TOO_LARGE ? OB_OK : status;
}

static ob_status flush(batch *from)
{
    ob_status status = OB_OK;
    if (from->covers.length > 0) {
        status = ob_segments_add(from->index, from->entries, from->count, from->covers.data,
                                 (uint32_t)(from->covers.length / OB_SHA256_SIZE));
        if (!OB_FAILED(status)) {
            ob_segments_merge(from->index);
        }
    }
    ob_buf_clear(&from->covers);
    from->count = 0;
    return status;
}

/* True for what is wrong with one object, and not with the store or with this machine. */
static bool is_damage(ob_status status)
{
    return status == OB_E_CORRUPT || status == OB_E_SEAL || status == OB_E_FORMAT_VERSION ||
           status == OB_E_TOO_LARGE || status == OB_E_NOT_FOUND || status == OB_E_IO ||
           status == OB_E_ACCESS_DENIED;
}

static ob_status read_object(batch *into, ob_tools *tools, const uint8_t *name)
{
    static const ob_index_sink sink = {NULL, take_pack, take_entry, take_bad};
    ob_index *index = into->index;
    ob_index_sink to = sink;
    char text[OB_SHA256_HEX];
    uint8_t *data = NULL;
    size_t length = 0;
    ob_buf plain = {.limit = OB_INDEX_MOST};
    size_t before = into->count;
    into->bad = false;
    to.context = into;
    ob_hex_encode(text, name, OB_SHA256_SIZE);
    ob_status status =
        ob_store_get_all(index->store, OB_OBJECT_INDEX, text, OB_INDEX_MOST, &data, &length);
    if (!OB_FAILED(status)) {
        status = ob_index_open(tools, index->keys, name, data, length, &plain);
    }
    ob_free(data);
    if (!OB_FAILED(status)) {
        status = ob_index_read(plain.data, plain.length, &to);
    }
    ob_buf_free(&plain);
    if (!OB_FAILED(status) && !into->bad) {
        /* No segment has what the others tell: they are few, and are read each time. */
        ob_buf_put(&into->covers, name, OB_SHA256_SIZE);
        status = ob_buf_status(&into->covers);
    } else if (is_damage(status)) {
        char what[256];
        snprintf(what, sizeof what, "index/%s: %.150s", text, ob_detail());
        ob_index_note(index, what);
        into->count = before;
        status = OB_OK;
    }
    return status;
}

static ob_status read_new(ob_index *index, const ob_buf *names)
{
    batch into = {.index = index};
    ob_tools *tools = NULL;
    ob_status status = OB_OK;
    for (size_t at = 0; !OB_FAILED(status) && at < names->length; at += OB_SHA256_SIZE) {
        if (is_covered(index, names->data + at)) {
            continue;
        }
        if (tools == NULL) {
            status = ob_tools_take(index->pool, &tools);
        }
        if (!OB_FAILED(status)) {
            status = read_object(&into, tools, names->data + at);
        }
        if (!OB_FAILED(status) && into.count >= BATCH) {
            status = flush(&into);
        }
    }
    if (!OB_FAILED(status)) {
        status = flush(&into);
    }
    ob_tools_give(index->pool, tools);
    ob_free(into.entries);
    ob_buf_free(&into.covers);
    return status;
}

ob_status ob_index_refresh(ob_index *index)
{
    ob_buf names = {.limit = NAMES_MOST};
    ob_status status =
        index->store->ops->list(index->store, OB_OBJECT_INDEX, "", list_name, &names);
    if (!OB_FAILED(status) && names.length > 0) {
        /* The store sorts them, but it is not to be trusted. */
        qsort(names.data, names.length / OB_SHA256_SIZE, OB_SHA256_SIZE, by_name);
    }
    if (!OB_FAILED(status)) {
        status = ob_segments_load(index, is_listed, &names);
    }
    if (!OB_FAILED(status)) {
        status = read_new(index, &names);
    }
    if (!OB_FAILED(status)) {
        ob_segments_merge(index);
    }
    ob_buf_free(&names);
    return status;
}
