#include "repo/damage.h"

#include "ob/alloc.h"
#include "ob/text.h"

#include <stdlib.h>
#include <string.h>

#define FILE_NAME "damage"
#define MAGIC "OBDAMAG\1"
#define MAGIC_SIZE 8
#define RECORD_SIZE (OB_CHUNK_ID + OB_SHA256_SIZE + 4 + 4) /* id, pack, offset, length */
#define FILE_MOST (MAGIC_SIZE + (size_t)OB_NOTES_MOST * RECORD_SIZE)
#define OBJECT_MOST ((size_t)64 << 10) /* entries of one index object */

bool ob_repo_is_damage(ob_status status)
{
    return status == OB_E_CORRUPT || status == OB_E_SEAL || status == OB_E_FORMAT_VERSION ||
           status == OB_E_NOT_FOUND || status == OB_E_IO || status == OB_E_ACCESS_DENIED;
}

bool ob_repo_note(ob_repo *repo, const ob_index_entry *entry, const ob_pack_info *info)
{
    ob_mutex_lock(&repo->packing.lock);
    ob_bad_places *bad = &repo->index->bad;
    bool known = ob_bad_places_has(bad, info->name, entry->offset);
    bool there = known || !OB_FAILED(ob_bad_places_add(bad, info->name, entry->offset));
    if (!known && repo->notes.length < (size_t)OB_NOTES_MOST * RECORD_SIZE) {
        ob_buf_put(&repo->notes, entry->id.bytes, OB_CHUNK_ID);
        ob_buf_put(&repo->notes, info->name, OB_SHA256_SIZE);
        ob_buf_put_u32(&repo->notes, entry->offset);
        ob_buf_put_u32(&repo->notes, entry->length);
    }
    ob_mutex_unlock(&repo->packing.lock);
    return there;
}

static char *file_of(const ob_repo *repo)
{
    const ob_engine *engine = repo->engine;
    return ob_path_join(engine->notes_dir != NULL ? engine->notes_dir : engine->cache_dir,
                        FILE_NAME);
}

static ob_status load(const ob_fs *fs, const char *path, ob_buf *out)
{
    uint8_t *data = NULL;
    size_t length = 0;
    ob_status status = ob_fs_read_file(fs, path, FILE_MOST, &data, &length);
    if (!OB_FAILED(status) && (length < MAGIC_SIZE || memcmp(data, MAGIC, MAGIC_SIZE) != 0)) {
        status = ob_fail(OB_E_CORRUPT, "%s is no list of damaged chunks", path);
    }
    if (!OB_FAILED(status)) {
        size_t records = (length - MAGIC_SIZE) / RECORD_SIZE;
        ob_buf_put(out, data + MAGIC_SIZE, records * RECORD_SIZE);
        status = ob_buf_status(out);
    }
    ob_free(data);
    return status;
}

void ob_repo_save_notes(ob_repo *repo)
{
    const ob_fs *fs = repo->engine->fs;
    ob_buf file = {0};
    ob_buf before = {0};
    if (repo->notes.length == 0 || repo->notes.failed) {
        return;
    }
    char *path = file_of(repo);
    if (path != NULL) {
        (void)load(fs, path, &before);
        size_t room = FILE_MOST - MAGIC_SIZE - repo->notes.length;
        ob_buf_put(&file, MAGIC, MAGIC_SIZE);
        ob_buf_put(&file, repo->notes.data, repo->notes.length);
        ob_buf_put(&file, before.data, before.length < room ? before.length : room);
    }
    if (path != NULL && !file.failed) {
        (void)ob_fs_replace_file(fs, path, file.data, file.length, true);
    }
    ob_free(path);
    ob_buf_free(&before);
    ob_buf_free(&file);
}

/* ---- condemned ---- */

static int by_place(const void *a, const void *b)
{
    const ob_index_entry *left = a;
    const ob_index_entry *right = b;
    if (left->pack != right->pack) {
        return left->pack < right->pack ? -1 : 1;
    }
    return left->offset < right->offset ? -1 : left->offset > right->offset ? 1 : 0;
}

ob_status ob_repo_condemn(ob_repo *repo, ob_index_entry *entries, size_t count)
{
    ob_status status = OB_OK;
    if (count == 0) {
        return OB_OK;
    }
    qsort(entries, count, sizeof entries[0], by_place);
    for (size_t at = 0; !OB_FAILED(status) && at < count; at += OBJECT_MOST) {
        size_t part = count - at < OBJECT_MOST ? count - at : OBJECT_MOST;
        uint8_t name[OB_SHA256_SIZE];
        ob_buf plain = {.limit = OB_INDEX_MOST};
        ob_mutex_lock(&repo->packing.lock);
        const ob_packs *packs = &repo->index->packs;
        for (size_t i = at; i < at + part; i++) {
            const uint8_t *pack = packs->info[entries[i].pack].name;
            /* More than the set holds is met when it is read. */
            (void)ob_bad_places_add(&repo->index->bad, pack, entries[i].offset);
        }
        status = ob_index_write_bad(packs, entries + at, part, &plain);
        ob_mutex_unlock(&repo->packing.lock);
        if (!OB_FAILED(status)) {
            status = ob_index_put(repo->index, &plain, name);
        }
        ob_buf_free(&plain);
    }
    return status;
}

