/*
 * Chunks that no sorted file of the index has yet: a hash table with open addressing. Ids are
 * uniform already, so their first bytes are the hash.
 */
#ifndef OB_ENGINE_INDEX_TABLE_H
#define OB_ENGINE_INDEX_TABLE_H

#include "ob/repo.h"

/* 32 bytes: the index is as large as the number of chunks times this. */
typedef struct ob_index_entry {
    ob_chunk_id id;
    uint32_t pack;   /* number in ob_packs, or one of the two below */
    uint32_t offset; /* in the pack */
    uint32_t length; /* with the seal */
} ob_index_entry;

#define OB_PACK_NONE 0xFFFFFFFFu   /* an empty place of the table */
#define OB_PACK_POOLED 0xFFFFFFFEu /* it waits for its place in a pack */

/* Zero-initialise before use. */
typedef struct ob_chunk_table {
    ob_index_entry *entries;
    size_t capacity; /* 0 or a power of two */
    size_t count;
} ob_chunk_table;

void ob_chunk_table_free(ob_chunk_table *table);
/* NULL if it is not there. Valid until the next put. */
ob_index_entry *ob_chunk_table_find(const ob_chunk_table *table, const ob_chunk_id *id);
/* Adds an entry, or replaces the one of the same id. */
ob_status ob_chunk_table_put(ob_chunk_table *table, const ob_index_entry *entry);

#endif
