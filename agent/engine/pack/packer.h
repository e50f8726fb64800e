/*
 * Fills packs of one class and uploads them. A chunk goes through the pool to its place in the pack
 * that is being filled, is sealed there, opened again, decoded and compared by its sum; a full pack
 * gets its padding, table of contents and footer, its name, and goes to the store. Whatever takes
 * time is done without the lock, by the thread that came to it.
 *
 * After a failure that may have lost a chunk which some caller believes to be stored, everything
 * fails with the same status until the repository is closed.
 */
#ifndef OB_ENGINE_PACK_PACKER_H
#define OB_ENGINE_PACK_PACKER_H

#include "index/index.h"
#include "pack/pool.h"
#include "pack/tools.h"

typedef struct ob_packer ob_packer;

/* What the packers of a repository share. */
typedef struct ob_packing {
    ob_mutex lock;   /* the index's lock too */
    ob_cond changed; /* room, a pack or a chunk came free */
    const ob_keyring *keys;
    ob_store *store;
    ob_index *index;
    ob_tools_pool *pool;
    bool skip_check;
    uint64_t packs_written;
    ob_status failed;
    char why[512]; /* its detail */
} ob_packing;

typedef struct ob_packer_limits {
    size_t pack;          /* bytes of a pack at most, a multiple of 64 KiB */
    uint32_t pool_pages;  /* room of the pool */
    uint32_t pool_target; /* pages that are in use when nothing waits */
    unsigned buffers;     /* packs that are being filled or uploaded */
} ob_packer_limits;

ob_status ob_packer_new(ob_packing *shared, ob_chunk_class class, const ob_packer_limits *limits,
                        ob_packer **out);
void ob_packer_free(ob_packer *packer); /* drops what is not uploaded; takes NULL */

/* Adds a coded chunk unless the index has it by now. *stored = bytes it takes. Locks. */
ob_status ob_packer_add(ob_packer *packer, ob_tools *tools, const ob_pooled *chunk,
                        const ob_coded *coded, uint64_t *stored);
/* Uploads everything, and gives back the memory. No add may be under way. Locks. */
ob_status ob_packer_flush(ob_packer *packer, ob_tools *tools);

/* The status that everything fails with, with its detail, or OB_OK. Lock held. */
ob_status ob_packing_status(const ob_packing *shared);

#endif
