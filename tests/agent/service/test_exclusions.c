#include "exclusions.h"

#include "ob/test.h"

#include <string.h>

static ob_verdict ask(const char *volume, bool windows, const char *include, const char *path,
                      bool is_dir)
{
    ob_exclusions made = {0};
    ob_spec specs[8] = {{.path = volume, .recursive = true}, {.path = include, .recursive = true}};
    ob_spec_set *set = NULL;
    ob_check_ok(ob_exclusions_make(&made, &volume, 1, windows));
    memcpy(&specs[2], made.specs, made.count * sizeof *specs);
    ob_check_ok(ob_spec_set_new(specs, 2 + made.count, windows, &set));
    const ob_selection *selection = ob_spec_set_selection(set);
    ob_verdict verdict = selection->decide(selection->context, path, is_dir);
    ob_spec_set_free(set);
    ob_exclusions_free(&made);
    ob_exclusions_free(&made);
    return verdict;
}

START_TEST(exclusions__of_windows)
{
    static const char *const files[] = {"pagefile.sys", "SWAPFILE.SYS", "hiberfil.sys"};
    for (size_t i = 0; i < 3; i++) {
        const char *path = ob_test_format("D:\\%s", files[i]);
        ck_assert_int_eq(ask("D:\\", true, "D:\\x", path, false), OB_SKIP);
        /* Only there where the system puts it. */
        path = ob_test_format("D:\\a\\%s", files[i]);
        ck_assert_int_eq(ask("D:\\", true, "D:\\x", path, false), OB_TAKE);
    }
    ck_assert_int_eq(ask("D:\\", true, "D:\\x", "D:\\System Volume Information", true), OB_SKIP);
    ck_assert_int_eq(ask("D:\\", true, "D:\\x", "D:\\$RECYCLE.BIN", true), OB_SKIP);
    ck_assert_int_eq(ask("D:\\", true, "D:\\x", "D:\\$RECYCLE.BIN\\f", false), OB_SKIP);
    ck_assert_int_eq(ask("D:\\", true, "D:\\x", "D:\\other", true), OB_TAKE);
    /* Who asks for it gets it. */
    ck_assert_int_eq(ask("D:\\", true, "d:\\$recycle.bin", "D:\\$RECYCLE.BIN\\f", false), OB_TAKE);
}
END_TEST

START_TEST(exclusions__of_linux)
{
    ck_assert_int_eq(ask("/", false, "/x", "/swapfile", false), OB_SKIP);
    ck_assert_int_eq(ask("/", false, "/x", "/swap.img", false), OB_SKIP);
    ck_assert_int_eq(ask("/", false, "/x", "/pagefile.sys", false), OB_TAKE);
    ck_assert_int_eq(ask("/", false, "/swapfile", "/swapfile", false), OB_TAKE);
}
END_TEST

START_TEST(exclusions__memory_runs_out)
{
    static const char *const volumes[] = {"C:\\", "D:\\"};
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_exclusions made = {0};
        ob_test_alloc_begin(n, false);
        ob_status status = ob_exclusions_make(&made, volumes, 2, true);
        ck_assert(status != OB_OK || made.count == 10);
        ob_exclusions_free(&made);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, exclusions__of_windows);
    tcase_add_test(cases, exclusions__of_linux);
    tcase_add_test(cases, exclusions__memory_runs_out);
}

OB_TEST_MAIN("exclusions", add_cases)
