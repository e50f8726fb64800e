#include "pack/pool.h"
#include "rig.h"

#include <stdlib.h>
#include <string.h>

static bool put(ob_pool *pool, uint64_t seed, size_t length, uint32_t *slot)
{
    ob_pooled chunk = {.raw = (uint32_t)seed, .length = (uint32_t)(OB_CODEC_HEAD + length)};
    ob_coded coded = {.head = {1, 2, 3, 4, 5}, .length = length};
    uint8_t *data = rig_text(seed, length);
    coded.payload = data;
    bool taken = ob_pool_take(pool, &chunk, slot);
    if (taken) {
        ob_pool_write(pool, *slot, &coded);
        ob_pool_set_ready(pool, *slot);
    }
    free(data);
    return taken;
}

static void check(ob_pool *pool, uint32_t slot)
{
    const ob_pooled *chunk = ob_pool_chunk(pool, slot);
    uint8_t *bytes = malloc(chunk->length);
    uint8_t *data = rig_text(chunk->raw, chunk->length - OB_CODEC_HEAD);
    ob_pool_read(pool, slot, bytes);
    ck_assert_mem_eq(bytes, "\1\2\3\4\5", OB_CODEC_HEAD);
    ck_assert(chunk->length == OB_CODEC_HEAD ||
              memcmp(bytes + OB_CODEC_HEAD, data, chunk->length - OB_CODEC_HEAD) == 0);
    free(bytes);
    free(data);
}

START_TEST(pool__keeps_what_it_is_given)
{
    static const size_t sizes[] = {0, 1, 4090, 4091, 4092, 8187, 8188, 100000};
    ob_pool *pool = NULL;
    uint32_t slot = 0;
    ob_check_ok(ob_pool_new(64, &pool));
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        ck_assert(put(pool, i, sizes[i], &slot));
    }
    ck_assert_uint_eq(ob_pool_ready(pool), 8);
    ck_assert_uint_eq(ob_pool_pages_used(pool), 1 + 1 + 1 + 1 + 2 + 2 + 3 + 25);
    while (ob_pool_draw(pool, 5, &slot)) {
        check(pool, slot);
        ob_pool_give(pool, slot);
    }
    ck_assert_uint_eq(ob_pool_pages_used(pool), 0);
    ob_pool_free(pool);
    ob_pool_free(NULL);
}
END_TEST

START_TEST(pool__full_means_full)
{
    ob_pool *pool = NULL;
    uint32_t slot = 0;
    ob_check_ok(ob_pool_new(4, &pool));
    ck_assert(!put(pool, 1, 4 * OB_POOL_PAGE, &slot));
    ck_assert(put(pool, 1, 4 * OB_POOL_PAGE - OB_CODEC_HEAD, &slot));
    ck_assert(!put(pool, 2, 1, &slot));
    ck_assert(ob_pool_draw(pool, 0, &slot));
    ck_assert(!ob_pool_draw(pool, 0, &slot));
    ck_assert(!put(pool, 2, 1, &slot));
    check(pool, slot);
    ob_pool_give(pool, slot);
    for (uint64_t i = 0; i < 4; i++) {
        ck_assert(put(pool, i, 1, &slot));
    }
    ck_assert(!put(pool, 5, 1, &slot));
    ob_pool_free(pool);
}
END_TEST

START_TEST(pool__random_use)
{
    ob_pool *pool = NULL;
    uint32_t slot = 0;
    ob_test_rng rng = ob_test_rng_new(1);
    ob_check_ok(ob_pool_new(128, &pool));
    for (uint64_t round = 0; round < 20000; round++) {
        if (ob_test_rng_below(&rng, 2) == 0) {
            put(pool, round, (size_t)ob_test_rng_below(&rng, 1u << ob_test_rng_below(&rng, 17)),
                &slot);
        } else if (ob_pool_draw(pool, (uint32_t)ob_test_rng_next(&rng), &slot)) {
            check(pool, slot);
            ob_pool_give(pool, slot);
        }
    }
    while (ob_pool_draw(pool, (uint32_t)ob_test_rng_next(&rng), &slot)) {
        check(pool, slot);
        ob_pool_give(pool, slot);
    }
    ck_assert_uint_eq(ob_pool_pages_used(pool), 0);
    ob_pool_free(pool);
}
END_TEST

START_TEST(pool__without_memory)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_pool *pool = NULL;
        ob_test_alloc_begin(n, false);
        ob_status status = ob_pool_new(16, &pool);
        ob_pool_free(pool);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, pool__keeps_what_it_is_given);
    tcase_add_test(cases, pool__full_means_full);
    tcase_add_test(cases, pool__random_use);
    tcase_add_test(cases, pool__without_memory);
}
OB_TEST_MAIN("pool", add_cases)
