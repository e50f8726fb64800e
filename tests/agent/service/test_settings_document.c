#include "settings_document.h"

#include "host_fixture.h"
#include "keys.h"
#include "ob/json.h"

#include <cjson/cJSON.h>
#include <string.h>

static ob_test_host fixture;

static void setup(void)
{
    ob_test_host_open(&fixture);
}

static void teardown(void)
{
    ob_test_host_close(&fixture);
}

static bool passphrase_given;

static ob_status change(const char *text)
{
    passphrase_given = false;
    return ob_settings_change(&fixture.host, text, strlen(text), &passphrase_given);
}

static const char *settings(void)
{
    ob_buf text = {0};
    ob_check_ok(ob_settings_print(&fixture.host, &text));
    const char *copy = ob_test_format("%.*s", (int)text.length, (const char *)text.data);
    ob_buf_free(&text);
    return copy;
}

START_TEST(settings_document__at_first)
{
    char machine[OB_GUID_TEXT];
    ob_guid_format(machine, &fixture.vault.machine);
    ck_assert_str_eq(settings(),
                     ob_test_format("{\"passphrase_set\":false,\"compression\":\"speed\","
                                    "\"machine_id\":\"%s\",\"registered\":false,\"vault\":null,"
                                    "\"cache_dir\":%s}",
                                    machine, ob_test_quoted(fixture.host.cache_dir)));
}
END_TEST

START_TEST(settings_document__registered_and_with_a_passphrase)
{
    ob_test_host_register(&fixture);
    ob_check_ok(change("{\"passphrase\":\"correct horse battery staple\",\"security_pin\":\" \","
                       "\"compression\":\"small\"}"));
    ck_assert(passphrase_given);
    const char *text = settings();
    ck_assert_ptr_nonnull(strstr(text, "\"passphrase_set\":true,\"compression\":\"small\""));
    ck_assert_ptr_nonnull(strstr(text, "\"registered\":true,\"vault\":{\"id\":\""));
    ck_assert_ptr_nonnull(strstr(text, "\"region\":\"local\"}"));
    ck_assert_ptr_null(strstr(text, "horse"));
    ob_check_ok(change("{}"));
    ck_assert(!passphrase_given);
    ob_check_ok(change("{\"compression\":\"speed\"}"));
    ck_assert_ptr_nonnull(strstr(settings(), "\"compression\":\"speed\""));
}
END_TEST

START_TEST(settings_document__refuses_and_names_the_field)
{
    static const struct {
        const char *text;
        ob_status status;
        const char *detail;
    } rows[] = {
        {"", OB_E_SYNTAX, ""},
        {"7", OB_E_INVALID_ARGUMENT, "settings must be an object"},
        {"{\"color\":1}", OB_E_UNKNOWN_FIELD, "settings.color"},
        {"{\"machine_id\":\"x\"}", OB_E_INVALID_ARGUMENT, "settings.machine_id is no identity"},
        {"{\"vault\":{}}", OB_E_INVALID_ARGUMENT, "settings.vault is read-only"},
        {"{\"passphrase_set\":true}", OB_E_INVALID_ARGUMENT, "read-only"},
        {"{\"registered\":null}", OB_E_INVALID_ARGUMENT, "settings.registered is read-only"},
        {"{\"cache_dir\":\"\"}", OB_E_INVALID_ARGUMENT, "settings.cache_dir is read-only"},
        {"{\"compression\":\"best\"}", OB_E_INVALID_ARGUMENT,
         "settings.compression must be one of: speed, small"},
        {"{\"passphrase\":7}", OB_E_INVALID_ARGUMENT, "settings.passphrase must be text"},
        {"{\"security_pin\":"
         "\"00000000001111111111222222222233333333334444444444555555555566666\"}",
         OB_E_INVALID_ARGUMENT, "settings.security_pin"},
        {"{\"passphrase\":\"long enough for that\"}", OB_E_NOT_REGISTERED, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ob_check_status(change(rows[i].text), rows[i].status);
        ob_check_detail(rows[i].detail);
    }
}
END_TEST

START_TEST(settings_document__what_was_shown_can_be_set)
{
    ob_check_ok(change(settings()));
    ob_test_host_register(&fixture);
    ob_check_ok(change(settings()));
    const char *before = settings();
    char *other = (char *)ob_test_format("%s", before);
    memcpy(strstr(other, "\"speed\""), "\"small\"", 7);
    ob_check_ok(change(other));
    ck_assert_str_eq(settings(), other);
    /* What is not as it is any more. */
    ob_test_host_set_passphrase(&fixture);
    ob_check_status(change(before), OB_E_INVALID_ARGUMENT);
    ob_check_detail("settings.passphrase_set is read-only");
}
END_TEST

START_TEST(settings_document__a_refused_passphrase_changes_nothing)
{
    ob_test_host_register(&fixture);
    ob_check_status(change("{\"passphrase\":\"short\",\"compression\":\"small\"}"),
                    OB_E_PASSPHRASE_SHORT);
    ck_assert_ptr_nonnull(strstr(settings(), "\"passphrase_set\":false,\"compression\":\"speed\""));
}
END_TEST

START_TEST(settings_document__memory_runs_out)
{
    bool hit = true;
    ob_test_host_register(&fixture);
    for (uint64_t n = 1; hit; n++) {
        ob_buf text = {0};
        ob_test_alloc_begin(n, true);
        ob_status status = ob_settings_print(&fixture.host, &text);
        if (status == OB_OK) {
            status = change("{\"compression\":\"small\"}");
        }
        ob_buf_free(&text);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        /* Here and there it can do without. */
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, settings_document__at_first);
    tcase_add_test(cases, settings_document__registered_and_with_a_passphrase);
    tcase_add_test(cases, settings_document__refuses_and_names_the_field);
    tcase_add_test(cases, settings_document__what_was_shown_can_be_set);
    tcase_add_test(cases, settings_document__a_refused_passphrase_changes_nothing);
    tcase_add_test(cases, settings_document__memory_runs_out);
}

OB_TEST_MAIN("settings_document", add_cases)
