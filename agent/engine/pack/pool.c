#include "pack/pool.h"

#include "ob/alloc.h"

#include <string.h>

#define NO_PAGE 0xFFFFFFFFu

struct ob_pool {
    uint8_t *memory;
    uint32_t *next;    /* of each page: the page behind it in its chain */
    ob_pooled *chunks; /* by slot: the number of a chain's first page */
    uint32_t *ready;   /* slots, in no order */
    uint32_t ready_count;
    uint32_t free_page; /* the chain of free ones */
    uint32_t pages, used;
};

ob_status ob_pool_new(uint32_t pages, ob_pool **out)
{
    ob_pool *pool = ob_calloc(1, sizeof *pool);
    if (pool == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "pool of chunks");
    }
    pool->memory = ob_realloc_array(NULL, pages, OB_POOL_PAGE);
    pool->next = ob_realloc_array(NULL, pages, sizeof pool->next[0]);
    pool->chunks = ob_realloc_array(NULL, pages, sizeof pool->chunks[0]);
    pool->ready = ob_realloc_array(NULL, pages, sizeof pool->ready[0]);
    if (pool->memory == NULL || pool->next == NULL || pool->chunks == NULL || pool->ready == NULL) {
        ob_pool_free(pool);
        return ob_fail(OB_E_NO_MEMORY, "pool of chunks");
    }
    for (uint32_t i = 0; i < pages; i++) {
        pool->next[i] = i + 1 < pages ? i + 1 : NO_PAGE;
    }
    pool->pages = pages;
    *out = pool;
    return OB_OK;
}

void ob_pool_free(ob_pool *pool)
{
    if (pool != NULL) {
        ob_free(pool->memory);
        ob_free(pool->next);
        ob_free(pool->chunks);
        ob_free(pool->ready);
        ob_free(pool);
    }
}

static uint32_t pages_for(uint32_t length)
{
    return (uint32_t)((length + OB_POOL_PAGE - 1) / OB_POOL_PAGE);
}

bool ob_pool_take(ob_pool *pool, const ob_pooled *chunk, uint32_t *slot)
{
    uint32_t need = pages_for(chunk->length);
    if (need == 0 || need > pool->pages - pool->used) {
        return false;
    }
    uint32_t last = pool->free_page;
    for (uint32_t i = 1; i < need; i++) {
        last = pool->next[last];
    }
    *slot = pool->free_page;
    pool->free_page = pool->next[last];
    pool->next[last] = NO_PAGE;
    pool->used += need;
    pool->chunks[*slot] = *chunk;
    return true;
}

void ob_pool_write(ob_pool *pool, uint32_t slot, const ob_coded *coded)
{
    uint8_t *page = pool->memory + (size_t)slot * OB_POOL_PAGE;
    size_t room = OB_POOL_PAGE - OB_CODEC_HEAD;
    const uint8_t *from = coded->payload;
    size_t left = coded->length;
    memcpy(page, coded->head, OB_CODEC_HEAD);
    page += OB_CODEC_HEAD;
    for (;;) {
        size_t part = left < room ? left : room;
        if (part > 0) {
            memcpy(page, from, part);
        }
        from += part;
        left -= part;
        slot = pool->next[slot];
        if (slot == NO_PAGE) {
            return;
        }
        page = pool->memory + (size_t)slot * OB_POOL_PAGE;
        room = OB_POOL_PAGE;
    }
}

void ob_pool_set_ready(ob_pool *pool, uint32_t slot)
{
    pool->ready[pool->ready_count++] = slot;
}

bool ob_pool_draw(ob_pool *pool, uint32_t random, uint32_t *slot)
{
    if (pool->ready_count == 0) {
        return false;
    }
    uint32_t *drawn = &pool->ready[random % pool->ready_count];
    *slot = *drawn;
    *drawn = pool->ready[--pool->ready_count];
    return true;
}

const ob_pooled *ob_pool_chunk(const ob_pool *pool, uint32_t slot)
{
    return &pool->chunks[slot];
}

void ob_pool_read(const ob_pool *pool, uint32_t slot, uint8_t *out)
{
    uint32_t left = pool->chunks[slot].length;
    for (uint32_t page = slot; page != NO_PAGE; page = pool->next[page]) {
        size_t part = left < OB_POOL_PAGE ? left : OB_POOL_PAGE;
        memcpy(out, pool->memory + (size_t)page * OB_POOL_PAGE, part);
        out += part;
        left -= (uint32_t)part;
    }
}

void ob_pool_give(ob_pool *pool, uint32_t slot)
{
    uint32_t last = slot;
    while (pool->next[last] != NO_PAGE) {
        last = pool->next[last];
    }
    pool->used -= pages_for(pool->chunks[slot].length);
    pool->next[last] = pool->free_page;
    pool->free_page = slot;
}

uint32_t ob_pool_ready(const ob_pool *pool)
{
    return pool->ready_count;
}

uint32_t ob_pool_pages_used(const ob_pool *pool)
{
    return pool->used;
}
