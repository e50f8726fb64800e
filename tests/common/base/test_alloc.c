#include "ob/test.h"

#include <string.h>

START_TEST(alloc__blocks)
{
    uint8_t *zeroed = ob_calloc(3, 5);
    for (size_t i = 0; i < 15; i++) {
        ck_assert_uint_eq(zeroed[i], 0);
    }
    zeroed = ob_realloc(zeroed, 100);
    ck_assert_ptr_nonnull(zeroed);
    ob_free(zeroed);
    ob_free(NULL);
    void *nothing = ob_alloc(0);
    ck_assert_ptr_nonnull(nothing);
    ob_free(nothing);
    char *copy = ob_memdup("ab\0c", 4);
    ck_assert_mem_eq(copy, "ab\0c", 4);
    ob_free(copy);
}
END_TEST

START_TEST(alloc__overflow_is_out_of_memory)
{
    /* Not a constant, or compilers warn of what is tested here. */
    volatile size_t huge = SIZE_MAX;
    ck_assert_ptr_null(ob_calloc(huge / 2, 3));
    ck_assert_ptr_null(ob_realloc_array(NULL, 3, huge / 2));
    ck_assert_ptr_null(ob_strndup("x", huge));
}
END_TEST

START_TEST(alloc__texts)
{
    char *text = ob_strdup("text");
    ck_assert_str_eq(text, "text");
    ob_free(text);
    text = ob_strndup("text", 2);
    ck_assert_str_eq(text, "te");
    ob_free(text);
    text = ob_asprintf("%s-%zu", "n", (size_t)17);
    ck_assert_str_eq(text, "n-17");
    ob_free(text);
}
END_TEST

START_TEST(alloc__all_can_fail)
{
    ob_test_alloc_begin(1, true);
    ck_assert_ptr_null(ob_alloc(1));
    ck_assert_ptr_null(ob_calloc(1, 1));
    ck_assert_ptr_null(ob_memdup("x", 1));
    ck_assert_ptr_null(ob_strdup("x"));
    ck_assert_ptr_null(ob_strndup("x", 1));
    ck_assert_ptr_null(ob_asprintf("x"));
    ck_assert(ob_test_alloc_end());
}
END_TEST

static uint8_t seen[8];
static void watch_release(void *context, void *block)
{
    (void)context;
    memcpy(seen, block, sizeof seen);
}
static uint8_t arena[8];
static void *give_arena(void *context, void *block, size_t size)
{
    (void)context;
    (void)block;
    return size <= sizeof arena ? arena : NULL;
}

START_TEST(alloc__secrets_are_wiped_before_release)
{
    static const ob_allocator watching = {give_arena, watch_release, NULL};
    static const uint8_t zero[8];
    ob_allocator_set(&watching);
    void *secret = ob_memdup("password", 8);
    ob_free_secret(secret, 8);
    ob_free_secret(NULL, 8);
    ob_allocator_set(NULL);
    ck_assert_mem_eq(seen, zero, 8);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, alloc__blocks);
    tcase_add_test(cases, alloc__overflow_is_out_of_memory);
    tcase_add_test(cases, alloc__texts);
    tcase_add_test(cases, alloc__all_can_fail);
    tcase_add_test(cases, alloc__secrets_are_wiped_before_release);
}

OB_TEST_MAIN("alloc", add_cases)
