#include "pdu.h"
#include "probe_server.h"
#include "script.h"
#include "server.h"

#include "ob/thread.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static ob_rpc_limits limits;

/* Reads until the server closes; how many bytes came. */
static size_t drain(int fd)
{
    uint8_t data[4096];
    size_t total = 0;
    for (ssize_t n = 0; (n = read(fd, data, sizeof data)) > 0;) {
        total += (size_t)n;
    }
    close(fd);
    return total;
}

static LONG echo(ULONG wait_ms)
{
    unsigned char data[1] = {7};
    P_TWO two = {0};
    const LONG result = Echo(PROBE_TARGET, 1, data, wait_ms, 3, &two);
    MIDL_user_free(two.p);
    return result;
}

static void echo_main(void *argument)
{
    *(LONG *)argument = echo(300);
}

START_TEST(server__silent_clients_are_closed)
{
    limits.progress_ms = 50;
    probe_start(&limits);
    const int silent = probe_raw();
    ck_assert_uint_eq(drain(silent), 0);
    probe_stop();
}
END_TEST

START_TEST(server__slow_clients_are_closed)
{
    const RPC_SERVER_INTERFACE *interface = Serve_Probe_v1_2_s_ifspec;
    ob_buf bind = {0};
    limits.progress_ms = 200;
    probe_start(&limits);
    ob_pdu_put_bind(&bind, OB_PDU_BIND, 1, 5840, 0, 0, &interface->InterfaceId);
    const int slow = probe_raw();
    size_t sent = 0;
    while (sent < bind.length && send(slow, bind.data + sent, 1, MSG_NOSIGNAL) == 1) {
        sent++;
        usleep(20 * 1000);
    }
    ck_assert_uint_lt(sent, bind.length);
    ck_assert_uint_eq(drain(slow), 0);
    ob_buf_free(&bind);
    probe_stop();
}
END_TEST

/* A client that never reads its answers does not hold its thread for ever. */
START_TEST(server__clients_that_take_nothing)
{
    const RPC_SERVER_INTERFACE *interface = Serve_Probe_v1_2_s_ifspec;
    static const uint8_t big[] = {1, 0, 0, 0, 0, 0, 0, 0, 0,    0,
                                  0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0}; /* a million longs */
    ob_buf out = {0};
    limits.progress_ms = 200;
    probe_start(&limits);
    const int fd = probe_raw();
    ob_pdu_put_bind(&out, OB_PDU_BIND, 1, 5840, 0, 0, &interface->InterfaceId);
    script_stub(&out, OB_PDU_REQUEST, OB_PDU_WHOLE, 2, 0, 5, big, sizeof big);
    ck_assert_int_eq(send(fd, out.data, out.length, 0), (ssize_t)out.length);
    for (int i = 0; i < 500; i++) {
        ob_mutex_lock(&probe.server->mutex);
        const uint32_t count = probe.server->connection_count;
        ob_mutex_unlock(&probe.server->mutex);
        if (count == 0) {
            break;
        }
        usleep(10 * 1000);
    }
    ck_assert_uint_eq(probe.server->connection_count, 0);
    close(fd);
    ob_buf_free(&out);
    probe_stop();
}
END_TEST

START_TEST(server__limit_of_connections)
{
    limits.connections = 2;
    probe_start(&limits);
    const int one = probe_raw();
    const int two = probe_raw();
    int pair[2];
    ob_rpc_transport *third = NULL;
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    ob_check_ok(ob_rpc_transport_of_socket(&third, pair[1]));
    ob_check_status(ob_rpc_server_serve(probe.server, third), OB_E_BUSY);
    ck_assert_uint_eq(drain(pair[0]), 0);
    close(one);
    close(two);
    for (int i = 0; i < 500 && echo(0) != 1; i++) {
        usleep(10 * 1000);
    }
    ck_assert_int_eq(echo(0), 1);
    probe_stop();
}
END_TEST

START_TEST(server__calls_under_way_end_before_it_stops)
{
    LONG result = 0;
    ob_thread *thread = NULL;
    probe_start(&limits);
    ob_check_ok(ob_thread_start(&thread, echo_main, &result));
    probe_await(&probe.running, 1);
    const int idle = probe_raw();
    ob_rpc_server_stop(probe.server);
    ck_assert_uint_eq(drain(idle), 0); /* at once */
    ck_assert_int_eq(atomic_load(&probe.running), 1);
    ob_rpc_server_wait(probe.server);
    ck_assert_int_eq(atomic_load(&probe.running), 0);
    ob_thread_join(thread);
    ck_assert_int_eq(result, 1); /* it got its answer */
    ck_assert_int_eq(echo(0), OB_E_AGENT_UNREACHABLE);
    probe_stop();
}
END_TEST

