#include "ob/clock.h"

#include <windows.h>

#define SECOND UINT64_C(1000000000)

static int64_t now(const ob_clock *clock)
{
    FILETIME time;
    (void)clock;
    GetSystemTimePreciseAsFileTime(&time);
    uint64_t ticks = (uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime;
    return ((int64_t)ticks - INT64_C(116444736000000000)) * 100;
}

static uint64_t monotonic(const ob_clock *clock)
{
    LARGE_INTEGER count;
    LARGE_INTEGER frequency;
    (void)clock;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&frequency);
    uint64_t ticks = (uint64_t)count.QuadPart;
    uint64_t rate = (uint64_t)frequency.QuadPart;
    return ticks / rate * SECOND + ticks % rate * SECOND / rate;
}

static void sleep_for(const ob_clock *clock, uint64_t ns)
{
    uint64_t ms = ns / 1000000 + (ns % 1000000 != 0 ? 1 : 0);
    (void)clock;
    while (ms > 0) {
        DWORD piece = ms < 0x7FFFFFFF ? (DWORD)ms : 0x7FFFFFFF;
        Sleep(piece);
        ms -= piece;
    }
}

const ob_clock *ob_clock_os(void)
{
    static const ob_clock clock = {NULL, now, monotonic, sleep_for};
    return &clock;
}
