#include "transport_unix.h"

#include "socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { BACKLOG = 64, PROBE_MS = 1000, LOCK_MS = 3000, LOCK_STEP_MS = 20 };

static ob_status make_address(struct sockaddr_un *out, const char *path)
{
    const size_t length = strlen(path);
    memset(out, 0, sizeof *out);
    out->sun_family = AF_UNIX;
    if (length == 0 || length >= sizeof out->sun_path) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "a socket's path has 1 to %zu bytes: %s",
                       sizeof out->sun_path - 1, path);
    }
    memcpy(out->sun_path, path, length);
    return OB_OK;
}

ob_status ob_rpc_unix_connect(void *context, const char *address, const char *endpoint, uint32_t ms,
                              ob_rpc_transport **out)
{
    (void)context;
    (void)address;
    struct sockaddr_un name;
    const ob_status status = make_address(&name, endpoint);
    if (OB_FAILED(status)) {
        return status;
    }
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return ob_fail(OB_E_IO, "socket: %s", strerror(errno));
    }
    return ob_rpc_socket_connect(fd, (const struct sockaddr *)&name, sizeof name, ms, out);
}

/* Removes what a server that died left behind. */
static ob_status remove_stale(const char *path)
{
    struct stat info;
    ob_rpc_transport *probe = NULL;
    if (lstat(path, &info) != 0) {
        return errno == ENOENT ? OB_OK : ob_fail(OB_E_IO, "%s: %s", path, strerror(errno));
    }
    if (!S_ISSOCK(info.st_mode)) {
        return ob_fail(OB_E_EXISTS, "%s is there and is no socket", path);
    }
    const ob_status status = ob_rpc_unix_connect(NULL, NULL, path, PROBE_MS, &probe);
    if (!OB_FAILED(status)) {
        probe->close(probe);
    }
    if (status != OB_E_AGENT_UNREACHABLE) {
        return ob_fail(OB_E_BUSY, "another server has %s", path);
    }
    return unlink(path) == 0 ? OB_OK : ob_fail(OB_E_IO, "%s: %s", path, strerror(errno));
}

/* Between looking whether a socket is alive and putting one's own in its place another server must
 * not do the same: one would remove the other's. The lock is of the folder, so nothing is left of
 * it; whoever else holds it may keep it for long, so the wait has an end. */
static ob_status lock_folder(const char *path, int *out)
{
    char folder[sizeof((struct sockaddr_un *)0)->sun_path + 1];
    const char *slash = strrchr(path, '/');
    if (slash == NULL) {
        snprintf(folder, sizeof folder, ".");
    } else {
        snprintf(folder, sizeof folder, "%.*s/", (int)(slash - path), path);
    }
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return ob_fail(errno == EACCES ? OB_E_ACCESS_DENIED : OB_E_IO, "%s: %s", folder,
                       strerror(errno));
    }
    for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; waited += LOCK_STEP_MS) {
        const struct timespec step = {0, LOCK_STEP_MS * 1000000L};
        if ((errno != EWOULDBLOCK && errno != EINTR) || waited >= LOCK_MS) {
            const ob_status status = errno == EWOULDBLOCK ? OB_E_BUSY : OB_E_IO;
            ob_fail(status, "%s is locked: %s", folder, strerror(errno));
            close(fd);
            return status;
        }
        nanosleep(&step, NULL);
    }
    *out = fd;
    return OB_OK;
}

/* Under the folder's lock. */
static ob_status open_socket(const char *path, const struct sockaddr_un *name, mode_t mode,
                             int *out)
{
    ob_status status = remove_stale(path);
    if (OB_FAILED(status)) {
        return status;
    }
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return ob_fail(OB_E_IO, "socket: %s", strerror(errno));
    }
    /* The mode of the descriptor limits that of the name, so nobody else connects in between. */
    if (fchmod(fd, mode) != 0 || bind(fd, (const struct sockaddr *)name, sizeof *name) != 0) {
        status = ob_fail(errno == EACCES ? OB_E_ACCESS_DENIED : OB_E_IO, "%s: %s", path,
                         strerror(errno));
        close(fd);
        return status;
    }
    if (chmod(path, mode) != 0 || listen(fd, BACKLOG) != 0) {
        status = ob_fail(OB_E_IO, "%s: %s", path, strerror(errno));
        unlink(path);
        close(fd);
        return status;
    }
    *out = fd;
    return OB_OK;
}

ob_status ob_rpc_unix_listen(ob_rpc_listener **out, const char *path, mode_t mode)
{
    struct sockaddr_un name;
    int lock = -1;
    int fd = -1;
    ob_status status = make_address(&name, path);
    if (!OB_FAILED(status)) {
        status = lock_folder(path, &lock);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    status = open_socket(path, &name, mode, &fd);
    close(lock);
    return OB_FAILED(status) ? status : ob_rpc_listener_of_socket(out, fd, path);
}
