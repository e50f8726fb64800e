#include "source/folder.h"

#include "ob/test.h"

START_TEST(folder__closes_when_the_last_lets_go)
{
    const char *base = ob_test_temp();
    const ob_fs *fs = ob_fs_os();
    ob_folder *folder = NULL;
    ob_folder *inner = NULL;
    ob_file_info info;
    ob_check_ok(ob_fs_make_dirs(fs, ob_test_path(base, "inner"), false));
    ob_test_alloc_begin(0, false);
    ob_check_ok(ob_folder_open(fs, NULL, base, &folder));
    ob_check_ok(ob_folder_open(fs, folder, "inner", &inner));
    ck_assert_ptr_eq(ob_folder_hold(folder), folder);
    ob_folder_drop(folder);
    ob_check_ok(fs->stat(fs, folder->dir, "inner", &info));
    ob_folder_drop(folder);
    ob_folder_drop(inner);
    ck_assert_int_eq(ob_test_alloc_live(), 0);
    ob_test_alloc_end();
    ck_assert_ptr_null(ob_folder_hold(NULL));
    ob_folder_drop(NULL);
}
END_TEST

START_TEST(folder__that_is_none)
{
    const char *base = ob_test_temp();
    ob_folder *folder = NULL;
    ob_check_status(ob_folder_open(ob_fs_os(), NULL, ob_test_path(base, "none"), &folder),
                    OB_E_NOT_FOUND);
    ck_assert_ptr_null(folder);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, folder__closes_when_the_last_lets_go);
    tcase_add_test(cases, folder__that_is_none);
}

OB_TEST_MAIN("source_folder", add_cases)
