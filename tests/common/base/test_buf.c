#include "ob/buf.h"
#include "ob/test.h"

#include <stdlib.h>
#include <string.h>

START_TEST(buf__integers_are_little_endian)
{
    static const uint8_t wanted[] = {0x01, 0x03, 0x02, 0x07, 0x06, 0x05, 0x04, 0x0F, 0x0E,
                                     0x0D, 0x0C, 0x0B, 0x0A, 0x09, 0x08, 0,    0};
    ob_buf buf = {0};
    ob_buf_put_u8(&buf, 0x01);
    ob_buf_put_u16(&buf, 0x0203);
    ob_buf_put_u32(&buf, 0x04050607);
    ob_buf_put_u64(&buf, UINT64_C(0x08090A0B0C0D0E0F));
    ob_buf_put_zero(&buf, 2);
    ob_check_ok(ob_buf_status(&buf));
    ck_assert_uint_eq(buf.length, sizeof wanted);
    ck_assert_mem_eq(buf.data, wanted, sizeof wanted);
    ob_reader reader = ob_reader_of(buf.data, buf.length);
    ck_assert_uint_eq(ob_read_u8(&reader), 0x01);
    ck_assert_uint_eq(ob_read_u16(&reader), 0x0203);
    ck_assert_uint_eq(ob_read_u32(&reader), 0x04050607);
    ck_assert_uint_eq(ob_read_u64(&reader), UINT64_C(0x08090A0B0C0D0E0F));
    ck_assert_uint_eq(ob_reader_left(&reader), 2);
    ob_check_status(ob_reader_end(&reader, "it"), OB_E_CORRUPT);
    ck_assert_uint_eq(ob_read_u16(&reader), 0);
    ob_check_ok(ob_reader_end(&reader, "it"));
    ob_buf_free(&buf);
}
END_TEST

START_TEST(buf__texts)
{
    ob_buf buf = {0};
    ob_buf_put_text(&buf, "a");
    ob_buf_put_text(&buf, "");
    ob_buf_put(&buf, NULL, 0);
    ob_buf_printf(&buf, "%s%d", "b", 3);
    char *text = ob_buf_take_text(&buf);
    ck_assert_str_eq(text, "ab3");
    ck_assert_ptr_null(buf.data);
    ck_assert_uint_eq(buf.length, 0);
    ob_free(text);
    text = ob_buf_take_text(&buf);
    ck_assert_str_eq(text, "");
    ob_free(text);
}
END_TEST

START_TEST(buf__limit_is_exact_and_sticks)
{
    ob_buf buf = {.limit = 4};
    ob_buf_put(&buf, "1234", 4);
    ob_check_ok(ob_buf_status(&buf));
    ob_buf_put_u8(&buf, '5');
    ob_check_status(ob_buf_status(&buf), OB_E_TOO_LARGE);
    ob_check_status(ob_buf_reserve(&buf, 0), OB_E_TOO_LARGE);
    ob_buf_printf(&buf, "x");
    ob_buf_put_zero(&buf, 1);
    ck_assert_uint_eq(buf.length, 4);
    ck_assert_ptr_null(ob_buf_take_text(&buf));
    ob_buf_clear(&buf);
    ob_buf_put(&buf, "12", 2);
    ob_check_ok(ob_buf_status(&buf));
    ob_buf_free(&buf);
    ck_assert_uint_eq(buf.limit, 4);
    ob_check_status(ob_buf_reserve(&buf, SIZE_MAX), OB_E_TOO_LARGE);
    ob_buf unlimited = {0};
    ob_check_status(ob_buf_reserve(&unlimited, ((size_t)1 << 30) + 1), OB_E_TOO_LARGE);
    ob_buf_free(&unlimited);
}
END_TEST

START_TEST(buf__memory_runs_out)
{
    ob_buf buf = {0};
    ob_test_alloc_begin(2, false);
    ob_buf_put_text(&buf, "kept");
    ob_buf_put_zero(&buf, 1000);
    ob_buf_put_u8(&buf, 1);
    ck_assert(ob_test_alloc_end());
    ob_check_status(ob_buf_status(&buf), OB_E_NO_MEMORY);
    ck_assert_uint_eq(buf.length, 4);
    ob_buf_free(&buf);
    ck_assert(!buf.failed);
}
END_TEST

static bool leaked;
static void *copy_resize(void *context, void *block, size_t size)
{
    (void)context;
    return realloc(block, size);
}
static void watch_release(void *context, void *block)
{
    (void)context;
    leaked = leaked || memcmp(block, "secret", 6) == 0;
    free(block);
}

START_TEST(buf__secrets_leave_no_copy)
{
    static const ob_allocator watching = {copy_resize, watch_release, NULL};
    ob_buf buf = {.secret = true};
    ob_allocator_set(&watching);
    ob_buf_put_text(&buf, "secret");
    for (size_t i = 0; i < 2000; i++) {
        ob_buf_put_u8(&buf, 's');
    }
    ob_buf_free(&buf);
    ob_allocator_set(NULL);
    ck_assert(!leaked);
    ck_assert(buf.secret);
}
END_TEST

START_TEST(buf__reserve_is_not_doubled)
{
    ob_buf buf = {0};
    ob_check_ok(ob_buf_reserve(&buf, 1 << 20));
    ck_assert_uint_le(buf.capacity, (1 << 20) + 64);
    ob_buf_free(&buf);
}
END_TEST

