#include "source/roots.h"

#include "ob/test.h"
#include "source/place.h"

#include <string.h>

#define MOST 8

static const char *joined(char *const *paths, size_t count)
{
    const char *text = "";
    for (size_t i = 0; i < count; i++) {
        text = ob_test_format("%s%s%s", text, i > 0 ? " " : "", paths[i]);
    }
    return text;
}

/* Paths of Linux as this system has them. */
static const char *here(const char *path)
{
    return ob_place_separator == '/' ? path : ob_test_format("C:%s", path);
}

static ob_status take(ob_roots *roots, const char *const *paths)
{
    const char *places[MOST];
    ob_selection selection = {.roots = places};
    for (; paths[selection.root_count] != NULL; selection.root_count++) {
        places[selection.root_count] = here(paths[selection.root_count]);
    }
    return ob_roots_take(roots, &selection);
}

static const char *inside(const char *path)
{
    return ob_place_separator == '/' ? path : ob_test_format("C:/%s", path);
}

START_TEST(roots__each_once_in_order)
{
    static const char *const paths[] = {"/c/d", "/a-b", "/a/x", "/a", "/c/d", "/a/x/y", NULL};
    ob_roots roots = {0};
    ob_check_ok(take(&roots, paths));
    ck_assert_str_eq(joined(roots.outer, roots.outer_count),
                     ob_test_format("%s %s %s", inside("a"), inside("a-b"), inside("c/d")));
    ck_assert_str_eq(joined(roots.inner, roots.inner_count),
                     ob_test_format("%s %s", inside("a/x"), inside("a/x/y")));
    ck_assert(ob_roots_has_inner(&roots, inside("a/x")));
    ck_assert(!ob_roots_has_inner(&roots, inside("a")));
    const char *above = inside("a");
    const char *last = inside("a/x/y");
    ck_assert(ob_roots_lie_below(&roots, above, strlen(above)));
    ck_assert(!ob_roots_lie_below(&roots, last, strlen(last)));
    ob_roots_free(&roots);
    ob_roots_free(&roots);
}
END_TEST

START_TEST(roots__none)
{
    static const char *const paths[] = {NULL};
    ob_roots roots = {0};
    ob_check_ok(take(&roots, paths));
    ck_assert_uint_eq(roots.outer_count, 0);
    ck_assert(!ob_roots_has_inner(&roots, "a") && !ob_roots_lie_below(&roots, "", 0));
    ob_roots_free(&roots);
}
END_TEST

START_TEST(roots__that_are_no_paths)
{
    static const char *const paths[] = {"/a", "/a/../b", NULL};
    ob_roots roots = {0};
    ob_check_status(take(&roots, paths), OB_E_INVALID_ARGUMENT);
    ck_assert_ptr_null(roots.outer);
}
END_TEST

START_TEST(roots__memory_runs_out)
{
    static const char *const paths[] = {"/a", "/a/b", "/c", NULL};
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_roots roots = {0};
        ob_test_alloc_begin(n, false);
        ob_status status = take(&roots, paths);
        ob_roots_free(&roots);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, roots__each_once_in_order);
    tcase_add_test(cases, roots__none);
    tcase_add_test(cases, roots__that_are_no_paths);
    tcase_add_test(cases, roots__memory_runs_out);
}

OB_TEST_MAIN("source_roots", add_cases)
