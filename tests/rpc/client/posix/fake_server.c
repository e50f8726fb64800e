#include "fake_agent.h"

#include "ob/rpc_runtime.h"

static ob_rpc_server *server;

const char *fake_server_name(void)
{
    return ob_test_path(ob_test_temp(), "agent");
}

void fake_server_start(const char *endpoint, void *spec)
{
    ob_check_ok(ob_rpc_server_new(&server, NULL, NULL));
    ob_check_ok(ob_rpc_server_register(server, spec, UINT32_MAX, NULL));
    ob_check_ok(ob_rpc_server_use_unix(server, endpoint, 0600));
    ob_check_ok(ob_rpc_server_start(server));
}

void fake_server_stop(void *spec)
{
    (void)spec;
    ob_rpc_server_free(server);
    server = NULL;
}

void fake_server_lose(void *message)
{
    ob_rpc_call_reject(message, OB_RPC_FAULT_CONTEXT_MISMATCH);
}
