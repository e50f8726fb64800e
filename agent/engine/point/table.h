/*
 * The table of a point's list chunks: a row a chunk. The table itself is cut into chunks, whose ids
 * stand in the manifest, so that the manifest stays small however long the list is.
 */
#ifndef OB_ENGINE_POINT_TABLE_H
#define OB_ENGINE_POINT_TABLE_H

#include "point/list.h"

typedef struct ob_table_row {
    ob_chunk_id id;
    uint32_t length; /* bytes of the list chunk */
    uint32_t entries;
    uint32_t first_length;
    const char *first; /* path of the first entry, borrowed from the table; no NUL behind it */
} ob_table_row;

/* Zero-initialise but for the repository. */
typedef struct ob_table_writer {
    ob_repo *repo;
    ob_buf chunk;
    ob_buf ids; /* of the table's chunks so far */
    uint32_t rows;
    uint64_t stored;
} ob_table_writer;

ob_status ob_table_add(ob_table_writer *writer, const ob_list_chunk *chunk, const ob_chunk_id *id);
ob_status ob_table_finish(ob_table_writer *writer);
void ob_table_writer_free(ob_table_writer *writer);

/* Zero-initialise. */
typedef struct ob_table {
    ob_table_row *rows;
    size_t count, capacity;
    ob_buf *chunks; /* the rows borrow from them */
    size_t chunk_count;
} ob_table;

/* Reads a whole table: OB_E_CORRUPT, OB_E_FORMAT_VERSION, and what reading chunks gives. */
ob_status ob_table_read(ob_table *table, ob_repo *repo, const ob_chunk_id *ids, size_t count);
void ob_table_free(ob_table *table);
/* The first row in [from, count) whose first path is behind `path` (and not below it when `beyond`
 * is set); count if there is none. */
size_t ob_table_after(const ob_table *table, size_t from, const char *path, size_t length,
                      bool beyond);

/* One chunk of a table, appended to `table` with its rows borrowing from `data`. */
ob_status ob_table_parse(ob_table *table, const uint8_t *data, size_t length);

#endif
