#include "index/segment_write.h"
#include "rig.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t check_bytes[OB_SEGMENT_CHECK] = "a repository's!";

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, OB_CHUNK_ID);
}

static ob_index_entry *entries_new(size_t count)
{
    ob_index_entry *entries = calloc(count + 1, sizeof entries[0]);
    for (size_t i = 0; i < count; i++) {
        entries[i] = rig_entry(i, (uint32_t)(i % 3));
    }
    qsort(entries, count, sizeof entries[0], by_id);
    return entries;
}

typedef struct parts {
    ob_pack_info packs[3];
    uint8_t covers[2 * OB_SHA256_SIZE];
    ob_segment_plan plan;
} parts;

static void plan_init(parts *self, size_t count)
{
    for (uint32_t i = 0; i < 3; i++) {
        self->packs[i] = (ob_pack_info){.size = 16 << 20, .class = (uint8_t)(i & 1)};
        rig_pack_name(i, self->packs[i].name);
    }
    memset(self->covers, 1, OB_SHA256_SIZE);
    memset(self->covers + OB_SHA256_SIZE, 2, OB_SHA256_SIZE);
    self->plan = (ob_segment_plan){check_bytes, count, self->packs, 3, self->covers, 2};
}

static ob_status add_all(ob_segment_writer *writer, const ob_index_entry *entries, size_t count)
{
    ob_status status = OB_OK;
    for (size_t i = 0; !OB_FAILED(status) && i < count; i++) {
        status = ob_segment_writer_add(writer, &entries[i]);
    }
    return status;
}

/* The same bytes into memory and into a file, and all entries in them. */
START_TEST(segment_write__memory_and_file)
{
    static const size_t counts[] = {0, 1, 15, 16, 17, 127, 128, 129, 2047, 2048, 2049, 40000};
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        size_t count = counts[c];
        ob_index_entry *entries = entries_new(count);
        ob_segment_writer *writer = NULL;
        ob_segment *segment = NULL;
        const char *path = ob_test_path(ob_test_temp(), "x");
        uint8_t *data = NULL;
        size_t length = 0;
        size_t file_length = 0;
        parts p;
        plan_init(&p, count);
        ob_check_ok(ob_segment_writer_new(&p.plan, ob_fs_os(), path, &writer));
        ob_check_ok(add_all(writer, entries, count));
        ob_check_ok(ob_segment_writer_end(writer, NULL, NULL));
        ob_segment_writer_free(writer);
        ob_check_ok(ob_segment_writer_new(&p.plan, NULL, NULL, &writer));
        ob_check_ok(add_all(writer, entries, count));
        ob_check_ok(ob_segment_writer_end(writer, &data, &length));
        ob_segment_writer_free(writer);
        const uint8_t *file = ob_test_read_file(path, &file_length);
        ck_assert_uint_eq(file_length, length);
        ck_assert_mem_eq(file, data, length);
        ob_packs packs = {0};
        ob_check_ok(ob_segment_open_memory(data, length, check_bytes, &segment));
        ob_check_ok(ob_segment_attach(segment, &packs));
        ck_assert_uint_eq(segment->count, count);
        for (size_t i = 0; i < count; i++) {
            ob_index_entry entry;
            ck_assert(ob_segment_find(segment, &entries[i].id, 0, &entry));
            ck_assert_mem_eq(&entry, &entries[i], sizeof entry);
            ob_check_ok(ob_segment_at(segment, i, &entry));
            ck_assert_mem_eq(&entry, &entries[i], sizeof entry);
        }
        ob_segment_close(segment, false);
        ob_packs_free(&packs);
        free(entries);
    }
    ob_segment_writer_free(NULL);
}
END_TEST

START_TEST(segment_write__repetitions_are_left_out)
{
    ob_index_entry *entries = entries_new(100);
    ob_segment_writer *writer = NULL;
    ob_segment *segment = NULL;
    uint8_t *data = NULL;
    size_t length = 0;
    parts p;
    plan_init(&p, 300);
    ob_check_ok(ob_segment_writer_new(&p.plan, NULL, NULL, &writer));
    for (size_t i = 0; i < 100; i++) {
        ob_check_ok(ob_segment_writer_add(writer, &entries[i]));
        ob_check_ok(ob_segment_writer_add(writer, &entries[i]));
        /* The same chunk in another pack is another entry. */
        entries[i].pack = (entries[i].pack + 1) % 3;
        ob_check_ok(ob_segment_writer_add(writer, &entries[i]));
    }
    ob_check_ok(ob_segment_writer_end(writer, &data, &length));
    ob_segment_writer_free(writer);
    ob_check_ok(ob_segment_open_memory(data, length, check_bytes, &segment));
    ck_assert_uint_eq(segment->count, 200);
    ob_segment_close(segment, false);
    free(entries);
}
END_TEST

START_TEST(segment_write__no_more_than_planned)
{
    ob_index_entry *entries = entries_new(3);
    ob_segment_writer *writer = NULL;
    parts p;
    plan_init(&p, 2);
    ob_check_ok(ob_segment_writer_new(&p.plan, NULL, NULL, &writer));
    ob_check_status(add_all(writer, entries, 3), OB_E_UNEXPECTED);
    ob_segment_writer_free(writer);
    free(entries);
}
END_TEST

START_TEST(segment_write__failing_disk)
{
    const size_t count = 5000;
    ob_index_entry *entries = entries_new(count);
    parts p;
    bool hit = true;
    plan_init(&p, count);
    for (uint64_t n = 1; hit; n++) {
        ob_test_fs fs;
        ob_segment_writer *writer = NULL;
        ob_test_fs_init(&fs, ob_fs_os());
        ob_test_fs_fail(&fs, n, false);
        ob_status status =
            ob_segment_writer_new(&p.plan, &fs.fs, ob_test_path(ob_test_temp(), "x"), &writer);
        if (!OB_FAILED(status)) {
            status = add_all(writer, entries, count);
        }
        if (!OB_FAILED(status)) {
            status = ob_segment_writer_end(writer, NULL, NULL);
        }
        hit = fs.hit;
        ck_assert_int_eq(status, hit ? OB_E_IO : OB_OK);
        ob_segment_writer_free(writer);
    }
    free(entries);
}
END_TEST

START_TEST(segment_write__without_memory)
{
    ob_index_entry *entries = entries_new(3000);
    parts p;
    bool hit = true;
    plan_init(&p, 3000);
    for (uint64_t n = 1; hit; n++) {
        ob_segment_writer *writer = NULL;
        uint8_t *data = NULL;
        size_t length = 0;
        ob_test_alloc_begin(n, false);
        ob_status status = ob_segment_writer_new(&p.plan, NULL, NULL, &writer);
        if (!OB_FAILED(status)) {
            status = add_all(writer, entries, 3000);
        }
        if (!OB_FAILED(status)) {
            status = ob_segment_writer_end(writer, &data, &length);
        }
        ob_segment_writer_free(writer);
        ob_free(data);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
    free(entries);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, segment_write__memory_and_file);
    tcase_add_test(cases, segment_write__repetitions_are_left_out);
    tcase_add_test(cases, segment_write__no_more_than_planned);
    tcase_add_test(cases, segment_write__failing_disk);
    tcase_add_test(cases, segment_write__without_memory);
}
OB_TEST_MAIN("segment_write", add_cases)
