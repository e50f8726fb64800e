#include "repo/repo.h"
#include "rig.h"

#include "ob/text.h"
#include "ob/thread.h"

#include <stdlib.h>
#include <string.h>

enum { COUNT = 12, SIZE = 5000 };

/* Three packs of four chunks. */
static void make(rig *r, ob_chunk_id ids[COUNT])
{
    rig_open(r);
    for (uint64_t run = 0; run < 3; run++) {
        ob_repo *repo = NULL;
        ob_check_ok(ob_repo_open(&r->engine, true, &repo));
        for (uint64_t i = run * 4; i < run * 4 + 4; i++) {
            ids[i] = rig_write(repo, i, SIZE);
        }
        ob_check_ok(ob_repo_flush(repo));
        ob_repo_close(repo);
    }
    ck_assert_uint_eq(memory_store_count(r->store, OB_OBJECT_PACK), 3);
    ck_assert_uint_eq(memory_store_count(r->store, OB_OBJECT_INDEX), 3);
}

static ob_repo *open_to_read(rig *r)
{
    ob_repo *repo = NULL;
    ob_check_ok(ob_repo_open(&r->engine, false, &repo));
    return repo;
}

static unsigned readable(ob_repo *repo, const ob_chunk_id ids[COUNT])
{
    unsigned count = 0;
    for (uint64_t i = 0; i < COUNT; i++) {
        ob_buf out = {0};
        if (ob_repo_read(repo, &ids[i], &out) == OB_OK) {
            uint8_t *data = rig_text(i, SIZE);
            ck_assert_uint_eq(out.length, SIZE);
            ck_assert_mem_eq(out.data, data, SIZE);
            free(data);
            count++;
        }
        ob_buf_free(&out);
    }
    return count;
}

START_TEST(read__index_is_loaded_when_needed)
{
    rig r;
    ob_chunk_id ids[COUNT];
    uint32_t pack = 0;
    uint32_t offset = 0;
    make(&r, ids);
    rig_lose_cache(&r);
    uint64_t lists = memory_store_counted(r.store).lists;
    ob_repo *repo = open_to_read(&r);
    ck_assert_uint_eq(memory_store_counted(r.store).lists, lists);
    ck_assert(ob_repo_locate(repo, &ids[0], &pack, &offset));
    ck_assert_uint_eq(memory_store_counted(r.store).lists, lists + 1);
    ck_assert_uint_eq(readable(repo, ids), COUNT);
    /* Chunks of one run lie in one pack. */
    uint32_t other = 0;
    ck_assert(ob_repo_locate(repo, &ids[1], &other, &offset));
    ck_assert_uint_eq(other, pack);
    ck_assert(ob_repo_locate(repo, &ids[4], &other, &offset));
    ck_assert_uint_ne(other, pack);
    ob_chunk_id unknown = ids[0];
    unknown.bytes[0] ^= 1;
    ck_assert(!ob_repo_locate(repo, &unknown, &pack, &offset));
    ob_buf out = {0};
    ob_check_status(ob_repo_read(repo, &unknown, &out), OB_E_NOT_FOUND);
    ob_repo_close(repo);
    ob_buf_free(&out);
    rig_close(&r);
}
END_TEST

START_TEST(read__damage_names_its_pack)
{
    rig r;
    ob_chunk_id ids[COUNT];
    ob_buf out = {0};
    make(&r, ids);
    memory_object *object = memory_store_at(r.store, OB_OBJECT_PACK, 1);
    for (size_t i = 48; i < 300; i++) {
        object->data[i] ^= 1;
    }
    ob_repo *repo = open_to_read(&r);
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT; i++) {
        ob_status status = ob_repo_read(repo, &ids[i], &out);
        if (OB_FAILED(status)) {
            ck_assert_int_eq(status, OB_E_SEAL);
            ob_check_detail(object->name);
            bad++;
        }
    }
    ck_assert_uint_eq(bad, 1);
    ob_repo_close(repo);
    ob_buf_free(&out);
    rig_close(&r);
}
END_TEST

