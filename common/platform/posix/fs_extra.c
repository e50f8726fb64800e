#include "fs_private.h"
#include "ob/alloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#define LIST_MOST ((size_t)65536)  /* XATTR_LIST_MAX */
#define VALUE_MOST ((size_t)65536) /* XATTR_SIZE_MAX */

#define ACCESS_ACL "system.posix_acl_access"
#define DEFAULT_ACL "system.posix_acl_default"
#define CAPABILITY "security.capability"

/* What attributes are read from: the open file, or a path that leads through the folder's handle,
 * since they have no calls relative to one, and that does not follow its last component. */
typedef struct source {
    int fd;
    char *path;
} source;

static ob_status open_source(const ob_dir *dir, const char *name, const ob_file *file, source *out)
{
    int base = -1;
    *out = (source){.fd = file != NULL ? file->fd : -1};
    if (file != NULL) {
        return OB_OK;
    }
    ob_status status = ob_posix_base(dir, name, &base);
    if (OB_FAILED(status)) {
        return status;
    }
    out->path = dir != NULL ? ob_asprintf("/proc/self/fd/%d/%s", base, name) : ob_strdup(name);
    return out->path != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "%s", name);
}

static ssize_t list_names(const source *from, char *names, size_t size)
{
    return from->path != NULL ? llistxattr(from->path, names, size)
                              : flistxattr(from->fd, names, size);
}

static ssize_t get_value(const source *from, const char *name, void *value, size_t size)
{
    return from->path != NULL ? lgetxattr(from->path, name, value, size)
                              : fgetxattr(from->fd, name, value, size);
}

static ob_extra_kind kind_of(const char *name)
{
    return strcmp(name, ACCESS_ACL) == 0    ? OB_EXTRA_KIND_ACCESS_ACL
           : strcmp(name, DEFAULT_ACL) == 0 ? OB_EXTRA_KIND_DEFAULT_ACL
           : strcmp(name, CAPABILITY) == 0  ? OB_EXTRA_KIND_CAPABILITY
                                            : OB_EXTRA_KIND_XATTR;
}

static int compare_names(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;
    int kinds = (int)kind_of(*a) - (int)kind_of(*b);
    return kinds != 0 ? kinds : strcmp(*a, *b);
}

static ob_status visit_value(const source *from, const char *name, uint8_t *value,
                             ob_extra_visit visit, void *context, uint32_t *not_kept)
{
    ob_extra_kind kind = kind_of(name);
    ssize_t length = get_value(from, name, value, VALUE_MOST);
    if (length < 0) {
        /* Gone since it was listed, or not for us to read. */
        *not_kept |= errno == ENODATA                   ? 0
                     : kind == OB_EXTRA_KIND_XATTR      ? OB_EXTRA_XATTR
                     : kind == OB_EXTRA_KIND_CAPABILITY ? OB_EXTRA_CAPABILITY
                                                        : OB_EXTRA_ACL;
        return OB_OK;
    }
    const ob_extra extra = {kind, kind == OB_EXTRA_KIND_XATTR ? name : "", value, (size_t)length};
    return visit(context, &extra);
}

/* `names`: NUL after each, `length` bytes in all. */
static ob_status visit_names(const source *from, const char *names, size_t length,
                             ob_extra_visit visit, void *context, uint32_t *not_kept)
{
    size_t count = 0;
    for (size_t at = 0; at < length; at += strlen(names + at) + 1) {
        count++;
    }
    uint8_t *value = ob_alloc(VALUE_MOST);
    const char **sorted = ob_realloc_array(NULL, count, sizeof *sorted);
    ob_status status = OB_OK;
    if (value == NULL || sorted == NULL) {
        status = ob_fail(OB_E_NO_MEMORY, "%zu extended attributes", count);
        goto out;
    }
    count = 0;
    for (size_t at = 0; at < length; at += strlen(names + at) + 1) {
        sorted[count++] = names + at;
    }
    qsort(sorted, count, sizeof *sorted, compare_names);
    for (size_t i = 0; i < count && !OB_FAILED(status); i++) {
        status = visit_value(from, sorted[i], value, visit, context, not_kept);
    }
out:
    ob_free((void *)sorted);
    ob_free(value);
    return status;
}

