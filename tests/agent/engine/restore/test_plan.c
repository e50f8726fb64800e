#include "restore/plan.h"
#include "stage.h"

#include <string.h>

static void begin(stage *self, ob_plan *plan, const char *prefix, size_t strip)
{
    memset(plan, 0, sizeof *plan);
    plan->restore = &self->restore;
    ob_check_ok(ob_plan_begin(plan));
    ob_check_ok(ob_plan_set_root(plan, self->root, prefix, strip));
}

static void end(stage *self, ob_plan *plan)
{
    ob_check_ok(ob_plan_finish(plan));
    ob_plan_end(plan);
    stage_close(self);
}

static ob_entry folder(const char *path, uint32_t mode)
{
    return (ob_entry){.path = path,
                      .path_length = strlen(path),
                      .info = {.type = OB_FILE_DIR, .mode = mode, .links = 1, .mtime = 9000},
                      .target = ""};
}

static void put(stage *self, ob_plan *plan, const char *path, const char *content)
{
    ob_entry entry = stage_entry(self, path, content);
    ob_check_ok(ob_plan_entry(plan, &entry, false));
}

static void put_folder(ob_plan *plan, const char *path)
{
    ob_entry entry = folder(path, 0755);
    ob_check_ok(ob_plan_entry(plan, &entry, false));
}

START_TEST(plan__follows_the_list)
{
    stage self;
    ob_plan plan;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    begin(&self, &plan, "", 0);
    put_folder(&plan, "a");
    put_folder(&plan, "a/b");
    put(&self, &plan, "a/b/c", "one");
    put(&self, &plan, "a/d", "two");
    put(&self, &plan, "a-x", "three");
    put_folder(&plan, "e");
    ob_check_ok(ob_plan_finish(&plan));
    ck_assert_str_eq(stage_text(&self, "a/b/c"), "one");
    ck_assert_str_eq(stage_text(&self, "a/d"), "two");
    ck_assert_str_eq(stage_text(&self, "a-x"), "three");
    ck_assert_uint_eq(stage_count(&self, "e"), 0);
    ck_assert_uint_eq(ob_report_totals(&self.restore.report).files_done, 6);
    ck_assert_uint_eq(self.events, 0);
    end(&self, &plan);
}
END_TEST

START_TEST(plan__strips_what_is_above_an_item)
{
    stage self;
    ob_plan plan;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    begin(&self, &plan, "usr/share/doc", 10);
    put_folder(&plan, "usr/share/doc");
    put(&self, &plan, "usr/share/doc/x", "one");
    ob_check_ok(ob_plan_finish(&plan));
    ck_assert_str_eq(stage_text(&self, "doc/x"), "one");
    ck_assert_uint_eq(stage_count(&self, ""), 1);
    end(&self, &plan);
}
END_TEST

START_TEST(plan__makes_folders_that_the_list_lacks)
{
    stage self;
    ob_plan plan;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    begin(&self, &plan, "", 0);
    put(&self, &plan, "x/y/z", "one");
    put(&self, &plan, "x/z", "two");
    ob_check_ok(ob_plan_finish(&plan));
    ck_assert_str_eq(stage_text(&self, "x/y/z"), "one");
    ck_assert_str_eq(stage_text(&self, "x/z"), "two");
    ck_assert_uint_eq(self.events, 0);
    end(&self, &plan);
}
END_TEST

START_TEST(plan__a_folder_that_fails_fails_what_is_in_it)
{
    stage self;
    ob_plan plan;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    ob_test_write_text(scene_path(&self.scene, "a"), "in the way");
    begin(&self, &plan, "", 0);
    put_folder(&plan, "a");
    ck_assert_int_eq(self.last.status, OB_E_EXISTS);
    put_folder(&plan, "a/b");
    put(&self, &plan, "a/b/c", "one");
    ck_assert_str_eq(self.last.path, scene_path(&self.scene, "a/b/c"));
    ck_assert_uint_eq(self.events, 3);
    put(&self, &plan, "d", "two");
    ob_check_ok(ob_plan_finish(&plan));
    ck_assert_uint_eq(self.events, 3);
    ck_assert_uint_eq(ob_report_totals(&self.restore.report).files_failed, 3);
    ck_assert_str_eq(stage_text(&self, "a"), "in the way");
    ck_assert_str_eq(stage_text(&self, "d"), "two");
    end(&self, &plan);
}
END_TEST

