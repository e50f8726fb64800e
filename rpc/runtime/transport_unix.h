/* ncalrpc: a Unix stream socket, whose path is the endpoint. */
#ifndef OB_RPC_TRANSPORT_UNIX_H
#define OB_RPC_TRANSPORT_UNIX_H

#include "ob/rpc_runtime.h"

#include <sys/types.h>

/* See ob_rpc_server_use_unix(). */
ob_status ob_rpc_unix_listen(ob_rpc_listener **out, const char *path, mode_t mode);
/* An ob_rpc_connect; `address` is not used. */
ob_status ob_rpc_unix_connect(void *context, const char *address, const char *endpoint, uint32_t ms,
                              ob_rpc_transport **out);

#endif
