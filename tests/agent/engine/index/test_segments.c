#include "index/segments.h"
#include "rig.h"

#include <string.h>

static bool keep_all(void *context, const uint8_t name[OB_SHA256_SIZE])
{
    (void)context;
    (void)name;
    return true;
}

/* Drops whatever the byte is the start of. */
static bool keep_but(void *context, const uint8_t name[OB_SHA256_SIZE])
{
    return name[0] != *(const uint8_t *)context;
}

static void open_empty(rig *r, rig_index *self)
{
    rig_index_open(self, r);
    ob_check_ok(ob_segments_load(&self->index, keep_all, NULL));
}

/* Entries [first, first + count) under an index object whose name is all `cover`. */
static ob_status add(rig_index *self, uint64_t first, size_t count, uint8_t cover)
{
    static ob_index_entry entries[4096];
    uint8_t name[OB_SHA256_SIZE];
    for (size_t i = 0; i < count; i++) {
        uint8_t pack[OB_SHA256_SIZE];
        rig_pack_name((first + i) % 5, pack);
        entries[i] = rig_entry(first + i, 0);
        ob_check_ok(ob_packs_add(&self->index.packs, pack, 16 << 20, 0, &entries[i].pack));
    }
    memset(name, cover, sizeof name);
    return ob_segments_add(&self->index, entries, count, name, 1);
}

static void check(rig_index *self, uint64_t first, size_t count, bool there)
{
    for (size_t i = 0; i < count; i++) {
        ob_index_entry entry;
        ob_index_entry wanted = rig_entry(first + i, 0);
        uint8_t pack[OB_SHA256_SIZE];
        ck_assert(ob_index_find(&self->index, &wanted.id, 0, &entry) == there);
        if (there) {
            rig_pack_name((first + i) % 5, pack);
            ck_assert_uint_eq(entry.offset, wanted.offset);
            ck_assert_uint_eq(entry.length, wanted.length);
            ck_assert_mem_eq(self->index.packs.info[entry.pack].name, pack, sizeof pack);
        }
    }
}

static unsigned files(const rig *r)
{
    const ob_fs *fs = ob_fs_os();
    ob_dir *dir = NULL;
    ob_dir_entry entry = {0};
    unsigned count = 0;
    ob_check_ok(fs->dir_open(fs, NULL, ob_test_path(r->engine.cache_dir, "index"), &dir));
    while (fs->dir_read(fs, dir, &entry) == OB_OK && entry.name != NULL) {
        count++;
    }
    fs->dir_close(fs, dir);
    return count;
}

START_TEST(segments__are_there_the_next_time)
{
    rig r;
    rig_index self;
    rig_open(&r);
    open_empty(&r, &self);
    ob_check_ok(add(&self, 0, 1000, 1));
    ob_check_ok(add(&self, 1000, 300, 2));
    check(&self, 0, 1300, true);
    rig_index_close(&self);
    open_empty(&r, &self);
    ck_assert_uint_eq(self.index.segment_count, 2);
    check(&self, 0, 1300, true);
    check(&self, 1300, 100, false);
    rig_index_close(&self);
    rig_close(&r);
}
END_TEST

START_TEST(segments__merge_keeps_their_number_small)
{
    rig r;
    rig_index self;
    rig_open(&r);
    open_empty(&r, &self);
    for (uint8_t i = 0; i < 100; i++) {
        ob_check_ok(add(&self, i * 50u, 50, i));
        ob_segments_merge(&self.index);
        ck_assert_uint_le(self.index.segment_count, 8);
    }
    ck_assert_uint_eq(files(&r), self.index.segment_count);
    check(&self, 0, 5000, true);
    rig_index_close(&self);
    open_empty(&r, &self);
    check(&self, 0, 5000, true);
    uint8_t name[OB_SHA256_SIZE];
    for (uint8_t i = 0; i < 100; i++) {
        bool covered = false;
        memset(name, i, sizeof name);
        for (unsigned k = 0; k < self.index.segment_count; k++) {
            covered = covered || ob_segment_covers(self.index.segments[k], name);
        }
        ck_assert(covered);
    }
    rig_index_close(&self);
    rig_close(&r);
}
END_TEST

START_TEST(segments__what_the_store_lost_goes)
{
    rig r;
    rig_index self;
    uint8_t gone = 2;
    rig_open(&r);
    open_empty(&r, &self);
    ob_check_ok(add(&self, 0, 1000, 1));
    ob_check_ok(add(&self, 1000, 300, 2));
    rig_index_close(&self);
    rig_index_open(&self, &r);
    ob_check_ok(ob_segments_load(&self.index, keep_but, &gone));
    ck_assert_uint_eq(self.index.segment_count, 1);
    check(&self, 0, 1000, true);
    check(&self, 1000, 300, false);
    rig_index_close(&self);
    ck_assert_uint_eq(files(&r), 1);
    rig_close(&r);
}
END_TEST

/* Left behind by a process that ended after a merge and before the removal. */
START_TEST(segments__repetitions_go)
{
    rig r;
    rig_index self;
    rig_open(&r);
    open_empty(&r, &self);
    ob_check_ok(add(&self, 0, 400, 1));
    const char *first = ob_test_path(r.engine.cache_dir, "index/00000000.seg");
    size_t length = 0;
    const uint8_t *bytes = ob_test_read_file(first, &length);
    ob_check_ok(add(&self, 400, 300, 2));
    ob_segments_merge(&self.index);
    ck_assert_uint_eq(self.index.segment_count, 1);
    rig_index_close(&self);
    ob_test_write_file(first, bytes, length);
    open_empty(&r, &self);
    ck_assert_uint_eq(self.index.segment_count, 1);
    ck_assert_uint_eq(files(&r), 1);
    check(&self, 0, 700, true);
    rig_index_close(&self);
    rig_close(&r);
}
END_TEST

