#include "index/damage.h"

#include "ob/alloc.h"

#include <string.h>

#define FIRST_CAPACITY ((size_t)64)

/* Names are hashes already. */
static uint64_t hash_of(const uint8_t *pack, uint32_t offset)
{
    uint64_t hash = 0;
    memcpy(&hash, pack, sizeof hash);
    hash ^= offset * UINT64_C(0x9E3779B97F4A7C15);
    return hash != 0 ? hash : 1;
}

static uint64_t *slot_of(uint64_t *slots, size_t capacity, uint64_t hash)
{
    size_t at = (size_t)(hash ^ hash >> 32) & (capacity - 1);
    while (slots[at] != 0 && slots[at] != hash) {
        at = (at + 1) & (capacity - 1);
    }
    return &slots[at];
}

void ob_bad_places_free(ob_bad_places *places)
{
    ob_free(places->slots);
    *places = (ob_bad_places){0};
}

static ob_status grow(ob_bad_places *places)
{
    size_t capacity = places->capacity > 0 ? places->capacity * 2 : FIRST_CAPACITY;
    uint64_t *slots = ob_calloc(capacity, sizeof slots[0]);
    if (slots == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a list of damaged chunks");
    }
    for (size_t i = 0; i < places->capacity; i++) {
        if (places->slots[i] != 0) {
            *slot_of(slots, capacity, places->slots[i]) = places->slots[i];
        }
    }
    ob_free(places->slots);
    places->slots = slots;
    places->capacity = capacity;
    return OB_OK;
}

ob_status ob_bad_places_add(ob_bad_places *places, const uint8_t pack[OB_SHA256_SIZE],
                            uint32_t offset)
{
    if (ob_bad_places_has(places, pack, offset)) {
        return OB_OK;
    }
    if (places->count >= OB_BAD_PLACES_MOST) {
        return ob_fail(OB_E_TOO_LARGE, "more than %zu damaged chunks", OB_BAD_PLACES_MOST);
    }
    ob_status status = places->count >= places->capacity / 2 ? grow(places) : OB_OK;
    if (!OB_FAILED(status)) {
        uint64_t hash = hash_of(pack, offset);
        *slot_of(places->slots, places->capacity, hash) = hash;
        places->count++;
    }
    return status;
}

bool ob_bad_places_has(const ob_bad_places *places, const uint8_t pack[OB_SHA256_SIZE],
                       uint32_t offset)
{
    return places->count > 0 &&
           *slot_of(places->slots, places->capacity, hash_of(pack, offset)) != 0;
}
