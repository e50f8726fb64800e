/*
 * Places where the store has a chunk that cannot be read. Nothing is deduplicated against one, and
 * it is read only when there is no other. Such places are written into index objects of their own,
 * so that they are known after the cache is lost. docs/FORMAT.md, "Index object".
 */
#ifndef OB_ENGINE_INDEX_DAMAGE_H
#define OB_ENGINE_INDEX_DAMAGE_H

#include "pack/seal.h"

#include <stdbool.h>

#define OB_BAD_PLACES_MOST ((size_t)1 << 20)

/* A set of (pack, offset). Zero-initialise before use. */
typedef struct ob_bad_places {
    uint64_t *slots; /* hashes; 0 = empty */
    size_t capacity; /* 0 or a power of two */
    size_t count;
} ob_bad_places;

void ob_bad_places_free(ob_bad_places *places);
/* OB_E_NO_MEMORY; OB_E_TOO_LARGE with more than OB_BAD_PLACES_MOST. */
ob_status ob_bad_places_add(ob_bad_places *places, const uint8_t pack[OB_SHA256_SIZE],
                            uint32_t offset);
/* A place is told by 64 bits of pack and offset: a good one that is taken for bad costs an upload.
 */
bool ob_bad_places_has(const ob_bad_places *places, const uint8_t pack[OB_SHA256_SIZE],
                       uint32_t offset);

#endif
