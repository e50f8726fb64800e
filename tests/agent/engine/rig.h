/* An engine over a store in memory with a cache folder and fixed keys: what tests of the repository
 * start from. */
#ifndef OB_TEST_RIG_H
#define OB_TEST_RIG_H

#include "index/index.h"
#include "memory_store.h"
#include "ob/repo.h"
#include "ob/test.h"

typedef struct rig {
    ob_engine engine;
    ob_store *store;
    ob_keyring *keys;
    ob_test_fs fs; /* the engine's, over the real one */
} rig;

/* Keys that are the same each time: byte I of the master key is I, of epoch E's key E + I. */
ob_keyring *rig_keys(uint32_t epochs);

void rig_open(rig *self);
void rig_close(rig *self);
/* The engine gets another, empty cache folder. */
void rig_lose_cache(rig *self);

/* An index over the rig's store, with nothing read yet. */
typedef struct rig_index {
    ob_mutex lock;
    ob_tools_pool pool;
    ob_index index;
} rig_index;
void rig_index_open(rig_index *self, rig *over);
void rig_index_close(rig_index *self);

/* An entry whose id, place and length follow from `seed`. */
ob_index_entry rig_entry(uint64_t seed, uint32_t pack);
/* A pack's name that follows from `seed`. */
void rig_pack_name(uint64_t seed, uint8_t name[OB_SHA256_SIZE]);

/* Bytes that zstd shrinks to about half, different for each seed; free() them. */
uint8_t *rig_text(uint64_t seed, size_t length);
/* Writes such a chunk. */
ob_chunk_id rig_write(ob_repo *repo, uint64_t seed, size_t length);
/* Reads it and compares. */
void rig_check(ob_repo *repo, const ob_chunk_id *id, uint64_t seed, size_t length);

#endif
