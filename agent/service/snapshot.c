#include "snapshot.h"

#include "ob/alloc.h"
#include "ob/volumes.h"

#include <stdio.h>
#include <string.h>

static void tell(ob_run *run, const char *path, ob_status status, const char *detail)
{
    const ob_control *control = ob_run_control(run);
    ob_event event = {OB_EVENT_FAILED, path, status, "", detail};
    control->event(control->context, &event);
}

static void warned(void *context, const char *what, const char *why)
{
    tell(context, what, OB_E_SNAPSHOT_FAILED, why);
}

static bool stopped(void *context)
{
    return ob_run_cancelled(context);
}

static ob_status no_memory(void)
{
    return ob_fail(OB_E_NO_MEMORY, "the volumes of a snapshot");
}

/* The volume of a root, unless it is there already. One that cannot be found is left out: the walk
 * says what is wrong with it. */
static ob_status add_volume(ob_frozen *frozen, const char *root)
{
    char *mount = NULL;
    ob_status status = ob_volume_mount_of(root, &mount);
    if (status != OB_OK) {
        return status == OB_E_NO_MEMORY ? status : OB_OK;
    }
    for (size_t i = 0; i < frozen->count; i++) {
        if (strcmp(frozen->mounts[i], mount) == 0) {
            ob_free(mount);
            return OB_OK;
        }
    }
    frozen->mounts[frozen->count++] = mount;
    return OB_OK;
}

static ob_status find_volumes(ob_frozen *frozen, const ob_selection *selection)
{
    ob_status status = OB_OK;
    frozen->mounts = ob_calloc(selection->root_count, sizeof *frozen->mounts);
    frozen->maps = ob_calloc(selection->root_count, sizeof *frozen->maps);
    if (frozen->mounts == NULL || frozen->maps == NULL) {
        return no_memory();
    }
    for (size_t i = 0; i < selection->root_count && status == OB_OK; i++) {
        status = add_volume(frozen, selection->roots[i]);
    }
    return status;
}

static ob_status take_places(ob_frozen *frozen, ob_snapshot_mode mode)
{
    for (size_t i = 0; i < frozen->count; i++) {
        const char *place = frozen->snapshots->place(frozen->held, i);
        if (place != NULL) {
            frozen->maps[frozen->map_count++] = (ob_place_map){frozen->mounts[i], place};
        } else if (mode == OB_SNAPSHOT_REQUIRED) {
            return ob_fail(OB_E_SNAPSHOT_FAILED, "the policy requires a snapshot of %s",
                           frozen->mounts[i]);
        }
    }
    return OB_OK;
}

static ob_status begin(ob_frozen *frozen, ob_run *run)
{
    ob_snapshot_control control = {run, stopped, warned};
    if (frozen->count == 0) {
        return ob_fail(OB_E_NOT_SUPPORTED, "no volume is there to take a snapshot of");
    }
    return frozen->snapshots->begin(frozen->snapshots, (const char *const *)frozen->mounts,
                                    frozen->count, &control, &frozen->held);
}

ob_status ob_frozen_take(ob_frozen *out, const ob_snapshots *snapshots, ob_snapshot_mode mode,
                         ob_selection *selection, ob_run *run)
{
    ob_frozen frozen = {.snapshots = snapshots};
    if (mode == OB_SNAPSHOT_NEVER || selection->root_count == 0 ||
        (mode == OB_SNAPSHOT_AUTO && snapshots->begin == NULL)) {
        return OB_OK;
    }
    if (snapshots->begin == NULL) {
        return ob_fail(OB_E_NOT_SUPPORTED,
                       "this system takes snapshots by the policy's hooks only");
    }
    ob_status status = find_volumes(&frozen, selection);
    if (status == OB_OK) {
        status = begin(&frozen, run);
        if (status == OB_OK) {
            status = take_places(&frozen, mode);
        } else if (mode == OB_SNAPSHOT_AUTO && status != OB_E_CANCELLED &&
                   status != OB_E_NO_MEMORY) {
            /* Where the system lacks them there is nothing to wonder about. */
            if (status != OB_E_NOT_SUPPORTED) {
                tell(run, "snapshot", status, ob_detail());
            }
            status = OB_OK;
        }
    }
    if (status != OB_OK) {
        return ob_frozen_release(&frozen, status, run);
    }
    selection->maps = frozen.maps;
    selection->map_count = frozen.map_count;
    *out = frozen;
    return OB_OK;
}

ob_status ob_frozen_release(ob_frozen *frozen, ob_status status, ob_run *run)
{
    char detail[1024];
    snprintf(detail, sizeof detail, "%s", ob_detail());
    ob_status ended =
        frozen->held != NULL ? frozen->snapshots->end(frozen->held, status == OB_OK) : OB_OK;
    /* Of a backup that failed its own failure is enough. */
    if (ended != OB_OK && status == OB_OK) {
        tell(run, "snapshot", ended, ob_detail());
    }
    for (size_t i = 0; i < frozen->count; i++) {
        ob_free(frozen->mounts[i]);
    }
    ob_free(frozen->mounts);
    ob_free(frozen->maps);
    *frozen = (ob_frozen){0};
    return status == OB_OK ? OB_OK : ob_fail(status, "%s", detail);
}
