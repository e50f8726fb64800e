#include "cli_test.h"

#include "commands.h"

#include <string.h>

START_TEST(cli__help_at_each_level)
{
    ck_assert_int_eq(cli_run("--help"), OB_EXIT_OK);
    ck_assert(cli_out_has("Usage: obctl COMMAND"));
    ck_assert_int_eq(cli_run("help"), OB_EXIT_OK);
    ck_assert(cli_out_has("Usage: obctl COMMAND"));
    ck_assert_int_eq(cli_run("job -h"), OB_EXIT_OK);
    ck_assert(cli_out_has("Usage: obctl job COMMAND"));
    ck_assert_int_eq(cli_run("job list --limit 3 --help"), OB_EXIT_OK);
    ck_assert(cli_out_has("Usage: obctl job list"));
    ck_assert_int_eq(cli_run("help restore"), OB_EXIT_OK);
    ck_assert(cli_out_has("Usage: obctl restore"));
    ck_assert_int_eq(cli_run("--version"), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), "obctl " OB_VERSION "\n");
}
END_TEST

START_TEST(cli__usage_errors)
{
    static const struct {
        const char *line;
        const char *part;
    } cases[] = {
        {"", "say what to do\n"},
        {"job", "say what to do with job"},
        {"nothing", "there is no command nothing"},
        {"job nothing", "there is no command job nothing"},
        {"--nothing", "unknown option --nothing"},
        {"backup --limit 3", "unknown option --limit"},
        {"job list --limit", "--limit needs a value"},
        {"job list --json=yes", "takes no value"},
        {"register", "FILE is missing"},
        {"register a b", "b is too much"},
        {"status x", "x is too much"},
        {"job list --limit 0", "0 is no number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_int_eq(cli_run(cases[i].line), OB_EXIT_USAGE);
        ck_assert(cli_err_has(cases[i].part));
        ck_assert(cli_err_has("Try: obctl "));
        ck_assert_str_eq(cli_out(), "");
    }
    ck_assert_int_eq(atomic_load(&fake.calls[FAKE_NEGOTIATE]), 0);
}
END_TEST

START_TEST(cli__options_may_stand_anywhere)
{
    ck_assert_int_eq(cli_run("--json settings show"), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), "{}\n");
    ck_assert_int_eq(cli_run("settings --json show"), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), "{}\n");
    ck_assert_int_eq(cli_run("settings show --json"), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), "{}\n");
}
END_TEST

START_TEST(cli__unreachable)
{
    const char *line = ob_test_format("status --endpoint %s", fake_server_name());
    ck_assert_int_eq(cli_run(line), OB_EXIT_UNREACHABLE);
    ck_assert(cli_err_has("obctl: The agent does not answer.\n"));
    ck_assert(cli_err_has("OB_E_AGENT_UNREACHABLE"));
}
END_TEST

START_TEST(cli__options_by_id)
{
    ob_cli_option options[] = {
        {OB_OPTION_INCLUDE, "a"}, {OB_OPTION_ASYNC, NULL}, {OB_OPTION_INCLUDE, "b"}};
    ob_cli cli = {.options = options, .option_count = 3};
    ck_assert_str_eq(ob_cli_option_value(&cli, OB_OPTION_INCLUDE), "b");
    ck_assert_str_eq(ob_cli_option_value(&cli, OB_OPTION_ASYNC), "");
    ck_assert_ptr_null(ob_cli_option_value(&cli, OB_OPTION_FILE));
    ck_assert(ob_cli_has(&cli, OB_OPTION_ASYNC));
    ck_assert(!ob_cli_has(&cli, OB_OPTION_FILE));
}
END_TEST

START_TEST(cli__plain_words_after_two_dashes)
{
    char *words[] = {(char *)"policy", (char *)"show", (char *)"--", (char *)"--help", NULL};
    ck_assert_int_eq(cli_run_words(words), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "--help");
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, cli_setup, cli_teardown);
    tcase_add_test(cases, cli__help_at_each_level);
    tcase_add_test(cases, cli__usage_errors);
    tcase_add_test(cases, cli__options_may_stand_anywhere);
    tcase_add_test(cases, cli__unreachable);
    tcase_add_test(cases, cli__options_by_id);
    tcase_add_test(cases, cli__plain_words_after_two_dashes);
}

OB_TEST_MAIN("cli", add_cases)
