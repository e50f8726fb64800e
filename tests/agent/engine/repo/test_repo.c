#include "repo/point_object.h"
#include "repo/repo.h"
#include "rig.h"

#include "ob/alloc.h"
#include "ob/text.h"
#include "ob/thread.h"

#include <stdlib.h>
#include <string.h>

#define POINT "0000018d00000000-0123456789abcdef0123456789abcdef"

static ob_repo *open_to_write(rig *r)
{
    ob_repo *repo = NULL;
    ob_check_ok(ob_repo_open(&r->engine, true, &repo));
    return repo;
}

START_TEST(repo__round_trip)
{
    static const size_t sizes[] = {1, 15, 16, 17, 4095, 4096, 65536, 1000000, OB_CHUNK_MOST};
    enum { COUNT = sizeof sizes / sizeof sizes[0] };
    ob_chunk_id ids[COUNT];
    rig r;
    rig_open(&r);
    r.engine.small = _i == 1;
    ob_repo *repo = open_to_write(&r);
    for (size_t i = 0; i < COUNT; i++) {
        ids[i] = rig_write(repo, i, sizes[i]);
    }
    ob_check_ok(ob_repo_flush(repo));
    for (size_t i = 0; i < COUNT; i++) {
        rig_check(repo, &ids[i], i, sizes[i]);
    }
    ob_repo_close(repo);
    rig_lose_cache(&r);
    ob_check_ok(ob_repo_open(&r.engine, false, &repo));
    for (size_t i = 0; i < COUNT; i++) {
        rig_check(repo, &ids[i], i, sizes[i]);
    }
    ob_repo_close(repo);
    rig_close(&r);
}
END_TEST

/* Chunks that do not shrink, of the largest size, in both classes. */
START_TEST(repo__incompressible)
{
    enum { COUNT = 12 };
    ob_chunk_id ids[COUNT];
    rig r;
    uint64_t stored = 0;
    uint8_t *data = malloc(OB_CHUNK_MOST);
    rig_open(&r);
    ob_repo *repo = open_to_write(&r);
    for (uint64_t i = 0; i < COUNT; i++) {
        ob_test_rng rng = ob_test_rng_new(i);
        ob_test_rng_fill(&rng, data, OB_CHUNK_MOST);
        ob_check_ok(ob_repo_write(repo, i % 2 ? OB_CHUNK_META : OB_CHUNK_DATA, data, OB_CHUNK_MOST,
                                  &ids[i], &stored));
        ck_assert_uint_eq(stored, OB_CHUNK_MOST + 21);
    }
    ob_check_ok(ob_repo_flush(repo));
    for (uint64_t i = 0; i < COUNT; i++) {
        ob_buf out = {0};
        ob_test_rng rng = ob_test_rng_new(i);
        ob_test_rng_fill(&rng, data, OB_CHUNK_MOST);
        ob_check_ok(ob_repo_read(repo, &ids[i], &out));
        ck_assert_uint_eq(out.length, OB_CHUNK_MOST);
        ck_assert_mem_eq(out.data, data, OB_CHUNK_MOST);
        ob_buf_free(&out);
    }
    for (size_t i = 0; i < memory_store_count(r.store, OB_OBJECT_PACK); i++) {
        size_t length = memory_store_at(r.store, OB_OBJECT_PACK, i)->length;
        ck_assert_uint_eq(length % 65536, 0);
        ck_assert_uint_le(length, 16 << 20);
    }
    ob_repo_close(repo);
    free(data);
    rig_close(&r);
}
END_TEST

