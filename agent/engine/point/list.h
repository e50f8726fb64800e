/*
 * The file list of a point, cut into chunks where the hashes of the paths say so: a stretch of
 * entries that did not change gives the same chunks again, wherever it lies. docs/FORMAT.md,
 * "Manifest and file list".
 */
#ifndef OB_ENGINE_POINT_LIST_H
#define OB_ENGINE_POINT_LIST_H

#include "point/entry.h"

/* A finished chunk of the list; all borrowed. */
typedef struct ob_list_chunk {
    const uint8_t *data;
    size_t length;
    uint32_t entries;
    const char *first; /* path of its first entry */
    size_t first_length;
} ob_list_chunk;

typedef ob_status (*ob_list_sink)(void *context, const ob_list_chunk *chunk);

/* Zero-initialise but for sink and context. */
typedef struct ob_list_writer {
    ob_list_sink sink;
    void *context;
    ob_buf chunk;
    ob_buf fields;
    ob_buf first;
    ob_buf last; /* the path before */
    uint32_t entries;
} ob_list_writer;

/* Adds an entry; its path must come after the last one's (OB_E_UNEXPECTED). OB_E_TOO_LARGE if it is
 * larger than OB_ENTRY_MOST: nothing was added then. Also what the sink gives. */
ob_status ob_list_add(ob_list_writer *writer, const ob_entry *entry);
ob_status ob_list_finish(ob_list_writer *writer); /* hands out the last chunk */
void ob_list_writer_free(ob_list_writer *writer);

/* Reads one chunk. Zero-initialise, and open again as often as you like. */
typedef struct ob_list_reader {
    ob_reader in;
    ob_buf path; /* of the entry before, with a NUL that length counts; empty at the start */
    ob_buf target;
    bool any; /* an entry was read: `path` is one */
} ob_list_reader;

/* `data` is borrowed until the last ob_list_next(). */
ob_status ob_list_open(ob_list_reader *reader, const uint8_t *data, size_t length);
/* *more = false at the end. What `out` points to is valid until the next call. OB_E_CORRUPT ends
 * the chunk; OB_E_FORMAT_VERSION concerns this entry only (out->path is set) and reading may go
 * on. */
ob_status ob_list_next(ob_list_reader *reader, ob_entry *out, bool *more);
void ob_list_reader_free(ob_list_reader *reader);

#endif
