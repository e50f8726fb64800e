#include "work.h"

#include "host_fixture.h"
#include "job_fixture.h"
#include "ob/json.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

static ob_test_host fixture;
static const char *files;

static ob_test_seen back_up(void)
{
    ob_guid job;
    ob_check_ok(ob_backup_start(fixture.jobs, &fixture.host, "", 0, &job));
    ob_test_seen seen = ob_test_wait_end(fixture.jobs, &job);
    ck_assert_int_eq(seen.facts.status, OB_OK);
    return seen;
}

/* A tree, backed up once. */
static void setup(void)
{
    ob_test_rng rng = ob_test_rng_new(3);
    files = ob_test_path(ob_test_temp(), "files");
    ob_test_tree_make(files, &rng, 20);
    ob_test_host_ready(&fixture, files);
    back_up();
}

static void teardown(void)
{
    ob_test_host_close(&fixture);
}

static ob_status start(const char *options, ob_guid *job)
{
    return ob_verify_start(fixture.jobs, &fixture.host, options, strlen(options), job);
}

static ob_test_seen run_to_end(const char *options)
{
    ob_guid job;
    ob_check_ok(start(options, &job));
    return ob_test_wait_end(fixture.jobs, &job);
}

/* A number of the member "verify". */
static int number(const ob_test_seen *seen, const char *name)
{
    cJSON *json = NULL;
    ob_check_ok(ob_json_parse(&json, seen->detail, strlen(seen->detail)));
    const cJSON *verify = cJSON_GetObjectItemCaseSensitive(json, "verify");
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(verify, name);
    ck_assert_msg(cJSON_IsNumber(member), "%s: %s", name, seen->detail);
    int value = member->valueint;
    ob_json_free(json);
    return value;
}

/* The largest file of the machine's packs. */
static const char *find_pack(void)
{
    const ob_fs *fs = ob_fs_os();
    const char *found = NULL;
    uint64_t largest = 0;
    for (unsigned shard = 0; shard < 256; shard++) {
        ob_dir *dir = NULL;
        ob_dir_entry entry;
        const char *folder = vault_fixture_path(&fixture.vault, ob_test_format("pack/%02x", shard));
        ob_check_ok(fs->dir_open(fs, NULL, folder, &dir));
        while (fs->dir_read(fs, dir, &entry) == OB_OK && entry.name != NULL) {
            ob_file_info info;
            const char *path = ob_test_path(folder, entry.name);
            ob_check_ok(fs->stat(fs, NULL, path, &info));
            found = info.size > largest ? path : found;
            largest = info.size > largest ? info.size : largest;
        }
        fs->dir_close(fs, dir);
    }
    ck_assert_ptr_nonnull(found);
    return found;
}

START_TEST(verify__a_sound_vault)
{
    static const char *const depths[] = {"structure", "hashes", "full"};
    for (size_t i = 0; i < 3; i++) {
        ob_test_seen seen = run_to_end(ob_test_format("{\"depth\":\"%s\"}", depths[i]));
        ck_assert_int_eq(seen.facts.type, OB_RUN_VERIFY);
        ck_assert_msg(seen.facts.state == OB_RUN_COMPLETED, "%s", seen.detail);
        ck_assert_int_eq(number(&seen, "objects_damaged"), 0);
        ck_assert_int_eq(number(&seen, "points"), 1);
        ck_assert_int_eq(number(&seen, "packs_read"), number(&seen, "packs"));
        ck_assert_int_gt((int)seen.facts.files_done, 20);
        ck_assert_int_eq(number(&seen, "chunks_checked") > 0, i == 2);
        ck_assert_int_eq(seen.facts.bytes_done > 0, i > 0);
    }
    ob_test_seen seen = run_to_end("");
    ck_assert_ptr_nonnull(strstr(seen.detail, "\"depth\":\"hashes\""));
}
END_TEST

/* What it finds ends in the job's record, and the next backup makes up for it. */
START_TEST(verify__damage_is_told_and_made_up_for)
{
    const char *pack = find_pack();
    ob_test_flip_byte(pack, 100);
    ob_test_seen seen = run_to_end("{\"depth\":\"full\"}");
    ck_assert_int_eq(seen.facts.state, OB_RUN_COMPLETED_WITH_WARNINGS);
    ck_assert_int_eq(number(&seen, "objects_damaged"), 1);
    ck_assert_int_eq(number(&seen, "chunks_remembered"), 1);
    ck_assert_int_ge(number(&seen, "files_hit"), 1);
    ck_assert_int_ge((int)seen.facts.files_failed, 1);
    ck_assert_ptr_nonnull(strstr(seen.detail, "\"damaged\":{\"changed\":1}"));
    ck_assert_ptr_nonnull(strstr(seen.detail, strrchr(pack, 'k') != NULL ? "pack/" : ""));
    ck_assert_ptr_nonnull(strstr(seen.detail, "files/"));
    ob_test_seen backup = back_up();
    ck_assert_int_gt((int)backup.facts.bytes_stored, 0);
    seen = run_to_end("{\"depth\":\"full\"}");
    ck_assert_int_eq(number(&seen, "objects_damaged"), 1);
    ck_assert_int_eq(number(&seen, "files_hit"), 0);
    ck_assert_int_eq(number(&seen, "chunks_remembered"), 0);
}
END_TEST

/* Runs in a row go round. */
START_TEST(verify__samples_go_round)
{
    for (unsigned i = 0; i < 4; i++) {
        ob_test_write_text(ob_test_path(files, "more"), ob_test_format("%u", i));
        back_up();
    }
    int read = 0;
    int packs = 0;
    for (int i = 0; i < 4; i++) {
        ob_test_seen seen = run_to_end("{\"depth\":\"structure\",\"sample\":25}");
        read += number(&seen, "packs_read");
        packs = number(&seen, "packs");
        ck_assert_int_eq(number(&seen, "sample"), 25);
    }
    ck_assert_int_eq(read, packs);
}
END_TEST

START_TEST(verify__what_is_refused)
{
    static const char *const options[] = {"{\"depth\":\"deep\"}", "{\"sample\":0}",
                                          "{\"sample\":101}", "{\"sample\":\"10\"}"};
    ob_guid job = {{0}};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        ob_check_status(start(options[i], &job), OB_E_INVALID_ARGUMENT);
    }
    ob_check_status(start("{\"turn\":1}", &job), OB_E_UNKNOWN_FIELD);
    ob_check_status(start("[", &job), OB_E_SYNTAX);
    ob_check_ok(ob_fs_os()->rename(ob_fs_os(), NULL, fixture.vault.folder, NULL,
                                   ob_test_format("%s-away", fixture.vault.folder)));
    ob_guid started = {{0}};
    ob_status status = start("{}", &started);
    if (status == OB_OK) {
        status = ob_test_wait_end(fixture.jobs, &started).facts.status;
    }
    ob_check_status(status, OB_E_VAULT_UNREACHABLE);
}
END_TEST

START_TEST(verify__without_memory)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n += 1 + n / 8) {
        ob_guid job;
        ob_test_alloc_begin(n, false);
        ob_status status = start("{\"depth\":\"structure\"}", &job);
        hit = ob_test_alloc_end();
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
        if (status == OB_OK) {
            ob_test_wait_end(fixture.jobs, &job);
        }
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 120);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, verify__a_sound_vault);
    tcase_add_test(cases, verify__damage_is_told_and_made_up_for);
    tcase_add_test(cases, verify__samples_go_round);
    tcase_add_test(cases, verify__what_is_refused);
    tcase_add_test(cases, verify__without_memory);
}

OB_TEST_MAIN("verify", add_cases)
