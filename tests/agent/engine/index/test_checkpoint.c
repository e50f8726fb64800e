#include "rig.h"

#include <string.h>

/* Chunks [first, first + count) in a pack of their own, whole and not listed. */
static uint32_t fill(rig_index *self, uint64_t first, size_t count)
{
    uint8_t name[OB_SHA256_SIZE];
    uint32_t number = 0;
    rig_pack_name(first, name);
    ob_check_ok(ob_packs_add(&self->index.packs, name, 16 << 20, 1, &number));
    for (size_t i = 0; i < count; i++) {
        ob_index_entry entry = rig_entry(first + i, number);
        ob_check_ok(ob_chunk_table_put(&self->index.recent, &entry));
        self->index.ready++;
    }
    return number;
}

static void check(rig_index *self, uint64_t first, size_t count, bool there)
{
    for (size_t i = 0; i < count; i++) {
        ob_index_entry entry;
        ob_index_entry wanted = rig_entry(first + i, 0);
        ck_assert(ob_index_find(&self->index, &wanted.id, 0, &entry) == there);
        ck_assert(!there || entry.offset == wanted.offset);
    }
}

START_TEST(checkpoint__moves_what_is_whole)
{
    rig r;
    rig_index self;
    uint32_t number = 0;
    rig_open(&r);
    rig_index_open(&self, &r);
    ob_check_ok(ob_index_refresh(&self.index));
    ob_check_ok(ob_index_checkpoint(&self.index));
    ck_assert_uint_eq(memory_store_count(r.store, OB_OBJECT_INDEX), 0);
    uint32_t one = fill(&self, 0, 100);
    uint32_t two = fill(&self, 1000, 50);
    ob_index_entry pooled = rig_entry(5000, OB_PACK_POOLED);
    ob_check_ok(ob_chunk_table_put(&self.index.recent, &pooled));
    ob_check_ok(ob_packs_add_filling(&self.index.packs, 0, &number));
    ob_index_entry filling = rig_entry(5001, number);
    ob_check_ok(ob_chunk_table_put(&self.index.recent, &filling));
    ob_check_ok(ob_index_checkpoint(&self.index));
    ck_assert_uint_eq(memory_store_count(r.store, OB_OBJECT_INDEX), 1);
    ck_assert_uint_eq(self.index.segment_count, 1);
    ck_assert_uint_eq(self.index.recent.count, 2);
    ck_assert(self.index.packs.info[one].flags & OB_PACK_LISTED);
    ck_assert(self.index.packs.info[two].flags & OB_PACK_LISTED);
    ck_assert(!(self.index.packs.info[number].flags & OB_PACK_LISTED));
    check(&self, 0, 100, true);
    check(&self, 1000, 50, true);
    check(&self, 5000, 1, true);
    /* There is nothing more to do. */
    ob_check_ok(ob_index_checkpoint(&self.index));
    ck_assert_uint_eq(memory_store_count(r.store, OB_OBJECT_INDEX), 1);
    rig_index_close(&self);

    /* The object says the same to a machine that has nothing else. */
    rig_lose_cache(&r);
    rig_index_open(&self, &r);
    ob_check_ok(ob_index_refresh(&self.index));
    check(&self, 0, 100, true);
    check(&self, 1000, 50, true);
    check(&self, 5000, 2, false);
    ck_assert_uint_eq(self.index.packs.info[0].class, 1);
    rig_index_close(&self);
    rig_close(&r);
}
END_TEST

START_TEST(checkpoint__is_due_when_there_is_much)
{
    rig r;
    rig_index self;
    rig_open(&r);
    rig_index_open(&self, &r);
    ob_check_ok(ob_index_refresh(&self.index));
    ck_assert(!ob_index_checkpoint_due(&self.index));
    fill(&self, 0, OB_CHECKPOINT_AT / 2);
    ck_assert(!ob_index_checkpoint_due(&self.index));
    fill(&self, OB_CHECKPOINT_AT / 2, OB_CHECKPOINT_AT / 2);
    ck_assert(ob_index_checkpoint_due(&self.index));
    ob_check_ok(ob_index_checkpoint(&self.index));
    ck_assert(!ob_index_checkpoint_due(&self.index));
    ck_assert_uint_eq(self.index.recent.count, 0);
    check(&self, 0, OB_CHECKPOINT_AT, true);
    rig_index_close(&self);
    rig_close(&r);
}
END_TEST

