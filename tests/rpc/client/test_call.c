#include "fake_agent.h"
#include "internal.h"

#include "ob/thread.h"

#include <string.h>

static ob_client *client;

static void setup(void)
{
    fake_agent_start();
    client = fake_agent_connect();
}

static void teardown(void)
{
    ob_client_close(client);
    fake_agent_stop();
}

START_TEST(call__takes_the_error_document)
{
    fake.status[FAKE_GET_SETTINGS] = OB_E_NOT_REGISTERED;
    fake.error = "{\"status\":-2147220976,\"symbol\":\"OB_E_NOT_REGISTERED\",\"message\":\"M\","
                 "\"advice\":\"A\",\"detail\":\"D\",\"code\":7}";
    ob_buf settings = {0};
    ob_check_status(ob_client_get_settings(client, &settings), OB_E_NOT_REGISTERED);
    const ob_client_error *error = ob_client_last_error();
    ck_assert_int_eq(error->status, OB_E_NOT_REGISTERED);
    ck_assert_str_eq(error->symbol, "OB_E_NOT_REGISTERED");
    ck_assert_str_eq(error->message, "M");
    ck_assert_str_eq(error->advice, "A");
    ck_assert_str_eq(error->detail, "D");
    ck_assert_int_eq(error->code, 7);
    ck_assert_ptr_null(settings.data);
}
END_TEST

START_TEST(call__without_a_document_takes_the_table)
{
    fake.status[FAKE_GET_SETTINGS] = OB_E_CREDENTIALS_INVALID;
    ob_buf settings = {0};
    ob_check_status(ob_client_get_settings(client, &settings), OB_E_CREDENTIALS_INVALID);
    const ob_client_error *error = ob_client_last_error();
    ck_assert_str_eq(error->symbol, "OB_E_CREDENTIALS_INVALID");
    ck_assert_int_eq(error->code, 34513);
    ck_assert_str_eq(error->detail, "");
}
END_TEST

START_TEST(call__success_clears_the_error)
{
    ob_buf settings = {0};
    fake.status[FAKE_GET_SETTINGS] = OB_E_IO;
    ob_check_status(ob_client_get_settings(client, &settings), OB_E_IO);
    fake.status[FAKE_GET_SETTINGS] = OB_OK;
    ob_check_ok(ob_client_get_settings(client, &settings));
    ck_assert_int_eq(ob_client_last_error()->status, OB_OK);
    ck_assert_str_eq(ob_client_last_error()->message, "");
    ob_buf_free(&settings);
}
END_TEST

START_TEST(call__refuses_a_positive_status)
{
    fake.status[FAKE_GET_SETTINGS] = 5;
    ob_buf settings = {0};
    ob_check_status(ob_client_get_settings(client, &settings), OB_E_PROTOCOL);
    fake_check_error(OB_E_PROTOCOL, "status 5");
    ck_assert_ptr_null(settings.data);
}
END_TEST

START_TEST(call__repeats_a_read_once)
{
    ob_buf settings = {0};
    atomic_store(&fake.lose[FAKE_GET_SETTINGS], 1);
    ob_check_ok(ob_client_get_settings(client, &settings));
    ck_assert_int_eq(atomic_load(&fake.calls[FAKE_GET_SETTINGS]), 1);
    ck_assert_int_eq(atomic_load(&fake.calls[FAKE_NEGOTIATE]), 2);

    atomic_store(&fake.lose[FAKE_GET_SETTINGS], 2);
    ob_check_status(ob_client_get_settings(client, &settings), OB_E_AGENT_UNREACHABLE);
    ck_assert_int_eq(ob_client_last_error()->status, OB_E_AGENT_UNREACHABLE);
    ob_buf_free(&settings);
}
END_TEST

START_TEST(call__does_not_repeat_a_change)
{
    ob_guid job = {{0}};
    atomic_store(&fake.lose[FAKE_START_BACKUP], 1);
    ob_check_status(ob_client_start_backup(client, "{}", 2, &job), OB_E_AGENT_UNREACHABLE);
    ck_assert_int_eq(atomic_load(&fake.calls[FAKE_START_BACKUP]), 0);
    ck_assert(ob_guid_is_zero(&job));
    ob_check_ok(ob_client_start_backup(client, "{}", 2, &job));
}
END_TEST

