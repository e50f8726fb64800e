#include "rate.h"

#define SECOND UINT64_C(1000000000)
#define STEP (SECOND / 2)

static unsigned place(unsigned number)
{
    return number % OB_RATE_SAMPLES;
}

void ob_rate_add(ob_rate *rate, uint64_t time, uint64_t bytes)
{
    /* The newest place follows each call; a step further a new place is taken. */
    if (rate->count < 2 || time - rate->samples[place(rate->count - 2)].time >= STEP) {
        rate->count++;
    }
    rate->samples[place(rate->count - 1)].time = time;
    rate->samples[place(rate->count - 1)].bytes = bytes;
}

int64_t ob_rate_per_second(const ob_rate *rate)
{
    if (rate->count < 2) {
        return 0;
    }
    unsigned oldest = rate->count > OB_RATE_SAMPLES ? rate->count - OB_RATE_SAMPLES : 0;
    unsigned newest = place(rate->count - 1);
    oldest = place(oldest);
    uint64_t time = rate->samples[newest].time - rate->samples[oldest].time;
    uint64_t bytes = rate->samples[newest].bytes - rate->samples[oldest].bytes;
    if (time < STEP || rate->samples[newest].bytes < rate->samples[oldest].bytes) {
        return 0;
    }
    return (int64_t)((double)bytes * (double)SECOND / (double)time);
}

int64_t ob_rate_seconds(const ob_rate *rate, uint64_t left)
{
    int64_t per_second = ob_rate_per_second(rate);
    if (left == 0) {
        return 0;
    }
    return per_second > 0 ? (int64_t)(left / (uint64_t)per_second) + 1 : -1;
}
