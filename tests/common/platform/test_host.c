#include "ob/host.h"
#include "ob/test.h"

#include <string.h>

static bool is_windows(void)
{
    return strcmp(ob_host_platform(), "windows") == 0;
}

static void check_text(ob_status (*get)(char **out))
{
    char *text = NULL;
    ob_check_ok(get(&text));
    ck_assert(text[0] != '\0' && ob_utf8_valid(text, strlen(text)));
    ck_assert_ptr_null(strpbrk(text, "\r\n\""));
    ob_free(text);
    text = NULL;
    ob_test_alloc_begin(1, true);
    ob_status status = get(&text);
    ck_assert(ob_test_alloc_end());
    ob_check_status(status, OB_E_NO_MEMORY);
    ck_assert_ptr_null(text);
}

START_TEST(host__names)
{
    char *name = NULL;
    check_text(ob_host_name);
    check_text(ob_host_system);
    check_text(ob_host_state_dir);
    ob_check_ok(ob_host_name(&name));
    ck_assert_ptr_null(strchr(name, '.'));
    ob_free(name);
    ob_check_ok(ob_host_state_dir(&name));
    ck_assert(ob_path_is_absolute(name));
    ob_free(name);
    ck_assert_uint_ne(ob_host_process_id(), 0);
    ck_assert(is_windows() || ob_host_control_endpoint()[0] == '/');
}
END_TEST

START_TEST(host__random)
{
    uint8_t one[4096] = {0};
    uint8_t two[4096] = {0};
    unsigned ones = 0;
    ob_check_ok(ob_random(one, sizeof one));
    ob_check_ok(ob_random(two, sizeof two));
    ob_check_ok(ob_random(NULL, 0));
    ck_assert(memcmp(one, two, sizeof one) != 0);
    for (size_t i = 0; i < sizeof one; i++) {
        for (int bit = 0; bit < 8; bit++) {
            ones += (unsigned)one[i] >> bit & 1;
        }
    }
    /* 32,768 fair coins: more than 20 standard deviations away is broken. */
    ck_assert(ones > 14500 && ones < 18300);
}
END_TEST

START_TEST(host__environment)
{
    char *value = NULL;
    ob_check_status(ob_host_environment("OB_TEST_NOT_SET_ANYWHERE", &value), OB_E_NOT_FOUND);
    ck_assert_ptr_null(value);
    ob_check_ok(ob_host_environment("PATH", &value));
    ck_assert_str_ne(value, "");
    ob_free(value);
}
END_TEST

static void check_root(const char *path, const char *wanted)
{
    char *root = NULL;
    ob_check_ok(ob_host_volume_root(path, &root));
    ck_assert_str_eq(root, wanted);
    ob_free(root);
}

START_TEST(host__volume_root)
{
    char *root = NULL;
    ob_check_status(ob_host_volume_root("a/b", &root), OB_E_INVALID_ARGUMENT);
    ob_check_status(ob_host_volume_root("", &root), OB_E_INVALID_ARGUMENT);
    ck_assert_ptr_null(root);
    if (is_windows()) {
        check_root("c:/users/x", "C:\\");
        check_root("D:\\", "D:\\");
        check_root("\\\\?\\E:\\x", "E:\\");
        check_root("\\\\server\\share\\dir", "\\\\server\\share\\");
    } else {
        check_root("/", "/");
        check_root("/home/x", "/");
    }
}
END_TEST

static void check_absolute(const char *path, const char *wanted)
{
    char *absolute = NULL;
    ob_check_ok(ob_host_absolute_path(path, &absolute));
    ck_assert_str_eq(absolute, wanted);
    ob_free(absolute);
}

