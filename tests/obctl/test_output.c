#include "cli_test.h"
#include "ob/json.h"
#include "output.h"

#include <cjson/cJSON.h>

START_TEST(output__errors_for_people)
{
    ob_cli *cli = cli_bare();
    ck_assert_int_eq(ob_output_error(cli, ob_fail(OB_E_CREDENTIALS_INVALID, "file x")),
                     OB_EXIT_FAILED);
    ck_assert_str_eq(cli_err(),
                     "obctl: Invalid vault credentials provided. The file is either corrupted or "
                     "does not have the latest credentials.\n"
                     "  file x\n"
                     "  Download new vault credentials (obvault credentials) and try again. "
                     "(OB_E_CREDENTIALS_INVALID, code 34513)\n");
    ck_assert_str_eq(cli_out(), "");
}
END_TEST

START_TEST(output__errors_for_scripts)
{
    ob_cli *cli = cli_bare();
    cli->json = true;
    ob_output_error(cli, ob_fail(OB_E_NO_POLICY, "a \"quoted\" thing"));
    ck_assert_str_eq(cli_out(),
                     "{\"status\":-2147220967,\"symbol\":\"OB_E_NO_POLICY\","
                     "\"message\":\"No backup policy of this name is set on this machine.\","
                     "\"advice\":\"Look at those that are there (obctl policy list), or set "
                     "one: obctl policy set, or Set-OBPolicy.\","
                     "\"detail\":\"a \\\"quoted\\\" thing\",\"code\":0}\n");
    ck_assert(cli_err_has("obctl: No backup policy"));
}
END_TEST

START_TEST(output__exit_codes)
{
    ob_cli *cli = cli_bare();
    ob_detail_clear();
    ck_assert_int_eq(ob_output_error(cli, OB_E_AGENT_UNREACHABLE), OB_EXIT_UNREACHABLE);
    ck_assert_int_eq(ob_output_error(cli, OB_E_ACCESS_DENIED), OB_EXIT_DENIED);
    ck_assert_int_eq(ob_output_error(cli, OB_E_CANCELLED), OB_EXIT_INTERRUPTED);
    ck_assert_int_eq(ob_output_error(cli, OB_E_IO), OB_EXIT_FAILED);
}
END_TEST

START_TEST(output__usage_errors)
{
    ob_cli *cli = cli_bare();
    ck_assert_int_eq(ob_output_usage_error(cli, "job list", "bad \x1b %d", 7), OB_EXIT_USAGE);
    ck_assert_str_eq(cli_err(), "obctl: bad   7\nTry: obctl job list --help\n");
    cli = cli_bare();
    ob_output_usage_error(cli, "", "bad");
    ck_assert_str_eq(cli_err(), "obctl: bad\nTry: obctl --help\n");
}
END_TEST

START_TEST(output__json)
{
    ob_cli *cli = cli_bare();
    bool failed = false;
    cJSON *json = ob_json_new_object();
    ob_json_add_int(json, "a", 1, &failed);
    ck_assert_int_eq(ob_output_json(cli, json, failed), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), "{\"a\":1}\n");
    ck_assert_int_eq(ob_output_json(cli, NULL, false), OB_EXIT_FAILED);
    ck_assert_int_eq(ob_output_json(cli, ob_json_new_object(), true), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_NO_MEMORY"));
}
END_TEST

START_TEST(output__done)
{
    ob_cli *cli = cli_bare();
    ck_assert_int_eq(ob_output_done(cli, "Done."), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), "Done.\n");
    cli = cli_bare();
    cli->json = true;
    ob_output_done(cli, "Done.");
    ck_assert_str_eq(cli_out(), "{}\n");
}
END_TEST

START_TEST(output__tables_fit_a_terminal_only)
{
    static const ob_column columns[] = {{.title = "A", .cut = true}};
    const char *cells[] = {"0123456789"};
    ob_table table = {.columns = columns, .column_count = 1};
    ob_table_row(&table, cells);
    ck_assert_int_eq(ob_output_table(cli_bare(), &table), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), "A\n0123456789\n");
    cli_set_terminal(9);
    ob_table_row(&table, cells);
    ob_output_table(cli_bare(), &table);
    ck_assert_str_eq(cli_out(), "A\n01234567\xe2\x80\xa6\n");
    ck_assert_ptr_null(table.cells);
}
END_TEST

START_TEST(output__times)
{
    char text[OB_OUTPUT_TIME];
    ob_output_time(text, 0);
    ck_assert_str_eq(text, "");
    ob_output_time(text, INT64_C(1769860800) * 1000000000);
    ck_assert_str_eq(text, "2026-01-31 12:00:00");
}
END_TEST

START_TEST(output__agent_documents_are_json_or_an_error)
{
    ob_cli *cli = cli_bare();
    ob_buf text = {0};
    cli->json = true;
    ob_buf_put_text(&text, " { \"a\" : 1 } ");
    ck_assert_int_eq(ob_output_agent(cli, &text), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), "{\"a\":1}\n");
    ob_buf_put_text(&text, "{");
    ck_assert_int_eq(ob_output_agent(cli, &text), OB_EXIT_FAILED);
    ck_assert(cli_out_has("OB_E_PROTOCOL"));
    ob_buf_free(&text);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, cli_setup, cli_teardown);
    tcase_add_test(cases, output__agent_documents_are_json_or_an_error);
    tcase_add_test(cases, output__errors_for_people);
    tcase_add_test(cases, output__errors_for_scripts);
    tcase_add_test(cases, output__exit_codes);
    tcase_add_test(cases, output__usage_errors);
    tcase_add_test(cases, output__json);
    tcase_add_test(cases, output__done);
    tcase_add_test(cases, output__tables_fit_a_terminal_only);
    tcase_add_test(cases, output__times);
}

OB_TEST_MAIN("output", add_cases)
