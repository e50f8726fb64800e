/*
 * A view of volumes as they were at one moment, to back up from: by the Volume Shadow Copy Service
 * on Windows, with its writers, so that databases and the like are consistent too. Other systems
 * have no such service, which leaves it to a policy's hooks: all members are NULL there.
 *
 * As a const struct of function pointers, so that tests can take another one.
 */
#ifndef OB_SNAPSHOT_H
#define OB_SNAPSHOT_H

#include "ob/status.h"

#include <stdbool.h>
#include <stddef.h>

/* One that is held; belongs to the thread that began it. */
typedef struct ob_snapshot ob_snapshot;

/* Copied by begin(); the context must live until end(). */
typedef struct ob_snapshot_control {
    void *context;
    bool (*stopped)(void *context); /* asked about twice a second */
    /* Something is not as it should be and the snapshot goes on: `what` is a volume as it was
     * given, or "VSS writer NAME"; `why` one line. */
    void (*warn)(void *context, const char *what, const char *why);
} ob_snapshot_control;

typedef struct ob_snapshots ob_snapshots;
struct ob_snapshots {
    const void *context;

    /* `volumes` are mounts as of ob_volume_mount_of(), at least one. One that cannot be taken is
     * told by warn(). OB_E_NOT_SUPPORTED if this very system lacks the service;
     * OB_E_SNAPSHOT_FAILED, also if no volume could be taken; OB_E_ACCESS_DENIED, OB_E_CANCELLED,
     * OB_E_TIMEOUT, OB_E_DISK_FULL (no room for what changes meanwhile), OB_E_NO_MEMORY. The detail
     * names the call that failed. After a failure nothing is held. */
    ob_status (*begin)(const ob_snapshots *snapshots, const char *const *volumes, size_t count,
                       const ob_snapshot_control *control, ob_snapshot **out);
    /* Where to read a volume, given by its place in `volumes`: a path with a separator at its end,
     * valid until end(). NULL if that volume is not in the snapshot. */
    const char *(*place)(const ob_snapshot *snapshot, size_t volume);
    /* Tells the writers whether all was backed up, and lets the snapshot go; takes NULL. A failure
     * says that a writer may not know of the backup; the snapshot is gone in every case. */
    ob_status (*end)(ob_snapshot *snapshot, bool succeeded);
};

const ob_snapshots *ob_snapshots_os(void);

#endif
