#include "agent_fixture.h"
#include "ob/alloc.h"
#include "ob/test.h"

#include "manager.h"

#include <string.h>

static agent_fixture fixture;
static OB_BYTES answer;
static OB_BYTES error;

static void setup(void)
{
    agent_fixture_open(&fixture);
    ob_control_manager_init(fixture.service);
}

static void teardown(void)
{
    ob_free(answer.data);
    ob_free(error.data);
    answer = error = (OB_BYTES){0};
    agent_fixture_close(&fixture);
}

/* Result and error agree; frees both documents. */
static void check_call(LONG result, ob_status wanted)
{
    ck_assert_int_eq(result, wanted);
    ck_assert((error.data == NULL) == (wanted == OB_OK));
    ck_assert((error.count == 0) == (wanted == OB_OK));
    if (wanted != OB_OK) {
        ck_assert_ptr_null(answer.data);
        ck_assert_uint_eq(answer.count, 0);
        ck_assert_str_eq(agent_member(error.data, error.count, "symbol"),
                         ob_status_lookup(wanted)->symbol);
    }
    ob_free(answer.data);
    ob_free(error.data);
    answer = error = (OB_BYTES){0};
}

static const unsigned char *bytes(const char *text)
{
    return (const unsigned char *)text;
}

START_TEST(manager_machine__negotiates)
{
    ULONG version = 9;
    check_call(ObNegotiate(0, 1, 1, &version, &answer, &error), OB_OK);
    ck_assert_uint_eq(version, 1);
    check_call(ObNegotiate(0, 0, 1000, &version, &answer, &error), OB_OK);
    ck_assert_uint_eq(version, 1);
    check_call(ObNegotiate(0, 2, 3, &version, &answer, &error), OB_E_VERSION);
    ck_assert_uint_eq(version, 0);
    check_call(ObNegotiate(0, 0, 0, &version, &answer, &error), OB_E_VERSION);
    check_call(ObNegotiate(0, 3, 1, &version, &answer, &error), OB_E_VERSION);
    ck_assert_int_eq(ObNegotiate(0, 1, 1, &version, &answer, &error), OB_OK);
    ck_assert_str_eq(agent_member(answer.data, answer.count, "product"), "Online Backup");
}
END_TEST

START_TEST(manager_machine__describes_errors)
{
    ck_assert_int_eq(ObDescribeError(0, OB_E_NO_POLICY, &answer, &error), OB_OK);
    ck_assert_str_eq(agent_member(answer.data, answer.count, "symbol"), "OB_E_NO_POLICY");
    ob_free(answer.data);
    ck_assert_int_eq(ObDescribeError(0, 12345, &answer, &error), OB_OK);
    ck_assert_str_eq(agent_member(answer.data, answer.count, "symbol"), "OB_E_UNEXPECTED");
}
END_TEST

START_TEST(manager_machine__registers_and_wipes_the_token)
{
    const ob_buf *text = vault_fixture_issue(&fixture.vault);
    unsigned char *cut = ob_memdup(text->data, text->length);
    check_call(ObRegister(0, 0, NULL, &answer, &error), OB_E_CREDENTIALS_INVALID);
    check_call(ObRegister(0, 1048577, text->data, &answer, &error), OB_E_INVALID_ARGUMENT);
    check_call(ObRegister(0, (ULONG)text->length - 30, cut, &answer, &error),
               OB_E_CREDENTIALS_INVALID);
    for (size_t i = 0; i < text->length - 30; i++) {
        ck_assert_uint_eq(cut[i], 0);
    }
    ob_free(cut);
    ck_assert_int_eq(ObRegister(0, (ULONG)text->length, text->data, &answer, &error), OB_OK);
    ck_assert_str_eq(agent_member(answer.data, answer.count, "vault_name"), "vault");
}
END_TEST

