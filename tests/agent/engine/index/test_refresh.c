#include "rig.h"

#include "ob/text.h"

#include <stdlib.h>
#include <string.h>

/* Index objects as `runs` runs of 40 chunks would have left them. */
static void make_runs(rig *r, uint64_t first, uint64_t runs)
{
    for (uint64_t run = first; run < first + runs; run++) {
        rig_index self;
        uint8_t name[OB_SHA256_SIZE];
        uint32_t number = 0;
        const char *cache = r->engine.cache_dir;
        rig_lose_cache(r);
        rig_index_open(&self, r);
        rig_pack_name(run, name);
        ob_check_ok(ob_packs_add(&self.index.packs, name, 16 << 20, 0, &number));
        for (uint64_t i = 0; i < 40; i++) {
            ob_index_entry entry = rig_entry(run * 40 + i, number);
            ob_check_ok(ob_chunk_table_put(&self.index.recent, &entry));
        }
        ob_check_ok(ob_index_checkpoint(&self.index));
        rig_index_close(&self);
        r->engine.cache_dir = cache;
    }
}

static uint64_t found(rig_index *self, uint64_t count)
{
    uint64_t there = 0;
    for (uint64_t i = 0; i < count; i++) {
        ob_index_entry entry;
        ob_index_entry wanted = rig_entry(i, 0);
        there += ob_index_find(&self->index, &wanted.id, 0, &entry) ? 1 : 0;
    }
    return there;
}

START_TEST(refresh__reads_only_what_is_new)
{
    rig r;
    rig_index self;
    rig_open(&r);
    make_runs(&r, 0, 10);
    rig_index_open(&self, &r);
    uint64_t gets = memory_store_counted(r.store).gets;
    ob_check_ok(ob_index_refresh(&self.index));
    ck_assert_uint_eq(memory_store_counted(r.store).gets - gets, 10);
    ck_assert_uint_eq(found(&self, 500), 400);
    rig_index_close(&self);
    make_runs(&r, 10, 2);
    gets = memory_store_counted(r.store).gets;
    rig_index_open(&self, &r);
    ob_check_ok(ob_index_refresh(&self.index));
    ck_assert_uint_eq(memory_store_counted(r.store).gets - gets, 2);
    ck_assert_uint_eq(found(&self, 500), 480);
    rig_index_close(&self);
    rig_index_open(&self, &r);
    gets = memory_store_counted(r.store).gets;
    ob_check_ok(ob_index_refresh(&self.index));
    ck_assert_uint_eq(memory_store_counted(r.store).gets, gets);
    ck_assert_uint_eq(found(&self, 500), 480);
    rig_index_close(&self);
    rig_close(&r);
}
END_TEST

/* An index object that was replaced, as a repack does it. */
START_TEST(refresh__follows_what_is_removed)
{
    rig r;
    rig_index self;
    rig_open(&r);
    make_runs(&r, 0, 4);
    rig_index_open(&self, &r);
    ob_check_ok(ob_index_refresh(&self.index));
    rig_index_close(&self);
    memory_store_remove(r.store, OB_OBJECT_INDEX,
                        memory_store_at(r.store, OB_OBJECT_INDEX, 2)->name);
    rig_index_open(&self, &r);
    ob_check_ok(ob_index_refresh(&self.index));
    ck_assert_uint_eq(found(&self, 160), 120);
    rig_index_close(&self);
    rig_close(&r);
}
END_TEST

START_TEST(refresh__passes_over_damage)
{
    for (int way = 0; way < 4; way++) {
        rig r;
        rig_index self;
        rig_open(&r);
        make_runs(&r, 0, 3);
        memory_object *object = memory_store_at(r.store, OB_OBJECT_INDEX, 1);
        char name[OB_OBJECT_NAME_MAX];
        memcpy(name, object->name, sizeof name);
        if (way == 0) {
            object->data[object->length / 2] ^= 1;
        } else if (way == 1) {
            object->length /= 2;
        } else if (way == 2) {
            object->length = 0;
        } else {
            const memory_object *other = memory_store_at(r.store, OB_OBJECT_INDEX, 0);
            memory_store_set(r.store, OB_OBJECT_INDEX, name, other->data, other->length);
        }
        rig_index_open(&self, &r);
        ob_check_ok(ob_index_refresh(&self.index));
        ck_assert_uint_eq(found(&self, 120), 80);
        ck_assert_uint_eq(self.index.troubles, 1);
        ck_assert_ptr_nonnull(strstr(self.index.trouble, name));
        rig_index_close(&self);
        rig_close(&r);
    }
}
END_TEST

/* A bad sector, or a file of somebody else: that is one object and not the store. */
START_TEST(refresh__passes_over_what_cannot_be_read)
{
    static const ob_status failures[] = {OB_E_IO, OB_E_ACCESS_DENIED, OB_E_TOO_LARGE};
    rig r;
    rig_open(&r);
    make_runs(&r, 0, 3);
    for (size_t i = 0; i < 3; i++) {
        /* The list comes first, then the size and the bytes of each object. */
        for (uint64_t skip = 0; skip < 7; skip++) {
            rig_index self;
            rig_lose_cache(&r);
            rig_index_open(&self, &r);
            memory_store_fail(r.store, skip, failures[i], false);
            ob_check_status(ob_index_refresh(&self.index), skip == 0 ? failures[i] : OB_OK);
            ck_assert_uint_eq(found(&self, 120), skip == 0 ? 0 : 80);
            ck_assert_uint_eq(self.index.troubles, skip == 0 ? 0 : 1);
            rig_index_close(&self);
            /* What could not be read does not count as read. */
            rig_index_open(&self, &r);
            ob_check_ok(ob_index_refresh(&self.index));
            ck_assert_uint_eq(found(&self, 120), 120);
            ck_assert_uint_eq(self.index.troubles, 0);
            rig_index_close(&self);
        }
    }
    rig_close(&r);
}
END_TEST

