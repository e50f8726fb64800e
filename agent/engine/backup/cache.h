/*
 * The list of the last run, kept in the cache folder: a file a policy, sealed by a key of the
 * keyring, so that a damaged one or another vault's is not used. It is a convenience: whatever is
 * wrong with it costs time and never a failure. docs/FORMAT.md, "The list in the cache".
 */
#ifndef OB_ENGINE_BACKUP_CACHE_H
#define OB_ENGINE_BACKUP_CACHE_H

#include "ob/text.h"
#include "point/list.h"

typedef struct ob_cache_head {
    int64_t started; /* of the run */
    ob_guid point;
    uint64_t entries, bytes;
} ob_cache_head;

typedef struct ob_cache_writer ob_cache_writer;

/* Begins a new file beside the old one. */
ob_status ob_cache_create(const ob_engine *engine, const char *policy, ob_cache_writer **out);
ob_status ob_cache_add(ob_cache_writer *writer, const uint8_t *chunk, size_t length);
/* Ends the file and puts it in the place of the old one. */
ob_status ob_cache_commit(ob_cache_writer *writer, const ob_cache_head *head);
void ob_cache_discard(ob_cache_writer *writer); /* frees; removes an uncommitted file; takes NULL */

typedef struct ob_cache_reader ob_cache_reader;

/* OB_E_NOT_FOUND, OB_E_CORRUPT, OB_E_FORMAT_VERSION, OB_E_SEAL (of other keys), OB_E_IO … */
ob_status ob_cache_open(const ob_engine *engine, const char *policy, ob_cache_reader **out);
const ob_cache_head *ob_cache_reader_head(const ob_cache_reader *reader);
/* The next chunk, borrowed until the next call; *data = NULL at the end. */
ob_status ob_cache_next(ob_cache_reader *reader, const uint8_t **data, size_t *length);
void ob_cache_close(ob_cache_reader *reader); /* takes NULL */

#endif
