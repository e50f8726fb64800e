#include "chunk/sum.h"
#include "pack/packer.h"
#include "pack/read.h"
#include "rig.h"

#include "ob/text.h"
#include "ob/thread.h"

#include <stdlib.h>
#include <string.h>

typedef struct fixture {
    rig rig;
    ob_packing shared;
    ob_index index;
    ob_tools_pool pool;
    ob_tools *tools;
    ob_packer *packer;
} fixture;

/* Small packs and a small pool, so that much happens. */
static const ob_packer_limits limits = {
    .pack = 4 * 65536, .pool_pages = 48, .pool_target = 24, .buffers = 1};

static void setup(fixture *f, const ob_packer_limits *with)
{
    rig_open(&f->rig);
    f->shared = (ob_packing){.keys = f->rig.keys, .store = f->rig.store, .index = &f->index};
    f->shared.pool = &f->pool;
    ob_mutex_init(&f->shared.lock);
    ob_cond_init(&f->shared.changed);
    ob_check_ok(ob_tools_pool_init(&f->pool, f->rig.keys, false));
    ob_check_ok(ob_index_init(&f->index, &f->rig.engine, &f->pool, &f->shared.lock));
    ob_check_ok(ob_tools_take(&f->pool, &f->tools));
    ob_check_ok(ob_packer_new(&f->shared, OB_CHUNK_DATA, with, &f->packer));
}

static void teardown(fixture *f)
{
    ob_packer_free(f->packer);
    ob_tools_give(&f->pool, f->tools);
    ob_index_destroy(&f->index);
    ob_tools_pool_destroy(&f->pool);
    ob_cond_destroy(&f->shared.changed);
    ob_mutex_destroy(&f->shared.lock);
    rig_close(&f->rig);
}

static ob_status add(fixture *f, ob_tools *tools, uint64_t seed, size_t length, uint64_t *stored)
{
    ob_pooled chunk = {.raw = (uint32_t)length};
    ob_coded coded;
    uint8_t *data = rig_text(seed, length);
    chunk.sum = ob_sum_of(data, length);
    ob_check_ok(ob_hasher_id(tools->hasher, data, length, &chunk.id));
    ob_check_ok(ob_codec_encode(tools->codec, data, length, &coded));
    chunk.length = (uint32_t)(OB_CODEC_HEAD + coded.length);
    ob_status status = ob_packer_add(f->packer, tools, &chunk, &coded, stored);
    free(data);
    return status;
}

/* Reads a chunk back through the index. */
static void check(fixture *f, uint64_t seed, size_t length)
{
    ob_chunk_id id;
    ob_index_entry entry;
    ob_buf out = {0};
    ob_pack_keys *keys = NULL;
    uint8_t *data = rig_text(seed, length);
    ob_check_ok(ob_hasher_id(f->tools->hasher, data, length, &id));
    ck_assert(ob_index_find(&f->index, &id, 0, &entry));
    const ob_pack_info *info = &f->index.packs.info[entry.pack];
    ck_assert_uint_eq(info->flags & OB_PACK_FILLING, 0);
    const ob_frame frame = {info->name, info->size, entry.offset, entry.length};
    ob_check_ok(ob_pack_keys_new(f->rig.store, f->rig.keys, &keys));
    ob_check_ok(ob_pack_read_chunk(keys, &f->pool, f->tools, &frame, &id, &out));
    ck_assert_uint_eq(out.length, length);
    ck_assert_mem_eq(out.data, data, length);
    ob_pack_keys_free(keys);
    ob_buf_free(&out);
    free(data);
}

static size_t size_of(uint64_t i)
{
    return (size_t)(i * 7919 % 60000 + 1);
}

