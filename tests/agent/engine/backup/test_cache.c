#include "backup/cache.h"
#include "rig.h"
#include "vectors.h"

#include <string.h>

#define T (INT64_C(1700000000) * 1000000000)

static const char *file_of(const rig *self)
{
    return ob_test_path(self->engine.cache_dir, vector_text("list.json", "cache name"));
}

static void write_vector(rig *self)
{
    ob_buf chunk = vector_bytes("list.json", "chunk");
    ob_cache_head head = {.started = T, .entries = 6, .bytes = 77};
    ob_cache_writer *writer = NULL;
    ob_check_ok(ob_guid_parse(&head.point, "01234567-89ab-cdef-0123-456789abcdef", 36));
    ob_check_ok(ob_cache_create(&self->engine, "nightly", &writer));
    ob_check_ok(ob_cache_add(writer, chunk.data, chunk.length));
    ob_check_ok(ob_cache_commit(writer, &head));
    ob_cache_discard(writer);
}

START_TEST(cache__vector)
{
    rig self;
    rig_open(&self);
    size_t length = 0;
    write_vector(&self);
    const uint8_t *data = ob_test_read_file(file_of(&self), &length);
    ob_buf got = {.data = (uint8_t *)(uintptr_t)data, .length = length};
    ob_buf wanted = vector_bytes("list.json", "cache");
    vector_check(&got, &wanted, "the list in the cache");
    rig_close(&self);
}
END_TEST

static ob_status read_all(const rig *self, const char *policy, size_t *chunks)
{
    ob_cache_reader *reader = NULL;
    const uint8_t *data = NULL;
    size_t length = 0;
    *chunks = 0;
    ob_status status = ob_cache_open(&self->engine, policy, &reader);
    while (status == OB_OK) {
        status = ob_cache_next(reader, &data, &length);
        if (status != OB_OK || data == NULL) {
            break;
        }
        ++*chunks;
    }
    ob_cache_close(reader);
    return status;
}

START_TEST(cache__round_trip)
{
    rig self;
    ob_cache_reader *reader = NULL;
    const uint8_t *data = NULL;
    size_t length = 0;
    ob_buf chunk = vector_bytes("list.json", "chunk");
    rig_open(&self);
    write_vector(&self);
    ob_check_ok(ob_cache_open(&self.engine, "nightly", &reader));
    ck_assert_int_eq(ob_cache_reader_head(reader)->started, T);
    ck_assert_uint_eq(ob_cache_reader_head(reader)->entries, 6);
    ck_assert_uint_eq(ob_cache_reader_head(reader)->bytes, 77);
    ob_check_ok(ob_cache_next(reader, &data, &length));
    ck_assert_uint_eq(length, chunk.length);
    ck_assert_mem_eq(data, chunk.data, length);
    ob_check_ok(ob_cache_next(reader, &data, &length));
    ck_assert_ptr_null(data);
    ob_cache_close(reader);
    rig_close(&self);
}
END_TEST

START_TEST(cache__of_another_policy_or_vault)
{
    rig self;
    size_t chunks = 0;
    ob_keyring *other = NULL;
    rig_open(&self);
    write_vector(&self);
    ob_check_status(read_all(&self, "weekly", &chunks), OB_E_NOT_FOUND);
    ob_check_ok(ob_keyring_new(&other));
    rig elsewhere = self;
    elsewhere.engine.keys = other;
    ob_check_status(read_all(&elsewhere, "nightly", &chunks), OB_E_NOT_FOUND);
    /* Also under the name that those keys would give it. */
    ob_cache_writer *writer = NULL;
    const ob_cache_head head = {.started = 1};
    ob_check_ok(ob_cache_create(&elsewhere.engine, "nightly", &writer));
    ob_check_ok(ob_cache_commit(writer, &head));
    ob_cache_discard(writer);
    ob_check_ok(read_all(&elsewhere, "nightly", &chunks));
    ob_keyring_free(other);
    rig_close(&self);
}
END_TEST

START_TEST(cache__damage_is_found)
{
    rig self;
    size_t chunks = 0;
    size_t length = 0;
    rig_open(&self);
    write_vector(&self);
    ob_test_read_file(file_of(&self), &length);
    for (size_t i = 0; i < length; i++) {
        ob_test_flip_byte(file_of(&self), i);
        ob_status status = read_all(&self, "nightly", &chunks);
        ck_assert_msg(status == OB_E_SEAL || status == OB_E_CORRUPT ||
                          status == OB_E_FORMAT_VERSION,
                      "byte %zu: %s", i, ob_status_lookup(status)->symbol);
        ob_test_flip_byte(file_of(&self), i);
    }
    for (size_t cut = length; cut-- > 0;) {
        ob_test_cut_file(file_of(&self), cut);
        ob_check_status(read_all(&self, "nightly", &chunks), OB_E_CORRUPT);
    }
    rig_close(&self);
}
END_TEST

START_TEST(cache__an_unfinished_one_leaves_the_old_one)
{
    rig self;
    size_t chunks = 0;
    ob_cache_writer *writer = NULL;
    rig_open(&self);
    write_vector(&self);
    ob_check_ok(ob_cache_create(&self.engine, "nightly", &writer));
    ob_check_ok(ob_cache_add(writer, (const uint8_t *)"x", 1));
    ck_assert(ob_test_exists(ob_test_format("%s.new", file_of(&self))));
    ob_cache_discard(writer);
    ck_assert(!ob_test_exists(ob_test_format("%s.new", file_of(&self))));
    ob_cache_discard(NULL);
    ob_check_ok(read_all(&self, "nightly", &chunks));
    ck_assert_uint_eq(chunks, 1);
    rig_close(&self);
}
END_TEST

START_TEST(cache__failures_of_files_and_memory)
{
    rig self;
    bool hit = true;
    const ob_cache_head head = {.started = 1};
    rig_open(&self);
    for (uint64_t n = 1; hit; n++) {
        ob_cache_writer *writer = NULL;
        ob_test_fs_fail(&self.fs, n, false);
        ob_status status = ob_cache_create(&self.engine, "nightly", &writer);
        if (status == OB_OK) {
            status = ob_cache_add(writer, (const uint8_t *)"xyz", 3);
        }
        if (status == OB_OK) {
            status = ob_cache_commit(writer, &head);
        }
        ob_cache_discard(writer);
        hit = self.fs.hit;
        ck_assert_int_eq(status, hit ? OB_E_IO : OB_OK);
    }
    ob_test_fs_fail(&self.fs, 0, false);
    hit = true;
    for (uint64_t n = 1; hit; n++) {
        size_t chunks = 0;
        ob_test_alloc_begin(n, false);
        ob_status status = read_all(&self, "nightly", &chunks);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
    rig_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, cache__vector);
    tcase_add_test(cases, cache__round_trip);
    tcase_add_test(cases, cache__of_another_policy_or_vault);
    tcase_add_test(cases, cache__damage_is_found);
    tcase_add_test(cases, cache__an_unfinished_one_leaves_the_old_one);
    tcase_add_test(cases, cache__failures_of_files_and_memory);
}

OB_TEST_MAIN("backup_cache", add_cases)
