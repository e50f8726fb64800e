#include "com_test.h"

START_TEST(document__status)
{
    long code = 0;
    BSTR text = NULL;
    fake_reset();
    IOBStatus *status = ob_com_status_new(
        com_json("{\"status\":-2147220975,\"symbol\":\"S\",\"message\":\"M\",\"advice\":\"A\","
                 "\"detail\":\"D\",\"code\":34513}"));
    ck_assert_int_eq(IOBStatus_get_Code(status, &code), S_OK);
    ck_assert_int_eq(code, -2147220975);
    ck_assert_int_eq(IOBStatus_get_MarsCode(status, &code), S_OK);
    ck_assert_int_eq(code, 34513);
    ck_assert_int_eq(IOBStatus_get_Symbol(status, &text), S_OK);
    com_check_bstr(text, L"S");
    ck_assert_int_eq(IOBStatus_get_Message(status, &text), S_OK);
    com_check_bstr(text, L"M");
    ck_assert_int_eq(IOBStatus_get_Advice(status, &text), S_OK);
    com_check_bstr(text, L"A");
    ck_assert_int_eq(IOBStatus_get_Detail(status, &text), S_OK);
    com_check_bstr(text, L"D");
    IOBStatus_Release(status);
    com_check_nothing_left();
}
END_TEST

START_TEST(document__absent_fields_are_empty)
{
    BSTR text = NULL;
    long code = 1;
    fake_reset();
    IOBRegistration *registration = ob_com_registration_new(com_json("{\"region\":7}"));
    ck_assert_int_eq(IOBRegistration_get_Region(registration, &text), S_OK);
    com_check_bstr(text, L"");
    IOBRegistration_Release(registration);
    IOBStatus *status = ob_com_status_new(NULL);
    ck_assert_int_eq(IOBStatus_get_Code(status, &code), S_OK);
    ck_assert_int_eq(code, 0);
    IOBStatus_Release(status);
    com_check_nothing_left();
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, document__status);
    tcase_add_test(cases, document__absent_fields_are_empty);
}

OB_TEST_MAIN("document", add_cases)