START_TEST(repo__same_content_is_stored_once)
{
    rig r;
    uint64_t stored = 1;
    ob_chunk_id id;
    rig_open(&r);
    ob_repo *repo = open_to_write(&r);
    ob_chunk_id first = rig_write(repo, 1, 5000);
    uint8_t *data = rig_text(1, 5000);
    ob_check_ok(ob_repo_write(repo, OB_CHUNK_DATA, data, 5000, &id, &stored));
    ck_assert_uint_eq(stored, 0);
    ck_assert_mem_eq(&id, &first, sizeof id);
    ob_check_ok(ob_repo_flush(repo));
    ck_assert_uint_eq(memory_store_count(r.store, OB_OBJECT_PACK), 1);
    ob_repo_close(repo);
    for (int lose = 0; lose < 2; lose++) {
        repo = open_to_write(&r);
        stored = 1;
        ob_check_ok(ob_repo_write(repo, OB_CHUNK_DATA, data, 5000, &id, &stored));
        ck_assert_uint_eq(stored, 0);
        ob_check_ok(ob_repo_commit_point(repo, POINT, "x", 1));
        memory_store_remove(r.store, OB_OBJECT_POINT, POINT);
        ck_assert_uint_eq(memory_store_count(r.store, OB_OBJECT_PACK), 1);
        ck_assert_uint_eq(memory_store_count(r.store, OB_OBJECT_INDEX), 1);
        ob_repo_close(repo);
        rig_lose_cache(&r);
    }
    free(data);
    rig_close(&r);
}
END_TEST

START_TEST(repo__arguments_are_checked)
{
    rig r;
    uint64_t stored = 5;
    ob_chunk_id id = {{9}};
    static uint8_t data[OB_CHUNK_MOST + 1];
    rig_open(&r);
    ob_repo *repo = open_to_write(&r);
    ob_check_status(ob_repo_write(repo, OB_CHUNK_DATA, data, 0, &id, &stored),
                    OB_E_INVALID_ARGUMENT);
    ob_check_status(ob_repo_write(repo, OB_CHUNK_DATA, data, sizeof data, &id, &stored),
                    OB_E_INVALID_ARGUMENT);
    ob_check_status(ob_repo_commit_point(repo, "point", "x", 1), OB_E_INVALID_ARGUMENT);
    ck_assert_uint_eq(stored, 5);
    ck_assert_uint_eq(id.bytes[0], 9);
    ob_repo_close(repo);
    ob_check_ok(ob_repo_open(&r.engine, false, &repo));
    ob_check_status(ob_repo_write(repo, OB_CHUNK_DATA, data, 1, &id, &stored),
                    OB_E_INVALID_ARGUMENT);
    ob_check_status(ob_repo_flush(repo), OB_E_INVALID_ARGUMENT);
    ck_assert(!ob_repo_use(repo, &id, 1));
    ob_repo_close(repo);
    ob_repo_close(NULL);
    rig_close(&r);
}
END_TEST

/* The names of packs in the committed point. */
static unsigned packs_of_point(rig *r, const char *name)
{
    ob_point_object parsed;
    const memory_object *object = memory_store_find(r->store, OB_OBJECT_POINT, name);
    ck_assert_ptr_nonnull(object);
    ob_check_ok(ob_point_object_parse(&parsed, object->data, object->length));
    for (uint32_t i = 0; i < parsed.pack_count; i++) {
        char text[OB_SHA256_HEX];
        ob_hex_encode(text, parsed.packs + i * OB_SHA256_SIZE, OB_SHA256_SIZE);
        ck_assert_ptr_nonnull(memory_store_find(r->store, OB_OBJECT_PACK, text));
        ck_assert(i == 0 || memcmp(parsed.packs + (i - 1) * OB_SHA256_SIZE,
                                   parsed.packs + i * OB_SHA256_SIZE, OB_SHA256_SIZE) < 0);
    }
    return parsed.pack_count;
}

