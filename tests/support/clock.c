#include "ob/test.h"

static int64_t now(const ob_clock *clock)
{
    const ob_test_clock *test = clock->context;
    return test->now;
}

static uint64_t monotonic(const ob_clock *clock)
{
    const ob_test_clock *test = clock->context;
    return test->monotonic;
}

static void sleep_for(const ob_clock *clock, uint64_t ns)
{
    ob_test_clock *test = clock->context;
    ob_test_clock_advance(test, ns);
    test->slept += ns;
}

void ob_test_clock_init(ob_test_clock *clock)
{
    *clock = (ob_test_clock){.clock = {clock, now, monotonic, sleep_for},
                             .now = INT64_C(1769860800) * 1000000000,
                             .monotonic = 1000000000};
}

void ob_test_clock_advance(ob_test_clock *clock, uint64_t ns)
{
    clock->now += (int64_t)ns;
    clock->monotonic += ns;
}
