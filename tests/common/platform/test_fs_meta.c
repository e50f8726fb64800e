#include "ob/fs.h"
#include "ob/test.h"

#define SECOND INT64_C(1000000000)

static ob_file_info stat_of(const char *path)
{
    const ob_fs *fs = ob_fs_os();
    ob_file_info info;
    ob_check_ok(fs->stat(fs, NULL, path, &info));
    return info;
}

START_TEST(fs_meta__stat)
{
    const ob_fs *fs = ob_fs_os();
    const char *dir = ob_test_temp();
    const char *path = ob_test_path(dir, "file");
    ob_file *file = NULL;
    ob_file_info opened;
    int64_t now = ob_clock_os()->now(ob_clock_os());
    ob_check_status(fs->stat(fs, NULL, path, &opened), OB_E_NOT_FOUND);
    ob_test_write_text(path, "12345");
    ob_file_info info = stat_of(path);
    ck_assert_int_eq(info.type, OB_FILE_REGULAR);
    ck_assert(info.size == 5 && info.links == 1 && info.file_id != 0);
    ck_assert(info.mtime > now - 60 * SECOND && info.mtime < now + 60 * SECOND);
    ck_assert(info.ctime > now - 60 * SECOND && info.ctime < now + 60 * SECOND);
    ck_assert(info.btime == 0 || info.btime > now - 60 * SECOND);
    ob_check_ok(fs->open(fs, NULL, path, OB_OPEN_READ, &file));
    ob_check_ok(fs->file_stat(fs, file, &opened));
    fs->close(fs, file);
    ck_assert(opened.file_id == info.file_id && opened.device == info.device);
    ck_assert(opened.mtime == info.mtime && opened.ctime == info.ctime);
    ck_assert(opened.mode == info.mode && opened.attributes == info.attributes);
    ck_assert_int_eq(stat_of(dir).type, OB_FILE_DIR);
    ck_assert_uint_eq(stat_of(dir).device, info.device);
    ck_assert_uint_ne(stat_of(dir).file_id, info.file_id);
}
END_TEST

START_TEST(fs_meta__times)
{
    static const int64_t times[] = {0, 1, 1234567890 * SECOND + 123456700, -5 * SECOND - 100,
                                    INT64_C(4000000000) * SECOND};
    const ob_fs *fs = ob_fs_os();
    const char *dir = ob_test_temp();
    const char *path = ob_test_path(dir, "file");
    ob_test_write_text(path, "x");
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        ob_file_info info = stat_of(path);
        info.mtime = times[i];
        info.atime = times[i] + 7 * SECOND;
        ob_check_ok(fs->set_meta(fs, NULL, path, &info, OB_META_TIMES));
        /* Windows counts in steps of 100 ns. */
        ck_assert_int_eq(stat_of(path).mtime / 100, times[i] / 100);
        ck_assert_int_eq(stat_of(path).atime / 100, (times[i] + 7 * SECOND) / 100);
        info = stat_of(dir);
        info.mtime = times[i];
        ob_check_ok(fs->set_meta(fs, NULL, dir, &info, OB_META_TIMES));
        ck_assert_int_eq(stat_of(dir).mtime / 100, times[i] / 100);
    }
}
END_TEST

START_TEST(fs_meta__ctime_tells_of_changes_that_mtime_hides)
{
    const ob_fs *fs = ob_fs_os();
    const ob_clock *clock = ob_clock_os();
    const char *path = ob_test_path(ob_test_temp(), "file");
    ob_test_write_text(path, "one");
    ob_file_info before = stat_of(path);
    clock->sleep(clock, 50000000);
    ob_test_write_text(path, "two");
    ob_check_ok(fs->set_meta(fs, NULL, path, &before, OB_META_TIMES));
    ob_file_info after = stat_of(path);
    ck_assert_int_eq(after.mtime / 100, before.mtime / 100);
    ck_assert_int_gt(after.ctime, before.ctime);
}
END_TEST

START_TEST(fs_meta__missing)
{
    const ob_fs *fs = ob_fs_os();
    const char *path = ob_test_path(ob_test_temp(), "nothing");
    ob_file_info info = {.type = OB_FILE_REGULAR, .mode = 0600};
    int all = OB_META_MODE | OB_META_OWNER | OB_META_TIMES | OB_META_ATTRIBUTES;
    ob_check_status(fs->set_meta(fs, NULL, path, &info, all), OB_E_NOT_FOUND);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, fs_meta__stat);
    tcase_add_test(cases, fs_meta__times);
    tcase_add_test(cases, fs_meta__ctime_tells_of_changes_that_mtime_hides);
    tcase_add_test(cases, fs_meta__missing);
}

OB_TEST_MAIN("fs_meta", add_cases)
