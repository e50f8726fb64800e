#include "com_test.h"

START_TEST(agent__connects_at_the_first_call)
{
    VARIANT_BOOL connected = VARIANT_TRUE;
    BSTR text = NULL;
    fake_reset();
    fake.document = "{\"version\":\"1.2.3\"}";
    IOBAgent *agent = ob_com_agent_new();
    ck_assert_int_eq(IOBAgent_get_Connected(agent, &connected), S_OK);
    ck_assert_int_eq(connected, VARIANT_FALSE);
    ck_assert_int_eq(IOBAgent_Version(agent, &text), S_OK);
    com_check_bstr(text, L"1.2.3");
    ck_assert_int_eq(IOBAgent_get_Connected(agent, &connected), S_OK);
    ck_assert_int_eq(connected, VARIANT_TRUE);
    IOBAgent_Release(agent);
    com_check_nothing_left();
}
END_TEST

START_TEST(agent__another_computer_is_refused)
{
    fake_reset();
    IOBAgent *agent = ob_com_agent_new();
    VARIANT name = com_text(L"server7");
    ck_assert_int_eq(IOBAgent_Connect(agent, name), OB_E_NOT_SUPPORTED);
    com_check_error(L"server7");
    VariantClear(&name);
    ck_assert_int_eq(IOBAgent_Connect(agent, com_missing()), S_OK);
    IOBAgent_Release(agent);
    com_check_nothing_left();
}
END_TEST

START_TEST(agent__no_agent_no_connection)
{
    IOBSettings *settings = NULL;
    fake_reset();
    fake.fail = OB_E_AGENT_UNREACHABLE;
    IOBAgent *agent = ob_com_agent_new();
    ck_assert_int_eq(IOBAgent_Settings(agent, &settings), OB_E_AGENT_UNREACHABLE);
    com_check_error(L"does not answer");
    IOBAgent_Release(agent);
    com_check_nothing_left();
}
END_TEST

START_TEST(agent__register_gives_the_answer)
{
    IOBRegistration *registration = NULL;
    BSTR text = NULL;
    fake_reset();
    fake.document = "{\"vault_name\":\"v\"}";
    IOBAgent *agent = ob_com_agent_new();
    BSTR path = SysAllocString(L"C:\\v.VaultCredentials");
    ck_assert_int_eq(IOBAgent_Register(agent, path, &registration), S_OK);
    ck_assert_str_eq(fake.asked, "C:\\v.VaultCredentials");
    ck_assert_int_eq(IOBRegistration_get_VaultName(registration, &text), S_OK);
    com_check_bstr(text, L"v");
    IOBRegistration_Release(registration);
    fake.document = "no document";
    ck_assert_int_eq(IOBAgent_Register(agent, path, &registration), OB_E_SYNTAX);
    SysFreeString(path);
    IOBAgent_Release(agent);
    com_check_nothing_left();
}
END_TEST

START_TEST(agent__backup_of_a_policy_and_sources)
{
    IOBJob *job = NULL;
    fake_reset();
    IOBAgent *agent = ob_com_agent_new();
    ck_assert_int_eq(IOBAgent_StartBackup(agent, com_missing(), com_missing(), &job), S_OK);
    ck_assert_str_eq(fake.asked, "{}");
    IOBJob_Release(job);
    VARIANT policy = com_text(L"p"), source = com_text(L"C:\\");
    ck_assert_int_eq(IOBAgent_StartBackup(agent, policy, source, &job), S_OK);
    ck_assert_str_eq(fake.asked, "{\"policy\":\"p\",\"sources\":[\"C:\\\\\"]}");
    IOBJob_Release(job);
    VariantClear(&policy);
    VariantClear(&source);
    IOBAgent_Release(agent);
    com_check_nothing_left();
}
END_TEST

START_TEST(agent__jobs_by_pages_up_to_the_number_wanted)
{
    IOBJobs *jobs = NULL;
    long count = 0;
    fake_reset();
    fake.records = 600;
    IOBAgent *agent = ob_com_agent_new();
    ck_assert_int_eq(IOBAgent_Jobs(agent, obJobsAll, 0, &jobs), S_OK);
    ck_assert_int_eq(IOBJobs_get_Count(jobs, &count), S_OK);
    ck_assert_int_eq(count, 600);
    ck_assert_uint_eq(fake.pages, 3);
    IOBJobs_Release(jobs);
    ck_assert_int_eq(IOBAgent_Jobs(agent, obJobsFailed, 300, &jobs), S_OK);
    ck_assert_str_eq(fake.asked, "4 44");
    ck_assert_int_eq(IOBJobs_get_Count(jobs, &count), S_OK);
    ck_assert_int_eq(count, 300);
    IOBJobs_Release(jobs);
    IOBAgent_Release(agent);
    com_check_nothing_left();
}
END_TEST

