#include "glob.h"

#include "ob/test.h"
#include "path_key.h"

#include <string.h>

START_TEST(glob__table)
{
    static const struct {
        const char *pattern, *path;
        bool whole, above;
        unsigned depth;
    } rows[] = {
        {"*", "", false, true, 0},           {"*", "a", true, false, 0},
        {"*", "a/b", false, false, 1},       {"*/b", "a", false, true, 0},
        {"*/b", "a/b", true, false, 0},      {"*/b", "a/c", false, false, 0},
        {"*/b", "a/b/c/d", false, false, 2}, {"**/b", "", false, true, 0},
        {"**/b", "b", true, true, 0},        {"**/b", "a/c/b", true, true, 0},
        {"**/b", "b/b/x", false, true, 2},   {"**/b", "b/x/b/y", false, true, 3},
        {"a?/**/b", "ax", false, true, 0},   {"a?/**/b", "ax/b", true, true, 0},
        {"a?/**/b", "x/b", false, false, 0}, {"**/a/**/b", "a/b", true, true, 0},
        {"**/**/b", "x/b", true, true, 0},   {"**/x*y/?", "xay/1/2", false, true, 2},
        {"*/*/*", "a/b/c", true, false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ob_glob glob = {0};
        ob_check_ok(ob_glob_make(&glob, rows[i].pattern));
        ob_glob_match match = ob_glob_ask(&glob, rows[i].path);
        ck_assert_msg(match.whole == rows[i].whole && match.above == rows[i].above &&
                          match.depth == rows[i].depth,
                      "%s of %s: %d %d %u", rows[i].pattern, rows[i].path, match.whole, match.above,
                      match.depth);
        ob_glob_free(&glob);
    }
}
END_TEST

START_TEST(glob__without_parts_or_with_too_many)
{
    ob_glob none = {0};
    ob_glob glob = {0};
    const char *pattern = "*";
    ob_glob_match match = ob_glob_ask(&none, "a/b");
    ck_assert(!match.whole && !match.above && match.depth == 0);
    ob_glob_free(&none);
    for (unsigned i = 1; i < OB_GLOB_PARTS; i++) {
        pattern = ob_test_format("%s/*", pattern);
    }
    ob_check_ok(ob_glob_make(&glob, pattern));
    ck_assert_uint_eq(glob.count, OB_GLOB_PARTS);
    ck_assert(ob_glob_ask(&glob, pattern).whole);
    ob_glob_free(&glob);
    ob_check_status(ob_glob_make(&glob, ob_test_format("%s/*", pattern)), OB_E_POLICY_INVALID);
    ck_assert_ptr_null(glob.text);
}
END_TEST

/* ---- against a plain reading ---- */

#define PARTS_MOST 8

static size_t cut(const char *text, const char *parts[PARTS_MOST])
{
    size_t count = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, "/");
        parts[count++] = ob_test_format("%.*s", (int)length, text);
        text += length + (text[length] == '/');
    }
    return count;
}

static bool matches(const char *const *pattern, size_t left, const char *const *path, size_t parts)
{
    if (left == 0) {
        return parts == 0;
    }
    if (strcmp(pattern[0], "**") == 0) {
        return matches(pattern + 1, left - 1, path, parts) ||
               (parts > 0 && matches(pattern, left, path + 1, parts - 1));
    }
    return parts > 0 && ob_wildcard_match(pattern[0], path[0]) &&
           matches(pattern + 1, left - 1, path + 1, parts - 1);
}

static const char *random_parts(ob_test_rng *rng, const char *const *words, unsigned count)
{
    const char *text = words[ob_test_rng_below(rng, count)];
    for (uint64_t i = ob_test_rng_below(rng, 5); i > 0; i--) {
        text = ob_test_format("%s/%s", text, words[ob_test_rng_below(rng, count)]);
    }
    return text;
}

START_TEST(glob__agrees_with_a_plain_reading)
{
    static const char *const in_patterns[] = {"**", "*", "a", "?b", "a*"};
    static const char *const in_paths[] = {"a", "b", "ab", "bb"};
    ob_test_rng rng = ob_test_rng_new(12);
    for (int round = 0; round < 3000; round++) {
        const char *pattern[PARTS_MOST];
        const char *path[PARTS_MOST];
        ob_glob glob = {0};
        const char *pattern_text = random_parts(&rng, in_patterns, 5);
        const char *path_text = random_parts(&rng, in_paths, 4);
        size_t pattern_parts = cut(pattern_text, pattern);
        size_t parts = cut(path_text, path);
        unsigned depth = 0;
        ob_check_ok(ob_glob_make(&glob, pattern_text));
        ob_glob_match match = ob_glob_ask(&glob, path_text);
        for (unsigned i = 1; i < parts; i++) {
            depth = matches(pattern, pattern_parts, path, i) ? i : depth;
        }
        ck_assert_msg(match.whole == matches(pattern, pattern_parts, path, parts), "%s of %s",
                      pattern_text, path_text);
        ck_assert_msg(match.depth == depth, "%s of %s: depth %u", pattern_text, path_text,
                      match.depth);
        /* Whatever matches further down was promised by each folder above. */
        if (match.whole && parts > 1) {
            const char *above =
                ob_test_format("%.*s", (int)(strrchr(path_text, '/') - path_text), path_text);
            ck_assert(ob_glob_ask(&glob, above).above);
        }
        ob_glob_free(&glob);
    }
}
END_TEST

START_TEST(glob__memory_runs_out)
{
    ob_glob glob = {0};
    ob_test_alloc_begin(1, false);
    ob_check_status(ob_glob_make(&glob, "*/a"), OB_E_NO_MEMORY);
    ck_assert(ob_test_alloc_end());
    ck_assert_ptr_null(glob.text);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, glob__table);
    tcase_add_test(cases, glob__without_parts_or_with_too_many);
    tcase_add_test(cases, glob__agrees_with_a_plain_reading);
    tcase_add_test(cases, glob__memory_runs_out);
}

OB_TEST_MAIN("glob", add_cases)
