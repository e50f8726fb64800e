#include "scene.h"

#include "ob/host.h"

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

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, restore_run__everything_elsewhere);
    tcase_add_test(cases, restore_run__large_and_empty_files);
}

OB_TEST_MAIN("restore_run", add_cases)
