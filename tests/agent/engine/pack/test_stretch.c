#include "pack/stretch.h"
#include "rig.h"

#include "ob/alloc.h"
#include "ob/text.h"
#include "ob/thread.h"

#include <stdlib.h>
#include <string.h>

#define SIZE ((uint32_t)3 * OB_STRETCH + 5000)

typedef struct fixture {
    ob_store *store;
    ob_stretches *stretches;
    uint8_t name[OB_SHA256_SIZE];
    char text[OB_SHA256_HEX];
    uint8_t *pack;
} fixture;

static void setup(fixture *f)
{
    *f = (fixture){.store = memory_store_new(), .pack = malloc(SIZE)};
    ob_test_rng rng = ob_test_rng_new(1);
    ob_test_rng_fill(&rng, f->pack, SIZE);
    rig_pack_name(1, f->name);
    ob_hex_encode(f->text, f->name, sizeof f->name);
    memory_store_set(f->store, OB_OBJECT_PACK, f->text, f->pack, SIZE);
    ob_check_ok(ob_stretches_new(f->store, &f->stretches));
}

static void teardown(fixture *f)
{
    ob_stretches_free(f->stretches);
    ob_store_close(f->store);
    free(f->pack);
}

static uint64_t gets(const fixture *f)
{
    return memory_store_counted(f->store).gets;
}

static ob_status get(const fixture *f, uint32_t offset, uint32_t length, uint8_t *out)
{
    const ob_frame frame = {f->name, SIZE, offset, length};
    return ob_stretches_get(f->stretches, &frame, out);
}

static void check(const fixture *f, uint32_t offset, uint32_t length)
{
    uint8_t *out = malloc(length);
    ob_check_ok(get(f, offset, length, out));
    ck_assert_mem_eq(out, f->pack + offset, length);
    free(out);
}

START_TEST(stretch__second_look_reads_it_whole)
{
    fixture f;
    setup(&f);
    check(&f, 100, 1000);
    check(&f, 50000, 1000);
    ck_assert_uint_eq(gets(&f), 2);
    for (uint32_t at = 0; at < OB_STRETCH; at += 50021) {
        check(&f, at, 3000);
    }
    /* One that ends in the next stretch, and the longest that counts as small. */
    check(&f, OB_STRETCH - 1, 1000);
    check(&f, OB_STRETCH - 1, OB_STRETCH_SMALL - 1);
    ck_assert_uint_eq(gets(&f), 2);
    check(&f, 0, OB_STRETCH_SMALL);
    ck_assert_uint_eq(gets(&f), 3);
    /* Up to the pack's last byte. */
    check(&f, SIZE - 10, 10);
    check(&f, SIZE - 20, 20);
    check(&f, SIZE - 5000, 5000);
    ck_assert_uint_eq(gets(&f), 5);
    teardown(&f);
}
END_TEST

START_TEST(stretch__many_packs)
{
    fixture f;
    setup(&f);
    uint8_t out[100];
    uint8_t names[40][OB_SHA256_SIZE];
    for (unsigned i = 0; i < 40; i++) {
        char text[OB_SHA256_HEX];
        rig_pack_name(100 + i, names[i]);
        ob_hex_encode(text, names[i], sizeof names[i]);
        f.pack[0] = (uint8_t)i;
        memory_store_set(f.store, OB_OBJECT_PACK, text, f.pack, SIZE);
    }
    for (unsigned round = 0; round < 5; round++) {
        for (unsigned i = 0; i < 40; i++) {
            const ob_frame frame = {names[i], SIZE, 0, sizeof out};
            ob_check_ok(ob_stretches_get(f.stretches, &frame, out));
            ck_assert_uint_eq(out[0], i);
        }
    }
    teardown(&f);
}
END_TEST

