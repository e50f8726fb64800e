#include "snapshot.h"

#include "host_fixture.h"
#include "job_fixture.h"
#include "ob/host.h"
#include "ob/volumes.h"
#include "work.h"

#include <string.h>

/* A service of snapshots whose only one is a folder made before. */
static struct {
    const char *place; /* NULL: of no volume */
    ob_status begins, ends;
    const char *volume, *warns;
    size_t volumes;
    int held, succeeded, failed;
} fake;

static ob_test_host fixture;
static const char *files, *shadow;

static ob_status fake_begin(const ob_snapshots *self, const char *const *volumes, size_t count,
                            const ob_snapshot_control *control, ob_snapshot **out)
{
    (void)self;
    fake.volumes = count;
    fake.volume = ob_test_format("%s", volumes[0]);
    ck_assert(!control->stopped(control->context));
    if (fake.begins != OB_OK) {
        return ob_fail(fake.begins, "the fake cannot");
    }
    if (fake.warns != NULL) {
        control->warn(control->context, fake.warns, "of a test");
    }
    fake.held++;
    *out = (ob_snapshot *)(void *)&fake;
    return OB_OK;
}

static const char *fake_place(const ob_snapshot *snapshot, size_t volume)
{
    ck_assert_ptr_eq(snapshot, (void *)&fake);
    return volume == 0 ? fake.place : NULL;
}

static ob_status fake_end(ob_snapshot *snapshot, bool succeeded)
{
    ck_assert_ptr_eq(snapshot, (void *)&fake);
    fake.held--;
    fake.succeeded += succeeded;
    fake.failed += !succeeded;
    return fake.ends == OB_OK ? OB_OK : ob_fail(fake.ends, "the fake cannot end");
}

static const ob_snapshots snapshots = {NULL, fake_begin, fake_place, fake_end};

static void setup(void)
{
    char *mount = NULL;
    memset(&fake, 0, sizeof fake);
    const char *base = ob_test_temp();
    files = ob_test_path(base, "files");
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), files, false));
    ob_test_write_text(ob_test_path(files, "now"), "written after the snapshot");
    ob_check_ok(ob_volume_mount_of(files, &mount));
    const char *frozen = ob_test_path(base, "frozen");
    shadow = ob_test_path(frozen, files + strlen(mount));
    ob_free(mount);
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), shadow, false));
    ob_test_write_text(ob_test_path(shadow, "then"), "x");
    ob_test_write_text(ob_test_path(shadow, "too"), "y");
    fake.place = ob_test_path(frozen, "");
    ob_test_host_ready(&fixture, files);
    fixture.host.snapshots = &snapshots;
}

static void teardown(void)
{
    ck_assert_int_eq(fake.held, 0);
    ob_test_host_close(&fixture);
}

static void set_mode(const char *mode)
{
    ob_test_host_set_policy(&fixture, ob_test_format("{\"files\":[{\"path\":%s}],\"snapshot\":"
                                                     "\"%s\"}",
                                                     ob_test_quoted(files), mode));
}

static ob_test_seen run_to_end(void)
{
    ob_guid job;
    ob_check_ok(ob_backup_start(fixture.jobs, &fixture.host, "{}", 2, &job));
    return ob_test_wait_end(fixture.jobs, &job);
}

static void check_has(const ob_test_seen *seen, const char *text)
{
    ck_assert_msg(strstr(seen->detail, text) != NULL, "%s", seen->detail);
}

static size_t folders_above(void)
{
    size_t count = 0;
    for (const char *c = files; *c != '\0'; c++) {
        count += *c == '/' || *c == '\\';
    }
    return count + (strcmp(ob_host_platform(), "windows") == 0 ? 1 : 0);
}

/* As many files as there are in the snapshot, or now; the folders above count too. */
static void check_files(const ob_test_seen *seen, size_t count)
{
    ck_assert_msg(seen->facts.status == OB_OK, "%s", seen->detail);
    ck_assert_uint_eq((uint64_t)seen->facts.files_total, folders_above() + count);
}

START_TEST(snapshot__is_read_from)
{
    ob_test_seen seen = run_to_end();
    check_files(&seen, 2);
    ck_assert_int_eq(seen.facts.state, OB_RUN_COMPLETED);
    ck_assert_uint_eq(fake.volumes, 1);
    ck_assert(strncmp(files, fake.volume, strlen(fake.volume)) == 0);
    ck_assert_int_eq(fake.succeeded, 1);
    seen = run_to_end();
    check_files(&seen, 2);
    check_has(&seen, "\"incremental\":true");
}
END_TEST

