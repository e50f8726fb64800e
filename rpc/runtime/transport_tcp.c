#include "ob/rpc_tcp.h"
#include "socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 64 };

static ob_status make_address(struct sockaddr_in *out, const char *address, uint16_t port)
{
    memset(out, 0, sizeof *out);
    out->sin_family = AF_INET;
    out->sin_port = htons(port);
    if (inet_pton(AF_INET, address, &out->sin_addr) != 1) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "not a numeric address: %s", address);
    }
    return OB_OK;
}

static ob_status tcp_connect(void *context, const char *address, const char *endpoint, uint32_t ms,
                             ob_rpc_transport **out)
{
    (void)context;
    struct sockaddr_in name;
    char *end = NULL;
    const unsigned long port = strtoul(endpoint, &end, 10);
    const int on = 1;
    if (*endpoint == '\0' || *end != '\0' || port == 0 || port > UINT16_MAX) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "not a port: %s", endpoint);
    }
    const ob_status status = make_address(&name, address, (uint16_t)port);
    if (OB_FAILED(status)) {
        return status;
    }
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return ob_fail(OB_E_IO, "socket: %s", strerror(errno));
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* only slower without it */
    return ob_rpc_socket_connect(fd, (const struct sockaddr *)&name, sizeof name, ms, out);
}

ob_status ob_rpc_tcp_enable(void)
{
    return ob_rpc_protseq_add("ncacn_ip_tcp", tcp_connect, NULL);
}

ob_status ob_rpc_server_use_tcp(ob_rpc_server *server, const char *address, uint16_t port,
                                uint16_t *bound_port)
{
    struct sockaddr_in name;
    socklen_t length = sizeof name;
    ob_rpc_listener *listener = NULL;
    const int on = 1;
    ob_status status = make_address(&name, address, port);
    if (OB_FAILED(status)) {
        return status;
    }
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return ob_fail(OB_E_IO, "socket: %s", strerror(errno));
    }
    /* Accepted sockets inherit both. */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (bind(fd, (const struct sockaddr *)&name, sizeof name) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&name, &length) != 0) {
        status = ob_fail(OB_E_IO, "%s:%u: %s", address, port, strerror(errno));
        close(fd);
        return status;
    }
    status = ob_rpc_listener_of_socket(&listener, fd, NULL);
    if (!OB_FAILED(status)) {
        status = ob_rpc_server_add_listener(server, listener);
    }
    if (!OB_FAILED(status)) {
        *bound_port = ntohs(name.sin_port);
    }
    return status;
}
