#include "cli_test.h"

#include <string.h>

static int run_without_agent(const char *code)
{
    return cli_run(ob_test_format("error %s --endpoint %s", code, fake_server_name()));
}

START_TEST(run_error__the_agent_answers)
{
    fake.answer[FAKE_DESCRIBE] =
        "{\"status\":-2147220839,\"symbol\":\"OB_E_NEW\",\"message\":\"N\","
        "\"advice\":\"A\",\"detail\":\"\",\"code\":9}";
    ck_assert_int_eq(cli_run("error 0x80040299"), OB_EXIT_OK);
    ck_assert_uint_eq(fake.number, 0x80040299);
    ck_assert_str_eq(cli_out(), "Status   0x80040299\nSymbol   OB_E_NEW\nCode     9\n"
                                "Message  N\nAdvice   A\n");
    ck_assert_int_eq(cli_run("error -2147220839 --json"), OB_EXIT_OK);
    ck_assert_uint_eq(fake.number, 0x80040299);
    ck_assert_str_eq(cli_out(), ob_test_format("%s\n", fake.answer[FAKE_DESCRIBE]));
}
END_TEST

START_TEST(run_error__works_without_agent)
{
    ck_assert_int_eq(run_without_agent("0x80040219"), OB_EXIT_OK);
    ck_assert(cli_out_has("Symbol   OB_E_NO_POLICY\n"));
    ck_assert_ptr_null(strstr(cli_out(), "Code"));
    ck_assert_int_eq(run_without_agent("OB_E_NO_POLICY"), OB_EXIT_OK);
    ck_assert(cli_out_has("Status   0x80040219\n"));
    ck_assert_int_eq(run_without_agent("34506"), OB_EXIT_OK);
    ck_assert(cli_out_has("Symbol   OB_E_PASSPHRASE_NOT_SET\n"));
    ck_assert(cli_out_has("Code     34506\n"));
    ck_assert_int_eq(run_without_agent("2147943568"), OB_EXIT_OK);
    ck_assert(cli_out_has("Symbol   OB_E_NOT_FOUND\n"));
    ck_assert_str_eq(cli_err(), "");
}
END_TEST

START_TEST(run_error__an_unknown_code_is_a_failure)
{
    ck_assert_int_eq(run_without_agent("99999"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("no error has the code 99999"));
    ck_assert_str_eq(cli_out(), "");
    fake.answer[FAKE_DESCRIBE] = "{\"status\":99999,\"symbol\":\"OB_E_UNEXPECTED\"}";
    ck_assert_int_eq(cli_run("error 99999 --json"), OB_EXIT_FAILED);
    ck_assert(cli_out_has("\"symbol\":\"OB_E_NOT_FOUND\""));
    ck_assert_int_eq(cli_run("error OB_E_UNEXPECTED"), OB_EXIT_OK);
    ck_assert_int_eq(run_without_agent("0"), OB_EXIT_OK);
    fake.answer[FAKE_DESCRIBE] = "nonsense";
    ck_assert_int_eq(cli_run("error OB_E_IO --json"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_PROTOCOL"));
}
END_TEST

START_TEST(run_error__what_is_no_code)
{
    static const char *const wrong[] = {"x", "", "0x", "1y", "99999999999", "OB_E_", "-"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char *words[] = {(char *)"error", (char *)"--", (char *)wrong[i], NULL};
        ck_assert_int_eq(cli_run_words(words), OB_EXIT_USAGE);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, cli_setup, cli_teardown);
    tcase_add_test(cases, run_error__the_agent_answers);
    tcase_add_test(cases, run_error__works_without_agent);
    tcase_add_test(cases, run_error__an_unknown_code_is_a_failure);
    tcase_add_test(cases, run_error__what_is_no_code);
}

OB_TEST_MAIN("run_error", add_cases)
