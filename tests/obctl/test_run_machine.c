#include "cli_test.h"

#include <string.h>

START_TEST(run_machine__register)
{
    const char *path = ob_test_path(ob_test_temp(), "a.VaultCredentials");
    const char *line = ob_test_format("register %s", path);
    ob_test_write_text(path, "the bytes");
    fake.answer[FAKE_REGISTER] =
        "{\"machine_id\":\"m\",\"vault_id\":\"v\",\"vault_name\":\"fleet\\u001b\","
        "\"thumbprint\":\"ABCD\",\"region\":\"local\"}";
    ck_assert_int_eq(cli_run(line), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "the bytes");
    ck_assert_str_eq(cli_out(), "Machine registration succeeded.\n"
                                "  Vault        fleet\n"
                                "  Vault id     v\n"
                                "  Region       local\n"
                                "  Certificate  ABCD\n"
                                "  Machine      m\n");
    ck_assert_int_eq(cli_run(ob_test_format("%s --json", line)), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), ob_test_format("%s\n", fake.answer[FAKE_REGISTER]));
}
END_TEST

START_TEST(run_machine__register_fails)
{
    ck_assert_int_eq(cli_run("register some.txt"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("*.VaultCredentials"));
    const char *path = ob_test_path(ob_test_temp(), "a.VaultCredentials");
    ob_test_write_text(path, "x");
    fake.status[FAKE_REGISTER] = OB_E_CREDENTIALS_EXPIRED;
    ck_assert_int_eq(cli_run(ob_test_format("register %s", path)), OB_EXIT_FAILED);
    ck_assert(cli_err_has("has expired"));
    ck_assert(cli_err_has("code 34514"));
    fake.status[FAKE_REGISTER] = OB_OK;
    fake.answer[FAKE_REGISTER] = "nonsense";
    ck_assert_int_eq(cli_run(ob_test_format("register %s", path)), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_PROTOCOL"));
}
END_TEST

static void set_status(void)
{
    fake.answer[FAKE_NEGOTIATE] =
        "{\"product\":\"Online Backup\",\"version\":\"1.2\",\"host\":\"web01\","
        "\"system\":\"Debian\",\"machine_id\":\"m\",\"registered\":true}";
    fake.answer[FAKE_GET_SETTINGS] =
        "{\"passphrase_set\":true,\"vault\":{\"name\":\"fleet\",\"address\":\"folder:/v\"}}";
    fake.policies[0] = "{\"name\":\"default\",\"state\":\"valid\",\"files\":[{\"path\":\"/a\"},"
                       "{\"path\":\"/b\",\"exclude\":true}]}";
    fake.policies[1] = "{\"name\":\"mail\",\"state\":\"paused\",\"files\":[{\"path\":\"/m\"}]}";
    fake.policy_count = 2;
    fake.jobs[0] = (ob_job){.type = OB_JOB_BACKUP,
                            .state = OB_JOB_COMPLETED,
                            .end_time = INT64_C(1769860800) * 1000000000};
    fake.job_count = 1;
}

START_TEST(run_machine__status)
{
    set_status();
    ck_assert_int_eq(cli_run("status"), OB_EXIT_OK);
    ck_assert(cli_out_has("Agent       Online Backup 1.2 on web01 (Debian)\n"));
    ck_assert(cli_out_has("Vault       fleet (folder:/v)\n"));
    ck_assert(cli_out_has("Passphrase  set\n"));
    ck_assert(cli_out_has("Policy      default: 1 included, 1 excluded, valid\n"
                          "Policy      mail: 1 included, 0 excluded, paused\n"));
    ck_assert(cli_out_has("Last job    Backup completed, 2026-01-31 12:00:00, 00000000-"));
}
END_TEST

START_TEST(run_machine__status_of_a_fresh_machine)
{
    fake.answer[FAKE_NEGOTIATE] = "{\"registered\":false}";
    fake.answer[FAKE_GET_SETTINGS] = "{\"passphrase_set\":false,\"vault\":null}";
    ck_assert_int_eq(cli_run("status"), OB_EXIT_OK);
    ck_assert(cli_out_has("Vault       not registered\n"));
    ck_assert(cli_out_has("Passphrase  not set\n"));
    ck_assert(cli_out_has("Policy      none is set\n"));
    ck_assert_ptr_null(strstr(cli_out(), "Running"));
    ck_assert_int_eq(cli_run("status --json"), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(),
                     "{\"agent\":{\"registered\":false},\"settings\":{\"passphrase_set\":false,"
                     "\"vault\":null},\"policies\":[],\"running\":null,\"last\":null}\n");
}
END_TEST

START_TEST(run_machine__status_fails)
{
    static const int methods[] = {FAKE_GET_SETTINGS, FAKE_LIST_POLICIES, FAKE_LIST_JOBS};
    for (size_t i = 0; i < 3; i++) {
        set_status();
        fake.status[methods[i]] = OB_E_IO;
        ck_assert_int_eq(cli_run("status"), OB_EXIT_FAILED);
        ck_assert(cli_err_has("OB_E_IO"));
        fake.status[methods[i]] = OB_OK;
    }
    fake.answer[FAKE_GET_SETTINGS] = "[";
    ck_assert_int_eq(cli_run("status"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_PROTOCOL"));
    ck_assert_str_eq(cli_out(), "");
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, cli_setup, cli_teardown);
    tcase_add_test(cases, run_machine__register);
    tcase_add_test(cases, run_machine__register_fails);
    tcase_add_test(cases, run_machine__status);
    tcase_add_test(cases, run_machine__status_of_a_fresh_machine);
    tcase_add_test(cases, run_machine__status_fails);
}

OB_TEST_MAIN("run_machine", add_cases)
