#include "repo/repo.h"

#include "chunk/sum.h"
#include "ob/alloc.h"
#include "pack/build.h"
#include "repo/damage.h"
#include "repo/point_object.h"

#include <stdlib.h>
#include <string.h>

#define WORKERS_MOST 8

ob_status ob_repo_new_index(ob_repo *repo, ob_index **out)
{
    ob_index *index = ob_calloc(1, sizeof *index);
    if (index == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "index");
    }
    ob_status status = ob_index_init(index, repo->engine, &repo->pool, &repo->packing.lock);
    if (OB_FAILED(status)) {
        ob_repo_free_index(index);
        return status;
    }
    *out = index;
    return OB_OK;
}

void ob_repo_free_index(ob_index *index)
{
    if (index != NULL) {
        ob_index_destroy(index);
        ob_free(index);
    }
}

/* docs/FORMAT.md, "Memory", has the sums. */
static ob_status make_packers(ob_repo *repo)
{
    unsigned workers = repo->engine->workers > 0 ? repo->engine->workers : ob_thread_processors();
    workers = workers < WORKERS_MOST ? workers : WORKERS_MOST;
    unsigned more = workers > 2 ? workers - 2 : 0;
    const ob_packer_limits data = {
        .pack = (size_t)16 << 20,
        .pool_pages = 2048 + 512 * more,
        .pool_target = 1024 + 256 * more,
        .buffers = 1 + (more + 1) / 2,
    };
    const ob_packer_limits meta = {
        /* Room for the longest chunk there can be. */
        .pack = ((size_t)4 << 20) + 4 * OB_PAD_LARGE,
        .pool_pages = 1088,
        .pool_target = 256,
        .buffers = 1,
    };
    ob_status status =
        ob_packer_new(&repo->packing, OB_CHUNK_DATA, &data, &repo->packers[OB_CHUNK_DATA]);
    if (!OB_FAILED(status)) {
        status = ob_packer_new(&repo->packing, OB_CHUNK_META, &meta, &repo->packers[OB_CHUNK_META]);
    }
    return status;
}

static ob_status open_repo(ob_repo *repo)
{
    ob_status status = ob_tools_pool_init(&repo->pool, repo->engine->keys, repo->engine->small);
    if (!OB_FAILED(status)) {
        status = ob_pack_keys_new(repo->engine->store, repo->engine->keys, &repo->keys);
    }
    if (!OB_FAILED(status)) {
        status = ob_repo_new_index(repo, &repo->index);
    }
    if (OB_FAILED(status) || !repo->for_write) {
        return status;
    }
    repo->packing.index = repo->index;
    status = make_packers(repo);
    if (!OB_FAILED(status)) {
        status = ob_index_refresh(repo->index);
    }
    if (!OB_FAILED(status)) {
        status = ob_index_list_packs(repo->index, true);
    }
    if (!OB_FAILED(status)) {
        status = ob_repo_take_notes(repo);
    }
    repo->loaded = true;
    return status;
}

ob_status ob_repo_open(const ob_engine *engine, bool for_write, ob_repo **out)
{
    ob_repo *repo = ob_calloc(1, sizeof *repo);
    if (repo == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "repository");
    }
    repo->engine = engine;
    repo->for_write = for_write;
    repo->packing.keys = engine->keys;
    repo->packing.store = engine->store;
    repo->packing.pool = &repo->pool;
    repo->packing.skip_check = engine->skip_decode_check;
    ob_mutex_init(&repo->loading);
    ob_mutex_init(&repo->packing.lock);
    ob_cond_init(&repo->packing.changed);
    ob_status status = open_repo(repo);
    if (OB_FAILED(status)) {
        ob_repo_close(repo);
        return status;
    }
    *out = repo;
    return OB_OK;
}

void ob_repo_close(ob_repo *repo)
{
    if (repo != NULL) {
        ob_repo_save_notes(repo);
        ob_buf_free(&repo->notes);
        ob_packer_free(repo->packers[OB_CHUNK_DATA]);
        ob_packer_free(repo->packers[OB_CHUNK_META]);
        ob_repo_free_index(repo->index);
        ob_pack_keys_free(repo->keys);
        ob_tools_pool_destroy(&repo->pool);
        ob_cond_destroy(&repo->packing.changed);
        ob_mutex_destroy(&repo->packing.lock);
        ob_mutex_destroy(&repo->loading);
        ob_free(repo);
    }
}

/* ---- writing ---- */

static ob_status writable(const ob_repo *repo)
{
    return repo->for_write ? OB_OK
                           : ob_fail(OB_E_INVALID_ARGUMENT, "the repository is open for reading");
}

/* Looks for a chunk and marks its pack as used. */
static ob_status look(ob_repo *repo, const ob_chunk_id *id, bool *known)
{
    ob_index_entry entry;
    ob_mutex_lock(&repo->packing.lock);
    ob_status status = ob_packing_status(&repo->packing);
    *known = ob_index_have(repo->index, id, &entry);
    if (*known) {
        ob_index_use(repo->index, entry.pack);
    }
    ob_mutex_unlock(&repo->packing.lock);
    return status;
}

