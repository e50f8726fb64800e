#include "fake_agent.h"
#include "internal.h"

#include "ob/thread.h"

#include <string.h>

static OB_BYTES document_of(const char *text)
{
    OB_BYTES bytes = {(ULONG)strlen(text), MIDL_user_allocate(strlen(text))};
    memcpy(bytes.data, text, bytes.count);
    return bytes;
}

/* Sets the error from a document and gives it back. */
static const ob_client_error *set(ob_status status, const char *text)
{
    OB_BYTES bytes = document_of(text);
    ob_client_error_from(status, &bytes);
    MIDL_user_free(bytes.data);
    return ob_client_last_error();
}

START_TEST(error__is_empty_at_first)
{
    const ob_client_error *error = ob_client_last_error();
    ck_assert_int_eq(error->status, OB_OK);
    ck_assert_str_eq(error->symbol, "");
    ck_assert_str_eq(error->message, "");
    ck_assert_str_eq(error->advice, "");
    ck_assert_str_eq(error->detail, "");
}
END_TEST

START_TEST(error__local_has_table_and_detail)
{
    ck_assert_int_eq(ob_client_error_local(ob_fail(OB_E_NO_POLICY, "the detail")), OB_E_NO_POLICY);
    const ob_client_error *error = ob_client_last_error();
    ck_assert_str_eq(error->symbol, "OB_E_NO_POLICY");
    ck_assert_str_eq(error->message, ob_status_lookup(OB_E_NO_POLICY)->message);
    ck_assert_str_eq(error->detail, "the detail");
}
END_TEST

START_TEST(error__fills_up_from_the_table)
{
    const ob_client_error *error = set(OB_E_NO_POLICY, "{\"detail\":\"D\"}");
    ck_assert_str_eq(error->message, ob_status_lookup(OB_E_NO_POLICY)->message);
    ck_assert_str_eq(error->detail, "D");
    error = set(OB_E_NO_POLICY, "{\"message\":5,\"detail\":\"D\"}");
    ck_assert_str_eq(error->message, ob_status_lookup(OB_E_NO_POLICY)->message);
}
END_TEST

START_TEST(error__of_a_newer_agent)
{
    const ob_client_error *error =
        set((ob_status)0x80040299, "{\"status\":-2147220839,\"symbol\":\"OB_E_NEW\","
                                   "\"message\":\"New.\",\"advice\":\"Update.\",\"code\":9}");
    ck_assert_str_eq(error->symbol, "OB_E_NEW");
    ck_assert_str_eq(error->message, "New.");
    ck_assert_uint_eq(error->code, 9);
}
END_TEST

START_TEST(error__about_another_status_keeps_only_the_detail)
{
    const ob_client_error *error =
        set(OB_E_NO_POLICY, "{\"status\":-1,\"symbol\":\"FALSE\",\"detail\":\"D\"}");
    ck_assert_str_eq(error->symbol, "OB_E_NO_POLICY");
    ck_assert_str_eq(error->detail, "D");
}
END_TEST

START_TEST(error__broken_documents)
{
    static const char *const texts[] = {"{", "[]", "7", "\xff", "{\"detail\":\"\\u0000\"}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const ob_client_error *error = set(OB_E_NO_POLICY, texts[i]);
        ck_assert_int_eq(error->status, OB_E_NO_POLICY);
        ck_assert_str_eq(error->symbol, "OB_E_NO_POLICY");
        ck_assert_str_eq(error->detail, "");
    }
    OB_BYTES untrue = {100, MIDL_user_allocate(3)};
    ob_client_error_from(OB_E_IO, &untrue);
    ck_assert_str_eq(ob_client_last_error()->symbol, "OB_E_IO");
    MIDL_user_free(untrue.data);
    untrue = (OB_BYTES){100, NULL};
    ob_client_error_from(OB_E_IO, &untrue);
    ck_assert_str_eq(ob_client_last_error()->symbol, "OB_E_IO");
}
END_TEST

START_TEST(error__moves_no_cursor)
{
    const ob_client_error *error =
        set(OB_E_IO, "{\"detail\":\"a\\u001b[2Jb\\nc\\u009bd\\u007fe\\u00e4\"}");
    ck_assert_str_eq(error->detail, "a [2Jb c d e\xc3\xa4");
}
END_TEST

START_TEST(error__cuts_on_a_character)
{
    char text[4096] = "{\"symbol\":\"";
    for (size_t i = 0; i < 100; i++) {
        strcat(text, "\xe2\x82\xac"); /* three bytes each, 63 fit */
    }
    strcat(text, "\"}");
    const ob_client_error *error = set(OB_E_IO, text);
    ck_assert_uint_eq(strlen(error->symbol), 63);
    ck_assert(ob_utf8_valid(error->symbol, 63));
}
END_TEST

static void other_thread(void *argument)
{
    *(bool *)argument = ob_client_last_error()->status == OB_OK;
    ob_client_error_local(OB_E_IO);
}

START_TEST(error__is_of_one_thread)
{
    ob_thread *thread = NULL;
    bool fresh = false;
    ob_client_error_local(OB_E_NO_POLICY);
    ob_check_ok(ob_thread_start(&thread, other_thread, &fresh));
    ob_thread_join(thread);
    ck_assert(fresh);
    ck_assert_int_eq(ob_client_last_error()->status, OB_E_NO_POLICY);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, error__is_empty_at_first);
    tcase_add_test(cases, error__local_has_table_and_detail);
    tcase_add_test(cases, error__fills_up_from_the_table);
    tcase_add_test(cases, error__of_a_newer_agent);
    tcase_add_test(cases, error__about_another_status_keeps_only_the_detail);
    tcase_add_test(cases, error__broken_documents);
    tcase_add_test(cases, error__moves_no_cursor);
    tcase_add_test(cases, error__cuts_on_a_character);
    tcase_add_test(cases, error__is_of_one_thread);
}

OB_TEST_MAIN("error", add_cases)
