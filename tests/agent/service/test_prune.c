#include "prune.h"

#include "host_fixture.h"
#include "job_fixture.h"
#include "ob/json.h"

#include <cjson/cJSON.h>
#include <string.h>

#define DAY (INT64_C(86400) * 1000000000)

static ob_test_host fixture;
static ob_test_clock clock_of_tests;
static const char *files;

static void setup(void)
{
    files = ob_test_path(ob_test_temp(), "files");
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), files, false));
    ob_test_host_ready(&fixture, files);
    ob_test_clock_init(&clock_of_tests);
    clock_of_tests.now = ob_clock_os()->now(ob_clock_os());
    fixture.host.clock = &clock_of_tests.clock;
}

static void teardown(void)
{
    ob_test_host_close(&fixture);
}

static void set_policy(const char *retention)
{
    ob_test_host_set_policy(&fixture, ob_test_format("{\"files\":[{\"path\":%s}],\"retention\":%s}",
                                                     ob_test_quoted(files), retention));
}

static ob_test_seen back_up(void)
{
    ob_guid job;
    static unsigned counter;
    clock_of_tests.now += DAY;
    ob_test_write_text(ob_test_path(files, "file"), ob_test_format("content %u", counter++));
    ob_check_ok(ob_backup_start(fixture.jobs, &fixture.host, "", 0, &job));
    ob_test_seen seen = ob_test_wait_end(fixture.jobs, &job);
    ck_assert_msg(seen.facts.status == OB_OK, "%s", seen.detail);
    return seen;
}

static ob_status start(const char *options, ob_guid *job)
{
    return ob_prune_start(fixture.jobs, &fixture.host, options, strlen(options), job);
}

static ob_test_seen prune(const char *options)
{
    ob_guid job;
    ob_check_ok(start(options, &job));
    return ob_test_wait_end(fixture.jobs, &job);
}

/* A number of the job's "prune"; -1 if there is none. */
static int number(const ob_test_seen *seen, const char *name)
{
    cJSON *json = NULL;
    ob_check_ok(ob_json_parse(&json, seen->detail, strlen(seen->detail)));
    const cJSON *all = cJSON_GetObjectItemCaseSensitive(json, "prune");
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(all, name);
    int result = cJSON_IsNumber(value) ? value->valueint : -1;
    ob_json_free(json);
    return result;
}

static const char *point_of(const ob_test_seen *seen)
{
    cJSON *json = NULL;
    ob_check_ok(ob_json_parse(&json, seen->detail, strlen(seen->detail)));
    const char *id =
        ob_test_format("%s", cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "point")));
    ob_json_free(json);
    return id;
}

START_TEST(prune__a_backup_applies_the_retention)
{
    ob_test_seen seen = back_up();
    ck_assert_ptr_null(strstr(seen.detail, "\"prune\"")); /* no policy has any */
    set_policy("{\"days\":2}");
    for (int i = 0; i < 3; i++) {
        seen = back_up();
    }
    ck_assert_int_eq(seen.facts.state, OB_RUN_COMPLETED);
    ck_assert_int_eq(number(&seen, "points_kept"), 3);
    ck_assert_int_eq(number(&seen, "points_marked"), 1);
    seen = back_up();
    ck_assert_int_eq(number(&seen, "points_kept"), 4); /* the vault's clock has not gone on */
    seen = prune("");
    ck_assert_int_eq(seen.facts.type, OB_RUN_PRUNE);
    ck_assert_int_eq(seen.facts.status, OB_OK);
    ck_assert_ptr_nonnull(strstr(seen.detail, "\"retained\""));
}
END_TEST

