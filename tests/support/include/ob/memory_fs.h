/*
 * A disk in memory behind ob_fs, which knows what would survive if the power went: the bytes of a
 * file since its last sync, and the names of a folder since its last dir_sync, are not safe yet.
 * Paths are "/a/b"; there are no permissions and symbolic links are not followed. Its own memory is
 * malloc()'s; handles and what is given away are ob_alloc()'s, as the real one's are.
 */
#ifndef OB_MEMORY_FS_H
#define OB_MEMORY_FS_H

#include "ob/fs.h"

typedef struct ob_memory_fs ob_memory_fs;

ob_memory_fs *ob_memory_fs_new(void); /* "/" and nothing in it */
/* With what is safe and what is not; open handles stay with the original. */
ob_memory_fs *ob_memory_fs_copy(const ob_memory_fs *from);
void ob_memory_fs_free(ob_memory_fs *memory); /* takes NULL */

const ob_fs *ob_memory_fs_use(ob_memory_fs *memory);
/* The time of what changes from now on, in ns since 1970; each change is a little later. */
void ob_memory_fs_set_time(ob_memory_fs *memory, int64_t now);
/* Bytes that writes may still add before they give OB_E_DISK_FULL; there is no end at first. */
void ob_memory_fs_set_room(ob_memory_fs *memory, uint64_t bytes);
void ob_memory_fs_settle(ob_memory_fs *memory); /* everything is safe */

typedef enum ob_power_cut {
    OB_CUT_DROPPED, /* nothing that is not safe is there */
    OB_CUT_EMPTY,   /* all names are there, their bytes are not: zeros or nothing */
    OB_CUT_TORN,    /* by chance: of names the older changes, of bytes any sectors */
    OB_CUT_KINDS
} ob_power_cut;
/* No handle is open. What is left is safe. */
void ob_memory_fs_power_cut(ob_memory_fs *memory, ob_power_cut how, uint64_t seed);

/* What differs first between two trees: type, bytes, target, mode, mtime of files; NULL if nothing.
 * A name of the left side that `missing_ok` (may be NULL) allows may be missing on the right.
 * Borrowed until the thread's next call. */
typedef bool (*ob_memory_fs_missing)(void *context, const char *path);
const char *ob_memory_fs_differs(const ob_memory_fs *left, const char *left_path,
                                 const ob_memory_fs *right, const char *right_path,
                                 ob_memory_fs_missing missing_ok, void *context);

#endif
