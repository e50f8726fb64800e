#include "ob/json.h"
#include "ob/test.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

static cJSON *parse(const char *text)
{
    cJSON *json = NULL;
    ob_check_ok(ob_json_parse(&json, text, strlen(text)));
    return json;
}

static const char *printed(const cJSON *json)
{
    ob_buf out = {0};
    ob_check_ok(ob_json_print(&out, json));
    char *text = ob_buf_take_text(&out);
    const char *kept = ob_test_format("%s", text);
    ob_free(text);
    return kept;
}

static ob_status refused(const char *text)
{
    cJSON *json = NULL;
    ob_status status = ob_json_parse(&json, text, strlen(text));
    ck_assert_ptr_null(json);
    return status;
}

START_TEST(json__parse_refuses)
{
    ob_check_status(refused("{\"a\":1"), OB_E_SYNTAX);
    ob_check_status(refused("{\"a\":1,\"b\":2,\"a\":3}"), OB_E_SYNTAX);
    ob_check_detail("the field a is there twice");
    ob_check_status(refused("[{\"x\":{\"\\u0061\":1,\"a\":3}}]"), OB_E_SYNTAX);
    ob_check_status(refused("1e999"), OB_E_SYNTAX);
    ob_check_status(refused("\"\xFF\""), OB_E_SYNTAX);
}
END_TEST

START_TEST(json__prints_what_it_parsed)
{
    static const char *const texts[] = {
        "{\"a\":[1,-2,true,false,null],\"b\":{\"c\":\"x\\\"\\\\\\n\\u0001\xC3\xA4\"}}",
        "[9007199254740992,-9007199254740991,9007199254740991]",
        "[0.5,-1.25]",
        "[]",
        "{}",
        "\"\""};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        cJSON *json = parse(texts[i]);
        ck_assert_str_eq(printed(json), texts[i]);
        ob_json_free(json);
    }
    ob_json_free(NULL);
    ob_json_free_secret(NULL);
}
END_TEST

START_TEST(json__print_refuses_what_is_not_utf8)
{
    bool failed = false;
    ob_buf out = {0};
    cJSON *json = ob_json_new_object();
    ob_json_add_text(json, "name", "\xFF", &failed);
    ck_assert(!failed);
    ob_check_status(ob_json_print(&out, json), OB_E_INVALID_ARGUMENT);
    ob_buf_free(&out);
    ob_json_free(json);
}
END_TEST

START_TEST(json__building)
{
    bool failed = false;
    cJSON *json = ob_json_new_object();
    cJSON *list = ob_json_new_array();
    ob_json_add_text(json, "t", "x", &failed);
    ob_json_add_text_n(json, "n", "abcdef", 3, &failed);
    ob_json_add_text_n(json, "e", NULL, 0, &failed);
    ob_json_add_int(json, "i", INT64_C(-9007199254740992), &failed);
    ob_json_add_bool(json, "b", true, &failed);
    ob_json_add_int(list, NULL, 1, &failed);
    ob_json_add_text(list, NULL, "two", &failed);
    ob_json_add_node(json, "l", list, &failed);
    ck_assert(!failed);
    ck_assert_str_eq(printed(json), "{\"t\":\"x\",\"n\":\"abc\",\"e\":\"\",\"i\":-9007199254740992,"
                                    "\"b\":true,\"l\":[1,\"two\"]}");
    ob_json_add_node(json, "z", NULL, &failed);
    ck_assert(failed);
    failed = false;
    ob_json_add_text_n(json, "z", "a\0b", 3, &failed);
    ck_assert(failed);
    failed = false;
    ob_json_add_bool(NULL, "z", true, &failed); /* no leak and no crash */
    ck_assert(failed);
    ob_json_free(json);
}
END_TEST

typedef struct fields {
    const char *text;
    bool flag;
    int64_t number;
    const cJSON *list;
    int choice;
} fields;

