#include "restore/target.h"

#include "ob/alloc.h"
#include "restore/meta.h"
#include "restore/volume.h"
#include "source/place.h"

static ob_status new_target(ob_restore *restore, ob_target *parent, const char *name,
                            ob_target **out)
{
    ob_target *target = ob_calloc(1, sizeof *target);
    char *place = parent != NULL ? ob_path_join(parent->place, name) : ob_strdup(name);
    char *copy = ob_strdup(name);
    if (target == NULL || place == NULL || copy == NULL) {
        ob_free(target);
        ob_free(place);
        ob_free(copy);
        return ob_fail(OB_E_NO_MEMORY, "%s", name);
    }
    target->restore = restore;
    target->place = place;
    target->name = copy;
    target->refs = 1;
    target->gives_acl = parent != NULL && parent->gives_acl;
    target->has_acl = target->gives_acl;
    target->device = parent != NULL ? parent->device : 0;
    target->volume = parent != NULL ? parent->volume : NULL;
    *out = target;
    return OB_OK;
}

static void free_target(ob_target *target)
{
    ob_free(target->place);
    ob_free(target->name);
    ob_extras_free(&target->more);
    ob_free(target);
}

/* The folder itself, where `place` is a link to it. */
static ob_status stat_root(const ob_fs *fs, const char *place, ob_file_info *out)
{
    ob_buf followed = {0};
    ob_status status = ob_place_followed(place, &followed);
    if (!OB_FAILED(status)) {
        status = fs->stat(fs, NULL, (const char *)followed.data, out);
    }
    ob_buf_free(&followed);
    return status;
}

ob_status ob_target_open_root(ob_restore *restore, const char *place, ob_target **out)
{
    const ob_fs *fs = restore->engine->fs;
    ob_target *target = NULL;
    ob_file_info info;
    ob_status status = new_target(restore, NULL, place, &target);
    if (OB_FAILED(status)) {
        return status;
    }
    status = fs->dir_open(fs, NULL, place, &target->dir);
    if (!OB_FAILED(status)) {
        status = stat_root(fs, place, &info);
    }
    if (OB_FAILED(status)) {
        fs->dir_close(fs, target->dir);
        free_target(target);
        return status;
    }
    target->device = info.device;
    target->volume = ob_volume_of(restore, info.device, place);
    target->gives_acl = ob_meta_gives_acl(restore, NULL, place, &target->has_acl);
    *out = target;
    return OB_OK;
}

/* Makes the folder unless there is one, which may be on a volume of its own. */
static ob_status make(ob_target *parent, ob_target *target, bool private_new, bool *made)
{
    const ob_fs *fs = parent->restore->engine->fs;
    ob_file_info there;
    ob_status status = fs->stat(fs, parent->dir, target->name, &there);
    if (status == OB_E_NOT_FOUND) {
        status = fs->make_dir(fs, parent->dir, target->name, private_new);
        *made = !OB_FAILED(status);
        return status;
    }
    if (!OB_FAILED(status) && there.type != OB_FILE_DIR) {
        status = ob_fail(OB_E_EXISTS, "%s is in the way: it is not a folder", target->place);
    }
    if (!OB_FAILED(status)) {
        target->gives_acl =
            ob_meta_gives_acl(parent->restore, parent->dir, target->name, &target->has_acl);
    }
    if (!OB_FAILED(status) && there.device != parent->device) {
        target->device = there.device;
        target->volume = ob_volume_of(parent->restore, there.device, target->place);
    }
    return status;
}

ob_status ob_target_open(ob_target *parent, const char *name, const ob_entry *entry, bool impose,
                         ob_target **out)
{
    ob_restore *restore = parent->restore;
    const ob_fs *fs = restore->engine->fs;
    ob_target *target = NULL;
    bool made = false;
    ob_status status = new_target(restore, parent, name, &target);
    if (OB_FAILED(status)) {
        return status;
    }
    status = make(parent, target, entry != NULL && restore->private_new, &made);
    if (!OB_FAILED(status)) {
        status = fs->dir_open(fs, parent->dir, name, &target->dir);
    }
    if (!OB_FAILED(status) && entry != NULL && (made || impose)) {
        target->entry = (ob_entry){.path = "", .info = entry->info, .target = ""};
        target->mask = restore->mask;
        if (made) {
            ob_meta_prepare(restore, parent->dir, name, target->place, entry);
        }
        status = ob_extras_copy(&target->more, entry);
        (void)ob_extras_give(&target->more, &target->entry);
    }
    if (OB_FAILED(status)) {
        fs->dir_close(fs, target->dir);
        free_target(target);
        return status;
    }
    target->parent = ob_target_hold(parent);
    *out = target;
    return OB_OK;
}

ob_target *ob_target_hold(ob_target *target)
{
    ob_mutex_lock(&target->restore->lock);
    target->refs++;
    ob_mutex_unlock(&target->restore->lock);
    return target;
}

static bool let_go(ob_target *target)
{
    ob_mutex_lock(&target->restore->lock);
    bool last = --target->refs == 0;
    ob_mutex_unlock(&target->restore->lock);
    return last;
}

/* What a folder has, now that nothing more is made in it. */
static void set_meta(const ob_target *target, const ob_target *parent)
{
    ob_restore *restore = target->restore;
    if (target->mask != 0 && target->has_acl) {
        ob_meta_disinherit(restore, parent->dir, target->name, target->place, &target->entry);
    }
    ob_status status = ob_meta_apply(restore, parent->dir, target->name, target->place,
                                     &target->entry, target->mask, target->volume == NULL);
    if (OB_FAILED(status)) {
        ob_report_failed(&restore->report, target->place, status);
    }
    if (target->mask != 0) {
        ob_meta_seal(restore, parent->dir, target->name, target->place, &target->entry);
    }
}

void ob_target_drop(ob_target *target)
{
    while (target != NULL && let_go(target)) {
        const ob_fs *fs = target->restore->engine->fs;
        ob_target *parent = target->parent;
        ob_status synced = target->volume == NULL ? fs->dir_sync(fs, target->dir) : OB_OK;
        if (OB_FAILED(synced)) {
            ob_report_failed(&target->restore->report, target->place, synced);
        }
        fs->dir_close(fs, target->dir);
        if (parent != NULL) {
            set_meta(target, parent);
        }
        free_target(target);
        target = parent;
    }
}