static ob_status write_chunk(ob_repo *repo, ob_tools *tools, ob_chunk_class class, const void *data,
                             size_t length, ob_chunk_id *id, uint64_t *stored)
{
    /* The sum first: what goes wrong in memory from here on shows when the chunk is sealed. */
    ob_pooled chunk = {.raw = (uint32_t)length, .sum = ob_sum_of(data, length)};
    ob_coded coded;
    uint64_t added = 0;
    bool known = false;
    ob_status status = ob_hasher_id(tools->hasher, data, length, &chunk.id);
    if (!OB_FAILED(status)) {
        status = look(repo, &chunk.id, &known);
    }
    if (!OB_FAILED(status) && !known) {
        status = ob_codec_encode(tools->codec, data, length, &coded);
        if (!OB_FAILED(status)) {
            chunk.length = (uint32_t)(OB_CODEC_HEAD + coded.length);
            status = ob_packer_add(repo->packers[class], tools, &chunk, &coded, &added);
        }
    }
    if (!OB_FAILED(status)) {
        *id = chunk.id;
        *stored = added;
    }
    return status;
}

ob_status ob_repo_write(ob_repo *repo, ob_chunk_class class, const void *data, size_t length,
                        ob_chunk_id *id, uint64_t *stored)
{
    ob_tools *tools = NULL;
    ob_status status = writable(repo);
    if (!OB_FAILED(status) && (length == 0 || length > OB_CHUNK_MOST)) {
        status = ob_fail(OB_E_INVALID_ARGUMENT, "a chunk of %zu bytes", length);
    }
    if (!OB_FAILED(status)) {
        status = ob_tools_take(&repo->pool, &tools);
    }
    if (!OB_FAILED(status)) {
        status = write_chunk(repo, tools, class, data, length, id, stored);
    }
    ob_tools_give(&repo->pool, tools);
    return status;
}

bool ob_repo_use(ob_repo *repo, const ob_chunk_id *ids, size_t count)
{
    ob_index_entry entry;
    bool all = repo->for_write;
    ob_mutex_lock(&repo->packing.lock);
    all = all && repo->packing.failed == OB_OK;
    for (size_t i = 0; all && i < count; i++) {
        all = ob_index_have(repo->index, &ids[i], &entry);
        if (all) {
            ob_index_use(repo->index, entry.pack);
        }
    }
    ob_mutex_unlock(&repo->packing.lock);
    return all;
}

ob_status ob_repo_flush(ob_repo *repo)
{
    ob_tools *tools = NULL;
    ob_status status = writable(repo);
    if (!OB_FAILED(status)) {
        status = ob_tools_take(&repo->pool, &tools);
    }
    for (unsigned i = 0; !OB_FAILED(status) && i < 2; i++) {
        status = ob_packer_flush(repo->packers[i], tools);
    }
    ob_tools_give(&repo->pool, tools);
    if (!OB_FAILED(status)) {
        status = ob_index_checkpoint(repo->index);
    }
    return status;
}

static int by_name(const void *a, const void *b)
{
    return memcmp(a, b, OB_SHA256_SIZE);
}

/* Sorted names of the packs in use. */
static ob_status used_packs(ob_repo *repo, ob_buf *out)
{
    const ob_packs *packs = &repo->index->packs;
    ob_mutex_lock(&repo->packing.lock);
    for (uint32_t i = 0; i < packs->count; i++) {
        if ((packs->info[i].flags & (OB_PACK_USED | OB_PACK_FILLING)) == OB_PACK_USED) {
            ob_buf_put(out, packs->info[i].name, OB_SHA256_SIZE);
        }
    }
    ob_mutex_unlock(&repo->packing.lock);
    ob_status status = ob_buf_status(out);
    if (!OB_FAILED(status) && out->length > 0) {
        qsort(out->data, out->length / OB_SHA256_SIZE, OB_SHA256_SIZE, by_name);
    }
    return status;
}

void ob_repo_set_retention(ob_repo *repo, uint32_t days)
{
    repo->retain_days = days;
}

ob_status ob_repo_commit_point(ob_repo *repo, const char *object_name, const void *manifest,
                               size_t length)
{
    ob_buf packs = {0};
    ob_buf object = {.limit = OB_POINT_MOST};
    ob_tools *tools = NULL;
    ob_status status = ob_repo_flush(repo);
    if (!OB_FAILED(status) &&
        !ob_object_name_valid(OB_OBJECT_POINT, object_name, strlen(object_name))) {
        status = ob_fail(OB_E_INVALID_ARGUMENT, "a point's name");
    }
    if (!OB_FAILED(status)) {
        status = used_packs(repo, &packs);
    }
    if (!OB_FAILED(status)) {
        status = ob_tools_take(&repo->pool, &tools);
    }
    if (!OB_FAILED(status)) {
        status = ob_point_object_seal(tools, repo->engine->keys, object_name, &packs, manifest,
                                      length, &object);
    }
    if (!OB_FAILED(status)) {
        status = ob_store_commit(repo->engine->store, object_name, object.data, object.length,
                                 packs.data, packs.length / OB_SHA256_SIZE, repo->retain_days);
    }
    ob_tools_give(&repo->pool, tools);
    ob_buf_free(&packs);
    ob_buf_free(&object);
    return status;
}

uint64_t ob_repo_packs_written(const ob_repo *repo)
{
    return repo->packing.packs_written;
}

uint64_t ob_repo_troubles(const ob_repo *repo, const char **first)
{
    *first = repo->index->trouble;
    return repo->index->troubles;
}
