/* Where a sparse file has its data, and the reading of nothing else. */
#ifndef OB_ENGINE_BACKUP_EXTENTS_H
#define OB_ENGINE_BACKUP_EXTENTS_H

#include "point/extra.h"

/* Zero-initialise. */
typedef struct ob_extents {
    ob_extent *list;
    size_t count, capacity;
    uint64_t bytes; /* of data, all together */
    bool holes;     /* there are some */
    size_t at;      /* extent that is read from next … */
    uint64_t done;  /* … and bytes of it that were read */
    uint64_t taken; /* bytes that were read of all of them */
} ob_extents;

void ob_extents_free(ob_extents *extents);
/* Finds out what an open file of info->size bytes has. Where that cannot be found out, or there are
 * more than OB_EXTENTS_MOST, holes count as data. OB_E_NO_MEMORY. */
ob_status ob_extents_map(ob_extents *extents, const ob_fs *fs, ob_file *file,
                         const ob_file_info *info);
/* Reads on, up to `length` bytes of data; *got < length only at the end, where what is missing is
 * cut off the extents. */
ob_status ob_extents_read(ob_extents *extents, const ob_fs *fs, ob_file *file, void *data,
                          size_t length, size_t *got);
/* Where the data end. */
uint64_t ob_extents_end(const ob_extents *extents);
/* Bytes of hole between the start of a file of `size` bytes and what is read next; behind the last
 * data all that there are. */
uint64_t ob_extents_passed(const ob_extents *extents, uint64_t size);

#endif
