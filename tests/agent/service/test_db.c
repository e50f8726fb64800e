#include "db.h"

#include "ob/test.h"

#include <sqlite3.h>
#include <string.h>

static ob_db *open_db(const char *path)
{
    ob_db *db = NULL;
    ob_check_ok(ob_db_open(path, &db));
    return db;
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *handle = NULL;
    ck_assert_int_eq(sqlite3_open(path, &handle), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(handle), SQLITE_OK);
}

static void put(ob_db *db, const char *name, const char *value)
{
    ob_query query = ob_query_of(db, "INSERT INTO setting (name, value) VALUES (?1, ?2)");
    ob_query_bind_text(&query, 1, name);
    ob_query_bind_text(&query, 2, value);
    ob_check_ok(ob_query_end(&query));
}

static int64_t count_settings(ob_db *db)
{
    ob_query query = ob_query_of(db, "SELECT count(*) FROM setting");
    ck_assert(ob_query_row(&query));
    int64_t count = ob_query_int(&query, 0);
    ob_check_ok(ob_query_end(&query));
    return count;
}

START_TEST(db__keeps_what_was_committed)
{
    const char *path = ob_test_path(ob_test_temp(), "state.db");
    ob_db *db = open_db(path);
    ob_check_ok(ob_db_begin(db));
    put(db, "a", "1");
    ob_check_ok(ob_db_end(db, OB_OK));
    ob_check_ok(ob_db_begin(db));
    put(db, "b", "2");
    ob_check_status(ob_db_end(db, OB_E_TIMEOUT), OB_E_TIMEOUT);
    ob_db_close(db);

    db = open_db(path);
    ob_check_ok(ob_db_begin(db));
    ck_assert_int_eq(count_settings(db), 1);
    ob_check_ok(ob_db_end(db, OB_OK));
    ob_db_close(db);
    ob_db_close(NULL);
}
END_TEST

START_TEST(db__is_for_its_owner_only_in_any_folder)
{
    const char *path = ob_test_path(ob_test_temp(), "state.db");
    static const char *const ends[] = {"", "-wal", "-shm"};
    ob_db *db = open_db(path);
    put(db, "a", "b");
    for (size_t i = 0; i < 3; i++) {
        ob_file_info info = {0};
        const char *file = ob_test_format("%s%s", path, ends[i]);
        ob_check_ok(ob_fs_os()->stat(ob_fs_os(), NULL, file, &info));
        ck_assert_uint_eq(info.mode & 077, 0);
    }
    ob_db_close(db);
}
END_TEST

START_TEST(db__columns_of_all_types)
{
    static const char bytes[3] = {1, 0, 2};
    char got[3];
    ob_db *db = open_db(ob_test_path(ob_test_temp(), "state.db"));
    ob_check_ok(ob_db_begin(db));
    ob_query query = ob_query_of(db, "SELECT ?1, ?2, ?3, ?4");
    ob_query_bind_int(&query, 1, INT64_MIN);
    ob_query_bind_text(&query, 2, "x");
    ob_query_bind_text(&query, 3, NULL);
    ob_query_bind_bytes(&query, 4, bytes, sizeof bytes);
    ck_assert(ob_query_row(&query));
    ck_assert_int_eq(ob_query_int(&query, 0), INT64_MIN);
    ck_assert_str_eq(ob_query_text(&query, 1), "x");
    ck_assert_str_eq(ob_query_text(&query, 2), "");
    ob_query_bytes(&query, 3, got, sizeof got);
    ck_assert_mem_eq(got, bytes, sizeof bytes);
    ck_assert(!ob_query_row(&query));
    ck_assert(!ob_query_row(&query));
    ob_check_ok(ob_query_end(&query));
    ob_check_ok(ob_db_end(db, OB_OK));
    ob_db_close(db);
}
END_TEST

START_TEST(db__a_value_of_a_wrong_length_is_corrupt)
{
    char got[16] = "unchanged";
    static const char zero[16];
    ob_db *db = open_db(ob_test_path(ob_test_temp(), "state.db"));
    ob_check_ok(ob_db_begin(db));
    ob_query query = ob_query_of(db, "SELECT 'abc'");
    ck_assert(ob_query_row(&query));
    ob_query_bytes(&query, 0, got, sizeof got);
    ck_assert_mem_eq(got, zero, sizeof got);
    ck_assert_int_eq(ob_query_int(&query, 0), 0);
    ck_assert(!ob_query_row(&query));
    ob_check_status(ob_query_end(&query), OB_E_CORRUPT);
    ob_check_status(ob_db_end(db, OB_E_CORRUPT), OB_E_CORRUPT);
    ob_db_close(db);
}
END_TEST

START_TEST(db__a_wrong_statement_sticks)
{
    ob_db *db = open_db(ob_test_path(ob_test_temp(), "state.db"));
    ob_check_ok(ob_db_begin(db));
    ob_query query = ob_query_of(db, "SELECT x FROM nowhere");
    ob_query_bind_int(&query, 1, 1);
    ob_query_bind_text(&query, 1, "x");
    ob_query_bind_bytes(&query, 1, "x", 1);
    ck_assert(!ob_query_row(&query));
    ck_assert_str_eq(ob_query_text(&query, 0), "");
    ob_check_status(ob_query_end(&query), OB_E_UNEXPECTED);
    ob_check_detail("nowhere");
    ob_db_end(db, OB_E_UNEXPECTED);
    ob_db_close(db);
}
END_TEST

