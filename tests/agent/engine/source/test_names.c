#include "source/names.h"

#include "ob/test.h"

#include <string.h>

static ob_dir *open_dir(const ob_fs *fs, const char *path)
{
    ob_dir *dir = NULL;
    ob_check_ok(fs->dir_open(fs, NULL, path, &dir));
    return dir;
}

START_TEST(names__sorted_with_their_types)
{
    static const char *const sorted[] = {"+", "B", "a", "a-b", "a.b", "ab", "\xC3\xA4"};
    static const int order[] = {3, 0, 6, 2, 5, 1, 4};
    const char *base = ob_test_temp();
    const ob_fs *fs = ob_fs_os();
    for (size_t i = 0; i < 7; i++) {
        ob_test_write_text(ob_test_path(base, sorted[order[i]]), "x");
    }
    ob_check_ok(ob_fs_make_dirs(fs, ob_test_path(base, "a0"), false));
    ob_names names = {0};
    ob_status listing = OB_E_UNEXPECTED;
    ob_dir *dir = open_dir(fs, base);
    ob_check_ok(ob_names_read(&names, fs, dir, &listing));
    ob_check_ok(listing);
    ck_assert_uint_eq(names.count, 8);
    for (size_t i = 0, j = 0; i < names.count; i++) {
        bool folder = strcmp(names.names[i], "a0") == 0;
        ob_file_type type = ob_names_type(names.names[i]);
        ck_assert(type == 0 || type == (folder ? OB_FILE_DIR : OB_FILE_REGULAR));
        ck_assert(i == 0 || strcmp(names.names[i - 1], names.names[i]) < 0);
        ck_assert(folder || strcmp(names.names[i], sorted[j++]) == 0);
    }
    ck_assert(ob_names_has(&names, names.names[0]) && ob_names_has(&names, names.names[7]));
    ck_assert(!ob_names_has(&names, "none"));
    ob_names_free(&names);
    fs->dir_close(fs, dir);
}
END_TEST

START_TEST(names__of_an_empty_folder)
{
    const ob_fs *fs = ob_fs_os();
    ob_names names = {0};
    ob_status listing = OB_E_UNEXPECTED;
    ob_dir *dir = open_dir(fs, ob_test_temp());
    ob_check_ok(ob_names_read(&names, fs, dir, &listing));
    ob_check_ok(listing);
    ck_assert_uint_eq(names.count, 0);
    ck_assert(!ob_names_has(&names, "none"));
    ob_names_free(&names);
    fs->dir_close(fs, dir);
}
END_TEST

START_TEST(names__those_before_a_failure_are_kept)
{
    const char *base = ob_test_temp();
    ob_test_fs failing;
    ob_status listing = OB_OK;
    for (int i = 0; i < 9; i++) {
        ob_test_write_text(ob_test_path(base, ob_test_format("%d", i)), "x");
    }
    ob_test_fs_init(&failing, ob_fs_os());
    ob_dir *dir = open_dir(&failing.fs, base);
    ob_names names = {0};
    ob_test_fs_fail(&failing, 5, false);
    ob_check_ok(ob_names_read(&names, &failing.fs, dir, &listing));
    ob_check_status(listing, OB_E_IO);
    ck_assert_uint_eq(names.count, 4);
    ob_names_free(&names);
    failing.fs.dir_close(&failing.fs, dir);
}
END_TEST

START_TEST(names__memory_that_runs_out)
{
    const char *base = ob_test_temp();
    const ob_fs *fs = ob_fs_os();
    bool hit = true;
    for (int i = 0; i < 40; i++) {
        ob_test_write_text(ob_test_path(base, ob_test_format("%d", i)), "x");
    }
    for (uint64_t n = 1; hit; n++) {
        ob_names names = {0};
        ob_status listing = OB_OK;
        ob_dir *dir = NULL;
        ob_test_alloc_begin(n, false);
        ob_status status = fs->dir_open(fs, NULL, base, &dir);
        if (status == OB_OK) {
            status = ob_names_read(&names, fs, dir, &listing);
        }
        ob_names_free(&names);
        fs->dir_close(fs, dir);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, names__sorted_with_their_types);
    tcase_add_test(cases, names__of_an_empty_folder);
    tcase_add_test(cases, names__those_before_a_failure_are_kept);
    tcase_add_test(cases, names__memory_that_runs_out);
}

OB_TEST_MAIN("source_names", add_cases)
