/*
 * One entry of a file list: what the point keeps of one name. docs/FORMAT.md, "Manifest and file
 * list".
 */
#ifndef OB_ENGINE_POINT_ENTRY_H
#define OB_ENGINE_POINT_ENTRY_H

#include "ob/buf.h"
#include "ob/fs.h"
#include "ob/repo.h"

/* Most bytes of an entry, so that a list chunk stays below OB_CHUNK_MOST. */
#define OB_ENTRY_MOST ((size_t)3 << 20)

enum ob_entry_flags {
    OB_ENTRY_PASSED = 1, /* a folder that was not selected itself, only something below it */
    OB_ENTRY_CHANGED = 2 /* changed while it was read: the content may be of two moments */
};

/* Texts and ids are borrowed; texts end with a NUL. info.atime and info.allocated are not kept,
 * info.inode_flags only in `more`. */
typedef struct ob_entry {
    const char *path;
    size_t path_length;
    ob_file_info info;
    const char *target; /* of a symbolic link, else "" */
    size_t target_length;
    unsigned depth; /* of a regular file: 0 = ids of its chunks, 1 = ids of lists of such ids */
    const ob_chunk_id *ids;
    size_t id_count;
    uint32_t extras;     /* OB_EXTRA_* that the file has and the point does not keep */
    uint32_t flags;      /* ob_entry_flags */
    const uint8_t *more; /* fields from 14 on as they stand in the list; point/extra.h reads them */
    size_t more_length;
} ob_entry;

/* Appends the fields of an entry (all but its path). */
void ob_entry_put_fields(ob_buf *out, const ob_entry *entry);
/* Reads them back into `entry`, whose path stays as it is. `target` receives the link's text.
 * OB_E_CORRUPT; OB_E_FORMAT_VERSION for a critical field that is not known. */
ob_status ob_entry_read_fields(ob_entry *entry, const uint8_t *data, size_t length, ob_buf *target);

#endif