static ob_status read_fields(const char *text, fields *out)
{
    static const char *const choices[] = {"Skip", "Copy", NULL};
    cJSON *json = parse(text);
    ob_json_object object = ob_json_object_of(json, "doc");
    ob_json_need(&object, "text");
    ob_json_get_text(&object, "text", 4, &out->text);
    ob_json_get_bool(&object, "flag", &out->flag);
    ob_json_get_int(&object, "number", -5, 10, &out->number);
    ob_json_get_node(&object, "list", cJSON_Array, &out->list);
    ob_json_get_choice(&object, "choice", choices, &out->choice);
    ob_status status = ob_json_no_more(&object);
    ob_json_free(json);
    return status;
}

START_TEST(json__reads_by_schema)
{
    fields got = {NULL, false, 77, NULL, -1};
    ob_check_ok(read_fields("{\"choice\":\"Copy\",\"text\":\"four\",\"flag\":true,\"number\":-5,"
                            "\"list\":[]}",
                            &got));
    ck_assert(got.flag && got.number == -5 && got.list != NULL && got.choice == 1);
    got = (fields){NULL, false, 77, NULL, -1};
    ob_check_ok(read_fields("{\"text\":\"\",\"flag\":null,\"number\":null}", &got));
    ck_assert(!got.flag && got.number == 77 && got.list == NULL && got.choice == -1);
}
END_TEST

