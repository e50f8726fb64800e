#include "failed_log.h"

#include "ob/test.h"

#include <string.h>

#define NOW (INT64_C(1769860800) * 1000000000)

static const ob_guid job = {{0xAB, 1}};

static const char *read_text(const char *path)
{
    size_t length = 0;
    return (const char *)ob_test_read_file(path, &length);
}

START_TEST(failed_log__has_a_line_a_file)
{
    ob_failed_log log;
    const char *dir = ob_test_temp();
    const char *path =
        ob_test_path(dir, "failed-2026-01-31T12-00-00Z-ab010000-0000-0000-0000-000000000000.log");
    ob_check_ok(ob_failed_log_init(&log, ob_fs_os(), dir, NOW, &job));
    ck_assert_str_eq(log.path, path);
    ck_assert(!ob_test_exists(path));
    ob_failed_log_add(&log, OB_E_ACCESS_DENIED, "/a\nb\xFF", "open: no");
    ob_failed_log_add(&log, OB_E_IO, "/c\td", "a\nb");
    ob_failed_log_finish(&log);
    ob_check_ok(log.status);
    ck_assert_str_eq(read_text(path), "OB_E_ACCESS_DENIED\t/a\\nb\\xff\topen: no\n"
                                      "OB_E_IO\t/c\\x09d\ta\\nb\n");
    ob_failed_log_free(&log);
    ob_failed_log_free(&log);
}
END_TEST

START_TEST(failed_log__without_failures_there_is_none)
{
    ob_failed_log log;
    const char *dir = ob_test_temp();
    ob_check_ok(ob_failed_log_init(&log, ob_fs_os(), dir, NOW, &job));
    const char *path = ob_test_format("%s", log.path);
    ob_failed_log_finish(&log);
    ob_failed_log_free(&log);
    ck_assert(!ob_test_exists(path));
}
END_TEST

START_TEST(failed_log__says_when_it_cannot_be_written)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_failed_log log;
        ob_test_fs fs;
        ob_test_fs_init(&fs, ob_fs_os());
        ob_check_ok(ob_failed_log_init(&log, &fs.fs, ob_test_temp(), NOW, &job));
        ob_test_fs_fail(&fs, n, true);
        ob_failed_log_add(&log, OB_E_IO, "/a", "x");
        ob_failed_log_add(&log, OB_E_IO, "/b", "x");
        ob_failed_log_finish(&log);
        hit = fs.hit;
        ck_assert_int_eq(log.status, hit ? OB_E_IO : OB_OK);
        ob_failed_log_free(&log);
    }
}
END_TEST

START_TEST(failed_log__keeps_the_newest)
{
    const char *dir = ob_test_temp();
    for (int i = 0; i < 8; i++) {
        ob_failed_log log;
        ob_guid id = {{(uint8_t)(200 - i)}};
        ob_check_ok(ob_failed_log_init(&log, ob_fs_os(), dir, NOW + i * INT64_C(60000000000), &id));
        ob_failed_log_add(&log, OB_E_IO, "/a", "");
        ob_failed_log_free(&log);
    }
    ob_test_write_text(ob_test_path(dir, "obagent.log"), "x");
    ob_test_write_text(ob_test_path(dir, "failed-note.txt"), "x");
    ob_check_ok(ob_failed_log_prune(ob_fs_os(), dir, 3));
    ck_assert(ob_test_exists(ob_test_path(dir, "obagent.log")));
    ck_assert(ob_test_exists(ob_test_path(dir, "failed-note.txt")));
    for (int i = 0; i < 8; i++) {
        const char *name = ob_test_format(
            "failed-2026-01-31T12-%02d-00Z-%02x000000-0000-0000-0000-000000000000.log", i, 200 - i);
        ck_assert_int_eq(ob_test_exists(ob_test_path(dir, name)), i >= 5);
    }
    ob_check_ok(ob_failed_log_prune(ob_fs_os(), dir, 3));
}
END_TEST

START_TEST(failed_log__pruning_reports_what_fails)
{
    const char *dir = ob_test_temp();
    ob_test_write_text(ob_test_path(dir, "failed-1-2.log"), "x");
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_test_fs fs;
        ob_test_fs_init(&fs, ob_fs_os());
        ob_test_fs_fail(&fs, n, false);
        ob_status status = ob_failed_log_prune(&fs.fs, dir, 0);
        hit = fs.hit;
        ob_check_status(status, hit ? OB_E_IO : OB_OK);
    }
    ob_check_status(ob_failed_log_prune(ob_fs_os(), ob_test_path(dir, "none"), 0), OB_E_NOT_FOUND);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, failed_log__has_a_line_a_file);
    tcase_add_test(cases, failed_log__without_failures_there_is_none);
    tcase_add_test(cases, failed_log__says_when_it_cannot_be_written);
    tcase_add_test(cases, failed_log__keeps_the_newest);
    tcase_add_test(cases, failed_log__pruning_reports_what_fails);
}

OB_TEST_MAIN("failed_log", add_cases)
