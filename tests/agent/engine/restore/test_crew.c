#include "stage.h"

#include <stdlib.h>
#include <string.h>

static ob_mutex watch_lock;

static ob_status put(stage *self, ob_crew *crew, const char *name, const ob_entry *entry,
                     ob_link *link)
{
    ob_crew_file file = {self->root, name, scene_path(&self->scene, name), entry, link};
    return ob_crew_put(crew, &file);
}

START_TEST(crew__restores_many_files)
{
    enum { COUNT = 1000 };
    stage self;
    ob_links links = {.count = 0};
    ob_crew *crew = NULL;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    ob_check_ok(ob_links_begin(&links));
    ob_check_ok(ob_crew_open(&self.restore, &links, &crew));
    for (unsigned i = 0; i < COUNT; i++) {
        ob_entry entry = stage_entry(&self, "x", i % 10 == 0 ? "" : "some content");
        ob_check_ok(put(&self, crew, ob_test_format("f%u", i), &entry, NULL));
    }
    ob_check_ok(ob_crew_wait(crew));
    ob_progress totals = ob_report_totals(&self.restore.report);
    ck_assert_uint_eq(totals.files_done, COUNT);
    ck_assert_uint_eq(totals.bytes_done, 12 * COUNT / 10 * 9);
    ck_assert_uint_eq(stage_count(&self, ""), COUNT);
    ck_assert_str_eq(stage_text(&self, "f999"), "some content");
    ob_crew_close(crew);
    ob_links_end(&links);
    stage_close(&self);
}
END_TEST

START_TEST(crew__a_file_that_fails_is_told_and_its_link_free)
{
    stage self;
    ob_links links = {.count = 0};
    ob_crew *crew = NULL;
    ob_link *link = NULL;
    ob_link_state state = OB_LINK_DONE;
    stage_open(&self, OB_OVERWRITE_COPY);
    ob_check_ok(ob_links_begin(&links));
    ob_check_ok(ob_crew_open(&self.restore, &links, &crew));
    ob_entry entry = stage_entry(&self, "x", "content");
    const ob_chunk_id none = {{3}};
    const ob_chunk_id *right = entry.ids;
    entry.ids = &none;
    ob_check_ok(ob_links_meet(&links, &entry.info, &link, &state));
    ob_check_ok(put(&self, crew, "a", &entry, link));
    ob_check_ok(ob_links_meet(&links, &entry.info, &link, &state)); /* waits */
    ck_assert_int_eq(state, OB_LINK_NONE);
    ck_assert_int_eq(self.last.kind, OB_EVENT_FAILED);
    ck_assert_int_eq(self.last.status, OB_E_CORRUPT);
    ck_assert_str_eq(self.last.path, scene_path(&self.scene, "a"));
    entry.ids = right;
    ob_test_write_text(scene_path(&self.scene, "a"), "old");
    ob_check_ok(put(&self, crew, "a", &entry, link));
    ob_check_ok(ob_links_meet(&links, &entry.info, &link, &state));
    ck_assert_int_eq(state, OB_LINK_DONE);
    ck_assert_str_eq(link->path, "a (1)");
    ob_crew_close(crew);
    ob_links_end(&links);
    stage_close(&self);
}
END_TEST

/* Small files that came after it wake no worker, and are not waited for. */
START_TEST(crew__a_link_does_not_wait_for_small_files)
{
    stage self;
    ob_links links = {.count = 0};
    ob_crew *crew = NULL;
    ob_link *link = NULL;
    ob_link_state state = OB_LINK_NONE;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    ob_check_ok(ob_links_begin(&links));
    ob_check_ok(ob_crew_open(&self.restore, &links, &crew));
    for (unsigned i = 0; i < 50; i++) {
        ob_entry entry = stage_entry(&self, "x", "content");
        entry.info.file_id = 1000 + i;
        ob_check_ok(ob_links_meet(&links, &entry.info, &link, &state));
        ck_assert_int_eq(state, OB_LINK_NONE);
        ob_check_ok(put(&self, crew, ob_test_format("a%u", i), &entry, link));
        if (i % 2 == 0) {
            ob_clock_os()->sleep(ob_clock_os(), 1000000);
        }
        ob_check_ok(put(&self, crew, ob_test_format("b%u", i), &entry, NULL));
        ob_check_ok(put(&self, crew, ob_test_format("c%u", i), &entry, NULL));
        ob_check_ok(ob_links_meet(&links, &entry.info, &link, &state));
        ck_assert_int_eq(state, OB_LINK_DONE);
    }
    ob_check_ok(ob_crew_wait(crew));
    ob_crew_close(crew);
    ob_links_end(&links);
    stage_close(&self);
}
END_TEST

START_TEST(crew__a_full_disk_ends_it)
{
    stage self;
    ob_links links = {.count = 0};
    ob_crew *crew = NULL;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    ob_check_ok(ob_links_begin(&links));
    ob_check_ok(ob_crew_open(&self.restore, &links, &crew));
    ob_entry entry = stage_entry(&self, "x", "content");
    self.scene.rig.fs.status = OB_E_DISK_FULL;
    self.scene.rig.fs.writes_only = true;
    ob_test_fs_fail(&self.scene.rig.fs, 1, true);
    ob_status status = OB_OK;
    for (unsigned i = 0; i < 5000 && status == OB_OK; i++) {
        status = put(&self, crew, ob_test_format("f%u", i), &entry, NULL);
    }
    ob_check_status(status, OB_E_DISK_FULL);
    ob_check_status(ob_crew_wait(crew), OB_E_DISK_FULL);
    ob_crew_close(crew);
    ob_links_end(&links);
    stage_close(&self);
}
END_TEST