START_TEST(read__missing_pack_is_damage)
{
    rig r;
    ob_chunk_id ids[COUNT];
    ob_buf out = {0};
    make(&r, ids);
    char name[OB_OBJECT_NAME_MAX];
    memcpy(name, memory_store_at(r.store, OB_OBJECT_PACK, 0)->name, sizeof name);
    memory_store_remove(r.store, OB_OBJECT_PACK, name);
    ob_repo *repo = open_to_read(&r);
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT; i++) {
        ob_status status = ob_repo_read(repo, &ids[i], &out);
        if (OB_FAILED(status)) {
            ck_assert_int_eq(status, OB_E_CORRUPT);
            ob_check_detail(name);
            bad++;
        }
    }
    ck_assert_uint_eq(bad, 4);
    ob_repo_close(repo);
    ob_buf_free(&out);
    rig_close(&r);
}
END_TEST

/* Each pack's bytes under another one's name: the seals and ids tell, and no wrong byte comes out.
 */
START_TEST(read__swapped_packs)
{
    rig r;
    ob_chunk_id ids[COUNT];
    make(&r, ids);
    memory_object *one = memory_store_at(r.store, OB_OBJECT_PACK, 0);
    memory_object *two = memory_store_at(r.store, OB_OBJECT_PACK, 1);
    uint8_t *data = one->data;
    one->data = two->data;
    two->data = data;
    ob_repo *repo = open_to_read(&r);
    ck_assert_uint_eq(readable(repo, ids), 4);
    ob_repo_close(repo);
    rig_close(&r);
}
END_TEST

/* Without any index object the packs tell what is in them. */
START_TEST(read__lost_index_objects)
{
    rig r;
    ob_chunk_id ids[COUNT];
    const char *first = NULL;
    make(&r, ids);
    rig_lose_cache(&r);
    memory_store_remove(r.store, OB_OBJECT_INDEX,
                        memory_store_at(r.store, OB_OBJECT_INDEX, 0)->name);
    memory_store_at(r.store, OB_OBJECT_INDEX, 0)->data[60] ^= 1;
    ob_repo *repo = open_to_read(&r);
    ck_assert_uint_eq(readable(repo, ids), COUNT);
    ck_assert_uint_eq(ob_repo_troubles(repo, &first), 1);
    ck_assert_ptr_nonnull(strstr(first, memory_store_at(r.store, OB_OBJECT_INDEX, 0)->name));
    ob_repo_close(repo);
    rig_close(&r);
}
END_TEST

/* Any byte of the cache may turn over at any time. */
START_TEST(read__damaged_cache_is_made_anew)
{
    rig r;
    ob_chunk_id ids[COUNT];
    make(&r, ids);
    ob_repo *repo = open_to_read(&r);
    ck_assert_uint_eq(readable(repo, ids), COUNT);
    ob_repo_close(repo);
    const char *path = NULL;
    for (unsigned i = 0; i < 16 && path == NULL; i++) {
        const char *tried = ob_test_path(r.engine.cache_dir, ob_test_format("index/%08x.seg", i));
        path = ob_test_exists(tried) ? tried : NULL;
    }
    ck_assert_ptr_nonnull(path);
    size_t length = 0;
    const uint8_t *bytes = ob_test_read_file(path, &length);
    for (size_t at = 0; at < length; at += at < 500 || at >= 4096 ? 3 : 211) {
        rig_lose_cache(&r);
        ob_check_ok(ob_fs_make_dirs(ob_fs_os(), ob_test_path(r.engine.cache_dir, "index"), true));
        const char *copy = ob_test_path(r.engine.cache_dir, "index/00000000.seg");
        ob_test_write_file(copy, bytes, length);
        ob_test_flip_byte(copy, at);
        repo = open_to_read(&r);
        ck_assert_msg(readable(repo, ids) == COUNT, "byte %zu", at);
        ob_repo_close(repo);
    }
    rig_close(&r);
}
END_TEST

