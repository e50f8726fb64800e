/*
 * A segment: one sorted file of the local index cache, read through a memory map (or from memory,
 * where the cache's disk does not take it). docs/FORMAT.md, "Index cache". Nothing in it is
 * believed: its head is under a hash, each block of entries under a checksum that is looked at
 * before the block's first use.
 */
#ifndef OB_ENGINE_INDEX_SEGMENT_H
#define OB_ENGINE_INDEX_SEGMENT_H

#include "index/packs.h"
#include "index/table.h"
#include "ob/fs.h"

#define OB_SEGMENT_CHECK 16 /* bytes that tell whose cache it is */

typedef struct ob_segment {
    const ob_fs *fs; /* of the map; NULL: `data` is memory of its own */
    char *path;      /* of its file; NULL: none */
    const uint8_t *data;
    size_t length;
    uint64_t count; /* entries */
    uint32_t pack_count;
    uint32_t cover_count;
    unsigned bits;         /* of an id that the fan-out takes */
    const uint8_t *covers; /* names of the index objects that are in it, sorted, 32 bytes each */
    const uint8_t *packs, *fanout, *sums, *entries;
    uint32_t *numbers; /* local number of a pack -> number in ob_packs */
    uint8_t *checked;  /* bit a block of entries: its checksum was right */
    bool damaged;      /* a checksum was wrong: the file is of no use any more */
} ob_segment;

/* OB_E_CORRUPT if the file is damaged, of another version or of another repository, and the
 * failures of the file system. */
ob_status ob_segment_open(const ob_fs *fs, const char *path, const uint8_t check[OB_SEGMENT_CHECK],
                          ob_segment **out);
/* The same over memory of ob_alloc(), which it takes over on success. */
ob_status ob_segment_open_memory(uint8_t *data, size_t length,
                                 const uint8_t check[OB_SEGMENT_CHECK], ob_segment **out);
/* Adds its packs to `packs`; before the first find. */
ob_status ob_segment_attach(ob_segment *segment, ob_packs *packs);
/* Unmaps; takes NULL. With `remove_file` its file goes too, as far as the system lets it. */
void ob_segment_close(ob_segment *segment, bool remove_file);

/* The `nth` entry (from 0) of an id; its pack is a number in ob_packs. False if there is none, also
 * when the place where it would be is damaged. */
bool ob_segment_find(ob_segment *segment, const ob_chunk_id *id, unsigned nth, ob_index_entry *out);
/* Entry at a position, in the order of ids. OB_E_CORRUPT; does not touch `checked`. */
ob_status ob_segment_at(const ob_segment *segment, uint64_t position, ob_index_entry *out);
bool ob_segment_covers(const ob_segment *segment, const uint8_t name[OB_SHA256_SIZE]);
ob_pack_info ob_segment_pack(const ob_segment *segment, uint32_t local);

#endif
