#include "transport_unix.h"

#include "ob/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *folder;
static const char *path;

static void set_up(void)
{
    folder = ob_test_temp();
    path = ob_test_path(folder, "control");
    unlink(path);
}

START_TEST(transport_unix__listens_with_the_mode)
{
    ob_rpc_listener *listener = NULL;
    ob_rpc_transport *client = NULL;
    struct stat info;
    umask(0077);
    ob_check_ok(ob_rpc_unix_listen(&listener, path, 0660));
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert(S_ISSOCK(info.st_mode));
    ck_assert_uint_eq(info.st_mode & 07777u, 0660);
    ob_check_ok(ob_rpc_unix_connect(NULL, NULL, path, 1000, &client));
    client->close(client);
    listener->close(listener);
    ck_assert(!ob_test_exists(path));
}
END_TEST

START_TEST(transport_unix__a_stale_socket_is_replaced)
{
    ob_rpc_listener *listener = NULL, *second = NULL;
    ob_check_ok(ob_rpc_unix_listen(&listener, path, 0600));
    ob_check_status(ob_rpc_unix_listen(&second, path, 0600), OB_E_BUSY);
    ck_assert(ob_test_exists(path));
    const char *kept = ob_test_path(ob_test_temp(), "kept");
    ck_assert_int_eq(link(path, kept), 0);
    listener->close(listener); /* takes its name away, not the other one */
    ck_assert_int_eq(rename(kept, path), 0);
    ob_check_ok(ob_rpc_unix_listen(&listener, path, 0600));
    listener->close(listener);
}
END_TEST

/* Servers that start together on what a dead one left: one has it in the end, the others are told.
 */
START_TEST(transport_unix__starts_at_the_same_time)
{
    enum { SERVERS = 4, ROUNDS = 10 };
    for (int round = 0; round < ROUNDS; round++) {
        ob_rpc_listener *listener = NULL;
        pid_t children[SERVERS];
        int up = 0;
        const char *kept = ob_test_path(folder, "kept");
        ob_check_ok(ob_rpc_unix_listen(&listener, path, 0600));
        ck_assert_int_eq(link(path, kept), 0);
        listener->close(listener);
        ck_assert_int_eq(rename(kept, path), 0);
        for (int i = 0; i < SERVERS; i++) {
            children[i] = fork();
            if (children[i] == 0) { /* the listener stays open until all have tried */
                ob_status status = ob_rpc_unix_listen(&listener, path, 0600);
                usleep(100000);
                _exit(status == OB_OK ? 1 : status == OB_E_BUSY ? 0 : 2);
            }
            ck_assert_int_gt(children[i], 0);
        }
        for (int i = 0; i < SERVERS; i++) {
            int status = 0;
            ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
            ck_assert(WIFEXITED(status) && WEXITSTATUS(status) < 2);
            up += WEXITSTATUS(status);
        }
        ck_assert_int_eq(up, 1);
        unlink(path);
    }
}
END_TEST

START_TEST(transport_unix__waits_for_the_other_not_for_ever)
{
    ob_rpc_listener *listener = NULL;
    const int lock = open(folder, O_RDONLY | O_DIRECTORY);
    ck_assert_int_eq(flock(lock, LOCK_EX), 0);
    ob_check_status(ob_rpc_unix_listen(&listener, path, 0600), OB_E_BUSY);
    ck_assert(!ob_test_exists(path));
    close(lock);
    ob_check_ok(ob_rpc_unix_listen(&listener, path, 0600));
    listener->close(listener);
}
END_TEST

START_TEST(transport_unix__what_is_no_socket_stays)
{
    ob_rpc_listener *listener = NULL;
    ob_test_write_text(path, "precious");
    ob_check_status(ob_rpc_unix_listen(&listener, path, 0600), OB_E_EXISTS);
    ck_assert(ob_test_exists(path));
    unlink(path);
}
END_TEST

START_TEST(transport_unix__paths)
{
    ob_rpc_listener *listener = NULL;
    ob_rpc_transport *out = NULL;
    char longest[300];
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    ob_check_status(ob_rpc_unix_listen(&listener, longest, 0600), OB_E_INVALID_ARGUMENT);
    ob_check_status(ob_rpc_unix_connect(NULL, NULL, longest, 100, &out), OB_E_INVALID_ARGUMENT);
    ob_check_status(ob_rpc_unix_connect(NULL, NULL, "", 100, &out), OB_E_INVALID_ARGUMENT);
    ob_check_status(ob_rpc_unix_connect(NULL, NULL, path, 100, &out), OB_E_AGENT_UNREACHABLE);
    ob_check_status(ob_rpc_unix_listen(&listener, ob_test_path(path, "no/such/folder"), 0600),
                    OB_E_IO);
}
END_TEST

/* Root may connect to anything, so this needs to become somebody else. */
START_TEST(transport_unix__a_mode_that_forbids)
{
    ob_rpc_listener *listener = NULL;
    ob_rpc_transport *out = NULL;
    if (geteuid() != 0) {
        return;
    }
    ob_check_ok(ob_rpc_unix_listen(&listener, path, 0600));
    ck_assert_int_eq(chmod(ob_test_temp(), 0755), 0);
    ck_assert_int_eq(seteuid(65534), 0);
    const ob_status status = ob_rpc_unix_connect(NULL, NULL, path, 100, &out);
    ck_assert_int_eq(seteuid(0), 0);
    ob_check_status(status, OB_E_ACCESS_DENIED);
    listener->close(listener);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, set_up, NULL);
    tcase_add_test(cases, transport_unix__listens_with_the_mode);
    tcase_add_test(cases, transport_unix__a_stale_socket_is_replaced);
    tcase_add_test(cases, transport_unix__starts_at_the_same_time);
    tcase_add_test(cases, transport_unix__waits_for_the_other_not_for_ever);
    tcase_add_test(cases, transport_unix__what_is_no_socket_stays);
    tcase_add_test(cases, transport_unix__paths);
    tcase_add_test(cases, transport_unix__a_mode_that_forbids);
}

OB_TEST_MAIN("transport_unix", add_cases)
