#include "fake_agent.h"
#include "internal.h"

#include <string.h>

START_TEST(memory__blocks_know_their_size)
{
    void *block = MIDL_user_allocate(100);
    memset(block, 1, 100);
    ck_assert(ob_midl_holds(block, 100, 1));
    ck_assert(ob_midl_holds(block, 25, 4));
    ck_assert(!ob_midl_holds(block, 101, 1));
    ck_assert(!ob_midl_holds(block, 26, 4));
    ck_assert(!ob_midl_holds(block, SIZE_MAX, 8));
    ck_assert_uint_eq((uintptr_t)block % 16, 0);
    MIDL_user_free(block);
}
END_TEST

START_TEST(memory__null_holds_nothing)
{
    ck_assert(ob_midl_holds(NULL, 0, 1));
    ck_assert(!ob_midl_holds(NULL, 1, 1));
    MIDL_user_free(NULL);
}
END_TEST

START_TEST(memory__may_run_out)
{
    ck_assert_ptr_null(MIDL_user_allocate((size_t)-1));
    ob_test_alloc_begin(1, false);
    void *block = MIDL_user_allocate(1);
    ck_assert(ob_test_alloc_end());
    ck_assert_ptr_null(block);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, memory__blocks_know_their_size);
    tcase_add_test(cases, memory__null_holds_nothing);
    tcase_add_test(cases, memory__may_run_out);
}

OB_TEST_MAIN("memory", add_cases)
