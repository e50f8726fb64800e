/* The server functions of rpcrt4, over one default server. */
#include "ob/rpc_runtime.h"

#include <pthread.h>
#include <string.h>

enum { ENDPOINT_MODE = 0666 }; /* whoever connects is judged by its credentials in dispatch */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static ob_rpc_server *the_server;
static ob_rpc_limits the_limits;

ob_rpc_server *ob_rpc_server_default(void)
{
    pthread_mutex_lock(&lock);
    if (the_server == NULL && OB_FAILED(ob_rpc_server_new(&the_server, &the_limits, NULL))) {
        the_server = NULL;
    }
    ob_rpc_server *server = the_server;
    pthread_mutex_unlock(&lock);
    return server;
}

void ob_rpc_server_default_limits(const ob_rpc_limits *limits)
{
    pthread_mutex_lock(&lock);
    the_limits = *limits;
    pthread_mutex_unlock(&lock);
}

void ob_rpc_server_default_free(void)
{
    pthread_mutex_lock(&lock);
    ob_rpc_server *server = the_server;
    the_server = NULL;
    pthread_mutex_unlock(&lock);
    ob_rpc_server_free(server);
}

static RPC_STATUS rpc_status(ob_status status, RPC_STATUS busy)
{
    switch (status) {
    case OB_OK:
        return RPC_S_OK;
    case OB_E_NO_MEMORY:
        return RPC_S_OUT_OF_MEMORY;
    case OB_E_NOT_SUPPORTED:
        return RPC_S_UNSUPPORTED_TYPE;
    case OB_E_EXISTS:
    case OB_E_BUSY:
        return busy;
    case OB_E_NOT_FOUND:
        return RPC_S_UNKNOWN_IF;
    case OB_E_ACCESS_DENIED:
        return RPC_S_ACCESS_DENIED;
    default:
        return RPC_S_CANT_CREATE_ENDPOINT;
    }
}

RPC_STATUS RpcServerUseProtseqEpA(RPC_CSTR protseq, unsigned int max_calls, RPC_CSTR endpoint,
                                  void *security)
{
    (void)max_calls;
    (void)security;
    ob_rpc_server *server = ob_rpc_server_default();
    if (strcmp((const char *)protseq, "ncalrpc") != 0) {
        return RPC_S_PROTSEQ_NOT_SUPPORTED;
    }
    if (server == NULL) {
        return RPC_S_OUT_OF_MEMORY;
    }
    return rpc_status(ob_rpc_server_use_unix(server, (const char *)endpoint, ENDPOINT_MODE),
                      RPC_S_DUPLICATE_ENDPOINT);
}

RPC_STATUS RpcServerRegisterIf3(RPC_IF_HANDLE interface, UUID *type, void *epv, unsigned int flags,
                                unsigned int max_calls, unsigned int max_size,
                                RPC_IF_CALLBACK_FN *callback, void *security)
{
    (void)flags;
    (void)max_calls;
    (void)security;
    ob_rpc_server *server = ob_rpc_server_default();
    if (type != NULL || epv != NULL) {
        return RPC_S_INVALID_ARG;
    }
    if (server == NULL) {
        return RPC_S_OUT_OF_MEMORY;
    }
    return rpc_status(ob_rpc_server_register(server, interface, max_size, callback),
                      RPC_S_ALREADY_REGISTERED);
}

RPC_STATUS RpcServerUnregisterIf(RPC_IF_HANDLE interface, UUID *type, unsigned int wait)
{
    ob_rpc_server *server = ob_rpc_server_default();
    if (type != NULL) {
        return RPC_S_INVALID_ARG;
    }
    return server == NULL ? RPC_S_OUT_OF_MEMORY
                          : rpc_status(ob_rpc_server_unregister(server, interface, wait != 0),
                                       RPC_S_UNKNOWN_IF);
}

RPC_STATUS RpcServerListen(unsigned int min_threads, unsigned int max_calls, unsigned int no_wait)
{
    (void)min_threads;
    (void)max_calls;
    ob_rpc_server *server = ob_rpc_server_default();
    if (server == NULL) {
        return RPC_S_OUT_OF_MEMORY;
    }
    const RPC_STATUS status = rpc_status(ob_rpc_server_start(server), RPC_S_ALREADY_LISTENING);
    if (status == RPC_S_OK && no_wait == 0) {
        ob_rpc_server_wait(server);
    }
    return status;
}

RPC_STATUS RpcMgmtStopServerListening(RPC_BINDING_HANDLE binding)
{
    ob_rpc_server *server = ob_rpc_server_default();
    if (binding != NULL || server == NULL) {
        return RPC_S_INVALID_ARG;
    }
    ob_rpc_server_stop(server);
    return RPC_S_OK;
}

RPC_STATUS RpcMgmtWaitServerListen(void)
{
    ob_rpc_server *server = ob_rpc_server_default();
    if (server == NULL) {
        return RPC_S_OUT_OF_MEMORY;
    }
    ob_rpc_server_wait(server);
    return RPC_S_OK;
}
