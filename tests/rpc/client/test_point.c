#include "fake_agent.h"

#include <string.h>

static ob_client *client;

static void setup(void)
{
    fake_agent_start();
    client = fake_agent_connect();
    for (size_t i = 0; i < FAKE_RECORDS; i++) {
        fake.points[i].time = (int64_t)i;
        fake.points[i].sources = "{\"sources\":[]}";
    }
    fake.point_count = 5;
}

static void teardown(void)
{
    ob_client_close(client);
    fake_agent_stop();
}

START_TEST(point__list_page_by_page)
{
    int64_t resume = 0;
    int64_t seen = 0;
    do {
        ob_point *points = NULL;
        size_t count = 0;
        ob_check_ok(ob_client_list_points(client, "C:\\", &resume, 2, &points, &count));
        for (size_t i = 0; i < count; i++, seen++) {
            ck_assert_int_eq(points[i].time, seen);
            ck_assert_str_eq(points[i].sources, "{\"sources\":[]}");
            ob_point_free(&points[i]);
        }
        ob_free(points);
    } while (resume != 0);
    ck_assert_int_eq(seen, 5);
    ck_assert_str_eq(fake.input, "C:\\");
}
END_TEST

START_TEST(point__list_fails)
{
    ob_point *points = NULL;
    size_t count = 0;
    int64_t resume = 0;
    static char large[65538];
    fake.status[FAKE_LIST_POINTS] = OB_E_PASSPHRASE_NOT_SET;
    ob_check_status(ob_client_list_points(client, NULL, &resume, 2, &points, &count),
                    OB_E_PASSPHRASE_NOT_SET);
    ck_assert_str_eq(fake.input, "");
    memset(large, 'x', sizeof large - 1);
    ob_check_status(ob_client_list_points(client, large, &resume, 2, &points, &count),
                    OB_E_TOO_LARGE);
    ck_assert_ptr_null(points);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, point__list_page_by_page);
    tcase_add_test(cases, point__list_fails);
}

OB_TEST_MAIN("point", add_cases)
