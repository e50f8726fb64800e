#include "stage.h"

#include <stdio.h>
#include <string.h>

static ob_placing placing_of(stage *self, const char *name)
{
    return (ob_placing){self->root, name, scene_path(&self->scene, name)};
}

static ob_status restore_file(const ob_placing *placing, const ob_file_source *source,
                              ob_restored *restored)
{
    char temporary[OB_TEMPORARY_NAME];
    ob_status status = ob_file_write(placing, source, true, temporary);
    return OB_FAILED(status) ? status : ob_file_settle(placing, source->entry, temporary, restored);
}

static ob_status restore_text(stage *self, const char *name, const char *content,
                              ob_restored *restored)
{
    ob_entry entry = stage_entry(self, name, content);
    ob_placing placing = placing_of(self, name);
    ob_file_source source = {&entry, stage_never, NULL, &self->chunk};
    return restore_file(&placing, &source, restored);
}

START_TEST(file__restored_with_its_metadata)
{
    stage self;
    ob_restored restored;
    ob_file_info info;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    for (int again = 0; again < 2; again++) {
        const char *content = again ? "" : "content";
        ob_check_ok(restore_text(&self, "file", content, &restored));
        ck_assert(restored.done);
        ck_assert_str_eq(restored.copy, "");
        ck_assert_str_eq(stage_text(&self, "file"), content);
        ob_check_ok(ob_fs_os()->stat(ob_fs_os(), NULL, scene_path(&self.scene, "file"), &info));
        ck_assert(info.mode == 0640 || info.mode == 0);
        ck_assert_int_eq(info.mtime, INT64_C(1500000000) * 1000000000);
    }
    ck_assert_uint_eq(stage_count(&self, ""), 1);
    stage_close(&self);
}
END_TEST

START_TEST(file__that_exists_is_copied_beside)
{
    stage self;
    ob_restored restored;
    stage_open(&self, OB_OVERWRITE_COPY);
    ob_test_write_text(scene_path(&self.scene, "a.txt"), "old");
    ob_check_ok(restore_text(&self, "a.txt", "new", &restored));
    ck_assert_str_eq(restored.copy, "a (1).txt");
    ck_assert_int_eq(self.last.kind, OB_EVENT_RESTORED_AS);
    ck_assert_str_eq(self.last.path, scene_path(&self.scene, "a.txt"));
    ck_assert_str_eq(self.last.what, scene_path(&self.scene, "a (1).txt"));
    ob_check_ok(restore_text(&self, "a.txt", "newer", &restored));
    ck_assert_str_eq(stage_text(&self, "a.txt"), "old");
    ck_assert_str_eq(stage_text(&self, "a (1).txt"), "new");
    ck_assert_str_eq(stage_text(&self, "a (2).txt"), "newer");
    ck_assert_uint_eq(stage_count(&self, ""), 3);
    stage_close(&self);
}
END_TEST

static ob_status appear(ob_test_fs *wrapper, const char *operation, const char *name)
{
    (void)name;
    if (strcmp(operation, "rename_new") == 0) {
        ob_test_write_text(wrapper->context, "came first");
    }
    return OB_OK;
}

START_TEST(file__that_exists_is_skipped)
{
    stage self;
    ob_restored restored;
    bool stays = false;
    stage_open(&self, OB_OVERWRITE_SKIP);
    ob_placing placing = placing_of(&self, "a");
    ob_check_ok(ob_file_stays(&placing, &stays));
    ck_assert(!stays);
    /* It may also come between the look and the rename. */
    self.scene.rig.fs.before = appear;
    self.scene.rig.fs.context = (void *)(uintptr_t)scene_path(&self.scene, "a");
    ob_check_ok(restore_text(&self, "a", "new", &restored));
    self.scene.rig.fs.before = NULL;
    ck_assert(!restored.done);
    ck_assert_int_eq(self.last.kind, OB_EVENT_EXISTED);
    ck_assert_str_eq(stage_text(&self, "a"), "came first");
    ob_check_ok(ob_file_stays(&placing, &stays));
    ck_assert(stays);
    ck_assert_uint_eq(self.events, 2);
    ck_assert_uint_eq(stage_count(&self, ""), 1);
    stage_close(&self);
}
END_TEST

START_TEST(file__whose_content_is_wrong)
{
    stage self;
    ob_restored restored;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    ob_test_write_text(scene_path(&self.scene, "a"), "old");
    ob_entry entry = stage_entry(&self, "a", "content");
    ob_placing placing = placing_of(&self, "a");
    ob_file_source source = {&entry, stage_never, NULL, &self.chunk};
    entry.info.size = 6;
    ob_check_status(restore_file(&placing, &source, &restored), OB_E_CORRUPT);
    entry.info.size = 8;
    ob_check_status(restore_file(&placing, &source, &restored), OB_E_CORRUPT);
    const ob_chunk_id none = {{1, 2}};
    entry.ids = &none;
    ob_check_status(restore_file(&placing, &source, &restored), OB_E_CORRUPT);
    ob_check_detail("not in the vault");
    ck_assert_str_eq(stage_text(&self, "a"), "old");
    ck_assert_uint_eq(stage_count(&self, ""), 1);
    stage_close(&self);
}
END_TEST

typedef struct order {
    char text[256]; /* operations in their order, each with a blank behind it */
} order;

