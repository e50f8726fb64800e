#include "point_list.h"

#include "host_fixture.h"
#include "job_fixture.h"
#include "source.h"
#include "work.h"

#include <string.h>

#define POINTS 5

static ob_test_host fixture;
static const char *files;

static void setup(void)
{
    files = ob_test_path(ob_test_temp(), "files");
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), files, false));
    ob_test_write_text(ob_test_path(files, "a"), "some text");
    ob_test_host_ready(&fixture, files);
}

static void teardown(void)
{
    ob_test_host_close(&fixture);
}

static void make_points(void)
{
    for (int i = 0; i < POINTS; i++) {
        ob_guid job;
        ob_check_ok(ob_backup_start(fixture.jobs, &fixture.host, "", 0, &job));
        ck_assert_int_eq(ob_test_wait_end(fixture.jobs, &job).facts.status, OB_OK);
    }
}

typedef struct listed {
    ob_point_record points[POINTS + 1];
    const char *sources; /* of the last */
    size_t count;
} listed;

static ob_status take(void *context, const ob_point_record *point)
{
    listed *list = context;
    ck_assert_uint_lt(list->count, POINTS + 1);
    list->points[list->count++] = *point;
    list->sources = ob_test_format("%s", point->sources);
    return OB_OK;
}

START_TEST(point_list__none_at_first)
{
    int64_t resume = 0;
    listed list = {.count = 0};
    ob_check_ok(ob_point_list(&fixture.host, "", &resume, 10, take, &list));
    ck_assert_uint_eq(list.count, 0);
    ck_assert_int_eq(resume, 0);
    ck_assert_uint_eq(fixture.slots.taken, 0);
}
END_TEST

START_TEST(point_list__pages_newest_first)
{
    int64_t resume = 0;
    listed all = {.count = 0};
    listed paged = {.count = 0};
    make_points();
    ob_check_ok(ob_point_list(&fixture.host, "", &resume, 100, take, &all));
    ck_assert_uint_eq(all.count, POINTS);
    ck_assert_int_eq(resume, 0);
    for (size_t i = 0; i < POINTS; i++) {
        ck_assert(i == 0 || all.points[i].time < all.points[i - 1].time);
        ck_assert_int_eq(all.points[i].bytes, 9);
        ck_assert_int_gt(all.points[i].files, 0);
    }
    unsigned pages = 0;
    do {
        size_t before = paged.count;
        ob_check_ok(ob_point_list(&fixture.host, "", &resume, 2, take, &paged));
        ck_assert_uint_le(paged.count - before, 2);
        pages++;
    } while (resume != 0);
    ck_assert_uint_eq(pages, 3);
    ck_assert_uint_eq(paged.count, POINTS);
    for (size_t i = 0; i < POINTS; i++) {
        ck_assert(ob_guid_equal(&paged.points[i].id, &all.points[i].id));
    }
    ck_assert_ptr_nonnull(strstr(all.sources, "{\"policy\":\"default\",\"machine\":\""));
    ck_assert_ptr_nonnull(strstr(all.sources, "\"sources\":[{\"id\":"));
}
END_TEST

START_TEST(point_list__of_a_source)
{
    int64_t resume = 0;
    char *root = NULL;
    listed list = {.count = 0};
    make_points();
    ob_check_ok(ob_source_of_path(files, fixture.host.windows, &root));
    ob_check_ok(ob_point_list(&fixture.host, root, &resume, 100, take, &list));
    ck_assert_uint_eq(list.count, POINTS);
    ob_check_ok(ob_point_list(&fixture.host, "Q:\\", &resume, 100, take, &list));
    ck_assert_uint_eq(list.count, POINTS);
    ck_assert_int_eq(resume, 0);
    ob_free(root);
}
END_TEST

static ob_status refuse(void *context, const ob_point_record *point)
{
    (void)context;
    (void)point;
    return ob_fail(OB_E_TOO_LARGE, "enough");
}

START_TEST(point_list__a_visitor_can_end_it)
{
    int64_t resume = 0;
    make_points();
    ob_check_status(ob_point_list(&fixture.host, "", &resume, 100, refuse, NULL), OB_E_TOO_LARGE);
    ck_assert_int_eq(resume, 0);
}
END_TEST

static ob_status find_object(void *context, const char *name, uint64_t size)
{
    const char **found = context;
    (void)size;
    *found = ob_test_format("%s", name);
    return OB_OK;
}

START_TEST(point_list__a_damaged_one_does_not_hide_the_others)
{
    int64_t resume = 0;
    const char *name = NULL;
    ob_session *session = NULL;
    listed list = {.count = 0};
    make_points();
    ob_check_ok(ob_session_new(&fixture.host, &session));
    ob_check_ok(ob_session_connect(session, OB_SESSION_VIEW));
    ob_store *store = ob_session_engine(session)->store;
    ob_check_ok(store->ops->list(store, OB_OBJECT_POINT, "", find_object, &name));
    ob_session_free(session);
    ob_test_flip_byte(ob_test_path(vault_fixture_path(&fixture.vault, "point"), name), 60);
    ob_check_ok(ob_point_list(&fixture.host, "", &resume, 100, take, &list));
    ck_assert_uint_eq(list.count, POINTS - 1);
}
END_TEST

START_TEST(point_list__needs_a_vault)
{
    int64_t resume = 7;
    listed list = {.count = 0};
    ob_check_ok(ob_fs_remove_tree(ob_fs_os(), fixture.vault.folder));
    ob_check_status(ob_point_list(&fixture.host, "", &resume, 100, take, &list),
                    OB_E_VAULT_UNREACHABLE);
    ck_assert_int_eq(resume, 7);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, point_list__none_at_first);
    tcase_add_test(cases, point_list__pages_newest_first);
    tcase_add_test(cases, point_list__of_a_source);
    tcase_add_test(cases, point_list__a_visitor_can_end_it);
    tcase_add_test(cases, point_list__a_damaged_one_does_not_hide_the_others);
    tcase_add_test(cases, point_list__needs_a_vault);
}

OB_TEST_MAIN("point_list", add_cases)
