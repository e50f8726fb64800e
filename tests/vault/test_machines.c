#include "cli.h"

#include "cli_fixture.h"
#include "ob/folder_vault.h"

#include <string.h>

static void register_machine(cli_fixture *fixture, uint8_t id, const char *name)
{
    ob_credentials read = {0};
    ob_buf text = {0};
    ob_guid guid = {{id}};
    const ob_clock *clock = &fixture->clock.clock;
    ob_check_ok(ob_folder_vault_issue(ob_fs_os(), clock, fixture->folder, NULL, 48, &text));
    ob_check_ok(ob_credentials_parse(&read, text.data, text.length, fixture->clock.now));
    ob_check_ok(ob_folder_vault_register(ob_fs_os(), clock, &read, &guid, name, "linux"));
    ob_credentials_free(&read);
    ob_buf_free(&text);
}

START_TEST(machines__are_listed_in_a_table)
{
    cli_fixture fixture;
    cli_fixture_make(&fixture);
    ck_assert_int_eq(CLI_RUN(&fixture, "create", fixture.folder), 0);
    ck_assert_int_eq(CLI_RUN(&fixture, "machines", fixture.folder), 0);
    ck_assert_str_eq(fixture.out, "No machine is registered.\n");
    register_machine(&fixture, 1, "web");
    register_machine(&fixture, 2, "b\xC3\xBCro-1");
    ck_assert_int_eq(CLI_RUN(&fixture, "machines", fixture.folder), 0);
    ck_assert_str_eq(
        fixture.out,
        "NAME    PLATFORM  REGISTERED            ID\n"
        "b\xC3\xBCro-1  linux     2026-01-31T12:00:00Z  02000000-0000-0000-0000-000000000000\n"
        "web     linux     2026-01-31T12:00:00Z  01000000-0000-0000-0000-000000000000\n");
}
END_TEST

START_TEST(machines__are_listed_in_json)
{
    cli_fixture fixture;
    cli_fixture_make(&fixture);
    ck_assert_int_eq(CLI_RUN(&fixture, "create", fixture.folder), 0);
    ck_assert_int_eq(CLI_RUN(&fixture, "machines", fixture.folder, "--json"), 0);
    ck_assert_str_eq(fixture.out, "[]\n");
    register_machine(&fixture, 1, "web");
    ck_assert_int_eq(CLI_RUN(&fixture, "machines", fixture.folder, "--json"), 0);
    ck_assert_str_eq(fixture.out, "[{\"id\":\"01000000-0000-0000-0000-000000000000\","
                                  "\"name\":\"web\",\"platform\":\"linux\","
                                  "\"registered\":\"2026-01-31T12:00:00Z\"}]\n");
}
END_TEST

START_TEST(machines__a_damaged_record_is_shown_as_such)
{
    cli_fixture fixture;
    cli_fixture_make(&fixture);
    ck_assert_int_eq(CLI_RUN(&fixture, "create", fixture.folder), 0);
    register_machine(&fixture, 1, "web");
    ob_test_write_text(ob_test_path(fixture.folder, "machines/01000000-0000-0000-0000-"
                                                    "000000000000/machine.json"),
                       "{");
    ck_assert_int_eq(CLI_RUN(&fixture, "machines", fixture.folder), 0);
    ck_assert_contains(fixture.out, "(record unreadable)");
    ck_assert_contains(fixture.out, "01000000-0000");
}
END_TEST

START_TEST(machines__of_no_vault_is_an_error)
{
    cli_fixture fixture;
    cli_fixture_make(&fixture);
    ck_assert_int_eq(CLI_RUN(&fixture, "machines", fixture.folder, "--json"), 1);
    ck_assert_str_eq(fixture.out, "");
    ck_assert_contains(fixture.err, "not found");
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, machines__are_listed_in_a_table);
    tcase_add_test(cases, machines__are_listed_in_json);
    tcase_add_test(cases, machines__a_damaged_record_is_shown_as_such);
    tcase_add_test(cases, machines__of_no_vault_is_an_error);
}

OB_TEST_MAIN("machines", add_cases)
