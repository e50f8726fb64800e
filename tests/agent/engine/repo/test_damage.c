#include "repo/damage.h"
#include "rig.h"

#include "ob/text.h"

#include <stdlib.h>
#include <string.h>

enum { COUNT = 6, SIZE = 5000 };

/* One pack of six chunks. */
static void make(rig *r, ob_chunk_id ids[COUNT])
{
    ob_repo *repo = NULL;
    rig_open(r);
    ob_check_ok(ob_repo_open(&r->engine, true, &repo));
    for (uint64_t i = 0; i < COUNT; i++) {
        ids[i] = rig_write(repo, i, SIZE);
    }
    ob_check_ok(ob_repo_flush(repo));
    ob_repo_close(repo);
    ck_assert_uint_eq(memory_store_count(r->store, OB_OBJECT_PACK), 1);
    ck_assert_uint_eq(memory_store_count(r->store, OB_OBJECT_INDEX), 1);
}

static void turn_over(rig *r, size_t offset)
{
    memory_store_at(r->store, OB_OBJECT_PACK, 0)->data[offset] ^= 1;
}

/* How many can be read; what cannot is noted. */
static unsigned read_all(rig *r, const ob_chunk_id ids[COUNT])
{
    ob_repo *repo = NULL;
    unsigned count = 0;
    ob_check_ok(ob_repo_open(&r->engine, false, &repo));
    for (size_t i = 0; i < COUNT; i++) {
        ob_buf out = {0};
        count += ob_repo_read(repo, &ids[i], &out) == OB_OK ? 1 : 0;
        ob_buf_free(&out);
    }
    ob_repo_close(repo);
    return count;
}

/* Writes all chunks again: how many were not there. */
static unsigned write_all(rig *r)
{
    ob_repo *repo = NULL;
    unsigned count = 0;
    ob_check_ok(ob_repo_open(&r->engine, true, &repo));
    for (uint64_t i = 0; i < COUNT; i++) {
        ob_chunk_id id;
        uint64_t stored = 0;
        uint8_t *data = rig_text(i, SIZE);
        ob_check_ok(ob_repo_write(repo, OB_CHUNK_DATA, data, SIZE, &id, &stored));
        count += stored > 0 ? 1 : 0;
        free(data);
    }
    ob_check_ok(ob_repo_flush(repo));
    ob_repo_close(repo);
    return count;
}

static bool has_notes(const rig *r)
{
    return ob_test_exists(ob_test_path(r->engine.cache_dir, "damage"));
}

START_TEST(damage__what_a_read_met_is_written_anew)
{
    rig r;
    ob_chunk_id ids[COUNT];
    make(&r, ids);
    ck_assert_uint_eq(write_all(&r), 0);
    turn_over(&r, 60);
    ck_assert_uint_eq(read_all(&r, ids), COUNT - 1);
    ck_assert(has_notes(&r));
    ck_assert_uint_eq(write_all(&r), 1);
    ck_assert(!has_notes(&r));
    ck_assert_uint_eq(memory_store_count(r.store, OB_OBJECT_PACK), 2);
    /* The object of damage and the new pack's. */
    ck_assert_uint_eq(memory_store_count(r.store, OB_OBJECT_INDEX), 3);
    ck_assert_uint_eq(read_all(&r, ids), COUNT);
    ck_assert(!has_notes(&r));
    /* Known in the store, not only in the cache. */
    for (int lose = 0; lose < 2; lose++) {
        ck_assert_uint_eq(write_all(&r), 0);
        ck_assert_uint_eq(memory_store_count(r.store, OB_OBJECT_INDEX), 3);
        rig_lose_cache(&r);
    }
    rig_close(&r);
}
END_TEST

/* What one engine met, another one with a cache of its own is told of. */
START_TEST(damage__notes_in_a_place_of_their_own)
{
    rig r;
    ob_chunk_id ids[COUNT];
    make(&r, ids);
    r.engine.notes_dir = ob_test_temp();
    turn_over(&r, 60);
    ck_assert_uint_eq(read_all(&r, ids), COUNT - 1);
    ck_assert(!has_notes(&r));
    ck_assert(ob_test_exists(ob_test_path(r.engine.notes_dir, "damage")));
    rig_lose_cache(&r);
    ck_assert_uint_eq(write_all(&r), 1);
    ck_assert(!ob_test_exists(ob_test_path(r.engine.notes_dir, "damage")));
    ck_assert_uint_eq(read_all(&r, ids), COUNT);
    rig_close(&r);
}
END_TEST

/* A pack that only for a while could not be read is used further on. */
START_TEST(damage__what_passes_is_forgotten)
{
    rig r;
    ob_chunk_id ids[COUNT];
    make(&r, ids);
    turn_over(&r, 60);
    ck_assert_uint_eq(read_all(&r, ids), COUNT - 1);
    turn_over(&r, 60);
    ck_assert_uint_eq(write_all(&r), 0);
    ck_assert(!has_notes(&r));
    ck_assert_uint_eq(memory_store_count(r.store, OB_OBJECT_INDEX), 1);
    rig_close(&r);
}
END_TEST

/* The version in the header: damage if the bytes are not those of the name, else a newer agent's.
 */
