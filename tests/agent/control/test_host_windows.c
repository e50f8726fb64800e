#include "agent_fixture.h"
#include "ob/control.h"
#include "wire_client.h"

#include "host.h"

#include <string.h>

static agent_fixture fixture;
static const char *endpoint;

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

/* Tests run as an administrator. */
START_TEST(host_windows__an_administrator_may_call)
{
    uint32_t version = 0;
    ob_buf agent = {0};
    ob_buf error = {0};
    ob_control_options options = {.service = fixture.service, .endpoint = endpoint};
    ob_check_ok(ob_control_start(&options));
    wire_connect(endpoint);
    ob_check_ok(wire_negotiate(1, 1, &version, &agent, &error));
    ck_assert_uint_eq(version, 1);
    ob_buf_free(&agent);
    ob_buf_free(&error);
}
END_TEST

static ob_control_caller seen;

static void look(ob_control_caller *out)
{
    ob_control_host_gate(out);
    seen = *out;
}

START_TEST(host_windows__the_gate_knows_who_calls)
{
    uint32_t version = 0;
    ob_buf agent = {0};
    ob_buf error = {0};
    ob_control_options options = {.service = fixture.service, .endpoint = endpoint, .gate = look};
    ob_check_ok(ob_control_start(&options));
    wire_connect(endpoint);
    ob_check_ok(wire_negotiate(1, 1, &version, &agent, &error));
    ck_assert(seen.allowed);
    ck_assert_msg(strncmp(seen.text, "S-1-5-", 6) == 0, "%s", seen.text);
    ob_buf_free(&agent);
    ob_buf_free(&error);
}
END_TEST

START_TEST(host_windows__outside_of_a_call_nobody_is_let_in)
{
    ob_control_caller caller = {.allowed = false};
    ob_control_host_gate(&caller);
    ck_assert(!caller.allowed);
    ck_assert_ptr_nonnull(strstr(caller.text, "unknown caller"));
}
END_TEST

START_TEST(host_windows__names_that_are_no_good)
{
    char name[400];
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    ob_control_options options = {.service = fixture.service, .endpoint = name};
    ob_check_status(ob_control_start(&options), OB_E_INVALID_ARGUMENT);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, host_windows__an_administrator_may_call);
    tcase_add_test(cases, host_windows__the_gate_knows_who_calls);
    tcase_add_test(cases, host_windows__outside_of_a_call_nobody_is_let_in);
    tcase_add_test(cases, host_windows__names_that_are_no_good);
}

OB_TEST_MAIN("host_windows", add_cases)
