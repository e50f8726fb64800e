#include "socket.h"

#include "ob/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

typedef struct socket_transport {
    ob_rpc_transport base;
    int fd;
} socket_transport;

/* Waits for `events`; a hang-up counts, so that the caller's next call tells about it. */
static ob_status wait_for(int fd, short events, uint32_t ms)
{
    struct pollfd entry = {.fd = fd, .events = events};
    int n = 0;
    do {
        n = poll(&entry, 1, ms == UINT32_MAX ? -1 : (int)(ms < INT32_MAX ? ms : INT32_MAX));
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        return ob_fail(OB_E_IO, "poll: %s", strerror(errno));
    }
    return n == 0 ? ob_fail(OB_E_TIMEOUT, "waited %u ms", ms) : OB_OK;
}

static ob_status socket_receive(ob_rpc_transport *transport, void *data, size_t length, uint32_t ms,
                                size_t *got)
{
    const socket_transport *t = (socket_transport *)transport;
    for (;;) {
        const ssize_t n = recv(t->fd, data, length, MSG_DONTWAIT);
        if (n >= 0) {
            *got = (size_t)n;
            return OB_OK;
        }
        if (errno == EINTR) {
            continue;
        }
        if (errno != EAGAIN && errno != EWOULDBLOCK) {
            return ob_fail(OB_E_IO, "recv: %s", strerror(errno));
        }
        const ob_status status = wait_for(t->fd, POLLIN, ms);
        if (OB_FAILED(status)) {
            return status;
        }
    }
}

static ob_status socket_send(ob_rpc_transport *transport, const void *data, size_t length,
                             uint32_t ms, size_t *sent)
{
    const socket_transport *t = (socket_transport *)transport;
    for (;;) {
        const ssize_t n = send(t->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n >= 0) {
            *sent = (size_t)n;
            return OB_OK;
        }
        if (errno == EINTR) {
            continue;
        }
        if (errno != EAGAIN && errno != EWOULDBLOCK) {
            return ob_fail(OB_E_IO, "send: %s", strerror(errno));
        }
        const ob_status status = wait_for(t->fd, POLLOUT, ms);
        if (OB_FAILED(status)) {
            return status;
        }
    }
}

static void socket_stop(ob_rpc_transport *transport, bool both)
{
    shutdown(((socket_transport *)transport)->fd, both ? SHUT_RDWR : SHUT_RD);
}

static void socket_close(ob_rpc_transport *transport)
{
    close(((socket_transport *)transport)->fd);
    ob_free(transport);
}

/* The kernel gives all of them or none. */
static void read_groups(int fd, ob_rpc_peer *peer)
{
    socklen_t length = sizeof peer->groups;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, peer->groups, &length) == 0) {
        peer->group_count = length / sizeof peer->groups[0];
        return;
    }
    gid_t *all = errno == ERANGE ? ob_alloc(length) : NULL;
    if (all != NULL && getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, all, &length) == 0) {
        memcpy(peer->groups, all, sizeof peer->groups);
        peer->group_count = OB_RPC_PEER_GROUPS;
    }
    ob_free(all);
}

static void read_peer(int fd, ob_rpc_peer *peer)
{
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0 ||
        credentials.pid == 0) {
        return;
    }
    peer->known = true;
    peer->pid = credentials.pid;
    peer->uid = credentials.uid;
    peer->gid = credentials.gid;
    read_groups(fd, peer);
}

ob_status ob_rpc_transport_of_socket(ob_rpc_transport **out, int fd)
{
    socket_transport *t = ob_calloc(1, sizeof *t);
    if (t == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a connection");
    }
    t->base.receive = socket_receive;
    t->base.send = socket_send;
    t->base.stop = socket_stop;
    t->base.close = socket_close;
    t->fd = fd;
    read_peer(fd, &t->base.peer);
    *out = &t->base;
    return OB_OK;
}

static ob_status connect_failed(int error)
{
    const ob_status status =
        error == EACCES || error == EPERM ? OB_E_ACCESS_DENIED : OB_E_AGENT_UNREACHABLE;
    return ob_fail(status, "connect: %s", strerror(error));
}