START_TEST(json__schema_errors_name_the_field)
{
    static const struct {
        const char *text;
        ob_status status;
        const char *detail;
    } rows[] = {
        {"{}", OB_E_INVALID_ARGUMENT, "doc.text is missing"},
        {"{\"text\":null}", OB_E_INVALID_ARGUMENT, "doc.text is missing"},
        {"{\"text\":1}", OB_E_INVALID_ARGUMENT, "doc.text must be text"},
        {"{\"text\":\"12345\"}", OB_E_INVALID_ARGUMENT, "doc.text is longer than 4 bytes"},
        {"{\"text\":\"\",\"flag\":1}", OB_E_INVALID_ARGUMENT, "doc.flag must be true or false"},
        {"{\"text\":\"\",\"number\":11}", OB_E_INVALID_ARGUMENT,
         "doc.number must be a whole number from -5 to 10"},
        {"{\"text\":\"\",\"number\":-6}", OB_E_INVALID_ARGUMENT, "doc.number must"},
        {"{\"text\":\"\",\"number\":1.5}", OB_E_INVALID_ARGUMENT, "doc.number must"},
        {"{\"text\":\"\",\"number\":1e300}", OB_E_INVALID_ARGUMENT, "doc.number must"},
        {"{\"text\":\"\",\"number\":\"1\"}", OB_E_INVALID_ARGUMENT, "doc.number must"},
        {"{\"text\":\"\",\"list\":{}}", OB_E_INVALID_ARGUMENT, "doc.list must be a list"},
        {"{\"text\":\"\",\"choice\":\"skip\"}", OB_E_INVALID_ARGUMENT,
         "doc.choice must be one of: Skip, Copy"},
        {"{\"text\":\"\",\"choice\":3}", OB_E_INVALID_ARGUMENT, "doc.choice must be one of"},
        {"{\"text\":\"\",\"Flag\":true}", OB_E_UNKNOWN_FIELD, "doc.Flag is not known"},
        {"{\"x\":1,\"text\":\"\"}", OB_E_UNKNOWN_FIELD, "doc.x is not known"},
        {"[]", OB_E_INVALID_ARGUMENT, "doc must be an object"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fields got = {NULL, false, 77, NULL, -1};
        ob_check_status(read_fields(rows[i].text, &got), rows[i].status);
        ob_check_detail(rows[i].detail);
        ck_assert_int_eq(got.number, 77);
    }
}
END_TEST

START_TEST(json__first_error_sticks_with_the_callers_status)
{
    bool flag = false;
    int64_t number = 0;
    cJSON *json = parse("{\"a\":1,\"b\":true}");
    ob_json_object object = ob_json_object_of(json, "policy");
    object.invalid = OB_E_POLICY_INVALID;
    ob_json_get_bool(&object, "a", &flag);
    ob_json_get_int(&object, "b", 0, 1, &number);
    ob_check_status(ob_json_no_more(&object), OB_E_POLICY_INVALID);
    ck_assert_str_eq(ob_detail(), "policy.a must be true or false");
    ob_json_free(json);
}
END_TEST

START_TEST(json__fields_past_the_64th_are_refused)
{
    ob_buf text = {0};
    bool value = false;
    for (int i = 0; i < 65; i++) {
        ob_buf_printf(&text, "%s\"f%d\":true", i == 0 ? "{" : ",", i);
    }
    ob_buf_put_text(&text, "}");
    cJSON *json = NULL;
    ob_check_ok(ob_json_parse(&json, text.data, text.length));
    ob_buf_free(&text);
    ob_json_object object = ob_json_object_of(json, "doc");
    for (int i = 0; i < 65; i++) {
        ob_json_get_bool(&object, ob_test_format("f%d", i), &value);
    }
    ob_check_status(ob_json_no_more(&object), OB_E_UNKNOWN_FIELD);
    ob_json_free(json);
}
END_TEST

START_TEST(json__many_fields_are_checked_in_time)
{
    ob_buf text = {0};
    cJSON *json = NULL;
    for (int i = 0; i < 200000; i++) {
        ob_buf_printf(&text, "%s\"%x\":0", i == 0 ? "{" : ",", (unsigned)i);
    }
    ob_buf_put_text(&text, ",\"7\":0}");
    ob_check_status(ob_json_parse(&json, text.data, text.length), OB_E_SYNTAX);
    ob_buf_free(&text);
}
END_TEST

static const char *found;
static void watch_release(void *context, void *block)
{
    (void)context;
    if (strncmp(block, "passphrase", 10) == 0) {
        found = "a released block holds the secret";
    }
    free(block);
}
static void *plain_resize(void *context, void *block, size_t size)
{
    (void)context;
    size = size < 16 ? 16 : size;
    void *result = realloc(block, size);
    if (result != NULL && block == NULL) {
        memset(result, 0, size);
    }
    return result;
}

START_TEST(json__secrets_are_wiped)
{
    static const ob_allocator watching = {plain_resize, watch_release, NULL};
    ob_allocator_set(&watching);
    cJSON *json = parse("{\"a\":[{\"b\":\"passphrase of sixteen\"}]}");
    ob_json_free_secret(json);
    ob_allocator_set(NULL);
    ck_assert_msg(found == NULL, "%s", found);
}
END_TEST

START_TEST(json__memory_runs_out)
{
    static const char text[] = "{\"a\":[1,2],\"b\":{\"c\":\"x\"}}";
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        cJSON *json = NULL;
        ob_test_alloc_begin(n, false);
        ob_status status = ob_json_parse(&json, text, strlen(text));
        ob_json_free(json);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
        ck_assert((json == NULL) == hit);
    }
    hit = true;
    for (uint64_t n = 1; hit; n++) {
        bool failed = false;
        ob_test_alloc_begin(n, false);
        cJSON *json = ob_json_new_object();
        ob_json_add_text_n(json, "a", "xyz", 3, &failed);
        ob_json_add_int(json, "b", 1, &failed);
        ob_json_add_node(json, "c", ob_json_new_array(), &failed);
        ob_json_free(json);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert(failed == hit);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, json__parse_refuses);
    tcase_add_test(cases, json__prints_what_it_parsed);
    tcase_add_test(cases, json__print_refuses_what_is_not_utf8);
    tcase_add_test(cases, json__building);
    tcase_add_test(cases, json__reads_by_schema);
    tcase_add_test(cases, json__schema_errors_name_the_field);
    tcase_add_test(cases, json__first_error_sticks_with_the_callers_status);
    tcase_add_test(cases, json__fields_past_the_64th_are_refused);
    tcase_add_test(cases, json__many_fields_are_checked_in_time);
    tcase_add_test(cases, json__secrets_are_wiped);
    tcase_add_test(cases, json__memory_runs_out);
}

OB_TEST_MAIN("json", add_cases)
