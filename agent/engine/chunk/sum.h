/*
 * A quick checksum of content, for what goes wrong by itself inside of this machine's memory; it is
 * never stored, and is no match for somebody who means it. Eight sums of 64-bit words and the sums
 * of those (Fletcher's way), so that any one changed word shows, and words that change places do.
 */
#ifndef OB_ENGINE_CHUNK_SUM_H
#define OB_ENGINE_CHUNK_SUM_H

#include <stddef.h>
#include <stdint.h>

#define OB_SUM_BLOCK 64

/* Zero it to begin. */
typedef struct ob_sum {
    uint64_t first[8], second[8];
    uint8_t rest[OB_SUM_BLOCK]; /* bytes that do not fill a block yet */
    size_t have;
    uint64_t length;
} ob_sum;

/* Content may come in pieces of any length. */
void ob_sum_add(ob_sum *sum, const void *data, size_t length);
uint64_t ob_sum_end(ob_sum *sum);

uint64_t ob_sum_of(const void *data, size_t length);

#endif
