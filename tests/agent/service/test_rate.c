#include "rate.h"

#include "ob/test.h"

#define SECOND UINT64_C(1000000000)
#define TENTH (SECOND / 10)

START_TEST(rate__is_not_known_at_first)
{
    ob_rate rate = {0};
    ck_assert_int_eq(ob_rate_per_second(&rate), 0);
    ck_assert_int_eq(ob_rate_seconds(&rate, 100), -1);
    ob_rate_add(&rate, SECOND, 0);
    ob_rate_add(&rate, SECOND + TENTH, 1000);
    ck_assert_int_eq(ob_rate_per_second(&rate), 0);
    ck_assert_int_eq(ob_rate_seconds(&rate, 0), 0);
}
END_TEST

START_TEST(rate__of_a_steady_stream)
{
    ob_rate rate = {0};
    for (uint64_t i = 0; i < 300; i++) {
        ob_rate_add(&rate, SECOND + i * TENTH, i * 1000);
    }
    ck_assert_int_eq(ob_rate_per_second(&rate), 10000);
    ck_assert_int_eq(ob_rate_seconds(&rate, 25000), 3);
}
END_TEST

START_TEST(rate__forgets_what_was_long_ago)
{
    ob_rate rate = {0};
    uint64_t time = SECOND;
    uint64_t bytes = 0;
    for (unsigned i = 0; i < 100; i++, time += TENTH) {
        ob_rate_add(&rate, time, bytes += 1000000);
    }
    for (unsigned i = 0; i < 100; i++, time += TENTH) {
        ob_rate_add(&rate, time, bytes += 100);
    }
    ck_assert_int_eq(ob_rate_per_second(&rate), 1000);
}
END_TEST

START_TEST(rate__standstill_has_no_end)
{
    ob_rate rate = {0};
    for (uint64_t i = 0; i < 200; i++) {
        ob_rate_add(&rate, SECOND + i * TENTH, 5000);
    }
    ck_assert_int_eq(ob_rate_per_second(&rate), 0);
    ck_assert_int_eq(ob_rate_seconds(&rate, 1), -1);
}
END_TEST

START_TEST(rate__seldom_calls_count_too)
{
    ob_rate rate = {0};
    for (uint64_t i = 0; i < 40; i++) {
        ob_rate_add(&rate, SECOND + i * 3 * SECOND, i * 300);
    }
    ck_assert_int_eq(ob_rate_per_second(&rate), 100);
}
END_TEST

START_TEST(rate__fewer_bytes_than_before_are_no_rate)
{
    ob_rate rate = {0};
    ob_rate_add(&rate, SECOND, 5000);
    ob_rate_add(&rate, 3 * SECOND, 10);
    ck_assert_int_eq(ob_rate_per_second(&rate), 0);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, rate__is_not_known_at_first);
    tcase_add_test(cases, rate__of_a_steady_stream);
    tcase_add_test(cases, rate__forgets_what_was_long_ago);
    tcase_add_test(cases, rate__standstill_has_no_end);
    tcase_add_test(cases, rate__seldom_calls_count_too);
    tcase_add_test(cases, rate__fewer_bytes_than_before_are_no_rate);
}

OB_TEST_MAIN("rate", add_cases)