/* A chunk that is in two packs is read from the one that is sound. */
START_TEST(read__second_copy_helps)
{
    rig r;
    ob_chunk_id ids[COUNT];
    make(&r, ids);
    /* The first pack goes away for a while, and its chunks are written again. */
    const memory_object *object = memory_store_at(r.store, OB_OBJECT_PACK, 0);
    memory_object kept = *object;
    kept.data = malloc(kept.length);
    memcpy(kept.data, object->data, kept.length);
    memory_store_remove(r.store, OB_OBJECT_PACK, kept.name);
    ob_repo *repo = NULL;
    ob_check_ok(ob_repo_open(&r.engine, true, &repo));
    for (uint64_t i = 0; i < COUNT; i++) {
        rig_write(repo, i, SIZE);
    }
    ob_check_ok(ob_repo_flush(repo));
    ck_assert_uint_eq(ob_repo_packs_written(repo), 1);
    ob_repo_close(repo);
    for (size_t i = 0; i < kept.length; i++) {
        kept.data[i] ^= 0x55;
    }
    memory_store_set(r.store, OB_OBJECT_PACK, kept.name, kept.data, kept.length);
    for (int lose = 0; lose < 2; lose++) {
        repo = open_to_read(&r);
        ck_assert_uint_eq(readable(repo, ids), COUNT);
        ob_repo_close(repo);
        rig_lose_cache(&r);
    }
    free(kept.data);
    rig_close(&r);
}
END_TEST

/* A disk that cannot read one place of a chunk is no reason not to read the other. */
START_TEST(read__second_copy_helps_a_bad_disk)
{
    rig r;
    ob_chunk_id id = {{0}};
    memory_object kept[2];
    rig_open(&r);
    for (int run = 0; run < 2; run++) {
        ob_repo *repo = NULL;
        rig_lose_cache(&r);
        ob_check_ok(ob_repo_open(&r.engine, true, &repo));
        id = rig_write(repo, 0, SIZE);
        ob_check_ok(ob_repo_flush(repo));
        ob_repo_close(repo);
        for (int kind = 0; kind < 2 && run == 0; kind++) {
            ob_object_kind of = kind == 0 ? OB_OBJECT_PACK : OB_OBJECT_INDEX;
            kept[kind] = *memory_store_at(r.store, of, 0);
            kept[kind].data = malloc(kept[kind].length);
            memcpy(kept[kind].data, memory_store_at(r.store, of, 0)->data, kept[kind].length);
            memory_store_remove(r.store, of, kept[kind].name);
        }
    }
    memory_store_set(r.store, OB_OBJECT_PACK, kept[0].name, kept[0].data, kept[0].length);
    memory_store_set(r.store, OB_OBJECT_INDEX, kept[1].name, kept[1].data, kept[1].length);
    static const ob_status failures[] = {OB_E_IO, OB_E_ACCESS_DENIED};
    for (size_t i = 0; i < 2; i++) {
        rig_lose_cache(&r);
        ob_repo *repo = open_to_read(&r);
        uint32_t pack = 0;
        uint32_t offset = 0;
        ck_assert(ob_repo_locate(repo, &id, &pack, &offset));
        memory_store_fail(r.store, 0, failures[i], false);
        rig_check(repo, &id, 0, SIZE);
        ob_repo_close(repo);
    }
    free(kept[0].data);
    free(kept[1].data);
    rig_close(&r);
}
END_TEST

/* What is nowhere is known to be nowhere only when everything was looked at. */
START_TEST(read__the_whole_index)
{
    rig r;
    ob_chunk_id ids[COUNT];
    make(&r, ids);
    ob_repo *repo = open_to_read(&r);
    ck_assert_uint_eq(readable(repo, ids), COUNT);
    ob_repo_close(repo);
    const char *path = ob_test_path(r.engine.cache_dir, "index/00000000.seg");
    for (unsigned i = 0; i < 16 && !ob_test_exists(path); i++) {
        path = ob_test_path(r.engine.cache_dir, ob_test_format("index/%08x.seg", i));
    }
    memory_store_remove(r.store, OB_OBJECT_INDEX,
                        memory_store_at(r.store, OB_OBJECT_INDEX, 2)->name);
    ob_test_flip_byte(path, 4096 + 40);
    repo = open_to_read(&r);
    ob_check_ok(ob_repo_load_whole(repo));
    uint64_t puts = memory_store_counted(r.store).puts;
    for (size_t i = 0; i < COUNT; i++) {
        uint32_t pack = 0;
        uint32_t offset = 0;
        ck_assert(ob_repo_locate(repo, &ids[i], &pack, &offset));
    }
    ck_assert_uint_eq(readable(repo, ids), COUNT);
    ck_assert_uint_eq(memory_store_counted(r.store).puts, puts);
    ob_repo_close(repo);
    rig_close(&r);
}
END_TEST

