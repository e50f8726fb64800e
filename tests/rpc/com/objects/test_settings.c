#include "com_test.h"

static IOBSettings *make(const char *document)
{
    ob_connection *connection = com_test_connection();
    IOBSettings *settings = ob_com_settings_new(connection, com_json(document));
    ob_connection_release(connection);
    return settings;
}

START_TEST(settings__shows_the_document)
{
    VARIANT_BOOL set = VARIANT_FALSE;
    BSTR text = NULL;
    fake_reset();
    IOBSettings *settings = make("{\"passphrase_set\":true,\"registered\":false,"
                                 "\"compression\":\"small\",\"vault\":{\"name\":\"v\"}}");
    ck_assert_int_eq(IOBSettings_get_PassphraseSet(settings, &set), S_OK);
    ck_assert_int_eq(set, VARIANT_TRUE);
    ck_assert_int_eq(IOBSettings_get_Registered(settings, &set), S_OK);
    ck_assert_int_eq(set, VARIANT_FALSE);
    ck_assert_int_eq(IOBSettings_get_Compression(settings, &text), S_OK);
    com_check_bstr(text, L"small");
    ck_assert_int_eq(IOBSettings_get_VaultName(settings, &text), S_OK);
    com_check_bstr(text, L"v");
    IOBSettings_Release(settings);
    com_check_nothing_left();
}
END_TEST

START_TEST(settings__passphrase_is_sent_and_settings_read_again)
{
    VARIANT_BOOL set = VARIANT_FALSE;
    fake_reset();
    IOBSettings *settings = make("{}");
    fake.document = "{\"passphrase_set\":true}";
    BSTR passphrase = SysAllocString(L"a passphrase of some length");
    ck_assert_int_eq(IOBSettings_SetPassphrase(settings, passphrase, com_missing()), S_OK);
    ck_assert_str_eq(fake.asked, "{\"passphrase\":\"a passphrase of some length\"}");
    VARIANT pin = com_text(L"1234");
    ck_assert_int_eq(IOBSettings_SetPassphrase(settings, passphrase, pin), S_OK);
    ck_assert_ptr_nonnull(strstr(fake.asked, "\"security_pin\":\"1234\""));
    ck_assert_int_eq(IOBSettings_get_PassphraseSet(settings, &set), S_OK);
    ck_assert_int_eq(set, VARIANT_TRUE);
    VariantClear(&pin);
    SysFreeString(passphrase);
    IOBSettings_Release(settings);
    com_check_nothing_left();
}
END_TEST

START_TEST(settings__refused_change_keeps_what_is_shown)
{
    BSTR text = NULL;
    fake_reset();
    IOBSettings *settings = make("{\"compression\":\"speed\"}");
    fake.fail = OB_E_INVALID_ARGUMENT;
    BSTR wrong = SysAllocString(L"tiny");
    ck_assert_int_eq(IOBSettings_put_Compression(settings, wrong), OB_E_INVALID_ARGUMENT);
    com_check_error(L"not valid");
    ck_assert_str_eq(fake.asked, "{\"compression\":\"tiny\"}");
    ck_assert_int_eq(IOBSettings_get_Compression(settings, &text), S_OK);
    com_check_bstr(text, L"speed");
    SysFreeString(wrong);
    IOBSettings_Release(settings);
    com_check_nothing_left();
}
END_TEST

START_TEST(settings__document_is_sent_as_it_is)
{
    BSTR text = NULL;
    fake_reset();
    IOBSettings *settings = make("{}");
    fake.document = "{\"compression\":\"small\"}";
    BSTR change = SysAllocString(L"{\"compression\":\"small\"}");
    ck_assert_int_eq(IOBSettings_Change(settings, change), S_OK);
    ck_assert_str_eq(fake.asked, "{\"compression\":\"small\"}");
    ck_assert_int_eq(IOBSettings_get_Document(settings, &text), S_OK);
    com_check_bstr(text, L"{\"compression\":\"small\"}");
    SysFreeString(change);
    IOBSettings_Release(settings);
}
END_TEST

static bool is_whole(BSTR document)
{
    bool whole = document && (wcscmp(document, L"{\"compression\":\"small\"}") == 0 ||
                              wcscmp(document, L"{\"compression\":\"standard\"}") == 0);
    SysFreeString(document);
    return whole;
}

/* Each thread changes and reads; the fake client's answer is the same for both. */
static bool change_and_read(void *context, int which)
{
    IOBSettings *settings = context;
    BSTR change = SysAllocString(L"{\"compression\":\"small\"}");
    BSTR value = SysAllocString(L"small");
    bool good = true;
    for (int i = 0; i < 2000 && good; i++) {
        BSTR shown = NULL;
        HRESULT hr = (i + which) % 3 == 0   ? IOBSettings_Change(settings, change)
                     : (i + which) % 3 == 1 ? IOBSettings_put_Compression(settings, value)
                                            : IOBSettings_Refresh(settings);
        good = SUCCEEDED(hr) && SUCCEEDED(IOBSettings_get_Document(settings, &shown)) &&
               is_whole(shown);
    }
    SysFreeString(change);
    SysFreeString(value);
    return good;
}

START_TEST(settings__two_threads_see_whole_documents)
{
    fake_reset();
    IOBSettings *settings = make("{\"compression\":\"standard\"}");
    fake.document = "{\"compression\":\"small\"}";
    com_run_in_two_threads(change_and_read, settings);
    ck_assert(!fake.at_once);
    IOBSettings_Release(settings);
    com_check_nothing_left();
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, settings__shows_the_document);
    tcase_add_test(cases, settings__passphrase_is_sent_and_settings_read_again);
    tcase_add_test(cases, settings__refused_change_keeps_what_is_shown);
    tcase_add_test(cases, settings__document_is_sent_as_it_is);
    tcase_add_test(cases, settings__two_threads_see_whole_documents);
}

OB_TEST_MAIN("settings", add_cases)