START_TEST(prune__deletes_and_brings_back_by_name)
{
    ob_test_seen first = back_up();
    back_up();
    const char *id = point_of(&first);
    ob_test_seen seen = prune(ob_test_format("{\"delete\":[\"%s\"],\"dry_run\":true}", id));
    ck_assert_int_eq(number(&seen, "points_marked"), 1);
    ck_assert_ptr_nonnull(strstr(seen.detail, "\"dry_run\":true"));
    seen = prune(ob_test_format("{\"delete\":[\"%s\"]}", id));
    ck_assert_int_eq(number(&seen, "points_marked"), 1);
    seen = prune("{}");
    ck_assert_int_eq(number(&seen, "points_waiting"), 1);
    ck_assert_int_eq(number(&seen, "points_kept"), 1);
    seen = prune(ob_test_format("{\"undelete\":[\"{%s}\"],\"rules\":false}", id));
    ck_assert_int_eq(seen.facts.status, OB_OK);
    ck_assert_int_eq(number(&seen, "points_kept"), -1);
    seen = prune("{}");
    ck_assert_int_eq(number(&seen, "points_kept"), 2);
    seen = prune("{\"delete\":[\"00000000-0000-0000-0000-000000000001\"]}");
    ck_assert_int_eq(seen.facts.status, OB_E_NOT_FOUND);
}
END_TEST

START_TEST(prune__what_is_retained_cannot_be_deleted)
{
    set_policy("{\"days\":30,\"weekly\":{\"weeks\":5}}");
    ob_test_seen seen = back_up();
    seen = prune(ob_test_format("{\"delete\":[\"%s\"]}", point_of(&seen)));
    ck_assert_int_eq(seen.facts.status, OB_E_RETAINED);
    ck_assert_int_eq(seen.facts.state, OB_RUN_FAILED);
}
END_TEST

/* A backup that made its point has not failed, whatever comes after it. */
START_TEST(prune__trouble_is_a_warning_of_the_backup)
{
    set_policy("{\"days\":2}");
    back_up();
    ob_test_flip_byte(vault_fixture_path(&fixture.vault, "holds"), 20);
    ob_test_seen seen = back_up();
    ck_assert_int_eq(seen.facts.state, OB_RUN_COMPLETED_WITH_WARNINGS);
    ck_assert_ptr_nonnull(strstr(seen.detail, "old recovery points"));
}
END_TEST

static void needs_a_registration(void)
{
    ob_test_host other;
    ob_guid job;
    ob_test_host_open(&other);
    ob_check_status(ob_prune_start(other.jobs, &other.host, "", 0, &job), OB_E_NOT_REGISTERED);
    ob_test_host_close(&other);
}

START_TEST(prune__refuses_what_makes_no_sense)
{
    static const char *const bad[] = {
        "{\"delete\":7}",
        "{\"delete\":[7]}",
        "{\"undelete\":[\"x\"]}",
        "{\"dry_run\":1}",
    };
    ob_guid job;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ob_check_status(start(bad[i], &job), OB_E_INVALID_ARGUMENT);
    }
    ob_check_status(start("{\"all\":true}", &job), OB_E_UNKNOWN_FIELD);
    ob_check_status(start("{", &job), OB_E_SYNTAX);
    ob_buf text = {0};
    ob_buf_put_text(&text, "{\"delete\":[");
    for (int i = 0; i < 1001; i++) {
        ob_buf_printf(&text, "%s\"%08d-0000-0000-0000-000000000001\"", i > 0 ? "," : "", i);
    }
    ob_buf_put_text(&text, "]}");
    ob_check_status(ob_prune_start(fixture.jobs, &fixture.host, text.data, text.length, &job),
                    OB_E_INVALID_ARGUMENT);
    ob_buf_free(&text);
    needs_a_registration();
}
END_TEST

START_TEST(prune__memory_runs_out)
{
    bool hit = true;
    set_policy("{\"days\":2}");
    for (uint64_t n = 1; hit && n < 400; n += 1 + n / 8) {
        ob_guid job;
        ob_test_alloc_begin(n, false);
        ob_status status = start("{\"delete\":[\"00000000-0000-0000-0000-000000000001\"]}", &job);
        hit = ob_test_alloc_end();
        ck_assert(status == OB_OK || status == OB_E_NO_MEMORY);
        if (status == OB_OK) {
            ob_test_wait_end(fixture.jobs, &job);
        }
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, prune__a_backup_applies_the_retention);
    tcase_add_test(cases, prune__deletes_and_brings_back_by_name);
    tcase_add_test(cases, prune__what_is_retained_cannot_be_deleted);
    tcase_add_test(cases, prune__trouble_is_a_warning_of_the_backup);
    tcase_add_test(cases, prune__refuses_what_makes_no_sense);
    tcase_add_test(cases, prune__memory_runs_out);
}

OB_TEST_MAIN("service_prune", add_cases)
