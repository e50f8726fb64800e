#include "binding.h"
#include "probe_server.h"

#include "ob/thread.h"

#include <string.h>
#include <unistd.h>

START_TEST(binding__string_bindings)
{
    static const struct {
        const char *text;
        RPC_STATUS status;
    } rows[] = {{"ncalrpc:[/run/x]", RPC_S_OK},
                {"ncalrpc:[/odd]name]", RPC_S_OK},
                {"ncacn_ip_tcp:127.0.0.1[80]", RPC_S_PROTSEQ_NOT_SUPPORTED},
                {"ncalrp:[x]", RPC_S_PROTSEQ_NOT_SUPPORTED},
                {"ncalrpc", RPC_S_INVALID_STRING_BINDING},
                {"ncalrpc:x", RPC_S_INVALID_STRING_BINDING},
                {"ncalrpc:[]", RPC_S_INVALID_STRING_BINDING},
                {"ncalrpc:[x", RPC_S_INVALID_STRING_BINDING},
                {"", RPC_S_INVALID_STRING_BINDING}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        RPC_BINDING_HANDLE binding = NULL;
        const RPC_STATUS status =
            RpcBindingFromStringBindingA((RPC_CSTR)(uintptr_t)rows[i].text, &binding);
        ck_assert_msg(status == rows[i].status, "%s gave %d", rows[i].text, status);
        ck_assert_int_eq(binding != NULL, status == RPC_S_OK);
        ck_assert_int_eq(RpcBindingFree(&binding),
                         status == RPC_S_OK ? RPC_S_OK : RPC_S_INVALID_BINDING);
        ck_assert_ptr_null(binding);
    }
}
END_TEST

START_TEST(binding__compose)
{
    RPC_CSTR text = NULL;
    ck_assert_int_eq(
        RpcStringBindingComposeA(NULL, (RPC_CSTR) "ncalrpc", NULL, (RPC_CSTR) "/a", NULL, &text),
        RPC_S_OK);
    ck_assert_str_eq((const char *)text, "ncalrpc:[/a]");
    ck_assert_int_eq(RpcStringFreeA(&text), RPC_S_OK);
    ck_assert_ptr_null(text);
    ck_assert_int_eq(RpcStringBindingComposeA((RPC_CSTR) "uuid", NULL, NULL, NULL, NULL, &text),
                     RPC_S_INVALID_ARG);
}
END_TEST

START_TEST(binding__options)
{
    RPC_BINDING_HANDLE binding = NULL;
    ob_check_ok(ob_rpc_binding_new(&binding, probe_connect, NULL, "", ""));
    ck_assert_int_eq(RpcBindingSetOption(binding, RPC_C_OPT_CALL_TIMEOUT, 5), RPC_S_OK);
    ck_assert_int_eq(RpcBindingSetOption(binding, 99, 5), RPC_S_INVALID_ARG);
    ck_assert_int_eq(RpcBindingSetOption(NULL, RPC_C_OPT_CALL_TIMEOUT, 5), RPC_S_INVALID_ARG);
    RpcBindingFree(&binding);
}
END_TEST

static ULONG echo(P_TARGET target, ULONG wait_ms)
{
    unsigned char data[2] = {1, 2};
    P_TWO two = {0};
    const LONG result = Echo(target, 2, data, wait_ms, 1, &two);
    MIDL_user_free(two.p);
    return (ULONG)result;
}

START_TEST(binding__a_connection_is_used_again)
{
    probe_start(&(ob_rpc_limits){.connections = 1});
    for (int i = 0; i < 50; i++) {
        ck_assert_uint_eq(echo(PROBE_TARGET, 0), 2);
    }
    probe_stop();
}
END_TEST

static void echo_main(void *argument)
{
    atomic_fetch_add((atomic_int *)argument, echo(PROBE_TARGET, 100) == 2);
}

START_TEST(binding__many_calls_at_once)
{
    atomic_int good;
    ob_thread *threads[16];
    atomic_init(&good, 0);
    probe_start(NULL);
    for (int i = 0; i < 16; i++) {
        ob_check_ok(ob_thread_start(&threads[i], echo_main, &good));
    }
    for (int i = 0; i < 16; i++) {
        ob_thread_join(threads[i]);
    }
    ck_assert_int_eq(atomic_load(&good), 16);
    probe_stop();
}
END_TEST

