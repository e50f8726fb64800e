#include "index/packs.h"

#include "ob/alloc.h"

#include <string.h>

#define FIRST_CAPACITY 64
#define COUNT_MOST 0xFFFFFFF0u /* the numbers above mean something else */

void ob_packs_free(ob_packs *packs)
{
    ob_free(packs->info);
    ob_free(packs->slots);
    *packs = (ob_packs){0};
}

static ob_status no_memory(void)
{
    return ob_fail(OB_E_NO_MEMORY, "table of packs");
}

static ob_status grow(ob_packs *packs)
{
    if (packs->count < packs->capacity) {
        return OB_OK;
    }
    if (packs->capacity > COUNT_MOST / 2) {
        return ob_fail(OB_E_TOO_LARGE, "more than %u packs", (unsigned)packs->capacity);
    }
    uint32_t capacity = packs->capacity > 0 ? packs->capacity * 2 : FIRST_CAPACITY;
    ob_pack_info *info = ob_realloc_array(packs->info, capacity, sizeof info[0]);
    if (info == NULL) {
        return no_memory();
    }
    packs->info = info;
    packs->capacity = capacity;
    return OB_OK;
}

/* The slot that has the name, or the empty one where it belongs. Names are hashes. */
static uint32_t *slot_of(uint32_t *slots, uint32_t slot_count, const ob_pack_info *info,
                         const uint8_t *name)
{
    uint32_t at = 0;
    memcpy(&at, name, sizeof at);
    at &= slot_count - 1;
    while (slots[at] != 0 && memcmp(info[slots[at] - 1].name, name, OB_SHA256_SIZE) != 0) {
        at = (at + 1) & (slot_count - 1);
    }
    return &slots[at];
}

ob_status ob_packs_reserve_name(ob_packs *packs)
{
    /* Packs that are filling get their names later: count them in. */
    if (packs->count < packs->slot_count / 2) {
        return OB_OK;
    }
    uint32_t slot_count = packs->slot_count > 0 ? packs->slot_count * 2 : FIRST_CAPACITY * 4;
    uint32_t *slots = ob_calloc(slot_count, sizeof slots[0]);
    if (slots == NULL) {
        return no_memory();
    }
    for (uint32_t i = 0; i < packs->count; i++) {
        if ((packs->info[i].flags & OB_PACK_FILLING) == 0) {
            *slot_of(slots, slot_count, packs->info, packs->info[i].name) = i + 1;
        }
    }
    ob_free(packs->slots);
    packs->slots = slots;
    packs->slot_count = slot_count;
    return OB_OK;
}

static ob_status add(ob_packs *packs, uint8_t class, uint8_t flags, uint32_t *number)
{
    ob_status status = grow(packs);
    if (!OB_FAILED(status)) {
        status = ob_packs_reserve_name(packs);
    }
    if (!OB_FAILED(status)) {
        *number = packs->count++;
        packs->info[*number] = (ob_pack_info){.class = class, .flags = flags};
    }
    return status;
}

ob_status ob_packs_add_filling(ob_packs *packs, uint8_t class, uint32_t *number)
{
    return add(packs, class, OB_PACK_FILLING, number);
}

void ob_packs_set_name(ob_packs *packs, uint32_t number, const uint8_t name[OB_SHA256_SIZE],
                       uint32_t size)
{
    ob_pack_info *info = &packs->info[number];
    memcpy(info->name, name, OB_SHA256_SIZE);
    info->size = size;
    info->flags &= (uint8_t)~OB_PACK_FILLING;
    *slot_of(packs->slots, packs->slot_count, packs->info, name) = number + 1;
    packs->named++;
}

ob_status ob_packs_add(ob_packs *packs, const uint8_t name[OB_SHA256_SIZE], uint32_t size,
                       uint8_t class, uint32_t *number)
{
    uint32_t added = 0;
    if (ob_packs_find(packs, name, number)) {
        return OB_OK;
    }
    ob_status status = add(packs, class, OB_PACK_FILLING, &added);
    if (!OB_FAILED(status)) {
        ob_packs_set_name(packs, added, name, size);
        *number = added;
    }
    return status;
}

bool ob_packs_find(const ob_packs *packs, const uint8_t name[OB_SHA256_SIZE], uint32_t *number)
{
    if (packs->slot_count == 0) {
        return false;
    }
    uint32_t slot = *slot_of(packs->slots, packs->slot_count, packs->info, name);
    if (slot == 0) {
        return false;
    }
    *number = slot - 1;
    return true;
}
