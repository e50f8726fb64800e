#include "path_key.h"

#include "ob/test.h"

#include <stdio.h>
#include <string.h>

typedef struct canonical_case {
    const char *path;
    bool windows;
    const char *wanted; /* NULL: refused */
    const char *native;
} canonical_case;

static const canonical_case canonical_cases[] = {
    {"/", false, "", "/"},
    {"/usr", false, "/usr", "/usr"},
    {"//usr///share/", false, "/usr/share", "/usr/share"},
    {"/a\\b", false, "/a\\b", "/a\\b"},
    {"/a/..b", false, "/a/..b", "/a/..b"},
    {"usr", false, NULL, NULL},
    {"", false, NULL, NULL},
    {"./usr", false, NULL, NULL},
    {"/usr/../etc", false, NULL, NULL},
    {"/usr/./x", false, NULL, NULL},
    {"C:\\x", false, NULL, NULL},
    {"C:", true, "C:", "C:\\"},
    {"c:\\", true, "C:", "C:\\"},
    {"C:/", true, "C:", "C:\\"},
    {"c:\\Users\\Me\\", true, "C:/Users/Me", "C:\\Users\\Me"},
    {"C:/Users//Me", true, "C:/Users/Me", "C:\\Users\\Me"},
    {"\\\\?\\C:\\x", true, "C:/x", "C:\\x"},
    {"\\\\?\\unc\\srv\\share\\x", true, "//srv/share/x", "\\\\srv\\share\\x"},
    {"\\\\srv\\share", true, "//srv/share", "\\\\srv\\share\\"},
    {"\\\\?\\Volume{1}\\x", true, "//?/Volume{1}/x", "\\\\?\\Volume{1}\\x"},
    {"\\\\?\\volume{1}\\", true, "//?/volume{1}", "\\\\?\\volume{1}\\"},
    {"C:x", true, NULL, NULL},
    {"\\x", true, NULL, NULL},
    {"/x", true, NULL, NULL},
    {"x", true, NULL, NULL},
    {"", true, NULL, NULL},
    {"\\\\", true, NULL, NULL},
    {"\\\\.\\pipe", true, NULL, NULL},
    {"\\\\?\\GLOBALROOT", true, NULL, NULL},
    {"C:\\a\\..\\b", true, NULL, NULL},
};

START_TEST(path_key__canonical_forms)
{
    const canonical_case *row = &canonical_cases[_i];
    char *got = NULL;
    ob_status status = ob_path_canonical(row->path, row->windows, &got);
    if (row->wanted == NULL) {
        ck_assert_int_eq(status, OB_E_POLICY_INVALID);
        ck_assert_ptr_null(got);
        return;
    }
    ob_check_ok(status);
    ck_assert_str_eq(got, row->wanted);
    char *native = ob_path_native(got, row->windows);
    ck_assert_str_eq(native, row->native);
    ob_free(native);
    ob_free(got);
}
END_TEST

START_TEST(path_key__prefix_is_the_volume)
{
    ck_assert_uint_eq(ob_path_prefix("/usr", false), 0);
    ck_assert_uint_eq(ob_path_prefix("", false), 0);
    ck_assert_uint_eq(ob_path_prefix("C:", true), 2);
    ck_assert_uint_eq(ob_path_prefix("C:/x", true), 2);
    ck_assert_uint_eq(ob_path_prefix("//srv/share/x", true), strlen("//srv/share"));
    ck_assert_uint_eq(ob_path_prefix("//srv/share", true), strlen("//srv/share"));
    ck_assert_uint_eq(ob_path_prefix("//?/Volume{1}/x", true), strlen("//?/Volume{1}"));
    ck_assert_uint_eq(ob_path_prefix("//srv", true), strlen("//srv"));
}
END_TEST

static void check_key(const char *path, const char *wanted)
{
    char *key = ob_path_key(path, true);
    ck_assert_str_eq(key, wanted);
    ob_free(key);
}

