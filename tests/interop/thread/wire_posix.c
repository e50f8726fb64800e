#include "wire.h"

#include "ob/rpc_tcp.h"

#include <stdio.h>

ob_status wire_add_tcp(void *context)
{
    uint16_t port = 0;
    (void)context;
    ob_status status = ob_rpc_server_use_tcp(ob_rpc_server_default(), "127.0.0.1", 0, &port);
    if (!OB_FAILED(status)) {
        printf("port %u\n", port);
        fflush(stdout);
    }
    return status;
}
