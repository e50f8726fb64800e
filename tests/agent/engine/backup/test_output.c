#include "backup/output.h"
#include "point/point.h"
#include "scene.h"

#include <string.h>

typedef struct stage {
    scene scene;
    ob_report report;
    ob_repo *repo;
    ob_output output;
} stage;

static void stage_open(stage *self)
{
    static const ob_control control = {.context = NULL};
    scene_open(&self->scene);
    ob_report_begin(&self->report, &control, &self->scene.clock.clock);
    ob_check_ok(ob_repo_open(&self->scene.rig.engine, true, &self->repo));
    ob_check_ok(ob_output_begin(&self->output, &self->scene.rig.engine, self->repo, &self->report,
                                "nightly"));
}

static void stage_close(stage *self)
{
    ob_output_end(&self->output);
    ob_repo_close(self->repo);
    ob_report_end(&self->report);
    scene_close(&self->scene);
}

static ob_status add(stage *self, const char *path, ob_file_type type, uint64_t size,
                     uint32_t flags)
{
    ob_entry entry = {.path = path,
                      .path_length = strlen(path),
                      .info = {.type = type, .size = size, .links = 1},
                      .target = "",
                      .flags = flags};
    return ob_output_add(&self->output, &entry);
}

static void add_some(stage *self)
{
    ob_check_ok(add(self, "a", OB_FILE_DIR, 0, OB_ENTRY_PASSED));
    ob_check_ok(add(self, "a/b", OB_FILE_REGULAR, 70, 0));
    ob_check_ok(add(self, "a/c", OB_FILE_REGULAR, 7, OB_ENTRY_CHANGED));
}

START_TEST(output__goes_to_the_store_and_the_cache)
{
    stage self;
    ob_table table = {0};
    ob_cache_reader *reader = NULL;
    const ob_guid point = {{5}};
    stage_open(&self);
    add_some(&self);
    ck_assert_uint_eq(self.output.entries, 3);
    ck_assert_uint_eq(self.output.bytes, 77);
    ck_assert_uint_eq(self.output.selected, 2);
    ob_check_ok(ob_output_finish(&self.output));
    ob_check_ok(ob_repo_flush(self.repo));
    ck_assert_uint_eq(self.output.table.ids.length, OB_CHUNK_ID);
    ob_check_ok(ob_table_read(&table, self.repo,
                              (const ob_chunk_id *)(const void *)self.output.table.ids.data, 1));
    ck_assert_uint_eq(table.count, 1);
    ck_assert_uint_eq(table.rows[0].entries, 3);
    ob_table_free(&table);
    ob_check_status(ob_cache_open(&self.scene.rig.engine, "nightly", &reader), OB_E_NOT_FOUND);
    ob_output_keep_cache(&self.output, 5, &point);
    ob_check_ok(ob_cache_open(&self.scene.rig.engine, "nightly", &reader));
    ck_assert_uint_eq(ob_cache_reader_head(reader)->bytes, 77);
    ob_cache_close(reader);
    stage_close(&self);
}
END_TEST

START_TEST(output__a_cache_that_cannot_be_written)
{
    stage self;
    const ob_guid point = {{5}};
    stage_open(&self);
    add_some(&self);
    ob_test_fs_fail(&self.scene.rig.fs, 1, true);
    ob_check_ok(ob_output_finish(&self.output));
    ck_assert_ptr_null(self.output.cache);
    ob_output_keep_cache(&self.output, 5, &point);
    stage_close(&self);
}
END_TEST

START_TEST(output__refuses_what_is_out_of_order)
{
    stage self;
    stage_open(&self);
    add_some(&self);
    ob_check_status(add(&self, "a/a", OB_FILE_REGULAR, 1, 0), OB_E_UNEXPECTED);
    ck_assert_uint_eq(self.output.entries, 3);
    stage_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, output__goes_to_the_store_and_the_cache);
    tcase_add_test(cases, output__a_cache_that_cannot_be_written);
    tcase_add_test(cases, output__refuses_what_is_out_of_order);
}

OB_TEST_MAIN("backup_output", add_cases)
