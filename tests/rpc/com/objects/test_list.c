#include "com_test.h"

static void fill(ob_list *list, int count)
{
    for (int i = 0; i < count; i++)
        ck_assert_int_eq(ob_list_add(list, ob_com_status_new(NULL)), S_OK);
}

START_TEST(list__enumerates_a_snapshot)
{
    ob_list list = {0};
    IUnknown *unknown = NULL;
    VARIANT values[3];
    ULONG got = 0;
    fake_reset();
    fill(&list, 2);
    ck_assert_int_eq(ob_list_enumerate(&list, &unknown), S_OK);
    ob_list_remove(&list, 0);
    ob_list_clear(&list);
    IEnumVARIANT *items = (IEnumVARIANT *)unknown;
    ck_assert_int_eq(IEnumVARIANT_Next(items, 3, values, &got), S_FALSE);
    ck_assert_uint_eq(got, 2);
    VariantClear(&values[0]);
    VariantClear(&values[1]);
    ck_assert_int_eq(IEnumVARIANT_Reset(items), S_OK);
    ck_assert_int_eq(IEnumVARIANT_Skip(items, 1), S_OK);
    IEnumVARIANT *clone = NULL;
    ck_assert_int_eq(IEnumVARIANT_Clone(items, &clone), S_OK);
    ck_assert_int_eq(IEnumVARIANT_Next(clone, 1, values, &got), S_OK);
    VariantClear(&values[0]);
    ck_assert_int_eq(IEnumVARIANT_Next(clone, 1, values, &got), S_FALSE);
    ck_assert_int_eq(IEnumVARIANT_Skip(items, 5), S_FALSE);
    IEnumVARIANT_Release(clone);
    IEnumVARIANT_Release(items);
    com_check_nothing_left();
}
END_TEST

START_TEST(list__missing_item_is_lack_of_memory)
{
    ob_list list = {0};
    ck_assert_int_eq(ob_list_add(&list, NULL), E_OUTOFMEMORY);
    ck_assert_uint_eq(list.count, 0);
}
END_TEST

START_TEST(list__no_memory_releases_the_item)
{
    ob_list list = {0};
    fake_reset();
    IOBStatus *item = ob_com_status_new(NULL);
    ob_test_alloc_begin(1, false);
    HRESULT hr = ob_list_add(&list, item);
    ck_assert(ob_test_alloc_end());
    ck_assert_int_eq(hr, E_OUTOFMEMORY);
    com_check_nothing_left();
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, list__enumerates_a_snapshot);
    tcase_add_test(cases, list__missing_item_is_lack_of_memory);
    tcase_add_test(cases, list__no_memory_releases_the_item);
}

OB_TEST_MAIN("list", add_cases)
