#include "cli_test.h"
#include "lost_machine.h"

#include <string.h>

static lost_machine lost;
static const char *passphrase;

static void setup(void)
{
    cli_setup();
    lost_machine_make(&lost, NULL);
    passphrase = ob_test_path(ob_test_temp(), "passphrase");
    ob_test_write_text(passphrase, LOST_PASSPHRASE "\n");
}

/* Folders of tests may have blanks in their names: no line of words. */
static int run(const char *verb, const char *point, const char *more, const char *value)
{
    char *words[10] = {(char *)"rescue", (char *)verb};
    size_t count = 2;
    if (point != NULL) {
        words[count++] = (char *)point;
    }
    words[count++] = (char *)"--vault";
    words[count++] = (char *)lost.vault.folder;
    words[count++] = (char *)"--passphrase-file";
    words[count++] = (char *)passphrase;
    if (more != NULL) {
        words[count++] = (char *)more;
    }
    if (value != NULL) {
        words[count++] = (char *)value;
    }
    return cli_run_words(words);
}

static const char *text_of(const ob_guid *id)
{
    char text[OB_GUID_TEXT];
    ob_guid_format(text, id);
    return ob_test_format("%s", text);
}

START_TEST(run_rescue__points)
{
    ck_assert_int_eq(run("points", NULL, NULL, NULL), OB_EXIT_OK);
    ck_assert(cli_out_has("TIME"));
    ck_assert(cli_out_has(text_of(&lost.first)));
    ck_assert(cli_out_has("default"));
    ck_assert_int_eq(run("points", NULL, "--json", NULL), OB_EXIT_OK);
    ck_assert(cli_out_starts(ob_test_format("[{\"id\":\"%s\"", text_of(&lost.second))));
    ck_assert(cli_out_has("\"machine\":\"server\",\"policy\":\"default\",\"sources\":[\"/\"]"));
    ck_assert_int_eq(run("points", NULL, "--machine", "nobody"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("no machine nobody"));
}
END_TEST

START_TEST(run_rescue__damaged_points_are_told)
{
    const char *dir = vault_fixture_path(&lost.vault, "point");
    ob_dir *points = NULL;
    ob_dir_entry entry = {0};
    ob_check_ok(ob_fs_os()->dir_open(ob_fs_os(), NULL, dir, &points));
    ob_check_ok(ob_fs_os()->dir_read(ob_fs_os(), points, &entry));
    ob_test_flip_byte(ob_test_path(dir, entry.name), 100);
    ob_fs_os()->dir_close(ob_fs_os(), points);
    ck_assert_int_eq(run("points", NULL, NULL, NULL), OB_EXIT_WARNINGS);
    ck_assert(cli_err_has("damaged and not listed: 1"));
}
END_TEST

START_TEST(run_rescue__list)
{
    ck_assert_int_eq(run("list", "latest", "--search", "*.txt"), OB_EXIT_OK);
    ck_assert(cli_out_has("later.txt\n"));
    ck_assert_int_eq(run("list", text_of(&lost.first), "--recursive", "--json"), OB_EXIT_OK);
    ck_assert(cli_out_starts("[{\"type\":"));
    ck_assert_ptr_null(strstr(cli_out(), "later.txt"));
    ck_assert_int_eq(run("list", "latest", "no/where", NULL), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_NOT_FOUND"));
    ck_assert_int_eq(run("list", "newest", NULL, NULL), OB_EXIT_FAILED);
    ck_assert(cli_err_has("newest is no recovery point"));
}
END_TEST

START_TEST(run_rescue__restore)
{
    const char *to = ob_test_path(ob_test_temp(), "back");
    ck_assert_int_eq(run("restore", "latest", "--to", to), OB_EXIT_OK);
    ck_assert(cli_out_has("Recovery completed"));
    ck_assert_int_eq(run("restore", text_of(&lost.first), "--to", to), OB_EXIT_OK);
    ck_assert(cli_out_has("restored under another name: "));
    ob_guid nothing = {{9}};
    ck_assert_int_eq(run("restore", text_of(&nothing), "--to", to), OB_EXIT_FAILED);
    ck_assert(cli_out_has("OB_E_NOT_FOUND"));
    ck_assert_int_eq(run("restore", "latest", "--overwrite", "always"), OB_EXIT_USAGE);
}
END_TEST

START_TEST(run_rescue__refuses)
{
    ck_assert_int_eq(cli_run("rescue points"), OB_EXIT_USAGE);
    ck_assert(cli_err_has("--vault FOLDER"));
    ck_assert_int_eq(cli_run("rescue"), OB_EXIT_USAGE);
    char *const words[] = {(char *)"rescue", (char *)"points", (char *)"--vault",
                           (char *)ob_test_path(ob_test_temp(), "none"), NULL};
    ck_assert_int_eq(cli_run_words(words), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_VAULT_UNREACHABLE, code 100050"));
    ob_test_write_text(passphrase, "not the passphrase at all");
    ck_assert_int_eq(run("points", NULL, "--json", NULL), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_PASSPHRASE_WRONG"));
    ck_assert(cli_out_starts("{\"status\":"));
    ck_assert_ptr_null(strstr(cli_err(), "not the passphrase"));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, cli_teardown);
    tcase_add_test(cases, run_rescue__points);
    tcase_add_test(cases, run_rescue__damaged_points_are_told);
    tcase_add_test(cases, run_rescue__list);
    tcase_add_test(cases, run_rescue__restore);
    tcase_add_test(cases, run_rescue__refuses);
}

OB_TEST_MAIN("run_rescue", add_cases)
