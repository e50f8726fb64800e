/*
 * The planning thread of a restore: follows the list, keeps the folders open that it is in, makes
 * folders and links itself and gives regular files to the crew.
 */
#ifndef OB_ENGINE_RESTORE_PLAN_H
#define OB_ENGINE_RESTORE_PLAN_H

#include "restore/crew.h"

/* A folder that the plan is in. */
typedef struct ob_plan_level {
    ob_target *target; /* NULL: could not be restored, `status` says why */
    ob_status status;
    size_t path_length; /* of its path in the point */
} ob_plan_level;

/* Zero-initialise but for restore. */
typedef struct ob_plan {
    ob_restore *restore;
    ob_crew *crew;
    ob_links links;
    ob_target *root;   /* not set: nothing is open yet */
    ob_buf root_place; /* of an open root in place */
    size_t strip;      /* bytes of the paths in the point that stand for the root */
    ob_buf path;       /* in the point, of the innermost level */
    ob_buf below;      /* path below the root of what is in work, with its NUL */
    ob_buf place;      /* the same for the system */
    ob_plan_level *levels;
    size_t depth, capacity;
} ob_plan;

ob_status ob_plan_begin(ob_plan *plan);
/* Lets go of all folders. The first failure. */
ob_status ob_plan_finish(ob_plan *plan);
void ob_plan_end(ob_plan *plan); /* frees; also what did not begin */

/* From now on entries go to `target` (held), without the first `strip` bytes of their paths. */
ob_status ob_plan_set_root(ob_plan *plan, ob_target *target, const char *prefix, size_t strip);
/* Restores one entry. `above`: only because of what is below it, so that an existing one stays as
 * it is. A failure ends the job. */
ob_status ob_plan_entry(ob_plan *plan, const ob_entry *entry, bool above);
/* Tells that an entry could not be restored, for the reason that this thread's last failure gave.
 */
ob_status ob_plan_fail(ob_plan *plan, const char *path, size_t length, ob_status status);

#endif
