/*
 * Walks what a selection selects, in the order of the file list. What cannot be read is told as an
 * event and passed over. A folder that is not selected itself comes up only when something below it
 * does; so do the folders above the roots.
 *
 * Of a folder that another volume is mounted on, only itself comes up, unless a root lies on that
 * volume or below. Volumes of the kernel (/proc) are never read, the folders of the agent and its
 * vault are passed over, and so is a root behind a link that is met below another root. All of that
 * is told: as a warning (OB_EVENT_SKIPPED_KIND) where it was asked for or holds data, else as
 * OB_EVENT_LEFT_OUT.
 */
#ifndef OB_ENGINE_SOURCE_WALK_H
#define OB_ENGINE_SOURCE_WALK_H

#include "job/report.h"
#include "source/folder.h"

#define OB_WALK_DEPTH_MOST 512 /* open folders at a time */

typedef struct ob_walk ob_walk;

/* All borrowed until the next call. */
typedef struct ob_walk_item {
    const char *path; /* in the point; NULL at the end */
    size_t path_length;
    const char *place; /* for the system and for people */
    ob_folder *folder; /* that `name` is in; NULL: `name` is absolute, and mapped */
    const char *name;
    ob_file_info info; /* a regular file, a folder or a symbolic link */
    bool passed;       /* not selected itself */
} ob_walk_item;

ob_status ob_walk_open(const ob_engine *engine, const ob_selection *selection, ob_report *report,
                       ob_walk **out);
void ob_walk_close(ob_walk *walk); /* takes NULL */
/* OB_E_NO_MEMORY, OB_E_CANCELLED; OB_E_INVALID_ARGUMENT for a root that is no canonical path. */
ob_status ob_walk_next(ob_walk *walk, ob_walk_item *out);

#endif
