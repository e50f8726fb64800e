#include "restore/content.h"
#include "stage.h"

#include <string.h>

static bool yes(void *context)
{
    (void)context;
    return true;
}

static ob_status write_it(stage *self, const char *name, ob_restore_content *content)
{
    const ob_fs *fs = self->restore.engine->fs;
    ob_file *file = NULL;
    content->restore = &self->restore;
    content->place = name;
    content->chunk = &self->chunk;
    ob_check_ok(fs->open(fs, NULL, scene_path(&self->scene, name),
                         OB_OPEN_WRITE | OB_OPEN_CREATE | OB_OPEN_TRUNCATE, &file));
    ob_status status = ob_restore_content_write(content, file);
    fs->close(fs, file);
    return status;
}

START_TEST(content__whole)
{
    stage self;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    ob_entry entry = stage_entry(&self, "a", "content");
    ob_restore_content content = {.size = 7, .ids = entry.ids, .id_count = 1};
    ob_check_ok(write_it(&self, "a", &content));
    ck_assert_str_eq(stage_text(&self, "a"), "content");
    content.size = 6;
    ob_check_status(write_it(&self, "a", &content), OB_E_CORRUPT);
    content.size = 8;
    ob_check_status(write_it(&self, "a", &content), OB_E_CORRUPT);
    content.size = 7;
    content.stopped = yes;
    ob_check_status(write_it(&self, "a", &content), OB_E_CANCELLED);
    const ob_chunk_id none = {{9}};
    content.stopped = NULL;
    content.ids = &none;
    ob_check_status(write_it(&self, "a", &content), OB_E_CORRUPT);
    ob_check_detail("not in the vault");
    stage_close(&self);
}
END_TEST

START_TEST(content__goes_where_the_map_says)
{
    stage self;
    size_t length = 0;
    /* con, 2 bytes of hole, tent, and a hole of 3 at the end; behind one of 1 at the start */
    static const uint8_t pairs[] = {1, 3, 2, 4};
    static const char wanted[] = "\0con\0\0tent\0\0\0";
    stage_open(&self, OB_OVERWRITE_REPLACE);
    ob_entry entry = stage_entry(&self, "a", "content");
    ob_reader map = ob_reader_of(pairs, sizeof pairs);
    ob_restore_content content = {.size = 13, .ids = entry.ids, .id_count = 1, .map = &map};
    ob_check_ok(write_it(&self, "a", &content));
    const uint8_t *data = ob_test_read_file(scene_path(&self.scene, "a"), &length);
    ck_assert_uint_eq(length, 13);
    ck_assert_mem_eq(data, wanted, 13);
    ck_assert_uint_eq(ob_report_totals(&self.restore.report).bytes_done, 13);
    ck_assert_uint_eq(ob_report_totals(&self.restore.report).bytes_changed, 7);
    map = ob_reader_of(pairs, 2); /* for 3 bytes only */
    ob_check_status(write_it(&self, "a", &content), OB_E_CORRUPT);
    static const uint8_t more[] = {1, 3, 2, 5};
    map = ob_reader_of(more, sizeof more);
    ob_check_status(write_it(&self, "a", &content), OB_E_CORRUPT);
    map = ob_reader_of(NULL, 0); /* one hole */
    content.id_count = 0;
    ob_check_ok(write_it(&self, "a", &content));
    data = ob_test_read_file(scene_path(&self.scene, "a"), &length);
    ck_assert_uint_eq(length, 13);
    ck_assert_uint_eq(data[5], 0);
    uint64_t done = ob_report_totals(&self.restore.report).bytes_done;
    content.beside = true; /* the totals are without it */
    ob_check_ok(write_it(&self, "a", &content));
    ck_assert_uint_eq(ob_report_totals(&self.restore.report).bytes_done, done);
    stage_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, content__whole);
    tcase_add_test(cases, content__goes_where_the_map_says);
}

OB_TEST_MAIN("restore_content", add_cases)
