/*
 * ncacn_ip_tcp without authentication, for the tests of the wire. It lives in a library of its own
 * (ob_rpc_tcp) that no program of the product links, so that it cannot be switched on there.
 */
#ifndef OB_RPC_TCP_H
#define OB_RPC_TCP_H

#include "ob/rpc_runtime.h"

/* Listens on a numeric address; port 0 lets the system choose. *bound_port is the one it has. */
ob_status ob_rpc_server_use_tcp(ob_rpc_server *server, const char *address, uint16_t port,
                                uint16_t *bound_port);
/* Makes "ncacn_ip_tcp:ADDRESS[PORT]" known to string bindings. */
ob_status ob_rpc_tcp_enable(void);

#endif
