#include "work.h"

#include "host_fixture.h"
#include "job_fixture.h"
#include "source.h"

#include <string.h>

static ob_test_host fixture;
static const char *files;

static void setup(void)
{
    ob_test_rng rng = ob_test_rng_new(1);
    files = ob_test_path(ob_test_temp(), "files");
    ob_test_tree_make(files, &rng, 20);
    ob_test_host_ready(&fixture, files);
}

static void teardown(void)
{
    ob_test_host_close(&fixture);
}

static ob_status start(const char *options, ob_guid *job)
{
    return ob_backup_start(fixture.jobs, &fixture.host, options, strlen(options), job);
}

static ob_test_seen run_to_end(const char *options)
{
    ob_guid job;
    ob_check_ok(start(options, &job));
    return ob_test_wait_end(fixture.jobs, &job);
}

static bool has(const ob_test_seen *seen, const char *text)
{
    return strstr(seen->detail, text) != NULL;
}

START_TEST(backup__makes_a_point_and_then_the_next)
{
    ob_test_seen first = run_to_end("");
    ck_assert_msg(first.facts.status == OB_OK, "%s", first.detail);
    ck_assert_int_eq(first.facts.type, OB_RUN_BACKUP);
    ck_assert_int_gt(first.facts.files_done, 20);
    ck_assert_int_gt(first.facts.bytes_changed, 0);
    ck_assert_int_gt(first.facts.bytes_stored, 0);
    ck_assert_int_eq(first.facts.bytes_done, first.facts.bytes_total);
    ck_assert(has(&first, "\"policy\":\"default\""));
    ck_assert(has(&first, "\"incremental\":false"));
    ck_assert(has(&first, "\"point\":\""));
    ck_assert(has(&first, "\"sources\":[{\"id\":"));
    ob_test_seen second = run_to_end("{\"policy\":\"default\"}");
    ck_assert_int_eq(second.facts.status, OB_OK);
    ck_assert(has(&second, "\"incremental\":true"));
    ck_assert_int_eq(second.facts.files_total, first.facts.files_total);
    ck_assert_int_lt(second.facts.bytes_stored, first.facts.bytes_stored / 10);
}
END_TEST