START_TEST(checkpoint__failed_put_changes_nothing)
{
    rig r;
    rig_index self;
    rig_open(&r);
    rig_index_open(&self, &r);
    ob_check_ok(ob_index_refresh(&self.index));
    fill(&self, 0, 100);
    memory_store_fail(r.store, 0, OB_E_DISK_FULL, false);
    ob_check_status(ob_index_checkpoint(&self.index), OB_E_DISK_FULL);
    ck_assert_uint_eq(self.index.recent.count, 100);
    ck_assert(!self.index.checkpointing);
    ob_check_ok(ob_index_checkpoint(&self.index));
    ck_assert_uint_eq(self.index.recent.count, 0);
    check(&self, 0, 100, true);
    rig_index_close(&self);
    rig_close(&r);
}
END_TEST

/* The object counts, the cache does not: a cache that fails costs no chunk. */
START_TEST(checkpoint__failing_cache)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        rig r;
        rig_index self;
        rig_open(&r);
        rig_index_open(&self, &r);
        ob_check_ok(ob_index_refresh(&self.index));
        fill(&self, 0, 100);
        ob_test_fs_fail(&r.fs, n, true);
        ob_check_ok(ob_index_checkpoint(&self.index));
        check(&self, 0, 100, true);
        hit = r.fs.hit;
        rig_index_close(&self);
        rig_close(&r);
    }
}
END_TEST

/* What one checkpoint could not put into a segment stays known when the next one can. */
START_TEST(checkpoint__after_one_without_a_segment)
{
    bool hit = true;
    bool kept = false;
    for (uint64_t n = 1; hit; n++) {
        rig r;
        rig_index self;
        rig_open(&r);
        rig_index_open(&self, &r);
        ob_check_ok(ob_index_refresh(&self.index));
        fill(&self, 0, 100);
        ob_test_alloc_begin(n, true);
        (void)ob_index_checkpoint(&self.index);
        hit = ob_test_alloc_end();
        kept = kept || (self.index.segment_count == 0 &&
                        memory_store_count(r.store, OB_OBJECT_INDEX) == 1);
        fill(&self, 1000, 100);
        ob_check_ok(ob_index_checkpoint(&self.index));
        check(&self, 0, 100, true);
        check(&self, 1000, 100, true);
        rig_index_close(&self);
        rig_close(&r);
    }
    ck_assert(kept);
}
END_TEST

START_TEST(checkpoint__without_memory)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        rig r;
        rig_index self;
        rig_open(&r);
        rig_index_open(&self, &r);
        ob_check_ok(ob_index_refresh(&self.index));
        fill(&self, 0, 100);
        ob_test_alloc_begin(n, false);
        ob_status status = ob_index_checkpoint(&self.index);
        hit = ob_test_alloc_end();
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
        check(&self, 0, 100, true);
        ob_check_ok(ob_index_checkpoint(&self.index));
        ck_assert_uint_eq(memory_store_count(r.store, OB_OBJECT_INDEX), 1);
        check(&self, 0, 100, true);
        rig_index_close(&self);
        rig_close(&r);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, checkpoint__moves_what_is_whole);
    tcase_add_test(cases, checkpoint__is_due_when_there_is_much);
    tcase_add_test(cases, checkpoint__failed_put_changes_nothing);
    tcase_add_test(cases, checkpoint__failing_cache);
    tcase_add_test(cases, checkpoint__after_one_without_a_segment);
    tcase_add_test(cases, checkpoint__without_memory);
}
OB_TEST_MAIN("checkpoint", add_cases)