START_TEST(damage__newer_versions_are_none)
{
    rig r;
    ob_chunk_id ids[COUNT];
    char name[OB_SHA256_HEX];
    uint8_t hash[OB_SHA256_SIZE];
    make(&r, ids);
    turn_over(&r, 9);
    ck_assert_uint_eq(read_all(&r, ids), 0);
    ck_assert_uint_eq(write_all(&r), COUNT);
    ck_assert_uint_eq(read_all(&r, ids), COUNT);
    rig_close(&r);
    /* The same with a pack whose name is that of its bytes. */
    make(&r, ids);
    turn_over(&r, 9);
    const memory_object *pack = memory_store_at(r.store, OB_OBJECT_PACK, 0);
    ob_object_hash(pack->data, pack->length, hash);
    ob_hex_encode(name, hash, sizeof hash);
    rig_index self;
    rig_index_open(&self, &r);
    ob_buf plain = {0};
    ob_index_entry entries[COUNT];
    ob_check_ok(ob_index_refresh(&self.index));
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert(ob_index_find(&self.index, &ids[i], 0, &entries[i]));
    }
    memcpy(self.index.packs.info[0].name, hash, sizeof hash);
    ob_check_ok(ob_index_write(&self.index.packs, entries, COUNT, &plain));
    ob_check_ok(ob_index_put(&self.index, &plain, hash));
    rig_index_close(&self);
    ob_buf_free(&plain);
    memory_store_set(r.store, OB_OBJECT_PACK, name, pack->data, pack->length);
    for (size_t i = 0; i < 2; i++) {
        const memory_object *object = memory_store_at(r.store, OB_OBJECT_PACK, i);
        if (strcmp(object->name, name) != 0) {
            memory_store_remove(r.store, OB_OBJECT_PACK, object->name);
            break;
        }
    }
    ck_assert_uint_eq(read_all(&r, ids), 0);
    ck_assert(has_notes(&r));
    ck_assert_uint_eq(write_all(&r), 0);
    ck_assert(!has_notes(&r));
    rig_close(&r);
}
END_TEST

/* Whatever is in the file: it costs nothing but time. */
START_TEST(damage__the_file_is_not_believed)
{
    rig r;
    ob_chunk_id ids[COUNT];
    size_t length = 0;
    make(&r, ids);
    const char *path = ob_test_path(r.engine.cache_dir, "damage");
    ob_test_write_text(path, "no such list");
    ck_assert_uint_eq(write_all(&r), 0);
    ck_assert(!has_notes(&r));
    turn_over(&r, 60);
    ck_assert_uint_eq(read_all(&r, ids), COUNT - 1);
    const uint8_t *bytes = ob_test_read_file(path, &length);
    turn_over(&r, 60);
    for (size_t at = 0; at < length; at++) {
        ob_test_write_file(path, bytes, length);
        ob_test_flip_byte(path, at);
        ck_assert_uint_eq(write_all(&r), 0);
        ob_test_write_file(path, bytes, at);
        ck_assert_uint_eq(write_all(&r), 0);
        ck_assert(!has_notes(&r));
    }
    ck_assert_uint_eq(memory_store_count(r.store, OB_OBJECT_INDEX), 1);
    rig_close(&r);
}
END_TEST

/* A note that cannot be told to the store is told by the next run. */
START_TEST(damage__a_store_that_refuses)
{
    rig r;
    ob_chunk_id ids[COUNT];
    make(&r, ids);
    turn_over(&r, 60);
    ck_assert_uint_eq(read_all(&r, ids), COUNT - 1);
    bool opened = false;
    for (uint64_t n = 0; !opened; n++) {
        ob_repo *repo = NULL;
        memory_store_fail(r.store, n, OB_E_VAULT_UNREACHABLE, true);
        ob_status status = ob_repo_open(&r.engine, true, &repo);
        memory_store_fail(r.store, 0, OB_OK, false);
        opened = status == OB_OK;
        ck_assert(opened || status == OB_E_VAULT_UNREACHABLE);
        ck_assert(has_notes(&r) == !opened);
        ob_repo_close(repo);
    }
    ck_assert_uint_eq(write_all(&r), 1);
    ck_assert_uint_eq(read_all(&r, ids), COUNT);
    rig_close(&r);
}
END_TEST

START_TEST(damage__without_memory)
{
    rig r;
    ob_chunk_id ids[COUNT];
    bool hit = true;
    make(&r, ids);
    turn_over(&r, 60);
    ck_assert_uint_eq(read_all(&r, ids), COUNT - 1);
    for (uint64_t n = 1; hit; n++) {
        ob_repo *repo = NULL;
        ob_test_alloc_begin(n, false);
        ob_status status = ob_repo_open(&r.engine, true, &repo);
        hit = ob_test_alloc_end();
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
        ob_repo_close(repo);
    }
    ck_assert_uint_eq(write_all(&r), 1);
    ck_assert_uint_eq(read_all(&r, ids), COUNT);
    rig_close(&r);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, damage__what_a_read_met_is_written_anew);
    tcase_add_test(cases, damage__notes_in_a_place_of_their_own);
    tcase_add_test(cases, damage__what_passes_is_forgotten);
    tcase_add_test(cases, damage__newer_versions_are_none);
    tcase_add_test(cases, damage__the_file_is_not_believed);
    tcase_add_test(cases, damage__a_store_that_refuses);
    tcase_add_test(cases, damage__without_memory);
}
OB_TEST_MAIN("damage", add_cases)