START_TEST(binding__its_connections_are_one_group)
{
    P_CONTEXT context = NULL;
    LONG sum = 0;
    atomic_int good;
    ob_thread *thread = NULL;
    atomic_init(&good, 0);
    probe_start(NULL);
    ck_assert_int_eq(Open(PROBE_TARGET, 5, &context), 0);
    ob_check_ok(ob_thread_start(&thread, echo_main, &good)); /* takes the idle connection */
    probe_await(&probe.running, 1);
    ck_assert_int_eq(Use(context, 1, 0, &sum), 0); /* so this is another one */
    ck_assert_int_eq(sum, 6);
    ob_thread_join(thread);
    ck_assert_int_eq(Change(&context, 0), 0);
    probe_stop();
}
END_TEST

START_TEST(binding__time_limit)
{
    probe_start(NULL);
    RpcBindingSetOption(probe.targets[PROBE_TARGET], RPC_C_OPT_CALL_TIMEOUT, 100);
    ck_assert_int_eq((LONG)echo(PROBE_TARGET, 600), OB_E_TIMEOUT);
    ob_check_detail("time limit");
    ck_assert_uint_eq(echo(PROBE_TARGET, 0), 2); /* on a new connection */
    probe_stop();
}
END_TEST

/* Connections that the server closed while they were idle are replaced, group and all. */
START_TEST(binding__idle_connections_that_died)
{
    probe_start(&(ob_rpc_limits){.idle_ms = 30});
    for (int i = 0; i < 3; i++) {
        ck_assert_uint_eq(echo(PROBE_TARGET, 0), 2);
        usleep(150 * 1000);
    }
    probe_stop();
}
END_TEST

START_TEST(binding__a_context_keeps_its_binding)
{
    P_CONTEXT context = NULL;
    LONG sum = 0;
    probe_start(NULL);
    ck_assert_int_eq(Open(PROBE_TARGET, 5, &context), 0);
    RpcBindingFree(&probe.targets[PROBE_TARGET]);
    ck_assert_int_eq(Use(context, 1, 0, &sum), 0);
    RpcSsDestroyClientContext(&context);
    ck_assert_ptr_null(context);
    probe_await(&probe.rundowns, 1); /* the server saw the connection end */
    probe_stop();
}
END_TEST

static ob_status no_connection(void *context, const char *address, const char *endpoint,
                               uint32_t ms, ob_rpc_transport **out)
{
    (void)context;
    (void)address;
    (void)endpoint;
    (void)ms;
    (void)out;
    return ob_fail(OB_E_AGENT_UNREACHABLE, "nobody is there");
}

START_TEST(binding__protocol_sequences)
{
    RPC_BINDING_HANDLE binding = NULL;
    ob_check_ok(ob_rpc_protseq_add("test_a", no_connection, NULL));
    ck_assert_int_eq(RpcBindingFromStringBindingA((RPC_CSTR) "test_a:[x]", &binding), RPC_S_OK);
    RpcBindingFree(&binding);
    ob_check_ok(ob_rpc_protseq_add("test_b", no_connection, NULL));
    ob_check_ok(ob_rpc_protseq_add("test_b", no_connection, NULL)); /* replaced */
    ob_check_ok(ob_rpc_protseq_add("test_c", no_connection, NULL));
    ob_check_status(ob_rpc_protseq_add("test_d", no_connection, NULL), OB_E_TOO_LARGE);
}
END_TEST

START_TEST(binding__nobody_is_there)
{
    unsigned char data[1] = {0};
    P_TWO two = {9, NULL, 9, NULL};
    ob_check_ok(ob_rpc_binding_new(&probe.targets[PROBE_TARGET], no_connection, NULL, "", ""));
    ck_assert_int_eq(Echo(PROBE_TARGET, 1, data, 0, 1, &two), OB_E_AGENT_UNREACHABLE);
    ob_check_detail("nobody");
    ck_assert_uint_eq(two.n, 0);
    ck_assert_ptr_null(two.p);
    RpcBindingFree(&probe.targets[PROBE_TARGET]);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, binding__string_bindings);
    tcase_add_test(cases, binding__compose);
    tcase_add_test(cases, binding__options);
    tcase_add_test(cases, binding__a_connection_is_used_again);
    tcase_add_test(cases, binding__many_calls_at_once);
    tcase_add_test(cases, binding__its_connections_are_one_group);
    tcase_add_test(cases, binding__time_limit);
    tcase_add_test(cases, binding__idle_connections_that_died);
    tcase_add_test(cases, binding__a_context_keeps_its_binding);
    tcase_add_test(cases, binding__protocol_sequences);
    tcase_add_test(cases, binding__nobody_is_there);
}

OB_TEST_MAIN("binding", add_cases)
