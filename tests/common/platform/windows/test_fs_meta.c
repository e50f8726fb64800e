#include "ob/fs.h"
#include "ob/test.h"

#include <windows.h>

#define SECOND INT64_C(1000000000)

START_TEST(windows_fs_meta__attributes)
{
    static const DWORD attributes[] = {FILE_ATTRIBUTE_READONLY, FILE_ATTRIBUTE_HIDDEN,
                                       FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_HIDDEN, 0};
    const DWORD watched = FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM;
    const ob_fs *fs = ob_fs_os();
    const char *path = ob_test_path(ob_test_temp(), "file");
    ob_file_info info;
    ob_test_write_text(path, "x");
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
        ob_check_ok(fs->stat(fs, NULL, path, &info));
        int64_t before = info.mtime;
        info.attributes = attributes[i] | FILE_ATTRIBUTE_COMPRESSED; /* not ours to set so */
        ob_check_ok(fs->set_meta(fs, NULL, path, &info, OB_META_ATTRIBUTES));
        ob_check_ok(fs->stat(fs, NULL, path, &info));
        ck_assert_uint_eq(info.attributes & watched, attributes[i]);
        ck_assert_int_eq(info.mtime, before);
        ck_assert_uint_eq(info.attributes & FILE_ATTRIBUTE_COMPRESSED, 0);
    }
}
END_TEST

START_TEST(windows_fs_meta__what_posix_has_is_passed_over)
{
    const ob_fs *fs = ob_fs_os();
    const char *path = ob_test_path(ob_test_temp(), "file");
    ob_file_info info;
    ob_test_write_text(path, "x");
    ob_check_ok(fs->stat(fs, NULL, path, &info));
    ck_assert(info.mode == 0 && info.uid == 0 && info.gid == 0);
    info.mode = 0;
    info.uid = 1000;
    ob_check_ok(fs->set_meta(fs, NULL, path, &info, OB_META_MODE | OB_META_OWNER));
}
END_TEST

START_TEST(windows_fs_meta__far_times)
{
    const ob_fs *fs = ob_fs_os();
    const char *path = ob_test_path(ob_test_temp(), "file");
    ob_file_info info;
    ob_test_write_text(path, "x");
    ob_check_ok(fs->stat(fs, NULL, path, &info));
    /* Before 1601, when Windows begins: the earliest there is, and not "leave it". The disk may
     * know 1901 only. */
    info.mtime = INT64_MIN;
    info.atime = 0;
    ob_check_ok(fs->set_meta(fs, NULL, path, &info, OB_META_TIMES));
    ob_check_ok(fs->stat(fs, NULL, path, &info));
    ck_assert_int_lt(info.mtime, -INT64_C(2000000000) * SECOND);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, windows_fs_meta__attributes);
    tcase_add_test(cases, windows_fs_meta__what_posix_has_is_passed_over);
    tcase_add_test(cases, windows_fs_meta__far_times);
}

OB_TEST_MAIN("windows_fs_meta", add_cases)
