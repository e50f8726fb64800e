#include "chunk/sum.h"

#include <string.h>

#define WORDS 8

/* Whole blocks. The words are read in the machine's own order, which is all the same here. */
static void add_blocks(ob_sum *sum, const uint8_t *data, size_t length)
{
    uint64_t words[WORDS];
    for (; length >= OB_SUM_BLOCK; data += OB_SUM_BLOCK, length -= OB_SUM_BLOCK) {
        memcpy(words, data, sizeof words);
        for (size_t i = 0; i < WORDS; i++) {
            sum->first[i] += words[i];
            sum->second[i] += sum->first[i];
        }
    }
}

void ob_sum_add(ob_sum *sum, const void *data, size_t length)
{
    const uint8_t *from = data;
    sum->length += length;
    if (sum->have > 0) {
        size_t missing = OB_SUM_BLOCK - sum->have;
        size_t part = length < missing ? length : missing;
        memcpy(sum->rest + sum->have, from, part);
        sum->have += part;
        from += part;
        length -= part;
        if (sum->have < OB_SUM_BLOCK) {
            return;
        }
        add_blocks(sum, sum->rest, OB_SUM_BLOCK);
        sum->have = 0;
    }
    size_t whole = length - length % OB_SUM_BLOCK;
    add_blocks(sum, from, whole);
    if (length > whole) {
        memcpy(sum->rest, from + whole, length - whole);
        sum->have = length - whole;
    }
}

uint64_t ob_sum_end(ob_sum *sum)
{
    memset(sum->rest + sum->have, 0, OB_SUM_BLOCK - sum->have);
    add_blocks(sum, sum->rest, OB_SUM_BLOCK);
    uint64_t mixed = sum->length;
    for (size_t i = 0; i < WORDS; i++) {
        /* An odd factor loses nothing; the shift brings the upper half down. */
        mixed = (mixed ^ sum->first[i]) * UINT64_C(0x9E3779B97F4A7C15);
        mixed ^= mixed >> 32;
        mixed = (mixed ^ sum->second[i]) * UINT64_C(0x9E3779B97F4A7C15);
        mixed ^= mixed >> 29;
    }
    return mixed;
}

uint64_t ob_sum_of(const void *data, size_t length)
{
    ob_sum sum = {0};
    ob_sum_add(&sum, data, length);
    return ob_sum_end(&sum);
}
