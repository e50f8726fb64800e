/* What the Unix and the TCP transport have in common. */
#ifndef OB_RPC_SOCKET_H
#define OB_RPC_SOCKET_H

#include "ob/rpc_runtime.h"

#include <sys/socket.h>

/* Connects within `ms` and owns `fd` from then on; on failure closes it. OB_E_ACCESS_DENIED,
 * OB_E_AGENT_UNREACHABLE, OB_E_TIMEOUT. */
ob_status ob_rpc_socket_connect(int fd, const struct sockaddr *address, socklen_t length,
                                uint32_t ms, ob_rpc_transport **out);
/* A listener over a socket that listens; `path` (may be NULL) is removed when it is closed. Owns
 * `fd` in every case. */
ob_status ob_rpc_listener_of_socket(ob_rpc_listener **out, int fd, const char *path);

#endif
