#include "index/segment.h"
#include "index/segment_format.h"
#include "index/segment_write.h"
#include "rig.h"

#include <stdlib.h>
#include <string.h>

enum { COUNT = 1000 };
static const uint8_t check_bytes[OB_SEGMENT_CHECK] = "a repository's!";

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, OB_CHUNK_ID);
}

/* A segment of COUNT entries as bytes, which ob_free() takes. */
static uint8_t *make(size_t *length)
{
    static ob_index_entry entries[COUNT];
    static ob_pack_info packs[2];
    uint8_t covers[2][OB_SHA256_SIZE];
    ob_segment_writer *writer = NULL;
    uint8_t *data = NULL;
    for (uint32_t i = 0; i < 2; i++) {
        packs[i] = (ob_pack_info){.size = 16 << 20};
        rig_pack_name(i, packs[i].name);
        memset(covers[i], (int)i + 1, OB_SHA256_SIZE);
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        entries[i] = rig_entry(i, i % 2);
    }
    qsort(entries, COUNT, sizeof entries[0], by_id);
    const ob_segment_plan plan = {check_bytes, COUNT, packs, 2, covers[0], 2};
    ob_check_ok(ob_segment_writer_new(&plan, NULL, NULL, &writer));
    for (size_t i = 0; i < COUNT; i++) {
        ob_check_ok(ob_segment_writer_add(writer, &entries[i]));
    }
    ob_check_ok(ob_segment_writer_end(writer, &data, length));
    ob_segment_writer_free(writer);
    return data;
}

static ob_segment *open_bytes(uint8_t *data, size_t length, ob_packs *packs)
{
    ob_segment *segment = NULL;
    ob_check_ok(ob_segment_open_memory(data, length, check_bytes, &segment));
    ob_check_ok(ob_segment_attach(segment, packs));
    return segment;
}

/* Local numbers of packs become those of the repository. */
START_TEST(segment__numbers_are_the_repositorys)
{
    size_t length = 0;
    uint8_t *data = make(&length);
    ob_packs packs = {0};
    uint8_t name[OB_SHA256_SIZE];
    uint32_t number = 0;
    rig_pack_name(99, name);
    ob_check_ok(ob_packs_add(&packs, name, 1, 0, &number));
    rig_pack_name(1, name);
    ob_check_ok(ob_packs_add(&packs, name, 1, 0, &number));
    ob_segment *segment = open_bytes(data, length, &packs);
    ck_assert_uint_eq(packs.count, 3);
    ck_assert_uint_eq(packs.info[number].flags, OB_PACK_LISTED);
    for (uint32_t i = 0; i < COUNT; i++) {
        ob_index_entry entry;
        ob_index_entry wanted = rig_entry(i, i % 2 == 1 ? 1 : 2);
        ck_assert(ob_segment_find(segment, &wanted.id, 0, &entry));
        ck_assert_mem_eq(&entry, &wanted, sizeof entry);
        ck_assert(!ob_segment_find(segment, &wanted.id, 1, &entry));
    }
    for (uint32_t i = COUNT; i < 2 * COUNT; i++) {
        ob_index_entry entry;
        ob_index_entry wanted = rig_entry(i, 0);
        ck_assert(!ob_segment_find(segment, &wanted.id, 0, &entry));
    }
    ob_pack_info info = ob_segment_pack(segment, 0);
    rig_pack_name(0, name);
    ck_assert_mem_eq(info.name, name, sizeof name);
    ck_assert_uint_eq(info.size, 16 << 20);
    ob_segment_close(segment, false);
    ob_segment_close(NULL, true);
    ob_packs_free(&packs);
}
END_TEST

START_TEST(segment__covers)
{
    size_t length = 0;
    uint8_t *data = make(&length);
    ob_packs packs = {0};
    uint8_t name[OB_SHA256_SIZE];
    ob_segment *segment = open_bytes(data, length, &packs);
    for (int i = 0; i < 5; i++) {
        memset(name, i, sizeof name);
        ck_assert(ob_segment_covers(segment, name) == (i == 1 || i == 2));
    }
    ob_segment_close(segment, false);
    ob_packs_free(&packs);
}
END_TEST