START_TEST(repo__point_lists_what_it_needs)
{
    rig r;
    ob_buf manifest = {0};
    rig_open(&r);
    ob_repo *repo = open_to_write(&r);
    ob_chunk_id one = rig_write(repo, 1, 5000);
    ob_check_ok(ob_repo_commit_point(repo, "0000000000000001-00000000000000000000000000000001",
                                     "first", 5));
    ob_repo_close(repo);
    repo = open_to_write(&r);
    rig_write(repo, 2, 5000);
    ob_check_ok(ob_repo_commit_point(repo, "0000000000000002-00000000000000000000000000000002",
                                     "second", 6));
    ob_repo_close(repo);
    repo = open_to_write(&r);
    ck_assert(ob_repo_use(repo, &one, 1));
    ck_assert(ob_repo_use(repo, NULL, 0));
    rig_write(repo, 3, 5000);
    ob_check_ok(ob_repo_commit_point(repo, "0000000000000003-00000000000000000000000000000003",
                                     "third", 5));
    ob_repo_close(repo);
    repo = open_to_write(&r);
    rig_write(repo, 1, 5000);
    rig_write(repo, 2, 5000);
    rig_write(repo, 3, 5000);
    ob_chunk_id unknown = {{1, 2, 3}};
    ck_assert(!ob_repo_use(repo, &unknown, 1));
    ob_check_ok(ob_repo_commit_point(repo, "0000000000000004-00000000000000000000000000000004",
                                     "fourth", 6));
    ob_check_ok(
        ob_repo_read_point(repo, "0000000000000003-00000000000000000000000000000003", &manifest));
    ck_assert_uint_eq(manifest.length, 5);
    ck_assert_mem_eq(manifest.data, "third", 5);
    ob_check_status(ob_repo_read_point(repo, POINT, &manifest), OB_E_NOT_FOUND);
    ob_repo_close(repo);
    ck_assert_uint_eq(packs_of_point(&r, "0000000000000001-00000000000000000000000000000001"), 1);
    ck_assert_uint_eq(packs_of_point(&r, "0000000000000002-00000000000000000000000000000002"), 1);
    ck_assert_uint_eq(packs_of_point(&r, "0000000000000003-00000000000000000000000000000003"), 2);
    ck_assert_uint_eq(packs_of_point(&r, "0000000000000004-00000000000000000000000000000004"), 3);
    memory_store_at(r.store, OB_OBJECT_POINT, 0)->data[60] ^= 1;
    ob_check_ok(ob_repo_open(&r.engine, false, &repo));
    ob_check_status(
        ob_repo_read_point(repo, "0000000000000001-00000000000000000000000000000001", &manifest),
        OB_E_CORRUPT);
    ob_check_detail("point/0000000000000001-");
    ob_repo_close(repo);
    ob_buf_free(&manifest);
    rig_close(&r);
}
END_TEST

/* A run that ends without a flush loses what was not full yet, and nothing else. */
START_TEST(repo__interrupted_run_is_used)
{
    enum { COUNT = 60, SIZE = 1000000 };
    rig r;
    uint64_t again = 0;
    rig_open(&r);
    ob_repo *repo = open_to_write(&r);
    for (uint64_t i = 0; i < COUNT; i++) {
        rig_write(repo, i, SIZE);
    }
    uint64_t packs = ob_repo_packs_written(repo);
    ck_assert_uint_ge(packs, 1);
    ob_repo_close(repo);
    ck_assert_uint_eq(memory_store_count(r.store, OB_OBJECT_PACK), packs);
    ck_assert_uint_eq(memory_store_count(r.store, OB_OBJECT_INDEX), 0);
    repo = open_to_write(&r);
    for (uint64_t i = 0; i < COUNT; i++) {
        uint64_t stored = 0;
        ob_chunk_id id;
        uint8_t *data = rig_text(i, SIZE);
        ob_check_ok(ob_repo_write(repo, OB_CHUNK_DATA, data, SIZE, &id, &stored));
        again += stored > 0 ? 1 : 0;
        free(data);
    }
    ck_assert_uint_lt(again, COUNT);
    ob_check_ok(ob_repo_commit_point(repo, POINT, "x", 1));
    ob_repo_close(repo);
    ck_assert_uint_eq(packs_of_point(&r, POINT), memory_store_count(r.store, OB_OBJECT_PACK));
    rig_close(&r);
}
END_TEST

