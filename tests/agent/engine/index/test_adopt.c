#include "rig.h"
#include "vectors.h"

#include <string.h>

/* A repository whose run was cut off: `count` packs of one chunk each, and no index object. */
static void make_packs(rig *r, uint64_t first, uint64_t count)
{
    for (uint64_t i = first; i < first + count; i++) {
        ob_repo *repo = NULL;
        rig_lose_cache(r);
        ob_check_ok(ob_repo_open(&r->engine, true, &repo));
        rig_write(repo, i, 3000);
        ob_check_ok(ob_repo_flush(repo));
        ob_repo_close(repo);
    }
    rig_lose_cache(r);
    while (memory_store_count(r->store, OB_OBJECT_INDEX) > 0) {
        memory_store_remove(r->store, OB_OBJECT_INDEX,
                            memory_store_at(r->store, OB_OBJECT_INDEX, 0)->name);
    }
}

START_TEST(adopt__packs_that_no_index_lists)
{
    rig r;
    rig_index self;
    rig_open(&r);
    make_packs(&r, 0, 5);
    rig_index_open(&self, &r);
    ob_check_ok(ob_index_refresh(&self.index));
    ck_assert_uint_eq(self.index.recent.count, 0);
    ob_check_ok(ob_index_list_packs(&self.index, true));
    ck_assert_uint_eq(self.index.recent.count, 5);
    ck_assert_uint_eq(self.index.packs.count, 5);
    ck_assert_uint_eq(self.index.troubles, 0);
    ob_check_ok(ob_index_checkpoint(&self.index));
    ck_assert_uint_eq(memory_store_count(r.store, OB_OBJECT_INDEX), 1);
    rig_index_close(&self);
    /* From now on they are known without being looked into. */
    rig_index_open(&self, &r);
    ob_check_ok(ob_index_refresh(&self.index));
    uint64_t gets = memory_store_counted(r.store).gets;
    ob_check_ok(ob_index_list_packs(&self.index, true));
    ck_assert_uint_eq(memory_store_counted(r.store).gets, gets);
    ck_assert_uint_eq(self.index.recent.count, 0);
    rig_index_close(&self);
    rig_close(&r);
}
END_TEST

START_TEST(adopt__damaged_packs_are_passed_over)
{
    rig r;
    rig_index self;
    rig_open(&r);
    make_packs(&r, 0, 4);
    memory_object *one = memory_store_at(r.store, OB_OBJECT_PACK, 0);
    memory_object *two = memory_store_at(r.store, OB_OBJECT_PACK, 1);
    one->data[one->length - 40] ^= 1;
    two->length /= 2;
    memory_store_set(r.store, OB_OBJECT_PACK, vector_text("pack.json", "name"), "x", 1);
    rig_index_open(&self, &r);
    ob_check_ok(ob_index_refresh(&self.index));
    ob_check_ok(ob_index_list_packs(&self.index, true));
    ck_assert_uint_eq(self.index.recent.count, 2);
    ck_assert_uint_eq(self.index.troubles, 3);
    rig_index_close(&self);
    rig_close(&r);
}
END_TEST

START_TEST(adopt__passes_over_packs_that_cannot_be_read)
{
    static const ob_status failures[] = {OB_E_IO, OB_E_ACCESS_DENIED};
    rig r;
    rig_open(&r);
    make_packs(&r, 0, 2);
    for (size_t i = 0; i < 2; i++) {
        /* The list comes first, then three reads of each pack. */
        for (uint64_t skip = 0; skip < 7; skip++) {
            rig_index self;
            rig_index_open(&self, &r);
            memory_store_fail(r.store, skip, failures[i], false);
            ob_check_status(ob_index_list_packs(&self.index, true),
                            skip == 0 ? failures[i] : OB_OK);
            ck_assert_uint_eq(self.index.recent.count, skip == 0 ? 0 : 1);
            ck_assert_uint_eq(self.index.troubles, skip == 0 ? 0 : 1);
            rig_index_close(&self);
        }
    }
    rig_close(&r);
}
END_TEST

