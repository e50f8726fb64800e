#include "policy.h"

#include "ob/test.h"

#include <cjson/cJSON.h>
#include <string.h>

static const ob_guid machine = {{9}};
static ob_db *db;

static void setup(void)
{
    ob_check_ok(ob_db_open(ob_test_path(ob_test_temp(), "state.db"), &db));
}

static void teardown(void)
{
    ob_db_close(db);
    db = NULL;
}

static ob_status read_text(ob_policy *out, const char *text)
{
    return ob_policy_read(out, text, strlen(text), false);
}

typedef struct bad_case {
    const char *text;
    ob_status status;
    const char *detail;
} bad_case;

static const bad_case bad_cases[] = {
    {"", OB_E_SYNTAX, ""},
    {"{", OB_E_SYNTAX, ""},
    {"{\"files\":[{\"path\":\"/a\"}]}x", OB_E_SYNTAX, ""},
    {"[]", OB_E_INVALID_ARGUMENT, "policy must be an object"},
    {"{}", OB_E_POLICY_INVALID, "policy.files is missing"},
    {"{\"files\":{}}", OB_E_POLICY_INVALID, "policy.files must be a list"},
    {"{\"files\":[]}", OB_E_POLICY_INVALID, "policy.files must have an entry that includes"},
    {"{\"files\":[{\"path\":\"/a\",\"exclude\":true}]}", OB_E_POLICY_INVALID, "that includes"},
    {"{\"files\":[{\"path\":\"/a\"}],\"color\":1}", OB_E_UNKNOWN_FIELD, "policy.color"},
    {"{\"files\":[{\"path\":\"/a\",\"depth\":1}]}", OB_E_UNKNOWN_FIELD, "policy.files[0].depth"},
    {"{\"files\":[{\"path\":\"/a\"},{\"path\":\"b\"}]}", OB_E_POLICY_INVALID,
     "policy.files[1].path: \"b\" is not an absolute path"},
    {"{\"files\":[{\"path\":\"/a*/../b\"}]}", OB_E_POLICY_INVALID,
     "policy.files[0].path: \"/a*/../b\" must not"},
    {"{\"files\":[{\"path\":\"\"}]}", OB_E_POLICY_INVALID, "policy.files[0].path"},
    {"{\"files\":[{\"path\":\"/a\\nb\"}]}", OB_E_POLICY_INVALID, "control characters"},
    {"{\"files\":[{\"path\":1}]}", OB_E_POLICY_INVALID, "policy.files[0].path must be text"},
    {"{\"files\":[{}]}", OB_E_POLICY_INVALID, "policy.files[0].path is missing"},
    {"{\"files\":[7]}", OB_E_POLICY_INVALID, "policy.files[0] must be an object"},
    {"{\"files\":[{\"path\":\"/a\",\"exclude\":\"no\"}]}", OB_E_POLICY_INVALID,
     "policy.files[0].exclude must be true or false"},
    {"{\"files\":[{\"path\":\"/a\"}],\"state\":\"asleep\"}", OB_E_POLICY_INVALID,
     "policy.state must be one of: valid, paused"},
    {"{\"files\":[{\"path\":\"/a\"}],\"name\":\"\"}", OB_E_POLICY_INVALID, "policy.name"},
    {"{\"files\":[{\"path\":\"/a\"}],\"name\":\"a\\tb\"}", OB_E_POLICY_INVALID, "policy.name"},
    {"{\"files\":[{\"path\":\"/a\"}],\"name\":7}", OB_E_POLICY_INVALID, "policy.name must be text"},
    {"{\"files\":[{\"path\":\"/a\"}],\"modified\":7}", OB_E_POLICY_INVALID, "policy.modified"},
};

START_TEST(policy__refuses_and_names_the_field)
{
    const bad_case *row = &bad_cases[_i];
    ob_policy policy = {0};
    ob_check_status(read_text(&policy, row->text), row->status);
    ob_check_detail(row->detail);
    ck_assert_ptr_null(policy.document);
}
END_TEST

