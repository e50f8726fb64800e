#include "document.h"
#include "ob/json.h"
#include "ob/test.h"

#include <cjson/cJSON.h>
#include <string.h>

static cJSON *parse(const char *text)
{
    cJSON *json = NULL;
    ob_buf buf = {.data = (uint8_t *)text, .length = strlen(text)};
    ob_check_ok(ob_document_parse(&buf, &json));
    return json;
}

START_TEST(document__reads)
{
    cJSON *json = parse("{\"t\":\"x\",\"b\":true,\"n\":7,\"o\":{\"t\":\"y\"},\"l\":[1,2]}");
    ck_assert_str_eq(ob_document_text(json, "t"), "x");
    ck_assert(ob_document_flag(json, "b"));
    ck_assert_int_eq(ob_document_count(json, "n"), 7);
    ck_assert_str_eq(ob_document_text(ob_document_object(json, "o"), "t"), "y");
    ck_assert_ptr_nonnull(ob_document_list(json, "l")->next);
    ob_json_free(json);
}
END_TEST

START_TEST(document__what_is_not_there_is_empty)
{
    cJSON *json = parse("{\"t\":7,\"n\":-7,\"b\":\"x\",\"o\":[],\"l\":{},\"e\":[]}");
    const cJSON *const sources[] = {json, NULL};
    for (size_t i = 0; i < 2; i++) {
        ck_assert_str_eq(ob_document_text(sources[i], "t"), "");
        ck_assert_str_eq(ob_document_text(sources[i], "none"), "");
        ck_assert(!ob_document_flag(sources[i], "b"));
        ck_assert_int_eq(ob_document_count(sources[i], "n"), 0);
        ck_assert_ptr_null(ob_document_object(sources[i], "o"));
        ck_assert_ptr_null(ob_document_list(sources[i], "l"));
        ck_assert_ptr_null(ob_document_list(sources[i], "e"));
    }
    ob_json_free(json);
}
END_TEST

START_TEST(document__no_json_is_a_broken_agent)
{
    cJSON *json = NULL;
    ob_buf buf = {.data = (uint8_t *)"{", .length = 1};
    ob_check_status(ob_document_parse(&buf, &json), OB_E_PROTOCOL);
    ck_assert_ptr_null(json);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, document__reads);
    tcase_add_test(cases, document__what_is_not_there_is_empty);
    tcase_add_test(cases, document__no_json_is_a_broken_agent);
}

OB_TEST_MAIN("document", add_cases)