START_TEST(server__an_idle_client_hears_the_shutdown)
{
    const RPC_SERVER_INTERFACE *interface = Serve_Probe_v1_2_s_ifspec;
    ob_buf out = {0};
    uint8_t data[OB_PDU_HEADER + 40]; /* a bind_ack with one result */
    probe_start(&limits);
    const int fd = probe_raw();
    ob_pdu_put_bind(&out, OB_PDU_BIND, 1, 5840, 0, 0, &interface->InterfaceId);
    ck_assert_int_eq(send(fd, out.data, out.length, 0), (ssize_t)out.length);
    ck_assert_int_eq(recv(fd, data, sizeof data, MSG_WAITALL), sizeof data);
    ob_rpc_server_stop(probe.server);
    ck_assert_int_eq(recv(fd, data, OB_PDU_HEADER, MSG_WAITALL), OB_PDU_HEADER);
    ck_assert_uint_eq(data[2], OB_PDU_SHUTDOWN);
    ck_assert_uint_eq(drain(fd), 0);
    ob_buf_free(&out);
    probe_stop();
}
END_TEST

START_TEST(server__context_of_another_association)
{
    P_CONTEXT mine = NULL;
    uint8_t wire[20];
    LONG sum = 0;
    probe_start(&limits);
    ck_assert_int_eq(Open(PROBE_TARGET, 1, &mine), 0);
    ob_rpc_client_context_bytes(mine, wire);
    ck_assert_mem_eq(wire, "\0\0\0\0", 4);
    ck_assert_int_eq(Both(PROBE_TARGET, mine, &sum), 0);
    ck_assert_int_eq(Both(PROBE_OTHER, mine, &sum), OB_E_AGENT_UNREACHABLE);
    ob_check_detail("handle");
    ck_assert_int_eq(Change(&mine, 0), 0);
    probe_stop();
}
END_TEST

static void use_main(void *argument)
{
    LONG sum = 0;
    ck_assert_int_eq(Use(argument, 1, 50, &sum), 0);
}

START_TEST(server__calls_on_one_context_follow_each_other)
{
    P_CONTEXT context = NULL;
    ob_thread *threads[6];
    LONG sum = 0;
    probe_start(&limits);
    ck_assert_int_eq(Open(PROBE_TARGET, 0, &context), 0);
    for (int i = 0; i < 6; i++) {
        ob_check_ok(ob_thread_start(&threads[i], use_main, context));
    }
    for (int i = 0; i < 6; i++) {
        ob_thread_join(threads[i]);
    }
    ck_assert_int_eq(Use(context, 0, 0, &sum), 0);
    ck_assert_int_eq(sum, 6);
    ck_assert_int_eq(atomic_load(&probe.most_in_use), 1);
    ck_assert_int_eq(Change(&context, 0), 0);
    probe_stop();
}
END_TEST

START_TEST(server__limit_of_contexts)
{
    P_CONTEXT contexts[3] = {NULL};
    limits.contexts = 2;
    probe_start(&limits);
    ck_assert_int_eq(Open(PROBE_TARGET, 1, &contexts[0]), 0);
    ck_assert_int_eq(Open(PROBE_TARGET, 1, &contexts[1]), 0);
    ck_assert_int_eq(Open(PROBE_TARGET, 1, &contexts[2]), OB_E_BUSY);
    ck_assert_int_eq(atomic_load(&probe.open), 2);
    ck_assert_int_eq(Change(&contexts[0], 0), 0);
    ck_assert_int_eq(Open(PROBE_TARGET, 1, &contexts[2]), 0);
    RpcSsDestroyClientContext(&contexts[1]);
    RpcSsDestroyClientContext(&contexts[2]);
    probe_stop();
    ck_assert_int_eq(atomic_load(&probe.rundowns), 2);
}
END_TEST

START_TEST(server__interfaces_come_and_go)
{
    probe_start(&limits);
    ob_check_status(ob_rpc_server_unregister(probe.server, Serve_Probe_v1_2_s_ifspec, true),
                    OB_E_NOT_FOUND); /* it is registered in a copy */
    ob_check_ok(ob_rpc_server_register(probe.server, Serve_Probe_v1_2_s_ifspec, 100, NULL));
    ob_check_status(ob_rpc_server_register(probe.server, Serve_Probe_v1_2_s_ifspec, 100, NULL),
                    OB_E_EXISTS);
    unsigned char data[200] = {0};
    P_TWO two = {0};
    ck_assert_int_eq(Echo(PROBE_TARGET, 200, data, 0, 0, &two), OB_E_PROTOCOL);
    ob_check_detail("1C00001B"); /* over the interface's own limit */
    ck_assert_int_eq(echo(0), 1);
    ob_check_ok(ob_rpc_server_unregister(probe.server, Serve_Probe_v1_2_s_ifspec, true));
    ck_assert_int_eq(echo(0), OB_E_PROTOCOL);
    probe_stop();
}
END_TEST

