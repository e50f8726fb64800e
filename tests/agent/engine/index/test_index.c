#include "index/segments.h"
#include "rig.h"

#include <string.h>

static uint32_t pack(rig_index *self, uint64_t seed)
{
    uint8_t name[OB_SHA256_SIZE];
    uint32_t number = 0;
    rig_pack_name(seed, name);
    ob_check_ok(ob_packs_add(&self->index.packs, name, 16 << 20, 0, &number));
    return number;
}

static void add_segment(rig_index *self, uint32_t number, uint8_t cover)
{
    ob_index_entry entry = rig_entry(1, number);
    uint8_t name[OB_SHA256_SIZE];
    memset(name, cover, sizeof name);
    ob_check_ok(ob_segments_add(&self->index, &entry, 1, name, 1));
}

/* A chunk that lies in three packs. */
START_TEST(index__every_place_is_found)
{
    rig r;
    rig_index self;
    ob_index_entry entry;
    unsigned seen = 0;
    rig_open(&r);
    rig_index_open(&self, &r);
    ob_index_entry recent = rig_entry(1, pack(&self, 2));
    add_segment(&self, pack(&self, 0), 1);
    add_segment(&self, pack(&self, 1), 2);
    ob_check_ok(ob_chunk_table_put(&self.index.recent, &recent));
    for (unsigned nth = 0; nth < 3; nth++) {
        ck_assert(ob_index_find(&self.index, &recent.id, nth, &entry));
        seen |= 1u << entry.pack;
    }
    ck_assert_uint_eq(seen, 7);
    ck_assert(!ob_index_find(&self.index, &recent.id, 3, &entry));
    ck_assert(ob_index_find(&self.index, &recent.id, 0, &entry));
    ck_assert_uint_eq(entry.pack, recent.pack);
    rig_index_close(&self);
    rig_close(&r);
}
END_TEST

/* Wherever it was found last, what is not usable any more is passed over. */
START_TEST(index__any_place_will_do)
{
    rig r;
    rig_index self;
    ob_index_entry entry;
    rig_open(&r);
    rig_index_open(&self, &r);
    add_segment(&self, pack(&self, 0), 1);
    add_segment(&self, pack(&self, 1), 2);
    ob_index_entry wanted = rig_entry(1, 0);
    for (unsigned gone = 0; gone < 2; gone++) {
        ck_assert(ob_index_have(&self.index, &wanted.id, &entry));
        uint32_t first = entry.pack;
        ck_assert(ob_index_have(&self.index, &wanted.id, &entry));
        ck_assert_uint_eq(entry.pack, first);
        self.index.packs.info[first].flags |= OB_PACK_MISSING;
    }
    ck_assert(!ob_index_have(&self.index, &wanted.id, &entry));
    ob_index_entry recent = rig_entry(1, pack(&self, 2));
    ob_check_ok(ob_chunk_table_put(&self.index.recent, &recent));
    ck_assert(ob_index_have(&self.index, &wanted.id, &entry));
    ck_assert_uint_eq(entry.pack, recent.pack);
    rig_index_close(&self);
    rig_close(&r);
}
END_TEST

START_TEST(index__missing_packs_are_passed_over)
{
    rig r;
    rig_index self;
    ob_index_entry entry;
    rig_open(&r);
    rig_index_open(&self, &r);
    add_segment(&self, pack(&self, 0), 1);
    add_segment(&self, pack(&self, 1), 2);
    ob_index_entry wanted = rig_entry(1, 0);
    self.index.packs.info[0].flags |= OB_PACK_MISSING;
    ck_assert(ob_index_find(&self.index, &wanted.id, 0, &entry));
    ck_assert_uint_eq(entry.pack, 1);
    ck_assert(!ob_index_find(&self.index, &wanted.id, 1, &entry));
    self.index.packs.info[1].flags |= OB_PACK_MISSING;
    ck_assert(!ob_index_find(&self.index, &wanted.id, 0, &entry));
    rig_index_close(&self);
    rig_close(&r);
}
END_TEST

/* An entry that cannot be true, whatever wrote it. */
START_TEST(index__bounds_are_checked)
{
    static const struct {
        uint32_t offset, length;
    } bad[] = {{0, 100},      {100, 0}, {100, 20}, {16 << 20, 100}, {0xFFFFFFFF, 0xFFFFFFFF},
               {100, 5 << 20}};
    rig r;
    rig_index self;
    ob_index_entry found;
    rig_open(&r);
    rig_index_open(&self, &r);
    ob_index_entry entry = rig_entry(1, pack(&self, 0));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        entry.offset = bad[i].offset;
        entry.length = bad[i].length;
        ob_check_ok(ob_chunk_table_put(&self.index.recent, &entry));
        ck_assert(!ob_index_find(&self.index, &entry.id, 0, &found));
    }
    rig_index_close(&self);
    rig_close(&r);
}
END_TEST

START_TEST(index__use_and_notes)
{
    rig r;
    rig_index self;
    rig_open(&r);
    rig_index_open(&self, &r);
    uint32_t number = pack(&self, 0);
    ob_index_use(&self.index, number);
    ob_index_use(&self.index, OB_PACK_POOLED);
    ck_assert_uint_eq(self.index.packs.info[number].flags, OB_PACK_USED);
    ob_index_note(&self.index, "first");
    ob_index_note(&self.index, "second");
    ck_assert_uint_eq(self.index.troubles, 2);
    ck_assert_str_eq(self.index.trouble, "first");
    rig_index_close(&self);
    rig_close(&r);
}
END_TEST

START_TEST(index__bad_places_are_the_last_resort)
{
    rig r;
    rig_index self;
    ob_index_entry entry;
    rig_open(&r);
    rig_index_open(&self, &r);
    ob_index_entry recent = rig_entry(1, pack(&self, 0));
    add_segment(&self, pack(&self, 1), 1);
    ob_check_ok(ob_chunk_table_put(&self.index.recent, &recent));
    ck_assert(!ob_index_find_bad(&self.index, &recent.id, 0, &entry));
    ob_check_ok(ob_bad_places_add(&self.index.bad, self.index.packs.info[0].name, recent.offset));
    ck_assert(ob_index_find(&self.index, &recent.id, 0, &entry));
    ck_assert_uint_eq(entry.pack, 1);
    ck_assert(!ob_index_find(&self.index, &recent.id, 1, &entry));
    ck_assert(ob_index_find_bad(&self.index, &recent.id, 0, &entry));
    ck_assert_uint_eq(entry.pack, 0);
    ck_assert(!ob_index_find_bad(&self.index, &recent.id, 1, &entry));
    rig_index_close(&self);
    rig_close(&r);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, index__bad_places_are_the_last_resort);
    tcase_add_test(cases, index__every_place_is_found);
    tcase_add_test(cases, index__any_place_will_do);
    tcase_add_test(cases, index__missing_packs_are_passed_over);
    tcase_add_test(cases, index__bounds_are_checked);
    tcase_add_test(cases, index__use_and_notes);
}
OB_TEST_MAIN("index", add_cases)
