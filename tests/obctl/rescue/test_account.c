#include "account.h"

#include "ob/test.h"

#include <cjson/cJSON.h>
#include <string.h>

static void note(ob_account *account, ob_event_kind kind, const char *what)
{
    ob_event event = {kind, "a\nb", OB_E_IO, what, "the disk"};
    ob_account_note(account, &event);
}

static const char *print(const ob_account *account)
{
    bool failed = false;
    ob_buf text = {0};
    cJSON *json = ob_json_new_object();
    ob_account_json(account, json, &failed);
    ck_assert(!failed);
    ob_check_ok(ob_json_print(&text, json));
    const char *kept = ob_test_format("%.*s", (int)text.length, (const char *)text.data);
    ob_json_free(json);
    ob_buf_free(&text);
    return kept;
}

START_TEST(account__counts_by_kind)
{
    ob_account account = {0};
    note(&account, OB_EVENT_EXISTED, "");
    note(&account, OB_EVENT_RESTORED_AS, "/another/name");
    note(&account, OB_EVENT_RESTORED_AS, "/one more");
    ck_assert(!account.any);
    ck_assert_str_eq(print(&account),
                     "{\"warnings\":[{\"kind\":\"existed\",\"count\":1,"
                     "\"text\":\"1 item: there already, left as it is\",\"first\":\"a\\\\nb\"},"
                     "{\"kind\":\"restored_as\",\"count\":2,"
                     "\"text\":\"2 items: restored under another "
                     "name\",\"first\":\"/another/name\"}],\"failed\":[]}");
    note(&account, OB_EVENT_NOT_KEPT, "security descriptor");
    note(&account, OB_EVENT_NOT_KEPT, "acl");
    ck_assert(account.any);
    ck_assert_ptr_nonnull(strstr(print(&account), "\"not_kept_security_descriptor\",\"count\":1"));
    ck_assert_ptr_nonnull(strstr(print(&account), "(acl)"));
    ob_account_free(&account);
    ck_assert_uint_eq(account.kind_count, 0);
}
END_TEST

START_TEST(account__names_the_first_failures)
{
    ob_account account = {0};
    for (unsigned i = 0; i < OB_ACCOUNT_FAILED + 5; i++) {
        note(&account, OB_EVENT_FAILED, "");
    }
    ck_assert_uint_eq(account.failed_count, OB_ACCOUNT_FAILED);
    ck_assert_int_eq(cJSON_GetArraySize(account.failed), OB_ACCOUNT_FAILED);
    ck_assert_ptr_nonnull(strstr(print(&account), "\"kind\":\"failed\",\"count\":105"));
    ck_assert_ptr_nonnull(strstr(
        print(&account), "{\"path\":\"a\\\\nb\",\"symbol\":\"OB_E_IO\",\"detail\":\"the disk\"}"));
    ob_account_free(&account);
}
END_TEST

/* More kinds than there is room for, and no memory: still a warning. */
START_TEST(account__bounds)
{
    ob_account account = {0};
    for (unsigned i = 0; i < OB_ACCOUNT_KINDS + 5; i++) {
        note(&account, OB_EVENT_SKIPPED_KIND, ob_test_format("kind %u", i));
    }
    ck_assert_uint_eq(account.kind_count, OB_ACCOUNT_KINDS);
    ob_account_free(&account);
    ob_test_alloc_begin(1, true);
    note(&account, OB_EVENT_FAILED, "");
    ck_assert(ob_test_alloc_end());
    ck_assert(account.no_memory);
    ck_assert_uint_eq(account.kinds[0].count, 1);
    ob_account_free(&account);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, account__counts_by_kind);
    tcase_add_test(cases, account__names_the_first_failures);
    tcase_add_test(cases, account__bounds);
}

OB_TEST_MAIN("account", add_cases)