/* A pack that is cut: what is there is there, what is not there is not. */
START_TEST(stretch__cut_pack)
{
    fixture f;
    uint8_t out[1000];
    setup(&f);
    memory_store_find(f.store, OB_OBJECT_PACK, f.text)->length = 5000;
    for (unsigned i = 0; i < 4; i++) {
        check(&f, 1000 * i, 1000);
        ob_check_status(get(&f, 4500, 1000, out), OB_E_CORRUPT);
        /* Longer than the pack is said to be, or behind its end. */
        ck_assert(OB_FAILED(get(&f, SIZE - 500, 1000, out)));
        ck_assert(OB_FAILED(get(&f, SIZE, 1000, out)));
    }
    memory_store_fail(f.store, 0, OB_E_VAULT_UNREACHABLE, true);
    ob_check_status(get(&f, 0, 1000, out), OB_E_VAULT_UNREACHABLE);
    teardown(&f);
}
END_TEST

START_TEST(stretch__bad_bytes_are_not_kept)
{
    fixture f;
    uint8_t out[1000];
    const ob_frame frame = {f.name, SIZE, 0, sizeof out};
    setup(&f);
    memory_store_find(f.store, OB_OBJECT_PACK, f.text)->data[10] ^= 1;
    for (unsigned i = 0; i < 3; i++) {
        ob_check_ok(ob_stretches_get(f.stretches, &frame, out));
        ck_assert_uint_eq(out[10], f.pack[10] ^ 1);
    }
    memory_store_find(f.store, OB_OBJECT_PACK, f.text)->data[10] ^= 1;
    ob_stretches_forget(f.stretches, &frame);
    check(&f, 0, 1000);
    ob_stretches_forget(f.stretches, &frame);
    ob_stretches_forget(f.stretches, &frame);
    check(&f, 0, 1000);
    teardown(&f);
}
END_TEST

START_TEST(stretch__without_memory)
{
    fixture f;
    setup(&f);
    ob_stretches_free(f.stretches);
    f.stretches = NULL;
    ob_test_alloc_begin(1, false);
    ob_check_status(ob_stretches_new(f.store, &f.stretches), OB_E_NO_MEMORY);
    ck_assert(ob_test_alloc_end());
    ck_assert_ptr_null(f.stretches);
    ob_check_ok(ob_stretches_new(f.store, &f.stretches));
    check(&f, 0, 100);
    ob_test_alloc_begin(1, true);
    check(&f, 200, 100);
    check(&f, 300, 100);
    ck_assert(ob_test_alloc_end());
    teardown(&f);
}
END_TEST

typedef struct reader {
    const fixture *f;
    uint64_t seed;
} reader;

static void read_much(void *argument)
{
    const reader *r = argument;
    ob_test_rng rng = ob_test_rng_new(r->seed);
    for (unsigned i = 0; i < 2000; i++) {
        uint32_t offset = (uint32_t)(ob_test_rng_next(&rng) % (SIZE - 2000));
        check(r->f, offset, 1 + (uint32_t)(ob_test_rng_next(&rng) % 2000));
        if (i % 50 == 0) {
            const ob_frame frame = {r->f->name, SIZE, offset, 1};
            ob_stretches_forget(r->f->stretches, &frame);
        }
    }
}

START_TEST(stretch__many_threads)
{
    fixture f;
    ob_thread *threads[4];
    reader readers[4];
    setup(&f);
    for (unsigned i = 0; i < 4; i++) {
        readers[i] = (reader){&f, i};
        ob_check_ok(ob_thread_start(&threads[i], read_much, &readers[i]));
    }
    for (unsigned i = 0; i < 4; i++) {
        ob_thread_join(threads[i]);
    }
    teardown(&f);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, stretch__second_look_reads_it_whole);
    tcase_add_test(cases, stretch__many_packs);
    tcase_add_test(cases, stretch__cut_pack);
    tcase_add_test(cases, stretch__bad_bytes_are_not_kept);
    tcase_add_test(cases, stretch__without_memory);
    tcase_add_test(cases, stretch__many_threads);
}
OB_TEST_MAIN("stretch", add_cases)