START_TEST(reader__past_the_end)
{
    static const uint8_t bytes[3] = {1, 2, 3};
    uint8_t copy[4] = {9, 9, 9, 9};
    static const uint8_t zero[4];
    ob_reader reader = ob_reader_of(bytes, sizeof bytes);
    ob_read_copy(&reader, copy, 4);
    ck_assert_mem_eq(copy, zero, 4);
    ck_assert_uint_eq(ob_reader_left(&reader), 0);
    ck_assert_uint_eq(ob_read_u8(&reader), 0); /* sticks, though a byte is there */
    ck_assert_ptr_null(ob_read_bytes(&reader, 0));
    ob_check_status(ob_reader_status(&reader, "the thing"), OB_E_CORRUPT);
    ck_assert_str_eq(ob_detail(), "the thing is cut or malformed at byte 0");
    reader = ob_reader_of(bytes, sizeof bytes);
    ck_assert_ptr_eq(ob_read_bytes(&reader, 3), bytes);
    ck_assert_ptr_nonnull(ob_read_bytes(&reader, 0));
    ck_assert_ptr_null(ob_read_bytes(&reader, SIZE_MAX));
    reader = ob_reader_of(NULL, 0);
    ck_assert_ptr_nonnull(ob_read_bytes(&reader, 0));
    ob_check_ok(ob_reader_end(&reader, "nothing"));
    ob_reader_fail(&reader);
    ob_check_status(ob_reader_end(&reader, "nothing"), OB_E_CORRUPT);
}
END_TEST

static bool varint_is(const char *bytes, size_t length, uint64_t *value)
{
    ob_reader reader = ob_reader_of(bytes, length);
    *value = ob_read_varint(&reader);
    return ob_reader_end(&reader, "varint") == OB_OK;
}

START_TEST(reader__varint_refuses_other_forms)
{
    uint64_t value = 0;
    ck_assert(varint_is("\x00", 1, &value) && value == 0);
    ck_assert(varint_is("\x7F", 1, &value) && value == 127);
    ck_assert(varint_is("\x80\x01", 2, &value) && value == 128);
    ck_assert(varint_is("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 10, &value));
    ck_assert_uint_eq(value, UINT64_MAX);
    ck_assert(!varint_is("\x80\x00", 2, &value));
    ck_assert_uint_eq(value, 0);
    ck_assert(!varint_is("\x80", 1, &value));
    ck_assert(!varint_is("", 0, &value));
    ck_assert(!varint_is("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", 10, &value));
    ck_assert(!varint_is("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x81\x00", 11, &value));
    ck_assert_uint_eq(value, 0);
}
END_TEST

START_TEST(reader__counted)
{
    size_t length = 99;
    ob_reader reader = ob_reader_of("\x03"
                                    "abc",
                                    4);
    ck_assert_mem_eq(ob_read_counted(&reader, 3, &length), "abc", 3);
    ck_assert_uint_eq(length, 3);
    reader = ob_reader_of("\x03"
                          "abc",
                          4);
    ck_assert_ptr_null(ob_read_counted(&reader, 2, &length));
    ck_assert_uint_eq(length, 0);
    ck_assert(reader.failed);
    reader = ob_reader_of("\x05"
                          "abc",
                          4);
    ck_assert_ptr_null(ob_read_counted(&reader, 100, &length));
    reader = ob_reader_of("\x00", 1);
    ck_assert_ptr_nonnull(ob_read_counted(&reader, 100, &length));
    reader = ob_reader_of("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 10);
    ck_assert_ptr_null(ob_read_counted(&reader, SIZE_MAX, &length));
}
END_TEST

/* What is written is read again, and each shorter piece of it is refused. */
START_TEST(buf__round_trip_property)
{
    ob_test_rng rng = ob_test_rng_new(0xB0F);
    for (int round = 0; round < 500; round++) {
        ob_buf buf = {0};
        uint64_t number = ob_test_rng_next(&rng) >> ob_test_rng_below(&rng, 64);
        uint8_t bytes[40];
        size_t count = (size_t)ob_test_rng_below(&rng, sizeof bytes);
        ob_test_rng_fill(&rng, bytes, sizeof bytes);
        ob_buf_put_varint(&buf, number);
        ob_buf_put_counted(&buf, bytes, count);
        ob_buf_put_u32(&buf, (uint32_t)number);
        for (size_t cut = 0; cut <= buf.length; cut++) {
            size_t length = 0;
            uint8_t *exact = malloc(cut + 1); /* so that a sanitizer sees a read behind it */
            memcpy(exact, buf.data, cut);
            exact = realloc(exact, cut > 0 ? cut : 1);
            ob_reader reader = ob_reader_of(exact, cut);
            uint64_t got = ob_read_varint(&reader);
            const uint8_t *part = ob_read_counted(&reader, sizeof bytes, &length);
            uint32_t last = ob_read_u32(&reader);
            bool whole = ob_reader_end(&reader, "round trip") == OB_OK;
            ck_assert(whole == (cut == buf.length));
            ck_assert(!whole || (got == number && length == count && last == (uint32_t)number &&
                                 memcmp(part, bytes, count) == 0));
            free(exact);
        }
        ob_buf_free(&buf);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, buf__integers_are_little_endian);
    tcase_add_test(cases, buf__texts);
    tcase_add_test(cases, buf__limit_is_exact_and_sticks);
    tcase_add_test(cases, buf__memory_runs_out);
    tcase_add_test(cases, buf__secrets_leave_no_copy);
    tcase_add_test(cases, buf__reserve_is_not_doubled);
    tcase_add_test(cases, reader__past_the_end);
    tcase_add_test(cases, reader__varint_refuses_other_forms);
    tcase_add_test(cases, reader__counted);
    tcase_add_test(cases, buf__round_trip_property);
}

OB_TEST_MAIN("buf", add_cases)
