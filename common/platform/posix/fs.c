#include "fs_private.h"
#include "ob/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static char *full_path(const ob_dir *dir, const char *name)
{
    return dir != NULL ? ob_path_join(dir->path, name) : ob_strdup(name);
}

static ob_status no_memory(const char *name)
{
    return ob_fail(OB_E_NO_MEMORY, "%s", name);
}

static ob_status dir_open(const ob_fs *fs, ob_dir *parent, const char *name, ob_dir **out)
{
    int base = -1;
    ob_status status = ob_posix_base(parent, name, &base);
    (void)fs;
    if (OB_FAILED(status)) {
        return status;
    }
    ob_dir *dir = ob_calloc(1, sizeof *dir);
    char *path = full_path(parent, name);
    if (dir == NULL || path == NULL) {
        status = no_memory(name);
        goto out;
    }
    int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (parent != NULL ? O_NOFOLLOW : 0);
    dir->fd = openat(base, name, flags);
    if (dir->fd < 0) {
        status = ob_posix_fail(errno, parent, name);
        goto out;
    }
    dir->path = path;
    path = NULL; /* transferred */
    *out = dir;
    dir = NULL; /* transferred */
out:
    ob_free(path);
    ob_free(dir);
    return status;
}

static ob_file_type type_of_entry(unsigned char type)
{
    static const ob_file_type types[16] = {
        [DT_REG] = OB_FILE_REGULAR,     [DT_DIR] = OB_FILE_DIR,     [DT_LNK] = OB_FILE_SYMLINK,
        [DT_FIFO] = OB_FILE_FIFO,       [DT_SOCK] = OB_FILE_SOCKET, [DT_CHR] = OB_FILE_CHAR_DEVICE,
        [DT_BLK] = OB_FILE_BLOCK_DEVICE};
    return type < 16 ? types[type] : (ob_file_type)0;
}

static ob_status dir_read(const ob_fs *fs, ob_dir *dir, ob_dir_entry *out)
{
    (void)fs;
    if (dir->stream == NULL) {
        dir->stream = fdopendir(dir->fd);
        if (dir->stream == NULL) {
            return ob_posix_fail(errno, NULL, dir->path);
        }
    }
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir->stream);
        if (entry == NULL && errno != 0) {
            return ob_posix_fail(errno, NULL, dir->path);
        }
        if (entry == NULL) {
            *out = (ob_dir_entry){0};
            return OB_OK;
        }
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            *out = (ob_dir_entry){entry->d_name, type_of_entry(entry->d_type), entry->d_ino};
            return OB_OK;
        }
    }
}

static void dir_close(const ob_fs *fs, ob_dir *dir)
{
    (void)fs;
    if (dir == NULL) {
        return;
    }
    if (dir->stream != NULL) {
        closedir(dir->stream);
    } else {
        close(dir->fd);
    }
    ob_free(dir->path);
    ob_free(dir);
}

static ob_status dir_sync(const ob_fs *fs, ob_dir *dir)
{
    (void)fs;
    /* EINVAL: a file system whose folders cannot be synced, so there is nothing to wait for. */
    if (fsync(dir->fd) != 0 && errno != EINVAL) {
        return ob_posix_fail(errno, NULL, dir->path);
    }
    return OB_OK;
}

static ob_status sync_volume(const ob_fs *fs, ob_dir *dir)
{
    (void)fs;
    return syncfs(dir->fd) == 0 ? OB_OK : ob_posix_fail(errno, NULL, dir->path);
}

static int open_flags(const ob_dir *dir, int flags)
{
    /* O_NONBLOCK: a FIFO put where a file was must not hold us; without effect on files. */
    int result = O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (dir != NULL ? O_NOFOLLOW : 0);
    if ((flags & OB_OPEN_WRITE) != 0) {
        result |= (flags & OB_OPEN_READ) != 0 ? O_RDWR : O_WRONLY;
    }
    result |= (flags & OB_OPEN_CREATE) != 0 ? O_CREAT : 0;
    result |= (flags & OB_OPEN_EXCLUSIVE) != 0 ? O_EXCL : 0;
    result |= (flags & OB_OPEN_TRUNCATE) != 0 ? O_TRUNC : 0;
    result |= (flags & OB_OPEN_BACKUP) != 0 ? O_NOATIME : 0;
    return result;
}

static int open_retrying(int base, const char *name, int flags, mode_t mode)
{
    for (;;) {
        int fd = openat(base, name, flags, mode);
        if (fd < 0 && errno == EPERM && (flags & O_NOATIME) != 0) {
            flags &= ~O_NOATIME; /* only the owner may ask for it */
        } else if (fd >= 0 || errno != EINTR) {
            return fd;
        }
    }
}

