#include "ob/volumes.h"

#include "mountinfo.h"
#include "ob/alloc.h"
#include "ob/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOUNTINFO "/proc/self/mountinfo"
#define MOUNTINFO_MOST (16u << 20)

/* A file of the kernel has no size: it is read to its end. */
static ob_status read_all(ob_buf *out)
{
    char piece[16384];
    ssize_t got = 1;
    int fd = open(MOUNTINFO, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return ob_fail(OB_E_NOT_FOUND, "%s: %s", MOUNTINFO, strerror(errno));
    }
    while (got > 0 && out->length < MOUNTINFO_MOST && !out->failed) {
        do {
            got = read(fd, piece, sizeof piece);
        } while (got < 0 && errno == EINTR);
        ob_buf_put(out, piece, got > 0 ? (size_t)got : 0);
    }
    close(fd);
    if (got < 0) {
        return ob_fail(OB_E_IO, "%s: %s", MOUNTINFO, strerror(errno));
    }
    return got > 0 && !out->failed ? ob_fail(OB_E_TOO_LARGE, "%s", MOUNTINFO) : ob_buf_status(out);
}

ob_status ob_volumes_list(ob_volume_visit visit, void *context)
{
    ob_buf text = {0};
    ob_status status = read_all(&text);
    if (status == OB_OK && text.length > 0) {
        status = ob_mountinfo_read((const char *)text.data, text.length, visit, context);
    }
    ob_buf_free(&text);
    return status;
}

typedef struct search {
    const char *path;
    char *mount; /* the longest so far, with a separator at its end */
} search;

static bool lies_below(const char *path, const char *mount, size_t length)
{
    return strncmp(path, mount, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

static ob_status look(void *context, const ob_volume *volume)
{
    search *s = context;
    size_t length = strlen(volume->mount);
    length -= volume->mount[length - 1] == '/' ? 1 : 0; /* "/" is "" */
    if (!lies_below(s->path, volume->mount, length) ||
        (s->mount != NULL && length + 1 < strlen(s->mount))) {
        return OB_OK;
    }
    char *mount = ob_asprintf("%.*s/", (int)length, volume->mount);
    if (mount == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a mount");
    }
    ob_free(s->mount);
    s->mount = mount;
    return OB_OK;
}

/* Where the part of a path that exists leads to; for free(). NULL without memory. */
static char *followed(const char *path)
{
    char *part = ob_strdup(path);
    char *real = NULL;
    while (part != NULL && (real = realpath(part, NULL)) == NULL && part[0] != '\0') {
        char *slash = strrchr(part, '/');
        slash[slash == part && slash[1] != '\0' ? 1 : 0] = '\0';
    }
    ob_free(part);
    return real;
}

ob_status ob_volume_mount_of(const char *path, char **out)
{
    search s = {.path = NULL};
    if (path[0] != '/') {
        return ob_fail(OB_E_INVALID_ARGUMENT, "%s is not an absolute path", path);
    }
    char *real = followed(path);
    if (real == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", path);
    }
    s.path = real;
    ob_status status = ob_volumes_list(look, &s);
    if (status == OB_OK && s.mount == NULL) {
        status = ob_fail(OB_E_NOT_FOUND, "no volume is mounted that holds %s", path);
    }
    if (status == OB_OK) {
        *out = s.mount;
        s.mount = NULL; /* transferred */
    }
    ob_free(s.mount);
    free(real);
    return status;
}
