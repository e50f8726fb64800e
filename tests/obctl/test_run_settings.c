#include "cli_test.h"

#include <string.h>

START_TEST(run_settings__show)
{
    fake.answer[FAKE_GET_SETTINGS] =
        "{\"machine_id\":\"m\",\"registered\":true,\"passphrase_set\":true,"
        "\"compression\":\"speed\",\"cache_dir\":\"/c\","
        "\"vault\":{\"name\":\"fleet\",\"address\":\"folder:/v\"}}";
    ck_assert_int_eq(cli_run("settings show"), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), "Machine      m\n"
                                "Vault        fleet\n"
                                "Address      folder:/v\n"
                                "Passphrase   set\n"
                                "Compression  speed\n"
                                "Cache        /c\n");
    ck_assert_int_eq(cli_run("settings show --json"), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), ob_test_format("%s\n", fake.answer[FAKE_GET_SETTINGS]));
    fake.answer[FAKE_GET_SETTINGS] = "{\"a\":1} and more";
    ck_assert_int_eq(cli_run("settings show --json"), OB_EXIT_FAILED);
    ck_assert(cli_out_starts("{\"status\":"));
    ck_assert(cli_err_has("OB_E_PROTOCOL"));
    fake.status[FAKE_GET_SETTINGS] = OB_E_IO;
    ck_assert_int_eq(cli_run("settings show"), OB_EXIT_FAILED);
}
END_TEST

START_TEST(run_settings__passphrase)
{
    cli_set_input("correct horse \"battery\" staple\n");
    ck_assert_int_eq(cli_run("settings passphrase --passphrase-file -"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{\"passphrase\":\"correct horse \\\"battery\\\" staple\"}");
    ck_assert_str_eq(cli_out(), "Server properties updated successfully.\n");
    const char *path = ob_test_path(ob_test_temp(), "p");
    ob_test_write_text(path, "from a file\n");
    ck_assert_int_eq(
        cli_run(ob_test_format("settings passphrase --passphrase-file=%s --json", path)),
        OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{\"passphrase\":\"from a file\"}");
    ck_assert_str_eq(cli_out(), "{}\n");
}
END_TEST

START_TEST(run_settings__passphrase_fails)
{
    fake.status[FAKE_SET_SETTINGS] = OB_E_PASSPHRASE_SHORT;
    cli_set_input("short");
    ck_assert_int_eq(cli_run("settings passphrase --passphrase-file -"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("at least 16 characters"));
    ck_assert_ptr_null(strstr(cli_err(), "short\n"));
    ck_assert_int_eq(cli_run(ob_test_format("settings passphrase --passphrase-file %s",
                                            ob_test_path(ob_test_temp(), "none"))),
                     OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_NOT_FOUND"));
    ck_assert_int_eq(cli_run("settings passphrase secret"), OB_EXIT_USAGE);
}
END_TEST

START_TEST(run_settings__set)
{
    ck_assert_int_eq(cli_run("settings set --compression small"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{\"compression\":\"small\"}");
    cli_set_input("{\"any\":1}");
    ck_assert_int_eq(cli_run("settings set --file -"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{\"any\":1}");
    ck_assert_int_eq(cli_run("settings set"), OB_EXIT_USAGE);
    ck_assert_int_eq(cli_run("settings set --file - --compression small"), OB_EXIT_USAGE);
    ck_assert_int_eq(
        cli_run(ob_test_format("settings set --file %s", ob_test_path(ob_test_temp(), "none"))),
        OB_EXIT_FAILED);
    fake.status[FAKE_SET_SETTINGS] = OB_E_UNKNOWN_FIELD;
    ck_assert_int_eq(cli_run("settings set --file -"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_UNKNOWN_FIELD"));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, cli_setup, cli_teardown);
    tcase_add_test(cases, run_settings__show);
    tcase_add_test(cases, run_settings__passphrase);
    tcase_add_test(cases, run_settings__passphrase_fails);
    tcase_add_test(cases, run_settings__set);
}

OB_TEST_MAIN("run_settings", add_cases)