/* A vault that lost or cut a pack gets its chunks again, whether the cache knew it or not. */
START_TEST(repo__vault_heals)
{
    for (int way = 0; way < 4; way++) {
        rig r;
        rig_open(&r);
        ob_repo *repo = open_to_write(&r);
        ob_chunk_id id = rig_write(repo, 1, 5000);
        ob_check_ok(ob_repo_flush(repo));
        ob_repo_close(repo);
        memory_object *object = memory_store_at(r.store, OB_OBJECT_PACK, 0);
        if (way % 2 == 0) {
            memory_store_remove(r.store, OB_OBJECT_PACK, object->name);
        } else {
            object->length /= 2;
        }
        if (way / 2 == 1) {
            rig_lose_cache(&r);
        }
        repo = open_to_write(&r);
        ck_assert(!ob_repo_use(repo, &id, 1));
        rig_write(repo, 1, 5000);
        ob_check_ok(ob_repo_commit_point(repo, POINT, "x", 1));
        rig_check(repo, &id, 1, 5000);
        ob_repo_close(repo);
        ck_assert_uint_eq(packs_of_point(&r, POINT), 1);
        ob_check_ok(ob_repo_open(&r.engine, false, &repo));
        rig_check(repo, &id, 1, 5000);
        ob_repo_close(repo);
        repo = open_to_write(&r);
        ck_assert(ob_repo_use(repo, &id, 1));
        ob_repo_close(repo);
        rig_close(&r);
    }
}
END_TEST

START_TEST(repo__new_epoch)
{
    rig r;
    rig_open(&r);
    ob_repo *repo = open_to_write(&r);
    ob_chunk_id one = rig_write(repo, 1, 5000);
    ob_check_ok(ob_repo_commit_point(repo, POINT, "x", 1));
    ob_repo_close(repo);
    ob_check_ok(ob_keyring_new_epoch(r.keys));
    repo = open_to_write(&r);
    ck_assert(ob_repo_use(repo, &one, 1));
    ob_chunk_id two = rig_write(repo, 2, 5000);
    ob_check_ok(ob_repo_flush(repo));
    ob_repo_close(repo);
    rig_lose_cache(&r);
    ob_check_ok(ob_repo_open(&r.engine, false, &repo));
    rig_check(repo, &one, 1, 5000);
    rig_check(repo, &two, 2, 5000);
    ob_repo_close(repo);
    rig_close(&r);
}
END_TEST

typedef struct writer {
    ob_repo *repo;
    uint64_t stored;
} writer;

static void write_some(void *argument)
{
    writer *self = argument;
    for (uint64_t i = 0; i < 300; i++) {
        uint64_t stored = 0;
        ob_chunk_id id;
        size_t length = (size_t)(i * 7919 % 100000 + 1);
        uint8_t *data = rig_text(i, length);
        ob_check_ok(ob_repo_write(self->repo, i % 5 == 0 ? OB_CHUNK_META : OB_CHUNK_DATA, data,
                                  length, &id, &stored));
        ck_assert(ob_repo_use(self->repo, &id, 1));
        self->stored += stored;
        free(data);
    }
}

enum { MANY = 4000 };

/* Chunk `i` of set `set`: 4000 bytes that do not shrink, so that packs fill up. */
static uint64_t write_one(ob_repo *repo, uint64_t set, uint64_t i)
{
    uint64_t data[500];
    uint64_t stored = 0;
    ob_chunk_id id;
    uint64_t state = set * MANY + i + 1;
    for (size_t k = 0; k < 500; k++) {
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
        data[k] = state ^ state >> 29;
    }
    ob_check_ok(ob_repo_write(repo, OB_CHUNK_DATA, data, sizeof data, &id, &stored));
    ck_assert(ob_repo_use(repo, &id, 1));
    return stored;
}

static void write_many(void *argument)
{
    const writer *self = argument;
    for (uint64_t i = 0; i < MANY; i++) {
        write_one(self->repo, self->stored, i);
    }
}