START_TEST(db__refuses_a_newer_version)
{
    const char *path = ob_test_path(ob_test_temp(), "state.db");
    ob_db *db = open_db(path);
    ob_db_close(db);
    run_sql(path, "PRAGMA user_version = 1000");
    db = NULL;
    ob_check_status(ob_db_open(path, &db), OB_E_FORMAT_VERSION);
    ob_check_detail("1000");
    ck_assert_ptr_null(db);
}
END_TEST

START_TEST(db__damage_is_told_and_never_replaced)
{
    const char *path = ob_test_path(ob_test_temp(), "state.db");
    ob_db *db = NULL;
    size_t length = 0;
    ob_test_write_text(path, "this is no database, but it is longer than a header of one is; so it "
                             "must not be taken for an empty one, and not be written over");
    ob_check_status(ob_db_open(path, &db), OB_E_CORRUPT);
    ck_assert_mem_eq(ob_test_read_file(path, &length), "this is", 7);

    const char *other = ob_test_path(ob_test_temp(), "state.db");
    db = open_db(other);
    ob_check_ok(ob_db_begin(db));
    for (int i = 0; i < 300; i++) {
        put(db, ob_test_format("name %d", i), "a value that takes some room in the page");
    }
    ob_check_ok(ob_db_end(db, OB_OK));
    ob_db_close(db);
    db = NULL;
    ob_test_read_file(other, &length);
    for (size_t at = 4096; at < length; at += 4096) {
        for (size_t i = 0; i < 64; i++) {
            ob_test_flip_byte(other, at + i);
        }
    }
    ob_check_status(ob_db_open(other, &db), OB_E_CORRUPT);
    ck_assert_ptr_null(db);
}
END_TEST

START_TEST(db__a_folder_that_is_not_there)
{
    ob_db *db = NULL;
    const char *path = ob_test_path(ob_test_path(ob_test_temp(), "none"), "state.db");
    ob_check_status(ob_db_open(path, &db), OB_E_IO);
    ck_assert_ptr_null(db);
}
END_TEST

START_TEST(db__a_full_disk_is_told)
{
    ob_db *db = open_db(ob_test_path(ob_test_temp(), "state.db"));
    ob_check_ok(ob_db_begin(db));
    ob_query limit = ob_query_of(db, "PRAGMA max_page_count = 1");
    ob_query_row(&limit);
    ob_query_end(&limit);
    ob_query query = ob_query_of(db, "INSERT INTO setting VALUES ('x', zeroblob(1000000))");
    ob_status status = ob_query_end(&query);
    ck_assert_int_eq(status, OB_E_DISK_FULL);
    ob_check_status(ob_db_end(db, status), OB_E_DISK_FULL);
    /* And it goes on working. */
    ob_check_ok(ob_db_begin(db));
    ck_assert_int_eq(count_settings(db), 0);
    ob_check_ok(ob_db_end(db, OB_OK));
    ob_db_close(db);
}
END_TEST

START_TEST(db__read_only_is_told)
{
    ob_db *db = open_db(ob_test_path(ob_test_temp(), "state.db"));
    ob_check_ok(ob_db_begin(db));
    ob_query only = ob_query_of(db, "PRAGMA query_only = 1");
    ob_query_end(&only);
    ob_query query = ob_query_of(db, "INSERT INTO setting VALUES ('x', 'y')");
    ob_status status = ob_query_end(&query);
    ck_assert_int_eq(status, OB_E_ACCESS_DENIED);
    ob_check_status(ob_db_end(db, status), OB_E_ACCESS_DENIED);
    ob_db_close(db);
}
END_TEST

START_TEST(db__memory_runs_out)
{
    ob_db *db = NULL;
    const char *path = ob_test_path(ob_test_temp(), "state.db");
    ob_test_alloc_begin(1, true);
    ob_status status = ob_db_open(path, &db);
    ck_assert(ob_test_alloc_end());
    ck_assert_int_eq(status, OB_E_NO_MEMORY);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, db__keeps_what_was_committed);
    tcase_add_test(cases, db__is_for_its_owner_only_in_any_folder);
    tcase_add_test(cases, db__columns_of_all_types);
    tcase_add_test(cases, db__a_value_of_a_wrong_length_is_corrupt);
    tcase_add_test(cases, db__a_wrong_statement_sticks);
    tcase_add_test(cases, db__refuses_a_newer_version);
    tcase_add_test(cases, db__damage_is_told_and_never_replaced);
    tcase_add_test(cases, db__a_folder_that_is_not_there);
    tcase_add_test(cases, db__a_full_disk_is_told);
    tcase_add_test(cases, db__read_only_is_told);
    tcase_add_test(cases, db__memory_runs_out);
}

OB_TEST_MAIN("db", add_cases)
