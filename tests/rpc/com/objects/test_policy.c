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

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, policy__save_sends_no_read_only_field_and_takes_the_answer);
    tcase_add_test(cases, policy__state_name_and_removal);
    tcase_add_test(cases, policy__document_that_is_none_is_refused);
}

OB_TEST_MAIN("policy", add_cases)
