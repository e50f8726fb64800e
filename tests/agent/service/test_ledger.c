#include "ledger.h"

#include "ob/test.h"

#include <cjson/cJSON.h>
#include <string.h>

static void note(ob_ledger *ledger, ob_event_kind kind, const char *path, ob_status status,
                 const char *what, const char *detail)
{
    ob_event event = {kind, path, status, what, detail};
    ob_ledger_note(ledger, &event);
}

static cJSON *json_of(const ob_ledger *ledger)
{
    bool failed = false;
    cJSON *json = ob_json_new_object();
    ob_ledger_json(ledger, json, &failed);
    ck_assert(!failed);
    return json;
}

static const char *printed(const cJSON *json)
{
    ob_buf text = {0};
    ob_check_ok(ob_json_print(&text, json));
    const char *copy = ob_test_format("%.*s", (int)text.length, (const char *)text.data);
    ob_buf_free(&text);
    return copy;
}

START_TEST(ledger__is_empty_at_first)
{
    ob_ledger ledger = {0};
    cJSON *json = json_of(&ledger);
    ck_assert(!ledger.any);
    ck_assert_str_eq(printed(json), "{\"warnings\":[],\"failed\":[]}");
    ob_json_free(json);
}
END_TEST

START_TEST(ledger__counts_by_kind)
{
    ob_ledger ledger = {0};
    note(&ledger, OB_EVENT_NOT_KEPT, "/a", 0, "acl", "");
    note(&ledger, OB_EVENT_NOT_KEPT, "/b", 0, "acl", "");
    note(&ledger, OB_EVENT_NOT_KEPT, "/b", 0, "alternate stream", "");
    note(&ledger, OB_EVENT_CHANGED, "/c\n", 0, "", "");
    note(&ledger, OB_EVENT_RESTORED_AS, "/c", 0, "/c (1)", "");
    note(&ledger, OB_EVENT_RESTORED_AS, "/d", 0, "/d (1)", "");
    cJSON *json = json_of(&ledger);
    ck_assert(ledger.any);
    ck_assert_str_eq(
        printed(cJSON_GetObjectItemCaseSensitive(json, "warnings")),
        "[{\"kind\":\"not_kept_acl\",\"count\":2,"
        "\"text\":\"2 items: not kept with all that belongs to it (acl)\",\"first\":\"/a\"},"
        "{\"kind\":\"not_kept_alternate_stream\",\"count\":1,"
        "\"text\":\"1 item: not kept with all that belongs to it (alternate stream)\","
        "\"first\":\"/b\"},"
        "{\"kind\":\"changed\",\"count\":1,"
        "\"text\":\"1 item: changed while read, the copy may be of two moments\","
        "\"first\":\"/c\\\\n\"},"
        "{\"kind\":\"restored_as\",\"count\":2,"
        "\"text\":\"2 items: restored under another name\",\"first\":\"/c (1)\"}]");
    ob_json_free(json);
    ob_ledger_free(&ledger);
}
END_TEST

START_TEST(ledger__names_the_first_failures_and_counts_all)
{
    ob_ledger ledger = {0};
    note(&ledger, OB_EVENT_FAILED, "/a\nb\xFF", OB_E_ACCESS_DENIED, "", "C:\\x: no");
    for (int i = 0; i < 200; i++) {
        note(&ledger, OB_EVENT_FAILED, ob_test_format("/%d", i), OB_E_IO, "", "");
    }
    cJSON *json = json_of(&ledger);
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(json, "failed");
    ck_assert_int_eq(cJSON_GetArraySize(list), OB_LEDGER_FAILED);
    ck_assert_str_eq(printed(cJSON_GetArrayItem(list, 0)),
                     "{\"path\":\"/a\\\\nb\\\\xff\",\"symbol\":\"OB_E_ACCESS_DENIED\","
                     "\"detail\":\"C:\\\\x: no\"}");
    const cJSON *warnings = cJSON_GetObjectItemCaseSensitive(json, "warnings");
    const cJSON *count = cJSON_GetObjectItemCaseSensitive(cJSON_GetArrayItem(warnings, 0), "count");
    ck_assert_int_eq(count->valueint, 201);
    ob_json_free(json);
    ob_ledger_free(&ledger);
}
END_TEST

START_TEST(ledger__bounds_kinds_and_lengths)
{
    ob_ledger ledger = {0};
    char path[5000];
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    for (int i = 0; i < 100; i++) {
        note(&ledger, OB_EVENT_SKIPPED_KIND, "/x", 0, ob_test_format("kind%d", i), "");
    }
    note(&ledger, OB_EVENT_SKIPPED_KIND, "/x", 0, path, "");
    note(&ledger, OB_EVENT_FAILED, path, OB_E_IO, "", "");
    ck_assert_uint_eq(ledger.kind_count, OB_LEDGER_KINDS);
    ck_assert_uint_eq(ledger.failure_count, 1);
    ck_assert_uint_le(strlen(ledger.failures[0].path), OB_LEDGER_TEXT_MOST + 3);
    ob_ledger_free(&ledger);
}
END_TEST

START_TEST(ledger__what_was_asked_for_is_no_warning)
{
    ob_ledger ledger = {0};
    note(&ledger, OB_EVENT_EXISTED, "/a", 0, "", "");
    note(&ledger, OB_EVENT_RESTORED_AS, "/b", 0, "/b (1)", "");
    note(&ledger, OB_EVENT_LEFT_OUT, "/proc", 0, "kernel file system", "");
    ck_assert(!ledger.any);
    ck_assert_uint_eq(ledger.kind_count, 3);
    ck_assert_str_eq(ledger.kinds[2].kind, "left_out_kernel_file_system");
    ob_ledger_free(&ledger);
}
END_TEST

START_TEST(ledger__without_memory_it_still_counts)
{
    ob_ledger ledger = {0};
    ob_test_alloc_begin(1, true);
    note(&ledger, OB_EVENT_FAILED, "/a", OB_E_IO, "", "x");
    ck_assert_int_eq(ob_test_alloc_live(), 0);
    ck_assert(ob_test_alloc_end());
    ck_assert(ledger.any);
    ck_assert_uint_eq(ledger.failure_count, 0);
    ck_assert_uint_eq(ledger.kinds[0].count, 1);
    ob_ledger_free(&ledger);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, ledger__is_empty_at_first);
    tcase_add_test(cases, ledger__counts_by_kind);
    tcase_add_test(cases, ledger__names_the_first_failures_and_counts_all);
    tcase_add_test(cases, ledger__bounds_kinds_and_lengths);
    tcase_add_test(cases, ledger__what_was_asked_for_is_no_warning);
    tcase_add_test(cases, ledger__without_memory_it_still_counts);
}

OB_TEST_MAIN("ledger", add_cases)