START_TEST(call__survives_a_restart)
{
    ob_buf settings = {0};
    fake_agent_restart();
    ob_check_ok(ob_client_get_settings(client, &settings));
    ob_buf_free(&settings);
}
END_TEST

START_TEST(call__tells_that_the_agent_is_gone)
{
    ob_buf settings = {0};
    fake_agent_stop();
    ob_check_status(ob_client_get_settings(client, &settings), OB_E_AGENT_UNREACHABLE);
    ck_assert_str_eq(ob_client_last_error()->symbol, "OB_E_AGENT_UNREACHABLE");
    fake_agent_start();
}
END_TEST

START_TEST(call__document_has_a_nul_behind)
{
    ob_buf settings = {0};
    fake.answer[FAKE_GET_SETTINGS] = "{\"a\":1}";
    ob_check_ok(ob_client_get_settings(client, &settings));
    ck_assert_uint_eq(settings.length, 7);
    ck_assert_str_eq((const char *)settings.data, "{\"a\":1}");
    ob_buf_free(&settings);
}
END_TEST

START_TEST(call__document_must_be_as_long_as_its_count)
{
    OB_BYTES bytes = {9, MIDL_user_allocate(8)};
    ob_buf out = {0};
    ob_check_status(ob_call_document(&bytes, &out), OB_E_PROTOCOL);
    fake_check_error(OB_E_PROTOCOL, "shorter than its count");
    MIDL_user_free(bytes.data);
    bytes = (OB_BYTES){1, NULL};
    ob_check_status(ob_call_document(&bytes, &out), OB_E_PROTOCOL);
    ck_assert_ptr_null(out.data);
}
END_TEST

START_TEST(call__releases_nothing_of_a_broken_call)
{
    ob_call call = {.broken = true};
    int not_ours = 0;
    ob_call_release(&call, &not_ours);
    call.broken = false;
    ob_call_release(&call, NULL);
    ob_call_release(&call, MIDL_user_allocate(3));
}
END_TEST

START_TEST(call__checks_lengths)
{
    ob_check_ok(ob_call_check_length("the name", 10, 10));
    ob_check_status(ob_call_check_length("the name", 11, 10), OB_E_TOO_LARGE);
    fake_check_error(OB_E_TOO_LARGE, "the name has 11 bytes; at most 10");
}
END_TEST

static void ask_often(void *argument)
{
    atomic_int *answers = argument;
    for (int i = 0; i < 50; i++) {
        ob_buf settings = {0};
        if (!OB_FAILED(ob_client_get_settings(client, &settings))) {
            atomic_fetch_add(answers, 1);
        }
        ob_buf_free(&settings);
    }
}

START_TEST(call__from_several_threads)
{
    ob_thread *threads[4] = {0};
    atomic_int answers = 0;
    for (size_t i = 0; i < 4; i++) {
        ob_check_ok(ob_thread_start(&threads[i], ask_often, &answers));
    }
    for (size_t i = 0; i < 4; i++) {
        ob_thread_join(threads[i]);
    }
    ck_assert_int_eq(atomic_load(&answers), 200);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, call__takes_the_error_document);
    tcase_add_test(cases, call__without_a_document_takes_the_table);
    tcase_add_test(cases, call__success_clears_the_error);
    tcase_add_test(cases, call__refuses_a_positive_status);
    tcase_add_test(cases, call__repeats_a_read_once);
    tcase_add_test(cases, call__does_not_repeat_a_change);
    tcase_add_test(cases, call__survives_a_restart);
    tcase_add_test(cases, call__tells_that_the_agent_is_gone);
    tcase_add_test(cases, call__document_has_a_nul_behind);
    tcase_add_test(cases, call__document_must_be_as_long_as_its_count);
    tcase_add_test(cases, call__releases_nothing_of_a_broken_call);
    tcase_add_test(cases, call__checks_lengths);
    tcase_add_test(cases, call__from_several_threads);
}

OB_TEST_MAIN("call", add_cases)
