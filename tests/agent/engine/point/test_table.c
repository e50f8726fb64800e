#include "point/table.h"
#include "rig.h"
#include "vectors.h"

#include <stdio.h>
#include <string.h>

static ob_chunk_id name_of(unsigned seed)
{
    ob_chunk_id id;
    for (unsigned i = 0; i < OB_CHUNK_ID; i++) {
        id.bytes[i] = (uint8_t)(seed + i);
    }
    return id;
}

START_TEST(table__vector)
{
    ob_buf bytes = vector_bytes("list.json", "table");
    ob_buf chunk = vector_bytes("list.json", "chunk");
    ob_table table = {0};
    const ob_chunk_id second = name_of(40);
    ob_check_ok(ob_table_parse(&table, bytes.data, bytes.length));
    ck_assert_uint_eq(table.count, 3);
    ck_assert_uint_eq(table.rows[0].length, chunk.length);
    ck_assert_uint_eq(table.rows[0].entries, 6);
    ck_assert_mem_eq(&table.rows[1].id, &second, sizeof second);
    ck_assert_uint_eq(table.rows[1].length, 100000);
    ck_assert_uint_eq(table.rows[1].entries, 900);
    ck_assert_uint_eq(table.rows[1].first_length, 5);
    ck_assert_mem_eq(table.rows[1].first, "etc/d", 5);
    ob_table_free(&table);
}
END_TEST

START_TEST(table__writes_the_vector)
{
    ob_buf wanted = vector_bytes("list.json", "table");
    ob_buf chunk = vector_bytes("list.json", "chunk");
    const ob_list_chunk rows[] = {{NULL, chunk.length, 6, "etc", 3},
                                  {NULL, 100000, 900, "etc/d", 5},
                                  {NULL, 3, 1, "etc-x", 5}};
    const ob_chunk_id ids[] = {name_of(10), name_of(40), name_of(70)};
    rig self;
    rig_open(&self);
    ob_table_writer writer = {0};
    ob_check_ok(ob_repo_open(&self.engine, true, &writer.repo));
    for (size_t i = 0; i < 3; i++) {
        ob_check_ok(ob_table_add(&writer, &rows[i], &ids[i]));
    }
    vector_check(&writer.chunk, &wanted, "the table");
    ob_check_ok(ob_table_finish(&writer));
    ob_check_ok(ob_repo_flush(writer.repo));
    ck_assert_uint_eq(writer.ids.length, OB_CHUNK_ID);
    ob_table table = {0};
    ob_check_ok(
        ob_table_read(&table, writer.repo, (const ob_chunk_id *)(const void *)writer.ids.data, 1));
    ck_assert_uint_eq(table.count, 3);
    ob_table_free(&table);
    ob_table_writer_free(&writer);
    ob_repo_close(writer.repo);
    rig_close(&self);
}
END_TEST

static const char *path_of(size_t i)
{
    return ob_test_format("f%06zu/x", i * 2);
}

START_TEST(table__of_many_rows_is_cut_and_searched)
{
    enum { ROWS = 20000 };
    rig self;
    rig_open(&self);
    ob_table_writer writer = {0};
    ob_check_ok(ob_repo_open(&self.engine, true, &writer.repo));
    for (size_t i = 0; i < ROWS; i++) {
        ob_chunk_id id = name_of((unsigned)i);
        const char *first = path_of(i);
        ob_list_chunk chunk = {NULL, i + 1, 1, first, strlen(first)};
        ob_check_ok(ob_table_add(&writer, &chunk, &id));
    }
    ob_check_ok(ob_table_finish(&writer));
    ob_check_ok(ob_repo_flush(writer.repo));
    size_t chunks = writer.ids.length / OB_CHUNK_ID;
    ck_assert_uint_gt(chunks, 4);
    ob_table table = {0};
    ob_check_ok(ob_table_read(&table, writer.repo,
                              (const ob_chunk_id *)(const void *)writer.ids.data, chunks));
    ck_assert_uint_eq(table.count, ROWS);
    ck_assert_uint_eq(ob_table_after(&table, 0, "", 0, false), 0);
    ck_assert_uint_eq(ob_table_after(&table, 0, "f000010", 7, false), 5);
    ck_assert_uint_eq(ob_table_after(&table, 0, "f000010", 7, true), 6);
    ck_assert_uint_eq(ob_table_after(&table, 0, "f000010/x", 9, false), 6);
    ck_assert_uint_eq(ob_table_after(&table, 0, "f000011", 7, false), 6);
    ck_assert_uint_eq(ob_table_after(&table, 100, "f000011", 7, false), 100);
    ck_assert_uint_eq(ob_table_after(&table, 0, "g", 1, false), ROWS);
    ck_assert_uint_eq(ob_table_after(&table, ROWS + 1, "g", 1, false), ROWS + 1);
    ob_table_free(&table);
    ob_table_writer_free(&writer);
    ob_repo_close(writer.repo);
    rig_close(&self);
}
END_TEST

START_TEST(table__what_contradicts_itself)
{
    ob_buf bytes = vector_bytes("list.json", "table");
    ob_table table = {0};
    for (size_t cut = 0; cut < bytes.length; cut++) {
        ob_table part = {0};
        ob_status status = ob_table_parse(&part, bytes.data, cut);
        ck_assert(status == OB_E_CORRUPT || (status == OB_OK && part.count < 3));
        ob_table_free(&part);
    }
    /* The same rows again do not come behind the last one. */
    ob_check_ok(ob_table_parse(&table, bytes.data, bytes.length));
    ob_check_status(ob_table_parse(&table, bytes.data, bytes.length), OB_E_CORRUPT);
    ob_table_free(&table);
    bytes.data[0] = 9;
    ob_check_status(ob_table_parse(&table, bytes.data, bytes.length), OB_E_FORMAT_VERSION);
    ob_table_free(&table);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, table__vector);
    tcase_add_test(cases, table__writes_the_vector);
    tcase_add_test(cases, table__of_many_rows_is_cut_and_searched);
    tcase_add_test(cases, table__what_contradicts_itself);
}

OB_TEST_MAIN("point_table", add_cases)
