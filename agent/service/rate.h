/* How fast a job goes, and how long it still takes: over the last seconds, so that a stretch of
 * unchanged files does not promise what the rest cannot keep. */
#ifndef OB_SERVICE_RATE_H
#define OB_SERVICE_RATE_H

#include <stdint.h>

#define OB_RATE_SAMPLES 16u

/* Zero-initialise. */
typedef struct ob_rate {
    struct {
        uint64_t time; /* ns, monotonic */
        uint64_t bytes;
    } samples[OB_RATE_SAMPLES]; /* a ring, at most one a half second */
    unsigned count;             /* ever taken */
} ob_rate;

/* `bytes` done so far, at `time`. */
void ob_rate_add(ob_rate *rate, uint64_t time, uint64_t bytes);
/* Of the last seconds; 0 until half a second has passed. */
int64_t ob_rate_per_second(const ob_rate *rate);
/* For `left` bytes at this rate; -1 if that is not known. */
int64_t ob_rate_seconds(const ob_rate *rate, uint64_t left);

#endif
