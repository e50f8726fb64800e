#include "cli.h"

#include "cli_fixture.h"
#include "ob/credentials.h"

#include <string.h>

static ob_credentials read_file(const cli_fixture *fixture, const char *file)
{
    ob_credentials read = {0};
    size_t length = 0;
    const uint8_t *data = ob_test_read_file(file, &length);
    ob_check_ok(ob_credentials_parse(&read, data, length, fixture->clock.now));
    return read;
}

static uint64_t serial_in(const cli_fixture *fixture, const char *file)
{
    ob_credentials read = read_file(fixture, file);
    uint64_t serial = read.serial;
    ob_credentials_free(&read);
    return serial;
}

START_TEST(credentials__are_written_for_their_owner_only)
{
    cli_fixture fixture;
    ob_file_info info;
    cli_fixture_make(&fixture);
    const char *file = cli_fixture_file(&fixture, "a.VaultCredentials");
    ck_assert_int_eq(CLI_RUN(&fixture, "create", fixture.folder), 0);
    ck_assert_int_eq(CLI_RUN(&fixture, "credentials", fixture.folder, "-o", file), 0);
    ck_assert_str_eq(
        fixture.out,
        ob_test_format("Wrote %s, valid until 2026-02-02T12:00:00Z. Any number of machines may "
                       "register with it;\nvault credentials downloaded before are no longer "
                       "valid.\nNext, on each machine: obctl register %s\n",
                       file, file));
    ob_check_ok(ob_fs_os()->stat(ob_fs_os(), NULL, file, &info));
    ck_assert_uint_eq(info.mode & 0077, 0);
    ob_credentials read = read_file(&fixture, file);
    ck_assert_str_eq(read.address, ob_test_format("folder:%s", fixture.folder));
    ob_credentials_free(&read);
}
END_TEST

START_TEST(credentials__take_address_hours_and_any_case_of_the_extension)
{
    cli_fixture fixture;
    cli_fixture_make(&fixture);
    const char *file = cli_fixture_file(&fixture, "a.vaultCREDENTIALS");
    ck_assert_int_eq(CLI_RUN(&fixture, "create", fixture.folder), 0);
    ck_assert_int_eq(CLI_RUN(&fixture, "credentials", fixture.folder, "-o", file, "--hours=2",
                             "--address", "folder:\\\\server\\vault", "--json"),
                     0);
    ob_credentials read = read_file(&fixture, file);
    ck_assert_str_eq(read.address, "folder:\\\\server\\vault");
    ck_assert_int_eq(read.expires - read.issued, INT64_C(7200000000000));
    ob_credentials_free(&read);
    cJSON *json = cli_fixture_json(&fixture);
    ob_json_object fields = ob_json_object_of(json, "answer");
    const char *text[6] = {NULL};
    static const char *const names[6] = {"file",    "vault_name", "vault_id",
                                         "address", "thumbprint", "expires"};
    int64_t serial = 0;
    for (size_t i = 0; i < 6; i++) {
        ob_json_get_text(&fields, names[i], 4096, &text[i]);
        ck_assert_ptr_nonnull(text[i]);
    }
    ob_json_get_int(&fields, "serial", 1, 100, &serial);
    ob_check_ok(ob_json_no_more(&fields));
    ck_assert_str_eq(text[0], file);
    ck_assert_str_eq(text[3], "folder:\\\\server\\vault");
    ck_assert_str_eq(text[5], "2026-01-31T14:00:00Z");
    ck_assert_int_eq(serial, 1);
    ob_json_free(json);
}
END_TEST

START_TEST(credentials__replace_a_file_only_when_forced)
{
    cli_fixture fixture;
    cli_fixture_make(&fixture);
    const char *file = cli_fixture_file(&fixture, "a.VaultCredentials");
    ck_assert_int_eq(CLI_RUN(&fixture, "create", fixture.folder), 0);
    ck_assert_int_eq(CLI_RUN(&fixture, "credentials", fixture.folder, "-o", file), 0);
    ck_assert_int_eq(CLI_RUN(&fixture, "credentials", fixture.folder, "-o", file), 1);
    ck_assert_contains(fixture.err, "--force replaces it");
    ck_assert_uint_eq(serial_in(&fixture, file), 1);
    /* The refused one has not cost a serial. */
    ck_assert_int_eq(CLI_RUN(&fixture, "credentials", fixture.folder, "-o", file, "--force"), 0);
    ck_assert_uint_eq(serial_in(&fixture, file), 2);
}
END_TEST

START_TEST(credentials__a_failure_leaves_no_file_and_costs_nothing_if_the_place_is_wrong)
{
    cli_fixture fixture;
    cli_fixture_make(&fixture);
    const char *file = cli_fixture_file(&fixture, "a.VaultCredentials");
    const char *nowhere = cli_fixture_file(&fixture, "none/a.VaultCredentials");
    ck_assert_int_eq(CLI_RUN(&fixture, "credentials", fixture.folder, "-o", file), 1);
    ck_assert(!ob_test_exists(file));
    ck_assert_int_eq(CLI_RUN(&fixture, "create", fixture.folder), 0);
    ck_assert_int_eq(CLI_RUN(&fixture, "credentials", fixture.folder, "-o", nowhere), 1);
    ck_assert_int_eq(CLI_RUN(&fixture, "credentials", fixture.folder, "-o", file), 0);
    ck_assert_uint_eq(serial_in(&fixture, file), 1);
}
END_TEST

START_TEST(credentials__survive_each_failing_call)
{
    cli_fixture fixture;
    bool hit = true;
    cli_fixture_make(&fixture);
    const char *file = cli_fixture_file(&fixture, "a.VaultCredentials");
    ck_assert_int_eq(CLI_RUN(&fixture, "create", fixture.folder), 0);
    for (unsigned n = 1; hit; n++) {
        ob_test_fs_fail(&fixture.fs, n, false);
        int code = CLI_RUN(&fixture, "credentials", fixture.folder, "-o", file);
        hit = fixture.fs.hit;
        ob_test_fs_fail(&fixture.fs, 0, false);
        ck_assert(code == 0 || (hit && code == 1));
        ck_assert((code == 0) == (fixture.err[0] == '\0'));
        ck_assert(ob_test_exists(file) == (code == 0));
        ob_check_ok(ob_fs_remove_tree(ob_fs_os(), file));
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, credentials__are_written_for_their_owner_only);
    tcase_add_test(cases, credentials__take_address_hours_and_any_case_of_the_extension);
    tcase_add_test(cases, credentials__replace_a_file_only_when_forced);
    tcase_add_test(cases,
                   credentials__a_failure_leaves_no_file_and_costs_nothing_if_the_place_is_wrong);
    tcase_add_test(cases, credentials__survive_each_failing_call);
}

OB_TEST_MAIN("credentials", add_cases)
