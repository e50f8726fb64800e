#include "maker.h"
#include "point/path.h"
#include "point/point.h"

#include <stdlib.h>
#include <string.h>

#define FOLDERS 40u
#define FILES 400u

/* A point with FOLDERS folders "d00" … of FILES files each, and a file "z", over several chunks. */
static ob_point *make(rig *self, ob_repo **repo)
{
    maker m;
    ob_point *point = NULL;
    char name[OB_OBJECT_NAME_MAX];
    rig_open(self);
    maker_begin(&m, self);
    for (unsigned i = 0; i < FOLDERS; i++) {
        maker_add(&m, ob_test_format("d%02u", i), OB_FILE_DIR);
        for (unsigned j = 0; j < FILES; j++) {
            maker_add(&m, ob_test_format("d%02u/f%03u", i, j), OB_FILE_REGULAR);
        }
    }
    maker_add(&m, "z", OB_FILE_REGULAR);
    ob_guid id = maker_commit(&m);
    ob_check_ok(ob_repo_open(&self->engine, false, repo));
    ob_check_ok(ob_point_find(self->store, &id, name));
    ob_check_ok(ob_point_open(*repo, name, &point));
    ck_assert_uint_gt(point->table.count, 8);
    return point;
}

static void end(rig *self, ob_repo *repo, ob_point *point, ob_cursor *cursor)
{
    ob_cursor_free(cursor);
    ob_point_close(point);
    ob_repo_close(repo);
    rig_close(self);
}

static void check_next(ob_cursor *cursor, const char *path)
{
    ob_entry entry;
    ob_check_ok(ob_cursor_next(cursor, &entry));
    if (path == NULL) {
        ck_assert_ptr_null(entry.path);
    } else {
        ck_assert_str_eq(entry.path, path);
    }
}

START_TEST(cursor__reads_all)
{
    rig self;
    ob_repo *repo = NULL;
    ob_point *point = make(&self, &repo);
    ob_cursor cursor = {.point = point};
    for (unsigned i = 0; i < FOLDERS; i++) {
        check_next(&cursor, ob_test_format("d%02u", i));
        for (unsigned j = 0; j < FILES; j++) {
            check_next(&cursor, ob_test_format("d%02u/f%03u", i, j));
        }
    }
    check_next(&cursor, "z");
    check_next(&cursor, NULL);
    check_next(&cursor, NULL);
    end(&self, repo, point, &cursor);
}
END_TEST

START_TEST(cursor__seeks)
{
    rig self;
    ob_repo *repo = NULL;
    ob_point *point = make(&self, &repo);
    ob_cursor cursor = {.point = point};
    static const char *const seeks[][2] = {{"", "d00"},
                                           {"a", "d00"},
                                           {"d20", "d20"},
                                           {"d20/f399", "d20/f399"},
                                           {"d20/f3999", "d21"},
                                           {"d20-x", "d21"},
                                           {"d20/f100/x", "d20/f101"},
                                           {"z", "z"},
                                           {"zz", NULL},
                                           {"d00", "d00"},
                                           {"d39/f399/", "z"}};
    for (size_t i = 0; i < sizeof seeks / sizeof seeks[0]; i++) {
        ob_check_ok(ob_cursor_seek(&cursor, seeks[i][0], strlen(seeks[i][0])));
        check_next(&cursor, seeks[i][1]);
    }
    end(&self, repo, point, &cursor);
}
END_TEST

