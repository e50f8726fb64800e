#include "cli_test.h"
#include "ob/alloc.h"
#include "ob/host.h"
#include "ob/json.h"

#include <cjson/cJSON.h>
#include <string.h>

#define POINT "00000000-0000-0000-0000-000000000009"

static void setup(void)
{
    cli_setup();
    fake.points[0].id.bytes[15] = 9;
    fake.point_count = 1;
    fake.jobs[0] = (ob_job){.type = OB_JOB_RECOVERY, .state = OB_JOB_COMPLETED, .revision = 1};
    fake.watch_count = 1;
}

/* As this system writes it, as a text of JSON. */
static const char *absolute(const char *path)
{
    char *whole = NULL;
    ob_buf text = {0};
    ob_check_ok(ob_host_absolute_path(path, &whole));
    cJSON *json = cJSON_CreateString(whole);
    ob_check_ok(ob_json_print(&text, json));
    const char *kept = ob_test_format("%.*s", (int)text.length, (const char *)text.data);
    ob_json_free(json);
    ob_buf_free(&text);
    ob_free(whole);
    return kept;
}

START_TEST(run_restore__everything)
{
    ck_assert_int_eq(cli_run("restore latest"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{\"point\":\"" POINT "\"}");
    ck_assert(cli_out_has("Recovery started: job "));
    ck_assert(cli_out_has("Recovery completed.\n"));
}
END_TEST

START_TEST(run_restore__with_options)
{
    ck_assert_int_eq(cli_run("restore " POINT " /etc/fstab /home --to /tmp/x --overwrite skip "
                             "--skip-security --async --json"),
                     OB_EXIT_OK);
    ck_assert_str_eq(fake.input,
                     ob_test_format("{\"point\":\"" POINT "\",\"items\":[\"/etc/fstab\",\"/home\"],"
                                    "\"destination\":\"/tmp/x\",\"overwrite\":\"skip\","
                                    "\"skip_security\":true}"));
    ck_assert_str_eq(cli_out(), "{\"job\":\"00000000-0000-0000-0000-000000000000\"}\n");
    ck_assert_int_eq(atomic_load(&fake.calls[FAKE_WATCH_JOB]), 0);
}
END_TEST

/* The agent has another current folder. */
START_TEST(run_restore__a_relative_folder_is_made_absolute)
{
    const char *wanted = absolute("some/folder");
    ck_assert_ptr_null(strstr(wanted, "\"some"));
    ck_assert_int_eq(cli_run("restore latest --to some/folder"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input,
                     ob_test_format("{\"point\":\"" POINT "\",\"destination\":%s}", wanted));
    char *const words[] = {(char *)"restore", (char *)"latest", (char *)"--to", (char *)"", NULL};
    ck_assert_int_eq(cli_run_words(words), OB_EXIT_FAILED);
    ck_assert(cli_err_has("an empty path"));
}
END_TEST

/* The agent may be of another system than this. */
START_TEST(run_restore__a_folder_of_either_system_stays_as_it_is)
{
    static const char *const folders[] = {"/srv/x", "C:\\x", "d:/x", "\\\\server\\share"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char *const words[] = {(char *)"restore", (char *)"latest", (char *)"--to",
                               (char *)folders[i], NULL};
        ck_assert_int_eq(cli_run_words(words), OB_EXIT_OK);
        cJSON *sent = cJSON_Parse(fake.input);
        ck_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(sent, "destination")),
                         folders[i]);
        cJSON_Delete(sent);
    }
}
END_TEST

START_TEST(run_restore__tells_of_other_policies)
{
    fake.policies[0] = fake.policies[1] = "{}";
    fake.policy_count = 2;
    fake.jobs[0].state = OB_JOB_FAILED;
    fake.jobs[0].status = OB_E_NOT_FOUND;
    ck_assert_int_eq(cli_run("restore latest /nothing"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("with --policy NAME"));
    ck_assert_int_eq(cli_run("restore latest /nothing --policy one"), OB_EXIT_FAILED);
    ck_assert_ptr_null(strstr(cli_err(), "with --policy"));
    fake.jobs[0].status = OB_E_IO;
    ck_assert_int_eq(cli_run("restore latest /nothing"), OB_EXIT_FAILED);
    ck_assert_ptr_null(strstr(cli_err(), "--policy"));
}
END_TEST

START_TEST(run_restore__checks_a_passphrase)
{
    cli_set_input("the passphrase\n");
    ck_assert_int_eq(cli_run("restore latest --passphrase-file - --async"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{\"point\":\"" POINT "\",\"passphrase\":\"the passphrase\"}");
    fake.status[FAKE_START_RECOVERY] = OB_E_PASSPHRASE_WRONG;
    ck_assert_int_eq(cli_run("restore latest --passphrase-file -"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_PASSPHRASE_WRONG"));
    cli_set_input("\xff");
    ck_assert_int_eq(cli_run("restore latest --passphrase-file -"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("not UTF-8"));
}
END_TEST

START_TEST(run_restore__fails)
{
    ck_assert_int_eq(cli_run("restore"), OB_EXIT_USAGE);
    ck_assert_int_eq(cli_run("restore latest --overwrite never"), OB_EXIT_USAGE);
    ck_assert_int_eq(cli_run("restore x"), OB_EXIT_FAILED);
    fake.point_count = 0;
    ck_assert_int_eq(cli_run("restore latest"), OB_EXIT_FAILED);
    ck_assert_int_eq(atomic_load(&fake.calls[FAKE_START_RECOVERY]), 0);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, cli_teardown);
    tcase_add_test(cases, run_restore__everything);
    tcase_add_test(cases, run_restore__with_options);
    tcase_add_test(cases, run_restore__a_relative_folder_is_made_absolute);
    tcase_add_test(cases, run_restore__a_folder_of_either_system_stays_as_it_is);
    tcase_add_test(cases, run_restore__tells_of_other_policies);
    tcase_add_test(cases, run_restore__checks_a_passphrase);
    tcase_add_test(cases, run_restore__fails);
}

OB_TEST_MAIN("run_restore", add_cases)