START_TEST(manager_machine__settings_and_the_wiped_passphrase)
{
    unsigned char document[] = "{\"passphrase\":\"" AGENT_PASSPHRASE "\"}";
    const ULONG length = sizeof document - 1;
    static const unsigned char zero[sizeof document];
    agent_fixture_ready(&fixture);
    check_call(ObSetSettings(0, length, document, &error), OB_OK);
    ck_assert_mem_eq(document, zero, length);
    check_call(ObSetSettings(0, 0, NULL, &error), OB_E_SYNTAX);
    check_call(ObSetSettings(0, 7, NULL, &error), OB_E_INVALID_ARGUMENT);
    unsigned char unknown[] = "{\"colour\":1}";
    check_call(ObSetSettings(0, sizeof unknown - 1, unknown, &error), OB_E_UNKNOWN_FIELD);
    ck_assert_int_eq(ObGetSettings(0, &answer, &error), OB_OK);
    ck_assert_ptr_nonnull(agent_member(answer.data, answer.count, "machine_id"));
}
END_TEST

START_TEST(manager_machine__policies)
{
    check_call(ObGetPolicy(0, 0, NULL, &answer, &error), OB_E_NO_POLICY);
    agent_fixture_ready(&fixture);
    check_call(ObGetPolicy(0, 0, NULL, &answer, &error), OB_OK);
    check_call(ObGetPolicy(0, 7, bytes("default and more"), &answer, &error), OB_OK);
    check_call(ObGetPolicy(0, 1025, bytes("x"), &answer, &error), OB_E_INVALID_ARGUMENT);
    check_call(ObGetPolicy(0, 5, bytes("other"), &answer, &error), OB_E_NO_POLICY);
    const char *good =
        ob_test_format("{\"name\":\"x\",\"files\":[{\"path\":%s}]}", agent_quoted(fixture.files));
    check_call(ObSetPolicy(0, (ULONG)strlen(good), bytes(good), &answer, &error), OB_OK);
    check_call(ObSetPolicy(0, 2, bytes("{}"), &answer, &error), OB_E_POLICY_INVALID);
    check_call(ObSetPolicy(0, 0, NULL, &answer, &error), OB_E_SYNTAX);
    check_call(ObRemovePolicy(0, 1, bytes("x"), &error), OB_OK);
    check_call(ObRemovePolicy(0, 1, bytes("x"), &error), OB_E_NO_POLICY);
    check_call(ObRemovePolicy(0, 2000, bytes("x"), &error), OB_E_INVALID_ARGUMENT);
}
END_TEST

START_TEST(manager_machine__lists_policies)
{
    hyper resume = 0;
    OB_DOCUMENT_LIST list = {0};
    check_call(ObListPolicies(0, &resume, 5, &list, &error), OB_OK);
    ck_assert_uint_eq(list.count, 0);
    ck_assert_ptr_null(list.documents);
    agent_fixture_ready(&fixture);
    check_call(ObListPolicies(0, &resume, 1, &list, &error), OB_OK);
    ck_assert_uint_eq(list.count, 1);
    ck_assert_int_eq(resume, 0);
    ck_assert_str_eq(agent_member(list.documents[0].data, list.documents[0].count, "name"),
                     "default");
    ob_free(list.documents[0].data);
    ob_free(list.documents);
    list = (OB_DOCUMENT_LIST){0};
    check_call(ObListPolicies(0, &resume, 0, &list, &error), OB_E_INVALID_ARGUMENT);
    check_call(ObListPolicies(0, &resume, 257, &list, &error), OB_E_INVALID_ARGUMENT);
    resume = -1;
    check_call(ObListPolicies(0, &resume, 5, &list, &error), OB_E_INVALID_ARGUMENT);
    ck_assert_ptr_null(list.documents);
}
END_TEST

START_TEST(manager_machine__memory_runs_out)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ULONG version = 0;
        ob_test_alloc_begin(n, true);
        LONG status = ObNegotiate(0, 1, 1, &version, &answer, &error);
        ob_free(answer.data);
        ob_free(error.data);
        answer = error = (OB_BYTES){0};
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, manager_machine__negotiates);
    tcase_add_test(cases, manager_machine__describes_errors);
    tcase_add_test(cases, manager_machine__registers_and_wipes_the_token);
    tcase_add_test(cases, manager_machine__settings_and_the_wiped_passphrase);
    tcase_add_test(cases, manager_machine__policies);
    tcase_add_test(cases, manager_machine__lists_policies);
    tcase_add_test(cases, manager_machine__memory_runs_out);
}

OB_TEST_MAIN("manager_machine", add_cases)
