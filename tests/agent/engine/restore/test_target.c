#include "stage.h"

#include <string.h>

START_TEST(target__metadata_is_set_when_all_is_done)
{
    stage self;
    ob_target *outer = NULL;
    ob_target *inner = NULL;
    ob_file_info info;
    const ob_fs *fs = ob_fs_os();
    const ob_entry entry = {
        .info = {.type = OB_FILE_DIR, .mode = 0711, .mtime = INT64_C(5000000000)}};
    const ob_file_info wanted = entry.info;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    ob_check_ok(ob_target_open(self.root, "outer", &entry, false, &outer));
    ob_check_ok(ob_target_open(outer, "inner", &entry, false, &inner));
    ob_target_drop(outer); /* the inner one still holds it */
    ob_check_ok(fs->stat(fs, NULL, scene_path(&self.scene, "outer"), &info));
    ck_assert_int_ne(info.mtime, wanted.mtime);
    ob_test_write_text(scene_path(&self.scene, "outer/inner/file"), "x");
    ob_target_drop(inner);
    for (int i = 0; i < 2; i++) {
        ob_check_ok(
            fs->stat(fs, NULL, scene_path(&self.scene, i == 0 ? "outer" : "outer/inner"), &info));
        ck_assert_int_eq(info.mtime, wanted.mtime);
        ck_assert(info.mode == wanted.mode || info.mode == 0);
    }
    ck_assert_uint_eq(self.events, 0);
    stage_close(&self);
}
END_TEST

START_TEST(target__an_existing_one_changes_only_if_imposed)
{
    stage self;
    ob_target *target = NULL;
    ob_file_info info;
    const ob_fs *fs = ob_fs_os();
    const ob_entry entry = {
        .info = {.type = OB_FILE_DIR, .mode = 0711, .mtime = INT64_C(5000000000)}};
    const ob_file_info wanted = entry.info;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    ob_check_ok(ob_fs_make_dirs(fs, scene_path(&self.scene, "there"), false));
    for (int impose = 0; impose < 2; impose++) {
        ob_check_ok(ob_target_open(self.root, "there", &entry, impose == 1, &target));
        ob_target_drop(target);
        ob_check_ok(fs->stat(fs, NULL, scene_path(&self.scene, "there"), &info));
        ck_assert_int_eq(info.mtime == wanted.mtime, impose == 1);
    }
    stage_close(&self);
}
END_TEST

START_TEST(target__what_is_in_the_way)
{
    stage self;
    ob_target *target = NULL;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    ob_test_write_text(scene_path(&self.scene, "file"), "x");
    ob_check_status(ob_target_open(self.root, "file", NULL, false, &target), OB_E_EXISTS);
    ob_check_detail("is not a folder");
    ob_check_status(ob_target_open(self.root, "..", NULL, false, &target), OB_E_INVALID_ARGUMENT);
    /* A link to a folder is no folder: it would lead elsewhere. */
    const ob_fs *fs = ob_fs_os();
    const char *link = scene_path(&self.scene, "link");
    if (fs->make_symlink(fs, NULL, link, self.scene.base, true) == OB_OK) {
        ob_check_status(ob_target_open(self.root, "link", NULL, false, &target), OB_E_EXISTS);
    }
    ck_assert_ptr_null(target);
    ob_check_status(ob_target_open_root(&self.restore, scene_path(&self.scene, "no"), &target),
                    OB_E_NOT_FOUND);
    stage_close(&self);
}
END_TEST

START_TEST(target__failures_of_files_and_memory)
{
    stage self;
    bool hit = true;
    const ob_entry entry = {.info = {.type = OB_FILE_DIR, .mode = 0711}};
    stage_open(&self, OB_OVERWRITE_REPLACE);
    for (uint64_t n = 1; hit; n++) {
        ob_target *target = NULL;
        const char *name = ob_test_format("d%u", (unsigned)n);
        ob_test_fs_fail(&self.scene.rig.fs, n, false);
        ob_status status = ob_target_open(self.root, name, &entry, false, &target);
        ob_target_drop(target);
        hit = self.scene.rig.fs.hit;
        /* The last operations sync the folder and set its metadata: that is told and no failure. */
        ck_assert(status == (hit && self.events == 0 ? OB_E_IO : OB_OK));
    }
    ck_assert_uint_eq(self.events, self.root->volume != NULL ? 1 : 2);
    ck_assert_int_eq(self.last.kind, OB_EVENT_NOT_KEPT);
    ob_test_fs_fail(&self.scene.rig.fs, 0, false);
    hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_target *target = NULL;
        ob_test_alloc_begin(n, false);
        ob_status status = ob_target_open(self.root, "memory", &entry, false, &target);
        ob_target_drop(target);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
    stage_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, target__metadata_is_set_when_all_is_done);
    tcase_add_test(cases, target__an_existing_one_changes_only_if_imposed);
    tcase_add_test(cases, target__what_is_in_the_way);
    tcase_add_test(cases, target__failures_of_files_and_memory);
}

OB_TEST_MAIN("restore_target", add_cases)
