#include "index/table.h"
#include "rig.h"

#include <string.h>

START_TEST(table__finds_what_was_put)
{
    ob_chunk_table table = {0};
    ob_index_entry entry = rig_entry(0, 0);
    ck_assert_ptr_null(ob_chunk_table_find(&table, &entry.id));
    for (uint32_t i = 0; i < 20000; i++) {
        entry = rig_entry(i, i);
        ob_check_ok(ob_chunk_table_put(&table, &entry));
    }
    ck_assert_uint_eq(table.count, 20000);
    for (uint32_t i = 0; i < 20000; i++) {
        entry = rig_entry(i, i);
        const ob_index_entry *found = ob_chunk_table_find(&table, &entry.id);
        ck_assert_ptr_nonnull(found);
        ck_assert_mem_eq(found, &entry, sizeof entry);
    }
    entry = rig_entry(20000, 1);
    ck_assert_ptr_null(ob_chunk_table_find(&table, &entry.id));
    ob_chunk_table_free(&table);
}
END_TEST

START_TEST(table__put_replaces)
{
    ob_chunk_table table = {0};
    ob_index_entry entry = rig_entry(1, 5);
    ob_check_ok(ob_chunk_table_put(&table, &entry));
    entry.pack = 6;
    ob_check_ok(ob_chunk_table_put(&table, &entry));
    ck_assert_uint_eq(table.count, 1);
    ck_assert_uint_eq(ob_chunk_table_find(&table, &entry.id)->pack, 6);
    ob_chunk_table_free(&table);
}
END_TEST

/* Ids that start the same, as only a hostile index could have them. */
START_TEST(table__collisions)
{
    ob_chunk_table table = {0};
    for (uint32_t i = 0; i < 500; i++) {
        ob_index_entry entry = {.pack = i, .id = {{0}}};
        entry.id.bytes[18] = (uint8_t)(i >> 8);
        entry.id.bytes[19] = (uint8_t)i;
        ob_check_ok(ob_chunk_table_put(&table, &entry));
    }
    for (uint32_t i = 0; i < 500; i++) {
        ob_chunk_id id = {{0}};
        id.bytes[18] = (uint8_t)(i >> 8);
        id.bytes[19] = (uint8_t)i;
        ck_assert_uint_eq(ob_chunk_table_find(&table, &id)->pack, i);
    }
    ob_chunk_table_free(&table);
}
END_TEST

START_TEST(table__without_memory)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_chunk_table table = {0};
        ob_status status = OB_OK;
        uint32_t done = 0;
        ob_test_alloc_begin(n, false);
        while (!OB_FAILED(status) && done < 5000) {
            ob_index_entry entry = rig_entry(done, done);
            status = ob_chunk_table_put(&table, &entry);
            done += OB_FAILED(status) ? 0 : 1;
        }
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
        ck_assert_uint_eq(table.count, done);
        for (uint32_t i = 0; i < done; i++) {
            ob_index_entry entry = rig_entry(i, i);
            ck_assert_ptr_nonnull(ob_chunk_table_find(&table, &entry.id));
        }
        ob_chunk_table_free(&table);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, table__finds_what_was_put);
    tcase_add_test(cases, table__put_replaces);
    tcase_add_test(cases, table__collisions);
    tcase_add_test(cases, table__without_memory);
}
OB_TEST_MAIN("table", add_cases)
