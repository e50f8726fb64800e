/* The volumes that a restore writes to: one sync of a volume makes many files safe at once. */
#ifndef OB_ENGINE_RESTORE_VOLUME_H
#define OB_ENGINE_RESTORE_VOLUME_H

#include "restore/restore.h"

/* The volume of the folder `place`, whose device is `device`. NULL if files there have to be synced
 * one by one: the system cannot do better, or the volume cannot be held open. */
ob_volume *ob_volume_of(ob_restore *restore, uint64_t device, const char *place);
/* Names and metadata of all that was restored are on disk after it. The first failure. */
ob_status ob_volume_sync_all(ob_restore *restore);
void ob_volume_close_all(ob_restore *restore);

#endif
