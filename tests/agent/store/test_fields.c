#include "fields.h"

#include "ob/test.h"

#include <string.h>

/* The fields of a document; the test frees it at its end. */
static cJSON *document(const char *text)
{
    cJSON *json = NULL;
    ob_check_ok(ob_json_parse(&json, text, strlen(text)));
    return json;
}

START_TEST(fields__reads_what_it_added)
{
    bool failed = false;
    ob_guid guid = {{1, 2, 3}};
    ob_guid guid_read = {{0}};
    int64_t time_read = 0;
    ob_buf data = {0};
    cJSON *json = ob_json_new_object();
    ob_field_add_guid(json, "guid", &guid, &failed);
    ob_field_add_time(json, "time", INT64_C(1769860800999000000), &failed);
    ob_field_add_base64(json, "data", "\x00\xFF\x10", 3, &failed);
    ob_json_add_text(json, "line", "a line", &failed);
    ob_json_add_text(json, "name", "a name", &failed);
    ck_assert(!failed);
    ob_json_object fields = ob_json_object_of(json, "it");
    char *line = NULL;
    char *name = NULL;
    ob_field_guid(&fields, "guid", &guid_read);
    ob_field_time(&fields, "time", &time_read);
    ob_field_base64(&fields, "data", 3, 3, &data);
    ob_field_line(&fields, "line", 6, &line);
    ob_field_name(&fields, "name", 6, &name);
    ob_check_ok(ob_json_no_more(&fields));
    ck_assert(ob_guid_equal(&guid, &guid_read));
    ck_assert_int_eq(time_read, INT64_C(1769860800000000000));
    ck_assert_uint_eq(data.length, 3);
    ck_assert_mem_eq(data.data, "\x00\xFF\x10", 3);
    ck_assert_str_eq(line, "a line");
    ck_assert_str_eq(name, "a name");
    ob_buf_free(&data);
    ob_free(line);
    ob_free(name);
    ob_json_free(json);
}
END_TEST

START_TEST(fields__absent_ones_leave_the_value)
{
    cJSON *json = document("{}");
    ob_json_object fields = ob_json_object_of(json, "it");
    ob_guid guid = {{7}};
    int64_t time = 7;
    ob_buf data = {0};
    char *line = NULL;
    ob_field_guid(&fields, "guid", &guid);
    ob_field_time(&fields, "time", &time);
    ob_field_base64(&fields, "data", 1, 1, &data);
    ob_field_line(&fields, "line", 1, &line);
    ob_field_name(&fields, "name", 1, &line);
    ob_check_ok(ob_json_no_more(&fields));
    ck_assert_uint_eq(guid.bytes[0], 7);
    ck_assert_int_eq(time, 7);
    ck_assert_uint_eq(data.length, 0);
    ck_assert_ptr_null(line);
    ob_json_free(json);
}
END_TEST

START_TEST(fields__malformed_ones_give_the_status_asked_for)
{
    static const char *const bad[] = {
        "{\"guid\":\"x\"}",       "{\"guid\":5}",         "{\"time\":\"yesterday\"}",
        "{\"data\":\"AAA\"}",     "{\"data\":\"AA==\"}",  "{\"data\":\"AAAAAAAA\"}",
        "{\"line\":\"\"}",        "{\"line\":\"a\\nb\"}", "{\"line\":\"1234567\"}",
        "{\"name\":\"a/b\"}",     "{\"name\":\" a\"}",    "{\"name\":\"1234567\"}",
        "{\"line\":\"\\u0085\"}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cJSON *json = document(bad[i]);
        ob_json_object fields = ob_json_object_of(json, "it");
        ob_guid guid;
        int64_t time = 0;
        ob_buf data = {0};
        char *line = NULL;
        fields.invalid = OB_E_CORRUPT;
        ob_field_guid(&fields, "guid", &guid);
        ob_field_time(&fields, "time", &time);
        ob_field_base64(&fields, "data", 2, 5, &data);
        ob_field_line(&fields, "line", 6, &line);
        ob_field_name(&fields, "name", 6, &line);
        ob_check_status(ob_json_no_more(&fields), OB_E_CORRUPT);
        ob_check_detail("it.");
        ck_assert_ptr_null(line);
        ob_buf_free(&data);
        ob_json_free(json);
    }
}
END_TEST

START_TEST(fields__a_newer_version_comes_before_all_else)
{
    cJSON *json = document("{\"version\":2,\"what\":1}");
    ob_json_object fields = ob_json_object_of(json, "it");
    fields.invalid = OB_E_CORRUPT;
    ob_field_version(&fields, 1);
    ob_json_need(&fields, "missing");
    ob_check_status(ob_json_no_more(&fields), OB_E_FORMAT_VERSION);
    fields = ob_json_object_of(json, "it");
    ob_field_version(&fields, 2);
    ob_check_ok(fields.status);
    ob_json_free(json);
    json = document("{}");
    fields = ob_json_object_of(json, "it");
    fields.invalid = OB_E_CORRUPT;
    ob_field_version(&fields, 1);
    ob_check_status(fields.status, OB_E_CORRUPT);
    ob_json_free(json);
}
END_TEST

START_TEST(fields__knows_good_names)
{
    static const char *const good[] = {"a", "Berlin 1", "B\xC3\xBCro", "a.b", "-", "a b.c_d-e"};
    static const char *const bad[] = {
        "",    " a",  "a ",  ".",   "..",  "a.",  "a/b",  "a\\b", "a:b",      "a*b",
        "a?b", "a\"", "a<b", "a>b", "a|b", "a\n", "\x7F", "\xFF", "\xC2\x80", "12345678901"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_msg(ob_name_valid(good[i], 10), "%s", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(!ob_name_valid(bad[i], 10), "%s", bad[i]);
    }
    ck_assert(ob_line_valid("a/b: *", 10));
    ck_assert(!ob_line_valid("a\tb", 10));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, fields__reads_what_it_added);
    tcase_add_test(cases, fields__absent_ones_leave_the_value);
    tcase_add_test(cases, fields__malformed_ones_give_the_status_asked_for);
    tcase_add_test(cases, fields__a_newer_version_comes_before_all_else);
    tcase_add_test(cases, fields__knows_good_names);
}

OB_TEST_MAIN("fields", add_cases)
