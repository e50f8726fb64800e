#include "der.h"

#include "ob/test.h"

#include <string.h>

static void check(const ob_buf *out, const char *bytes, size_t length)
{
    ck_assert_uint_eq(out->length, length);
    ck_assert_mem_eq(out->data, bytes, length);
}

START_TEST(der__writes_the_shortest_length)
{
    static const uint8_t value[70000];
    static const struct {
        size_t length;
        const char *head;
        size_t head_length;
    } table[] = {
        {0, "\x04\x00", 2},
        {1, "\x04\x01", 2},
        {127, "\x04\x7F", 2},
        {128, "\x04\x81\x80", 3},
        {255, "\x04\x81\xFF", 3},
        {256, "\x04\x82\x01\x00", 4},
        {65535, "\x04\x82\xFF\xFF", 4},
        {65536, "\x04\x83\x01\x00\x00", 5},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        ob_buf out = {0};
        ob_der_put(&out, OB_DER_OCTETS, value, table[i].length);
        ck_assert_uint_eq(out.length, table[i].head_length + table[i].length);
        ck_assert_mem_eq(out.data, table[i].head, table[i].head_length);
        ob_buf_free(&out);
    }
}
END_TEST

START_TEST(der__wraps_and_frees)
{
    ob_buf inner = {0};
    ob_buf out = {0};
    ob_test_alloc_begin(0, false);
    ob_der_put(&inner, OB_DER_INTEGER, "\x05", 1);
    ob_der_wrap(&out, OB_DER_SEQUENCE, &inner);
    ck_assert_ptr_null(inner.data);
    check(&out, "\x30\x03\x02\x01\x05", 5);
    ob_buf_free(&out);
    ob_test_alloc_end();
    ck_assert_int_eq(ob_test_alloc_live(), 0);
}
END_TEST

START_TEST(der__hands_failures_on)
{
    ob_buf inner = {.limit = 4};
    ob_buf out = {0};
    ob_der_put(&inner, OB_DER_OCTETS, "12345", 5);
    ob_der_wrap(&out, OB_DER_SEQUENCE, &inner);
    ob_check_status(ob_buf_status(&out), OB_E_TOO_LARGE);
    ob_buf_free(&out);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, der__writes_the_shortest_length);
    tcase_add_test(cases, der__wraps_and_frees);
    tcase_add_test(cases, der__hands_failures_on);
}

OB_TEST_MAIN("der", add_cases)
