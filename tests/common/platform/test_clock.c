#include "ob/test.h"

#define SECOND INT64_C(1000000000)

START_TEST(clock__now_is_plausible)
{
    const ob_clock *clock = ob_clock_os();
    ck_assert_int_gt(clock->now(clock), INT64_C(1700000000) * SECOND);
    ck_assert_int_lt(clock->now(clock), INT64_C(7000000000) * SECOND);
}
END_TEST

START_TEST(clock__monotonic_never_goes_back)
{
    const ob_clock *clock = ob_clock_os();
    uint64_t last = clock->monotonic(clock);
    for (int i = 0; i < 10000; i++) {
        uint64_t next = clock->monotonic(clock);
        ck_assert_uint_ge(next, last);
        last = next;
    }
}
END_TEST

START_TEST(clock__sleep_is_not_short)
{
    const ob_clock *clock = ob_clock_os();
    uint64_t before = clock->monotonic(clock);
    clock->sleep(clock, 30000000);
    uint64_t slept = clock->monotonic(clock) - before;
    ck_assert_uint_ge(slept, 29000000);
    before = clock->monotonic(clock);
    clock->sleep(clock, 0);
    ck_assert_uint_lt(clock->monotonic(clock) - before, 10 * (uint64_t)SECOND);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, clock__now_is_plausible);
    tcase_add_test(cases, clock__monotonic_never_goes_back);
    tcase_add_test(cases, clock__sleep_is_not_short);
}

OB_TEST_MAIN("clock", add_cases)
