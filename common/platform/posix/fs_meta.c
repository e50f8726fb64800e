#include "fs_private.h"
#include "ob/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

ob_status ob_posix_status(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return OB_E_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
        return OB_E_ACCESS_DENIED;
    case EEXIST:
    case ENOTEMPTY:
        return OB_E_EXISTS;
    case ENOSPC:
    case EDQUOT:
        return OB_E_DISK_FULL;
    case EBUSY:
    case ETXTBSY:
    case EAGAIN:
        return OB_E_BUSY;
    case EOPNOTSUPP:
    case ENOSYS:
    case EXDEV:
    case EMLINK:
    case ELOOP:
        return OB_E_NOT_SUPPORTED;
    case ENOMEM:
        return OB_E_NO_MEMORY;
    default:
        return OB_E_IO;
    }
}

ob_status ob_posix_fail(int error, const ob_dir *dir, const char *name)
{
    char text[128];
    return ob_fail(ob_posix_status(error), "%s%s%s: %s", dir != NULL ? dir->path : "",
                   dir != NULL ? "/" : "", name, strerror_r(error, text, sizeof text));
}

ob_status ob_posix_base(const ob_dir *dir, const char *name, int *fd)
{
    if (dir != NULL && (name[0] == '\0' || strchr(name, '/') != NULL || strcmp(name, ".") == 0 ||
                        strcmp(name, "..") == 0)) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "\"%s\" is not a name in a folder", name);
    }
    *fd = dir != NULL ? dir->fd : AT_FDCWD;
    return OB_OK;
}

static int64_t ns_of(struct statx_timestamp time)
{
    return time.tv_sec * SECOND + time.tv_nsec;
}

static ob_file_type type_of_mode(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return OB_FILE_REGULAR;
    case S_IFDIR:
        return OB_FILE_DIR;
    case S_IFLNK:
        return OB_FILE_SYMLINK;
    case S_IFIFO:
        return OB_FILE_FIFO;
    case S_IFSOCK:
        return OB_FILE_SOCKET;
    case S_IFCHR:
        return OB_FILE_CHAR_DEVICE;
    case S_IFBLK:
        return OB_FILE_BLOCK_DEVICE;
    default:
        return OB_FILE_OTHER;
    }
}

static ob_file_info info_of(const struct statx *st)
{
    return (ob_file_info){
        .type = type_of_mode(st->stx_mode),
        .mode = st->stx_mode & 07777u,
        .uid = st->stx_uid,
        .gid = st->stx_gid,
        .links = st->stx_nlink,
        .inode_flags = (uint32_t)st->stx_attributes & OB_INODE_FLAGS,
        .size = st->stx_size,
        .allocated = st->stx_blocks * 512,
        .device = makedev(st->stx_dev_major, st->stx_dev_minor),
        .file_id = st->stx_ino,
        .rdev = makedev(st->stx_rdev_major, st->stx_rdev_minor),
        .mtime = ns_of(st->stx_mtime),
        .ctime = ns_of(st->stx_ctime),
        .atime = ns_of(st->stx_atime),
        .btime = (st->stx_mask & STATX_BTIME) != 0 ? ns_of(st->stx_btime) : 0,
    };
}

ob_status ob_posix_stat(const ob_fs *fs, ob_dir *dir, const char *name, ob_file_info *out)
{
    struct statx st;
    int base = -1;
    ob_status status = ob_posix_base(dir, name, &base);
    (void)fs;
    if (OB_FAILED(status)) {
        return status;
    }
    if (statx(base, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME, &st) != 0) {
        return ob_posix_fail(errno, dir, name);
    }
    *out = info_of(&st);
    return OB_OK;
}

ob_status ob_posix_file_stat(const ob_fs *fs, ob_file *file, ob_file_info *out)
{
    struct statx st;
    (void)fs;
    if (statx(file->fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &st) != 0) {
        return ob_posix_fail(errno, NULL, file->path);
    }
    *out = info_of(&st);
    return OB_OK;
}

static struct timespec timespec_of(int64_t time)
{
    int64_t rest = time % SECOND;
    struct timespec result = {.tv_sec = time / SECOND, .tv_nsec = rest};
    if (rest < 0) {
        result.tv_sec--;
        result.tv_nsec += SECOND;
    }
    return result;
}

/* Sets some of the inode flags and leaves the others: they mean something to regular files and
 * folders only. */
static ob_status set_flags(int base, const ob_dir *dir, const char *name, uint32_t flags,
                           uint32_t which)
{
    int now = 0;
    ob_status status = OB_OK;
    int fd = openat(base, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return ob_posix_fail(errno, dir, name);
    }
    if (ioctl(fd, FS_IOC_GETFLAGS, &now) != 0) {
        status = ob_posix_fail(errno == ENOTTY ? EOPNOTSUPP : errno, dir, name);
    } else {
        int wanted = (now & ~(int)which) | (int)(flags & which);
        if (wanted != now && ioctl(fd, FS_IOC_SETFLAGS, &wanted) != 0) {
            status = ob_posix_fail(errno, dir, name);
        }
    }
    close(fd);
    return status;
}

ob_status ob_posix_set_meta(const ob_fs *fs, ob_dir *dir, const char *name,
                            const ob_file_info *info, int mask)
{
    int base = -1;
    ob_status status = ob_posix_base(dir, name, &base);
    mode_t mode = info->mode & 07777;
    (void)fs;
    if (OB_FAILED(status)) {
        return status;
    }
    /* The owner first: a change of owner takes the set-id bits away. What one step cannot do is
     * reported, and the others are still done. */
    if ((mask & OB_META_OWNER) != 0 &&
        fchownat(base, name, info->uid, info->gid, AT_SYMLINK_NOFOLLOW) != 0) {
        status = ob_posix_fail(errno, dir, name);
        mode &= 01777; /* must not lend our identity to a file that was somebody else's */
    }
    if ((mask & OB_META_MODE) != 0 && info->type != OB_FILE_SYMLINK &&
        fchmodat(base, name, mode, AT_SYMLINK_NOFOLLOW) != 0 && status == OB_OK) {
        status = ob_posix_fail(errno, dir, name);
    }
    if ((mask & OB_META_TIMES) != 0) {
        struct timespec times[2] = {timespec_of(info->atime), timespec_of(info->mtime)};
        if (utimensat(base, name, times, AT_SYMLINK_NOFOLLOW) != 0 && status == OB_OK) {
            status = ob_posix_fail(errno, dir, name);
        }
    }
    uint32_t which = (mask & OB_META_STORAGE) != 0 ? OB_INODE_COMPRESSED : 0;
    which |= (mask & OB_META_FLAGS) != 0 ? OB_INODE_FLAGS & ~(uint32_t)OB_INODE_COMPRESSED : 0;
    if (which != 0) {
        ob_status flags = set_flags(base, dir, name, info->inode_flags, which);
        status = status == OB_OK ? flags : status;
    }
    return status;
}

ob_status ob_posix_space(const ob_fs *fs, const char *path, uint64_t *free_bytes,
                         uint64_t *total_bytes)
{
    struct statvfs st;
    (void)fs;
    if (statvfs(path, &st) != 0) {
        return ob_posix_fail(errno, NULL, path);
    }
    *free_bytes = (uint64_t)st.f_bavail * st.f_frsize;
    *total_bytes = (uint64_t)st.f_blocks * st.f_frsize;
    return OB_OK;
}
