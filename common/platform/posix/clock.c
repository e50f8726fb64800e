#include "ob/clock.h"

#include <errno.h>
#include <time.h>

#define SECOND 1000000000u

static int64_t now(const ob_clock *clock)
{
    struct timespec time = {0};
    (void)clock;
    clock_gettime(CLOCK_REALTIME, &time);
    return (int64_t)time.tv_sec * SECOND + time.tv_nsec;
}

static uint64_t monotonic(const ob_clock *clock)
{
    struct timespec time = {0};
    (void)clock;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

static void sleep_for(const ob_clock *clock, uint64_t ns)
{
    struct timespec left = {.tv_sec = (time_t)(ns / SECOND), .tv_nsec = (long)(ns % SECOND)};
    (void)clock;
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

const ob_clock *ob_clock_os(void)
{
    static const ob_clock clock = {NULL, now, monotonic, sleep_for};
    return &clock;
}
