#include "chunk/sum.h"
#include "pack/tools.h"
#include "rig.h"

#include <stdlib.h>
#include <string.h>

typedef struct fixture {
    ob_keyring *keys;
    ob_tools_pool pool;
    ob_tools *tools;
    ob_object_header header;
} fixture;

static const ob_place place = {.type = OB_SEAL_FRAME, .offset = 1234};

static void setup(fixture *f)
{
    f->keys = rig_keys(1);
    ob_check_ok(ob_tools_pool_init(&f->pool, f->keys, false));
    ob_check_ok(ob_tools_take(&f->pool, &f->tools));
    ob_check_ok(ob_object_header_new(f->keys, OB_KEY_PACK, 0, &f->header));
    ob_check_ok(ob_tools_use_header(f->tools, &f->header, f->keys));
}

static void teardown(fixture *f)
{
    ob_tools_give(&f->pool, f->tools);
    ob_tools_pool_destroy(&f->pool);
    ob_keyring_free(f->keys);
}

START_TEST(tools__block_round_trip)
{
    static const size_t sizes[] = {0, 1, 1000, 65536, 65537, 1000000};
    fixture f;
    setup(&f);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        ob_buf sealed = {0};
        ob_buf back = {0};
        uint8_t *data = rig_text(i, sizes[i]);
        ob_buf_put_text(&sealed, "before");
        ob_check_ok(ob_tools_seal_block(f.tools, &f.header, &place, data, sizes[i], &sealed));
        uint8_t *block = sealed.data + 6;
        size_t length = sealed.length - 6;
        uint64_t sum = ob_sum_of(data, sizes[i]);
        ob_check_ok(ob_tools_check_chunk(f.tools, &f.header, &place, block, length, sum));
        sum ^= 1;
        ob_check_status(ob_tools_check_chunk(f.tools, &f.header, &place, block, length, sum),
                        OB_E_CORRUPT);
        ob_check_ok(
            ob_tools_open_block(f.tools, &f.header, &place, block, length, sizes[i], &back));
        ck_assert_uint_eq(back.length, sizes[i]);
        ck_assert(sizes[i] == 0 || memcmp(back.data, data, sizes[i]) == 0);
        free(data);
        ob_buf_free(&sealed);
        ob_buf_free(&back);
    }
    teardown(&f);
}
END_TEST

START_TEST(tools__check_finds_every_change)
{
    fixture f;
    ob_buf sealed = {0};
    uint8_t *data = rig_text(1, 500);
    uint64_t sum = ob_sum_of(data, 500);
    setup(&f);
    ob_check_ok(ob_tools_seal_block(f.tools, &f.header, &place, data, 500, &sealed));
    for (size_t i = 0; i < sealed.length; i++) {
        sealed.data[i] ^= 4;
        ob_status status =
            ob_tools_check_chunk(f.tools, &f.header, &place, sealed.data, sealed.length, sum);
        ck_assert(status == OB_E_SEAL || status == OB_E_CORRUPT || status == OB_E_FORMAT_VERSION);
        sealed.data[i] ^= 4;
    }
    for (size_t length = 0; length < sealed.length; length++) {
        ob_status status =
            ob_tools_check_chunk(f.tools, &f.header, &place, sealed.data, length, sum);
        ck_assert(status == OB_E_SEAL || status == OB_E_CORRUPT || status == OB_E_FORMAT_VERSION);
    }
    ob_check_ok(ob_tools_check_chunk(f.tools, &f.header, &place, sealed.data, sealed.length, sum));
    free(data);
    ob_buf_free(&sealed);
    teardown(&f);
}
END_TEST

START_TEST(tools__pool_gives_back_what_it_got)
{
    fixture f;
    ob_tools *other = NULL;
    ob_tools *again = NULL;
    setup(&f);
    ob_check_ok(ob_tools_take(&f.pool, &other));
    ck_assert_ptr_ne(other, f.tools);
    ob_tools_give(&f.pool, other);
    ob_check_ok(ob_tools_take(&f.pool, &again));
    ck_assert_ptr_eq(again, other);
    ob_tools_give(&f.pool, again);
    ob_tools_give(&f.pool, NULL);
    ck_assert_uint_ne(ob_tools_new_tag(&f.pool), ob_tools_new_tag(&f.pool));
    teardown(&f);
}
END_TEST

/* The tag stands for the key: the same one is not set twice, another one is. */
START_TEST(tools__key_follows_its_tag)
{
    fixture f;
    uint8_t one[OB_KEY_SIZE] = {1};
    uint8_t two[OB_KEY_SIZE] = {2};
    uint8_t a[1 + OB_GCM_TAG], b[1 + OB_GCM_TAG];
    setup(&f);
    ob_check_ok(ob_tools_set_key(f.tools, one, 1));
    ob_check_ok(ob_seal(f.tools->gcm, &f.header, &place, (const uint8_t *)"x", 1, a));
    ob_check_ok(ob_tools_set_key(f.tools, two, 2));
    ob_check_ok(ob_seal(f.tools->gcm, &f.header, &place, (const uint8_t *)"x", 1, b));
    ck_assert_mem_ne(a, b, sizeof a);
    ob_check_ok(ob_tools_use_header(f.tools, &f.header, f.keys));
    ob_check_ok(ob_tools_set_key(f.tools, two, 2));
    ob_check_ok(ob_seal(f.tools->gcm, &f.header, &place, (const uint8_t *)"x", 1, a));
    ck_assert_mem_eq(a, b, sizeof a);
    teardown(&f);
}
END_TEST

START_TEST(tools__without_memory)
{
    fixture f;
    setup(&f);
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_tools *tools = NULL;
        ob_test_alloc_begin(n, false);
        ob_status status = ob_tools_take(&f.pool, &tools);
        ck_assert(!OB_FAILED(status) || ob_test_alloc_live() == 0);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
        ck_assert(hit == (tools == NULL));
        ob_tools_give(&f.pool, tools);
    }
    teardown(&f);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, tools__block_round_trip);
    tcase_add_test(cases, tools__check_finds_every_change);
    tcase_add_test(cases, tools__pool_gives_back_what_it_got);
    tcase_add_test(cases, tools__key_follows_its_tag);
    tcase_add_test(cases, tools__without_memory);
}
OB_TEST_MAIN("tools", add_cases)
