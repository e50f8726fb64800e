#include "fake_agent.h"

#include <windows.h>

#include <rpc.h>
#include <stdio.h>

/* MinGW's headers lack it. */
RPC_STATUS RPC_ENTRY RpcServerRegisterIf3(RPC_IF_HANDLE, UUID *, void *, unsigned int, unsigned int,
                                          unsigned int, void *, void *);

const char *fake_server_name(void)
{
    static LONG number;
    return ob_test_format("obfake-%lu-%ld", GetCurrentProcessId(), InterlockedIncrement(&number));
}

void fake_server_start(const char *endpoint, void *spec)
{
    static unsigned char protseq[] = "ncalrpc";
    const unsigned calls = RPC_C_LISTEN_MAX_CALLS_DEFAULT;
    /* An endpoint stays with its process: after a restart it is there already. */
    RPC_STATUS status = RpcServerUseProtseqEpA(protseq, calls, (unsigned char *)endpoint, NULL);
    ck_assert(status == RPC_S_OK || status == RPC_S_DUPLICATE_ENDPOINT);
    ck_assert_int_eq(RpcServerRegisterIf3(spec, NULL, NULL, 0, calls, 1 << 22, NULL, NULL),
                     RPC_S_OK);
    status = RpcServerListen(1, calls, TRUE);
    ck_assert(status == RPC_S_OK || status == RPC_S_ALREADY_LISTENING);
}

void fake_server_stop(void *spec)
{
    ck_assert_int_eq(RpcMgmtStopServerListening(NULL), RPC_S_OK);
    ck_assert_int_eq(RpcMgmtWaitServerListen(), RPC_S_OK);
    ck_assert_int_eq(RpcServerUnregisterIf(spec, NULL, TRUE), RPC_S_OK);
}

void fake_server_lose(void *message)
{
    (void)message;
    RpcRaiseException(RPC_X_SS_CONTEXT_MISMATCH);
}
