#include "restore/volume.h"

#include "ob/alloc.h"

ob_volume *ob_volume_of(ob_restore *restore, uint64_t device, const char *place)
{
    const ob_fs *fs = restore->engine->fs;
    for (ob_volume *volume = restore->volumes; volume != NULL; volume = volume->next) {
        if (volume->device == device) {
            return volume;
        }
    }
    ob_volume *volume = fs->sync_volume != NULL ? ob_calloc(1, sizeof *volume) : NULL;
    if (volume == NULL || OB_FAILED(fs->dir_open(fs, NULL, place, &volume->dir))) {
        ob_free(volume);
        return NULL;
    }
    volume->device = device;
    volume->next = restore->volumes;
    restore->volumes = volume;
    return volume;
}

ob_status ob_volume_sync_all(ob_restore *restore)
{
    const ob_fs *fs = restore->engine->fs;
    ob_status status = OB_OK;
    for (ob_volume *volume = restore->volumes; volume != NULL && !OB_FAILED(status);
         volume = volume->next) {
        status = fs->sync_volume(fs, volume->dir);
    }
    return status;
}

void ob_volume_close_all(ob_restore *restore)
{
    const ob_fs *fs = restore->engine->fs;
    while (restore->volumes != NULL) {
        ob_volume *volume = restore->volumes;
        restore->volumes = volume->next;
        fs->dir_close(fs, volume->dir);
        ob_free(volume);
    }
}
