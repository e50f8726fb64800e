/* An open folder that the walk and the workers share: closed when the last lets go. */
#ifndef OB_ENGINE_SOURCE_FOLDER_H
#define OB_ENGINE_SOURCE_FOLDER_H

#include "ob/fs.h"
#include "ob/thread.h"

typedef struct ob_folder {
    const ob_fs *fs;
    ob_dir *dir;
    ob_mutex lock; /* of refs */
    unsigned refs;
} ob_folder;

/* `parent` NULL: `name` is absolute. What dir_open() gives, or OB_E_NO_MEMORY. */
ob_status ob_folder_open(const ob_fs *fs, ob_folder *parent, const char *name, ob_folder **out);
ob_folder *ob_folder_hold(ob_folder *folder); /* takes NULL; gives it back */
void ob_folder_drop(ob_folder *folder);       /* takes NULL */

#endif
