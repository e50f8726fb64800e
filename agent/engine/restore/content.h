/* Writes the content of a file, or of one of its alternate streams, from the vault. */
#ifndef OB_ENGINE_RESTORE_CONTENT_H
#define OB_ENGINE_RESTORE_CONTENT_H

#include "point/extra.h"
#include "restore/restore.h"

/* What is to be written. `chunk` is memory to work in. */
typedef struct ob_restore_content {
    ob_restore *restore;
    const char *place; /* for people */
    uint64_t size;
    unsigned depth;
    const ob_chunk_id *ids;
    size_t id_count;
    bool beside;                    /* an alternate stream: the totals are of files' contents */
    const ob_reader *map;           /* of a sparse file; NULL: the ids have every byte */
    bool (*stopped)(void *context); /* asked at each chunk; NULL: never */
    void *context;
    ob_buf *chunk;
} ob_restore_content;

/* Writes it into an empty file. OB_E_CORRUPT if the vault does not have just that. */
ob_status ob_restore_content_write(const ob_restore_content *content, ob_file *file);

#endif