/* Index objects and segments come up and merge while other threads look chunks up. */
START_TEST(repo__checkpoints_on_the_way)
{
    rig r;
    writer writers[3];
    ob_thread *threads[3];
    rig_open(&r);
    ob_repo *repo = open_to_write(&r);
    repo->index->checkpoint_at = 100;
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 3; i++) {
            writers[i] = (writer){repo, round * 2 + i % 2};
            ob_check_ok(ob_thread_start(&threads[i], write_many, &writers[i]));
        }
        for (unsigned i = 0; i < 3; i++) {
            ob_thread_join(threads[i]);
        }
    }
    ck_assert_uint_ge(memory_store_count(r.store, OB_OBJECT_INDEX), 4);
    ob_check_ok(ob_repo_flush(repo));
    ck_assert_uint_eq(repo->index->recent.count, 0);
    ck_assert_uint_le(repo->index->segment_count, 6);
    ob_repo_close(repo);
    rig_lose_cache(&r);
    repo = open_to_write(&r);
    for (uint64_t i = 0; i < 6 * MANY; i++) {
        ck_assert_uint_eq(write_one(repo, i / MANY, i % MANY), 0);
    }
    ob_repo_close(repo);
    rig_close(&r);
}
END_TEST

/* The same chunks from four threads at once are there once. */
START_TEST(repo__threads)
{
    rig r;
    writer writers[4];
    ob_thread *threads[4];
    uint64_t stored = 0;
    rig_open(&r);
    r.engine.workers = 4;
    ob_repo *repo = open_to_write(&r);
    for (unsigned i = 0; i < 4; i++) {
        writers[i] = (writer){repo, 0};
        ob_check_ok(ob_thread_start(&threads[i], write_some, &writers[i]));
    }
    for (unsigned i = 0; i < 4; i++) {
        ob_thread_join(threads[i]);
        stored += writers[i].stored;
    }
    ob_check_ok(ob_repo_flush(repo));
    ob_repo_close(repo);
    uint64_t bytes = 0;
    for (size_t i = 0; i < memory_store_count(r.store, OB_OBJECT_PACK); i++) {
        bytes += memory_store_at(r.store, OB_OBJECT_PACK, i)->length;
    }
    ck_assert_uint_gt(bytes, stored);
    ck_assert_uint_lt(bytes, stored + 4 * 65536 + 300 * 32);
    repo = open_to_write(&r);
    writers[0] = (writer){repo, 0};
    write_some(&writers[0]);
    ck_assert_uint_eq(writers[0].stored, 0);
    ob_repo_close(repo);
    rig_close(&r);
}
END_TEST

/* Counts the bytes that are allocated. */
typedef struct meter {
    ob_mutex lock;
    size_t now, peak;
} meter;

#define METER_HEAD 16

static void *meter_resize(void *context, void *block, size_t size)
{
    meter *self = context;
    uint8_t *old = block;
    size_t before = 0;
    if (old != NULL) {
        old -= METER_HEAD;
        memcpy(&before, old, sizeof before);
    }
    uint8_t *data = realloc(old, size + METER_HEAD);
    ck_assert_ptr_nonnull(data);
    memcpy(data, &size, sizeof size);
    ob_mutex_lock(&self->lock);
    self->now += size - before;
    self->peak = self->now > self->peak ? self->now : self->peak;
    ob_mutex_unlock(&self->lock);
    return data + METER_HEAD;
}

static void meter_release(void *context, void *block)
{
    meter *self = context;
    size_t size = 0;
    uint8_t *data = (uint8_t *)block - METER_HEAD;
    memcpy(&size, data, sizeof size);
    ob_mutex_lock(&self->lock);
    self->now -= size;
    ob_mutex_unlock(&self->lock);
    free(data);
}