START_TEST(segments__rubbish_is_removed)
{
    rig r;
    rig_index self;
    rig_open(&r);
    open_empty(&r, &self);
    ob_check_ok(add(&self, 0, 100, 1));
    rig_index_close(&self);
    ob_test_write_text(ob_test_path(r.engine.cache_dir, "index/00000001.tmp"), "half");
    ob_test_write_text(ob_test_path(r.engine.cache_dir, "index/00000007.seg"), "rubbish");
    ob_test_write_text(ob_test_path(r.engine.cache_dir, "index/0000000G.seg"), "rubbish");
    open_empty(&r, &self);
    ck_assert_uint_eq(files(&r), 1);
    ck_assert_uint_eq(self.index.next_file, 8);
    check(&self, 0, 100, true);
    rig_index_close(&self);
    rig_close(&r);
}
END_TEST

START_TEST(segments__damage_is_thrown_away_at_the_end)
{
    rig r;
    rig_index self;
    rig_open(&r);
    open_empty(&r, &self);
    ob_check_ok(add(&self, 0, 100, 1));
    rig_index_close(&self);
    ob_test_flip_byte(ob_test_path(r.engine.cache_dir, "index/00000000.seg"), 4096 + 5);
    open_empty(&r, &self);
    ck_assert_uint_eq(self.index.segment_count, 1);
    check(&self, 0, 100, false);
    rig_index_close(&self);
    ck_assert_uint_eq(files(&r), 0);
    rig_close(&r);
}
END_TEST

/* Whatever the disk of the cache refuses, the index works; at worst it forgets. */
START_TEST(segments__failing_disk)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        for (int for_ever = 0; for_ever < 2; for_ever++) {
            rig r;
            rig_index self;
            rig_open(&r);
            ob_test_fs_fail(&r.fs, n, for_ever == 1);
            rig_index_open(&self, &r);
            ob_check_ok(ob_segments_load(&self.index, keep_all, NULL));
            ob_check_ok(add(&self, 0, 300, 1));
            ob_check_ok(add(&self, 300, 300, 2));
            ob_segments_merge(&self.index);
            check(&self, 0, 600, true);
            rig_index_close(&self);
            hit = r.fs.hit;
            ob_test_fs_fail(&r.fs, 0, false);
            open_empty(&r, &self);
            ck_assert(hit || self.index.segment_count == 1);
            rig_index_close(&self);
            rig_close(&r);
        }
    }
}
END_TEST

/* A cache that cannot be written, or is full after a while: what is kept in memory merges too. */
START_TEST(segments__merge_without_a_disk)
{
    for (int full_later = 0; full_later < 2; full_later++) {
        rig r;
        rig_index self;
        rig_open(&r);
        if (full_later == 0) {
            ob_test_fs_fail(&r.fs, 1, true);
        }
        open_empty(&r, &self);
        ck_assert((self.index.dir == NULL) == (full_later == 0));
        for (uint8_t i = 0; i < 100; i++) {
            if (i == 20 && full_later == 1) {
                r.fs.writes_only = true;
                ob_test_fs_fail(&r.fs, 1, true);
            }
            ob_check_ok(add(&self, i * 50u, 50, i));
            ob_segments_merge(&self.index);
            ck_assert_uint_le(self.index.segment_count, 12);
        }
        check(&self, 0, 5000, true);
        rig_index_close(&self);
        rig_close(&r);
    }
}
END_TEST

START_TEST(segments__without_memory)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        rig r;
        rig_index self;
        rig_open(&r);
        open_empty(&r, &self);
        for (uint64_t i = 0; i < 5; i++) {
            uint8_t pack[OB_SHA256_SIZE];
            uint32_t number = 0;
            rig_pack_name(i, pack);
            ob_check_ok(ob_packs_add(&self.index.packs, pack, 16 << 20, 0, &number));
        }
        ob_test_alloc_begin(n, false);
        ob_status first = add(&self, 0, 300, 1);
        ob_status second = add(&self, 300, 300, 2);
        ob_segments_merge(&self.index);
        hit = ob_test_alloc_end();
        ck_assert(first == OB_OK || (hit && first == OB_E_NO_MEMORY));
        ck_assert(second == OB_OK || (hit && second == OB_E_NO_MEMORY));
        check(&self, 0, 300, first == OB_OK);
        check(&self, 300, 300, second == OB_OK);
        rig_index_close(&self);
        rig_close(&r);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, segments__are_there_the_next_time);
    tcase_add_test(cases, segments__merge_keeps_their_number_small);
    tcase_add_test(cases, segments__what_the_store_lost_goes);
    tcase_add_test(cases, segments__repetitions_go);
    tcase_add_test(cases, segments__rubbish_is_removed);
    tcase_add_test(cases, segments__damage_is_thrown_away_at_the_end);
    tcase_add_test(cases, segments__failing_disk);
    tcase_add_test(cases, segments__merge_without_a_disk);
    tcase_add_test(cases, segments__without_memory);
}
OB_TEST_MAIN("segments", add_cases)