START_TEST(packer__all_chunks_arrive)
{
    fixture f;
    uint64_t stored = 0;
    setup(&f, &limits);
    for (uint64_t i = 0; i < 200; i++) {
        ob_check_ok(add(&f, f.tools, i, size_of(i), &stored));
        ck_assert_uint_gt(stored, 0);
    }
    ob_check_ok(ob_packer_flush(f.packer, f.tools));
    ck_assert_uint_gt(f.shared.packs_written, 5);
    ck_assert_uint_eq(memory_store_count(f.rig.store, OB_OBJECT_PACK), f.shared.packs_written);
    for (uint64_t i = 0; i < 200; i++) {
        check(&f, i, size_of(i));
    }
    /* And again after a flush. */
    for (uint64_t i = 200; i < 250; i++) {
        ob_check_ok(add(&f, f.tools, i, size_of(i), &stored));
    }
    ob_check_ok(ob_packer_flush(f.packer, f.tools));
    for (uint64_t i = 200; i < 250; i++) {
        check(&f, i, size_of(i));
    }
    ob_check_ok(ob_packer_flush(f.packer, f.tools));
    teardown(&f);
}
END_TEST

START_TEST(packer__known_chunks_are_not_added)
{
    fixture f;
    uint64_t stored = 0;
    setup(&f, &limits);
    for (uint64_t i = 0; i < 30; i++) {
        ob_check_ok(add(&f, f.tools, i % 10, 20000, &stored));
        ck_assert(i < 10 ? stored > 0 : stored == 0);
    }
    ob_check_ok(ob_packer_flush(f.packer, f.tools));
    ck_assert_uint_eq(f.index.recent.count, 10);
    teardown(&f);
}
END_TEST

/* The order in a pack is not the order of coming. */
START_TEST(packer__order_is_shuffled)
{
    fixture f;
    uint64_t stored = 0;
    ob_pack_head head = {0};
    unsigned in_order = 0;
    const ob_packer_limits roomy = {
        .pack = 16 * 65536, .pool_pages = 256, .pool_target = 128, .buffers = 1};
    setup(&f, &roomy);
    ob_chunk_id ids[100];
    for (uint64_t i = 0; i < 100; i++) {
        uint8_t *data = rig_text(i, 1000);
        ob_check_ok(ob_hasher_id(f.tools->hasher, data, 1000, &ids[i]));
        free(data);
        ob_check_ok(add(&f, f.tools, i, 1000, &stored));
    }
    ob_check_ok(ob_packer_flush(f.packer, f.tools));
    const memory_object *object = memory_store_at(f.rig.store, OB_OBJECT_PACK, 0);
    ob_check_ok(
        ob_pack_read_head(f.rig.store, f.rig.keys, f.tools, object->name, object->length, &head));
    ck_assert_uint_eq(head.footer.count, 100);
    for (unsigned i = 0; i < 100; i++) {
        in_order += memcmp(&head.entries[i].id, &ids[i], sizeof ids[i]) == 0 ? 1 : 0;
    }
    ck_assert_uint_lt(in_order, 20);
    ob_pack_head_free(&head);
    teardown(&f);
}
END_TEST

typedef struct job {
    fixture *f;
    uint64_t first, count;
    uint64_t stored;
} job;

static void work(void *argument)
{
    job *self = argument;
    ob_tools *tools = NULL;
    ob_check_ok(ob_tools_take(&self->f->pool, &tools));
    for (uint64_t i = 0; i < self->count; i++) {
        uint64_t stored = 0;
        uint64_t seed = self->first + i;
        ob_check_ok(add(self->f, tools, seed, size_of(seed), &stored));
        self->stored += stored;
    }
    ob_tools_give(&self->f->pool, tools);
}

