/* The workers of a restore: a bounded line of regular files, each restored by one of them. */
#ifndef OB_ENGINE_RESTORE_CREW_H
#define OB_ENGINE_RESTORE_CREW_H

#include "restore/file.h"
#include "restore/links.h"

typedef struct ob_crew ob_crew;

ob_status ob_crew_open(ob_restore *restore, ob_links *links, ob_crew **out);
/* Waits for all work to be done or, after a failure, stopped; frees. Takes NULL. */
void ob_crew_close(ob_crew *crew);

/* A file to restore; all is copied. */
typedef struct ob_crew_file {
    ob_target *target;
    const char *path;  /* below the root of the restore; the last component is the name */
    const char *place; /* ends with the name too */
    const ob_entry *entry;
    ob_link *link; /* its pending link, or NULL: is settled in every case */
} ob_crew_file;
/* Waits for room in the line; what it gives is the first failure that ends the job. */
ob_status ob_crew_put(ob_crew *crew, const ob_crew_file *file);
/* Waits until the line is empty and nothing is in work. The first failure. */
ob_status ob_crew_wait(ob_crew *crew);
void ob_crew_stop(ob_crew *crew); /* at the next chunk */

#endif