static ob_entry linked(stage *self, const char *path, uint64_t file_id)
{
    ob_entry entry = stage_entry(self, path, "content");
    entry.info.links = 3;
    entry.info.file_id = file_id;
    return entry;
}

START_TEST(plan__hard_links_across_folders)
{
    static const char *const paths[] = {"a/one", "b/two", "three"};
    stage self;
    ob_plan plan;
    ob_file_info info;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    begin(&self, &plan, "", 0);
    put_folder(&plan, "a");
    for (int i = 0; i < 3; i++) {
        ob_entry entry = linked(&self, paths[i], 5);
        ob_check_ok(ob_plan_entry(&plan, &entry, false));
    }
    ob_entry other = linked(&self, "zother", 6);
    ob_check_ok(ob_plan_entry(&plan, &other, false));
    ob_check_ok(ob_plan_finish(&plan));
    for (int i = 0; i < 3; i++) {
        ob_check_ok(ob_fs_os()->stat(ob_fs_os(), NULL, scene_path(&self.scene, paths[i]), &info));
        ck_assert_uint_eq(info.links, 3);
    }
    ob_check_ok(ob_fs_os()->stat(ob_fs_os(), NULL, scene_path(&self.scene, "zother"), &info));
    ck_assert_uint_eq(info.links, 1);
    ck_assert_uint_eq(self.events, 0);
    end(&self, &plan);
}
END_TEST

static ob_status no_links(const ob_fs *fs, ob_dir *old_dir, const char *old_name, ob_dir *new_dir,
                          const char *new_name)
{
    (void)fs;
    (void)old_dir;
    (void)old_name;
    (void)new_dir;
    return ob_fail(OB_E_NOT_SUPPORTED, "%s: no links here", new_name);
}

START_TEST(plan__where_there_are_no_hard_links)
{
    stage self;
    ob_plan plan;
    ob_fs fs = *ob_fs_os();
    fs.make_link = no_links;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    self.scene.rig.engine.fs = &fs;
    begin(&self, &plan, "", 0);
    ob_entry first = linked(&self, "one", 5);
    ob_check_ok(ob_plan_entry(&plan, &first, false));
    ob_entry second = linked(&self, "two", 5);
    ob_check_ok(ob_plan_entry(&plan, &second, false));
    ob_check_ok(ob_plan_finish(&plan));
    ck_assert_str_eq(stage_text(&self, "one"), "content");
    ck_assert_str_eq(stage_text(&self, "two"), "content");
    ck_assert_uint_eq(self.events, 0);
    end(&self, &plan);
}
END_TEST

START_TEST(plan__kinds_that_this_system_does_not_have)
{
    stage self;
    ob_plan plan;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    self.scene.rig.fs.fs.make_node = NULL;
    begin(&self, &plan, "", 0);
    ob_entry entry = folder("pipe", 0600);
    entry.info.type = OB_FILE_FIFO;
    ob_check_ok(ob_plan_entry(&plan, &entry, false));
    ck_assert_int_eq(self.last.kind, OB_EVENT_SKIPPED_KIND);
    ck_assert_str_eq(self.last.what, "fifo");
    end(&self, &plan);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, plan__follows_the_list);
    tcase_add_test(cases, plan__strips_what_is_above_an_item);
    tcase_add_test(cases, plan__makes_folders_that_the_list_lacks);
    tcase_add_test(cases, plan__a_folder_that_fails_fails_what_is_in_it);
    tcase_add_test(cases, plan__hard_links_across_folders);
    tcase_add_test(cases, plan__where_there_are_no_hard_links);
    tcase_add_test(cases, plan__kinds_that_this_system_does_not_have);
}

OB_TEST_MAIN("restore_plan", add_cases)