START_TEST(snapshot__never)
{
    set_mode("never");
    ob_test_seen seen = run_to_end();
    check_files(&seen, 1);
    ck_assert_ptr_null(fake.volume);
}
END_TEST

START_TEST(snapshot__auto_goes_on_without)
{
    fake.begins = OB_E_SNAPSHOT_FAILED;
    ob_test_seen seen = run_to_end();
    check_files(&seen, 1);
    ck_assert_int_eq(seen.facts.state, OB_RUN_COMPLETED_WITH_WARNINGS);
    check_has(&seen, "the fake cannot");
    check_has(&seen, "\"snapshot\"");
    fake.begins = OB_E_NOT_SUPPORTED; /* nothing to wonder about */
    seen = run_to_end();
    check_files(&seen, 1);
    ck_assert_int_eq(seen.facts.state, OB_RUN_COMPLETED);
}
END_TEST

START_TEST(snapshot__required_fails_without)
{
    static const ob_status failures[] = {OB_E_SNAPSHOT_FAILED, OB_E_NOT_SUPPORTED,
                                         OB_E_ACCESS_DENIED, OB_E_TIMEOUT};
    set_mode("required");
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        fake.begins = failures[i];
        ob_test_seen seen = run_to_end();
        ck_assert_int_eq(seen.facts.status, failures[i]);
        check_has(&seen, "the fake cannot");
    }
    fake.begins = OB_OK;
    ob_test_seen seen = run_to_end();
    check_files(&seen, 2);
}
END_TEST

START_TEST(snapshot__required_wants_every_volume)
{
    fake.place = NULL;
    fake.warns = "Q:\\";
    ob_test_seen seen = run_to_end(); /* auto: from the volume itself */
    check_files(&seen, 1);
    ck_assert_int_eq(seen.facts.state, OB_RUN_COMPLETED_WITH_WARNINGS);
    check_has(&seen, "of a test");
    set_mode("required");
    seen = run_to_end();
    ck_assert_int_eq(seen.facts.status, OB_E_SNAPSHOT_FAILED);
    check_has(&seen, "requires a snapshot of");
    ck_assert_int_eq(fake.failed, 1);
}
END_TEST

START_TEST(snapshot__writers_that_fail_are_named)
{
    fake.warns = "VSS writer SqlServerWriter";
    ob_test_seen seen = run_to_end();
    check_files(&seen, 2);
    ck_assert_int_eq(seen.facts.state, OB_RUN_COMPLETED_WITH_WARNINGS);
    check_has(&seen, "VSS writer SqlServerWriter");
}
END_TEST

START_TEST(snapshot__that_does_not_end)
{
    fake.ends = OB_E_TIMEOUT;
    ob_test_seen seen = run_to_end();
    check_files(&seen, 2);
    ck_assert_int_eq(seen.facts.state, OB_RUN_COMPLETED_WITH_WARNINGS);
    check_has(&seen, "the fake cannot end");
}
END_TEST

START_TEST(snapshot__a_backup_that_fails_is_told)
{
    fake.place = ob_test_path(ob_test_temp(), ""); /* nothing in it */
    fake.ends = OB_E_TIMEOUT;
    ob_test_seen seen = run_to_end();
    ck_assert_int_eq(seen.facts.status, OB_E_NOTHING_TO_BACK_UP);
    ck_assert_int_eq(fake.failed, 1);
}
END_TEST

/* As this system has it: none on Linux, a name without a service behind it in Wine. */
START_TEST(snapshot__of_this_system)
{
    fixture.host.snapshots = ob_snapshots_os();
    ob_test_seen seen = run_to_end();
    check_files(&seen, 1);
    set_mode("required");
    seen = run_to_end();
    if (seen.facts.status != OB_OK) {
        ck_assert(seen.facts.status == OB_E_NOT_SUPPORTED ||
                  seen.facts.status == OB_E_SNAPSHOT_FAILED);
        check_has(&seen,
                  strcmp(ob_host_platform(), "windows") == 0 ? "VSS" : "the policy's hooks only");
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, snapshot__is_read_from);
    tcase_add_test(cases, snapshot__never);
    tcase_add_test(cases, snapshot__auto_goes_on_without);
    tcase_add_test(cases, snapshot__required_fails_without);
    tcase_add_test(cases, snapshot__required_wants_every_volume);
    tcase_add_test(cases, snapshot__writers_that_fail_are_named);
    tcase_add_test(cases, snapshot__that_does_not_end);
    tcase_add_test(cases, snapshot__a_backup_that_fails_is_told);
    tcase_add_test(cases, snapshot__of_this_system);
}

OB_TEST_MAIN("snapshot", add_cases)