/* A Unix socket with a full queue of connections says EAGAIN and cannot be waited for. */
static ob_status connect_within(int fd, const struct sockaddr *address, socklen_t length,
                                uint32_t ms)
{
    enum { STEP_MS = 10 };
    int error = 0;
    socklen_t size = sizeof error;
    uint32_t waited = 0;
    int n = connect(fd, address, length);
    while (n != 0 && errno == EAGAIN && waited < ms) {
        poll(NULL, 0, STEP_MS);
        waited += STEP_MS;
        n = connect(fd, address, length);
    }
    if (n == 0) {
        return OB_OK;
    }
    if (errno == EAGAIN) {
        return ob_fail(OB_E_TIMEOUT, "connect: the other end takes no connections");
    }
    if (errno != EINPROGRESS) {
        return connect_failed(errno);
    }
    const ob_status status = wait_for(fd, POLLOUT, ms);
    if (OB_FAILED(status)) {
        return status;
    }
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
        return connect_failed(error != 0 ? error : errno);
    }
    return OB_OK;
}

ob_status ob_rpc_socket_connect(int fd, const struct sockaddr *address, socklen_t length,
                                uint32_t ms, ob_rpc_transport **out)
{
    ob_status status = connect_within(fd, address, length, ms);
    if (!OB_FAILED(status)) {
        status = ob_rpc_transport_of_socket(out, fd);
    }
    if (OB_FAILED(status)) {
        close(fd);
    }
    return status;
}

typedef struct socket_listener {
    ob_rpc_listener base;
    int fd;
    int event; /* readable once stop() was called */
    char *path;
} socket_listener;

static ob_status listener_accept(ob_rpc_listener *listener, ob_rpc_transport **out)
{
    const socket_listener *l = (socket_listener *)listener;
    for (;;) {
        struct pollfd entries[2] = {{.fd = l->fd, .events = POLLIN},
                                    {.fd = l->event, .events = POLLIN}};
        if (poll(entries, 2, -1) < 0 && errno != EINTR) {
            return ob_fail(OB_E_IO, "poll: %s", strerror(errno));
        }
        if (entries[1].revents != 0) {
            return OB_E_CANCELLED;
        }
        const int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0) {
            const ob_status status = ob_rpc_transport_of_socket(out, fd);
            if (OB_FAILED(status)) {
                close(fd);
            }
            return status;
        }
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
            return ob_fail(OB_E_IO, "accept: %s", strerror(errno));
        }
    }
}

static void listener_stop(ob_rpc_listener *listener)
{
    const uint64_t one = 1;
    const ssize_t n = write(((socket_listener *)listener)->event, &one, sizeof one);
    (void)n; /* the counter of an eventfd has room for it */
}

static void listener_close(ob_rpc_listener *listener)
{
    socket_listener *l = (socket_listener *)listener;
    if (l->path != NULL) {
        unlink(l->path);
    }
    close(l->fd);
    if (l->event >= 0) {
        close(l->event);
    }
    ob_free(l->path);
    ob_free(l);
}

ob_status ob_rpc_listener_of_socket(ob_rpc_listener **out, int fd, const char *path)
{
    socket_listener *l = ob_calloc(1, sizeof *l);
    if (l == NULL) {
        close(fd);
        return ob_fail(OB_E_NO_MEMORY, "a listener");
    }
    l->base.accept = listener_accept;
    l->base.stop = listener_stop;
    l->base.close = listener_close;
    l->fd = fd;
    l->event = eventfd(0, EFD_CLOEXEC);
    l->path = path == NULL ? NULL : ob_strdup(path);
    const int flags = fcntl(fd, F_GETFL);
    if (l->event < 0 || (path != NULL && l->path == NULL) || flags < 0 ||
        fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) {
        listener_close(&l->base);
        return ob_fail(OB_E_IO, "a listener could not be made");
    }
    *out = &l->base;
    return OB_OK;
}