START_TEST(host__absolute_path)
{
    char *current = NULL;
    char *absolute = NULL;
    ob_check_status(ob_host_absolute_path("", &absolute), OB_E_INVALID_ARGUMENT);
    ck_assert_ptr_null(absolute);
    ob_check_ok(ob_host_absolute_path(".", &current));
    ck_assert(ob_path_is_absolute(current));
    ck_assert(ob_test_exists(current));
    check_absolute("a", ob_test_path(current, "a"));
    check_absolute("./a/./b/", ob_test_path(ob_test_path(current, "a"), "b"));
    ob_free(current);
    if (is_windows()) {
        check_absolute("c:/users//x/", "c:\\users\\x");
        check_absolute("C:\\", "C:\\");
        check_absolute("C:\\a\\..\\b\\.", "C:\\b");
        check_absolute("\\\\server\\share\\dir\\", "\\\\server\\share\\dir");
    } else {
        check_absolute("/", "/");
        check_absolute("//a/.//b/", "/a/b");
        check_absolute("/.", "/");
        check_absolute("/a/../b/..", "/a/../b/..");
        check_absolute("/.a/b.", "/.a/b.");
    }
}
END_TEST

/* The test's own folder may be behind a link, so its final path is the measure. */
START_TEST(host__final_path)
{
    const ob_fs *fs = ob_fs_os();
    char *folder = NULL;
    char *final = NULL;
    const char *temp = ob_test_temp();
    const char *deep = ob_test_path(temp, "deep");
    const char *link = ob_test_path(temp, "link");
    ob_check_ok(fs->make_dir(fs, NULL, deep, true));
    ob_test_write_text(ob_test_path(deep, "file"), "x");
    ob_check_ok(ob_host_final_path(temp, &folder));
    ck_assert(ob_path_is_absolute(folder));
    ob_check_ok(ob_host_final_path(ob_test_path(deep, "file"), &final));
    ck_assert_str_eq(final, ob_test_path(ob_test_path(folder, "deep"), "file"));
    ob_free(final);
    final = NULL;
    ob_check_status(ob_host_final_path(ob_test_path(deep, "none"), &final), OB_E_NOT_FOUND);
    ck_assert_ptr_null(final);
    /* A system, or a user, may have no links. */
    ob_status status = fs->make_symlink(fs, NULL, link, deep, true);
    if (status == OB_OK) {
        ob_check_ok(ob_host_final_path(ob_test_path(link, "file"), &final));
        ck_assert_str_eq(final, ob_test_path(ob_test_path(folder, "deep"), "file"));
        ob_free(final);
        ob_check_ok(ob_host_final_path(link, &final));
        ck_assert_str_eq(final, ob_test_path(folder, "deep"));
        ob_free(final);
    } else {
        ck_assert(is_windows());
    }
    ob_test_alloc_begin(1, true);
    final = NULL;
    status = ob_host_final_path(deep, &final);
    ck_assert(ob_test_alloc_end());
    ob_check_status(status, OB_E_NO_MEMORY);
    ob_free(folder);
}
END_TEST

START_TEST(host__utc_offset)
{
    static const int64_t times[] = {INT64_MIN, -1, 0, INT64_C(1800000000000000000), INT64_MAX};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        int32_t offset = ob_host_utc_offset(times[i]);
        ck_assert_int_le(offset, 15 * 3600);
        ck_assert_int_ge(offset, -15 * 3600);
    }
    /* Zones of today are whole quarters of an hour, and the same a nanosecond later. */
    int32_t offset = ob_host_utc_offset(times[3]);
    ck_assert_int_eq(offset % 900, 0);
    ck_assert_int_eq(ob_host_utc_offset(times[3] + 999999999), offset);
}
END_TEST

START_TEST(host__arguments)
{
    char program[] = "program";
    char *argv[] = {program, NULL};
    char **arguments = NULL;
    ob_check_ok(ob_host_arguments(1, argv, &arguments));
    ck_assert_ptr_nonnull(arguments[0]);
    ck_assert_str_ne(arguments[0], "");
    ck_assert_ptr_null(arguments[1]);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, host__names);
    tcase_add_test(cases, host__random);
    tcase_add_test(cases, host__environment);
    tcase_add_test(cases, host__volume_root);
    tcase_add_test(cases, host__absolute_path);
    tcase_add_test(cases, host__final_path);
    tcase_add_test(cases, host__utc_offset);
    tcase_add_test(cases, host__arguments);
}

OB_TEST_MAIN("host", add_cases)
