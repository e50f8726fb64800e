#include "ob/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

ob_test_rng ob_test_rng_new(uint64_t seed)
{
    const char *given = getenv("OB_TEST_SEED");
    if (given != NULL && given[0] != '\0') {
        seed = strtoull(given, NULL, 0);
    }
    printf("seed 0x%llx\n", (unsigned long long)seed);
    fflush(stdout);
    return (ob_test_rng){seed};
}

uint64_t ob_test_rng_next(ob_test_rng *rng)
{
    uint64_t z = rng->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t ob_test_rng_below(ob_test_rng *rng, uint64_t limit)
{
    return ob_test_rng_next(rng) % limit;
}

void ob_test_rng_fill(ob_test_rng *rng, void *data, size_t length)
{
    uint8_t *to = data;
    while (length > 0) {
        uint64_t value = ob_test_rng_next(rng);
        size_t count = length < sizeof value ? length : sizeof value;
        memcpy(to, &value, count);
        to += count;
        length -= count;
    }
}