START_TEST(backup__what_is_wrong_is_told_at_once)
{
    static const struct {
        const char *options;
        ob_status status;
        const char *detail;
    } rows[] = {
        {"{", OB_E_SYNTAX, ""},
        {"{\"when\":1}", OB_E_UNKNOWN_FIELD, "backup.when"},
        {"{\"policy\":\"other\"}", OB_E_NO_POLICY, "other"},
        {"{\"sources\":\"C\"}", OB_E_INVALID_ARGUMENT, "backup.sources must be a list"},
        {"{\"sources\":[7]}", OB_E_INVALID_ARGUMENT, "backup.sources"},
        {"{\"sources\":[\"Q:\\\\\"]}", OB_E_INVALID_ARGUMENT, "is no data source of the policy"},
    };
    ob_guid job = {{0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ob_check_status(start(rows[i].options, &job), rows[i].status);
        ob_check_detail(rows[i].detail);
    }
    ck_assert(ob_guid_is_zero(&job));
    ob_check_ok(ob_fs_os()->remove_file(ob_fs_os(), NULL, fixture.host.keys_path));
    ob_check_status(start("{}", &job), OB_E_PASSPHRASE_NOT_SET);
}
END_TEST

START_TEST(backup__not_registered)
{
    ob_guid job = {{0}};
    ob_test_host_close(&fixture);
    ob_test_host_open(&fixture);
    ob_check_status(start("{}", &job), OB_E_NOT_REGISTERED);
}
END_TEST

START_TEST(backup__of_chosen_sources)
{
    char *root = NULL;
    ob_check_ok(ob_source_of_path(files, fixture.host.windows, &root));
    ob_test_seen seen = run_to_end(ob_test_format("{\"sources\":[%s]}", ob_test_quoted(root)));
    ck_assert_int_eq(seen.facts.status, OB_OK);
    ob_free(root);
}
END_TEST

START_TEST(backup__a_file_that_is_not_there_is_named)
{
    const char *gone = ob_test_path(files, "gone");
    ob_test_host_set_policy(&fixture,
                            ob_test_format("{\"files\":[{\"path\":%s},{\"path\":%s}]}",
                                           ob_test_quoted(ob_test_path(files, "none.txt")),
                                           ob_test_quoted(gone)));
    ob_test_write_text(ob_test_path(files, "none.txt"), "x");
    ob_test_seen seen = run_to_end("{}");
    ck_assert_int_eq(seen.facts.state, OB_RUN_COMPLETED_WITH_WARNINGS);
    ck_assert_int_eq(seen.facts.files_failed, 1);
    ck_assert(has(&seen, "\"symbol\":\"OB_E_NOT_FOUND\""));
    ck_assert(has(&seen, "\"failed_log\":\"/") || fixture.host.windows);
}
END_TEST

START_TEST(backup__of_nothing)
{
    ob_test_host_set_policy(&fixture, ob_test_format("{\"files\":[{\"path\":%s}]}",
                                                     ob_test_quoted(ob_test_path(files, "gone"))));
    ob_test_seen seen = run_to_end("{}");
    ck_assert_int_eq(seen.facts.state, OB_RUN_FAILED);
    ck_assert_int_eq(seen.facts.status, OB_E_NOTHING_TO_BACK_UP);
}
END_TEST

START_TEST(backup__the_vault_away_fails_the_job)
{
    ob_check_ok(ob_fs_remove_tree(ob_fs_os(), fixture.vault.folder));
    ob_test_seen seen = run_to_end("{}");
    ck_assert_int_eq(seen.facts.state, OB_RUN_FAILED);
    ck_assert_int_eq(seen.facts.status, OB_E_VAULT_UNREACHABLE);
    ck_assert(has(&seen, "OB_E_VAULT_UNREACHABLE"));
}
END_TEST

START_TEST(backup__leaves_out_the_vault_and_its_own_state)
{
    ob_test_host_set_policy(
        &fixture, ob_test_format("{\"files\":[{\"path\":%s},{\"path\":%s},{\"path\":%s}]}",
                                 ob_test_quoted(files), ob_test_quoted(fixture.dir),
                                 ob_test_quoted(fixture.vault.folder)));
    ob_test_seen first = run_to_end("{}");
    ob_test_seen second = run_to_end("{}");
    ck_assert_int_eq(first.facts.files_total, second.facts.files_total);
    ck_assert_int_eq(first.facts.bytes_total, second.facts.bytes_total);
}
END_TEST

/* Both hooks write to a file: the one before ends with `before`, the one after with `after`. */
static const char *set_hooks(int before, int after)
{
    const char *mark = ob_test_path(fixture.dir, "mark");
    const char *scripts[2];
    for (int i = 0; i < 2; i++) {
        const char *name = i == 0 ? "before" : "after";
        int code = i == 0 ? before : after;
        scripts[i] = ob_test_script_json(
            ob_test_format("echo %s $OB_STATUS. >> '%s'; exit %d", name, mark, code),
            ob_test_format("echo %s %%OB_STATUS%%.>>%s& exit %d", name, mark, code));
    }
    ob_test_host_set_policy(&fixture,
                            ob_test_format("{\"files\":[{\"path\":%s}],\"hooks\":{\"before\":"
                                           "{\"command\":%s},\"after\":{\"command\":%s}}}",
                                           ob_test_quoted(files), scripts[0], scripts[1]));
    return mark;
}

static const char *text_of(const char *path)
{
    size_t length = 0;
    return (const char *)ob_test_read_file(path, &length);
}

START_TEST(backup__between_its_hooks)
{
    const char *mark = set_hooks(0, 0);
    ob_test_seen seen = run_to_end("{}");
    ck_assert_msg(seen.facts.state == OB_RUN_COMPLETED || fixture.host.windows, "%s", seen.detail);
    ck_assert_ptr_nonnull(strstr(text_of(mark), "before "));
    ck_assert_ptr_nonnull(strstr(text_of(mark), "after OB_OK."));
    /* That the one after fails is a warning: the point is made. */
    set_hooks(0, 4);
    seen = run_to_end("{}");
    ck_assert_int_eq(seen.facts.state, OB_RUN_COMPLETED_WITH_WARNINGS);
    ck_assert(has(&seen, "\"symbol\":\"OB_E_COMMAND_FAILED\""));
    ck_assert(has(&seen, "\"point\":\""));
}
END_TEST

START_TEST(backup__not_without_what_comes_before)
{
    const char *mark = set_hooks(9, 0);
    ob_test_seen seen = run_to_end("{}");
    ck_assert_int_eq(seen.facts.state, OB_RUN_FAILED);
    ck_assert_int_eq(seen.facts.status, OB_E_COMMAND_FAILED);
    ck_assert(has(&seen, "ended with 9"));
    ck_assert(!has(&seen, "\"point\":\""));
    ck_assert_ptr_nonnull(strstr(text_of(mark), "after OB_E_COMMAND_FAILED."));
}
END_TEST

START_TEST(backup__of_what_commands_say)
{
    const char *good = ob_test_script_json("printf 'a dump of '$OB_POLICY", "echo a dump");
    const char *bad =
        ob_test_script_json("echo half; echo why >&2; exit 3", "echo half& echo why>&2& exit 3");
    ob_test_host_set_policy(&fixture, ob_test_format("{\"files\":[{\"path\":%s}],\"commands\":["
                                                     "{\"name\":\"good\",\"command\":%s},"
                                                     "{\"name\":\"bad\",\"command\":%s}]}",
                                                     ob_test_quoted(files), good, bad));
    ob_test_seen seen = run_to_end("{}");
    ck_assert_int_eq(seen.facts.state, OB_RUN_COMPLETED_WITH_WARNINGS);
    ck_assert_int_eq(seen.facts.files_failed, 1);
    ck_assert(has(&seen, "\"path\":\"commands/bad\",\"symbol\":\"OB_E_COMMAND_FAILED\""));
    ck_assert(has(&seen, "ended with 3: why"));
    ck_assert(has(&seen, "\"point\":\""));
}
END_TEST

START_TEST(backup__memory_runs_out_before_it_starts)
{
    ob_status status = OB_OK;
    uint64_t n = 1;
    do {
        ob_guid job;
        ob_test_alloc_begin(n, false);
        status = start("{\"policy\":\"none\"}", &job);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        ob_test_alloc_end();
        ck_assert(status == OB_E_NO_MEMORY || status == OB_E_NO_POLICY);
        n++;
    } while (status != OB_E_NO_POLICY);
    ck_assert_uint_gt(n, 10);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, backup__makes_a_point_and_then_the_next);
    tcase_add_test(cases, backup__what_is_wrong_is_told_at_once);
    tcase_add_test(cases, backup__not_registered);
    tcase_add_test(cases, backup__of_chosen_sources);
    tcase_add_test(cases, backup__a_file_that_is_not_there_is_named);
    tcase_add_test(cases, backup__of_nothing);
    tcase_add_test(cases, backup__the_vault_away_fails_the_job);
    tcase_add_test(cases, backup__leaves_out_the_vault_and_its_own_state);
    tcase_add_test(cases, backup__between_its_hooks);
    tcase_add_test(cases, backup__not_without_what_comes_before);
    tcase_add_test(cases, backup__of_what_commands_say);
    tcase_add_test(cases, backup__memory_runs_out_before_it_starts);
}

OB_TEST_MAIN("backup", add_cases)