/* The index of another machine in this one's folder. */
START_TEST(refresh__foreign_index)
{
    rig r;
    rig other;
    rig_index self;
    rig_open(&r);
    rig_open(&other);
    ob_keyring_free(other.keys);
    ob_check_ok(ob_keyring_new(&other.keys));
    other.engine.keys = other.keys;
    make_runs(&r, 0, 1);
    make_runs(&other, 1, 1);
    const memory_object *object = memory_store_at(other.store, OB_OBJECT_INDEX, 0);
    memory_store_set(r.store, OB_OBJECT_INDEX, object->name, object->data, object->length);
    rig_index_open(&self, &r);
    ob_check_ok(ob_index_refresh(&self.index));
    ck_assert_uint_eq(found(&self, 80), 40);
    ck_assert_uint_eq(self.index.troubles, 1);
    ck_assert_ptr_nonnull(strstr(self.index.trouble, "keys"));
    rig_index_close(&self);
    rig_close(&other);
    rig_close(&r);
}
END_TEST

START_TEST(refresh__cache_of_another_repository)
{
    rig r;
    rig other;
    rig_index self;
    rig_open(&r);
    rig_open(&other);
    ob_keyring_free(other.keys);
    ob_check_ok(ob_keyring_new(&other.keys));
    other.engine.keys = other.keys;
    make_runs(&r, 0, 2);
    rig_index_open(&self, &r);
    ob_check_ok(ob_index_refresh(&self.index));
    rig_index_close(&self);
    other.engine.cache_dir = r.engine.cache_dir;
    rig_index_open(&self, &other);
    ob_check_ok(ob_index_refresh(&self.index));
    ck_assert_uint_eq(found(&self, 80), 0);
    rig_index_close(&self);
    rig_close(&other);
    rig_close(&r);
}
END_TEST

START_TEST(refresh__failures_come_through)
{
    rig r;
    bool hit = true;
    rig_open(&r);
    make_runs(&r, 0, 3);
    for (uint64_t n = 0; hit; n++) {
        rig_index self;
        rig_lose_cache(&r);
        rig_index_open(&self, &r);
        memory_store_fail(r.store, n, OB_E_VAULT_UNREACHABLE, true);
        ob_status status = ob_index_refresh(&self.index);
        memory_store_fail(r.store, 0, OB_OK, false);
        hit = n < 7;
        ck_assert_int_eq(status, hit ? OB_E_VAULT_UNREACHABLE : OB_OK);
        rig_index_close(&self);
    }
    rig_close(&r);
}
END_TEST

START_TEST(refresh__without_memory)
{
    rig r;
    bool hit = true;
    rig_open(&r);
    make_runs(&r, 0, 3);
    for (uint64_t n = 1; hit; n++) {
        rig_index self;
        rig_lose_cache(&r);
        rig_index_open(&self, &r);
        ob_test_alloc_begin(n, false);
        ob_status status = ob_index_refresh(&self.index);
        hit = ob_test_alloc_end();
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
        ck_assert(status != OB_OK || found(&self, 120) == 120);
        rig_index_close(&self);
    }
    rig_close(&r);
}
END_TEST

/* Known damage is read each time, and outlives the cache. */
START_TEST(refresh__damage_is_known_again)
{
    rig r;
    uint8_t name[OB_SHA256_SIZE];
    ob_buf plain = {0};
    rig_open(&r);
    make_runs(&r, 0, 2);
    for (unsigned round = 0; round < 3; round++) {
        rig_index self;
        ob_index_entry entry = rig_entry(7, 0);
        rig_index_open(&self, &r);
        ob_check_ok(ob_index_refresh(&self.index));
        ck_assert_uint_eq(found(&self, 80), round == 0 ? 80 : 79);
        if (round == 0) {
            ck_assert(ob_index_find(&self.index, &entry.id, 0, &entry));
            ob_check_ok(ob_index_write_bad(&self.index.packs, &entry, 1, &plain));
            ob_check_ok(ob_index_put(&self.index, &plain, name));
        }
        ck_assert_uint_eq(self.index.troubles, 0);
        rig_index_close(&self);
        if (round == 1) {
            rig_lose_cache(&r);
        }
    }
    ob_buf_free(&plain);
    rig_close(&r);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, refresh__damage_is_known_again);
    tcase_add_test(cases, refresh__reads_only_what_is_new);
    tcase_add_test(cases, refresh__follows_what_is_removed);
    tcase_add_test(cases, refresh__passes_over_damage);
    tcase_add_test(cases, refresh__passes_over_what_cannot_be_read);
    tcase_add_test(cases, refresh__foreign_index);
    tcase_add_test(cases, refresh__cache_of_another_repository);
    tcase_add_test(cases, refresh__failures_come_through);
    tcase_add_test(cases, refresh__without_memory);
}
OB_TEST_MAIN("refresh", add_cases)