static ob_status record(ob_test_fs *wrapper, const char *operation, const char *name)
{
    order *self = wrapper->context;
    (void)name;
    snprintf(self->text + strlen(self->text), sizeof self->text - strlen(self->text), "%s ",
             operation);
    return OB_OK;
}

START_TEST(file__is_on_disk_before_it_has_its_name)
{
    stage self;
    ob_restored restored;
    order seen = {""};
    stage_open(&self, OB_OVERWRITE_REPLACE);
    ob_entry entry = stage_entry(&self, "a", "content");
    ob_placing placing = placing_of(&self, "a");
    ob_file_source source = {&entry, stage_never, NULL, &self.chunk};
    self.scene.rig.fs.before = record;
    self.scene.rig.fs.context = &seen;
    ob_check_ok(restore_file(&placing, &source, &restored));
    ck_assert_str_eq(seen.text, "open write_at sync set_meta rename ");
    self.scene.rig.fs.before = NULL;
    stage_close(&self);
}
END_TEST

START_TEST(file__symbolic_links)
{
    stage self;
    ob_restored restored;
    char *target = NULL;
    const ob_fs *fs = ob_fs_os();
    const ob_entry entry = {.info = {.type = OB_FILE_SYMLINK, .links = 1, .mtime = 7000},
                            .target = "../no/where",
                            .target_length = 11};
    stage_open(&self, OB_OVERWRITE_REPLACE);
    ob_placing placing = placing_of(&self, "link");
    ob_status status = ob_file_restore_node(&placing, &entry, &restored);
    if (status != OB_E_ACCESS_DENIED && status != OB_E_NOT_SUPPORTED) {
        ob_check_ok(status);
        ob_check_ok(ob_file_restore_node(&placing, &entry, &restored));
        ob_check_ok(fs->read_link(fs, NULL, placing.place, &target));
        ck_assert_str_eq(target, "../no/where");
        ob_free(target);
        ck_assert_uint_eq(stage_count(&self, ""), 1);
        self.options.overwrite = OB_OVERWRITE_COPY;
        ob_check_ok(ob_file_restore_node(&placing, &entry, &restored));
        ck_assert_str_eq(restored.copy, "link (1)");
    }
    stage_close(&self);
}
END_TEST

START_TEST(file__hard_links)
{
    stage self;
    ob_restored restored;
    ob_file_info info;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    ob_check_ok(restore_text(&self, "first", "content", &restored));
    ob_placing placing = placing_of(&self, "second");
    /* Twice: the second time the name stands for the file already. */
    for (int i = 0; i < 2; i++) {
        ob_check_ok(ob_file_restore_link(&placing, self.root->dir, "first", &restored));
        ob_check_ok(ob_fs_os()->stat(ob_fs_os(), NULL, placing.place, &info));
        ck_assert_uint_eq(info.links, 2);
        ck_assert_uint_eq(stage_count(&self, ""), 2);
    }
    self.options.overwrite = OB_OVERWRITE_SKIP;
    ob_test_write_text(scene_path(&self.scene, "third"), "old");
    placing = placing_of(&self, "third");
    ob_check_ok(ob_file_restore_link(&placing, self.root->dir, "first", &restored));
    ck_assert(!restored.done);
    ck_assert_str_eq(stage_text(&self, "third"), "old");
    ck_assert_uint_eq(stage_count(&self, ""), 3);
    self.options.overwrite = OB_OVERWRITE_COPY;
    ob_check_ok(ob_file_restore_link(&placing, self.root->dir, "first", &restored));
    ck_assert_str_eq(restored.copy, "third (1)");
    ob_check_status(ob_file_restore_link(&placing, self.root->dir, "none", &restored),
                    OB_E_NOT_FOUND);
    ck_assert_uint_eq(stage_count(&self, ""), 4);
    stage_close(&self);
}
END_TEST

/* Whatever fails, no half file and no temporary one is left behind. */
START_TEST(file__operations_that_fail_one_by_one)
{
    stage self;
    bool hit = true;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    ob_test_write_text(scene_path(&self.scene, "a"), "old");
    for (uint64_t n = 1; hit; n++) {
        ob_restored restored;
        ob_entry entry = stage_entry(&self, "a", "new");
        ob_placing placing = placing_of(&self, "a");
        ob_file_source source = {&entry, stage_never, NULL, &self.chunk};
        ob_test_fs_fail(&self.scene.rig.fs, n, false);
        self.scene.rig.fs.torn = true;
        ob_status status = restore_file(&placing, &source, &restored);
        hit = self.scene.rig.fs.hit;
        ob_test_fs_fail(&self.scene.rig.fs, 0, false);
        ck_assert(status == OB_OK || (hit && status == OB_E_IO));
        ck_assert_str_eq(stage_text(&self, "a"), status == OB_OK ? "new" : "old");
        ck_assert_uint_eq(stage_count(&self, ""), 1);
        ob_test_write_text(scene_path(&self.scene, "a"), "old");
    }
    stage_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, file__restored_with_its_metadata);
    tcase_add_test(cases, file__that_exists_is_copied_beside);
    tcase_add_test(cases, file__that_exists_is_skipped);
    tcase_add_test(cases, file__whose_content_is_wrong);
    tcase_add_test(cases, file__is_on_disk_before_it_has_its_name);
    tcase_add_test(cases, file__symbolic_links);
    tcase_add_test(cases, file__hard_links);
    tcase_add_test(cases, file__operations_that_fail_one_by_one);
}

OB_TEST_MAIN("restore_file", add_cases)