START_TEST(crew__stops)
{
    stage self;
    ob_links links = {.count = 0};
    ob_crew *crew = NULL;
    ob_link *link = NULL;
    ob_link_state state = OB_LINK_DONE;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    ob_check_ok(ob_links_begin(&links));
    ob_check_ok(ob_crew_open(&self.restore, &links, &crew));
    ob_entry entry = stage_entry(&self, "x", "content");
    self.cancelled = true;
    ob_check_ok(ob_links_meet(&links, &entry.info, &link, &state));
    ob_check_ok(put(&self, crew, "a", &entry, link));
    ob_check_ok(ob_links_meet(&links, &entry.info, &link, &state)); /* nobody waits for ever */
    ck_assert_int_eq(state, OB_LINK_NONE);
    ob_check_status(ob_crew_wait(crew), OB_E_CANCELLED);
    ob_crew_stop(crew);
    ob_crew_close(crew);
    ob_crew_close(NULL);
    ob_links_end(&links);
    stage_close(&self);
}
END_TEST

static ob_status refuse(void *context)
{
    (void)context;
    return ob_fail(OB_E_NO_MEMORY, "no thread");
}

START_TEST(crew__no_thread_starts)
{
    stage self;
    ob_links links = {.count = 0};
    ob_crew *crew = NULL;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    ob_check_ok(ob_links_begin(&links));
    ob_thread_set_start_hook(refuse, NULL);
    ob_check_status(ob_crew_open(&self.restore, &links, &crew), OB_E_NO_MEMORY);
    ob_thread_set_start_hook(NULL, NULL);
    ck_assert_ptr_null(crew);
    ob_links_end(&links);
    stage_close(&self);
}
END_TEST

typedef struct order {
    unsigned written, synced, named; /* files; synced: were written when a sync of all began */
    bool wrong;
} order;

static ob_status watch(ob_test_fs *wrapper, const char *operation, const char *name)
{
    order *seen = wrapper->context;
    (void)name;
    ob_mutex_lock(&watch_lock);
    if (strcmp(operation, "set_meta") == 0) {
        seen->written++;
    } else if (strcmp(operation, "sync") == 0) {
        seen->synced++;
    } else if (strcmp(operation, "sync_volume") == 0) {
        seen->synced = seen->written;
    } else if (strcmp(operation, "rename") == 0) {
        seen->wrong = seen->wrong || ++seen->named > seen->synced;
    }
    ob_mutex_unlock(&watch_lock);
    return OB_OK;
}

/* No file gets its name before it was written and then synced, alone or with its volume. */
START_TEST(crew__syncs_before_it_names)
{
    enum { COUNT = 1500 };
    stage self;
    order seen = {0};
    ob_mutex_init(&watch_lock);
    ob_links links = {.count = 0};
    ob_crew *crew = NULL;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    ob_check_ok(ob_links_begin(&links));
    ob_check_ok(ob_crew_open(&self.restore, &links, &crew));
    ob_entry entry = stage_entry(&self, "x", "some content");
    self.scene.rig.fs.before = watch;
    self.scene.rig.fs.context = &seen;
    for (unsigned i = 0; i < COUNT; i++) {
        ob_check_ok(put(&self, crew, ob_test_format("f%u", i), &entry, NULL));
    }
    ob_check_ok(ob_crew_wait(crew));
    ck_assert(!seen.wrong);
    ck_assert_uint_eq(seen.named, COUNT);
    ck_assert_uint_eq(seen.synced, COUNT);
    self.scene.rig.fs.before = NULL;
    ob_crew_close(crew);
    ob_links_end(&links);
    stage_close(&self);
}
END_TEST

static ob_status fail_sync(ob_test_fs *wrapper, const char *operation, const char *name)
{
    (void)wrapper;
    (void)name;
    return strncmp(operation, "sync", 4) == 0 ? ob_fail(OB_E_IO, "the disk is broken") : OB_OK;
}

START_TEST(crew__what_cannot_be_synced_gets_no_name)
{
    stage self;
    ob_links links = {.count = 0};
    ob_crew *crew = NULL;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    ob_check_ok(ob_links_begin(&links));
    ob_check_ok(ob_crew_open(&self.restore, &links, &crew));
    ob_entry entry = stage_entry(&self, "x", "some content");
    self.scene.rig.fs.before = fail_sync;
    for (unsigned i = 0; i < 20; i++) {
        ob_check_ok(put(&self, crew, ob_test_format("f%u", i), &entry, NULL));
    }
    ob_check_ok(ob_crew_wait(crew));
    ck_assert_uint_eq(stage_count(&self, ""), 0);
    ck_assert_uint_eq(self.events, 20);
    ck_assert_int_eq(self.last.kind, OB_EVENT_FAILED);
    ck_assert_str_eq(self.last.detail, "the disk is broken");
    self.scene.rig.fs.before = NULL;
    ob_crew_close(crew);
    ob_links_end(&links);
    stage_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, crew__restores_many_files);
    tcase_add_test(cases, crew__a_file_that_fails_is_told_and_its_link_free);
    tcase_add_test(cases, crew__a_link_does_not_wait_for_small_files);
    tcase_add_test(cases, crew__a_full_disk_ends_it);
    tcase_add_test(cases, crew__stops);
    tcase_add_test(cases, crew__syncs_before_it_names);
    tcase_add_test(cases, crew__what_cannot_be_synced_gets_no_name);
    tcase_add_test(cases, crew__no_thread_starts);
}

OB_TEST_MAIN("restore_crew", add_cases)
