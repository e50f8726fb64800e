/* Restores one file: under a temporary name first, under its own when it is whole. */
#ifndef OB_ENGINE_RESTORE_FILE_H
#define OB_ENGINE_RESTORE_FILE_H

#include "point/ids.h"
#include "restore/target.h"

/* Where a file ended up. */
typedef struct ob_restored {
    bool done;                    /* false: it existed and stays */
    char copy[OB_COPY_NAME_MOST]; /* the name it got, if not its own; else "" */
} ob_restored;

/* Where a file is to go. */
typedef struct ob_placing {
    ob_target *target;
    const char *name;
    const char *place; /* ends with the name */
} ob_placing;

/* *stays: what exists there is to be kept, and the caller of the job was told so. */
ob_status ob_file_stays(const ob_placing *placing, bool *stays);

/* The content of a regular file; asks `stopped` at each chunk. `chunk` is memory to work in. */
typedef struct ob_file_source {
    const ob_entry *entry; /* its info and ids */
    bool (*stopped)(void *context);
    void *context;
    ob_buf *chunk;
} ob_file_source;
/* Writes content and metadata under a temporary name, which `temporary` receives. `sync`: it is on
 * disk then; else the caller syncs its volume before it gets its name. */
#define OB_TEMPORARY_NAME (4 + 16 + 1)
ob_status ob_file_write(const ob_placing *placing, const ob_file_source *source, bool sync,
                        char temporary[OB_TEMPORARY_NAME]);
/* Gives what is whole and on disk its name. Without success the temporary file is gone. */
ob_status ob_file_settle(const ob_placing *placing, const ob_entry *entry, const char *temporary,
                         ob_restored *restored);
/* Removes the temporary file; `status`, this thread's last failure, keeps its detail. */
ob_status ob_file_abandon(const ob_placing *placing, const char *temporary, ob_status status);
/* A symbolic link, a FIFO, a device, a reparse point. OB_E_NOT_SUPPORTED if this system has no
 * such thing, OB_E_ACCESS_DENIED if it is not for us to make. */
ob_status ob_file_restore_node(const ob_placing *placing, const ob_entry *entry,
                               ob_restored *restored);
/* Gives a file that was restored already one name more. */
ob_status ob_file_restore_link(const ob_placing *placing, ob_dir *first_dir, const char *first,
                               ob_restored *restored);

#endif