START_TEST(cursor__skips_folders_without_reading_them)
{
    rig self;
    ob_repo *repo = NULL;
    ob_point *point = make(&self, &repo);
    ob_cursor cursor = {.point = point};
    uint64_t before = memory_store_counted(self.store).gets;
    for (unsigned i = 0; i < FOLDERS; i++) {
        ob_entry entry;
        ob_check_ok(ob_cursor_next(&cursor, &entry));
        ck_assert_str_eq(entry.path, ob_test_format("d%02u", i));
        ob_check_ok(ob_cursor_skip(&cursor, entry.path, entry.path_length));
    }
    check_next(&cursor, "z");
    check_next(&cursor, NULL);
    ob_check_ok(ob_cursor_skip(&cursor, "z", 1));
    check_next(&cursor, NULL);
    ck_assert_uint_ge(point->table.count, 1);
    ck_assert_uint_le(memory_store_counted(self.store).gets - before, 4 * point->table.count);

    /* Also from within, by a folder of the path that was read last. */
    ob_check_ok(ob_cursor_seek(&cursor, "d05/f007", 8));
    ob_entry entry;
    ob_check_ok(ob_cursor_next(&cursor, &entry));
    ob_check_ok(ob_cursor_skip(&cursor, entry.path, 3));
    check_next(&cursor, "d06");
    end(&self, repo, point, &cursor);
}
END_TEST

START_TEST(cursor__a_huge_folder_is_jumped_over)
{
    rig self;
    maker m;
    ob_repo *repo = NULL;
    ob_point *point = NULL;
    char name[OB_OBJECT_NAME_MAX];
    rig_open(&self);
    maker_begin(&m, &self);
    maker_add(&m, "big", OB_FILE_DIR);
    for (unsigned j = 0; j < 20000; j++) {
        maker_add(&m, ob_test_format("big/%05u", j), OB_FILE_REGULAR);
    }
    maker_add(&m, "last", OB_FILE_REGULAR);
    ob_guid id = maker_commit(&m);
    ob_check_ok(ob_repo_open(&self.engine, false, &repo));
    ob_check_ok(ob_point_find(self.store, &id, name));
    ob_check_ok(ob_point_open(repo, name, &point));
    ck_assert_uint_gt(point->table.count, 10);
    ob_cursor cursor = {.point = point};
    check_next(&cursor, "big");
    ob_check_ok(ob_cursor_skip(&cursor, "big", 3));
    ck_assert_uint_ge(cursor.row + 1, point->table.count);
    check_next(&cursor, "last");
    end(&self, repo, point, &cursor);
}
END_TEST

START_TEST(cursor__places)
{
    rig self;
    ob_repo *repo = NULL;
    ob_point *point = make(&self, &repo);
    ob_cursor cursor = {.point = point};
    for (unsigned i = 0; i < 3000; i++) {
        ob_entry entry;
        size_t row = 0;
        uint32_t index = 0;
        ob_check_ok(ob_cursor_next(&cursor, &entry));
        if (i % 97 == 5) {
            char *path = ob_strdup(entry.path);
            ob_cursor_position(&cursor, &row, &index);
            ob_check_ok(ob_cursor_place(&cursor, row, index - 1));
            check_next(&cursor, path);
            ob_free(path);
        }
    }
    uint32_t entries = point->table.rows[0].entries;
    ob_check_ok(ob_cursor_place(&cursor, 0, entries));
    ob_check_status(ob_cursor_place(&cursor, 0, entries + 1), OB_E_INVALID_ARGUMENT);
    ob_check_status(ob_cursor_place(&cursor, point->table.count, 0), OB_E_INVALID_ARGUMENT);
    end(&self, repo, point, &cursor);
}
END_TEST

