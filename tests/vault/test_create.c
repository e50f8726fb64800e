#include "cli.h"

#include "cli_fixture.h"

#include <string.h>

START_TEST(create__makes_a_vault_and_says_what_is_next)
{
    cli_fixture fixture;
    cli_fixture_make(&fixture);
    ck_assert_int_eq(CLI_RUN(&fixture, "create", fixture.folder), 0);
    ck_assert_str_eq(fixture.out,
                     ob_test_format("Created the vault vault in %s.\n"
                                    "Next: obvault credentials %s -o vault.VaultCredentials\n",
                                    fixture.folder, fixture.folder));
    ck_assert(ob_test_exists(ob_test_path(fixture.folder, "vault.json")));
}
END_TEST

START_TEST(create__answers_in_json)
{
    cli_fixture fixture;
    const char *name = NULL;
    const char *folder = NULL;
    const char *id = NULL;
    const char *thumbprint = NULL;
    cli_fixture_make(&fixture);
    ck_assert_int_eq(CLI_RUN(&fixture, "create", "--json", "--name", "B\xC3\xBCro", fixture.folder),
                     0);
    cJSON *json = cli_fixture_json(&fixture);
    ob_json_object fields = ob_json_object_of(json, "answer");
    ob_json_get_text(&fields, "id", 36, &id);
    ob_json_get_text(&fields, "name", 64, &name);
    ob_json_get_text(&fields, "folder", 4096, &folder);
    ob_json_get_text(&fields, "thumbprint", 40, &thumbprint);
    ob_check_ok(ob_json_no_more(&fields));
    ck_assert_uint_eq(strlen(id), 36);
    ck_assert_str_eq(name, "B\xC3\xBCro");
    ck_assert_str_eq(folder, fixture.folder);
    ck_assert_uint_eq(strspn(thumbprint, "0123456789ABCDEF"), 40);
    ob_json_free(json);
}
END_TEST

START_TEST(create__refuses_a_folder_in_use)
{
    cli_fixture fixture;
    cli_fixture_make(&fixture);
    ck_assert_int_eq(CLI_RUN(&fixture, "create", fixture.folder), 0);
    ck_assert_int_eq(CLI_RUN(&fixture, "create", fixture.folder), 1);
    ck_assert_contains(fixture.err, "is not empty");
    ck_assert_int_eq(CLI_RUN(&fixture, "create", cli_fixture_file(&fixture, "b"), "-n", "a/b"), 1);
    ck_assert_contains(fixture.err, "name: 1 to 64 bytes");
}
END_TEST

START_TEST(create__a_full_disk_is_told)
{
    cli_fixture fixture;
    cli_fixture_make(&fixture);
    fixture.fs.status = OB_E_DISK_FULL;
    fixture.fs.writes_only = true;
    ob_test_fs_fail(&fixture.fs, 5, true);
    ck_assert_int_eq(CLI_RUN(&fixture, "create", fixture.folder), 1);
    ck_assert_contains(fixture.err, "There is not enough space on the disk.");
    ck_assert_str_eq(fixture.out, "");
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, create__makes_a_vault_and_says_what_is_next);
    tcase_add_test(cases, create__answers_in_json);
    tcase_add_test(cases, create__refuses_a_folder_in_use);
    tcase_add_test(cases, create__a_full_disk_is_told);
}

OB_TEST_MAIN("create", add_cases)
