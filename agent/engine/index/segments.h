/* The folder of the index cache: segments are made, merged and thrown away here. A cache that
 * cannot be written costs memory, not the work. */
#ifndef OB_ENGINE_INDEX_SEGMENTS_H
#define OB_ENGINE_INDEX_SEGMENTS_H

#include "index/index.h"

/* Opens the segments of the folder, which is made if absent, and removes what is of no use there.
 * `keep` says of each index object that a segment has in it whether the store has it too; a segment
 * with one that is gone is removed. */
typedef bool (*ob_segments_keep)(void *context, const uint8_t name[OB_SHA256_SIZE]);
ob_status ob_segments_load(ob_index *index, ob_segments_keep keep, void *context);

/* Makes a segment of entries and adds it to the index. Sorts the entries and changes their pack
 * numbers. `covers`: sorted names of the index objects. Takes the lock where it has to. */
ob_status ob_segments_add(ob_index *index, ob_index_entry *entries, size_t count,
                          const uint8_t *covers, uint32_t cover_count);

/* Merges small segments, so that their number stays in the order of log(chunks). Failures leave
 * things as they are. Takes the lock where it has to; one thread at a time. */
void ob_segments_merge(ob_index *index);

#endif
