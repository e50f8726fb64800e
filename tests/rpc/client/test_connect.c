#include "fake_agent.h"

#include <stdlib.h>
#include <string.h>

static void setup(void)
{
    fake_agent_start();
}

static void teardown(void)
{
    fake_agent_stop();
}

static void set_environment(const char *value)
{
    /* What putenv() gets stays in the environment: not on the stack. */
    ck_assert_int_eq(putenv((char *)ob_test_format("OBAGENT_ENDPOINT=%s", value)), 0);
}

START_TEST(connect__negotiates)
{
    ob_client *client = fake_agent_connect();
    ck_assert_int_eq(atomic_load(&fake.calls[FAKE_NEGOTIATE]), 1);
    ob_client_close(client);
    ob_client_close(NULL);
}
END_TEST

START_TEST(connect__takes_the_environment)
{
    ob_client *client = NULL;
    set_environment(fake_agent_endpoint());
    ob_check_ok(ob_client_connect(NULL, &client));
    ob_client_close(client);
}
END_TEST

START_TEST(connect__takes_a_string_binding)
{
    ob_client *client = NULL;
    ob_check_ok(ob_client_connect(ob_test_format("ncalrpc:[%s]", fake_agent_endpoint()), &client));
    ob_client_close(client);
}
END_TEST

START_TEST(connect__needs_a_common_version)
{
    ob_client *client = NULL;
    fake.version = 2;
    ob_check_status(ob_client_connect(fake_agent_endpoint(), &client), OB_E_VERSION);
    fake_check_error(OB_E_VERSION, "version 2");
    fake.version = 0;
    ob_check_status(ob_client_connect(fake_agent_endpoint(), &client), OB_E_VERSION);
    fake.version = 1;
    fake.status[FAKE_NEGOTIATE] = OB_E_VERSION;
    ob_check_status(ob_client_connect(fake_agent_endpoint(), &client), OB_E_VERSION);
    ck_assert_ptr_null(client);
}
END_TEST

START_TEST(connect__names_an_endpoint_without_agent)
{
    ob_client *client = NULL;
    const char *endpoint = fake_server_name();
    ob_check_status(ob_client_connect(endpoint, &client), OB_E_AGENT_UNREACHABLE);
    fake_check_error(OB_E_AGENT_UNREACHABLE, endpoint);
    ck_assert_ptr_null(client);
}
END_TEST

START_TEST(connect__refuses_what_is_no_endpoint)
{
    ob_client *client = NULL;
    ob_check_status(ob_client_connect("ncalrpc:[", &client), OB_E_INVALID_ARGUMENT);
    ob_check_status(ob_client_connect("ncacn_nothing:[x]", &client), OB_E_NOT_SUPPORTED);
    fake_check_error(OB_E_NOT_SUPPORTED, "ncacn_nothing:[x]");
    ck_assert_ptr_null(client);
}
END_TEST

START_TEST(connect__agent_tells_of_itself)
{
    ob_buf agent = {0};
    ob_client *client = fake_agent_connect();
    fake.answer[FAKE_NEGOTIATE] = "{\"product\":\"Online Backup\"}";
    ob_check_ok(ob_client_agent(client, &agent));
    ck_assert_str_eq((const char *)agent.data, "{\"product\":\"Online Backup\"}");
    ob_buf_free(&agent);
    ob_client_close(client);
}
END_TEST

START_TEST(connect__many_at_once)
{
    ob_client *clients[20];
    for (size_t i = 0; i < 20; i++) {
        clients[i] = fake_agent_connect();
    }
    for (size_t i = 0; i < 20; i++) {
        ob_client_close(clients[i]);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, connect__negotiates);
    tcase_add_test(cases, connect__takes_the_environment);
    tcase_add_test(cases, connect__takes_a_string_binding);
    tcase_add_test(cases, connect__needs_a_common_version);
    tcase_add_test(cases, connect__names_an_endpoint_without_agent);
    tcase_add_test(cases, connect__refuses_what_is_no_endpoint);
    tcase_add_test(cases, connect__agent_tells_of_itself);
    tcase_add_test(cases, connect__many_at_once);
}

OB_TEST_MAIN("connect", add_cases)
