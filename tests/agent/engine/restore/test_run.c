#include "scene.h"

#include "ob/alloc.h"
#include "ob/host.h"
#include "source/place.h"

#include <stdlib.h>
#include <string.h>

#define ALL_META (OB_META_MODE | OB_META_OWNER | OB_META_TIMES | OB_META_ATTRIBUTES)

static void check_same(const char *left, const char *right, int mask)
{
    const char *difference = ob_test_tree_differs(left, right, mask);
    ck_assert_msg(difference == NULL, "%s", difference);
}

START_TEST(restore_run__everything_elsewhere)
{
    scene self;
    scene_open(&self);
    ob_test_rng rng = ob_test_rng_new(1);
    ob_test_tree_make(self.source, &rng, 60);
    ob_check_ok(scene_backup(&self));
    ck_assert_uint_eq(self.event_count, 0);
    ck_assert(!self.last.incremental);
    check_same(self.source, scene_restore_all(&self, "out"), ALL_META);
    scene_close(&self);
}
END_TEST

START_TEST(restore_run__large_and_empty_files)
{
    scene self;
    scene_open(&self);
    uint8_t *data = rig_text(7, (size_t)9 << 20);
    ob_test_write_file(scene_path(&self, "large"), data, (size_t)9 << 20);
    ob_test_write_file(scene_path(&self, "larger by one"), data, ((size_t)9 << 20) - 1);
    ob_test_write_file(scene_path(&self, "empty"), data, 0);
    ob_test_write_file(scene_path(&self, "one"), data, 1);
    free(data);
    ob_check_ok(scene_backup(&self));
    check_same(self.source, scene_restore_all(&self, "out"), ALL_META);
    ck_assert_uint_eq(self.progress.bytes_done, self.progress.bytes_total);
    ck_assert_uint_eq(self.progress.files_done, self.progress.files_total);
    scene_close(&self);
}
END_TEST

/* The volume's own entry stands in the list before all others of it. */
START_TEST(restore_run__one_file_in_place)
{
    scene self;
    ob_buf item = {0};
    size_t length = 0;
    scene_open(&self);
    const char *file = scene_path(&self, "file");
    ob_test_write_text(file, "first");
    ob_check_ok(scene_backup(&self));
    ob_check_ok(ob_place_to_point(file, &item));
    char *path = ob_buf_take_text(&item);
    ob_check_ok(ob_fs_os()->remove_file(ob_fs_os(), NULL, file));

    const char *items[] = {path};
    const ob_restore_options options = {
        .point = self.last.point, .items = items, .item_count = 1};
    ob_check_ok(scene_restore(&self, &options));
    ck_assert_uint_eq(scene_told(&self, OB_EVENT_FAILED, NULL, NULL), 0);
    ck_assert_mem_eq(ob_test_read_file(file, &length), "first", 5);
    ob_free(path);
    scene_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, restore_run__everything_elsewhere);
    tcase_add_test(cases, restore_run__large_and_empty_files);
    tcase_add_test(cases, restore_run__one_file_in_place);
}

OB_TEST_MAIN("restore_run", add_cases)
