#include "output.h"

#include "ob/test.h"

#include <string.h>

static const char *shown(const char *text)
{
    ob_buf out = {0};
    vault_put_text(&out, text);
    const char *kept = ob_test_format("%.*s", (int)out.length, (const char *)out.data);
    ob_buf_free(&out);
    return kept;
}

START_TEST(output__text_is_escaped_only_when_it_must_be)
{
    ck_assert_str_eq(shown("/mnt/vault"), "/mnt/vault");
    ck_assert_str_eq(shown("C:\\B\xC3\xBCro"), "C:\\B\xC3\xBCro");
    ck_assert_str_eq(shown("two\nlines"), "two\\nlines");
    ck_assert_str_eq(shown("\x1B[31m"), "\\x1b[31m");
    ck_assert_str_eq(shown("a\xC2\x9B"), "a\\xc2\\x9b");
    ck_assert_str_eq(shown("\xFF\\"), "\\xff\\\\");
}
END_TEST

START_TEST(output__json_is_one_line)
{
    bool failed = false;
    ob_buf out = {0};
    ob_guid guid = {{1}};
    uint8_t sha1[VAULT_THUMBPRINT] = {0xAB, 0xCD};
    cJSON *json = ob_json_new_object();
    vault_add_text(json, "text", "a\xFF", &failed);
    vault_add_guid(json, "guid", &guid, &failed);
    vault_add_time(json, "time", 0, &failed);
    vault_add_thumbprint(json, "thumbprint", sha1, &failed);
    ob_check_ok(vault_put_json(&out, json, failed));
    const char *text = ob_test_format("%.*s", (int)out.length, (const char *)out.data);
    ck_assert_str_eq(text, "{\"text\":\"a\\\\xff\",\"guid\":\"01000000-0000-0000-0000-"
                           "000000000000\",\"time\":\"1970-01-01T00:00:00Z\",\"thumbprint\":"
                           "\"ABCD000000000000000000000000000000000000\"}\n");
    ob_buf_free(&out);
}
END_TEST

START_TEST(output__a_failed_document_is_no_answer)
{
    ob_buf out = {0};
    ob_check_status(vault_put_json(&out, ob_json_new_object(), true), OB_E_NO_MEMORY);
    ob_buf_free(&out);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, output__text_is_escaped_only_when_it_must_be);
    tcase_add_test(cases, output__json_is_one_line);
    tcase_add_test(cases, output__a_failed_document_is_no_answer);
}

OB_TEST_MAIN("output", add_cases)