/* A store under which another thread reads a chunk at the first byte that is read of a pack. */
typedef struct overtaken {
    ob_store base;
    ob_store *real;
    ob_repo *repo;
    const ob_chunk_id *id;
    bool done;
} overtaken;

static void overtake(void *argument)
{
    const overtaken *self = argument;
    rig_check(self->repo, self->id, 0, SIZE);
}

static ob_status get_overtaken(ob_store *store, ob_object_kind kind, const char *name,
                               uint64_t offset, void *data, size_t length)
{
    overtaken *self = (overtaken *)store;
    if (kind == OB_OBJECT_PACK && !self->done) {
        ob_thread *other = NULL;
        self->done = true;
        ob_check_ok(ob_thread_start(&other, overtake, self));
        ob_thread_join(other);
    }
    return self->real->ops->get(self->real, kind, name, offset, data, length);
}

static ob_status size_below(ob_store *store, ob_object_kind kind, const char *name, uint64_t *out)
{
    ob_store *real = ((overtaken *)store)->real;
    return real->ops->size(real, kind, name, out);
}

static ob_status list_below(ob_store *store, ob_object_kind kind, const char *after,
                            ob_store_visit visit, void *context)
{
    ob_store *real = ((overtaken *)store)->real;
    return real->ops->list(real, kind, after, visit, context);
}

/* A chunk in two packs: the first one is damaged, the other one in no index object. */
static ob_chunk_id make_hidden_copy(rig *r)
{
    char index[OB_OBJECT_NAME_MAX];
    memory_object kept = {.length = 0};
    ob_chunk_id id = {{0}};
    rig_open(r);
    for (int run = 0; run < 2; run++) {
        ob_repo *repo = NULL;
        rig_lose_cache(r);
        ob_check_ok(ob_repo_open(&r->engine, true, &repo));
        id = rig_write(repo, 0, SIZE);
        ob_check_ok(ob_repo_flush(repo));
        ob_repo_close(repo);
        if (run == 0) {
            kept = *memory_store_at(r->store, OB_OBJECT_PACK, 0);
            kept.data = malloc(kept.length);
            memset(kept.data, 0x55, kept.length);
            memory_store_remove(r->store, OB_OBJECT_PACK, kept.name);
            memcpy(index, memory_store_at(r->store, OB_OBJECT_INDEX, 0)->name, sizeof index);
        }
    }
    ck_assert_uint_eq(memory_store_count(r->store, OB_OBJECT_PACK), 1);
    ck_assert_uint_eq(memory_store_count(r->store, OB_OBJECT_INDEX), 2);
    size_t other = strcmp(memory_store_at(r->store, OB_OBJECT_INDEX, 0)->name, index) == 0 ? 1 : 0;
    memory_store_remove(r->store, OB_OBJECT_INDEX,
                        memory_store_at(r->store, OB_OBJECT_INDEX, other)->name);
    memory_store_set(r->store, OB_OBJECT_PACK, kept.name, kept.data, kept.length);
    free(kept.data);
    rig_lose_cache(r);
    return id;
}

/* What another thread has found in the meantime is looked at again. */
START_TEST(read__another_thread_looked_harder_first)
{
    static const ob_store_ops ops = {.get = get_overtaken, .size = size_below, .list = list_below};
    rig r;
    ob_chunk_id id = make_hidden_copy(&r);
    overtaken store = {.base = {.ops = &ops}, .real = r.store, .id = &id};
    r.engine.store = &store.base;
    ob_repo *repo = open_to_read(&r);
    store.repo = repo;
    rig_check(repo, &id, 0, SIZE);
    ck_assert(store.done);
    ob_repo_close(repo);
    rig_close(&r);
}
END_TEST

