/* What fs.c, fs_meta.c and fs_extra.c share. */
#ifndef OB_POSIX_FS_PRIVATE_H
#define OB_POSIX_FS_PRIVATE_H

#include "ob/fs.h"

#include <dirent.h>

struct ob_dir {
    int fd;
    DIR *stream; /* NULL until the first dir_read(); then it owns fd */
    char *path;  /* for details */
};

struct ob_file {
    int fd;
    char *path;
};

/* The status that stands for an errno. */
ob_status ob_posix_status(int error);
/* Fails with errno's status and the detail "PATH: system's message"; `dir` may be NULL. */
ob_status ob_posix_fail(int error, const ob_dir *dir, const char *name);
/* The descriptor that `name` is relative to. OB_E_INVALID_ARGUMENT unless a name with a folder is
 * one component, so that a name out of hostile data cannot lead out of the folder. */
ob_status ob_posix_base(const ob_dir *dir, const char *name, int *fd);

ob_status ob_posix_stat(const ob_fs *fs, ob_dir *dir, const char *name, ob_file_info *out);
ob_status ob_posix_file_stat(const ob_fs *fs, ob_file *file, ob_file_info *out);
ob_status ob_posix_set_meta(const ob_fs *fs, ob_dir *dir, const char *name,
                            const ob_file_info *info, int mask);
ob_status ob_posix_space(const ob_fs *fs, const char *path, uint64_t *free_bytes,
                         uint64_t *total_bytes);
ob_status ob_posix_volume_kind(const ob_fs *fs, ob_dir *dir, const char *name,
                               ob_volume_kind *out); /* volume.c */

/* fs_extra.c */
ob_status ob_posix_read_extras(const ob_fs *fs, ob_dir *dir, const char *name, ob_file *file,
                               ob_file_type type, ob_extra_visit visit, void *context,
                               uint32_t *not_kept);
ob_status ob_posix_write_extra(const ob_fs *fs, ob_dir *dir, const char *name,
                               const ob_extra *extra);
ob_status ob_posix_data_map(const ob_fs *fs, ob_file *file, uint64_t size, ob_extent_visit visit,
                            void *context);
ob_status ob_posix_make_node(const ob_fs *fs, ob_dir *dir, const char *name,
                             const ob_file_info *info, const void *data, size_t length);

#endif
