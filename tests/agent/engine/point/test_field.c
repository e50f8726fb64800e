#include "point/field.h"

#include "ob/test.h"

static bool sevens_repeat(uint64_t tag)
{
    return tag == OB_FIELD_PLAIN(7);
}

/* Reads all fields of `in` and gives the sum of their numbers; UINT64_MAX after a failure. */
static uint64_t sum(const ob_buf *bytes)
{
    ob_reader in = ob_reader_of(bytes->data, bytes->length);
    uint64_t last = 0;
    uint64_t result = 0;
    ob_field field;
    while (ob_field_next(&in, &last, sevens_repeat, &field)) {
        result += ob_field_number(&field, 1000);
        if (field.value.failed) {
            return UINT64_MAX;
        }
    }
    return in.failed ? UINT64_MAX : result;
}

START_TEST(field__round_trip)
{
    ob_buf bytes = {0};
    ob_field_put_number(&bytes, OB_FIELD_CRITICAL(1), 5);
    ob_field_put_number(&bytes, OB_FIELD_PLAIN(7), 128);
    ob_field_put_number(&bytes, OB_FIELD_PLAIN(7), 1000);
    ck_assert_uint_eq(sum(&bytes), 1133);
    ck_assert_mem_eq(bytes.data, "\x03\x01\x05\x0e\x02\x80\x01\x0e\x02\xe8\x07", bytes.length);
    for (size_t cut = 1; cut < bytes.length; cut++) {
        ob_buf part = {.data = bytes.data, .length = cut};
        ck_assert(sum(&part) == UINT64_MAX || cut == 3 || cut == 7);
    }
    ob_buf_free(&bytes);
}
END_TEST

START_TEST(field__order_is_held)
{
    ob_buf bytes = {0};
    ob_field_put_number(&bytes, OB_FIELD_PLAIN(7), 1);
    ob_field_put_number(&bytes, OB_FIELD_PLAIN(6), 1);
    ck_assert_uint_eq(sum(&bytes), UINT64_MAX);
    ob_buf_clear(&bytes);
    ob_field_put_number(&bytes, OB_FIELD_PLAIN(6), 1);
    ob_field_put_number(&bytes, OB_FIELD_PLAIN(6), 1);
    ck_assert_uint_eq(sum(&bytes), UINT64_MAX);
    ob_buf_free(&bytes);
}
END_TEST

START_TEST(field__numbers_have_limits)
{
    ob_buf bytes = {0};
    ob_field_put_number(&bytes, OB_FIELD_PLAIN(6), 1001);
    ck_assert_uint_eq(sum(&bytes), UINT64_MAX);
    ob_buf_clear(&bytes);
    ob_field_put(&bytes, OB_FIELD_PLAIN(6), "\1\1", 2);
    ck_assert_uint_eq(sum(&bytes), UINT64_MAX);
    ob_buf_clear(&bytes);
    ob_field_put(&bytes, OB_FIELD_PLAIN(6), "", 0);
    ck_assert_uint_eq(sum(&bytes), UINT64_MAX);
    ob_buf_free(&bytes);
}
END_TEST

START_TEST(field__unknown_ones)
{
    const ob_field plain = {.tag = OB_FIELD_PLAIN(40)};
    const ob_field critical = {.tag = OB_FIELD_CRITICAL(40)};
    ob_check_ok(ob_field_unknown(&plain, "a thing"));
    ob_check_status(ob_field_unknown(&critical, "a thing"), OB_E_FORMAT_VERSION);
    ob_check_detail("a thing has field 40");
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, field__round_trip);
    tcase_add_test(cases, field__order_is_held);
    tcase_add_test(cases, field__numbers_have_limits);
    tcase_add_test(cases, field__unknown_ones);
}

OB_TEST_MAIN("point_field", add_cases)