static ob_status open_file(const ob_fs *fs, ob_dir *dir, const char *name, int flags, ob_file **out)
{
    int base = -1;
    int fd = -1;
    struct stat info;
    ob_status status = ob_posix_base(dir, name, &base);
    (void)fs;
    if (OB_FAILED(status)) {
        return status;
    }
    ob_file *file = ob_calloc(1, sizeof *file);
    char *path = full_path(dir, name);
    if (file == NULL || path == NULL) {
        status = no_memory(name);
        goto out;
    }
    mode_t mode = (flags & OB_OPEN_PRIVATE) != 0 ? 0600 : 0666;
    fd = open_retrying(base, name, open_flags(dir, flags), mode);
    if (fd < 0 || fstat(fd, &info) != 0) {
        status = ob_posix_fail(errno, dir, name);
        goto out;
    }
    if (!S_ISREG(info.st_mode)) {
        status = ob_fail(OB_E_NOT_SUPPORTED, "%s: not a regular file", path);
        goto out;
    }
    if ((flags & OB_OPEN_SEQUENTIAL) != 0) {
        posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    file->fd = fd;
    file->path = path;
    fd = -1;     /* transferred */
    path = NULL; /* transferred */
    *out = file;
    file = NULL; /* transferred */
out:
    if (fd >= 0) {
        close(fd);
    }
    ob_free(path);
    ob_free(file);
    return status;
}

static void close_file(const ob_fs *fs, ob_file *file)
{
    (void)fs;
    if (file != NULL) {
        close(file->fd);
        ob_free(file->path);
        ob_free(file);
    }
}

static ob_status read_at(const ob_fs *fs, ob_file *file, uint64_t offset, void *data, size_t length,
                         size_t *got)
{
    size_t done = 0;
    (void)fs;
    while (done < length) {
        ssize_t count = pread(file->fd, (char *)data + done, length - done, (off_t)(offset + done));
        if (count < 0 && errno != EINTR) {
            return ob_posix_fail(errno, NULL, file->path);
        }
        if (count == 0) {
            break;
        }
        done += count > 0 ? (size_t)count : 0;
    }
    *got = done;
    return OB_OK;
}

static ob_status write_at(const ob_fs *fs, ob_file *file, uint64_t offset, const void *data,
                          size_t length)
{
    size_t done = 0;
    (void)fs;
    while (done < length) {
        ssize_t count =
            pwrite(file->fd, (const char *)data + done, length - done, (off_t)(offset + done));
        if (count < 0 && errno != EINTR) {
            return ob_posix_fail(errno, NULL, file->path);
        }
        if (count == 0) {
            return ob_posix_fail(EIO, NULL, file->path);
        }
        done += count > 0 ? (size_t)count : 0;
    }
    return OB_OK;
}

static ob_status truncate_file(const ob_fs *fs, ob_file *file, uint64_t size)
{
    (void)fs;
    while (ftruncate(file->fd, (off_t)size) != 0) {
        if (errno != EINTR) {
            return ob_posix_fail(errno, NULL, file->path);
        }
    }
    return OB_OK;
}

static ob_status sync_file(const ob_fs *fs, ob_file *file)
{
    (void)fs;
    return fsync(file->fd) == 0 ? OB_OK : ob_posix_fail(errno, NULL, file->path);
}

static ob_status lock_file(const ob_fs *fs, ob_file *file)
{
    (void)fs;
    while (flock(file->fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EINTR) {
            return ob_posix_fail(errno, NULL, file->path);
        }
    }
    return OB_OK;
}

static ob_status map_file(const ob_fs *fs, ob_file *file, size_t length, const void **out)
{
    (void)fs;
    void *data = mmap(NULL, length, PROT_READ, MAP_SHARED, file->fd, 0);
    if (data == MAP_FAILED) {
        return ob_posix_fail(errno, NULL, file->path);
    }
    *out = data;
    return OB_OK;
}

static void unmap_file(const ob_fs *fs, const void *data, size_t length)
{
    (void)fs;
    if (data != NULL) {
        munmap((void *)(uintptr_t)data, length);
    }
}

static ob_status make_dir(const ob_fs *fs, ob_dir *dir, const char *name, bool private_to_owner)
{
    int base = -1;
    ob_status status = ob_posix_base(dir, name, &base);
    (void)fs;
    if (status == OB_OK && mkdirat(base, name, private_to_owner ? 0700 : 0777) != 0) {
        status = ob_posix_fail(errno, dir, name);
    }
    return status;
}

static ob_status unlink_name(ob_dir *dir, const char *name, int flags)
{
    int base = -1;
    ob_status status = ob_posix_base(dir, name, &base);
    if (status == OB_OK && unlinkat(base, name, flags) != 0) {
        status = ob_posix_fail(errno, dir, name);
    }
    return status;
}

static ob_status remove_file(const ob_fs *fs, ob_dir *dir, const char *name)
{
    (void)fs;
    return unlink_name(dir, name, 0);
}

static ob_status remove_dir(const ob_fs *fs, ob_dir *dir, const char *name)
{
    (void)fs;
    return unlink_name(dir, name, AT_REMOVEDIR);
}

static ob_status rename_file(const ob_fs *fs, ob_dir *from_dir, const char *from, ob_dir *to_dir,
                             const char *to)
{
    int old_base = -1;
    int new_base = -1;
    ob_status status = ob_posix_base(from_dir, from, &old_base);
    (void)fs;
    if (status == OB_OK) {
        status = ob_posix_base(to_dir, to, &new_base);
    }
    if (status == OB_OK && renameat(old_base, from, new_base, to) != 0) {
        status = ob_posix_fail(errno, from_dir, from);
    }
    return status;
}

static ob_status rename_new(const ob_fs *fs, ob_dir *from_dir, const char *from, ob_dir *to_dir,
                            const char *to)
{
    int old_base = -1;
    int new_base = -1;
    ob_status status = ob_posix_base(from_dir, from, &old_base);
    (void)fs;
    if (status == OB_OK) {
        status = ob_posix_base(to_dir, to, &new_base);
    }
    if (OB_FAILED(status) || renameat2(old_base, from, new_base, to, RENAME_NOREPLACE) == 0) {
        return status;
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return ob_posix_fail(errno, errno == EEXIST ? to_dir : from_dir,
                             errno == EEXIST ? to : from);
    }
    /* A file system without that flag: a link never replaces, then the old name goes. */
    if (linkat(old_base, from, new_base, to, 0) != 0) {
        return ob_posix_fail(errno, to_dir, to);
    }
    if (unlinkat(old_base, from, 0) != 0) {
        return ob_posix_fail(errno, from_dir, from);
    }
    return OB_OK;
}

static ob_status read_link(const ob_fs *fs, ob_dir *dir, const char *name, char **out)
{
    int base = -1;
    char *text = NULL;
    ob_status status = ob_posix_base(dir, name, &base);
    (void)fs;
    for (size_t size = 256; status == OB_OK; size *= 2) {
        char *larger = ob_realloc(text, size);
        if (larger == NULL) {
            status = no_memory(name);
            break;
        }
        text = larger;
        ssize_t length = readlinkat(base, name, text, size);
        if (length < 0) {
            status = ob_posix_fail(errno, dir, name);
        } else if ((size_t)length < size) {
            text[length] = '\0';
            *out = text;
            return OB_OK;
        }
    }
    ob_free(text);
    return status;
}

static ob_status make_symlink(const ob_fs *fs, ob_dir *dir, const char *name, const char *target,
                              bool target_is_dir)
{
    int base = -1;
    ob_status status = ob_posix_base(dir, name, &base);
    (void)fs;
    (void)target_is_dir;
    if (status == OB_OK && symlinkat(target, base, name) != 0) {
        status = ob_posix_fail(errno, dir, name);
    }
    return status;
}

static ob_status make_link(const ob_fs *fs, ob_dir *old_dir, const char *old_name, ob_dir *new_dir,
                           const char *new_name)
{
    int old_base = -1;
    int new_base = -1;
    ob_status status = ob_posix_base(old_dir, old_name, &old_base);
    (void)fs;
    if (status == OB_OK) {
        status = ob_posix_base(new_dir, new_name, &new_base);
    }
    if (status == OB_OK && linkat(old_base, old_name, new_base, new_name, 0) != 0) {
        status = ob_posix_fail(errno, new_dir, new_name);
    }
    return status;
}

const ob_fs *ob_fs_os(void)
{
    static const ob_fs fs = {
        .dir_open = dir_open,
        .dir_read = dir_read,
        .dir_close = dir_close,
        .dir_sync = dir_sync,
        .sync_volume = sync_volume,
        .stat = ob_posix_stat,
        .open = open_file,
        .close = close_file,
        .file_stat = ob_posix_file_stat,
        .read_at = read_at,
        .write_at = write_at,
        .truncate = truncate_file,
        .sync = sync_file,
        .lock = lock_file,
        .map = map_file,
        .unmap = unmap_file,
        .make_dir = make_dir,
        .remove_file = remove_file,
        .remove_dir = remove_dir,
        .rename = rename_file,
        .rename_new = rename_new,
        .read_link = read_link,
        .make_symlink = make_symlink,
        .make_link = make_link,
        .set_meta = ob_posix_set_meta,
        .space = ob_posix_space,
        .volume_kind = ob_posix_volume_kind,
        .read_extras = ob_posix_read_extras,
        .write_extra = ob_posix_write_extra,
        .data_map = ob_posix_data_map,
        .make_node = ob_posix_make_node,
    };
    return &fs;
}
