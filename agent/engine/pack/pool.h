/*
 * Coded chunks that wait for their place in a pack. They leave in random order, so that the order
 * of chunks in a pack does not tell the order in the source. One fixed block of memory in pages; a
 * chunk is a chain of pages, so that nothing is allocated and nothing is moved.
 *
 * The caller locks, but for writing to and reading from a slot that it has for itself.
 */
#ifndef OB_ENGINE_PACK_POOL_H
#define OB_ENGINE_PACK_POOL_H

#include "chunk/codec.h"
#include "ob/repo.h"

#include <stdbool.h>

#define OB_POOL_PAGE ((size_t)4096)

typedef struct ob_pool ob_pool;

/* A waiting chunk. */
typedef struct ob_pooled {
    ob_chunk_id id;
    uint32_t raw;    /* bytes of content */
    uint32_t length; /* of the coded block */
    uint64_t sum;    /* of the content, made before its id: chunk/sum.h */
} ob_pooled;

ob_status ob_pool_new(uint32_t pages, ob_pool **out);
void ob_pool_free(ob_pool *pool); /* takes NULL */

/* Takes room for a coded block; false if there is not enough. */
bool ob_pool_take(ob_pool *pool, const ob_pooled *chunk, uint32_t *slot);
void ob_pool_write(ob_pool *pool, uint32_t slot, const ob_coded *coded); /* no lock */
void ob_pool_set_ready(ob_pool *pool, uint32_t slot);

/* Takes out the `random`th (modulo their number) of those that are ready; false if none is. */
bool ob_pool_draw(ob_pool *pool, uint32_t random, uint32_t *slot);
const ob_pooled *ob_pool_chunk(const ob_pool *pool, uint32_t slot);
void ob_pool_read(const ob_pool *pool, uint32_t slot, uint8_t *out); /* no lock */
void ob_pool_give(ob_pool *pool, uint32_t slot);                     /* its pages are free again */

uint32_t ob_pool_ready(const ob_pool *pool);
uint32_t ob_pool_pages_used(const ob_pool *pool);

#endif
