#include <winsock2.h>

#include "wire.h"

#include <rpc.h>
#include <stdio.h>

/* rpcrt4 does not tell the port that it chose, so choose one that is free just now. */
static unsigned free_port(void)
{
    WSADATA data;
    struct sockaddr_in name = {0};
    int length = sizeof name;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        return 0;
    }
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)&name, sizeof name) != 0 ||
        getsockname(s, (struct sockaddr *)&name, &length) != 0) {
        name.sin_port = 0;
    }
    closesocket(s);
    return ntohs(name.sin_port);
}

ob_status wire_add_tcp(void *context)
{
    char port[16];
    (void)context;
    snprintf(port, sizeof port, "%u", free_port());
    RPC_STATUS status = RpcServerUseProtseqEpA((RPC_CSTR) "ncacn_ip_tcp", 10, (RPC_CSTR)port, NULL);
    if (status != RPC_S_OK) {
        return ob_fail(OB_E_IO, "TCP port %s: RPC status %ld", port, (long)status);
    }
    printf("port %s\n", port);
    fflush(stdout);
    return OB_OK;
}
