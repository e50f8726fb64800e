#include "ob/test.h"

#include <stdatomic.h>
#include <stdlib.h>

static struct {
    atomic_uint_fast64_t count;
    atomic_int_fast64_t live;
    atomic_bool hit;
    uint64_t fail_at;
    bool from_then_on;
} memory;

static void *resize(void *context, void *block, size_t size)
{
    (void)context;
    uint64_t number = atomic_fetch_add(&memory.count, 1) + 1;
    bool fails = memory.from_then_on ? number >= memory.fail_at : number == memory.fail_at;
    if (memory.fail_at != 0 && fails) {
        atomic_store(&memory.hit, true);
        return NULL;
    }
    void *result = realloc(block, size);
    if (block == NULL && result != NULL) {
        atomic_fetch_add(&memory.live, 1);
    }
    return result;
}

static void release(void *context, void *block)
{
    (void)context;
    atomic_fetch_sub(&memory.live, 1);
    free(block);
}

void ob_test_alloc_begin(uint64_t fail_at, bool from_then_on)
{
    static const ob_allocator allocator = {resize, release, NULL};
    atomic_store(&memory.count, 0);
    atomic_store(&memory.live, 0);
    atomic_store(&memory.hit, false);
    memory.fail_at = fail_at;
    memory.from_then_on = from_then_on;
    ob_allocator_set(&allocator);
}

bool ob_test_alloc_end(void)
{
    ob_allocator_set(NULL);
    return atomic_load(&memory.hit);
}

uint64_t ob_test_alloc_count(void)
{
    return atomic_load(&memory.count);
}

int64_t ob_test_alloc_live(void)
{
    return atomic_load(&memory.live);
}
