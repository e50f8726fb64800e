/*
 * Files, as a const struct of function pointers that is passed in a context: the seam through
 * which tests make the Nth operation fail. ob_fs_os() is the real one.
 *
 * Names are what the OS gave: bytes on Linux, WTF-8 on Windows. A path or name is relative to `dir`
 * when `dir` is given and absolute when it is NULL. A name given with a `dir` is one component,
 * else OB_E_INVALID_ARGUMENT, and is never followed when it is a symbolic link. Symbolic links
 * inside an absolute path are followed; its last component only by dir_open(), open() and space().
 * Windows accepts "C:\x", "C:/x" and lifts the 260 character limit itself. There an open folder
 * cannot be moved or removed by anybody (OB_E_BUSY): close it first.
 *
 * Results: OB_E_NOT_FOUND, OB_E_ACCESS_DENIED, OB_E_EXISTS, OB_E_DISK_FULL, OB_E_BUSY,
 * OB_E_NOT_SUPPORTED, OB_E_NO_MEMORY, OB_E_IO for the rest; the detail has the name and the
 * system's own message.
 */
#ifndef OB_FS_H
#define OB_FS_H

#include "ob/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ob_file ob_file;
typedef struct ob_dir ob_dir;

typedef enum ob_file_type {
    OB_FILE_REGULAR = 1,
    OB_FILE_DIR = 2,
    OB_FILE_SYMLINK = 3,
    OB_FILE_FIFO = 4,
    OB_FILE_SOCKET = 5,
    OB_FILE_CHAR_DEVICE = 6,
    OB_FILE_BLOCK_DEVICE = 7,
    OB_FILE_OTHER = 8 /* a reparse point that is no symbolic link, a door, … */
} ob_file_type;

typedef struct ob_file_info {
    ob_file_type type;
    uint32_t mode;        /* POSIX permission bits, 07777; 0 on Windows */
    uint32_t uid, gid;    /* 0 on Windows */
    uint32_t attributes;  /* FILE_ATTRIBUTE_* on Windows, 0 on Linux */
    uint32_t links;       /* number of hard links */
    uint32_t inode_flags; /* FS_*_FL of Linux that OB_INODE_FLAGS has; 0 on Windows */
    uint64_t size;        /* bytes */
    uint64_t allocated;   /* bytes that it takes on the disk, as far as known; may be less than size
                           * where there are holes, or the file system compresses */
    uint64_t device;      /* volume */
    uint64_t file_id;     /* inode, or the file index of NTFS */
    uint64_t rdev;        /* device number of a device file */
    int64_t mtime;        /* ns since 1970 UTC */
    int64_t ctime;        /* change of metadata */
    int64_t atime;
    int64_t btime; /* creation; 0 = not known */
} ob_file_info;

typedef struct ob_dir_entry {
    const char *name;  /* borrowed until the next call on this folder; NULL at the end */
    ob_file_type type; /* 0 = not known without stat */
    uint64_t file_id;  /* 0 = not known */
} ob_dir_entry;

/* Bits of ob_file_info.inode_flags. */
enum ob_inode_flags {
    OB_INODE_COMPRESSED = 0x4,
    OB_INODE_IMMUTABLE = 0x10,
    OB_INODE_APPEND_ONLY = 0x20,
    OB_INODE_NO_DUMP = 0x40,
    OB_INODE_FLAGS = 0x74
};

enum ob_open_flags {
    OB_OPEN_READ = 1,
    OB_OPEN_WRITE = 2,
    OB_OPEN_CREATE = 4,    /* create if absent */
    OB_OPEN_EXCLUSIVE = 8, /* with CREATE: OB_E_EXISTS if present */
    OB_OPEN_TRUNCATE = 16,
    OB_OPEN_PRIVATE = 32,    /* created for its owner only (0600; administrators and SYSTEM) */
    OB_OPEN_BACKUP = 64,     /* with backup semantics: O_NOATIME where allowed, SeBackupPrivilege */
    OB_OPEN_SEQUENTIAL = 128 /* will be read once from start to end */
};

enum ob_meta_mask {
    OB_META_MODE = 1,
    OB_META_OWNER = 2,
    OB_META_TIMES = 4, /* mtime, atime; on Windows btime too */
    OB_META_ATTRIBUTES = 8,
    OB_META_STORAGE = 16, /* holes and compression, for a file that is empty yet */
    OB_META_FLAGS = 32    /* inode flags: the last thing, some forbid every other change */
};

