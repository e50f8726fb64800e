#include "lost_machine.h"

#include <string.h>

static lost_machine lost;
static ob_rescue *rescue;

static void setup(void)
{
    lost_machine_make(&lost, NULL);
    rescue = lost_machine_open(&lost);
}

static void teardown(void)
{
    ob_rescue_close(rescue);
}

typedef struct seen {
    ob_guid ids[4];
    size_t count;
    size_t stop_at; /* 0 = never */
} seen;

static ob_status see_point(void *context, const ob_rescue_point *point)
{
    seen *self = context;
    ck_assert_uint_lt(self->count, 4);
    ck_assert_str_eq(point->policy, "default");
    ck_assert_str_eq(point->machine, "server");
    ck_assert_uint_eq(point->source_count, 1);
    ck_assert_str_eq(point->sources[0], "/");
    ck_assert_int_gt(point->files, 0);
    self->ids[self->count++] = point->id;
    return self->count == self->stop_at ? OB_E_CANCELLED : OB_OK;
}

START_TEST(browse__points_newest_first)
{
    seen all = {.count = 0};
    size_t damaged = 9;
    ob_check_ok(ob_rescue_points(rescue, see_point, &all, &damaged));
    ck_assert_uint_eq(all.count, 2);
    ck_assert_uint_eq(damaged, 0);
    ck_assert(ob_guid_equal(&all.ids[0], &lost.second));
    ck_assert(ob_guid_equal(&all.ids[1], &lost.first));
    seen one = {.stop_at = 1};
    ob_check_status(ob_rescue_points(rescue, see_point, &one, &damaged), OB_E_CANCELLED);
    ck_assert_uint_eq(one.count, 1);
    ob_guid latest = {{0}};
    ob_check_ok(ob_rescue_latest(rescue, NULL, &latest));
    ck_assert(ob_guid_equal(&latest, &lost.second));
    ob_check_ok(ob_rescue_latest(rescue, "default", &latest));
    ob_check_status(ob_rescue_latest(rescue, "mail", &latest), OB_E_NOT_FOUND);
    ob_check_detail("of the policy mail");
}
END_TEST

/* Turns a byte over in each recovery point. */
static void damage_points(void)
{
    const ob_fs *fs = ob_fs_os();
    ob_dir *dir = NULL;
    ob_dir_entry entry = {0};
    const char *points = vault_fixture_path(&lost.vault, "point");
    ob_check_ok(fs->dir_open(fs, NULL, points, &dir));
    while (fs->dir_read(fs, dir, &entry) == OB_OK && entry.name != NULL) {
        ob_test_flip_byte(ob_test_path(points, entry.name), 100);
    }
    fs->dir_close(fs, dir);
}

START_TEST(browse__damaged_points_are_counted)
{
    seen all = {.count = 0};
    size_t damaged = 0;
    ob_guid latest = {{0}};
    damage_points();
    ob_check_ok(ob_rescue_points(rescue, see_point, &all, &damaged));
    ck_assert_uint_eq(all.count, 0);
    ck_assert_uint_eq(damaged, 2);
    ob_check_status(ob_rescue_latest(rescue, NULL, &latest), OB_E_NOT_FOUND);
    ob_check_detail("of 2 recovery points none");
    ck_assert(ob_guid_is_zero(&latest));
}
END_TEST

static ob_status see_item(void *context, const ob_item *item)
{
    const char **names = context;
    *names = ob_test_format("%s%s|", *names, item->path + strlen(item->path) - 7);
    return OB_OK;
}

START_TEST(browse__what_a_point_holds)
{
    const char *names = "";
    const char *native = ob_test_format("%s/", lost.source); /* as people write it */
    ob_check_ok(ob_rescue_browse(rescue, &lost.first, lost_machine_inside(&lost, "docs"), "",
                                 see_item, &names));
    ck_assert_str_eq(names, "two.txt|");
    names = "";
    ob_check_ok(ob_rescue_browse(rescue, &lost.second, "", "*.TXT", see_item, &names));
    ck_assert_ptr_nonnull(strstr(names, "one.txt|"));
    ck_assert_ptr_nonnull(strstr(names, "ter.txt|"));
    names = "";
    ob_check_ok(ob_rescue_browse(rescue, &lost.first, native, "o*", see_item, &names));
    ck_assert_str_eq(names, "one.txt|");
    ob_guid nothing = {{9}};
    ob_check_status(ob_rescue_browse(rescue, &nothing, "", "", see_item, &names), OB_E_NOT_FOUND);
    ob_check_status(ob_rescue_browse(rescue, &lost.first, "no/where", "", see_item, &names),
                    OB_E_NOT_FOUND);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, browse__points_newest_first);
    tcase_add_test(cases, browse__damaged_points_are_counted);
    tcase_add_test(cases, browse__what_a_point_holds);
}

OB_TEST_MAIN("browse", add_cases)
