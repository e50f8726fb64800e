#include "view.h"

#include "host_fixture.h"
#include "job_fixture.h"
#include "ob/json.h"
#include "work.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#define FILES 230

static ob_test_host fixture;
static ob_open_views views;
static ob_guid point;
static const char *folder; /* as a path in the point */

static void back_up(void)
{
    ob_guid job;
    cJSON *json = NULL;
    ob_check_ok(ob_backup_start(fixture.jobs, &fixture.host, "", 0, &job));
    ob_test_seen seen = ob_test_wait_end(fixture.jobs, &job);
    ck_assert_int_eq(seen.facts.status, OB_OK);
    ob_check_ok(ob_json_parse(&json, seen.detail, strlen(seen.detail)));
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "point"));
    ob_check_ok(ob_guid_parse(&point, text, strlen(text)));
    ob_json_free(json);
}

static void setup(void)
{
    const char *files = ob_test_path(ob_test_temp(), "files");
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), ob_test_path(files, "sub"), false));
    for (int i = 0; i < FILES; i++) {
        ob_test_write_text(ob_test_path(files, ob_test_format("f%03d.txt", i)), "x");
    }
    ob_test_write_text(ob_test_path(ob_test_path(files, "sub"), "deep.TXT"), "12345");
    ob_test_host_ready(&fixture, files);
    back_up();
    ob_open_views_init(&views);
    folder = ob_test_format("%s", files + (files[0] == '/'));
    for (char *c = (char *)(uintptr_t)folder; *c != '\0'; c++) {
        *c = *c == '\\' ? '/' : *c;
    }
}

static void teardown(void)
{
    ob_open_views_destroy(&views);
    ob_test_host_close(&fixture);
}

typedef struct items {
    size_t count;
    const char *last;
    ob_item_record record;
} items;

static ob_status take(void *context, const ob_item_record *item)
{
    items *list = context;
    list->count++;
    list->last = ob_test_format("%s", item->path);
    list->record = *item;
    return OB_OK;
}

static ob_service_view *open_view(void)
{
    ob_service_view *view = NULL;
    ob_check_ok(ob_service_view_open(&views, &fixture.host, &point, &view));
    return view;
}

static ob_status browse(ob_service_view *view, const char *path, const char *pattern,
                        int64_t *resume, size_t most, items *list)
{
    return ob_service_browse(view, path, strlen(path), pattern, strlen(pattern), resume, most, take,
                             list);
}

START_TEST(view__pages_a_folder)
{
    int64_t resume = 0;
    items list = {.count = 0};
    ob_service_view *view = open_view();
    ob_check_ok(browse(view, folder, "", &resume, 150, &list));
    ck_assert_uint_eq(list.count, 150);
    ck_assert_int_ne(resume, 0);
    ob_check_ok(browse(view, folder, "", &resume, 1000, &list));
    ck_assert_uint_eq(list.count, FILES + 1);
    ck_assert_int_eq(resume, 0);
    ck_assert_str_eq(list.last, ob_test_format("%s/sub", folder));
    ck_assert_int_eq(list.record.type, OB_FILE_DIR);
    ob_service_close_view(view);
    ob_service_close_view(NULL);
    ck_assert_ptr_null(views.first);
    ck_assert_uint_eq(fixture.slots.taken, 0);
}
END_TEST

START_TEST(view__searches_by_name)
{
    int64_t resume = 0;
    items list = {.count = 0};
    ob_service_view *view = open_view();
    ob_check_ok(browse(view, "", "DEEP.*", &resume, 10, &list));
    ck_assert_uint_eq(list.count, 1);
    ck_assert_str_eq(list.last, ob_test_format("%s/sub/deep.TXT", folder));
    ck_assert_int_eq(list.record.size, 5);
    ck_assert_int_eq(list.record.type, OB_FILE_REGULAR);
    ob_service_close_view(view);
}
END_TEST

START_TEST(view__what_is_not_there)
{
    int64_t resume = 0;
    items list = {.count = 0};
    ob_service_view *view = NULL;
    ob_guid other = {{1}};
    ob_check_status(ob_service_view_open(&views, &fixture.host, &other, &view), OB_E_NOT_FOUND);
    ck_assert_ptr_null(view);
    ck_assert_uint_eq(fixture.slots.taken, 0);
    view = open_view();
    ob_check_status(browse(view, "no/such/folder", "", &resume, 10, &list), OB_E_NOT_FOUND);
    ob_check_status(ob_service_browse(view, "a\0b", 3, "", 0, &resume, 10, take, &list),
                    OB_E_INVALID_ARGUMENT);
    ob_check_status(ob_service_browse(view, "", 0, "a\0b", 3, &resume, 10, take, &list),
                    OB_E_INVALID_ARGUMENT);
    ob_service_close_view(view);
}
END_TEST

START_TEST(view__several_at_once_and_in_any_order)
{
    ob_service_view *first = open_view();
    ob_service_view *second = open_view();
    ob_service_view *third = open_view();
    ob_service_close_view(second);
    ob_service_close_view(first);
    ob_service_close_view(third);
    ck_assert_ptr_null(views.first);
}
END_TEST

START_TEST(view__shut_before_it_is_closed)
{
    int64_t resume = 0;
    items list = {.count = 0};
    ob_service_view *first = open_view();
    ob_service_view *second = open_view();
    ob_open_views_shut(&views);
    ck_assert_uint_eq(fixture.slots.taken, 0);
    ob_check_status(browse(first, "", "", &resume, 10, &list), OB_E_BUSY);
    ob_service_close_view(first);
    ob_service_close_view(second);
}
END_TEST

static ob_status refuse(void *context, const ob_item_record *item)
{
    (void)context;
    (void)item;
    return ob_fail(OB_E_TOO_LARGE, "enough");
}

START_TEST(view__a_visitor_can_end_it)
{
    int64_t resume = 0;
    ob_service_view *view = open_view();
    ob_check_status(ob_service_browse(view, "", 0, "", 0, &resume, 10, refuse, NULL),
                    OB_E_TOO_LARGE);
    ck_assert_int_eq(resume, 0);
    ob_service_close_view(view);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, view__pages_a_folder);
    tcase_add_test(cases, view__searches_by_name);
    tcase_add_test(cases, view__what_is_not_there);
    tcase_add_test(cases, view__several_at_once_and_in_any_order);
    tcase_add_test(cases, view__shut_before_it_is_closed);
    tcase_add_test(cases, view__a_visitor_can_end_it);
}

OB_TEST_MAIN("view", add_cases)
