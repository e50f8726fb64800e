#include "fake_agent.h"

#include <string.h>

static ob_client *client;
static ob_client_view *view;
static const ob_guid point = {{9, 8, 7}};

static void setup(void)
{
    fake_agent_start();
    client = fake_agent_connect();
    fake.items[0] = (ob_item){.type = 2, .mode = 0755, .mtime = 5, .path = (char *)"etc"};
    fake.items[1] = (ob_item){.type = 1, .size = 7, .path = (char *)"a\xff\nb"};
    fake.items[2] = (ob_item){.type = 3, .path = (char *)""};
    fake.item_count = 3;
    view = NULL;
    ob_check_ok(ob_client_open_point(client, &point, &view));
}

static void teardown(void)
{
    ob_client_close_view(view);
    ob_client_close(client);
    fake_agent_stop();
}

/* One page; gives the number of items and checks the first path. */
static size_t browse(int64_t *resume, const char *first)
{
    ob_item *items = NULL;
    size_t count = 0;
    ob_check_ok(ob_client_browse(view, "home", "*.c", resume, 2, &items, &count));
    for (size_t i = 0; i < count; i++) {
        ck_assert(i > 0 || strcmp(items[i].path, first) == 0);
        ob_item_free(&items[i]);
    }
    ob_free(items);
    return count;
}

START_TEST(view__browse)
{
    int64_t resume = 0;
    ck_assert(ob_guid_equal(&fake.id, &point));
    ck_assert_uint_eq(browse(&resume, "etc"), 2);
    ck_assert_uint_eq(browse(&resume, ""), 1);
    ck_assert_int_eq(resume, 0);
    ck_assert_str_eq(fake.input, "home");
    ck_assert_str_eq(fake.pattern, "*.c");
    ck_assert_uint_eq(fake.most, 2);
}
END_TEST

START_TEST(view__names_come_as_they_are)
{
    ob_item *items = NULL;
    size_t count = 0;
    int64_t resume = 1;
    ob_check_ok(ob_client_browse(view, NULL, NULL, &resume, 1, &items, &count));
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(items[0].path, "a\xff\nb");
    ck_assert_int_eq(items[0].size, 7);
    ck_assert_str_eq(fake.input, "");
    ck_assert_str_eq(fake.pattern, "");
    ob_item_free(&items[0]);
    ob_free(items);
}
END_TEST

START_TEST(view__close_tells_the_agent)
{
    ck_assert_int_eq(atomic_load(&fake.open_views), 1);
    ob_client_close_view(view);
    view = NULL;
    ob_client_close_view(NULL);
    ck_assert_int_eq(atomic_load(&fake.open_views), 0);
    ck_assert_int_eq(atomic_load(&fake.calls[FAKE_CLOSE_POINT]), 1);
}
END_TEST

START_TEST(view__opens_again_after_a_restart)
{
    int64_t resume = 2;
    atomic_store(&fake.lose[FAKE_BROWSE_POINT], 1);
    ck_assert_uint_eq(browse(&resume, ""), 1);
    ck_assert_int_eq(atomic_load(&fake.calls[FAKE_OPEN_POINT]), 2);
    fake_agent_restart();
    resume = 0;
    ck_assert_uint_eq(browse(&resume, "etc"), 2);
}
END_TEST

START_TEST(view__tries_again_later)
{
    ob_item *items = NULL;
    size_t count = 0;
    int64_t resume = 0;
    atomic_store(&fake.lose[FAKE_BROWSE_POINT], 1);
    fake.status[FAKE_OPEN_POINT] = OB_E_CORRUPT;
    ob_check_status(ob_client_browse(view, "", "", &resume, 2, &items, &count),
                    OB_E_AGENT_UNREACHABLE);
    ob_check_status(ob_client_browse(view, "", "", &resume, 2, &items, &count), OB_E_CORRUPT);
    fake.status[FAKE_OPEN_POINT] = OB_OK;
    ck_assert_uint_eq(browse(&resume, "etc"), 2);
}
END_TEST

START_TEST(view__fails)
{
    ob_item *items = NULL;
    size_t count = 0;
    int64_t resume = 0;
    ob_client_view *none = NULL;
    static char large[65538];
    fake.status[FAKE_BROWSE_POINT] = OB_E_NOT_FOUND;
    ob_check_status(ob_client_browse(view, "x", "", &resume, 2, &items, &count), OB_E_NOT_FOUND);
    memset(large, 'x', sizeof large - 1);
    ob_check_status(ob_client_browse(view, large, "", &resume, 2, &items, &count), OB_E_TOO_LARGE);
    large[1025] = '\0';
    ob_check_status(ob_client_browse(view, "", large, &resume, 2, &items, &count), OB_E_TOO_LARGE);
    fake.status[FAKE_OPEN_POINT] = OB_E_NOT_FOUND;
    ob_check_status(ob_client_open_point(client, &point, &none), OB_E_NOT_FOUND);
    ck_assert_ptr_null(none);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, view__browse);
    tcase_add_test(cases, view__names_come_as_they_are);
    tcase_add_test(cases, view__close_tells_the_agent);
    tcase_add_test(cases, view__opens_again_after_a_restart);
    tcase_add_test(cases, view__tries_again_later);
    tcase_add_test(cases, view__fails);
}

OB_TEST_MAIN("view", add_cases)