START_TEST(adopt__missing_and_cut_packs_are_marked)
{
    rig r;
    rig_index self;
    rig_open(&r);
    make_packs(&r, 0, 4);
    rig_index_open(&self, &r);
    ob_check_ok(ob_index_list_packs(&self.index, true));
    ob_check_ok(ob_index_checkpoint(&self.index));
    rig_index_close(&self);
    memory_store_at(r.store, OB_OBJECT_PACK, 3)->length -= 4096;
    memory_store_remove(r.store, OB_OBJECT_PACK, memory_store_at(r.store, OB_OBJECT_PACK, 0)->name);
    rig_index_open(&self, &r);
    ob_check_ok(ob_index_refresh(&self.index));
    ob_check_ok(ob_index_list_packs(&self.index, true));
    unsigned missing = 0;
    for (uint32_t i = 0; i < self.index.packs.count; i++) {
        missing += self.index.packs.info[i].flags & OB_PACK_MISSING ? 1 : 0;
    }
    ck_assert_uint_eq(missing, 2);
    ck_assert(self.index.packs_listed);
    /* Once is enough. */
    uint64_t lists = memory_store_counted(r.store).lists;
    ob_check_ok(ob_index_list_packs(&self.index, true));
    ck_assert_uint_eq(memory_store_counted(r.store).lists, lists);
    rig_index_close(&self);
    rig_close(&r);
}
END_TEST

/* One pack's bytes under another's name: what is in it counts, and is there. */
START_TEST(adopt__swapped_packs)
{
    rig r;
    rig_open(&r);
    make_packs(&r, 0, 2);
    memory_object *one = memory_store_at(r.store, OB_OBJECT_PACK, 0);
    memory_object *two = memory_store_at(r.store, OB_OBJECT_PACK, 1);
    uint8_t *data = one->data;
    size_t length = one->length;
    one->data = two->data;
    one->length = two->length;
    two->data = data;
    two->length = length;
    ob_repo *repo = NULL;
    ob_check_ok(ob_repo_open(&r.engine, true, &repo));
    for (uint64_t i = 0; i < 2; i++) {
        ob_chunk_id id = rig_write(repo, i, 3000);
        rig_check(repo, &id, i, 3000);
    }
    ck_assert_uint_eq(ob_repo_packs_written(repo), 0);
    ob_repo_close(repo);
    rig_close(&r);
}
END_TEST

START_TEST(adopt__failures_come_through)
{
    rig r;
    bool hit = true;
    rig_open(&r);
    make_packs(&r, 0, 2);
    for (uint64_t n = 0; hit; n++) {
        rig_index self;
        rig_index_open(&self, &r);
        memory_store_fail(r.store, n, OB_E_VAULT_UNREACHABLE, true);
        ob_status status = ob_index_list_packs(&self.index, true);
        memory_store_fail(r.store, 0, OB_OK, false);
        hit = n < 7;
        ck_assert_int_eq(status, hit ? OB_E_VAULT_UNREACHABLE : OB_OK);
        rig_index_close(&self);
    }
    rig_close(&r);
}
END_TEST

START_TEST(adopt__without_memory)
{
    rig r;
    bool hit = true;
    rig_open(&r);
    make_packs(&r, 0, 2);
    for (uint64_t n = 1; hit; n++) {
        rig_index self;
        rig_index_open(&self, &r);
        ob_test_alloc_begin(n, false);
        ob_status status = ob_index_list_packs(&self.index, true);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
        rig_index_close(&self);
    }
    rig_close(&r);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, adopt__packs_that_no_index_lists);
    tcase_add_test(cases, adopt__damaged_packs_are_passed_over);
    tcase_add_test(cases, adopt__passes_over_packs_that_cannot_be_read);
    tcase_add_test(cases, adopt__missing_and_cut_packs_are_marked);
    tcase_add_test(cases, adopt__swapped_packs);
    tcase_add_test(cases, adopt__failures_come_through);
    tcase_add_test(cases, adopt__without_memory);
}
OB_TEST_MAIN("adopt", add_cases)
