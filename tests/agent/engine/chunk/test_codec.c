#include "chunk/codec.h"
#include "rig.h"

#include <stdlib.h>
#include <string.h>

typedef struct kind_case {
    ob_codec_kind kind;
    int level;
} kind_case;

static const kind_case kinds[] = {{OB_CODEC_STORED, 1},
                                  {OB_CODEC_ZSTD, OB_CODEC_LEVEL_SPEED},
                                  {OB_CODEC_ZSTD, OB_CODEC_LEVEL_SMALL},
                                  {OB_CODEC_ZLIB, 6}};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static ob_codec *codec_new(size_t kind)
{
    ob_codec *codec = NULL;
    ob_check_ok(ob_codec_new(kinds[kind].kind, kinds[kind].level, &codec));
    return codec;
}

/* The block in one piece. */
static void encode(ob_codec *codec, const void *data, size_t length, ob_buf *block)
{
    ob_coded coded;
    ob_check_ok(ob_codec_encode(codec, data, length, &coded));
    ob_buf_clear(block);
    ob_buf_put(block, coded.head, sizeof coded.head);
    ob_buf_put(block, coded.payload, coded.length);
    ob_check_ok(ob_buf_status(block));
}

static ob_status append(void *context, const void *data, size_t length)
{
    ob_buf_put(context, data, length);
    return ob_buf_status(context);
}

static ob_status decode_in_pieces(ob_codec *codec, const ob_buf *block, size_t piece, size_t most,
                                  ob_buf *out)
{
    ob_status status = OB_OK;
    ob_buf_clear(out);
    ob_codec_decode_begin(codec, most, append, out);
    for (size_t at = 0; !OB_FAILED(status) && at < block->length; at += piece) {
        size_t left = block->length - at;
        status = ob_codec_decode_add(codec, block->data + at, left < piece ? left : piece);
    }
    return OB_FAILED(status) ? status : ob_codec_decode_end(codec);
}

static void check_round_trip(ob_codec *codec, const uint8_t *data, size_t length)
{
    static const size_t pieces[] = {1, 7, 4096, 65536, 1u << 23};
    ob_buf block = {0};
    ob_buf back = {0};
    encode(codec, data, length, &block);
    ck_assert_uint_le(block.length, length + OB_CODEC_HEAD);
    ob_check_ok(ob_codec_decode_all(codec, block.data, block.length, length, &back));
    ck_assert_uint_eq(back.length, length);
    ck_assert(length == 0 || memcmp(back.data, data, length) == 0);
    for (size_t i = length > 100000 ? 2 : 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        ob_check_ok(decode_in_pieces(codec, &block, pieces[i], length, &back));
        ck_assert_uint_eq(back.length, length);
        ck_assert(length == 0 || memcmp(back.data, data, length) == 0);
    }
    ob_buf_free(&block);
    ob_buf_free(&back);
}

START_TEST(codec__round_trip)
{
    static const size_t sizes[] = {0,     1,     15,     16,     17,     1000,    65535,
                                   65536, 65537, 131072, 262144, 300000, 1 << 20, 4 << 20};
    ob_codec *codec = codec_new((size_t)_i);
    ob_test_rng rng = ob_test_rng_new(1);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t *data = rig_text(i, sizes[i]);
        check_round_trip(codec, data, sizes[i]);
        ob_test_rng_fill(&rng, data, sizes[i]);
        check_round_trip(codec, data, sizes[i]);
        memset(data, 0, sizes[i]);
        check_round_trip(codec, data, sizes[i]);
        free(data);
    }
    ob_codec_free(codec);
}
END_TEST

START_TEST(codec__random_sizes)
{
    ob_codec *codec = codec_new((size_t)_i);
    ob_test_rng rng = ob_test_rng_new(2);
    for (unsigned round = 0; round < 200; round++) {
        size_t length = (size_t)ob_test_rng_below(&rng, 1u << ob_test_rng_below(&rng, 18));
        uint8_t *data = rig_text(round, length);
        check_round_trip(codec, data, length);
        free(data);
    }
    ob_codec_free(codec);
}
END_TEST

START_TEST(codec__kind_is_chosen_by_content)
{
    const size_t length = 200000;
    ob_codec *codec = codec_new(1);
    ob_test_rng rng = ob_test_rng_new(3);
    uint8_t *data = rig_text(1, length);
    ob_coded coded;
    ob_check_ok(ob_codec_encode(codec, data, length, &coded));
    ck_assert_uint_eq(coded.head[0], OB_CODEC_ZSTD);
    ck_assert_uint_lt(coded.length, length * 6 / 10);
    ob_test_rng_fill(&rng, data, length);
    ob_check_ok(ob_codec_encode(codec, data, length, &coded));
    ck_assert_uint_eq(coded.head[0], OB_CODEC_STORED);
    ck_assert_ptr_eq(coded.payload, data);
    /* A place that shrinks makes it worth trying. */
    memset(data, 0, length / 10);
    ob_check_ok(ob_codec_encode(codec, data, length, &coded));
    ck_assert_uint_eq(coded.head[0], OB_CODEC_ZSTD);
    ck_assert_uint_lt(coded.length, length * 95 / 100);
    free(data);
    ob_codec_free(codec);
}
END_TEST

