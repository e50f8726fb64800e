#include "ob/snapshot.h"

static ob_status begin(const ob_snapshots *snapshots, const char *const *volumes, size_t count,
                       const ob_snapshot_control *control, ob_snapshot **out)
{
    (void)snapshots;
    (void)volumes;
    (void)count;
    (void)control;
    (void)out;
    return ob_fail(OB_E_NOT_SUPPORTED,
                   "this system has no snapshot service; the policy's hooks can take one");
}

static const char *place(const ob_snapshot *snapshot, size_t volume)
{
    (void)snapshot;
    (void)volume;
    return NULL;
}

static ob_status end(ob_snapshot *snapshot, bool succeeded)
{
    (void)snapshot;
    (void)succeeded;
    return OB_OK;
}

const ob_snapshots *ob_snapshots_os(void)
{
    static const ob_snapshots none = {NULL, begin, place, end};
    return &none;
}
