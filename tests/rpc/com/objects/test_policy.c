#include "com_test.h"

static IOBPolicy *make(const char *name, const char *document)
{
    ob_connection *connection = com_test_connection();
    IOBPolicy *policy = ob_com_policy_new(connection, name, document ? com_json(document) : NULL);
    ob_connection_release(connection);
    return policy;
}

START_TEST(policy__save_sends_no_read_only_field_and_takes_the_answer)
{
    BSTR text = NULL;
    fake_reset();
    IOBPolicy *policy = make("", "{\"name\":\"n\",\"id\":\"x\",\"modified\":1,\"sources\":[],"
                                 "\"files\":[{\"path\":\"/a\"}]}");
    fake.document = "{\"name\":\"n\",\"id\":\"y\",\"files\":[]}";
    ck_assert_int_eq(IOBPolicy_Save(policy), S_OK);
    ck_assert_str_eq(fake.called, "set_policy");
    ck_assert_str_eq(fake.asked, "{\"name\":\"n\",\"files\":[{\"path\":\"/a\",\"exclude\":false,"
                                 "\"recursive\":true}]}");
    ck_assert_int_eq(IOBPolicy_get_Id(policy, &text), S_OK);
    com_check_bstr(text, L"y");
    IOBPolicy_Release(policy);
    com_check_nothing_left();
}
END_TEST

START_TEST(policy__state_name_and_removal)
{
    BSTR text = NULL;
    fake_reset();
    IOBPolicy *policy = make("first", NULL);
    ck_assert_int_eq(IOBPolicy_get_State(policy, &text), S_OK);
    com_check_bstr(text, L"valid");
    BSTR paused = SysAllocString(L"paused");
    ck_assert_int_eq(IOBPolicy_put_State(policy, paused), S_OK);
    ck_assert_int_eq(IOBPolicy_get_Document(policy, &text), S_OK);
    com_check_bstr(text, L"{\"name\":\"first\",\"state\":\"paused\",\"files\":[]}");
    ck_assert_int_eq(IOBPolicy_Remove(policy), S_OK);
    ck_assert_str_eq(fake.asked, "first");
    fake.fail = OB_E_NO_POLICY;
    ck_assert_int_eq(IOBPolicy_Remove(policy), OB_E_NO_POLICY);
    SysFreeString(paused);
    IOBPolicy_Release(policy);
    com_check_nothing_left();
}
END_TEST

START_TEST(policy__document_that_is_none_is_refused)
{
    BSTR text = NULL;
    fake_reset();
    IOBPolicy *policy = make("keeps", NULL);
    BSTR wrong = SysAllocString(L"[1]");
    ck_assert_int_eq(IOBPolicy_put_Document(policy, wrong), OB_E_SYNTAX);
    SysFreeString(wrong);
    wrong = SysAllocString(L"{");
    ck_assert_int_eq(IOBPolicy_put_Document(policy, wrong), OB_E_SYNTAX);
    SysFreeString(wrong);
    ck_assert_int_eq(IOBPolicy_get_Name(policy, &text), S_OK);
    com_check_bstr(text, L"keeps");
    IOBPolicy_Release(policy);
}
END_TEST

START_TEST(policy__failed_save_keeps_what_is_shown)
{
    BSTR text = NULL;
    fake_reset();
    IOBPolicy *policy = make("", "{\"name\":\"n\",\"id\":\"x\",\"files\":[]}");
    fake.fail = OB_E_NOT_REGISTERED;
    ck_assert_int_eq(IOBPolicy_Save(policy), OB_E_NOT_REGISTERED);
    ck_assert_int_eq(IOBPolicy_get_Id(policy, &text), S_OK);
    com_check_bstr(text, L"x");
    IOBPolicy_Release(policy);
}
END_TEST

static bool same(BSTR text, const WCHAR *wanted)
{
    bool equal = text && wcscmp(text, wanted) == 0;
    SysFreeString(text);
    return equal;
}

static bool save_and_read(void *context, int which)
{
    IOBPolicy *policy = context;
    BSTR name = SysAllocString(L"n");
    BSTR state = SysAllocString(L"paused");
    bool good = true;
    for (int i = 0; i < 2000 && good; i++) {
        BSTR shown = NULL;
        HRESULT hr = (i + which) % 3 == 0   ? IOBPolicy_Save(policy)
                     : (i + which) % 3 == 1 ? IOBPolicy_put_State(policy, state)
                                            : IOBPolicy_put_Name(policy, name);
        good = SUCCEEDED(hr) && SUCCEEDED(IOBPolicy_get_Name(policy, &shown)) &&
               same(shown, L"n") && SUCCEEDED(IOBPolicy_get_Document(policy, &shown)) &&
               shown != NULL && wcsstr(shown, L"\"name\":\"n\"") != NULL;
        SysFreeString(good ? shown : NULL);
    }
    SysFreeString(name);
    SysFreeString(state);
    return good;
}

START_TEST(policy__two_threads_save_and_read)
{
    fake_reset();
    IOBPolicy *policy = make("n", NULL);
    fake.document = "{\"name\":\"n\",\"id\":\"y\",\"files\":[{\"path\":\"/a\"}]}";
    com_run_in_two_threads(save_and_read, policy);
    ck_assert(!fake.at_once);
    IOBPolicy_Release(policy);
    com_check_nothing_left();
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, policy__save_sends_no_read_only_field_and_takes_the_answer);
    tcase_add_test(cases, policy__state_name_and_removal);
    tcase_add_test(cases, policy__document_that_is_none_is_refused);
    tcase_add_test(cases, policy__failed_save_keeps_what_is_shown);
    tcase_add_test(cases, policy__two_threads_save_and_read);
}

OB_TEST_MAIN("policy", add_cases)
