#include "backup/extents.h"

#include "ob/test.h"

#include <stdlib.h>
#include <string.h>

static const ob_fs *real;
static ob_fs fs;
static ob_file *file;
static ob_extents extents;
static ob_status mapped;  /* what data_map() gives */
static ob_extent told[3]; /* and what it visits first */
static size_t told_count;

static ob_status told_map(const ob_fs *self, ob_file *of, uint64_t size, ob_extent_visit visit,
                          void *context)
{
    (void)self;
    (void)of;
    (void)size;
    ob_status status = OB_OK;
    for (size_t i = 0; i < told_count && status == OB_OK; i++) {
        status = visit(context, told[i].offset, told[i].length);
    }
    return status != OB_OK ? status : mapped;
}

static void set_up(void)
{
    real = ob_fs_os();
    fs = *real;
    fs.data_map = told_map;
    const char *path = ob_test_path(ob_test_temp(), "file");
    ob_test_write_text(path, "0123456789abcdef");
    ob_check_ok(real->open(real, NULL, path, OB_OPEN_READ, &file));
    mapped = OB_OK;
    told_count = 0;
}

static void tear_down(void)
{
    real->close(real, file);
    ob_extents_free(&extents);
}

static const char *read_all(size_t step)
{
    char text[64];
    size_t length = 0;
    size_t got = step;
    while (got == step) {
        ob_check_ok(ob_extents_read(&extents, &fs, file, text + length, step, &got));
        length += got;
    }
    return ob_test_format("%.*s", (int)length, text);
}

START_TEST(extents__of_a_usual_file)
{
    ob_file_info info = {.size = 16, .allocated = 4096};
    for (size_t step = 1; step < 20; step++) {
        ob_check_ok(ob_extents_map(&extents, &fs, file, &info));
        ck_assert(!extents.holes);
        ck_assert_uint_eq(extents.bytes, 16);
        ck_assert_str_eq(read_all(step), "0123456789abcdef");
    }
    info.allocated = 0; /* looks sparse, but nobody can tell */
    mapped = OB_E_NOT_SUPPORTED;
    ob_check_ok(ob_extents_map(&extents, &fs, file, &info));
    ck_assert(!extents.holes);
    ck_assert_uint_eq(extents.bytes, 16);
    info.size = 0;
    ob_check_ok(ob_extents_map(&extents, &fs, file, &info));
    ck_assert_uint_eq(extents.count, 0);
    ck_assert_uint_eq(ob_extents_end(&extents), 0);
}
END_TEST

START_TEST(extents__of_a_sparse_file)
{
    const ob_file_info info = {.size = 100, .allocated = 50};
    told[0] = (ob_extent){2, 3};
    told[1] = (ob_extent){8, 4};
    told_count = 2;
    for (size_t step = 1; step < 9; step++) {
        ob_check_ok(ob_extents_map(&extents, &fs, file, &info));
        ck_assert(extents.holes);
        ck_assert_uint_eq(extents.bytes, 7);
        ck_assert_uint_eq(ob_extents_end(&extents), 12);
        ck_assert_str_eq(read_all(step), "23489ab");
    }
    told_count = 0;
    ob_check_ok(ob_extents_map(&extents, &fs, file, &info));
    ck_assert(extents.holes);
    ck_assert_str_eq(read_all(4), "");
}
END_TEST

START_TEST(extents__tell_the_holes_that_were_passed)
{
    const ob_file_info info = {.size = 100, .allocated = 50};
    static const uint64_t passed[] = {2, 2, 2, 5, 5, 5, 5, 93};
    told[0] = (ob_extent){2, 3};
    told[1] = (ob_extent){8, 4};
    told_count = 2;
    ob_check_ok(ob_extents_map(&extents, &fs, file, &info));
    for (size_t i = 0; i < 8; i++) {
        char byte;
        size_t got = 0;
        ck_assert_uint_eq(ob_extents_passed(&extents, info.size), passed[i]);
        ob_check_ok(ob_extents_read(&extents, &fs, file, &byte, 1, &got));
    }
    told_count = 0;
    ob_check_ok(ob_extents_map(&extents, &fs, file, &info));
    ck_assert_uint_eq(ob_extents_passed(&extents, info.size), 100);
}
END_TEST

START_TEST(extents__of_a_file_that_was_cut)
{
    const ob_file_info info = {.size = 100, .allocated = 50};
    told[0] = (ob_extent){2, 3};
    told[1] = (ob_extent){12, 10};
    told[2] = (ob_extent){40, 10};
    told_count = 3;
    ob_check_ok(ob_extents_map(&extents, &fs, file, &info));
    ck_assert_str_eq(read_all(5), "234cdef");
    ck_assert_uint_eq(extents.count, 2);
    ck_assert_uint_eq(ob_extents_end(&extents), 16);
    told[1].offset = 20;
    ob_check_ok(ob_extents_map(&extents, &fs, file, &info));
    ck_assert_str_eq(read_all(5), "234");
    ck_assert_uint_eq(extents.count, 1);
    ck_assert_uint_eq(ob_extents_end(&extents), 5);
}
END_TEST

static ob_status many_map(const ob_fs *self, ob_file *of, uint64_t size, ob_extent_visit visit,
                          void *context)
{
    (void)self;
    (void)of;
    ob_status status = OB_OK;
    for (uint64_t at = 0; at < size && status == OB_OK; at += 2) {
        status = visit(context, at, 1);
    }
    return status;
}

START_TEST(extents__more_than_there_is_room_for)
{
    ob_file_info info = {.size = 4 * OB_EXTENTS_MOST, .allocated = 1};
    fs.data_map = many_map;
    ob_check_ok(ob_extents_map(&extents, &fs, file, &info));
    ck_assert_uint_eq(extents.count, OB_EXTENTS_MOST);
    ck_assert_uint_eq(ob_extents_end(&extents), info.size);
    ck_assert_uint_eq(extents.bytes, OB_EXTENTS_MOST - 1 + info.size - 2 * (OB_EXTENTS_MOST - 1));
    info.size = 20;
    ob_check_ok(ob_extents_map(&extents, &fs, file, &info));
    ck_assert_uint_eq(extents.count, 10);
    ob_extents_free(&extents);
    ob_test_alloc_begin(2, false);
    ob_check_status(ob_extents_map(&extents, &fs, file, &info), OB_E_NO_MEMORY);
    ob_test_alloc_end();
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, extents__of_a_usual_file);
    tcase_add_test(cases, extents__of_a_sparse_file);
    tcase_add_test(cases, extents__tell_the_holes_that_were_passed);
    tcase_add_test(cases, extents__of_a_file_that_was_cut);
    tcase_add_test(cases, extents__more_than_there_is_room_for);
}

OB_TEST_MAIN("backup_extents", add_cases)
