#include "com_test.h"

static IOBItems *make(size_t count)
{
    ob_list list = {0};
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(ob_list_add(&list, ob_com_status_new(NULL)), S_OK);
    return ob_com_items_new(&list);
}

START_TEST(collection__count_item_and_bounds)
{
    long count = 0;
    IOBItem *item = NULL;
    fake_reset();
    IOBItems *items = make(3);
    ck_assert_int_eq(IOBItems_get_Count(items, &count), S_OK);
    ck_assert_int_eq(count, 3);
    ck_assert_int_eq(IOBItems_get_Item(items, 2, &item), S_OK);
    IOBItem_Release(item);
    ck_assert_int_eq(IOBItems_get_Item(items, 3, &item), OB_E_NOT_FOUND);
    com_check_error(L"position 3 of 3");
    ck_assert_int_eq(IOBItems_get_Item(items, -1, &item), OB_E_NOT_FOUND);
    IOBItems_Release(items);
    com_check_nothing_left();
}
END_TEST

START_TEST(collection__item_by_a_position_of_any_number_type)
{
    ob_list list = {0};
    IOBJob *job = NULL;
    fake_reset();
    ck_assert_int_eq(ob_list_add(&list, ob_com_status_new(NULL)), S_OK);
    IOBJobs *jobs = ob_com_jobs_new(&list);
    VARIANT index;
    VariantInit(&index);
    V_VT(&index) = VT_R8;
    V_R8(&index) = 0;
    ck_assert_int_eq(IOBJobs_get_Item(jobs, index, &job), S_OK);
    IOBJob_Release(job);
    V_VT(&index) = VT_UNKNOWN;
    V_UNKNOWN(&index) = NULL;
    ck_assert_int_eq(IOBJobs_get_Item(jobs, index, &job), OB_E_INVALID_ARGUMENT);
    IOBJobs_Release(jobs);
    com_check_nothing_left();
}
END_TEST

START_TEST(collection__takes_the_list_also_when_memory_is_out)
{
    ob_list list = {0};
    fake_reset();
    ck_assert_int_eq(ob_list_add(&list, ob_com_status_new(NULL)), S_OK);
    ob_test_alloc_begin(1, false);
    IOBRecoveryPoints *points = ob_com_points_new(&list);
    ck_assert(ob_test_alloc_end());
    ck_assert_ptr_null(points);
    ck_assert_uint_eq(list.count, 0);
    com_check_nothing_left();
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, collection__count_item_and_bounds);
    tcase_add_test(cases, collection__item_by_a_position_of_any_number_type);
    tcase_add_test(cases, collection__takes_the_list_also_when_memory_is_out);
}

OB_TEST_MAIN("collection", add_cases)
