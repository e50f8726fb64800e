#include "com_test.h"

#include "ob/alloc.h"

static ob_shared_view *make_view(void)
{
    ob_guid id = {{3}};
    ob_shared_view *view = ob_calloc(1, sizeof *view);
    view->references = 1;
    view->connection = com_test_connection();
    ob_check_ok(ob_client_open_point(view->connection->client, &id, &view->view));
    return view;
}

START_TEST(item__lists_all_pages)
{
    IOBItems *items = NULL;
    IOBItem *item = NULL;
    long count = 0;
    BSTR text = NULL;
    VARIANT_BOOL folder = VARIANT_FALSE;
    fake_reset();
    fake.records = 2500;
    ob_shared_view *view = make_view();
    IOBStatus *owner = ob_com_status_new(NULL);
    ck_assert_int_eq(ob_com_items_list(owner, view, "C:/a", "", &items), S_OK);
    ck_assert_uint_eq(fake.pages, 3);
    ck_assert_int_eq(IOBItems_get_Count(items, &count), S_OK);
    ck_assert_int_eq(count, 2500);
    ck_assert_int_eq(IOBItems_get_Item(items, 2000, &item), S_OK);
    ck_assert_int_eq(IOBItem_get_Name(item, &text), S_OK);
    com_check_bstr(text, L"2000");
    ck_assert_int_eq(IOBItem_get_IsFolder(item, &folder), S_OK);
    ck_assert_int_eq(folder, VARIANT_TRUE);
    IOBItem_Release(item);
    IOBItems_Release(items);
    IOBStatus_Release(owner);
    ob_shared_view_release(view);
    com_check_nothing_left();
}
END_TEST

START_TEST(item__what_is_in_a_folder)
{
    IOBItems *items = NULL, *inner = NULL;
    IOBItem *item = NULL;
    fake_reset();
    fake.records = 1;
    ob_shared_view *view = make_view();
    IOBStatus *owner = ob_com_status_new(NULL);
    ck_assert_int_eq(ob_com_items_list(owner, view, "", "", &items), S_OK);
    ob_shared_view_release(view);
    ck_assert_int_eq(IOBItems_get_Item(items, 0, &item), S_OK);
    VARIANT pattern = com_text(L"*.txt");
    ck_assert_int_eq(IOBItem_Items(item, pattern, &inner), S_OK);
    ck_assert_str_eq(fake.asked, "C:/a/0|*.txt");
    IOBItems_Release(inner);
    fake.fail = OB_E_NOT_FOUND;
    ck_assert_int_eq(IOBItem_Items(item, pattern, &inner), OB_E_NOT_FOUND);
    VariantClear(&pattern);
    IOBItem_Release(item);
    IOBItems_Release(items);
    IOBStatus_Release(owner);
    com_check_nothing_left();
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, item__lists_all_pages);
    tcase_add_test(cases, item__what_is_in_a_folder);
}

OB_TEST_MAIN("item", add_cases)
