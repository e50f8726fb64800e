/* Writes a segment, from entries that come in the order of their ids. */
#ifndef OB_ENGINE_INDEX_SEGMENT_WRITE_H
#define OB_ENGINE_INDEX_SEGMENT_WRITE_H

#include "index/segment.h"

typedef struct ob_segment_writer ob_segment_writer;

/* What is known before the first entry. Borrowed until the end. */
typedef struct ob_segment_plan {
    const uint8_t *check;      /* OB_SEGMENT_CHECK bytes */
    uint64_t count;            /* entries at most */
    const ob_pack_info *packs; /* by local number */
    uint32_t pack_count;
    const uint8_t *covers; /* sorted, 32 bytes each */
    uint32_t cover_count;
} ob_segment_plan;

/* Into the file `path`, made new; with fs NULL into memory. */
ob_status ob_segment_writer_new(const ob_segment_plan *plan, const ob_fs *fs, const char *path,
                                ob_segment_writer **out);
/* The entry's pack is a local number. One that repeats the entry before it is left out. */
ob_status ob_segment_writer_add(ob_segment_writer *writer, const ob_index_entry *entry);
/* With memory: gives the bytes away; free with ob_free(). */
ob_status ob_segment_writer_end(ob_segment_writer *writer, uint8_t **data, size_t *length);
void ob_segment_writer_free(ob_segment_writer *writer); /* takes NULL; leaves the file */

#endif
