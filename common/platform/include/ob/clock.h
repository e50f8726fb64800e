/* Time, as a seam: tests pass a virtual clock. */
#ifndef OB_CLOCK_H
#define OB_CLOCK_H

#include <stdint.h>

typedef struct ob_clock ob_clock;
struct ob_clock {
    void *context;
    int64_t (*now)(const ob_clock *clock);        /* ns since 1970 UTC; may jump */
    uint64_t (*monotonic)(const ob_clock *clock); /* ns, never goes back */
    void (*sleep)(const ob_clock *clock, uint64_t ns);
};

const ob_clock *ob_clock_os(void);

#endif
