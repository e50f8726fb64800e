#include "work.h"

#include "host_fixture.h"
#include "job_fixture.h"
#include "ob/json.h"

#include <cjson/cJSON.h>
#include <string.h>

static ob_test_host fixture;
static const char *files;
static const char *point;

/* A tree, backed up once. */
static void setup(void)
{
    ob_guid job;
    cJSON *json = NULL;
    ob_test_rng rng = ob_test_rng_new(2);
    files = ob_test_path(ob_test_temp(), "files");
    ob_test_tree_make(files, &rng, 20);
    ob_test_host_ready(&fixture, files);
    ob_check_ok(ob_backup_start(fixture.jobs, &fixture.host, "", 0, &job));
    ob_test_seen seen = ob_test_wait_end(fixture.jobs, &job);
    ck_assert_int_eq(seen.facts.status, OB_OK);
    ob_check_ok(ob_json_parse(&json, seen.detail, strlen(seen.detail)));
    point =
        ob_test_format("%s", cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "point")));
    ob_json_free(json);
}

static void teardown(void)
{
    ob_test_host_close(&fixture);
}

static ob_status start(const char *options, ob_guid *job)
{
    return ob_recovery_start(fixture.jobs, &fixture.host, options, strlen(options), job);
}

static ob_test_seen run_to_end(const char *options)
{
    ob_guid job;
    ob_check_ok(start(options, &job));
    return ob_test_wait_end(fixture.jobs, &job);
}

/* The folder as a path in the point. */
static const char *in_point(const char *path)
{
    const char *text = ob_test_format("%s", path + (path[0] == '/'));
    for (char *c = (char *)(uintptr_t)text; *c != '\0'; c++) {
        *c = *c == '\\' ? '/' : *c;
    }
    return text;
}

START_TEST(recovery__elsewhere_gives_the_same_tree)
{
    const char *to = ob_test_path(ob_test_temp(), "to");
    ob_test_seen seen =
        run_to_end(ob_test_format("{\"point\":\"%s\",\"destination\":%s,\"items\":[\"%s\"]}", point,
                                  ob_test_quoted(to), in_point(files)));
    ck_assert_msg(seen.facts.status == OB_OK, "%s", seen.detail);
    ck_assert_int_eq(seen.facts.type, OB_RUN_RECOVERY);
    ck_assert_ptr_nonnull(strstr(seen.detail, point));
    const char *differs =
        ob_test_tree_differs(files, ob_test_path(to, "files"), OB_META_MODE | OB_META_TIMES);
    ck_assert_msg(differs == NULL, "%s", differs);
}
END_TEST

START_TEST(recovery__in_place_with_the_passphrase)
{
    const char *file = ob_test_path(files, "mine.txt");
    ob_test_write_text(file, "kept");
    ob_check_ok(ob_fs_remove_tree(ob_fs_os(), files));
    ob_test_seen seen =
        run_to_end(ob_test_format("{\"point\":\"{%s}\",\"passphrase\":\"" OB_TEST_PASSPHRASE "\","
                                  "\"overwrite\":\"replace\"}",
                                  point));
    ck_assert_int_eq(seen.facts.status, OB_OK);
    ck_assert(ob_test_exists(files));
    ck_assert_ptr_null(strstr(seen.detail, "horse"));
}
END_TEST

START_TEST(recovery__what_is_wrong_is_told_at_once)
{
    ob_guid job = {{0}};
    const struct {
        const char *options;
        ob_status status;
        const char *detail;
    } rows[] = {
        {"", OB_E_SYNTAX, ""},
        {"{}", OB_E_INVALID_ARGUMENT, "recovery.point is missing"},
        {"{\"point\":\"x\"}", OB_E_INVALID_ARGUMENT, "recovery.point must be a GUID"},
        {"{\"point\":\"11111111-2222-3333-4444-555555555555\"}", OB_E_NOT_FOUND, "11111111-"},
        {ob_test_format("{\"point\":\"%s\",\"destination\":\"here\"}", point),
         OB_E_INVALID_ARGUMENT, "recovery.destination must be an absolute path"},
        {ob_test_format("{\"point\":\"%s\",\"overwrite\":\"ask\"}", point), OB_E_INVALID_ARGUMENT,
         "copy, skip, replace"},
        {ob_test_format("{\"point\":\"%s\",\"items\":[7]}", point), OB_E_INVALID_ARGUMENT,
         "recovery.items"},
        {ob_test_format("{\"point\":\"%s\",\"speed\":7}", point), OB_E_UNKNOWN_FIELD,
         "recovery.speed"},
        {ob_test_format("{\"point\":\"%s\",\"passphrase\":\"wrong\"}", point),
         OB_E_PASSPHRASE_WRONG, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ob_check_status(start(rows[i].options, &job), rows[i].status);
        ob_check_detail(rows[i].detail);
    }
    ck_assert(ob_guid_is_zero(&job));
    ob_check_ok(ob_fs_remove_tree(ob_fs_os(), fixture.vault.folder));
    ob_check_status(start(ob_test_format("{\"point\":\"%s\"}", point), &job),
                    OB_E_VAULT_UNREACHABLE);
}
END_TEST

START_TEST(recovery__an_item_that_is_not_there_fails_the_job)
{
    const char *to = ob_test_temp();
    ob_test_seen seen = run_to_end(
        ob_test_format("{\"point\":\"%s\",\"destination\":%s,\"items\":[\"no/such/item\"]}", point,
                       ob_test_quoted(to)));
    ck_assert_int_eq(seen.facts.state, OB_RUN_FAILED);
    ck_assert_int_eq(seen.facts.status, OB_E_NOT_FOUND);
}
END_TEST

START_TEST(recovery__what_existed_is_told)
{
    const char *to = ob_test_path(ob_test_temp(), "to");
    const char *options = ob_test_format(
        "{\"point\":\"%s\",\"destination\":%s,\"overwrite\":\"skip\"}", point, ob_test_quoted(to));
    ck_assert_int_eq(run_to_end(options).facts.state, OB_RUN_COMPLETED);
    ob_test_seen seen = run_to_end(options);
    ck_assert_int_eq(seen.facts.state, OB_RUN_COMPLETED);
    ck_assert_ptr_nonnull(strstr(seen.detail, "\"kind\":\"existed\""));
}
END_TEST

START_TEST(recovery__memory_runs_out_before_it_starts)
{
    const char *options = "{\"point\":\"11111111-2222-3333-4444-555555555555\"}";
    ob_status status = OB_OK;
    uint64_t n = 1;
    do {
        ob_guid job;
        ob_test_alloc_begin(n, false);
        status = start(options, &job);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        ob_test_alloc_end();
        ck_assert(status == OB_E_NO_MEMORY || status == OB_E_NOT_FOUND);
        n++;
    } while (status != OB_E_NOT_FOUND);
    ck_assert_uint_gt(n, 10);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, recovery__elsewhere_gives_the_same_tree);
    tcase_add_test(cases, recovery__in_place_with_the_passphrase);
    tcase_add_test(cases, recovery__what_is_wrong_is_told_at_once);
    tcase_add_test(cases, recovery__an_item_that_is_not_there_fails_the_job);
    tcase_add_test(cases, recovery__what_existed_is_told);
    tcase_add_test(cases, recovery__memory_runs_out_before_it_starts);
}

OB_TEST_MAIN("recovery", add_cases)
