#include "chunk/sum.h"
#include "ob/test.h"

#include <string.h>

#define MOST 300

static void fill(uint8_t data[MOST])
{
    ob_test_rng rng = ob_test_rng_new(1);
    ob_test_rng_fill(&rng, data, MOST);
}

START_TEST(sum__pieces_are_the_same)
{
    uint8_t data[MOST];
    fill(data);
    for (size_t length = 0; length <= MOST; length++) {
        uint64_t whole = ob_sum_of(data, length);
        for (size_t step = 1; step < MOST; step += 13) {
            ob_sum sum = {0};
            for (size_t at = 0; at < length; at += step) {
                ob_sum_add(&sum, data + at, length - at < step ? length - at : step);
            }
            ck_assert_uint_eq(ob_sum_end(&sum), whole);
        }
    }
}
END_TEST

START_TEST(sum__every_changed_bit_shows)
{
    uint8_t data[MOST];
    fill(data);
    uint64_t whole = ob_sum_of(data, MOST);
    for (size_t bit = 0; bit < MOST * 8; bit++) {
        data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        ck_assert_uint_ne(ob_sum_of(data, MOST), whole);
        data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    ck_assert_uint_eq(ob_sum_of(data, MOST), whole);
}
END_TEST

START_TEST(sum__lengths_and_places_show)
{
    uint8_t zeros[MOST] = {0};
    uint8_t data[MOST];
    for (size_t length = 1; length <= MOST; length++) {
        ck_assert_uint_ne(ob_sum_of(zeros, length), ob_sum_of(zeros, length - 1));
    }
    fill(data);
    uint64_t whole = ob_sum_of(data, MOST);
    /* Two blocks, and two words, change places. */
    for (size_t size = OB_SUM_BLOCK; size >= 8; size /= 8) {
        uint8_t first[OB_SUM_BLOCK];
        memcpy(first, data, size);
        memmove(data, data + OB_SUM_BLOCK, size);
        memcpy(data + OB_SUM_BLOCK, first, size);
        ck_assert_uint_ne(ob_sum_of(data, MOST), whole);
        fill(data);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, sum__pieces_are_the_same);
    tcase_add_test(cases, sum__every_changed_bit_shows);
    tcase_add_test(cases, sum__lengths_and_places_show);
}
OB_TEST_MAIN("sum", add_cases)
