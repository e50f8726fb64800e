#include "chunk/sum.h"
#include "pack/build.h"
#include "pack/read.h"
#include "rig.h"

#include "ob/text.h"

#include <stdlib.h>
#include <string.h>

typedef struct fixture {
    ob_keyring *keys;
    ob_store *store;
    ob_tools_pool pool;
    ob_tools *tools;
    ob_pack_build *build;
} fixture;

static void setup(fixture *f, size_t capacity)
{
    f->keys = rig_keys(1);
    f->store = memory_store_new();
    ob_check_ok(ob_tools_pool_init(&f->pool, f->keys, false));
    ob_check_ok(ob_tools_take(&f->pool, &f->tools));
    ob_check_ok(ob_pack_build_new(capacity, &f->build));
    ob_check_ok(ob_pack_build_begin(f->build, f->keys, 1, ob_tools_new_tag(&f->pool)));
}

static void teardown(fixture *f)
{
    ob_pack_build_free(f->build);
    ob_tools_give(&f->pool, f->tools);
    ob_tools_pool_destroy(&f->pool);
    ob_store_close(f->store);
    ob_keyring_free(f->keys);
}

static ob_pooled code(fixture *f, uint64_t seed, size_t length, ob_buf *block)
{
    ob_pooled chunk = {.raw = (uint32_t)length};
    ob_coded coded;
    uint8_t *data = rig_text(seed, length);
    ob_check_ok(ob_hasher_id(f->tools->hasher, data, length, &chunk.id));
    chunk.sum = ob_sum_of(data, length);
    ob_check_ok(ob_codec_encode(f->tools->codec, data, length, &coded));
    ob_buf_clear(block);
    ob_buf_put(block, coded.head, sizeof coded.head);
    ob_buf_put(block, coded.payload, coded.length);
    chunk.length = (uint32_t)block->length;
    free(data);
    return chunk;
}

/* Places and seals a chunk; its place. */
static ob_toc_entry add(fixture *f, uint64_t seed, size_t length)
{
    ob_buf block = {0};
    ob_pooled chunk = code(f, seed, length, &block);
    ck_assert(ob_pack_build_fits(f->build, chunk.length));
    ob_toc_entry entry = *ob_pack_build_place(f->build, &chunk);
    memcpy(f->build->data + entry.offset, block.data, block.length);
    ob_check_ok(ob_pack_build_seal(f->build, f->tools, entry.offset, block.length, &chunk.sum));
    ob_buf_free(&block);
    return entry;
}

/* Ends the pack and reads what stands around its frames. */
static ob_pack_head finish(fixture *f, size_t *size)
{
    uint8_t name[OB_SHA256_SIZE];
    char text[OB_SHA256_HEX];
    ob_pack_head head = {0};
    ob_check_ok(ob_pack_build_end(f->build, f->tools, name, size));
    ob_hex_encode(text, name, sizeof name);
    ob_check_ok(f->store->ops->put(f->store, OB_OBJECT_PACK, text, f->build->data, *size));
    ob_check_ok(ob_pack_read_head(f->store, f->keys, f->tools, text, *size, &head));
    return head;
}

START_TEST(build__pack_can_be_read)
{
    fixture f;
    ob_toc_entry entries[20];
    size_t size = 0;
    setup(&f, OB_PAD_LARGE);
    for (unsigned i = 0; i < 20; i++) {
        entries[i] = add(&f, i, 100 * i + 1);
    }
    ob_pack_head head = finish(&f, &size);
    ck_assert_uint_eq(head.header.class, 1);
    ck_assert_uint_eq(head.footer.count, 20);
    ck_assert_mem_eq(head.entries, entries, sizeof entries);
    ob_pack_head_free(&head);
    teardown(&f);
}
END_TEST

START_TEST(build__length_is_padded)
{
    static const size_t chunks[] = {0, 1, 1000, 3800, 100000, 1000000, 1048576, 3000000};
    for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; i++) {
        fixture f;
        size_t size = 0;
        setup(&f, 32 * OB_PAD_LARGE);
        for (size_t k = 0; k < chunks[i]; k += 60000) {
            add(&f, k, chunks[i] - k < 60000 ? chunks[i] - k : 60000);
        }
        size_t content = f.build->end;
        ob_pack_head head = finish(&f, &size);
        ck_assert_uint_eq(size % (content > OB_PAD_FROM ? OB_PAD_LARGE : OB_PAD_SMALL), 0);
        ck_assert_uint_ge(size, content);
        ck_assert_uint_le(size, content + 2048 + OB_PAD_LARGE);
        ob_pack_head_free(&head);
        teardown(&f);
    }
}
END_TEST