START_TEST(policy__refuses_what_is_too_long)
{
    ob_policy policy = {0};
    ob_buf text = {0};
    ob_buf_put_text(&text, "{\"files\":[{\"path\":\"/");
    for (size_t i = 0; i < 32768; i++) {
        ob_buf_put_u8(&text, 'x');
    }
    ob_buf_put_text(&text, "\"}]}");
    ob_check_status(ob_policy_read(&policy, text.data, text.length, false), OB_E_POLICY_INVALID);
    ob_check_detail("policy.files[0].path");
    ob_buf_clear(&text);
    ob_buf_put_text(&text, "{\"files\":[");
    for (size_t i = 0; i < 10001; i++) {
        ob_buf_printf(&text, "%s{\"path\":\"/%zu\"}", i > 0 ? "," : "", i);
    }
    ob_buf_put_text(&text, "]}");
    ob_check_status(ob_policy_read(&policy, text.data, text.length, false), OB_E_POLICY_INVALID);
    ob_check_detail("10000");
    ob_buf_free(&text);
}
END_TEST

START_TEST(policy__reads_specs_and_sources)
{
    ob_policy policy = {0};
    static const char text[] =
        "{\"name\":\"nightly\",\"state\":\"paused\",\"files\":[{\"path\":\"c:\\\\a\"},"
        "{\"path\":\"C:\\\\a\\\\*.tmp\",\"exclude\":true},"
        "{\"path\":\"D:\",\"recursive\":false}]}";
    ob_check_ok(ob_policy_read(&policy, text, strlen(text), true));
    ck_assert_str_eq(policy.name, "nightly");
    ck_assert(policy.paused);
    ck_assert_uint_eq(policy.spec_count, 3);
    ck_assert_str_eq(policy.specs[0].path, "c:\\a");
    ck_assert(policy.specs[0].recursive && !policy.specs[0].exclude);
    ck_assert(policy.specs[1].recursive && policy.specs[1].exclude);
    ck_assert(!policy.specs[2].recursive && !policy.specs[2].exclude);
    ck_assert_uint_eq(policy.sources.count, 2);
    ck_assert_str_eq(policy.sources.names[0], "C:\\");
    ck_assert_str_eq(policy.sources.names[1], "D:\\");
    ob_policy_free(&policy);
    ob_policy_free(&policy);
}
END_TEST

static const char *store(const char *text, int64_t now)
{
    ob_policy policy = {0};
    ob_buf stored = {0};
    ob_check_ok(read_text(&policy, text));
    ob_check_ok(ob_policy_store(db, &policy, now, &machine, false, &stored));
    const char *copy = ob_test_format("%.*s", (int)stored.length, (const char *)stored.data);
    ob_policy_free(&policy);
    ob_buf_free(&stored);
    return copy;
}

static const char *load(const char *name)
{
    ob_buf text = {0};
    ob_check_ok(ob_policy_load(db, name, &text));
    const char *copy = ob_test_format("%.*s", (int)text.length, (const char *)text.data);
    ob_buf_free(&text);
    return copy;
}

static const char *member(const char *text, const char *name)
{
    cJSON *json = NULL;
    ob_check_ok(ob_json_parse(&json, text, strlen(text)));
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
    const char *copy = value != NULL ? ob_test_format("%s", value) : NULL;
    ob_json_free(json);
    return copy;
}

START_TEST(policy__is_stored_whole)
{
    const char *stored = store("{\"files\":[{\"path\":\"/a\"}]}", 1769860800000000000);
    ck_assert_str_eq(load("default"), stored);
    int64_t source = 0;
    ob_check_ok(ob_source_id(&machine, "/", false, &source));
    ck_assert_str_eq(
        stored,
        ob_test_format("{\"name\":\"default\",\"state\":\"valid\",\"files\":[{\"path\":\"/a\","
                       "\"exclude\":false,\"recursive\":true}],\"id\":\"%s\","
                       "\"modified\":\"2026-01-31T12:00:00Z\",\"sources\":[{\"id\":%lld,"
                       "\"name\":\"/\"}]}",
                       member(stored, "id"), (long long)source));
}
END_TEST

