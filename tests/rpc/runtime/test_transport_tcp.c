#include "ob/rpc_tcp.h"
#include "probe_server.h"

#include <stdlib.h>

static RPC_BINDING_HANDLE bind_to(const char *endpoint)
{
    RPC_CSTR text = NULL;
    RPC_BINDING_HANDLE binding = NULL;
    ob_check_ok(ob_rpc_tcp_enable());
    ck_assert_int_eq(RpcStringBindingComposeA(NULL, (RPC_CSTR) "ncacn_ip_tcp",
                                              (RPC_CSTR) "127.0.0.1", (RPC_CSTR)(uintptr_t)endpoint,
                                              NULL, &text),
                     RPC_S_OK);
    ck_assert_int_eq(RpcBindingFromStringBindingA(text, &binding), RPC_S_OK);
    RpcStringFreeA(&text);
    RpcBindingSetOption(binding, RPC_C_OPT_CALL_TIMEOUT, 5000);
    return binding;
}

static LONG echo(void)
{
    unsigned char data[1] = {1};
    P_TWO two = {0};
    const LONG result = Echo(PROBE_TARGET, 1, data, 0, 50000, &two);
    MIDL_user_free(two.p);
    return result;
}

START_TEST(transport_tcp__calls)
{
    uint16_t port = 0;
    probe_start(NULL);
    ob_check_ok(ob_rpc_server_use_tcp(probe.server, "127.0.0.1", 0, &port));
    ob_check_ok(ob_rpc_server_start(probe.server));
    ck_assert_uint_ne(port, 0);
    RpcBindingFree(&probe.targets[PROBE_TARGET]);
    probe.targets[PROBE_TARGET] = bind_to(ob_test_format("%u", port));
    ck_assert_int_eq(echo(), 1);
    P_BIG w = BIG;
    unsigned char x;
    short y;
    P_COLOUR z;
    ck_assert_int_eq(Simple(PROBE_TARGET, 1, 2, 5, 0, RED, BIG, &x, &y, &z, &w), 5);
    ck_assert(probe.peer_known && !probe.peer.known); /* a call, but nobody knows by whom */
    uint16_t second = 0;
    ob_check_status(ob_rpc_server_use_tcp(probe.server, "127.0.0.1", port, &second), OB_E_IO);
    probe_stop();
}
END_TEST

START_TEST(transport_tcp__bad_addresses)
{
    uint16_t port = 0;
    probe_start(NULL);
    ob_check_status(ob_rpc_server_use_tcp(probe.server, "localhost", 0, &port),
                    OB_E_INVALID_ARGUMENT);
    static const char *const endpoints[] = {"0", "65536", "x", "80x"};
    for (size_t i = 0; i < 4; i++) {
        RpcBindingFree(&probe.targets[PROBE_TARGET]);
        probe.targets[PROBE_TARGET] = bind_to(endpoints[i]);
        ck_assert_int_eq(echo(), OB_E_INVALID_ARGUMENT);
    }
    probe_stop();
}
END_TEST

START_TEST(transport_tcp__nobody_listens)
{
    uint16_t port = 0;
    ob_rpc_server *server = NULL;
    ob_check_ok(ob_rpc_server_new(&server, NULL, NULL));
    ob_check_ok(ob_rpc_server_use_tcp(server, "127.0.0.1", 0, &port));
    ob_rpc_server_free(server);
    probe.targets[PROBE_TARGET] = bind_to(ob_test_format("%u", port));
    ck_assert_int_eq(echo(), OB_E_AGENT_UNREACHABLE);
    RpcBindingFree(&probe.targets[PROBE_TARGET]);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, transport_tcp__calls);
    tcase_add_test(cases, transport_tcp__bad_addresses);
    tcase_add_test(cases, transport_tcp__nobody_listens);
}

OB_TEST_MAIN("transport_tcp", add_cases)
