/*
 * A folder that is restored into, held open so that nothing below it is reached through a link. Its
 * own permissions and times are set when everything in it is done: when the last lets go of it.
 */
#ifndef OB_ENGINE_RESTORE_TARGET_H
#define OB_ENGINE_RESTORE_TARGET_H

#include "point/extra.h"
#include "restore/restore.h"

typedef struct ob_target {
    ob_restore *restore;
    struct ob_target *parent; /* NULL for the root of the restore */
    ob_dir *dir;
    char *place;
    char *name;     /* in the parent */
    ob_entry entry; /* its info, and `more` of below */
    ob_extras more;
    int mask;       /* what is set in the end */
    bool gives_acl; /* to what is made in it */
    bool has_acl;   /* before its own is set */
    uint64_t device;
    ob_volume *volume; /* NULL: what is written here is synced piece by piece */
    unsigned refs;
} ob_target;

/* The root: an absolute path, whose links are followed. */
ob_status ob_target_open_root(ob_restore *restore, const char *place, ob_target **out);
/* A folder in another one, made if it is not there. `entry` has what it gets if it was made or
 * if `impose` is set; NULL: as the system makes it. OB_E_EXISTS if something else is there. */
ob_status ob_target_open(ob_target *parent, const char *name, const ob_entry *entry, bool impose,
                         ob_target **out);
ob_target *ob_target_hold(ob_target *target);
void ob_target_drop(ob_target *target); /* takes NULL */

#endif
