/* What fs.c, fs_file.c, fs_meta.c and fs_extra.c share. Paths are in the form of ob_windows_path(). */
#ifndef OB_WINDOWS_FS_PRIVATE_H
#define OB_WINDOWS_FS_PRIVATE_H

#include "ob/buf.h"
#include "ob/fs.h"
#include "wide.h"

struct ob_dir {
    HANDLE handle; /* keeps the folder from being moved, so that its path stays its own */
    wchar_t *path;
    HANDLE search; /* INVALID_HANDLE_VALUE before the first dir_read() and at the end */
    bool ended;
    ob_buf name; /* of the entry last read, with its NUL */
};

struct ob_file {
    HANDLE handle;
    wchar_t *path;
};

#define OB_SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

/* The path of `name` in `dir`, or of the path `name`; free with ob_free(). OB_E_INVALID_ARGUMENT
 * unless a name with a folder is one component: no separator, no ":" of a stream. */
ob_status ob_windows_path_in(const ob_dir *dir, const char *name, wchar_t **out);
/* What a handle is open on. */
ob_status ob_windows_info(HANDLE handle, const wchar_t *path, ob_file_info *out);
/* Only its type, which asks nothing of the volume. */
ob_status ob_windows_type_of(HANDLE handle, const wchar_t *path, ob_file_type *out);
/* The type that attributes and reparse tag stand for. */
ob_file_type ob_windows_type(DWORD attributes, DWORD reparse_tag);
/* Security of things for administrators, SYSTEM and the owner only; free with LocalFree(). NULL
 * when it cannot be made. */
PSECURITY_DESCRIPTOR ob_windows_private_security(void);

/* True for what stands for content that lies elsewhere, which its reparse data do not bring back. */
bool ob_windows_is_remote(DWORD reparse_tag);
/* True if this process may read and set what is audited (SACL). */
bool ob_windows_may_audit(void);

/* fs_file.c */
ob_status ob_windows_open(const ob_fs *fs, ob_dir *dir, const char *name, int flags, ob_file **out);
ob_status ob_windows_open_stream(const ob_fs *fs, ob_dir *dir, const char *name,
                                 const char *stream, int flags, ob_file **out);
void ob_windows_close(const ob_fs *fs, ob_file *file);
ob_status ob_windows_file_stat(const ob_fs *fs, ob_file *file, ob_file_info *out);
ob_status ob_windows_read_at(const ob_fs *fs, ob_file *file, uint64_t offset, void *data,
                             size_t length, size_t *got);
ob_status ob_windows_write_at(const ob_fs *fs, ob_file *file, uint64_t offset, const void *data,
                              size_t length);
ob_status ob_windows_truncate(const ob_fs *fs, ob_file *file, uint64_t size);
ob_status ob_windows_sync(const ob_fs *fs, ob_file *file);
ob_status ob_windows_lock(const ob_fs *fs, ob_file *file);
ob_status ob_windows_map(const ob_fs *fs, ob_file *file, size_t length, const void **out);
void ob_windows_unmap(const ob_fs *fs, const void *data, size_t length);

/* fs_meta.c */
ob_status ob_windows_stat(const ob_fs *fs, ob_dir *dir, const char *name, ob_file_info *out);
ob_status ob_windows_read_link(const ob_fs *fs, ob_dir *dir, const char *name, char **out);
ob_status ob_windows_set_meta(const ob_fs *fs, ob_dir *dir, const char *name,
                              const ob_file_info *info, int mask);
ob_status ob_windows_space(const ob_fs *fs, const char *path, uint64_t *free_bytes,
                           uint64_t *total_bytes);

/* fs_extra.c */
ob_status ob_windows_read_extras(const ob_fs *fs, ob_dir *dir, const char *name, ob_file *file,
                                 ob_file_type type, ob_extra_visit visit, void *context,
                                 uint32_t *not_kept);
ob_status ob_windows_write_extra(const ob_fs *fs, ob_dir *dir, const char *name,
                                 const ob_extra *extra);
ob_status ob_windows_data_map(const ob_fs *fs, ob_file *file, uint64_t size, ob_extent_visit visit,
                              void *context);
ob_status ob_windows_make_node(const ob_fs *fs, ob_dir *dir, const char *name,
                               const ob_file_info *info, const void *data, size_t length);

#endif