static void write_large(void *argument)
{
    const writer *self = argument;
    uint8_t *data = malloc(OB_CHUNK_MOST);
    for (uint64_t i = 0; i < 12; i++) {
        uint64_t stored = 0;
        ob_chunk_id id;
        ob_test_rng rng = {self->stored * 100 + i};
        ob_test_rng_fill(&rng, data, OB_CHUNK_MOST);
        /* Shrinks by a third, or not at all. */
        for (size_t k = 0; i % 2 == 0 && k < OB_CHUNK_MOST; k++) {
            data[k] = k % 3 == 0 ? 0 : data[k];
        }
        ob_check_ok(ob_repo_write(self->repo, i % 4 == 0 ? OB_CHUNK_META : OB_CHUNK_DATA, data,
                                  OB_CHUNK_MOST, &id, &stored));
    }
    free(data);
}

/* docs/FORMAT.md, "Memory": two workers with the largest chunks there are. */
START_TEST(repo__memory_stays_in_its_budget)
{
    rig r;
    meter used = {.now = 0};
    writer writers[2];
    ob_thread *threads[2];
    const ob_allocator allocator = {meter_resize, meter_release, &used};
    rig_open(&r);
    ob_mutex_init(&used.lock);
    ob_allocator_set(&allocator);
    ob_repo *repo = open_to_write(&r);
    for (unsigned i = 0; i < 2; i++) {
        writers[i] = (writer){repo, i};
        ob_check_ok(ob_thread_start(&threads[i], write_large, &writers[i]));
    }
    for (unsigned i = 0; i < 2; i++) {
        ob_thread_join(threads[i]);
    }
    ob_check_ok(ob_repo_flush(repo));
    ob_repo_close(repo);
    ob_allocator_set(NULL);
    ck_assert_uint_eq(used.now, 0);
    ck_assert_msg(used.peak <= (size_t)50 << 20, "%zu bytes", used.peak);
    ob_mutex_destroy(&used.lock);
    rig_close(&r);
}
END_TEST

/* What one run leaves when the `n`th operation of the store fails: an error, and a vault in which
 * the next run finishes the job. */
START_TEST(repo__failing_store)
{
    bool hit = true;
    for (uint64_t n = 0; hit; n++) {
        rig r;
        ob_repo *repo = NULL;
        rig_open(&r);
        memory_store_fail(r.store, n, OB_E_VAULT_UNREACHABLE, true);
        ob_status status = ob_repo_open(&r.engine, true, &repo);
        for (uint64_t i = 0; !OB_FAILED(status) && i < 20; i++) {
            uint64_t stored = 0;
            ob_chunk_id id;
            uint8_t *data = rig_text(i, 3000);
            status = ob_repo_write(repo, i % 2 ? OB_CHUNK_META : OB_CHUNK_DATA, data, 3000, &id,
                                   &stored);
            free(data);
        }
        if (!OB_FAILED(status)) {
            status = ob_repo_commit_point(repo, POINT, "x", 1);
        }
        hit = n < 6;
        ck_assert_int_eq(status, hit ? OB_E_VAULT_UNREACHABLE : OB_OK);
        memory_store_fail(r.store, 0, OB_OK, false);
        ck_assert(hit == (memory_store_count(r.store, OB_OBJECT_POINT) == 0));
        ob_repo_close(repo);
        repo = open_to_write(&r);
        for (uint64_t i = 0; i < 20; i++) {
            ob_chunk_id id = rig_write(repo, i, 3000);
            ob_check_ok(ob_repo_flush(repo));
            rig_check(repo, &id, i, 3000);
        }
        ob_repo_close(repo);
        rig_close(&r);
    }
}
END_TEST

