#include "ob/test.h"

#include <string.h>

START_TEST(support__rng_repeats)
{
    ob_test_rng one = ob_test_rng_new(1);
    ob_test_rng two = one;
    uint8_t bytes[2][13];
    ob_test_rng_fill(&one, bytes[0], 13);
    ob_test_rng_fill(&two, bytes[1], 13);
    ck_assert_mem_eq(bytes[0], bytes[1], 13);
    ck_assert_uint_eq(ob_test_rng_next(&one), ob_test_rng_next(&two));
    ck_assert_uint_lt(ob_test_rng_below(&one, 10), 10);
}
END_TEST

START_TEST(support__alloc_fails_once)
{
    ob_test_alloc_begin(2, false);
    void *first = ob_alloc(1);
    void *second = ob_alloc(1);
    void *third = ob_alloc(1);
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_null(second);
    ck_assert_ptr_nonnull(third);
    ck_assert_int_eq(ob_test_alloc_live(), 2);
    ob_free(first);
    ob_free(third);
    ck_assert_int_eq(ob_test_alloc_live(), 0);
    ck_assert_uint_eq(ob_test_alloc_count(), 3);
    ck_assert(ob_test_alloc_end());
}
END_TEST

START_TEST(support__alloc_fails_from_then_on)
{
    ob_test_alloc_begin(2, true);
    void *first = ob_alloc(1);
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_null(ob_alloc(1));
    ck_assert_ptr_null(ob_realloc(first, 2));
    ob_free(first);
    ck_assert(ob_test_alloc_end());
    ob_test_alloc_begin(0, true);
    ob_free(ob_alloc(1));
    ck_assert(!ob_test_alloc_end());
}
END_TEST

START_TEST(support__fs_fails_the_nth)
{
    ob_test_fs wrapper;
    const ob_fs *fs = &wrapper.fs;
    const char *dir = ob_test_temp();
    ob_file_info info;
    ob_test_fs_init(&wrapper, ob_fs_os());
    ob_check_ok(fs->stat(fs, NULL, dir, &info));
    ck_assert_uint_eq(wrapper.count, 1);
    ob_test_fs_fail(&wrapper, 2, false);
    ob_check_ok(fs->stat(fs, NULL, dir, &info));
    ob_check_status(fs->stat(fs, NULL, dir, &info), OB_E_IO);
    ob_check_ok(fs->stat(fs, NULL, dir, &info));
    ck_assert(wrapper.hit);
    ob_test_fs_fail(&wrapper, 1, true);
    wrapper.status = OB_E_DISK_FULL;
    ob_check_status(fs->stat(fs, NULL, dir, &info), OB_E_DISK_FULL);
    ob_check_status(fs->stat(fs, NULL, dir, &info), OB_E_DISK_FULL);
    wrapper.writes_only = true;
    ob_check_ok(fs->stat(fs, NULL, dir, &info));
    ob_check_status(fs->make_dir(fs, NULL, ob_test_path(dir, "x"), false), OB_E_DISK_FULL);
    ck_assert(!ob_test_exists(ob_test_path(dir, "x")));
}
END_TEST

START_TEST(support__fs_tears_a_write)
{
    ob_test_fs wrapper;
    const ob_fs *fs = &wrapper.fs;
    const char *path = ob_test_path(ob_test_temp(), "file");
    ob_file *file = NULL;
    size_t length = 0;
    ob_test_fs_init(&wrapper, ob_fs_os());
    ob_check_ok(fs->open(fs, NULL, path, OB_OPEN_WRITE | OB_OPEN_CREATE, &file));
    ob_test_fs_fail(&wrapper, 1, false);
    wrapper.torn = true;
    ob_check_status(fs->write_at(fs, file, 0, "12345678", 8), OB_E_IO);
    fs->close(fs, file);
    ck_assert_str_eq((const char *)ob_test_read_file(path, &length), "1234");
}
END_TEST

static ob_status vanish(ob_test_fs *wrapper, const char *operation, const char *name)
{
    const ob_fs *inner = wrapper->inner;
    if (strcmp(operation, "open") == 0) {
        return inner->remove_file(inner, NULL, name);
    }
    return OB_OK;
}

START_TEST(support__fs_asks_before)
{
    ob_test_fs wrapper;
    const ob_fs *fs = &wrapper.fs;
    const char *path = ob_test_path(ob_test_temp(), "file");
    ob_file *file = NULL;
    ob_test_write_text(path, "x");
    ob_test_fs_init(&wrapper, ob_fs_os());
    wrapper.before = vanish;
    ob_check_status(fs->open(fs, NULL, path, OB_OPEN_READ, &file), OB_E_NOT_FOUND);
    ck_assert_ptr_null(file);
}
END_TEST

START_TEST(support__clock_moves_when_told)
{
    ob_test_clock test;
    const ob_clock *clock = &test.clock;
    ob_test_clock_init(&test);
    int64_t now = clock->now(clock);
    uint64_t monotonic = clock->monotonic(clock);
    clock->sleep(clock, 5);
    ob_test_clock_advance(&test, 7);
    ck_assert_int_eq(clock->now(clock), now + 12);
    ck_assert_uint_eq(clock->monotonic(clock), monotonic + 12);
    ck_assert_uint_eq(test.slept, 5);
}
END_TEST

START_TEST(support__trees_are_told_apart)
{
    const char *dir = ob_test_temp();
    const char *left = ob_test_path(dir, "left");
    const char *right = ob_test_path(dir, "right");
    ob_test_rng rng = ob_test_rng_new(7);
    ob_test_rng same = rng;
    int mask = OB_META_MODE | OB_META_TIMES | OB_META_OWNER;
    ob_test_tree_make(left, &rng, 30);
    ob_test_tree_make(right, &same, 30);
    const char *why = ob_test_tree_differs(left, right, mask);
    ck_assert_msg(why == NULL, "%s", why);
    const char *linked = ob_test_path(right, "linked");
    ob_test_flip_byte(linked, 0);
    ck_assert_ptr_nonnull(strstr(ob_test_tree_differs(left, right, 0), "bytes"));
    ob_test_flip_byte(linked, 0);
    ob_test_cut_file(linked, 3);
    ck_assert_ptr_nonnull(strstr(ob_test_tree_differs(left, right, 0), "bytes"));
    ob_test_write_text(linked, "one file, two names");
    ck_assert_ptr_null(ob_test_tree_differs(left, right, 0));
    ob_test_write_text(ob_test_path(ob_test_path(right, "empty"), "more"), "");
    ck_assert_ptr_nonnull(strstr(ob_test_tree_differs(left, right, 0), "0 names"));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, support__rng_repeats);
    tcase_add_test(cases, support__alloc_fails_once);
    tcase_add_test(cases, support__alloc_fails_from_then_on);
    tcase_add_test(cases, support__fs_fails_the_nth);
    tcase_add_test(cases, support__fs_tears_a_write);
    tcase_add_test(cases, support__fs_asks_before);
    tcase_add_test(cases, support__clock_moves_when_told);
    tcase_add_test(cases, support__trees_are_told_apart);
}

OB_TEST_MAIN("support", add_cases)