/* A change anywhere is noticed at the latest when it would matter: no entry is ever wrong. */
START_TEST(segment__every_byte_counts)
{
    size_t length = 0;
    uint8_t *data = make(&length);
    uint8_t *copy = malloc(length);
    memcpy(copy, data, length);
    ob_free(data);
    size_t step = 1;
    for (size_t at = 0; at < length; at += step) {
        ob_segment *segment = NULL;
        ob_packs packs = {0};
        bool found = false;
        step = at < 2000 ? 1 : 37;
        copy[at] ^= 8;
        data = ob_memdup(copy, length);
        copy[at] ^= 8;
        ob_status status = ob_segment_open_memory(data, length, check_bytes, &segment);
        if (OB_FAILED(status)) {
            ck_assert_int_eq(status, OB_E_CORRUPT);
            ob_free(data);
            continue;
        }
        ob_check_ok(ob_segment_attach(segment, &packs));
        for (uint32_t i = 0; i < COUNT; i++) {
            ob_index_entry entry;
            ob_index_entry wanted = rig_entry(i, i % 2);
            if (ob_segment_find(segment, &wanted.id, 0, &entry)) {
                ck_assert_mem_eq(&entry, &wanted, sizeof entry);
            } else {
                ck_assert(segment->damaged);
                found = true;
            }
        }
        ck_assert_msg(found, "byte %zu", at);
        ob_segment_close(segment, false);
        ob_packs_free(&packs);
    }
    free(copy);
}
END_TEST

START_TEST(segment__cut)
{
    size_t length = 0;
    uint8_t *data = make(&length);
    for (size_t cut = 0; cut < length; cut += 101) {
        ob_segment *segment = NULL;
        uint8_t *copy = ob_memdup(data, cut);
        ob_check_status(ob_segment_open_memory(copy, cut, check_bytes, &segment), OB_E_CORRUPT);
        ck_assert_ptr_null(segment);
        ob_free(copy);
    }
    ob_free(data);
}
END_TEST

/* Whoever can write to the cache can make its checksums fit: bounds hold all the same. */
START_TEST(segment__hostile_tables)
{
    size_t length = 0;
    uint8_t *data = make(&length);
    size_t entries_at = length - COUNT * OB_SEGMENT_ENTRY;
    size_t fanout_at = OB_SEGMENT_HEAD + 2 * OB_SHA256_SIZE + 2 * OB_SEGMENT_PACK;
    ob_packs packs = {0};
    ob_index_entry entry;
    ob_segment *segment = NULL;
    /* A fan-out that points past the end, and an entry of a pack that there is not. */
    memset(data + fanout_at + 8, 0xFF, 8);
    ob_segment_hash_head(data, entries_at, data + OB_SEGMENT_HASH_AT);
    segment = open_bytes(data, length, &packs);
    for (uint32_t i = 0; i < COUNT; i++) {
        ob_index_entry wanted = rig_entry(i, 0);
        (void)ob_segment_find(segment, &wanted.id, 0, &entry);
    }
    ck_assert(segment->damaged);
    ob_segment_close(segment, false);

    data = make(&length);
    size_t sums_at = fanout_at + ((1u << data[12]) + 1) * 4;
    memset(data + entries_at + OB_CHUNK_ID, 0xFF, 4);
    uint32_t sum = ob_segment_sum(data + entries_at, OB_SEGMENT_BLOCK * OB_SEGMENT_ENTRY);
    for (unsigned i = 0; i < 4; i++) {
        data[sums_at + i] = (uint8_t)(sum >> 8 * i);
    }
    ob_segment_hash_head(data, entries_at, data + OB_SEGMENT_HASH_AT);
    segment = open_bytes(data, length, &packs);
    ob_chunk_id id;
    memcpy(id.bytes, data + entries_at, OB_CHUNK_ID);
    ck_assert(!ob_segment_find(segment, &id, 0, &entry));
    ob_check_status(ob_segment_at(segment, 0, &entry), OB_E_CORRUPT);
    ob_check_status(ob_segment_at(segment, COUNT, &entry), OB_E_CORRUPT);
    ob_segment_close(segment, false);
    ob_packs_free(&packs);
}
END_TEST