/* The same for each allocation: what a run said is stored is there. */
START_TEST(repo__without_memory)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        enum { COUNT = 6 };
        rig r;
        ob_repo *repo = NULL;
        uint8_t *data[COUNT];
        ob_chunk_id ids[COUNT];
        bool written[COUNT] = {false};
        rig_open(&r);
        for (uint64_t i = 0; i < COUNT; i++) {
            data[i] = rig_text(i, 3000);
        }
        ob_test_alloc_begin(n, false);
        ob_status status = ob_repo_open(&r.engine, true, &repo);
        for (uint64_t i = 0; !OB_FAILED(status) && i < COUNT; i++) {
            uint64_t stored = 0;
            written[i] = ob_repo_write(repo, i % 2 ? OB_CHUNK_META : OB_CHUNK_DATA, data[i], 3000,
                                       &ids[i], &stored) == OB_OK;
        }
        ob_status flushed = repo != NULL ? ob_repo_commit_point(repo, POINT, "x", 1) : status;
        hit = ob_test_alloc_end();
        ck_assert(flushed == OB_OK || (hit && flushed == OB_E_NO_MEMORY));
        if (flushed == OB_OK) {
            for (uint64_t i = 0; i < COUNT; i++) {
                if (written[i]) {
                    rig_check(repo, &ids[i], i, 3000);
                }
            }
        }
        if (!hit) {
            ck_assert(written[0] && written[COUNT - 1]);
        }
        ob_repo_close(repo);
        for (uint64_t i = 0; i < COUNT; i++) {
            free(data[i]);
        }
        rig_close(&r);
    }
}
END_TEST

/* The cache's disk fails in every way that it can; the vault does not mind. */
START_TEST(repo__failing_cache)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        rig r;
        rig_open(&r);
        ob_test_fs_fail(&r.fs, n, true);
        ob_repo *repo = open_to_write(&r);
        ob_chunk_id id = rig_write(repo, 1, 3000);
        ob_check_ok(ob_repo_commit_point(repo, POINT, "x", 1));
        rig_check(repo, &id, 1, 3000);
        ob_repo_close(repo);
        hit = r.fs.hit;
        repo = open_to_write(&r);
        ck_assert(ob_repo_use(repo, &id, 1));
        ob_repo_close(repo);
        rig_close(&r);
    }
}
END_TEST

/* So many chunks that index objects are written on the way. */
START_TEST(repo__many_small_chunks)
{
    enum { COUNT = 70000 };
    rig r;
    rig_open(&r);
    r.engine.skip_decode_check = true;
    ob_repo *repo = open_to_write(&r);
    for (uint64_t i = 0; i < COUNT; i++) {
        uint64_t stored = 0;
        ob_chunk_id id;
        ob_check_ok(ob_repo_write(repo, OB_CHUNK_DATA, &i, sizeof i, &id, &stored));
    }
    ob_check_ok(ob_repo_flush(repo));
    ck_assert_uint_ge(memory_store_count(r.store, OB_OBJECT_PACK), 3);
    ob_repo_close(repo);
    repo = open_to_write(&r);
    for (uint64_t i = 0; i < COUNT; i++) {
        uint64_t stored = 1;
        ob_chunk_id id;
        ob_check_ok(ob_repo_write(repo, OB_CHUNK_DATA, &i, sizeof i, &id, &stored));
        ck_assert_uint_eq(stored, 0);
    }
    ob_repo_close(repo);
    rig_close(&r);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_loop_test(cases, repo__round_trip, 0, 2);
    tcase_add_test(cases, repo__incompressible);
    tcase_add_test(cases, repo__same_content_is_stored_once);
    tcase_add_test(cases, repo__arguments_are_checked);
    tcase_add_test(cases, repo__point_lists_what_it_needs);
    tcase_add_test(cases, repo__interrupted_run_is_used);
    tcase_add_test(cases, repo__vault_heals);
    tcase_add_test(cases, repo__new_epoch);
    tcase_add_test(cases, repo__threads);
    tcase_add_test(cases, repo__checkpoints_on_the_way);
    tcase_add_test(cases, repo__memory_stays_in_its_budget);
    tcase_add_test(cases, repo__failing_store);
    tcase_add_test(cases, repo__without_memory);
    tcase_add_test(cases, repo__failing_cache);
    tcase_add_test(cases, repo__many_small_chunks);
}
OB_TEST_MAIN("repo", add_cases)
