/* Inside of a repository: shared by its writing and its reading half. */
#ifndef OB_ENGINE_REPO_REPO_H
#define OB_ENGINE_REPO_REPO_H

#include "pack/packer.h"
#include "pack/read.h"

struct ob_repo {
    const ob_engine *engine;
    bool for_write;
    ob_mutex loading; /* one thread loads the index of a repository that is only read */
    bool loaded;
    uint64_t looked; /* how often look_harder() found more to look at; under `loading` */
    ob_packing packing; /* its lock is the index's */
    ob_index *index;
    ob_tools_pool pool;
    ob_packer *packers[2]; /* by ob_chunk_class */
    ob_pack_keys *keys;
};

/* A new index, not loaded yet. */
ob_status ob_repo_new_index(ob_repo *repo, ob_index **out);
void ob_repo_free_index(ob_index *index); /* takes NULL */

#endif
