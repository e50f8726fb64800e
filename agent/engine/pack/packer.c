#include "pack/packer.h"

#include "ob/alloc.h"
#include "ob/host.h"
#include "ob/text.h"
#include "pack/build.h"

#include <stdio.h>
#include <string.h>

#define RANDOM_KEPT 256

struct ob_packer {
    ob_packing *shared;
    ob_chunk_class class;
    ob_packer_limits limits;
    ob_pool *pool;
    ob_pack_build *current; /* being filled; NULL: none */
    ob_pack_build *spare;   /* empty ones */
    unsigned live;          /* packs that exist, wherever they are */
    uint32_t random[RANDOM_KEPT];
    unsigned random_left;
};

ob_status ob_packer_new(ob_packing *shared, ob_chunk_class class, const ob_packer_limits *limits,
                        ob_packer **out)
{
    ob_packer *packer = ob_calloc(1, sizeof *packer);
    if (packer == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "packer");
    }
    packer->shared = shared;
    packer->class = class;
    packer->limits = *limits;
    *out = packer;
    return OB_OK;
}

static void drop_memory(ob_packer *packer)
{
    while (packer->spare != NULL) {
        ob_pack_build *next = packer->spare->next;
        ob_pack_build_free(packer->spare);
        packer->spare = next;
        packer->live--;
    }
    ob_pool_free(packer->pool);
    packer->pool = NULL;
}

void ob_packer_free(ob_packer *packer)
{
    if (packer != NULL) {
        ob_pack_build_free(packer->current);
        drop_memory(packer);
        ob_free(packer);
    }
}

ob_status ob_packing_status(const ob_packing *shared)
{
    return shared->failed == OB_OK ? OB_OK : ob_fail(shared->failed, "%s", shared->why);
}

/* From now on nothing can be believed to be stored. */
static ob_status give_up(ob_packing *shared, ob_status status)
{
    if (shared->failed == OB_OK) {
        shared->failed = status;
        snprintf(shared->why, sizeof shared->why, "%s", ob_detail());
    }
    ob_cond_broadcast(&shared->changed);
    return status;
}

static ob_status next_random(ob_packer *packer, uint32_t *out)
{
    if (packer->random_left == 0) {
        ob_status status = ob_random(packer->random, sizeof packer->random);
        if (OB_FAILED(status)) {
            return status;
        }
        packer->random_left = RANDOM_KEPT;
    }
    *out = packer->random[--packer->random_left];
    return OB_OK;
}

/* Makes `current`, if a pack may be begun now. */
static ob_status begin_pack(ob_packer *packer)
{
    ob_packing *shared = packer->shared;
    ob_pack_build *build = packer->spare;
    uint32_t number = 0;
    ob_status status = OB_OK;
    if (build == NULL && packer->live >= packer->limits.buffers) {
        return OB_OK;
    }
    if (build == NULL) {
        status = ob_pack_build_new(packer->limits.pack, &build);
        if (OB_FAILED(status)) {
            return status;
        }
        packer->live++;
    } else {
        packer->spare = build->next;
    }
    status = ob_pack_build_begin(build, shared->keys, (uint8_t)packer->class,
                                 ob_tools_new_tag(shared->pool));
    if (!OB_FAILED(status)) {
        status = ob_packs_add_filling(&shared->index->packs, (uint8_t)packer->class, &number);
    }
    if (OB_FAILED(status)) {
        build->next = packer->spare;
        packer->spare = build;
        return status;
    }
    build->number = number;
    packer->current = build;
    return OB_OK;
}

/* Finishes a pack that nobody fills any more and uploads it. Lock held, let go meanwhile. */
static ob_status finish_pack(ob_packer *packer, ob_tools *tools, ob_pack_build *build)
{
    ob_packing *shared = packer->shared;
    uint8_t name[OB_SHA256_SIZE];
    char text[OB_SHA256_HEX];
    size_t size = 0;
    while (build->busy > 0) {
        ob_cond_wait(&shared->changed, &shared->lock);
    }
    ob_status status = ob_packing_status(shared);
    if (!OB_FAILED(status)) {
        ob_mutex_unlock(&shared->lock);
        status = ob_pack_build_end(build, tools, name, &size);
        if (!OB_FAILED(status)) {
            ob_hex_encode(text, name, sizeof name);
            status =
                shared->store->ops->put(shared->store, OB_OBJECT_PACK, text, build->data, size);
        }
        ob_mutex_lock(&shared->lock);
    }
    if (OB_FAILED(status)) {
        give_up(shared, status);
    } else {
        ob_packs_set_name(&shared->index->packs, build->number, name, (uint32_t)size);
        ob_index_use(shared->index, build->number);
        shared->index->ready += build->count;
        shared->packs_written++;
    }
    build->next = packer->spare;
    packer->spare = build;
    ob_cond_broadcast(&shared->changed);
    return status;
}

/* Seals a chunk that was drawn into the current pack, where it fits. */
static ob_status place_chunk(ob_packer *packer, ob_tools *tools, uint32_t slot)
{
    ob_packing *shared = packer->shared;
    ob_pack_build *build = packer->current;
    const ob_pooled chunk = *ob_pool_chunk(packer->pool, slot);
    const ob_toc_entry *entry = ob_pack_build_place(build, &chunk);
    ob_index_entry *indexed = ob_chunk_table_find(&shared->index->recent, &chunk.id);
    uint32_t at = entry->offset;
    indexed->pack = build->number;
    indexed->offset = entry->offset;
    indexed->length = entry->stored;
    build->busy++;
    ob_mutex_unlock(&shared->lock);
    ob_pool_read(packer->pool, slot, build->data + at);
    ob_status status =
        ob_pack_build_seal(build, tools, at, chunk.length, shared->skip_check ? NULL : &chunk.sum);
    ob_mutex_lock(&shared->lock);
    ob_pool_give(packer->pool, slot);
    build->busy--;
    if (OB_FAILED(status)) {
        give_up(shared, status);
    }
    ob_cond_broadcast(&shared->changed);
    return status;
}