/* What a file has beyond ob_file_info. The numbers are those of the fields of docs/FORMAT.md. */
typedef enum ob_extra_kind {
    OB_EXTRA_KIND_ACCESS_ACL = 32,  /* as in the attribute system.posix_acl_access */
    OB_EXTRA_KIND_DEFAULT_ACL = 33, /* as in system.posix_acl_default */
    OB_EXTRA_KIND_XATTR = 34,       /* any other extended attribute */
    OB_EXTRA_KIND_CAPABILITY = 35,  /* as in security.capability */
    OB_EXTRA_KIND_STREAM = 37,      /* an alternate stream: a name; open_stream() has its bytes */
    OB_EXTRA_KIND_REPARSE = 38,     /* of an OB_FILE_OTHER: REPARSE_DATA_BUFFER, for make_node() */
    OB_EXTRA_KIND_SECURITY = 39,    /* SECURITY_DESCRIPTOR, self-relative */
    OB_EXTRA_KIND_SHORT_NAME = 41   /* of 8.3, as a name is */
} ob_extra_kind;

typedef struct ob_extra {
    ob_extra_kind kind;
    const char *name; /* of an attribute or stream, else "" */
    const void *data;
    size_t length;
} ob_extra;

/* A failure that it returns ends the visit. What it gets is borrowed for the call. */
typedef ob_status (*ob_extra_visit)(void *context, const ob_extra *extra);
typedef ob_status (*ob_extent_visit)(void *context, uint64_t offset, uint64_t length);

/* What the volume holds that a file lies on. */
typedef enum ob_volume_kind {
    OB_VOLUME_DATA = 1, /* anything that is none of the others */
    OB_VOLUME_PASSING,  /* gone at the next start (tmpfs), or made of what lies elsewhere (squashfs)
                         */
    OB_VOLUME_KERNEL    /* no files, but answers of the kernel: /proc, /sys */
} ob_volume_kind;

typedef struct ob_fs ob_fs;
struct ob_fs {
    void *context;

    ob_status (*dir_open)(const ob_fs *fs, ob_dir *parent, const char *name, ob_dir **out);
    ob_status (*dir_read)(const ob_fs *fs, ob_dir *dir, ob_dir_entry *out); /* never "." or ".." */
    void (*dir_close)(const ob_fs *fs, ob_dir *dir);                        /* takes NULL */
    ob_status (*dir_sync)(const ob_fs *fs, ob_dir *dir); /* names survive a power cut after it */
    /* All that was written to the volume of `dir`, content and names, survives a power cut after
     * it; fails if something could not be written since `dir` was opened. NULL where the system
     * has no such thing: then sync() each file and dir_sync() each folder. */
    ob_status (*sync_volume)(const ob_fs *fs, ob_dir *dir);

    ob_status (*stat)(const ob_fs *fs, ob_dir *dir, const char *name, ob_file_info *out);
    /* Regular files only, others are OB_E_NOT_SUPPORTED; never waits for the far end of a FIFO. */
    ob_status (*open)(const ob_fs *fs, ob_dir *dir, const char *name, int flags, ob_file **out);
    void (*close)(const ob_fs *fs, ob_file *file); /* takes NULL */
    ob_status (*file_stat)(const ob_fs *fs, ob_file *file, ob_file_info *out);
    /* Reads up to `length` bytes; *got < length only at the end of the file. */
    ob_status (*read_at)(const ob_fs *fs, ob_file *file, uint64_t offset, void *data, size_t length,
                         size_t *got);
    /* Writes all or fails. */
    ob_status (*write_at)(const ob_fs *fs, ob_file *file, uint64_t offset, const void *data,
                          size_t length);
    ob_status (*truncate)(const ob_fs *fs, ob_file *file, uint64_t size);
    ob_status (*sync)(const ob_fs *fs, ob_file *file);
    /* Takes an exclusive lock for as long as the file is open: OB_E_BUSY if another process has. */
    ob_status (*lock)(const ob_fs *fs, ob_file *file);
    /* Maps the first `length` bytes read-only; length > 0. */
    ob_status (*map)(const ob_fs *fs, ob_file *file, size_t length, const void **out);
    void (*unmap)(const ob_fs *fs, const void *data, size_t length); /* takes NULL */