START_TEST(server__refused_interfaces)
{
    RPC_SERVER_INTERFACE interface = *(const RPC_SERVER_INTERFACE *)Serve_Probe_v1_2_s_ifspec;
    MIDL_SERVER_INFO info = *(const MIDL_SERVER_INFO *)interface.InterpreterInfo;
    MIDL_STUB_DESC desc = *info.pStubDesc;
    static const unsigned char strange[2000] = {0};
    probe_start(&limits);
    interface.InterpreterInfo = NULL;
    ob_check_status(ob_rpc_server_register(probe.server, &interface, 0, NULL), OB_E_NOT_SUPPORTED);
    interface.InterpreterInfo = &info;
    info.pStubDesc = &desc;
    desc.pFormatTypes = strange;
    ob_check_status(ob_rpc_server_register(probe.server, &interface, 0, NULL), OB_E_NOT_SUPPORTED);
    probe_stop();
}
END_TEST

START_TEST(server__starts_once)
{
    const char *dir = ob_test_temp();
    const char *one = ob_test_path(dir, "one");
    const char *two = ob_test_path(dir, "two");
    probe_start(&limits);
    ob_check_ok(ob_rpc_server_start(probe.server));
    ob_check_status(ob_rpc_server_start(probe.server), OB_E_BUSY);
    ob_check_ok(ob_rpc_server_use_unix(probe.server, one, 0600));
    ck_assert(ob_test_exists(one));
    ob_rpc_server_stop(probe.server);
    ob_check_status(ob_rpc_server_use_unix(probe.server, two, 0600), OB_E_BUSY);
    ob_rpc_server_wait(probe.server);
    ck_assert(!ob_test_exists(one));
    ck_assert(!ob_test_exists(two));
    probe_stop();
    ob_check_status(ob_rpc_server_new(&probe.server, &(ob_rpc_limits){.fragment = 100}, NULL),
                    OB_E_INVALID_ARGUMENT);
}
END_TEST

static ob_status no_thread(void *context)
{
    (void)context;
    return OB_E_NO_MEMORY;
}

START_TEST(server__threads_that_do_not_start)
{
    int pair[2];
    ob_rpc_transport *end = NULL;
    probe_start(&limits);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    ob_check_ok(ob_rpc_transport_of_socket(&end, pair[1]));
    ob_thread_set_start_hook(no_thread, NULL);
    ob_check_status(ob_rpc_server_serve(probe.server, end), OB_E_NO_MEMORY);
    ck_assert_uint_eq(drain(pair[0]), 0);
    ob_check_ok(ob_rpc_server_use_unix(probe.server, ob_test_path(ob_test_temp(), "s"), 0600));
    ob_check_status(ob_rpc_server_start(probe.server), OB_E_NO_MEMORY);
    ob_thread_set_start_hook(NULL, NULL);
    ob_check_ok(ob_rpc_server_start(probe.server));
    probe_stop();
}
END_TEST

START_TEST(server__large_answers_in_small_fragments)
{
    unsigned char data[3] = {1, 2, 3};
    P_TWO two = {0};
    limits.fragment = 1432;
    probe_start(&limits);
    ck_assert_int_eq(Echo(PROBE_TARGET, 3, data, 0, 100000, &two), 3);
    ck_assert_uint_eq(two.n, 100000);
    ck_assert_int_eq(two.p[99999], 1);
    MIDL_user_free(two.p);
    probe_stop();
}
END_TEST

START_TEST(server__answers_over_the_limit_are_a_fault)
{
    limits.response_bytes = 1000;
    probe_start(&limits);
    ck_assert_int_eq(echo(0), 1);
    unsigned char data[1] = {0};
    P_TWO two = {0};
    ck_assert_int_eq(Echo(PROBE_TARGET, 1, data, 0, 1000, &two), OB_E_PROTOCOL);
    ob_check_detail("1C00001B");
    ck_assert_int_eq(echo(0), 1);
    probe_stop();
}
END_TEST

static void set_up(void)
{
    limits = (ob_rpc_limits){0};
}

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, set_up, NULL);
    tcase_add_test(cases, server__silent_clients_are_closed);
    tcase_add_test(cases, server__slow_clients_are_closed);
    tcase_add_test(cases, server__clients_that_take_nothing);
    tcase_add_test(cases, server__limit_of_connections);
    tcase_add_test(cases, server__calls_under_way_end_before_it_stops);
    tcase_add_test(cases, server__an_idle_client_hears_the_shutdown);
    tcase_add_test(cases, server__context_of_another_association);
    tcase_add_test(cases, server__calls_on_one_context_follow_each_other);
    tcase_add_test(cases, server__limit_of_contexts);
    tcase_add_test(cases, server__interfaces_come_and_go);
    tcase_add_test(cases, server__refused_interfaces);
    tcase_add_test(cases, server__starts_once);
    tcase_add_test(cases, server__threads_that_do_not_start);
    tcase_add_test(cases, server__large_answers_in_small_fragments);
    tcase_add_test(cases, server__answers_over_the_limit_are_a_fault);
}

OB_TEST_MAIN("server", add_cases)
