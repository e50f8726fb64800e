#include "point/path.h"
#include "vectors.h"

#include "ob/test.h"

#include <stdio.h>
#include <string.h>

static int compare(const char *left, const char *right)
{
    int forth = ob_point_path_compare(left, strlen(left), right, strlen(right));
    int back = ob_point_path_compare(right, strlen(right), left, strlen(left));
    ck_assert((forth < 0) == (back > 0) && (forth == 0) == (back == 0));
    return forth;
}

START_TEST(path__order_of_a_walk)
{
    static const char *const sorted[] = {"",    "a",     "a/a", "a/b", "a/b/c", "a\x01",
                                         "a-b", "a-b/c", "a.b", "aa",  "b",     "\xFF"};
    for (size_t i = 0; i < sizeof sorted / sizeof sorted[0]; i++) {
        ck_assert_int_eq(compare(sorted[i], sorted[i]), 0);
        for (size_t j = 0; j < i; j++) {
            ck_assert_msg(compare(sorted[j], sorted[i]) < 0, "%s before %s", sorted[j], sorted[i]);
        }
    }
}
END_TEST

static bool below(const char *folder, const char *path)
{
    return ob_point_path_below(folder, strlen(folder), path, strlen(path));
}

START_TEST(path__below)
{
    ck_assert(below("", "a"));
    ck_assert(!below("", ""));
    ck_assert(below("a", "a/b"));
    ck_assert(below("a", "a/b/c"));
    ck_assert(!below("a", "a"));
    ck_assert(!below("a", "ab"));
    ck_assert(!below("a/b", "a"));
    ck_assert(!below("b", "a/b"));
}
END_TEST

static bool valid(const char *path)
{
    return ob_point_path_valid(path, strlen(path));
}

START_TEST(path__hostile_ones_are_refused)
{
    static const char *const bad[] = {"",   "/",    "/a",   "a/",    "a//b",   ".",
                                      "..", "a/..", "../a", "a/./b", "a/../b", "./a"};
    static const char *const good[] = {"a",     "...",      "a/...", ".a",
                                       "..a/b", "a\\..\\b", "C:/x",  "\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(!valid(bad[i]), "%s", bad[i]);
    }
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_msg(valid(good[i]), "%s", good[i]);
    }
    ck_assert(!ob_point_path_valid("a\0b", 3));
    static char lengthy[OB_POINT_PATH_MOST + 1];
    memset(lengthy, 'x', sizeof lengthy);
    ck_assert(ob_point_path_valid(lengthy, OB_POINT_PATH_MOST));
    ck_assert(!ob_point_path_valid(lengthy, OB_POINT_PATH_MOST + 1));
}
END_TEST

START_TEST(path__name)
{
    ck_assert_uint_eq(ob_point_path_name("a/bc", 4), 2);
    ck_assert_uint_eq(ob_point_path_name("abc", 3), 0);
    ck_assert_uint_eq(ob_point_path_name("", 0), 0);
}
END_TEST

START_TEST(path__hash_is_that_of_the_format)
{
    char text[9];
    snprintf(text, sizeof text, "%08x", (unsigned)ob_point_path_hash("etc/passwd", 10));
    ck_assert_str_eq(text, vector_text("list.json", "hash of etc/passwd"));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, path__order_of_a_walk);
    tcase_add_test(cases, path__below);
    tcase_add_test(cases, path__hostile_ones_are_refused);
    tcase_add_test(cases, path__name);
    tcase_add_test(cases, path__hash_is_that_of_the_format);
}

OB_TEST_MAIN("point_path", add_cases)
