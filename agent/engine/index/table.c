#include "index/table.h"

#include "ob/alloc.h"

#include <string.h>

#define FIRST_CAPACITY 1024

void ob_chunk_table_free(ob_chunk_table *table)
{
    ob_free(table->entries);
    *table = (ob_chunk_table){0};
}

/* The place of the id, or the empty one where it belongs. */
static ob_index_entry *place_of(ob_index_entry *entries, size_t capacity, const ob_chunk_id *id)
{
    uint64_t hash = 0;
    memcpy(&hash, id->bytes, sizeof hash);
    size_t at = (size_t)hash & (capacity - 1);
    while (entries[at].pack != OB_PACK_NONE &&
           memcmp(entries[at].id.bytes, id->bytes, OB_CHUNK_ID) != 0) {
        at = (at + 1) & (capacity - 1);
    }
    return &entries[at];
}

ob_index_entry *ob_chunk_table_find(const ob_chunk_table *table, const ob_chunk_id *id)
{
    if (table->capacity == 0) {
        return NULL;
    }
    ob_index_entry *entry = place_of(table->entries, table->capacity, id);
    return entry->pack != OB_PACK_NONE ? entry : NULL;
}

static ob_status grow(ob_chunk_table *table)
{
    size_t capacity = table->capacity > 0 ? table->capacity * 2 : FIRST_CAPACITY;
    ob_index_entry *entries = ob_realloc_array(NULL, capacity, sizeof entries[0]);
    if (entries == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "index of %zu chunks", table->count);
    }
    for (size_t i = 0; i < capacity; i++) {
        entries[i].pack = OB_PACK_NONE;
    }
    for (size_t i = 0; i < table->capacity; i++) {
        if (table->entries[i].pack != OB_PACK_NONE) {
            *place_of(entries, capacity, &table->entries[i].id) = table->entries[i];
        }
    }
    ob_free(table->entries);
    table->entries = entries;
    table->capacity = capacity;
    return OB_OK;
}

ob_status ob_chunk_table_put(ob_chunk_table *table, const ob_index_entry *entry)
{
    if (table->count >= table->capacity - table->capacity / 4) {
        ob_status status = grow(table);
        if (OB_FAILED(status)) {
            return status;
        }
    }
    ob_index_entry *place = place_of(table->entries, table->capacity, &entry->id);
    table->count += place->pack == OB_PACK_NONE ? 1 : 0;
    *place = *entry;
    return OB_OK;
}