ob_status ob_posix_read_extras(const ob_fs *fs, ob_dir *dir, const char *name, ob_file *file,
                               ob_file_type type, ob_extra_visit visit, void *context,
                               uint32_t *not_kept)
{
    char fixed[1024];
    char *names = fixed;
    char *large = NULL;
    source from = {.fd = -1};
    uint32_t bits = 0;
    ob_status status = open_source(dir, name, file, &from);
    (void)fs;
    (void)type;
    if (OB_FAILED(status)) {
        return status;
    }
    ssize_t length = list_names(&from, fixed, sizeof fixed - 1);
    if (length < 0 && errno == ERANGE) {
        names = large = ob_alloc(LIST_MOST + 1);
        if (large == NULL) {
            status = ob_fail(OB_E_NO_MEMORY, "%s", name);
            goto out;
        }
        length = list_names(&from, large, LIST_MOST);
    }
    if (length < 0 && errno != EOPNOTSUPP) {
        status = ob_posix_fail(errno, dir, name);
    } else if (length > 0) {
        names[length] = '\0';
        status = visit_names(&from, names, (size_t)length, visit, context, &bits);
    }
    if (!OB_FAILED(status)) {
        *not_kept = bits;
    }
out:
    ob_free(large);
    ob_free(from.path);
    return status;
}

ob_status ob_posix_write_extra(const ob_fs *fs, ob_dir *dir, const char *name,
                               const ob_extra *extra)
{
    source to = {.fd = -1};
    const char *attribute = extra->name;
    (void)fs;
    switch (extra->kind) {
    case OB_EXTRA_KIND_ACCESS_ACL:
        attribute = ACCESS_ACL;
        break;
    case OB_EXTRA_KIND_DEFAULT_ACL:
        attribute = DEFAULT_ACL;
        break;
    case OB_EXTRA_KIND_CAPABILITY:
        attribute = CAPABILITY;
        break;
    case OB_EXTRA_KIND_XATTR:
        break;
    default:
        return ob_fail(OB_E_NOT_SUPPORTED, "%s: this system has no such thing", name);
    }
    ob_status status = open_source(dir, name, NULL, &to);
    bool take = extra->length == 0 && extra->kind != OB_EXTRA_KIND_XATTR;
    if (!OB_FAILED(status) && take) {
        bool gone =
            lremovexattr(to.path, attribute) == 0 || errno == ENODATA || errno == EOPNOTSUPP;
        status = gone ? OB_OK : ob_posix_fail(errno, dir, name);
    } else if (!OB_FAILED(status) &&
               lsetxattr(to.path, attribute, extra->data, extra->length, 0) != 0) {
        status = ob_posix_fail(errno, dir, name);
    }
    ob_free(to.path);
    return status;
}

ob_status ob_posix_data_map(const ob_fs *fs, ob_file *file, uint64_t size, ob_extent_visit visit,
                            void *context)
{
    uint64_t at = 0;
    ob_status status = OB_OK;
    (void)fs;
    while (at < size && !OB_FAILED(status)) {
        off_t data = lseek(file->fd, (off_t)at, SEEK_DATA);
        if (data < 0 && errno == ENXIO) {
            break; /* a hole up to the end */
        }
        if (data < 0) {
            return ob_posix_fail(errno, NULL, file->path);
        }
        off_t hole = lseek(file->fd, data, SEEK_HOLE);
        if (hole < 0) {
            return ob_posix_fail(errno, NULL, file->path);
        }
        uint64_t from = (uint64_t)data > at ? (uint64_t)data : at;
        uint64_t to = (uint64_t)hole < size ? (uint64_t)hole : size;
        if (to <= from) {
            break;
        }
        status = visit(context, from, to - from);
        at = to;
    }
    return status;
}

ob_status ob_posix_make_node(const ob_fs *fs, ob_dir *dir, const char *name,
                             const ob_file_info *info, const void *data, size_t length)
{
    int base = -1;
    ob_status status = ob_posix_base(dir, name, &base);
    mode_t type = info->type == OB_FILE_FIFO           ? S_IFIFO
                  : info->type == OB_FILE_CHAR_DEVICE  ? S_IFCHR
                  : info->type == OB_FILE_BLOCK_DEVICE ? S_IFBLK
                                                       : 0;
    (void)fs;
    (void)data;
    (void)length;
    if (!OB_FAILED(status) && type == 0) {
        status = ob_fail(OB_E_NOT_SUPPORTED, "%s: this system has no such files", name);
    }
    if (!OB_FAILED(status) && mknodat(base, name, type | 0600, (dev_t)info->rdev) != 0) {
        status = ob_posix_fail(errno, dir, name);
    }
    return status;
}
