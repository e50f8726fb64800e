/* The functions under rpcrt4's names, as a program for both systems uses them. */
#include "probe_server.h"

#include "ob/thread.h"

#include <unistd.h>

static const char *path;

static RPC_CSTR endpoint(void)
{
    return (RPC_CSTR)(uintptr_t)path;
}

static void set_up(void)
{
    path = ob_test_path(ob_test_temp(), "endpoint");
}

static RPC_STATUS register_probe(void)
{
    return RpcServerRegisterIf3(Serve_Probe_v1_2_s_ifspec, NULL, NULL, 0,
                                RPC_C_LISTEN_MAX_CALLS_DEFAULT, (unsigned)-1, NULL, NULL);
}

static void bind_target(void)
{
    RPC_CSTR text = NULL;
    ck_assert_int_eq(
        RpcStringBindingComposeA(NULL, (RPC_CSTR) "ncalrpc", NULL, endpoint(), NULL, &text),
        RPC_S_OK);
    ck_assert_int_eq(RpcBindingFromStringBindingA(text, &probe.targets[PROBE_TARGET]), RPC_S_OK);
    RpcStringFreeA(&text);
}

static LONG echo(void)
{
    unsigned char data[1] = {1};
    P_TWO two = {0};
    const LONG result = Echo(PROBE_TARGET, 1, data, 0, 1, &two);
    MIDL_user_free(two.p);
    return result;
}

static void tear_down(void)
{
    RpcBindingFree(&probe.targets[PROBE_TARGET]);
    ob_rpc_server_default_free();
    ck_assert_int_eq(probe_blocks(), 0);
}

START_TEST(rpcrt4__a_server_that_does_not_wait)
{
    ck_assert_int_eq(RpcServerUseProtseqEpA((RPC_CSTR) "ncalrpc", 10, endpoint(), NULL), RPC_S_OK);
    ck_assert_int_eq(RpcServerUseProtseqEpA((RPC_CSTR) "ncalrpc", 10, endpoint(), NULL),
                     RPC_S_DUPLICATE_ENDPOINT);
    ck_assert_int_eq(register_probe(), RPC_S_OK);
    ck_assert_int_eq(register_probe(), RPC_S_ALREADY_REGISTERED);
    ck_assert_int_eq(RpcServerListen(1, 10, 1), RPC_S_OK);
    ck_assert_int_eq(RpcServerListen(1, 10, 1), RPC_S_ALREADY_LISTENING);
    bind_target();
    ck_assert_int_eq(echo(), 1);
    ck_assert_int_eq(RpcServerUnregisterIf(Serve_Probe_v1_2_s_ifspec, NULL, 1), RPC_S_OK);
    ck_assert_int_eq(RpcServerUnregisterIf(Serve_Probe_v1_2_s_ifspec, NULL, 1), RPC_S_UNKNOWN_IF);
    ck_assert_int_eq(echo(), OB_E_PROTOCOL);
    ck_assert_int_eq(RpcMgmtStopServerListening(NULL), RPC_S_OK);
    ck_assert_int_eq(RpcMgmtWaitServerListen(), RPC_S_OK);
    ck_assert_int_eq(echo(), OB_E_AGENT_UNREACHABLE);
}
END_TEST

static void listen_main(void *argument)
{
    *(RPC_STATUS *)argument = RpcServerListen(1, 10, 0);
}

START_TEST(rpcrt4__a_server_that_waits)
{
    RPC_STATUS status = 99;
    ob_thread *thread = NULL;
    ck_assert_int_eq(RpcServerUseProtseqEpA((RPC_CSTR) "ncalrpc", 10, endpoint(), NULL), RPC_S_OK);
    ck_assert_int_eq(register_probe(), RPC_S_OK);
    ob_check_ok(ob_thread_start(&thread, listen_main, &status));
    bind_target();
    ck_assert_int_eq(echo(), 1); /* connections queue until it listens */
    ck_assert_int_eq(RpcMgmtStopServerListening(NULL), RPC_S_OK);
    ob_thread_join(thread);
    ck_assert_int_eq(status, RPC_S_OK);
}
END_TEST

START_TEST(rpcrt4__what_it_does_not_take)
{
    UUID type = {0};
    ck_assert_int_eq(RpcServerUseProtseqEpA((RPC_CSTR) "ncacn_ip_tcp", 10, (RPC_CSTR) "0", NULL),
                     RPC_S_PROTSEQ_NOT_SUPPORTED);
    ck_assert_int_eq(RpcServerUseProtseqEpA((RPC_CSTR) "ncalrpc", 10, (RPC_CSTR) "", NULL),
                     RPC_S_CANT_CREATE_ENDPOINT);
    ck_assert_int_eq(
        RpcServerRegisterIf3(Serve_Probe_v1_2_s_ifspec, &type, NULL, 0, 1, 1, NULL, NULL),
        RPC_S_INVALID_ARG);
    ck_assert_int_eq(RpcServerUnregisterIf(Serve_Probe_v1_2_s_ifspec, &type, 0), RPC_S_INVALID_ARG);
    ck_assert_int_eq(RpcMgmtStopServerListening((RPC_BINDING_HANDLE)&type), RPC_S_INVALID_ARG);
    RPC_SERVER_INTERFACE interface = *(const RPC_SERVER_INTERFACE *)Serve_Probe_v1_2_s_ifspec;
    interface.InterpreterInfo = NULL;
    ck_assert_int_eq(RpcServerRegisterIf3(&interface, NULL, NULL, 0, 1, 1, NULL, NULL),
                     RPC_S_UNSUPPORTED_TYPE);
}
END_TEST

START_TEST(rpcrt4__limits_and_no_memory)
{
    ob_test_alloc_begin(1, true);
    const RPC_STATUS status = register_probe();
    ob_test_alloc_end();
    ck_assert_int_eq(status, RPC_S_OUT_OF_MEMORY);
    ob_rpc_server_default_limits(&(ob_rpc_limits){.fragment = 99});
    ck_assert_ptr_null(ob_rpc_server_default()); /* not possible */
    ob_rpc_server_default_limits(&(ob_rpc_limits){.fragment = 2000});
    ck_assert_ptr_nonnull(ob_rpc_server_default());
    ck_assert_ptr_eq(ob_rpc_server_default(), ob_rpc_server_default());
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, rpcrt4__a_server_that_does_not_wait);
    tcase_add_test(cases, rpcrt4__a_server_that_waits);
    tcase_add_test(cases, rpcrt4__what_it_does_not_take);
    tcase_add_test(cases, rpcrt4__limits_and_no_memory);
}

OB_TEST_MAIN("rpcrt4", add_cases)
