/* Where the entries of a run go: the list's chunks, its table, and the list in the cache. */
#ifndef OB_ENGINE_BACKUP_OUTPUT_H
#define OB_ENGINE_BACKUP_OUTPUT_H

#include "backup/cache.h"
#include "job/report.h"
#include "point/table.h"

typedef struct ob_output {
    ob_repo *repo;
    ob_report *report;
    ob_list_writer list;
    ob_table_writer table;
    ob_cache_writer *cache;  /* NULL: the cache cannot be written; costs time in the next run */
    uint64_t entries, bytes; /* in the list */
    uint64_t selected;       /* of the entries, those that are not only passed through */
} ob_output;

/* Lists of `policy`. */
ob_status ob_output_begin(ob_output *output, const ob_engine *engine, ob_repo *repo,
                          ob_report *report, const char *policy);
ob_status ob_output_add(ob_output *output, const ob_entry *entry);
/* Hands out what is left; output->table.ids has the ids of the table then. */
ob_status ob_output_finish(ob_output *output);
/* After the point was committed: the list in the cache takes the place of the old one. */
void ob_output_keep_cache(ob_output *output, int64_t started, const ob_guid *point);
void ob_output_end(ob_output *output);

#endif
