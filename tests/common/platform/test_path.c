#include "ob/fs.h"
#include "ob/host.h"
#include "ob/test.h"

#include <stdio.h>
#include <string.h>

static bool is_windows(void)
{
    return strcmp(ob_host_platform(), "windows") == 0;
}

START_TEST(path__join)
{
    const char *separator = is_windows() ? "\\" : "/";
    ck_assert_str_eq(ob_test_path("a", "b"), ob_test_format("a%sb", separator));
    ck_assert_str_eq(ob_test_path("a/", "b"), "a/b");
    ck_assert_str_eq(ob_test_path("/", "b"), "/b");
    ck_assert_str_eq(ob_test_path("", "b"), "b");
    ob_test_alloc_begin(1, false);
    ck_assert_ptr_null(ob_path_join("a", "b"));
    ck_assert(ob_test_alloc_end());
}
END_TEST

START_TEST(path__is_absolute)
{
    ck_assert(!ob_path_is_absolute(""));
    ck_assert(!ob_path_is_absolute("a/b"));
    ck_assert(ob_path_is_absolute("/x") == !is_windows());
    ck_assert(ob_path_is_absolute("C:\\x") == is_windows());
    ck_assert(ob_path_is_absolute("c:/") == is_windows());
    ck_assert(ob_path_is_absolute("\\\\?\\C:\\x") == is_windows());
    ck_assert(ob_path_is_absolute("\\\\server\\share") == is_windows());
    ck_assert(!ob_path_is_absolute("C:x"));
    ck_assert(!ob_path_is_absolute("C:"));
}
END_TEST

START_TEST(path__make_dirs)
{
    const ob_fs *fs = ob_fs_os();
    const char *dir = ob_test_temp();
    const char *deep = ob_test_path(ob_test_path(ob_test_path(dir, "a"), "b"), "c");
    const char *file = ob_test_path(dir, "file");
    ob_check_ok(ob_fs_make_dirs(fs, deep, false));
    ck_assert(ob_test_exists(deep));
    ob_check_ok(ob_fs_make_dirs(fs, deep, true));
    ob_check_ok(ob_fs_make_dirs(fs, ob_test_format("%s//x//y/", dir), false));
    ck_assert(ob_test_exists(ob_test_path(ob_test_path(dir, "x"), "y")));
    ob_test_write_text(file, "");
    ob_check_status(ob_fs_make_dirs(fs, file, false), OB_E_EXISTS);
    ck_assert(OB_FAILED(ob_fs_make_dirs(fs, ob_test_path(file, "under"), false)));
    ck_assert(OB_FAILED(ob_fs_make_dirs(fs, "", false)));
}
END_TEST

START_TEST(path__read_file)
{
    const ob_fs *fs = ob_fs_os();
    const char *path = ob_test_path(ob_test_temp(), "file");
    uint8_t *data = NULL;
    size_t length = 7;
    ob_check_status(ob_fs_read_file(fs, path, 10, &data, &length), OB_E_NOT_FOUND);
    ob_test_write_text(path, "12345");
    ob_check_status(ob_fs_read_file(fs, path, 4, &data, &length), OB_E_TOO_LARGE);
    ck_assert(data == NULL && length == 7);
    ob_check_ok(ob_fs_read_file(fs, path, 5, &data, &length));
    ck_assert_uint_eq(length, 5);
    ck_assert_str_eq((char *)data, "12345");
    ob_free(data);
    ob_test_write_text(path, "");
    ob_check_ok(ob_fs_read_file(fs, path, 0, &data, &length));
    ck_assert_uint_eq(length, 0);
    ob_free(data);
}
END_TEST

static size_t count_names(const char *path)
{
    const ob_fs *fs = ob_fs_os();
    ob_dir *dir = NULL;
    size_t count = 0;
    ob_check_ok(fs->dir_open(fs, NULL, path, &dir));
    for (;;) {
        ob_dir_entry entry;
        ob_check_ok(fs->dir_read(fs, dir, &entry));
        if (entry.name == NULL) {
            break;
        }
        count++;
    }
    fs->dir_close(fs, dir);
    return count;
}

/* Whatever fails, the file has its old or its new bytes, and nothing is left beside it. */
START_TEST(path__replace_file_is_one_step)
{
    ob_test_fs wrapper;
    const char *dir = ob_test_temp();
    const char *path = ob_test_path(dir, "file");
    ob_test_fs_init(&wrapper, ob_fs_os());
    ob_check_ok(ob_fs_replace_file(&wrapper.fs, path, "old", 3, true));
    wrapper.torn = true;
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        size_t length = 0;
        ob_test_fs_fail(&wrapper, n, false);
        ob_status status = ob_fs_replace_file(&wrapper.fs, path, "newer", 5, true);
        hit = wrapper.hit;
        ob_check_status(status, hit ? OB_E_IO : OB_OK);
        const char *text = (const char *)ob_test_read_file(path, &length);
        ck_assert_msg(strcmp(text, "old") == 0 || strcmp(text, "newer") == 0, "%s", text);
        ck_assert(hit || strcmp(text, "newer") == 0);
        ck_assert_uint_eq(count_names(dir), 1);
        ob_test_write_text(path, "old");
    }
}
END_TEST

