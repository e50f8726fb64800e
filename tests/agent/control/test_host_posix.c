#include "agent_fixture.h"
#include "ob/control.h"
#include "ob/rpc_runtime.h"
#include "wire_client.h"

#include "host.h"
#include "host_posix.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static agent_fixture fixture;
static const char *endpoint;

static void start(ob_control_gate gate)
{
    ob_control_options options = {.service = fixture.service, .endpoint = endpoint, .gate = gate};
    ob_check_ok(ob_control_start(&options));
    wire_connect(endpoint);
}

static void setup(void)
{
    agent_fixture_open(&fixture);
    endpoint = wire_endpoint();
}

static void teardown(void)
{
    wire_connect(NULL);
    ob_control_stop();
    ob_service_stop(fixture.service);
    ob_control_finish();
    agent_fixture_close(&fixture);
}

static ob_status call(void)
{
    uint32_t version = 0;
    ob_buf agent = {0};
    ob_buf error = {0};
    ob_status status = wire_negotiate(1, 1, &version, &agent, &error);
    ob_buf_free(&agent);
    ob_buf_free(&error);
    return status;
}

START_TEST(host_posix__the_agents_own_user_may_call)
{
    start(NULL);
    ob_check_ok(call());
}
END_TEST

static void deny(ob_control_caller *out)
{
    memcpy(out->text, "somebody", sizeof "somebody");
}

START_TEST(host_posix__who_may_not_call_gets_a_fault)
{
    start(deny);
    ob_check_status(call(), OB_E_ACCESS_DENIED);
    ob_buf error = {0};
    /* For every method, and before it looks at what was sent. */
    ob_check_status(wire_set_settings("{not even a document", &error), OB_E_ACCESS_DENIED);
    ob_buf_free(&error);
    int32_t state = 0;
    int64_t seen = 0;
    ob_guid job = {{1}};
    ob_check_status(wire_watch(&job, &seen, 30000, &state), OB_E_ACCESS_DENIED);
    void *view = NULL;
    ob_check_status(wire_open(&job, &view), OB_E_ACCESS_DENIED);
}
END_TEST

/* In a process of another user; its exit status tells. */
static int call_as_nobody(void)
{
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        wire_connect(NULL);
        wire_connect(endpoint);
        if (setgid(65534) != 0 || setuid(65534) != 0) {
            _exit(99);
        }
        _exit(call() == OB_E_ACCESS_DENIED ? 7 : 8);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

START_TEST(host_posix__another_user_may_not_call)
{
    if (geteuid() != 0) {
        return; /* only root can become somebody else */
    }
    start(NULL);
    /* The socket's mode is the one lock, the gate the other. */
    ck_assert_int_eq(call_as_nobody(), 7);
    const char *folder = ob_test_format("%.*s", (int)(strrchr(endpoint, '/') - endpoint), endpoint);
    const char *above = ob_test_format("%.*s", (int)(strrchr(folder, '/') - folder), folder);
    ck_assert_int_eq(chmod(endpoint, 0666), 0);
    ck_assert_int_eq(chmod(folder, 0755), 0);
    ck_assert_int_eq(chmod(above, 0755), 0);
    ck_assert_int_eq(call_as_nobody(), 7);
    ob_check_ok(call());
}
END_TEST

START_TEST(host_posix__the_rule)
{
    const gid_t group = 500;
    const ob_rpc_peer nobody = {
        .known = true, .uid = 7, .gid = 7, .groups = {8, 9}, .group_count = 2};
    ob_rpc_peer peer = nobody;
    ck_assert(!ob_control_peer_may_call(&peer, 1000, &group));
    ck_assert(!ob_control_peer_may_call(&peer, 1000, NULL));
    peer.uid = 1000;
    ck_assert(ob_control_peer_may_call(&peer, 1000, NULL));
    peer.uid = 0;
    ck_assert(ob_control_peer_may_call(&peer, 1000, NULL));
    peer.known = false;
    ck_assert(!ob_control_peer_may_call(&peer, 1000, &group));
    peer = nobody;
    peer.gid = 500;
    ck_assert(ob_control_peer_may_call(&peer, 1000, &group));
    ck_assert(!ob_control_peer_may_call(&peer, 1000, NULL));
    peer = nobody;
    peer.groups[1] = 500;
    ck_assert(ob_control_peer_may_call(&peer, 1000, &group));
    peer.group_count = 1;
    ck_assert(!ob_control_peer_may_call(&peer, 1000, &group));
    /* A group of number 0 is no way in for those who have none. */
    ck_assert(!ob_control_peer_may_call(&nobody, 1000, NULL));
}
END_TEST

START_TEST(host_posix__the_socket_is_not_for_everybody)
{
    struct stat info;
    start(NULL);
    ck_assert_int_eq(stat(endpoint, &info), 0);
    ck_assert(S_ISSOCK(info.st_mode));
    ck_assert_uint_eq(info.st_mode & 0007, 0);
}
END_TEST

START_TEST(host_posix__makes_the_sockets_folder)
{
    endpoint = ob_test_path(ob_test_path(ob_test_temp(), "run"), "control");
    start(NULL);
    ob_check_ok(call());
}
END_TEST

START_TEST(host_posix__endpoints_that_are_no_good)
{
    ob_control_options options = {.service = fixture.service, .endpoint = "control"};
    ob_check_status(ob_control_start(&options), OB_E_INVALID_ARGUMENT);
    ob_check_detail("\"control\"");
    /* Another agent serves there. */
    ob_rpc_server *other = NULL;
    ob_check_ok(ob_rpc_server_new(&other, NULL, NULL));
    ob_check_ok(ob_rpc_server_use_unix(other, endpoint, 0600));
    ob_check_ok(ob_rpc_server_start(other));
    options.endpoint = endpoint;
    ob_check_status(ob_control_start(&options), OB_E_BUSY);
    ob_check_detail("another agent serves");
    ob_rpc_server_stop(other);
    ob_rpc_server_free(other);
    start(NULL);
    ob_check_ok(call());
}
END_TEST

START_TEST(host_posix__outside_of_a_call_nobody_is_let_in)
{
    ob_control_caller caller = {.allowed = false};
    ob_control_host_gate(&caller);
    ck_assert(!caller.allowed);
    ck_assert_str_eq(caller.text, "unknown caller");
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, host_posix__the_agents_own_user_may_call);
    tcase_add_test(cases, host_posix__who_may_not_call_gets_a_fault);
    tcase_add_test(cases, host_posix__another_user_may_not_call);
    tcase_add_test(cases, host_posix__the_rule);
    tcase_add_test(cases, host_posix__the_socket_is_not_for_everybody);
    tcase_add_test(cases, host_posix__makes_the_sockets_folder);
    tcase_add_test(cases, host_posix__endpoints_that_are_no_good);
    tcase_add_test(cases, host_posix__outside_of_a_call_nobody_is_let_in);
}

OB_TEST_MAIN("host_posix", add_cases)
