/* The snapshot that a backup reads from, as its policy wants it. */
#ifndef OB_SERVICE_SNAPSHOT_H
#define OB_SERVICE_SNAPSHOT_H

#include "jobs.h"
#include "ob/snapshot.h"
#include "policy.h"

/* Zero-initialise. */
typedef struct ob_frozen {
    const ob_snapshots *snapshots;
    ob_snapshot *held; /* NULL: none, the volumes are read themselves */
    char **mounts;     /* of the volumes */
    size_t count;
    ob_place_map *maps;
    size_t map_count;
} ob_frozen;

/* Takes a snapshot of the volumes that the roots of `selection` lie on, and gives `selection` the
 * maps to read from it; they live as long as *out, which takes no call but ob_frozen_release()
 * then, on the same thread. That a volume or a writer fails is an event of the job, and so is that
 * there is no snapshot when the policy says "auto". With "required" each volume must be in it:
 * OB_E_NOT_SUPPORTED and what ob_snapshots.begin() gives. OB_E_CANCELLED, OB_E_NO_MEMORY. */
ob_status ob_frozen_take(ob_frozen *out, const ob_snapshots *snapshots, ob_snapshot_mode mode,
                         ob_selection *selection, ob_run *run);
/* `status` is how the backup ended; it is returned, with its detail. That a writer cannot be told
 * of a backup is an event of the job. Takes a zeroed one. */
ob_status ob_frozen_release(ob_frozen *frozen, ob_status status, ob_run *run);

#endif