/* Moves one chunk from the pool to a pack, or finishes the pack that it does not fit into. *idle:
 * there was nothing to be done, somebody else has to come on first. A failure that nothing is lost
 * by (no memory for a pack) may be tried again. */
static ob_status step(ob_packer *packer, ob_tools *tools, bool *idle)
{
    uint32_t random = 0;
    uint32_t slot = 0;
    *idle = false;
    ob_status status = ob_packing_status(packer->shared);
    if (!OB_FAILED(status)) {
        status = next_random(packer, &random);
    }
    if (!OB_FAILED(status) && packer->current == NULL && ob_pool_ready(packer->pool) > 0) {
        status = begin_pack(packer);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    if (packer->current == NULL || !ob_pool_draw(packer->pool, random, &slot)) {
        *idle = true;
        return OB_OK;
    }
    if (ob_pack_build_fits(packer->current, ob_pool_chunk(packer->pool, slot)->length)) {
        return place_chunk(packer, tools, slot);
    }
    ob_pack_build *full = packer->current;
    packer->current = NULL;
    ob_pool_set_ready(packer->pool, slot);
    return finish_pack(packer, tools, full);
}

/* Takes room in the pool, making some if there is none. *known: the index has the chunk meanwhile.
 */
static ob_status take_room(ob_packer *packer, ob_tools *tools, const ob_pooled *chunk,
                           uint32_t *slot, bool *known)
{
    ob_packing *shared = packer->shared;
    ob_index_entry there;
    for (;;) {
        bool idle = false;
        ob_status status = ob_packing_status(shared);
        if (OB_FAILED(status)) {
            return status;
        }
        *known = ob_index_find(shared->index, &chunk->id, 0, &there);
        if (*known) {
            ob_index_use(shared->index, there.pack);
            return OB_OK;
        }
        if (packer->pool == NULL) {
            status = ob_pool_new(packer->limits.pool_pages, &packer->pool);
            if (OB_FAILED(status)) {
                return status;
            }
        }
        if (ob_pool_take(packer->pool, chunk, slot)) {
            return OB_OK;
        }
        status = step(packer, tools, &idle);
        if (OB_FAILED(status)) {
            return status;
        }
        if (idle) {
            ob_cond_wait(&shared->changed, &shared->lock);
        }
    }
}

static bool is_over_target(const ob_packer *packer)
{
    return ob_pool_pages_used(packer->pool) > packer->limits.pool_target;
}

ob_status ob_packer_add(ob_packer *packer, ob_tools *tools, const ob_pooled *chunk,
                        const ob_coded *coded, uint64_t *stored)
{
    ob_packing *shared = packer->shared;
    ob_index_entry entry = {.id = chunk->id, .pack = OB_PACK_POOLED};
    uint32_t slot = 0;
    bool known = false;
    bool idle = false;
    ob_mutex_lock(&shared->lock);
    ob_status status = take_room(packer, tools, chunk, &slot, &known);
    if (OB_FAILED(status) || known) {
        ob_mutex_unlock(&shared->lock);
        if (!OB_FAILED(status)) {
            *stored = 0;
        }
        return status;
    }
    status = ob_chunk_table_put(&shared->index->recent, &entry);
    if (OB_FAILED(status)) {
        ob_pool_give(packer->pool, slot);
        ob_mutex_unlock(&shared->lock);
        return status;
    }
    ob_mutex_unlock(&shared->lock);
    ob_pool_write(packer->pool, slot, coded);
    ob_mutex_lock(&shared->lock);
    ob_pool_set_ready(packer->pool, slot);
    ob_cond_broadcast(&shared->changed);
    while (!OB_FAILED(status) && !idle && is_over_target(packer)) {
        status = step(packer, tools, &idle);
    }
    if (OB_FAILED(status)) {
        /* What only had to wait is in the pool and keeps. */
        status = ob_packing_status(shared);
    }
    bool due = !OB_FAILED(status) && ob_index_checkpoint_due(shared->index);
    ob_mutex_unlock(&shared->lock);
    if (due) {
        status = ob_index_checkpoint(shared->index);
    }
    if (!OB_FAILED(status)) {
        *stored = chunk->length + OB_GCM_TAG;
    }
    return status;
}

ob_status ob_packer_flush(ob_packer *packer, ob_tools *tools)
{
    ob_packing *shared = packer->shared;
    ob_mutex_lock(&shared->lock);
    ob_status status = ob_packing_status(shared);
    while (!OB_FAILED(status) && packer->pool != NULL && ob_pool_pages_used(packer->pool) > 0) {
        bool idle = false;
        status = step(packer, tools, &idle);
        if (!OB_FAILED(status) && idle) {
            ob_cond_wait(&shared->changed, &shared->lock);
        }
    }
    if (!OB_FAILED(status) && packer->current != NULL) {
        ob_pack_build *last = packer->current;
        packer->current = NULL;
        status = finish_pack(packer, tools, last);
    }
    drop_memory(packer);
    ob_mutex_unlock(&shared->lock);
    return status;
}
