#include "ob/json.h"
#include "ob/test.h"
#include "record.h"

#include <cjson/cJSON.h>
#include <string.h>

static const char *print(cJSON *json)
{
    ob_buf out = {0};
    ob_check_ok(ob_json_print(&out, json));
    ob_buf_put_u8(&out, 0);
    const char *text = ob_test_format("%s", (const char *)out.data);
    ob_buf_free(&out);
    ob_json_free(json);
    return text;
}

START_TEST(record__job)
{
    bool failed = false;
    ob_job job = {.type = OB_JOB_BACKUP,
                  .state = OB_JOB_IN_PROGRESS,
                  .revision = 4,
                  .start_time = INT64_C(1769860800) * 1000000000,
                  .bytes_total = 10,
                  .bytes_done = 9,
                  .bytes_changed = 8,
                  .bytes_stored = 7,
                  .files_total = 6,
                  .files_done = 5,
                  .files_changed = 4,
                  .files_failed = 3,
                  .bytes_per_second = 2,
                  .seconds_left = -1,
                  .current = (char *)"/a",
                  .detail = (char *)"{\"policy\":\"p\"}"};
    ck_assert_str_eq(
        print(ob_record_job(&job, &failed)),
        "{\"id\":\"00000000-0000-0000-0000-000000000000\",\"type\":\"Backup\","
        "\"state\":\"InProgress\",\"status\":0,\"revision\":4,"
        "\"start_time\":\"2026-01-31T12:00:00Z\",\"end_time\":null,\"bytes_total\":10,"
        "\"bytes_done\":9,\"bytes_changed\":8,\"bytes_stored\":7,\"files_total\":6,"
        "\"files_done\":5,\"files_changed\":4,\"files_failed\":3,\"bytes_per_second\":2,"
        "\"seconds_left\":null,\"current\":\"/a\",\"detail\":{\"policy\":\"p\"}}");
    ck_assert(!failed);
}
END_TEST

START_TEST(record__a_broken_detail_is_null)
{
    bool failed = false;
    ob_job job = {.current = (char *)"", .detail = (char *)"{", .seconds_left = 5};
    const char *text = print(ob_record_job(&job, &failed));
    ck_assert_ptr_nonnull(strstr(text, "\"detail\":null"));
    ck_assert_ptr_nonnull(strstr(text, "\"seconds_left\":5"));
}
END_TEST

START_TEST(record__point)
{
    bool failed = false;
    ob_point point = {.time = INT64_C(1769860800) * 1000000000,
                      .bytes = 5,
                      .files = 2,
                      .sources = (char *)"{\"policy\":\"p\"}"};
    ck_assert_str_eq(print(ob_record_point(&point, &failed)),
                     "{\"id\":\"00000000-0000-0000-0000-000000000000\","
                     "\"time\":\"2026-01-31T12:00:00Z\",\"bytes\":5,\"files\":2,"
                     "\"sources\":{\"policy\":\"p\"}}");
}
END_TEST

START_TEST(record__item)
{
    bool failed = false;
    ob_item item = {.type = 1, .mode = 0644, .size = 3, .path = (char *)"etc/a\nb"};
    ck_assert_str_eq(print(ob_record_item(&item, &failed)),
                     "{\"type\":\"file\",\"mode\":\"0644\",\"size\":3,\"mtime\":null,"
                     "\"path\":\"etc/a\\nb\",\"escaped\":false}");
    item.path = (char *)"a\\\xff";
    ck_assert_str_eq(print(ob_record_item(&item, &failed)),
                     "{\"type\":\"file\",\"mode\":\"0644\",\"size\":3,\"mtime\":null,"
                     "\"path\":\"a\\\\\\\\\\\\xff\",\"escaped\":true}");
    ck_assert(!failed);
}
END_TEST

START_TEST(record__item_types)
{
    ck_assert_str_eq(ob_record_item_type(2), "folder");
    ck_assert_str_eq(ob_record_item_type(7), "block-device");
    ck_assert_str_eq(ob_record_item_type(8), "other");
    ck_assert_str_eq(ob_record_item_type(-3), "other");
}
END_TEST

START_TEST(record__survives_lack_of_memory)
{
    ob_job job = {.current = (char *)"", .detail = (char *)"{\"a\":[1,2]}"};
    ob_item item = {.path = (char *)"\xff"};
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        bool failed = false;
        ob_test_alloc_begin(n, false);
        cJSON *one = ob_record_job(&job, &failed);
        cJSON *two = ob_record_item(&item, &failed);
        ob_json_free(one);
        ob_json_free(two);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert(failed == hit);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, record__job);
    tcase_add_test(cases, record__a_broken_detail_is_null);
    tcase_add_test(cases, record__point);
    tcase_add_test(cases, record__item);
    tcase_add_test(cases, record__item_types);
    tcase_add_test(cases, record__survives_lack_of_memory);
}

OB_TEST_MAIN("record", add_cases)
