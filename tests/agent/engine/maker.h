/* Makes points entry by entry, or chunk by chunk, right ones and wrong ones. */
#ifndef OB_TEST_MAKER_H
#define OB_TEST_MAKER_H

#include "point/manifest.h"
#include "point/table.h"
#include "rig.h"

typedef struct maker {
    ob_repo *repo;
    ob_list_writer list;
    ob_table_writer table;
    ob_manifest manifest;      /* change it before maker_commit() */
    const ob_chunk_id *damage; /* goes into the table instead of the next chunk's id */
} maker;

void maker_begin(maker *self, rig *rig);
/* A folder; or an empty file, or a link to "x". */
void maker_add(maker *self, const char *path, ob_file_type type);
void maker_add_entry(maker *self, const ob_entry *entry);
/* Any bytes as a chunk of the list. */
void maker_add_chunk(maker *self, const ob_list_chunk *chunk);
/* One entry as a chunk of its own, its path not checked. */
void maker_add_raw(maker *self, const char *path, const ob_entry *entry, const char *first);
ob_guid maker_commit(maker *self); /* frees */

#endif
