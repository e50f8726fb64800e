/*
 * What one thread needs at a time to make and to open sealed blocks: a hasher, a codec and a
 * cipher. They are kept in a pool, so that a chunk costs no allocation.
 */
#ifndef OB_ENGINE_PACK_TOOLS_H
#define OB_ENGINE_PACK_TOOLS_H

#include "chunk/codec.h"
#include "chunk/hasher.h"
#include "ob/thread.h"
#include "pack/seal.h"

#define OB_PIECE ((size_t)64 << 10)

typedef struct ob_tools {
    ob_hasher *hasher;
    ob_codec *codec;
    ob_gcm *gcm;
    uint64_t key_tag; /* says whose key the cipher has; 0 = nobody's */
    uint8_t *piece;   /* OB_PIECE bytes */
    ob_buf sealed;    /* a chunk as it came from the store */
    struct ob_tools *next;
} ob_tools;

typedef struct ob_tools_pool {
    ob_mutex lock;
    ob_tools *idle;
    uint64_t last_tag;
    int level;
    uint8_t id_key[OB_ID_KEY];
} ob_tools_pool;

ob_status ob_tools_pool_init(ob_tools_pool *pool, const ob_keyring *keys, bool small);
void ob_tools_pool_destroy(ob_tools_pool *pool); /* all tools are back */
ob_status ob_tools_take(ob_tools_pool *pool, ob_tools **out);
void ob_tools_give(ob_tools_pool *pool, ob_tools *tools); /* takes NULL */
/* A number for a key that no other key of the pool has. */
uint64_t ob_tools_new_tag(ob_tools_pool *pool);

/* Gives the cipher a key, unless it has it already. */
ob_status ob_tools_set_key(ob_tools *tools, const uint8_t key[OB_KEY_SIZE], uint64_t tag);
/* The key of a small object. */
ob_status ob_tools_use_header(ob_tools *tools, const ob_object_header *header,
                              const ob_keyring *keys);

/* Appends `data` to `out` as a sealed coded block. The cipher must have the key. */
ob_status ob_tools_seal_block(ob_tools *tools, const ob_object_header *header,
                              const ob_place *place, const void *data, size_t length, ob_buf *out);
/* The reverse; `out` is replaced. `sealed` is overwritten. OB_E_SEAL without a detail. */
ob_status ob_tools_open_block(ob_tools *tools, const ob_object_header *header,
                              const ob_place *place, uint8_t *sealed, size_t length, size_t most,
                              ob_buf *out);
/* Opens and decodes a sealed chunk that stays as it is, and sums its content (chunk/sum.h):
 * OB_E_SEAL without a detail, OB_E_CORRUPT if the content has another sum. */
ob_status ob_tools_check_chunk(ob_tools *tools, const ob_object_header *header,
                               const ob_place *place, const uint8_t *sealed, size_t length,
                               uint64_t sum);

#endif
