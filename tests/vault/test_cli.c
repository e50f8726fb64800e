#include "cli.h"

#include "cli_fixture.h"

#include <string.h>

START_TEST(cli__shows_help_and_version)
{
    cli_fixture fixture;
    cli_fixture_make(&fixture);
    static const char *const spellings[] = {"--help", "-h", "help"};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(CLI_RUN(&fixture, spellings[i]), 0);
        ck_assert_contains(fixture.out, "Usage: obvault VERB FOLDER");
        ck_assert_contains(fixture.out, "create");
        ck_assert_contains(fixture.out, "credentials");
        ck_assert_contains(fixture.out, "machines");
        ck_assert_contains(fixture.out, "Exit codes: 0 done, 1 failed, 2");
        ck_assert_str_eq(fixture.err, "");
    }
    ck_assert_int_eq(CLI_RUN(&fixture, "--version"), 0);
    ck_assert_str_eq(fixture.out, "obvault " OB_VERSION "\n");
}
END_TEST

START_TEST(cli__each_verb_has_help_with_examples)
{
    static const char *const verbs[] = {"create", "credentials", "machines"};
    cli_fixture fixture;
    cli_fixture_make(&fixture);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(CLI_RUN(&fixture, verbs[i], "--help"), 0);
        ck_assert_contains(fixture.out, ob_test_format("Usage: obvault %s FOLDER", verbs[i]));
        ck_assert_contains(fixture.out, ob_test_format("Examples:\n  obvault %s ", verbs[i]));
        ck_assert_contains(fixture.out, "--json");
        ck_assert_contains(fixture.out, "Exit codes");
    }
    /* Help wins over what is missing, and nothing is done. */
    ck_assert_int_eq(CLI_RUN(&fixture, "create", fixture.folder, "-h"), 0);
    ck_assert(!ob_test_exists(fixture.folder));
}
END_TEST

START_TEST(cli__a_wrong_command_line_is_told)
{
    static const struct {
        const char *argv[6];
        const char *err;
    } table[] = {
        {{NULL}, "obvault: which verb?\n  Try: obvault --help\n"},
        {{"destroy"}, "obvault: unknown verb destroy\n  Try: obvault --help\n"},
        {{"create"}, "obvault: which FOLDER?\n  Try: obvault create --help\n"},
        {{"create", "a", "b"}, "obvault: one FOLDER is wanted, b is too much\n"},
        {{"create", ""}, "obvault: an empty path\n"},
        {{"create", "a", "--wrong"}, "obvault: unknown option --wrong\n"},
        {{"create", "a", "--name"}, "obvault: --name needs a value: NAME\n"},
        {{"machines", "a", "-o", "b"}, "obvault: unknown option -o\n"},
        {{"credentials", "a"}, "obvault: -o FILE.VaultCredentials is needed\n"},
        {{"credentials", "a", "-o", "b"},
         "obvault: the file's name must end in .VaultCredentials, by which agents know it: -o "
         "b.VaultCredentials\n  Try: obvault credentials --help\n"},
        {{"credentials", "a", "-o", ".VaultCredentials"}, "must end in .VaultCredentials"},
        {{"credentials", "a", "--hours", "0"}, "obvault: --hours takes a number from 1 to 720"},
        {{"credentials", "a", "--hours", "721"}, "not 721\n"},
        {{"credentials", "a", "--hours", "99999999999999999999"}, "--hours takes"},
        {{"credentials", "a", "--hours", "-1"}, "--hours takes"},
        {{"credentials", "a", "--hours", "1h"}, "--hours takes"},
        {{"credentials", "a", "--hours="}, "--hours takes"},
        {{"credentials", "a", "-ob.VaultCredentials", "-a", "/x"},
         "obvault: --address takes \"folder:\" and an absolute path, not /x\n"},
    };
    cli_fixture fixture;
    cli_fixture_make(&fixture);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        ck_assert_int_eq(cli_fixture_run(&fixture, table[i].argv), 2);
        ck_assert_contains(fixture.err, table[i].err);
        ck_assert_str_eq(fixture.out, "");
    }
}
END_TEST

START_TEST(cli__an_error_says_what_where_and_what_to_do)
{
    cli_fixture fixture;
    cli_fixture_make(&fixture);
    ck_assert_int_eq(CLI_RUN(&fixture, "machines", fixture.folder), 1);
    ck_assert_int_eq(strncmp(fixture.err, "obvault: The item was not found. (", 34), 0);
    ck_assert_contains(fixture.err, "vault.json");
    ck_assert_contains(fixture.err, "\n  Check the name; list what exists and try again.\n");
    ck_assert_str_eq(fixture.out, "");
}
END_TEST

static ob_status deny(ob_test_fs *wrapper, const char *operation, const char *name)
{
    (void)wrapper;
    (void)operation;
    (void)name;
    return ob_fail(OB_E_ACCESS_DENIED, "the disk says no");
}

/* The agent's group of administrators opens no vault. */
START_TEST(cli__access_is_the_folders_matter)
{
    cli_fixture fixture;
    cli_fixture_make(&fixture);
    fixture.fs.before = deny;
    ck_assert_int_eq(CLI_RUN(&fixture, "machines", fixture.folder), 1);
    ck_assert_contains(fixture.err, "the disk says no");
    ck_assert_contains(fixture.err, "whom the vault's folder belongs to");
    ck_assert_ptr_null(strstr(fixture.err, "obadmin"));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, cli__shows_help_and_version);
    tcase_add_test(cases, cli__each_verb_has_help_with_examples);
    tcase_add_test(cases, cli__a_wrong_command_line_is_told);
    tcase_add_test(cases, cli__an_error_says_what_where_and_what_to_do);
    tcase_add_test(cases, cli__access_is_the_folders_matter);
}

OB_TEST_MAIN("cli", add_cases)
