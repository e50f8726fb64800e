#include "fake_system.h"

#include "ob/rpc_tcp.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

void fake_sleep(unsigned long ms)
{
    usleep((useconds_t)(ms * 1000));
}

static void wait_for_end(void)
{
    char data[64];
    while (read(STDIN_FILENO, data, sizeof data) > 0) {
    }
}

int fake_serve(RPC_IF_HANDLE stubs, unsigned fragment)
{
    /* Short limits, so that the tests of slow clients need not wait long. */
    const ob_rpc_limits limits = {.fragment = fragment, .progress_ms = 1500, .contexts = 8};
    ob_rpc_server *server = NULL;
    uint16_t port = 0;
    ob_status status = ob_rpc_server_new(&server, &limits, NULL);
    if (!OB_FAILED(status)) {
        status = ob_rpc_server_register(server, stubs, UINT32_MAX, NULL);
    }
    if (!OB_FAILED(status)) {
        status = ob_rpc_server_use_tcp(server, "127.0.0.1", 0, &port);
    }
    if (!OB_FAILED(status)) {
        status = ob_rpc_server_start(server);
    }
    if (OB_FAILED(status)) {
        fprintf(stderr, "%s: %s\n", ob_status_lookup(status)->symbol, ob_detail());
    } else {
        printf("port %u\n", port);
        fflush(stdout);
        wait_for_end();
    }
    ob_rpc_server_free(server);
    return OB_FAILED(status) ? 1 : 0;
}

unsigned long fake_call(void (*function)(void *context), void *context)
{
    function(context);
    return 0;
}

void fake_client_init(void)
{
    ob_rpc_tcp_enable();
}