START_TEST(path_key__windows_compares_without_case)
{
    check_key("C:/Users/Me", "C:/USERS/ME");
    check_key("C:/\xC3\xA4\xC3\xB6", "C:/\xC3\x84\xC3\x96");
    check_key("C:/\xD0\xB4", "C:/\xD0\x94");
    /* What is one UTF-16 unit only after the change, or needs two, stays as it is. */
    check_key("C:/\xF0\x90\x90\xA8", "C:/\xF0\x90\x90\xA8");
    /* WTF-8 of an unpaired surrogate. */
    check_key("C:/\xED\xA0\x80x", "C:/\xED\xA0\x80X");
    char *key = ob_path_key("/Usr/\xFF", false);
    ck_assert_str_eq(key, "/Usr/\xFF");
    ob_free(key);
}
END_TEST

START_TEST(path_key__into_bounded_memory)
{
    char out[8];
    ck_assert(ob_path_key_into(out, sizeof out, "C:\\"));
    ck_assert_str_eq(out, "C:");
    ck_assert(ob_path_key_into(out, sizeof out, "C:\\a\\b"));
    ck_assert_str_eq(out, "C:/A/B");
    ck_assert(ob_path_key_into(out, sizeof out, "C:\\abcd"));
    ck_assert(!ob_path_key_into(out, sizeof out, "C:\\abcde"));
}
END_TEST

START_TEST(path_key__order_of_a_walk)
{
    static const char *const sorted[] = {"", "/a", "/a/c", "/a/c/d", "/a b", "/a-b", "/ab"};
    const size_t count = sizeof sorted / sizeof sorted[0];
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            int wanted = (i > j) - (i < j);
            ck_assert_int_eq(ob_path_compare(sorted[i], sorted[j]), wanted);
        }
    }
}
END_TEST

START_TEST(path_key__wildcards)
{
    static const struct {
        const char *pattern;
        const char *name;
        bool wanted;
    } rows[] = {
        {"*", "", true},
        {"*", "x", true},
        {"?", "", false},
        {"?", "x", true},
        {"?", "xy", false},
        {"?", "\xC3\xA4", true},
        {"??", "\xC3\xA4", false},
        {"*.txt", "a.txt", true},
        {"*.txt", "a.txt.txt", true},
        {"*.txt", "a.txtx", false},
        {"*.txt", ".txt", true},
        {"a*b*c", "aXbYc", true},
        {"a*b*c", "abbcbc", true},
        {"a*b*c", "acb", false},
        {"", "", true},
        {"", "x", false},
        {"**", "x", true},
        {"?*", "", false},
        {"x?", "x\xFF", true},
        {"*?", "\xE2\x82", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_msg(ob_wildcard_match(rows[i].pattern, rows[i].name) == rows[i].wanted,
                      "%s on %s", rows[i].pattern, rows[i].name);
    }
}
END_TEST

START_TEST(path_key__many_stars_take_no_time)
{
    char name[4001];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    ck_assert(!ob_wildcard_match("*a*a*a*a*a*a*a*a*a*b", name));
}
END_TEST

START_TEST(path_key__memory_runs_out)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        char *out = NULL;
        ob_test_alloc_begin(n, false);
        ob_status status = ob_path_canonical("C:\\a\\b", true, &out);
        char *native = status == OB_OK ? ob_path_native(out, true) : NULL;
        char *key = native != NULL ? ob_path_key(out, true) : NULL;
        ob_free(key);
        ob_free(native);
        ob_free(out);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert(hit == (key == NULL));
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_loop_test(cases, path_key__canonical_forms, 0,
                        (int)(sizeof canonical_cases / sizeof canonical_cases[0]));
    tcase_add_test(cases, path_key__prefix_is_the_volume);
    tcase_add_test(cases, path_key__windows_compares_without_case);
    tcase_add_test(cases, path_key__into_bounded_memory);
    tcase_add_test(cases, path_key__order_of_a_walk);
    tcase_add_test(cases, path_key__wildcards);
    tcase_add_test(cases, path_key__many_stars_take_no_time);
    tcase_add_test(cases, path_key__memory_runs_out);
}

OB_TEST_MAIN("path_key", add_cases)