/* Two chunks whose rows in the table are wrong in one way each. */
static ob_status read_wrong(const char *first, const char *second, const char *row_first,
                            uint32_t entries, int32_t longer)
{
    rig self;
    maker m;
    ob_repo *repo = NULL;
    ob_point *point = NULL;
    char name[OB_OBJECT_NAME_MAX];
    const ob_entry folder = {.info = {.type = OB_FILE_DIR, .links = 1}, .target = ""};
    ob_buf fields = {0};
    ob_buf bytes = {0};
    rig_open(&self);
    maker_begin(&m, &self);
    ob_entry_put_fields(&fields, &folder);
    ob_buf_put_u8(&bytes, 1);
    ob_buf_put_varint(&bytes, 0);
    ob_buf_put_counted(&bytes, first, strlen(first));
    ob_buf_put_counted(&bytes, fields.data, fields.length);
    ob_list_chunk chunk = {bytes.data, bytes.length, entries, row_first, strlen(row_first)};
    ob_chunk_id id;
    uint64_t stored = 0;
    ob_check_ok(ob_repo_write(m.repo, OB_CHUNK_META, bytes.data, bytes.length, &id, &stored));
    chunk.length = (size_t)((int64_t)chunk.length + longer);
    ob_check_ok(ob_table_add(&m.table, &chunk, &id));
    maker_add_raw(&m, second, &folder, second);
    ob_buf_free(&fields);
    ob_buf_free(&bytes);
    ob_guid guid = maker_commit(&m);
    ob_check_ok(ob_repo_open(&self.engine, false, &repo));
    ob_check_ok(ob_point_find(self.store, &guid, name));
    ob_check_ok(ob_point_open(repo, name, &point));
    ob_cursor cursor = {.point = point};
    ob_entry entry;
    ob_status status = OB_OK;
    do {
        status = ob_cursor_next(&cursor, &entry);
        ck_assert(status == OB_OK || entry.path == NULL);
    } while (status == OB_OK && entry.path != NULL);
    if (status != OB_OK) {
        /* Behind the damage it goes on. */
        ob_cursor_next_chunk(&cursor);
        if (cursor.row < point->table.count) {
            check_next(&cursor, second);
        }
    }
    end(&self, repo, point, &cursor);
    return status;
}

START_TEST(cursor__holds_chunks_to_the_table)
{
    ob_check_ok(read_wrong("a", "b", "a", 1, 0));
    ob_check_status(read_wrong("a", "c", "b", 1, 0), OB_E_CORRUPT); /* another first path */
    ob_check_status(read_wrong("a", "b", "a", 2, 0), OB_E_CORRUPT); /* fewer entries */
    ob_check_status(read_wrong("a", "b", "a", 1, 1), OB_E_CORRUPT); /* another length */
}
END_TEST

START_TEST(cursor__a_chunk_that_is_gone)
{
    rig self;
    maker m;
    ob_repo *repo = NULL;
    ob_point *point = NULL;
    char name[OB_OBJECT_NAME_MAX];
    const ob_entry folder = {.info = {.type = OB_FILE_DIR, .links = 1}, .target = ""};
    const ob_chunk_id nothing = {{1}};
    rig_open(&self);
    maker_begin(&m, &self);
    maker_add_raw(&m, "a", &folder, "a");
    m.damage = &nothing;
    maker_add_raw(&m, "b", &folder, "b");
    maker_add_raw(&m, "c", &folder, "c");
    ob_guid id = maker_commit(&m);
    ob_check_ok(ob_repo_open(&self.engine, false, &repo));
    ob_check_ok(ob_point_find(self.store, &id, name));
    ob_check_ok(ob_point_open(repo, name, &point));
    ob_cursor cursor = {.point = point};
    ob_entry entry;
    check_next(&cursor, "a");
    ob_check_status(ob_cursor_next(&cursor, &entry), OB_E_NOT_FOUND);
    ck_assert_ptr_null(entry.path);
    ob_check_status(ob_cursor_seek(&cursor, "b", 1), OB_E_NOT_FOUND);
    ob_cursor_next_chunk(&cursor);
    check_next(&cursor, "c");
    end(&self, repo, point, &cursor);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, cursor__reads_all);
    tcase_add_test(cases, cursor__seeks);
    tcase_add_test(cases, cursor__skips_folders_without_reading_them);
    tcase_add_test(cases, cursor__a_huge_folder_is_jumped_over);
    tcase_add_test(cases, cursor__places);
    tcase_add_test(cases, cursor__holds_chunks_to_the_table);
    tcase_add_test(cases, cursor__a_chunk_that_is_gone);
}

OB_TEST_MAIN("point_cursor", add_cases)
