#include "fake_agent.h"
#include "internal.h"

#include <string.h>

/* Bindings that are never used: only their addresses count. */
static char bindings[300];

static handle_t binding_of(size_t i)
{
    return (handle_t)(void *)&bindings[i];
}

START_TEST(target__is_an_index_of_bindings)
{
    OB_TARGET one = 0;
    OB_TARGET two = 0;
    ob_check_ok(ob_target_add(binding_of(1), &one));
    ob_check_ok(ob_target_add(binding_of(2), &two));
    ck_assert_uint_ne(one, 0);
    ck_assert_uint_ne(one, two);
    ck_assert_ptr_eq(OB_TARGET_bind(one), binding_of(1));
    ck_assert_ptr_eq(OB_TARGET_bind(two), binding_of(2));
    OB_TARGET_unbind(one, binding_of(1));
    ck_assert_ptr_eq(ob_target_remove(one), binding_of(1));
    ck_assert_ptr_null(OB_TARGET_bind(one));
    ck_assert_ptr_null(ob_target_remove(one));
    ck_assert_ptr_eq(ob_target_remove(two), binding_of(2));
}
END_TEST

START_TEST(target__none)
{
    ck_assert_ptr_null(OB_TARGET_bind(0));
    ck_assert_ptr_null(OB_TARGET_bind(100000));
    ck_assert_ptr_null(ob_target_remove(0));
    ck_assert_ptr_null(ob_target_remove(100000));
}
END_TEST

START_TEST(target__table_may_be_full)
{
    OB_TARGET target = 0;
    for (size_t i = 0; i < 255; i++) {
        ob_check_ok(ob_target_add(binding_of(i), &target));
    }
    ob_check_status(ob_target_add(binding_of(255), &target), OB_E_BUSY);
    ck_assert_ptr_nonnull(ob_target_remove(17));
    ob_check_ok(ob_target_add(binding_of(255), &target));
    ck_assert_uint_eq(target, 17);
    for (OB_TARGET i = 1; i < 256; i++) {
        ck_assert_ptr_nonnull(ob_target_remove(i));
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, target__is_an_index_of_bindings);
    tcase_add_test(cases, target__none);
    tcase_add_test(cases, target__table_may_be_full);
}

OB_TEST_MAIN("target", add_cases)