START_TEST(path__memory_runs_out)
{
    const ob_fs *fs = ob_fs_os();
    const char *dir = ob_test_temp();
    const char *path = ob_test_path(dir, "file");
    const char *top = ob_test_path(dir, "a");
    const char *deep = ob_test_path(top, "b");
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        uint8_t *data = NULL;
        size_t length = 0;
        ob_test_alloc_begin(n, false);
        ob_status status = ob_fs_replace_file(fs, path, "x", 1, false);
        if (status == OB_OK) {
            status = ob_fs_make_dirs(fs, deep, false);
        }
        if (status == OB_OK) {
            status = ob_fs_read_file(fs, path, 10, &data, &length);
        }
        if (status == OB_OK) {
            status = ob_fs_remove_tree(fs, top);
        }
        ob_free(data);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
    ck_assert_uint_eq(count_names(dir), 1);
}
END_TEST

START_TEST(path__remove_tree)
{
    const ob_fs *fs = ob_fs_os();
    const char *dir = ob_test_temp();
    const char *root = ob_test_path(dir, "root");
    ob_test_rng rng = ob_test_rng_new(0x7EE);
    ob_check_ok(ob_fs_remove_tree(fs, root));
    ob_test_tree_make(root, &rng, 60);
    ob_check_ok(ob_fs_remove_tree(fs, root));
    ck_assert(!ob_test_exists(root));
    ob_test_write_text(root, "a file");
    ob_check_ok(ob_fs_remove_tree(fs, root));
    ck_assert(!ob_test_exists(root));
}
END_TEST

START_TEST(path__remove_tree_follows_no_link)
{
    const ob_fs *fs = ob_fs_os();
    const char *dir = ob_test_temp();
    const char *outside = ob_test_path(dir, "outside");
    const char *root = ob_test_path(dir, "root");
    ob_check_ok(ob_fs_make_dirs(fs, outside, false));
    ob_check_ok(ob_fs_make_dirs(fs, root, false));
    ob_test_write_text(ob_test_path(outside, "precious"), "x");
    ob_status status = fs->make_symlink(fs, NULL, ob_test_path(root, "link"), outside, true);
    if (is_windows() && OB_FAILED(status)) {
        return; /* the right to make links is not given to everybody there */
    }
    ob_check_ok(status);
    ob_check_ok(ob_fs_remove_tree(fs, root));
    ck_assert(!ob_test_exists(root));
    ck_assert(ob_test_exists(ob_test_path(outside, "precious")));
}
END_TEST

START_TEST(path__remove_tree_tells_of_failure)
{
    ob_test_fs wrapper;
    const char *root = ob_test_path(ob_test_temp(), "root");
    ob_test_rng rng = ob_test_rng_new(0x7EF);
    ob_test_tree_make(root, &rng, 3);
    ob_test_fs_init(&wrapper, ob_fs_os());
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_test_fs_fail(&wrapper, n, false);
        ob_status status = ob_fs_remove_tree(&wrapper.fs, root);
        hit = wrapper.hit;
        ob_check_status(status, hit ? OB_E_IO : OB_OK);
    }
    ck_assert(!ob_test_exists(root));
}
END_TEST

START_TEST(path__into_a_point)
{
    static const char *const cases[][2] = {{"C:\\a\\b", "C:/a/b"},
                                           {"c:\\", "c:"},
                                           {"C:/a\\b", "C:/a\\b"},
                                           {"a\\b", "a\\b"},
                                           {"1:\\b", "1:\\b"},
                                           {"a/b//", "a/b"},
                                           {"/", "/"},
                                           {"", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char path[16];
        snprintf(path, sizeof path, "%s", cases[i][0]);
        ob_path_into_point(path);
        ck_assert_str_eq(path, cases[i][1]);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, path__join);
    tcase_add_test(cases, path__is_absolute);
    tcase_add_test(cases, path__into_a_point);
    tcase_add_test(cases, path__make_dirs);
    tcase_add_test(cases, path__read_file);
    tcase_add_test(cases, path__replace_file_is_one_step);
    tcase_add_test(cases, path__memory_runs_out);
    tcase_add_test(cases, path__remove_tree);
    tcase_add_test(cases, path__remove_tree_follows_no_link);
    tcase_add_test(cases, path__remove_tree_tells_of_failure);
}

OB_TEST_MAIN("path", add_cases)