/* Filled to the last byte that it says fits, it still ends inside of its capacity. */
START_TEST(build__fits_to_the_last_byte)
{
    fixture f;
    size_t size = 0;
    uint8_t *data = malloc(OB_PAD_LARGE);
    ob_pooled chunk = {.raw = 1};
    setup(&f, OB_PAD_LARGE);
    ob_test_rng rng = ob_test_rng_new(1);
    ob_test_rng_fill(&rng, data, OB_PAD_LARGE);
    while (ob_pack_build_fits(f.build, 1000)) {
        chunk.length = 1000;
        uint32_t at = ob_pack_build_place(f.build, &chunk)->offset;
        memcpy(f.build->data + at, data, 1000);
        ob_check_ok(ob_pack_build_seal(f.build, f.tools, at, 1000, NULL));
    }
    chunk.length = 1000;
    while (!ob_pack_build_fits(f.build, chunk.length)) {
        chunk.length--;
    }
    uint32_t at = ob_pack_build_place(f.build, &chunk)->offset;
    ob_check_ok(ob_pack_build_seal(f.build, f.tools, at, chunk.length, NULL));
    ck_assert(!ob_pack_build_fits(f.build, 5));
    ob_pack_head head = finish(&f, &size);
    ck_assert_uint_eq(size, OB_PAD_LARGE);
    ck_assert_uint_eq(head.footer.frames_end, head.footer.toc_offset);
    ob_pack_head_free(&head);
    free(data);
    teardown(&f);
}
END_TEST

START_TEST(build__number_of_chunks_is_bounded)
{
    fixture f;
    size_t size = 0;
    ob_pooled chunk = {.raw = 1, .length = OB_CODEC_HEAD};
    setup(&f, 64 * OB_PAD_LARGE);
    for (unsigned i = 0; i < OB_TOC_MOST; i++) {
        ck_assert(ob_pack_build_fits(f.build, chunk.length));
        uint32_t at = ob_pack_build_place(f.build, &chunk)->offset;
        ob_check_ok(ob_pack_build_seal(f.build, f.tools, at, chunk.length, NULL));
    }
    ck_assert(!ob_pack_build_fits(f.build, chunk.length));
    ob_pack_head head = finish(&f, &size);
    ck_assert_uint_eq(head.footer.count, OB_TOC_MOST);
    ob_pack_head_free(&head);
    teardown(&f);
}
END_TEST

/* Memory that turns a bit over between hashing and sealing is found out. */
START_TEST(build__unsound_memory_is_found)
{
    fixture f;
    ob_buf block = {0};
    setup(&f, OB_PAD_LARGE);
    for (size_t bit = 0; bit < 40; bit++) {
        ob_pooled chunk = code(&f, 1, 2000, &block);
        uint32_t at = ob_pack_build_place(f.build, &chunk)->offset;
        block.data[bit * block.length / 40] ^= 0x20;
        memcpy(f.build->data + at, block.data, block.length);
        ob_check_status(ob_pack_build_seal(f.build, f.tools, at, block.length, &chunk.sum),
                        OB_E_CORRUPT);
        ob_check_detail("memory");
    }
    ob_buf_free(&block);
    teardown(&f);
}
END_TEST

START_TEST(build__without_memory)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_pack_build *build = NULL;
        ob_test_alloc_begin(n, false);
        ob_status status = ob_pack_build_new(OB_PAD_LARGE, &build);
        ob_pack_build_free(build);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
    ob_pack_build_free(NULL);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, build__pack_can_be_read);
    tcase_add_test(cases, build__length_is_padded);
    tcase_add_test(cases, build__fits_to_the_last_byte);
    tcase_add_test(cases, build__number_of_chunks_is_bounded);
    tcase_add_test(cases, build__unsound_memory_is_found);
    tcase_add_test(cases, build__without_memory);
}
OB_TEST_MAIN("build", add_cases)