    ob_status (*make_dir)(const ob_fs *fs, ob_dir *dir, const char *name, bool private_to_owner);
    ob_status (*remove_file)(const ob_fs *fs, ob_dir *dir, const char *name);
    ob_status (*remove_dir)(const ob_fs *fs, ob_dir *dir, const char *name); /* must be empty */
    /* Replaces an existing file at `to` in one step. */
    ob_status (*rename)(const ob_fs *fs, ob_dir *from_dir, const char *from, ob_dir *to_dir,
                        const char *to);
    /* As rename, but OB_E_EXISTS if `to` is there. */
    ob_status (*rename_new)(const ob_fs *fs, ob_dir *from_dir, const char *from, ob_dir *to_dir,
                            const char *to);
    /* The link's text as stored, with a NUL; free with ob_free(). */
    ob_status (*read_link)(const ob_fs *fs, ob_dir *dir, const char *name, char **out);
    ob_status (*make_symlink)(const ob_fs *fs, ob_dir *dir, const char *name, const char *target,
                              bool target_is_dir);
    ob_status (*make_link)(const ob_fs *fs, ob_dir *old_dir, const char *old_name, ob_dir *new_dir,
                           const char *new_name);
    /* Never follows a symbolic link. `mask` is of ob_meta_mask. */
    ob_status (*set_meta)(const ob_fs *fs, ob_dir *dir, const char *name, const ob_file_info *info,
                          int mask);
    /* Bytes free for this process and in all, of the volume of `path`. */
    ob_status (*space)(const ob_fs *fs, const char *path, uint64_t *free_bytes,
                       uint64_t *total_bytes);
    /* NULL where every volume is OB_VOLUME_DATA. Follows no link. */
    ob_status (*volume_kind)(const ob_fs *fs, ob_dir *dir, const char *name, ob_volume_kind *out);
    /* What follows is NULL where a system has nothing of the kind. */

    /* Visits what a file has, kinds ascending, and attributes ascending by the bytes of their
     * names. `file` may be the file itself, opened, which is quicker. *not_kept: OB_EXTRA_* bits of
     * what it has and cannot be had. */
    ob_status (*read_extras)(const ob_fs *fs, ob_dir *dir, const char *name, ob_file *file,
                             ob_file_type type, ob_extra_visit visit, void *context,
                             uint32_t *not_kept);
    /* Gives a file one of them; an ACL of length 0 takes it away, if there is one. Never follows a
     * symbolic link. */
    ob_status (*write_extra)(const ob_fs *fs, ob_dir *dir, const char *name, const ob_extra *extra);
    /* Visits the parts of the first `size` bytes that are no holes, ascending. */
    ob_status (*data_map)(const ob_fs *fs, ob_file *file, uint64_t size, ob_extent_visit visit,
                          void *context);
    /* Makes a FIFO, a device (info->rdev) or, of `data`, a reparse point (info->attributes tell if
     * of a folder). For its owner only. */
    ob_status (*make_node)(const ob_fs *fs, ob_dir *dir, const char *name, const ob_file_info *info,
                           const void *data, size_t length);
    /* An alternate stream of a file or folder, as open() does it. */
    ob_status (*open_stream)(const ob_fs *fs, ob_dir *dir, const char *name, const char *stream,
                             int flags, ob_file **out);
};

enum ob_extra_bits {
    OB_EXTRA_ACL = 1,        /* POSIX ACL beyond the mode bits */
    OB_EXTRA_XATTR = 2,      /* user.* or trusted.* extended attributes */
    OB_EXTRA_CAPABILITY = 4, /* file capabilities */
    OB_EXTRA_STREAM = 8,     /* alternate data streams */
    OB_EXTRA_SECURITY = 16,  /* Windows security descriptor (owner, DACL) */
    OB_EXTRA_SPARSE = 32,
    OB_EXTRA_ENCRYPTED = 64, /* EFS */
    OB_EXTRA_COMPRESSED = 128,
    OB_EXTRA_REMOTE = 256,                   /* the content lies in the cloud */
    OB_EXTRA_KEPT = 255 - OB_EXTRA_ENCRYPTED /* what this version keeps unless it cannot be read */
};

const ob_fs *ob_fs_os(void);

/* Helpers over any ob_fs. */

/* Joins with the system's separator; free with ob_free(); NULL without memory. */
char *ob_path_join(const char *dir, const char *name);
/* True for "/x" on Linux, "C:\x", "C:/x", "\\?\…", "\\server\share" on Windows. */
bool ob_path_is_absolute(const char *path);
/* A path in a recovery point as people of Windows write it (C:\x) gets the point's separators, in
 * place; in others a backslash belongs to the name. A separator at the end, as shells complete it,
 * is taken off. */
void ob_path_into_point(char *path);
/* Creates the folder and its missing parents. */
ob_status ob_fs_make_dirs(const ob_fs *fs, const char *path, bool private_to_owner);
/* Reads a whole file of at most `most` bytes (OB_E_TOO_LARGE above); free with ob_free(). A NUL
 * that *length does not count follows. */
ob_status ob_fs_read_file(const ob_fs *fs, const char *path, size_t most, uint8_t **out,
                          size_t *length);
/* Writes to a temporary name beside `path`, syncs, renames over it and syncs the folder. */
ob_status ob_fs_replace_file(const ob_fs *fs, const char *path, const void *data, size_t length,
                             bool private_to_owner);
/* Removes a folder and all in it, never following links. OB_OK if it is not there. */
ob_status ob_fs_remove_tree(const ob_fs *fs, const char *path);

#endif