/* Whatever is cut or changed gives an error or the content's own length, and never more. */
START_TEST(codec__damage)
{
    const size_t length = 3000;
    ob_codec *codec = codec_new((size_t)_i);
    uint8_t *data = rig_text(9, length);
    ob_buf block = {0};
    ob_buf back = {0};
    encode(codec, data, length, &block);
    ob_buf cut = block;
    for (cut.length = 0; cut.length < block.length; cut.length++) {
        ob_check_status(ob_codec_decode_all(codec, cut.data, cut.length, length, &back),
                        OB_E_CORRUPT);
        ob_check_status(decode_in_pieces(codec, &cut, 100, length, &back), OB_E_CORRUPT);
    }
    for (size_t i = 0; i < block.length; i++) {
        block.data[i] ^= 0x41;
        ob_status whole = ob_codec_decode_all(codec, block.data, block.length, length, &back);
        ck_assert(whole == OB_E_CORRUPT || whole == OB_E_FORMAT_VERSION ||
                  (whole == OB_OK && back.length == length));
        ob_status pieces = decode_in_pieces(codec, &block, 100, length, &back);
        ck_assert(pieces == OB_E_CORRUPT || pieces == OB_E_FORMAT_VERSION ||
                  (pieces == OB_OK && back.length == length));
        block.data[i] ^= 0x41;
    }
    ob_buf_put_u8(&block, 0);
    ob_check_status(decode_in_pieces(codec, &block, 100, length, &back), OB_E_CORRUPT);
    free(data);
    ob_buf_free(&block);
    ob_buf_free(&back);
    ob_codec_free(codec);
}
END_TEST

START_TEST(codec__length_is_bounded)
{
    ob_codec *codec = codec_new((size_t)_i);
    uint8_t *data = rig_text(9, 100000);
    ob_buf block = {0};
    ob_buf back = {0};
    encode(codec, data, 100000, &block);
    ob_check_status(ob_codec_decode_all(codec, block.data, block.length, 99999, &back),
                    OB_E_CORRUPT);
    /* A head that promises less or more than there is. */
    for (int change = -1; change <= 1; change += 2) {
        block.data[1] = (uint8_t)(block.data[1] + change);
        ob_check_status(ob_codec_decode_all(codec, block.data, block.length, 1 << 20, &back),
                        OB_E_CORRUPT);
        ob_check_status(decode_in_pieces(codec, &block, 1000, 1 << 20, &back), OB_E_CORRUPT);
        block.data[1] = (uint8_t)(block.data[1] - change);
    }
    block.data[0] = 3;
    ob_check_status(ob_codec_decode_all(codec, block.data, block.length, 1 << 20, &back),
                    OB_E_FORMAT_VERSION);
    ob_coded coded;
    ob_check_status(ob_codec_encode(codec, data, OB_CODEC_MOST + 1, &coded), OB_E_TOO_LARGE);
    free(data);
    ob_buf_free(&block);
    ob_buf_free(&back);
    ob_codec_free(codec);
    ob_codec_free(NULL);
}
END_TEST

static ob_status refuse(void *context, const void *data, size_t length)
{
    (void)context;
    (void)data;
    (void)length;
    return ob_fail(OB_E_CANCELLED, "refused");
}

START_TEST(codec__sink_may_fail)
{
    ob_codec *codec = codec_new((size_t)_i);
    uint8_t *data = rig_text(9, 1000);
    ob_buf block = {0};
    ob_buf back = {0};
    encode(codec, data, 1000, &block);
    ob_codec_decode_begin(codec, 1000, refuse, NULL);
    ob_check_status(ob_codec_decode_add(codec, block.data, block.length), OB_E_CANCELLED);
    /* The codec is as good as new. */
    ob_check_ok(decode_in_pieces(codec, &block, 10, 1000, &back));
    free(data);
    ob_buf_free(&block);
    ob_buf_free(&back);
    ob_codec_free(codec);
}
END_TEST

START_TEST(codec__without_memory)
{
    uint8_t *data = rig_text(9, 100000);
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_codec *codec = NULL;
        ob_coded coded;
        ob_buf back = {0};
        ob_buf block = {.data = malloc(200000), .capacity = 200000};
        ob_test_alloc_begin(n, false);
        ob_status status = ob_codec_new(kinds[_i].kind, kinds[_i].level, &codec);
        if (!OB_FAILED(status)) {
            status = ob_codec_encode(codec, data, 100000, &coded);
        }
        if (!OB_FAILED(status)) {
            memcpy(block.data, coded.head, sizeof coded.head);
            memcpy(block.data + sizeof coded.head, coded.payload, coded.length);
            block.length = sizeof coded.head + coded.length;
            status = ob_codec_decode_all(codec, block.data, block.length, 100000, &back);
        }
        if (!OB_FAILED(status)) {
            status = decode_in_pieces(codec, &block, 1000, 100000, &back);
        }
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
        ob_codec_free(codec);
        ob_buf_free(&back);
        free(block.data);
    }
    free(data);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_loop_test(cases, codec__round_trip, 0, KINDS);
    tcase_add_loop_test(cases, codec__random_sizes, 0, KINDS);
    tcase_add_test(cases, codec__kind_is_chosen_by_content);
    tcase_add_loop_test(cases, codec__damage, 0, KINDS);
    tcase_add_loop_test(cases, codec__length_is_bounded, 0, KINDS);
    tcase_add_loop_test(cases, codec__sink_may_fail, 0, KINDS);
    tcase_add_loop_test(cases, codec__without_memory, 0, KINDS);
}
OB_TEST_MAIN("codec", add_cases)
