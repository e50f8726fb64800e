/* Which files with several names were restored already, and where: by device and file id, and by
 * what tells apart two files that had the same id one after the other while the backup ran. */
#ifndef OB_ENGINE_RESTORE_LINKS_H
#define OB_ENGINE_RESTORE_LINKS_H

#include "ob/fs.h"
#include "ob/thread.h"

typedef enum ob_link_state {
    OB_LINK_NONE,    /* not met, or nothing to link to: the next name restores the content */
    OB_LINK_PENDING, /* its first name is being restored */
    OB_LINK_DONE
} ob_link_state;

typedef struct ob_link {
    struct ob_link *next;
    uint64_t device, file_id, size;
    int64_t mtime, ctime;
    ob_link_state state;
    char *path; /* of the first name below the root of the restore, '/' between components */
} ob_link;

/* Zero-initialise, then ob_links_begin(). */
typedef struct ob_links {
    ob_mutex lock;
    ob_cond changed;
    ob_link **buckets;
    size_t bucket_count, count;
} ob_links;

ob_status ob_links_begin(ob_links *links);
void ob_links_end(ob_links *links); /* also after a failed or missing begin */

/* The link of a file with several names, made when it is met first; waits while it is pending. The
 * caller who finds NONE has it PENDING then and must settle it. */
ob_status ob_links_meet(ob_links *links, const ob_file_info *info, ob_link **out,
                        ob_link_state *state);
/* DONE with the path that was restored, or NONE. */
ob_status ob_links_settle(ob_links *links, ob_link *link, ob_link_state state, const char *path);

#endif