/* Threads that write overlapping sets: each chunk is there once. */
static void run_threads(const ob_packer_limits *with)
{
    enum { THREADS = 4 };
    fixture f;
    job jobs[THREADS];
    ob_thread *threads[THREADS];
    uint64_t stored = 0;
    uint64_t indexed = 0;
    setup(&f, with);
    for (unsigned i = 0; i < THREADS; i++) {
        jobs[i] = (job){&f, i * 50, 200, 0};
        ob_check_ok(ob_thread_start(&threads[i], work, &jobs[i]));
    }
    for (unsigned i = 0; i < THREADS; i++) {
        ob_thread_join(threads[i]);
        stored += jobs[i].stored;
    }
    ob_check_ok(ob_packer_flush(f.packer, f.tools));
    for (uint64_t i = 0; i < 350; i++) {
        check(&f, i, size_of(i));
    }
    ck_assert_uint_eq(f.index.recent.count, 350);
    for (size_t i = 0; i < f.index.recent.capacity; i++) {
        indexed +=
            f.index.recent.entries[i].pack != OB_PACK_NONE ? f.index.recent.entries[i].length : 0;
    }
    ck_assert_uint_eq(stored, indexed);
    teardown(&f);
}

START_TEST(packer__threads)
{
    const ob_packer_limits more = {
        .pack = 4 * 65536, .pool_pages = 64, .pool_target = 16, .buffers = 3};
    run_threads(&limits);
    run_threads(&more);
}
END_TEST

/* A pack that is lost makes everything fail from then on, with the reason. */
START_TEST(packer__failed_upload_sticks)
{
    fixture f;
    uint64_t stored = 77;
    ob_status status = OB_OK;
    setup(&f, &limits);
    memory_store_fail(f.rig.store, 0, OB_E_DISK_FULL, false);
    for (uint64_t i = 0; i < 100 && !OB_FAILED(status); i++) {
        status = add(&f, f.tools, i, 50000, &stored);
    }
    ob_check_status(status, OB_E_DISK_FULL);
    stored = 77;
    ob_check_status(add(&f, f.tools, 1000, 100, &stored), OB_E_DISK_FULL);
    ob_check_detail("planned");
    ck_assert_uint_eq(stored, 77);
    ob_check_status(ob_packer_flush(f.packer, f.tools), OB_E_DISK_FULL);
    ck_assert_uint_eq(memory_store_count(f.rig.store, OB_OBJECT_PACK), 0);
    teardown(&f);
}
END_TEST

/* Without memory for a pack a chunk waits; what cannot wait is refused whole. */
START_TEST(packer__without_memory)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        fixture f;
        unsigned refused = 0;
        setup(&f, &limits);
        ob_test_alloc_begin(n, false);
        for (uint64_t i = 0; i < 40; i++) {
            uint64_t stored = 0;
            ob_pooled chunk = {.raw = 9, .length = OB_CODEC_HEAD + 9000};
            static uint8_t payload[9000];
            ob_coded coded = {.head = {0, 0x28, 0x23}, .payload = payload, .length = 9000};
            chunk.raw = 9000;
            memset(payload, (int)i, sizeof payload);
            chunk.sum = ob_sum_of(payload, sizeof payload);
            ob_check_ok(ob_hasher_id(f.tools->hasher, payload, sizeof payload, &chunk.id));
            ob_status status = ob_packer_add(f.packer, f.tools, &chunk, &coded, &stored);
            if (OB_FAILED(status)) {
                ck_assert_int_eq(status, OB_E_NO_MEMORY);
                ck_assert_int_eq(f.shared.failed, OB_OK);
                refused++;
                ck_assert_ptr_null(ob_chunk_table_find(&f.index.recent, &chunk.id));
            }
        }
        ob_status status = ob_packer_flush(f.packer, f.tools);
        if (OB_FAILED(status)) {
            ck_assert_int_eq(status, OB_E_NO_MEMORY);
        }
        hit = ob_test_alloc_end();
        ck_assert_uint_le(refused, 1);
        if (!hit) {
            ob_check_ok(status);
            ck_assert_uint_eq(f.index.recent.count, 40);
        }
        teardown(&f);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, packer__all_chunks_arrive);
    tcase_add_test(cases, packer__known_chunks_are_not_added);
    tcase_add_test(cases, packer__order_is_shuffled);
    tcase_add_test(cases, packer__threads);
    tcase_add_test(cases, packer__failed_upload_sticks);
    tcase_add_test(cases, packer__without_memory);
}
OB_TEST_MAIN("packer", add_cases)
