#include "com_test.h"

START_TEST(object__references_and_interfaces)
{
    void *out = NULL;
    fake_reset();
    IOBStatus *status = ob_com_status_new(NULL);
    ck_assert_int_eq(IOBStatus_QueryInterface(status, &IID_IDispatch, &out), S_OK);
    ck_assert_ptr_eq(out, status);
    ck_assert_uint_eq(IOBStatus_Release(status), 1);
    ck_assert_int_eq(IOBStatus_QueryInterface(status, &IID_IOBJob, &out), E_NOINTERFACE);
    ck_assert_ptr_null(out);
    ck_assert_int_eq(ob_object_count(), 1);
    ck_assert_uint_eq(IOBStatus_Release(status), 0);
    com_check_nothing_left();
}
END_TEST

START_TEST(object__says_which_interface_has_error_info)
{
    ISupportErrorInfo *errors = NULL;
    fake_reset();
    IOBStatus *status = ob_com_status_new(NULL);
    ck_assert_int_eq(IOBStatus_QueryInterface(status, &IID_ISupportErrorInfo, (void **)&errors),
                     S_OK);
    ck_assert_int_eq(ISupportErrorInfo_InterfaceSupportsErrorInfo(errors, &IID_IOBStatus), S_OK);
    ck_assert_int_eq(ISupportErrorInfo_InterfaceSupportsErrorInfo(errors, &IID_IOBJob), S_FALSE);
    ISupportErrorInfo_Release(errors);
    IOBStatus_Release(status);
    com_check_nothing_left();
}
END_TEST

START_TEST(object__failed_call_has_status_and_text)
{
    fake_reset();
    fake.fail = OB_E_NO_POLICY;
    IOBStatus *status = ob_com_status_new(NULL);
    ck_assert_int_eq(ob_object_fail_call(status), OB_E_NO_POLICY);
    com_check_error(L"No backup policy of this name is set on this machine. the detail");
    IOBStatus_Release(status);
}
END_TEST

START_TEST(object__own_error_has_the_detail)
{
    fake_reset();
    IOBStatus *status = ob_com_status_new(NULL);
    ck_assert_int_eq(ob_object_fail(status, ob_fail(OB_E_NOT_FOUND, "item %d", 7)), OB_E_NOT_FOUND);
    com_check_error(L"item 7");
    IOBStatus_Release(status);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, object__references_and_interfaces);
    tcase_add_test(cases, object__says_which_interface_has_error_info);
    tcase_add_test(cases, object__failed_call_has_status_and_text);
    tcase_add_test(cases, object__own_error_has_the_detail);
}

OB_TEST_MAIN("object", add_cases)
