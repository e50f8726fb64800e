#include "error.h"

#include "ob/test.h"

#include <cjson/cJSON.h>
#include <string.h>

static const char *text_of(const cJSON *json, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
}

START_TEST(error__document_has_all_of_the_table)
{
    cJSON *json = ob_error_json(OB_E_CREDENTIALS_EXPIRED, "vault \"x\"");
    ck_assert_int_eq(cJSON_GetObjectItemCaseSensitive(json, "status")->valueint,
                     OB_E_CREDENTIALS_EXPIRED);
    ck_assert_str_eq(text_of(json, "symbol"), "OB_E_CREDENTIALS_EXPIRED");
    ck_assert_str_eq(text_of(json, "message"), "Vault credentials file provided has expired.");
    ck_assert_uint_gt(strlen(text_of(json, "advice")), 10);
    ck_assert_str_eq(text_of(json, "detail"), "vault \"x\"");
    ck_assert_int_eq(cJSON_GetObjectItemCaseSensitive(json, "code")->valueint, 34514);
    ck_assert_int_eq(cJSON_GetArraySize(json), 6);
    ob_json_free(json);
}
END_TEST

START_TEST(error__every_status_of_the_table_has_a_document)
{
    for (size_t i = 0; ob_status_at(i) != NULL; i++) {
        ob_buf text = {0};
        cJSON *json = NULL;
        ob_check_ok(ob_service_error(ob_status_at(i)->status, NULL, &text));
        ob_check_ok(ob_json_parse(&json, text.data, text.length));
        ck_assert_str_eq(text_of(json, "symbol"), ob_status_at(i)->symbol);
        ck_assert_str_eq(text_of(json, "detail"), "");
        ob_json_free(json);
        ob_buf_free(&text);
    }
}
END_TEST

START_TEST(error__an_unknown_status_is_described_as_such)
{
    cJSON *json = ob_error_json((ob_status)0x80001234, NULL);
    ck_assert_str_eq(text_of(json, "symbol"), "OB_E_UNEXPECTED");
    ck_assert_int_eq(cJSON_GetObjectItemCaseSensitive(json, "status")->valueint,
                     (ob_status)0x80001234);
    ob_json_free(json);
}
END_TEST

START_TEST(error__without_memory_there_is_none)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_buf text = {0};
        ob_test_alloc_begin(n, true);
        ob_status status = ob_service_error(OB_E_BUSY, "what was wrong", &text);
        ob_buf_free(&text);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, error__document_has_all_of_the_table);
    tcase_add_test(cases, error__every_status_of_the_table_has_a_document);
    tcase_add_test(cases, error__an_unknown_status_is_described_as_such);
    tcase_add_test(cases, error__without_memory_there_is_none);
}

OB_TEST_MAIN("error", add_cases)
