#include "source/folder.h"

#include "ob/alloc.h"

ob_status ob_folder_open(const ob_fs *fs, ob_folder *parent, const char *name, ob_folder **out)
{
    ob_folder *folder = ob_calloc(1, sizeof *folder);
    if (folder == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", name);
    }
    ob_status status = fs->dir_open(fs, parent != NULL ? parent->dir : NULL, name, &folder->dir);
    if (OB_FAILED(status)) {
        ob_free(folder);
        return status;
    }
    folder->fs = fs;
    folder->refs = 1;
    ob_mutex_init(&folder->lock);
    *out = folder;
    return OB_OK;
}

ob_folder *ob_folder_hold(ob_folder *folder)
{
    if (folder != NULL) {
        ob_mutex_lock(&folder->lock);
        folder->refs++;
        ob_mutex_unlock(&folder->lock);
    }
    return folder;
}

void ob_folder_drop(ob_folder *folder)
{
    if (folder == NULL) {
        return;
    }
    ob_mutex_lock(&folder->lock);
    bool last = --folder->refs == 0;
    ob_mutex_unlock(&folder->lock);
    if (last) {
        folder->fs->dir_close(folder->fs, folder->dir);
        ob_mutex_destroy(&folder->lock);
        ob_free(folder);
    }
}
