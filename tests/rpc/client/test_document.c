#include "fake_agent.h"

#include <string.h>

static ob_client *client;
static ob_buf answer;

static void setup(void)
{
    fake_agent_start();
    client = fake_agent_connect();
    memset(&answer, 0, sizeof answer);
}

static void teardown(void)
{
    ob_buf_free(&answer);
    ob_client_close(client);
    fake_agent_stop();
}

START_TEST(document__register_sends_the_bytes)
{
    fake.answer[FAKE_REGISTER] = "{\"region\":\"local\"}";
    ob_check_ok(ob_client_register(client, "credentials", 11, &answer));
    ck_assert_str_eq(fake.input, "credentials");
    ck_assert_str_eq((const char *)answer.data, "{\"region\":\"local\"}");
    ob_check_ok(ob_client_register(client, NULL, 0, &answer));
    ck_assert_str_eq(fake.input, "");
}
END_TEST

START_TEST(document__register_file_reads_it_here)
{
    const char *path = ob_test_path(ob_test_temp(), "a.vAULTcREDENTIALS");
    ob_test_write_text(path, "from a file");
    ob_check_ok(ob_client_register_file(client, path, &answer));
    ck_assert_str_eq(fake.input, "from a file");
}
END_TEST

START_TEST(document__register_file_wants_its_name)
{
    const char *path = ob_test_path(ob_test_temp(), "credentials.txt");
    ob_test_write_text(path, "x");
    ob_check_status(ob_client_register_file(client, path, &answer), OB_E_INVALID_ARGUMENT);
    fake_check_error(OB_E_INVALID_ARGUMENT, "*.VaultCredentials");
    ob_check_status(ob_client_register_file(client, "s", &answer), OB_E_INVALID_ARGUMENT);
    ck_assert_int_eq(atomic_load(&fake.calls[FAKE_REGISTER]), 0);
}
END_TEST

START_TEST(document__register_file_tells_of_a_file_that_is_not_there)
{
    const char *path = ob_test_path(ob_test_temp(), "none.VaultCredentials");
    ob_check_status(ob_client_register_file(client, path, &answer), OB_E_NOT_FOUND);
    fake_check_error(OB_E_NOT_FOUND, "none.VaultCredentials");
}
END_TEST

START_TEST(document__settings)
{
    fake.answer[FAKE_GET_SETTINGS] = "{\"registered\":false}";
    ob_check_ok(ob_client_get_settings(client, &answer));
    ck_assert_str_eq((const char *)answer.data, "{\"registered\":false}");
    ob_check_ok(ob_client_set_settings(client, "{\"compression\":\"small\"}", 23));
    ck_assert_str_eq(fake.input, "{\"compression\":\"small\"}");
    fake.status[FAKE_SET_SETTINGS] = OB_E_PASSPHRASE_SHORT;
    ob_check_status(ob_client_set_settings(client, "{}", 2), OB_E_PASSPHRASE_SHORT);
}
END_TEST

START_TEST(document__policies)
{
    fake.answer[FAKE_GET_POLICY] = "{\"files\":[]}";
    ob_check_ok(ob_client_get_policy(client, "nightly", &answer));
    ck_assert_str_eq(fake.input, "nightly");
    ck_assert_str_eq((const char *)answer.data, "{\"files\":[]}");
    fake.answer[FAKE_SET_POLICY] = "{\"id\":1}";
    ob_check_ok(ob_client_set_policy(client, "{}", 2, &answer));
    ck_assert_str_eq((const char *)answer.data, "{\"id\":1}");
    ob_check_ok(ob_client_remove_policy(client, ""));
    ck_assert_str_eq(fake.input, "");
    fake.status[FAKE_REMOVE_POLICY] = OB_E_NO_POLICY;
    ob_check_status(ob_client_remove_policy(client, "x"), OB_E_NO_POLICY);
}
END_TEST

START_TEST(document__describe)
{
    fake.answer[FAKE_DESCRIBE] = "{\"symbol\":\"S\"}";
    ob_check_ok(ob_client_describe(client, OB_E_NO_POLICY, &answer));
    ck_assert_int_eq((ob_status)fake.number, OB_E_NO_POLICY);
    ck_assert_str_eq((const char *)answer.data, "{\"symbol\":\"S\"}");
}
END_TEST

START_TEST(document__too_large_is_not_sent)
{
    static char large[1048577];
    memset(large, 'x', sizeof large - 1);
    ob_check_ok(ob_client_set_settings(client, large, 1048576));
    ob_check_status(ob_client_set_settings(client, large, 1048577), OB_E_TOO_LARGE);
    ob_check_status(ob_client_register(client, large, 1048577, &answer), OB_E_TOO_LARGE);
    large[1025] = '\0';
    ob_check_status(ob_client_get_policy(client, large, &answer), OB_E_TOO_LARGE);
    ob_check_status(ob_client_remove_policy(client, large), OB_E_TOO_LARGE);
    ck_assert_int_eq(atomic_load(&fake.calls[FAKE_SET_SETTINGS]), 1);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, document__register_sends_the_bytes);
    tcase_add_test(cases, document__register_file_reads_it_here);
    tcase_add_test(cases, document__register_file_wants_its_name);
    tcase_add_test(cases, document__register_file_tells_of_a_file_that_is_not_there);
    tcase_add_test(cases, document__settings);
    tcase_add_test(cases, document__policies);
    tcase_add_test(cases, document__describe);
    tcase_add_test(cases, document__too_large_is_not_sent);
}

OB_TEST_MAIN("document", add_cases)
