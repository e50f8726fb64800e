#include "ndr_bytes.h"

static int freed;

static void count_free(void *block)
{
    freed++;
    MIDL_user_free(block);
}

START_TEST(ndr_free__each_pointer_once)
{
    ob_ndr_procedure *procedure = probe_procedure(P_BAGS);
    const ob_ndr_type *type = procedure->parameters[2].type; /* a conformant array of P_BAG */
    const uint64_t slots[2] = {0, 2};
    P_BAG bags[2] = {{.n = 2}, {.n = 0}};
    bags[0].list = MIDL_user_allocate(2 * sizeof *bags[0].list);
    bags[0].list[0] = (P_DEEP){.sure = MIDL_user_allocate(4)};
    bags[0].list[1] = (P_DEEP){.sure = MIDL_user_allocate(4), .maybe = MIDL_user_allocate(8)};
    ob_ndr_free(type, bags, NULL, slots, count_free);
    ck_assert_int_eq(freed, 4);
    ck_assert_ptr_null(bags[0].list);
    ck_assert_int_eq(probe_blocks(), 0);
    ob_ndr_free(type, bags, NULL, slots, count_free); /* nothing is left */
    ck_assert_int_eq(freed, 4);
    ob_ndr_procedure_free(procedure);
}
END_TEST

START_TEST(ndr_free__pending_pointees_are_left_alone)
{
    ob_ndr_procedure *procedure = probe_procedure(P_STRUCTS);
    P_DEEP deep = {.maybe = (hyper *)ob_ndr_pending, .sure = (LONG *)ob_ndr_pending};
    freed = 0;
    ob_ndr_free(procedure->parameters[4].type, &deep, NULL, NULL, count_free);
    ck_assert_int_eq(freed, 0);
    ck_assert_ptr_null(deep.maybe);
    ob_ndr_procedure_free(procedure);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, ndr_free__each_pointer_once);
    tcase_add_test(cases, ndr_free__pending_pointees_are_left_alone);
}

OB_TEST_MAIN("ndr_free", add_cases)
