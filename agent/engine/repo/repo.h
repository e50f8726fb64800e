/* Inside of a repository: shared by its writing and its reading half. */
#ifndef OB_ENGINE_REPO_REPO_H
#define OB_ENGINE_REPO_REPO_H

#include "pack/packer.h"
#include "pack/read.h"

struct ob_repo {
    const ob_engine *engine;
    bool for_write;
    uint32_t retain_days; /* of points that are committed */
    ob_mutex loading; /* one thread loads the index of a repository that is only read */
    bool loaded;
    uint64_t looked; /* how often look_harder() found more to look at; under `loading` */
    ob_packing packing; /* its lock is the index's */
    ob_index *index;
    ob_tools_pool pool;
    ob_packer *packers[2]; /* by ob_chunk_class */
    ob_pack_keys *keys;
    ob_buf notes; /* damaged chunks that reading met; under packing.lock */
    bool whole;   /* ob_repo_load_whole() was done: there is nothing more to look for */
};

/* A new index, not loaded yet. */
ob_status ob_repo_new_index(ob_repo *repo, ob_index **out);
void ob_repo_free_index(ob_index *index); /* takes NULL */

/* For whoever has to know that a chunk is nowhere. Loads the index of a repository that is open for
 * reading, looks at each block of its files, and reads the tables of contents of all packs that no
 * index object lists, without writing anything into the store. No other thread uses the repository
 * yet. */
ob_status ob_repo_load_whole(ob_repo *repo);

#endif
