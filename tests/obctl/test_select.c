#include "cli_test.h"
#include "commands.h"
#include "select.h"

#include <string.h>

static const char *operand;

static ob_cli *with_operand(const char *text)
{
    ob_cli *cli = cli_bare();
    operand = text;
    cli->operands = &operand;
    cli->operand_count = text != NULL ? 1 : 0;
    return cli;
}

START_TEST(select__by_guid)
{
    ob_guid id = {{0}};
    char text[OB_GUID_TEXT];
    ck_assert_int_eq(ob_select_job(with_operand("00112233-4455-6677-8899-AABBCCDDEEFF"), &id), 0);
    ob_guid_format(text, &id);
    ck_assert_str_eq(text, "00112233-4455-6677-8899-aabbccddeeff");
    ck_assert_int_eq(ob_select_point(with_operand("{00112233-4455-6677-8899-aabbccddeef0}"), &id),
                     0);
    ck_assert_uint_eq(id.bytes[15], 0xf0);
    ck_assert_int_eq(atomic_load(&fake.calls[FAKE_LIST_JOBS]), 0);
}
END_TEST

START_TEST(select__the_latest)
{
    ob_guid id = {{0}};
    fake.jobs[0].id.bytes[0] = 7;
    fake.points[0].id.bytes[0] = 8;
    fake.job_count = fake.point_count = 2;
    ck_assert_int_eq(ob_select_job(with_operand("latest"), &id), OB_EXIT_OK);
    ck_assert_uint_eq(id.bytes[0], 7);
    id.bytes[0] = 0;
    ck_assert_int_eq(ob_select_job(with_operand(NULL), &id), OB_EXIT_OK);
    ck_assert_uint_eq(id.bytes[0], 7);
    ck_assert_uint_eq(fake.number, OB_JOBS_ALL);
    ck_assert_int_eq(ob_select_running_job(with_operand("latest"), &id), OB_EXIT_OK);
    ck_assert_uint_eq(fake.number, OB_JOBS_ALL);
    ck_assert_int_eq(ob_select_running_job(with_operand(NULL), &id), OB_EXIT_OK);
    ck_assert_uint_eq(fake.number, OB_JOBS_RUNNING);
    ck_assert_uint_eq(id.bytes[0], 7);
    ck_assert_int_eq(ob_select_point(with_operand("latest"), &id), OB_EXIT_OK);
    ck_assert_uint_eq(id.bytes[0], 8);
}
END_TEST

START_TEST(select__none_yet)
{
    ob_guid id = {{0}};
    ck_assert_int_eq(ob_select_job(with_operand("latest"), &id), OB_EXIT_FAILED);
    ck_assert(cli_err_has("no job has run yet"));
    ck_assert_int_eq(ob_select_point(with_operand("latest"), &id), OB_EXIT_FAILED);
    ck_assert(cli_err_has("there is no recovery point yet"));
    fake.status[FAKE_LIST_POINTS] = OB_E_NOT_REGISTERED;
    ck_assert_int_eq(ob_select_point(with_operand("latest"), &id), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_NOT_REGISTERED"));
    fake.status[FAKE_LIST_JOBS] = OB_E_IO;
    ck_assert_int_eq(ob_select_job(with_operand("latest"), &id), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_IO"));
}
END_TEST

START_TEST(select__what_is_no_guid)
{
    ob_guid id = {{0}};
    ck_assert_int_eq(ob_select_job(with_operand("12"), &id), OB_EXIT_FAILED);
    ck_assert(cli_err_has("12 is no job"));
    ck_assert_int_eq(ob_select_point(with_operand(""), &id), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_INVALID_ARGUMENT"));
}
END_TEST

static int select_number(const char *text, size_t *out)
{
    ob_cli *cli = cli_bare();
    ob_cli_option option = {OB_OPTION_LIMIT, text};
    cli->options = &option;
    cli->option_count = text != NULL ? 1 : 0;
    return ob_select_number(cli, OB_OPTION_LIMIT, "job list", out);
}

START_TEST(select__numbers)
{
    static const char *const wrong[] = {
        "", "0", "-1", "1x", "x", "1.5", " 1", "1000000000", "99999999999999999999"};
    size_t number = 20;
    ck_assert_int_eq(select_number(NULL, &number), OB_EXIT_OK);
    ck_assert_uint_eq(number, 20);
    ck_assert_int_eq(select_number("7", &number), OB_EXIT_OK);
    ck_assert_uint_eq(number, 7);
    ck_assert_int_eq(select_number("999999999", &number), OB_EXIT_OK);
    ck_assert_uint_eq(number, 999999999);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert_int_eq(select_number(wrong[i], &number), OB_EXIT_USAGE);
    }
    ck_assert_uint_eq(number, 999999999);
}
END_TEST

START_TEST(select__choices)
{
    static const char *const choices[] = {"copy", "skip", NULL};
    ob_cli_option option = {OB_OPTION_OVERWRITE, "skip"};
    ob_cli *cli = cli_bare();
    int choice = 0;
    cli->options = &option;
    cli->option_count = 1;
    ck_assert_int_eq(ob_select_choice(cli, OB_OPTION_OVERWRITE, "restore", choices, &choice), 0);
    ck_assert_int_eq(choice, 1);
    option.value = "Skip";
    ck_assert_int_eq(ob_select_choice(cli, OB_OPTION_OVERWRITE, "restore", choices, &choice),
                     OB_EXIT_USAGE);
    ck_assert(cli_err_has("Skip is not one of: copy, skip"));
}
END_TEST

START_TEST(select__latest_of_a_policy)
{
    ob_guid id = {{0}};
    ob_cli_option option = {OB_OPTION_POLICY, "mail"};
    for (size_t i = 0; i < 3; i++) {
        fake.points[i].id.bytes[15] = (uint8_t)(i + 1);
        fake.points[i].sources = i == 1 ? "{\"policy\":\"mail\"}" : "{\"policy\":\"default\"}";
    }
    fake.point_count = 3;
    ob_cli *cli = cli_bare();
    ck_assert_int_eq(ob_select_point(cli, &id), OB_EXIT_OK);
    ck_assert_uint_eq(id.bytes[15], 1);
    cli->options = &option;
    cli->option_count = 1;
    ck_assert_int_eq(ob_select_point(cli, &id), OB_EXIT_OK);
    ck_assert_uint_eq(id.bytes[15], 2);
    option.value = "nothing";
    ck_assert_int_eq(ob_select_point(cli, &id), OB_EXIT_FAILED);
    ck_assert(cli_err_has("no recovery point of the policy nothing"));
    cli->options = NULL;
    cli->option_count = 0;
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, cli_setup, cli_teardown);
    tcase_add_test(cases, select__latest_of_a_policy);
    tcase_add_test(cases, select__by_guid);
    tcase_add_test(cases, select__the_latest);
    tcase_add_test(cases, select__none_yet);
    tcase_add_test(cases, select__what_is_no_guid);
    tcase_add_test(cases, select__numbers);
    tcase_add_test(cases, select__choices);
}

OB_TEST_MAIN("select", add_cases)
