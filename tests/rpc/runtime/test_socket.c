#include "socket.h"

#include "ob/test.h"
#include "ob/thread.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

static ob_rpc_transport *left, *right;

static void set_up(void)
{
    int pair[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    ob_check_ok(ob_rpc_transport_of_socket(&left, pair[0]));
    ob_check_ok(ob_rpc_transport_of_socket(&right, pair[1]));
}

static void tear_down(void)
{
    if (left != NULL) {
        left->close(left);
    }
    right->close(right);
}

START_TEST(socket__sends_and_receives)
{
    char data[8];
    size_t n = 0;
    ob_check_ok(left->send(left, "hello", 5, 1000, &n));
    ck_assert_uint_eq(n, 5);
    ob_check_ok(right->receive(right, data, sizeof data, 1000, &n));
    ck_assert_uint_eq(n, 5);
    ck_assert_mem_eq(data, "hello", 5);
    ob_check_status(right->receive(right, data, sizeof data, 0, &n), OB_E_TIMEOUT);
    ob_check_status(right->receive(right, data, sizeof data, 20, &n), OB_E_TIMEOUT);
    left->close(left);
    left = NULL;
    ob_check_ok(right->receive(right, data, sizeof data, 1000, &n));
    ck_assert_uint_eq(n, 0);
    ob_check_status(right->send(right, "x", 1, 1000, &n), OB_E_IO); /* and no SIGPIPE */
}
END_TEST

START_TEST(socket__a_full_socket_is_waited_for)
{
    static char data[1 << 20];
    size_t n = 0;
    ob_status status = OB_OK;
    while (!OB_FAILED(status)) {
        status = left->send(left, data, sizeof data, 20, &n);
    }
    ob_check_status(status, OB_E_TIMEOUT);
}
END_TEST

static void stop_main(void *argument)
{
    ob_rpc_transport *transport = argument;
    usleep(30 * 1000);
    transport->stop(transport, false);
}

START_TEST(socket__stop_wakes_a_receiver)
{
    char data[8];
    size_t n = 9;
    ob_thread *thread = NULL;
    ob_check_ok(ob_thread_start(&thread, stop_main, right));
    ob_check_ok(right->receive(right, data, sizeof data, UINT32_MAX, &n));
    ck_assert_uint_eq(n, 0);
    ob_thread_join(thread);
    ob_check_ok(right->send(right, "x", 1, 1000, &n)); /* this direction is open */
    right->stop(right, true);
    ob_check_status(right->send(right, "x", 1, 1000, &n), OB_E_IO);
}
END_TEST

START_TEST(socket__the_peer_is_this_process)
{
    ck_assert(left->peer.known);
    ck_assert_int_eq(left->peer.pid, getpid());
    ck_assert_uint_eq(left->peer.uid, geteuid());
}
END_TEST

/* Only root may take groups; in a process of this test's own. */
START_TEST(socket__a_peer_of_many_groups)
{
    static gid_t groups[OB_RPC_PEER_GROUPS + 100];
    for (gid_t i = 0; i < OB_RPC_PEER_GROUPS + 100; i++) {
        groups[i] = 5000 + i;
    }
    if (setgroups(OB_RPC_PEER_GROUPS + 100, groups) != 0) {
        return;
    }
    tear_down();
    set_up();
    ck_assert_uint_eq(left->peer.group_count, OB_RPC_PEER_GROUPS);
    ck_assert_uint_eq(left->peer.groups[OB_RPC_PEER_GROUPS - 1], 5000 + OB_RPC_PEER_GROUPS - 1);
}
END_TEST

static int make_listening(struct sockaddr_un *name, int backlog)
{
    const char *path = ob_test_path(ob_test_temp(), "socket");
    memset(name, 0, sizeof *name);
    name->sun_family = AF_UNIX;
    ck_assert_uint_lt(strlen(path), sizeof name->sun_path);
    strcpy(name->sun_path, path);
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)name, sizeof *name), 0);
    ck_assert_int_eq(listen(fd, backlog), 0);
    return fd;
}

static int new_socket(void)
{
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    ck_assert_int_ge(fd, 0);
    return fd;
}

START_TEST(socket__listener_accepts_until_stopped)
{
    struct sockaddr_un name;
    ob_rpc_listener *listener = NULL;
    ob_rpc_transport *client = NULL, *server = NULL;
    const int fd = make_listening(&name, 4);
    ob_check_ok(ob_rpc_listener_of_socket(&listener, fd, name.sun_path));
    ob_check_ok(ob_rpc_socket_connect(new_socket(), (const struct sockaddr *)&name, sizeof name,
                                      1000, &client));
    ob_check_ok(listener->accept(listener, &server));
    ck_assert_int_eq(server->peer.pid, getpid());
    client->close(client);
    server->close(server);
    listener->stop(listener);
    ob_check_status(listener->accept(listener, &server), OB_E_CANCELLED);
    ob_check_status(listener->accept(listener, &server), OB_E_CANCELLED);
    listener->close(listener);
    ck_assert(!ob_test_exists(name.sun_path));
}
END_TEST

START_TEST(socket__connecting_that_fails)
{
    struct sockaddr_un name;
    ob_rpc_transport *out = NULL;
    const int fd = make_listening(&name, 0);
    ob_check_ok(ob_rpc_socket_connect(new_socket(), (const struct sockaddr *)&name, sizeof name,
                                      1000, &out));
    ob_rpc_transport *second = NULL;
    ob_status status = OB_OK;
    for (int i = 0; i < 4 && !OB_FAILED(status); i++) { /* nobody accepts: the queue fills */
        status = ob_rpc_socket_connect(new_socket(), (const struct sockaddr *)&name, sizeof name,
                                       50, &second);
        if (!OB_FAILED(status)) {
            second->close(second);
        }
    }
    ob_check_status(status, OB_E_TIMEOUT);
    out->close(out);
    close(fd);
    ob_check_status(
        ob_rpc_socket_connect(new_socket(), (const struct sockaddr *)&name, sizeof name, 50, &out),
        OB_E_AGENT_UNREACHABLE);
    unlink(name.sun_path);
    ob_check_status(
        ob_rpc_socket_connect(new_socket(), (const struct sockaddr *)&name, sizeof name, 50, &out),
        OB_E_AGENT_UNREACHABLE);
}
END_TEST

START_TEST(socket__no_memory)
{
    ob_rpc_transport *transport = NULL;
    ob_rpc_listener *listener = NULL;
    struct sockaddr_un name;
    const int fd = make_listening(&name, 4);
    ob_test_alloc_begin(1, true);
    const ob_status made = ob_rpc_transport_of_socket(&transport, fd);
    const ob_status listens = ob_rpc_listener_of_socket(&listener, fd, name.sun_path);
    ob_test_alloc_end();
    ob_check_status(made, OB_E_NO_MEMORY);
    ob_check_status(listens, OB_E_NO_MEMORY);
    ck_assert_int_eq(close(fd), -1); /* it was closed */
    ck_assert_int_eq(errno, EBADF);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, socket__sends_and_receives);
    tcase_add_test(cases, socket__a_full_socket_is_waited_for);
    tcase_add_test(cases, socket__stop_wakes_a_receiver);
    tcase_add_test(cases, socket__the_peer_is_this_process);
    tcase_add_test(cases, socket__a_peer_of_many_groups);
    tcase_add_test(cases, socket__listener_accepts_until_stopped);
    tcase_add_test(cases, socket__connecting_that_fails);
    tcase_add_test(cases, socket__no_memory);
}

OB_TEST_MAIN("socket", add_cases)
