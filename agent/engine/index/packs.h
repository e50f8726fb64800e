/*
 * The packs that the repository knows, each by a number that is good until the repository is
 * closed. Not locked: the index's owner does that.
 */
#ifndef OB_ENGINE_INDEX_PACKS_H
#define OB_ENGINE_INDEX_PACKS_H

#include "pack/seal.h"

#include <stdbool.h>

enum ob_pack_flags {
    OB_PACK_FILLING = 1, /* has no name yet */
    OB_PACK_MISSING = 2, /* the store does not have it, or not in its length */
    OB_PACK_USED = 4,    /* the point being made needs it */
    OB_PACK_LISTED = 8,  /* an index object of the store lists it */
    OB_PACK_MET = 16     /* seen in a listing of the store */
};

typedef struct ob_pack_info {
    uint8_t name[OB_SHA256_SIZE];
    uint32_t size; /* bytes */
    uint8_t class; /* ob_chunk_class */
    uint8_t flags;
} ob_pack_info;

/* Zero-initialise before use. */
typedef struct ob_packs {
    ob_pack_info *info;
    uint32_t count, capacity;
    uint32_t *slots;     /* of the search by name: number + 1, 0 = empty */
    uint32_t slot_count; /* a power of two */
    uint32_t named;
} ob_packs;

void ob_packs_free(ob_packs *packs);
/* A pack that is being filled. */
ob_status ob_packs_add_filling(ob_packs *packs, uint8_t class, uint32_t *number);
/* Makes room first, so that naming a filling pack cannot fail. */
ob_status ob_packs_reserve_name(ob_packs *packs);
void ob_packs_set_name(ob_packs *packs, uint32_t number, const uint8_t name[OB_SHA256_SIZE],
                       uint32_t size);
/* The pack's number, added if it is not there. */
ob_status ob_packs_add(ob_packs *packs, const uint8_t name[OB_SHA256_SIZE], uint32_t size,
                       uint8_t class, uint32_t *number);
bool ob_packs_find(const ob_packs *packs, const uint8_t name[OB_SHA256_SIZE], uint32_t *number);

#endif