START_TEST(segment__hostile_counts)
{
    static const struct {
        size_t at, size;
    } fields[] = {{12, 4}, {32, 8}, {40, 4}, {44, 4}, {48, 8}, {56, 8}};
    size_t length = 0;
    uint8_t *data = make(&length);
    size_t entries_at = length - COUNT * OB_SEGMENT_ENTRY;
    for (size_t f = 0; f < sizeof fields / sizeof fields[0]; f++) {
        for (unsigned value = 0; value < 4; value++) {
            static const uint8_t fills[] = {0xFF, 0x7F, 0x10, 0x00};
            ob_segment *segment = NULL;
            uint8_t *copy = ob_memdup(data, length);
            memset(copy + fields[f].at, fills[value], fields[f].size);
            ob_segment_hash_head(copy, entries_at, copy + OB_SEGMENT_HASH_AT);
            ob_status status = ob_segment_open_memory(copy, length, check_bytes, &segment);
            if (OB_FAILED(status)) {
                ck_assert_int_eq(status, OB_E_CORRUPT);
                ob_free(copy);
            } else {
                ob_segment_close(segment, false);
            }
        }
    }
    ob_free(data);
}
END_TEST

START_TEST(segment__of_another_repository)
{
    size_t length = 0;
    uint8_t *data = make(&length);
    uint8_t other[OB_SEGMENT_CHECK] = "another one's!!";
    ob_segment *segment = NULL;
    ob_check_status(ob_segment_open_memory(data, length, other, &segment), OB_E_CORRUPT);
    ob_check_detail("another");
    ob_free(data);
}
END_TEST

START_TEST(segment__file)
{
    size_t length = 0;
    uint8_t *data = make(&length);
    const char *path = ob_test_path(ob_test_temp(), "s");
    ob_segment *segment = NULL;
    ob_packs packs = {0};
    ob_check_status(ob_segment_open(ob_fs_os(), path, check_bytes, &segment), OB_E_NOT_FOUND);
    ob_test_write_file(path, data, length);
    ob_check_ok(ob_segment_open(ob_fs_os(), path, check_bytes, &segment));
    ob_check_ok(ob_segment_attach(segment, &packs));
    ob_index_entry entry;
    ob_index_entry wanted = rig_entry(5, 1);
    ck_assert(ob_segment_find(segment, &wanted.id, 0, &entry));
    ob_segment_close(segment, false);
    ck_assert(ob_test_exists(path));
    ob_check_ok(ob_segment_open(ob_fs_os(), path, check_bytes, &segment));
    ob_segment_close(segment, true);
    ck_assert(!ob_test_exists(path));
    ob_test_write_file(path, data, 0);
    ob_check_status(ob_segment_open(ob_fs_os(), path, check_bytes, &segment), OB_E_CORRUPT);
    ob_packs_free(&packs);
    ob_free(data);
}
END_TEST

START_TEST(segment__without_memory)
{
    size_t length = 0;
    uint8_t *data = make(&length);
    const char *path = ob_test_path(ob_test_temp(), "s");
    bool hit = true;
    ob_test_write_file(path, data, length);
    ob_free(data);
    for (uint64_t n = 1; hit; n++) {
        ob_segment *segment = NULL;
        ob_packs packs = {0};
        ob_test_alloc_begin(n, false);
        ob_status status = ob_segment_open(ob_fs_os(), path, check_bytes, &segment);
        if (!OB_FAILED(status)) {
            status = ob_segment_attach(segment, &packs);
        }
        ob_segment_close(segment, false);
        ob_packs_free(&packs);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, segment__numbers_are_the_repositorys);
    tcase_add_test(cases, segment__covers);
    tcase_add_test(cases, segment__every_byte_counts);
    tcase_add_test(cases, segment__cut);
    tcase_add_test(cases, segment__hostile_tables);
    tcase_add_test(cases, segment__hostile_counts);
    tcase_add_test(cases, segment__of_another_repository);
    tcase_add_test(cases, segment__file);
    tcase_add_test(cases, segment__without_memory);
}
OB_TEST_MAIN("segment", add_cases)