START_TEST(read__failures_of_the_store_come_through)
{
    rig r;
    ob_chunk_id ids[COUNT];
    ob_buf out = {0};
    make(&r, ids);
    rig_lose_cache(&r);
    ob_repo *repo = open_to_read(&r);
    memory_store_fail(r.store, 0, OB_E_VAULT_UNREACHABLE, true);
    ob_check_status(ob_repo_read(repo, &ids[0], &out), OB_E_VAULT_UNREACHABLE);
    uint32_t pack = 0;
    uint32_t offset = 0;
    ck_assert(!ob_repo_locate(repo, &ids[0], &pack, &offset));
    memory_store_fail(r.store, 0, OB_OK, false);
    /* The same repository works when the store is back. */
    ck_assert_uint_eq(readable(repo, ids), COUNT);
    ob_repo_close(repo);
    repo = open_to_read(&r);
    ck_assert(ob_repo_locate(repo, &ids[0], &pack, &offset));
    memory_store_fail(r.store, 0, OB_E_VAULT_UNREACHABLE, true);
    ob_check_status(ob_repo_read(repo, &ids[0], &out), OB_E_VAULT_UNREACHABLE);
    ob_repo_close(repo);
    ob_buf_free(&out);
    rig_close(&r);
}
END_TEST

typedef struct reader {
    ob_repo *repo;
    const ob_chunk_id *ids;
    unsigned start;
} reader;

static void read_all(void *argument)
{
    const reader *self = argument;
    for (unsigned i = 0; i < 200; i++) {
        uint64_t at = (self->start + i) % COUNT;
        rig_check(self->repo, &self->ids[at], at, SIZE);
    }
}

START_TEST(read__threads)
{
    rig r;
    ob_chunk_id ids[COUNT];
    ob_thread *threads[4];
    reader readers[4];
    make(&r, ids);
    ob_repo *repo = open_to_read(&r);
    for (unsigned i = 0; i < 4; i++) {
        readers[i] = (reader){repo, ids, i * 3};
        ob_check_ok(ob_thread_start(&threads[i], read_all, &readers[i]));
    }
    for (unsigned i = 0; i < 4; i++) {
        ob_thread_join(threads[i]);
    }
    ob_repo_close(repo);
    rig_close(&r);
}
END_TEST

START_TEST(read__without_memory)
{
    rig r;
    ob_chunk_id ids[COUNT];
    make(&r, ids);
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_repo *repo = NULL;
        ob_buf out = {0};
        rig_lose_cache(&r);
        ob_test_alloc_begin(n, false);
        ob_status status = ob_repo_open(&r.engine, false, &repo);
        if (!OB_FAILED(status)) {
            status = ob_repo_read(repo, &ids[5], &out);
        }
        hit = ob_test_alloc_end();
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
        if (status != OB_OK && repo != NULL) {
            rig_check(repo, &ids[5], 5, SIZE);
        }
        ob_repo_close(repo);
        ob_buf_free(&out);
    }
    rig_close(&r);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, read__index_is_loaded_when_needed);
    tcase_add_test(cases, read__damage_names_its_pack);
    tcase_add_test(cases, read__missing_pack_is_damage);
    tcase_add_test(cases, read__swapped_packs);
    tcase_add_test(cases, read__lost_index_objects);
    tcase_add_test(cases, read__damaged_cache_is_made_anew);
    tcase_add_test(cases, read__second_copy_helps);
    tcase_add_test(cases, read__second_copy_helps_a_bad_disk);
    tcase_add_test(cases, read__the_whole_index);
    tcase_add_test(cases, read__another_thread_looked_harder_first);
    tcase_add_test(cases, read__failures_of_the_store_come_through);
    tcase_add_test(cases, read__threads);
    tcase_add_test(cases, read__without_memory);
}
OB_TEST_MAIN("read", add_cases)
