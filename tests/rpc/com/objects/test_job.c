#include "com_test.h"

static IOBJob *make(void)
{
    IOBJob *job = NULL;
    ob_guid id = {{9}};
    ob_connection *connection = com_test_connection();
    IOBStatus *owner = ob_com_status_new(NULL);
    ck_assert_int_eq(ob_com_job_open(owner, connection, &id, &job), S_OK);
    IOBStatus_Release(owner);
    ob_connection_release(connection);
    return job;
}

START_TEST(job__shows_the_record)
{
    double number = 0;
    OBJobState state = obJobUnknown;
    VARIANT_BOOL ended = VARIANT_TRUE;
    BSTR text = NULL;
    DATE date = 1;
    fake_reset();
    IOBJob *job = make();
    ck_assert_int_eq(IOBJob_get_BytesTotal(job, &number), S_OK);
    ck_assert_double_eq(number, 5e9);
    ck_assert_int_eq(IOBJob_get_SecondsLeft(job, &number), S_OK);
    ck_assert_double_eq(number, -1);
    ck_assert_int_eq(IOBJob_get_State(job, &state), S_OK);
    ck_assert_int_eq(state, obJobInProgress);
    ck_assert_int_eq(IOBJob_get_Ended(job, &ended), S_OK);
    ck_assert_int_eq(ended, VARIANT_FALSE);
    ck_assert_int_eq(IOBJob_get_EndTime(job, &date), S_OK);
    ck_assert_double_eq(date, 0);
    ck_assert_int_eq(IOBJob_get_Current(job, &text), S_OK);
    com_check_bstr(text, L"C:/a");
    ck_assert_int_eq(IOBJob_get_Id(job, &text), S_OK);
    com_check_bstr(text, L"09000000-0000-0000-0000-000000000000");
    IOBJob_Release(job);
    com_check_nothing_left();
}
END_TEST

START_TEST(job__wait_ends_with_the_job)
{
    VARIANT_BOOL ended = VARIANT_FALSE;
    BSTR text = NULL;
    fake_reset();
    IOBJob *job = make();
    fake.end_after = 4;
    ck_assert_int_eq(IOBJob_Wait(job, -1, &ended), S_OK);
    ck_assert_int_eq(ended, VARIANT_TRUE);
    ck_assert_uint_eq(fake.watches, 4);
    ck_assert_int_eq(IOBJob_get_StateName(job, &text), S_OK);
    com_check_bstr(text, L"Completed");
    IOBJob_Release(job);
    com_check_nothing_left();
}
END_TEST

START_TEST(job__wait_ends_with_its_time)
{
    VARIANT_BOOL ended = VARIANT_TRUE;
    fake_reset();
    IOBJob *job = make();
    ck_assert_int_eq(IOBJob_Wait(job, 0, &ended), S_OK);
    ck_assert_int_eq(ended, VARIANT_FALSE);
    IOBJob_Release(job);
}
END_TEST

START_TEST(job__refresh_says_if_it_changed_and_cancel_names_it)
{
    VARIANT_BOOL changed = VARIANT_FALSE;
    fake_reset();
    IOBJob *job = make();
    ck_assert_int_eq(IOBJob_Refresh(job, 0, &changed), S_OK);
    ck_assert_int_eq(changed, VARIANT_TRUE);
    ck_assert_int_eq(IOBJob_Cancel(job), S_OK);
    ck_assert_str_eq(fake.called, "cancel_job");
    ck_assert_uint_eq(fake.guid.bytes[0], 9);
    fake.fail = OB_E_AGENT_UNREACHABLE;
    ck_assert_int_eq(IOBJob_Refresh(job, 0, &changed), OB_E_AGENT_UNREACHABLE);
    com_check_error(L"does not answer");
    IOBJob_Release(job);
    com_check_nothing_left();
}
END_TEST

START_TEST(job__why_it_failed)
{
    IOBStatus *status = NULL;
    BSTR text = NULL;
    fake_reset();
    fake.document = "{\"error\":{\"symbol\":\"OB_E_IO\"}}";
    IOBJob *job = make();
    ck_assert_int_eq(IOBJob_get_Status(job, &status), S_OK);
    ck_assert_int_eq(IOBStatus_get_Symbol(status, &text), S_OK);
    com_check_bstr(text, L"OB_E_IO");
    IOBStatus_Release(status);
    IOBJob_Release(job);
    com_check_nothing_left();
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, job__shows_the_record);
    tcase_add_test(cases, job__wait_ends_with_the_job);
    tcase_add_test(cases, job__wait_ends_with_its_time);
    tcase_add_test(cases, job__refresh_says_if_it_changed_and_cancel_names_it);
    tcase_add_test(cases, job__why_it_failed);
}

OB_TEST_MAIN("job", add_cases)