START_TEST(agent__points_and_job_by_identity)
{
    IOBRecoveryPoints *points = NULL;
    IOBJob *job = NULL;
    long count = 0;
    fake_reset();
    fake.records = 1200;
    IOBAgent *agent = ob_com_agent_new();
    VARIANT source = com_text(L"C:\\");
    ck_assert_int_eq(IOBAgent_RecoveryPoints(agent, source, &points), S_OK);
    ck_assert_str_eq(fake.asked, "C:\\");
    ck_assert_int_eq(IOBRecoveryPoints_get_Count(points, &count), S_OK);
    ck_assert_int_eq(count, 1200);
    IOBRecoveryPoints_Release(points);
    VariantClear(&source);
    BSTR id = SysAllocString(L"{0a000000-0000-0000-0000-000000000000}");
    ck_assert_int_eq(IOBAgent_GetJob(agent, id, &job), S_OK);
    ck_assert_uint_eq(fake.guid.bytes[0], 10);
    IOBJob_Release(job);
    SysFreeString(id);
    IOBAgent_Release(agent);
    com_check_nothing_left();
}
END_TEST

START_TEST(agent__policies_and_texts_of_errors)
{
    IOBPolicy *policy = NULL;
    IOBStatus *status = NULL;
    BSTR text = NULL;
    fake_reset();
    fake.document = "{\"name\":\"default\",\"files\":[]}";
    IOBAgent *agent = ob_com_agent_new();
    ck_assert_int_eq(IOBAgent_GetPolicy(agent, com_missing(), &policy), S_OK);
    ck_assert_str_eq(fake.called, "get_policy");
    ck_assert_int_eq(IOBPolicy_get_Name(policy, &text), S_OK);
    com_check_bstr(text, L"default");
    IOBPolicy_Release(policy);
    ck_assert_int_eq(IOBAgent_NewPolicy(agent, com_missing(), &policy), S_OK);
    IOBPolicy_Release(policy);
    ck_assert_int_eq(IOBAgent_DescribeError(agent, OB_E_NO_POLICY, &status), S_OK);
    ck_assert_str_eq(fake.asked, "80040219");
    IOBStatus_Release(status);
    fake.fail = OB_E_NO_POLICY;
    ck_assert_int_eq(IOBAgent_GetPolicy(agent, com_missing(), &policy), OB_E_NO_POLICY);
    IOBAgent_Release(agent);
    com_check_nothing_left();
}
END_TEST

START_TEST(agent__texts_of_errors_without_an_agent)
{
    IOBStatus *status = NULL;
    BSTR text = NULL;
    LONG number = 0;
    fake_reset();
    fake.fail = OB_E_AGENT_UNREACHABLE;
    IOBAgent *agent = ob_com_agent_new();
    ck_assert_int_eq(IOBAgent_DescribeError(agent, OB_E_PASSPHRASE_NOT_SET, &status), S_OK);
    ck_assert_int_eq(IOBStatus_get_Code(status, &number), S_OK);
    ck_assert_int_eq(number, OB_E_PASSPHRASE_NOT_SET);
    ck_assert_int_eq(IOBStatus_get_Symbol(status, &text), S_OK);
    com_check_bstr(text, L"OB_E_PASSPHRASE_NOT_SET");
    ck_assert_int_eq(IOBStatus_get_MarsCode(status, &number), S_OK);
    ck_assert_int_eq(number, 34506);
    ck_assert_int_eq(IOBStatus_get_Detail(status, &text), S_OK);
    com_check_bstr(text, L"");
    IOBStatus_Release(status);
    IOBAgent_Release(agent);
    com_check_nothing_left();
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, agent__connects_at_the_first_call);
    tcase_add_test(cases, agent__another_computer_is_refused);
    tcase_add_test(cases, agent__no_agent_no_connection);
    tcase_add_test(cases, agent__register_gives_the_answer);
    tcase_add_test(cases, agent__backup_of_a_policy_and_sources);
    tcase_add_test(cases, agent__jobs_by_pages_up_to_the_number_wanted);
    tcase_add_test(cases, agent__points_and_job_by_identity);
    tcase_add_test(cases, agent__policies_and_texts_of_errors);
    tcase_add_test(cases, agent__texts_of_errors_without_an_agent);
}

OB_TEST_MAIN("agent", add_cases)
