#include "fake_system.h"

#include "seh.h"

#include <stdio.h>
#include <winsock2.h>

/* Declared by no header of MinGW. */
RPC_STATUS RPC_ENTRY RpcServerRegisterIf3(RPC_IF_HANDLE interface_spec, UUID *type, void *epv,
                                          unsigned int flags, unsigned int max_calls,
                                          unsigned int max_size, void *callback, void *security);

void fake_sleep(unsigned long ms)
{
    Sleep(ms);
}

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

int fake_serve(RPC_IF_HANDLE stubs, unsigned fragment)
{
    char port[16];
    char data[64];
    DWORD got = 0;
    (void)fragment;
    snprintf(port, sizeof port, "%u", free_port());
    RPC_STATUS status = RpcServerUseProtseqEpA((RPC_CSTR) "ncacn_ip_tcp", 10, (RPC_CSTR)port, NULL);
    if (status == RPC_S_OK) {
        status = RpcServerRegisterIf3(stubs, NULL, NULL, 0, RPC_C_LISTEN_MAX_CALLS_DEFAULT,
                                      (unsigned)-1, NULL, NULL);
    }
    if (status == RPC_S_OK) {
        status = RpcServerListen(1, 16, TRUE);
    }
    if (status != RPC_S_OK) {
        fprintf(stderr, "RPC status %ld\n", (long)status);
        return 1;
    }
    printf("port %s\n", port);
    fflush(stdout);
    while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), data, sizeof data, &got, NULL) && got > 0) {
    }
    ExitProcess(0);
}

unsigned long fake_call(void (*function)(void *context), void *context)
{
    return ob_seh_call(function, context);
}

void fake_client_init(void)
{
}
