#include "agent_fixture.h"
#include "ob/alloc.h"
#include "ob/test.h"

#include "manager.h"

#include <string.h>

static agent_fixture fixture;

static void setup(void)
{
    agent_fixture_open(&fixture);
    agent_fixture_ready(&fixture);
    ob_control_manager_init(fixture.service);
}

static void teardown(void)
{
    agent_fixture_close(&fixture);
}

static void check_error(LONG result, ob_status wanted, OB_BYTES *error)
{
    ck_assert_int_eq(result, wanted);
    ck_assert((error->data == NULL) == (wanted == OB_OK));
    ob_free(error->data);
    *error = (OB_BYTES){0};
}

static void free_points(OB_POINT_LIST *list)
{
    for (ULONG i = 0; i < list->count; i++) {
        ob_free(list->points[i].sources);
    }
    ob_free(list->points);
    *list = (OB_POINT_LIST){0};
}

static void free_items(OB_ITEM_LIST *list)
{
    for (ULONG i = 0; i < list->count; i++) {
        ob_free(list->items[i].path);
    }
    ob_free(list->items);
    *list = (OB_ITEM_LIST){0};
}

static OB_VIEW open_view(void)
{
    OB_GUID id;
    OB_VIEW view = NULL;
    OB_BYTES error = {0};
    ob_guid point = agent_fixture_point(&fixture);
    ob_control_guid_out(&id, &point);
    check_error(ObOpenPoint(0, &id, &view, &error), OB_OK, &error);
    ck_assert_ptr_nonnull(view);
    return view;
}

START_TEST(manager_points__a_source_has_no_nul)
{
    hyper resume = 0;
    OB_POINT_LIST list = {0};
    OB_BYTES error = {0};
    agent_fixture_point(&fixture);
    check_error(ObListPoints(0, 3, (const unsigned char *)"/\0x", &resume, 9, &list, &error),
                OB_E_INVALID_ARGUMENT, &error);
    check_error(ObListPoints(0, 1, (const unsigned char *)"\0", &resume, 9, &list, &error),
                OB_E_INVALID_ARGUMENT, &error);
    ck_assert_ptr_null(list.points);
}
END_TEST

START_TEST(manager_points__lists)
{
    hyper resume = 0;
    OB_POINT_LIST list = {0};
    OB_BYTES error = {0};
    ob_guid first = agent_fixture_point(&fixture);
    agent_fixture_point(&fixture);
    check_error(ObListPoints(0, 0, NULL, &resume, 1, &list, &error), OB_OK, &error);
    ck_assert_uint_eq(list.count, 1);
    ck_assert_int_ne(resume, 0);
    free_points(&list);
    check_error(ObListPoints(0, 0, NULL, &resume, 1, &list, &error), OB_OK, &error);
    ob_guid id = ob_control_guid_in(&list.points[0].id);
    ck_assert(ob_guid_equal(&id, &first));
    ck_assert_int_eq(list.points[0].bytes, 3);
    ck_assert_str_eq(agent_member(list.points[0].sources, list.points[0].sources_count, "policy"),
                     "default");
    ck_assert_int_eq(resume, 0);
    free_points(&list);
    check_error(ObListPoints(0, 3, (const unsigned char *)"Q:\\", &resume, 9, &list, &error), OB_OK,
                &error);
    ck_assert_uint_eq(list.count, 0);
    free_points(&list);
}
END_TEST

START_TEST(manager_points__browses)
{
    hyper resume = 0;
    OB_ITEM_LIST list = {0};
    OB_BYTES error = {0};
    OB_VIEW view = open_view();
    check_error(ObBrowsePoint(view, 0, NULL, 4, (const unsigned char *)"TW?*", &resume, 1000, &list,
                              &error),
                OB_OK, &error);
    ck_assert_uint_eq(list.count, 1);
    ck_assert_int_eq(list.items[0].type, OB_FILE_REGULAR);
    ck_assert_int_eq(list.items[0].size, 2);
    ck_assert_mem_eq(list.items[0].path + list.items[0].path_count - 4, "/two", 4);
    free_items(&list);
    check_error(ObBrowsePoint(view, 0, NULL, 0, NULL, &resume, 1000, &list, &error), OB_OK, &error);
    ck_assert_uint_eq(list.count, 1);
    ck_assert_int_eq(list.items[0].type, OB_FILE_DIR);
    free_items(&list);
    ck_assert_int_eq(ObClosePoint(&view), OB_OK);
    ck_assert_ptr_null(view);
    ck_assert_int_eq(ObClosePoint(&view), OB_OK);
}
END_TEST

START_TEST(manager_points__runs_down)
{
    OB_VIEW_rundown(open_view());
    OB_VIEW_rundown(NULL);
}
END_TEST

START_TEST(manager_points__refuses_what_is_out_of_range)
{
    hyper resume = 0;
    OB_GUID id = {7, 0, 0, {0}};
    OB_VIEW view = &id;
    OB_ITEM_LIST items = {0};
    OB_POINT_LIST points = {0};
    OB_BYTES error = {0};
    check_error(ObOpenPoint(0, &id, &view, &error), OB_E_NOT_FOUND, &error);
    ck_assert_ptr_null(view);
    check_error(ObBrowsePoint(NULL, 0, NULL, 0, NULL, &resume, 10, &items, &error),
                OB_E_INVALID_ARGUMENT, &error);
    check_error(ObBrowsePoint(NULL, 0, NULL, 0, NULL, &resume, 1001, &items, &error),
                OB_E_INVALID_ARGUMENT, &error);
    check_error(ObListPoints(0, 0, NULL, &resume, 0, &points, &error), OB_E_INVALID_ARGUMENT,
                &error);
    check_error(ObListPoints(0, 65537, (const unsigned char *)"x", &resume, 1, &points, &error),
                OB_E_INVALID_ARGUMENT, &error);
    view = open_view();
    check_error(
        ObBrowsePoint(view, 65537, (const unsigned char *)"x", 0, NULL, &resume, 1, &items, &error),
        OB_E_INVALID_ARGUMENT, &error);
    check_error(
        ObBrowsePoint(view, 0, NULL, 1025, (const unsigned char *)"x", &resume, 1, &items, &error),
        OB_E_INVALID_ARGUMENT, &error);
    check_error(
        ObBrowsePoint(view, 4, (const unsigned char *)"none", 0, NULL, &resume, 1, &items, &error),
        OB_E_NOT_FOUND, &error);
    ck_assert_ptr_null(items.items);
    ObClosePoint(&view);
}
END_TEST

START_TEST(manager_points__memory_runs_out)
{
    bool hit = true;
    OB_VIEW view = open_view();
    for (uint64_t n = 1; hit; n++) {
        hyper resume = 0;
        OB_ITEM_LIST list = {0};
        OB_BYTES error = {0};
        ob_test_alloc_begin(n, true);
        LONG status = ObBrowsePoint(view, 0, NULL, 1, (const unsigned char *)"*", &resume, 100,
                                    &list, &error);
        free_items(&list);
        ob_free(error.data);
        hit = ob_test_alloc_end();
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
    }
    ObClosePoint(&view);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, manager_points__a_source_has_no_nul);
    tcase_add_test(cases, manager_points__lists);
    tcase_add_test(cases, manager_points__browses);
    tcase_add_test(cases, manager_points__runs_down);
    tcase_add_test(cases, manager_points__refuses_what_is_out_of_range);
    tcase_add_test(cases, manager_points__memory_runs_out);
}

OB_TEST_MAIN("manager_points", add_cases)