START_TEST(policy__what_was_read_can_be_stored_again)
{
    const char *first = store("{\"files\":[{\"path\":\"/a\"}]}", 1000000000);
    const char *second = store(first, 2000000000);
    ck_assert_str_eq(member(first, "id"), member(second, "id"));
    ck_assert_str_ne(member(first, "modified"), member(second, "modified"));
}
END_TEST

START_TEST(policy__retention_comes_back)
{
    static const char *const text = "{\"files\":[{\"path\":\"/a\"}],\"retention\":{\"days\":30,"
                                    "\"weekly\":{\"weeks\":4,\"times\":[\"17:30\"]}}}";
    ob_policy policy = {0};
    ob_policy again = {0};
    ob_buf stored = {0};
    ob_check_ok(read_text(&policy, text));
    ob_check_ok(ob_policy_store(db, &policy, 0, &machine, false, &stored));
    ob_check_ok(ob_policy_read(&again, stored.data, stored.length, false));
    ck_assert_uint_eq(again.retention.days, 30);
    ck_assert_uint_eq(again.retention.weekly.range_days, 28);
    ck_assert_uint_eq(again.retention.weekly.times[0], 63000);
    ob_policy_free(&policy);
    ob_policy_free(&again);
    ob_buf_free(&stored);
    ob_check_status(read_text(&policy, "{\"files\":[{\"path\":\"/a\"}],\"retention\":7}"),
                    OB_E_POLICY_INVALID);
    ob_check_detail("policy.retention");
    ob_check_status(
        read_text(&policy, "{\"files\":[{\"path\":\"/a\"}],\"retention\":{\"days\":0}}"),
        OB_E_POLICY_INVALID);
    ob_check_detail("policy.retention.days");
}
END_TEST

START_TEST(policy__several_by_name)
{
    store("{\"files\":[{\"path\":\"/a\"}]}", 1);
    const char *other = store("{\"name\":\"db \xC3\xA4\",\"files\":[{\"path\":\"/b\"}]}", 1);
    ck_assert_str_ne(member(load("default"), "id"), member(other, "id"));
    ck_assert_str_eq(load("db \xC3\xA4"), other);
    ob_check_ok(ob_policy_remove(db, "default"));
    ob_check_status(ob_policy_remove(db, "default"), OB_E_NO_POLICY);
    ob_buf text = {0};
    ob_check_status(ob_policy_load(db, "default", &text), OB_E_NO_POLICY);
    ob_check_detail("default");
    ob_buf_free(&text);
    ck_assert_str_eq(load("db \xC3\xA4"), other);
}
END_TEST

START_TEST(policy__names_as_callers_give_them)
{
    char *name = NULL;
    ob_check_ok(ob_policy_name("", 0, &name));
    ck_assert_str_eq(name, "default");
    ob_free(name);
    ob_check_ok(ob_policy_name("abc", 2, &name));
    ck_assert_str_eq(name, "ab");
    ob_free(name);
    ob_check_status(ob_policy_name("a\0b", 3, &name), OB_E_NO_POLICY);
}
END_TEST

START_TEST(policy__memory_runs_out)
{
    static const char text[] = "{\"files\":[{\"path\":\"C:\\\\a\"},{\"path\":\"D:\\\\b\"}]}";
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_policy policy = {0};
        ob_buf stored = {0};
        ob_test_alloc_begin(n, true);
        ob_status status = ob_policy_read(&policy, text, strlen(text), true);
        if (status == OB_OK) {
            status = ob_policy_store(db, &policy, 1, &machine, true, &stored);
        }
        ob_policy_free(&policy);
        ob_buf_free(&stored);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_loop_test(cases, policy__refuses_and_names_the_field, 0,
                        (int)(sizeof bad_cases / sizeof bad_cases[0]));
    tcase_add_test(cases, policy__refuses_what_is_too_long);
    tcase_add_test(cases, policy__reads_specs_and_sources);
    tcase_add_test(cases, policy__is_stored_whole);
    tcase_add_test(cases, policy__what_was_read_can_be_stored_again);
    tcase_add_test(cases, policy__retention_comes_back);
    tcase_add_test(cases, policy__several_by_name);
    tcase_add_test(cases, policy__names_as_callers_give_them);
    tcase_add_test(cases, policy__memory_runs_out);
}

OB_TEST_MAIN("policy", add_cases)