/* ---- taken up ---- */

/* The place that a note tells of, if the index has it and nothing condemned it yet. */
static bool find_place(ob_repo *repo, ob_reader *notes, ob_index_entry *out)
{
    ob_chunk_id id;
    uint8_t pack[OB_SHA256_SIZE];
    ob_read_copy(notes, id.bytes, sizeof id.bytes);
    ob_read_copy(notes, pack, sizeof pack);
    uint32_t offset = ob_read_u32(notes);
    ob_read_u32(notes);
    for (unsigned nth = 0; ob_index_find(repo->index, &id, nth, out); nth++) {
        if (out->pack != OB_PACK_POOLED && out->offset == offset &&
            memcmp(repo->index->packs.info[out->pack].name, pack, sizeof pack) == 0) {
            return true;
        }
    }
    return false;
}

/* A pack of another format version is not damaged if its bytes are those of its name. */
static ob_status is_changed(const ob_repo *repo, const ob_pack_info *info, bool *changed)
{
    char text[OB_SHA256_HEX];
    uint8_t hash[OB_SHA256_SIZE];
    uint8_t *data = NULL;
    size_t length = 0;
    ob_hex_encode(text, info->name, OB_SHA256_SIZE);
    ob_status status =
        ob_store_get_all(repo->engine->store, OB_OBJECT_PACK, text, OB_PACK_MOST, &data, &length);
    if (!OB_FAILED(status)) {
        ob_object_hash(data, length, hash);
        *changed = memcmp(hash, info->name, sizeof hash) != 0;
    }
    ob_free(data);
    return status;
}

static ob_status look_at(ob_repo *repo, ob_tools *tools, const ob_index_entry *entry, bool *bad)
{
    const ob_pack_info info = repo->index->packs.info[entry->pack];
    const ob_frame frame = {info.name, info.size, entry->offset, entry->length};
    ob_buf content = {0};
    ob_status status =
        ob_pack_read_chunk(repo->keys, &repo->pool, tools, &frame, &entry->id, &content);
    ob_buf_free(&content);
    if (status == OB_E_FORMAT_VERSION) {
        return is_changed(repo, &info, bad);
    }
    *bad = ob_repo_is_damage(status);
    return *bad ? OB_OK : status;
}

static ob_status look_at_all(ob_repo *repo, const ob_buf *notes, ob_buf *found)
{
    ob_tools *tools = NULL;
    ob_reader reader = ob_reader_of(notes->data, notes->length);
    ob_status status = ob_tools_take(&repo->pool, &tools);
    while (!OB_FAILED(status) && ob_reader_left(&reader) > 0) {
        ob_index_entry entry;
        bool bad = false;
        if (find_place(repo, &reader, &entry)) {
            status = look_at(repo, tools, &entry, &bad);
        }
        if (bad && !OB_FAILED(status)) {
            ob_buf_put(found, &entry, sizeof entry);
            status = ob_buf_status(found);
        }
    }
    ob_tools_give(&repo->pool, tools);
    return status;
}

ob_status ob_repo_take_notes(ob_repo *repo)
{
    const ob_fs *fs = repo->engine->fs;
    ob_buf notes = {0};
    ob_buf found = {0};
    char *path = file_of(repo);
    if (path == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a list of damaged chunks");
    }
    ob_status status = load(fs, path, &notes);
    bool there = status != OB_E_NOT_FOUND;
    if (!OB_FAILED(status)) {
        status = look_at_all(repo, &notes, &found);
    }
    if (!OB_FAILED(status)) {
        status = ob_repo_condemn(repo, (ob_index_entry *)(void *)found.data,
                                 found.length / sizeof(ob_index_entry));
    }
    bool fatal = status == OB_E_NO_MEMORY || status == OB_E_VAULT_UNREACHABLE;
    if (there && (!OB_FAILED(status) || status == OB_E_CORRUPT || status == OB_E_TOO_LARGE)) {
        (void)fs->remove_file(fs, NULL, path);
    }
    ob_free(path);
    ob_buf_free(&notes);
    ob_buf_free(&found);
    return fatal ? status : OB_OK;
}
