#include "verify/repair.h"

#include "key/envelope.h"
#include "ob/alloc.h"
#include "ob/text.h"
#include "pack/read.h"
#include "point/point.h"
#include "repo/point_object.h"
#include "verify/team.h"
#include "verify/verify.h"

#include <stdio.h>
#include <string.h>

#define PACKS_AT_ONCE 2u /* each is in memory as a whole */

typedef char object_name[OB_OBJECT_NAME_MAX];

typedef struct named {
    ob_repair *r;
    object_name *names;
    size_t count, capacity;
} named;

static ob_status add_name(void *context, const char *name, uint64_t size)
{
    named *into = context;
    (void)size;
    if (into->count == into->capacity) {
        size_t capacity = into->capacity * 2 + 64;
        void *larger = ob_realloc_array(into->names, capacity, sizeof *into->names);
        if (larger == NULL) {
            return ob_fail(OB_E_NO_MEMORY, "names of %zu objects", capacity);
        }
        into->names = larger;
        into->capacity = capacity;
    }
    snprintf(into->names[into->count++], sizeof *into->names, "%s", name);
    return OB_OK;
}

static ob_status list(ob_repair *r, ob_object_kind kind, named *out)
{
    ob_store *store = r->source.store;
    *out = (named){.r = r};
    return store->ops->list(store, kind, "", add_name, out);
}

ob_status ob_repair_cancelled(ob_repair *r)
{
    return ob_report_cancelled(&r->report) ? ob_fail(OB_E_CANCELLED, "the repair was cancelled")
                                           : OB_OK;
}

void ob_repair_tell(ob_repair *r, ob_object_kind kind, const char *object, ob_damage damage,
                    ob_status status, const char *path, uint64_t count)
{
    const ob_finding finding = {kind, object, damage, status, ob_detail(), path, count};
    ob_mutex_lock(&r->lock);
    if (r->options->finding != NULL) {
        r->options->finding(r->options->context, &finding);
    }
    ob_mutex_unlock(&r->lock);
}

/* ---- key envelopes ---- */

static ob_status copy_key(ob_repair *r, const char *name)
{
    uint8_t *data = NULL;
    size_t length = 0;
    ob_envelope envelope;
    ob_store *target = r->options->target;
    ob_status status =
        ob_store_get_all(r->source.store, OB_OBJECT_KEY, name, OB_ENVELOPE_MOST, &data, &length);
    if (!OB_FAILED(status)) {
        status = ob_envelope_parse(&envelope, data, length);
    }
    if (OB_FAILED(status) && ob_verify_is_damage(status)) {
        ob_repair_tell(r, OB_OBJECT_KEY, name, ob_verify_damage_of(status, OB_DAMAGE_CHANGED),
                       status, NULL, 0);
        status = OB_OK;
    } else if (!OB_FAILED(status)) {
        status = target->ops->put(target, OB_OBJECT_KEY, name, data, length);
        r->result.keys_copied += OB_FAILED(status) ? 0 : 1;
    }
    ob_free(data);
    return status;
}

static ob_status copy_keys(ob_repair *r)
{
    named all;
    ob_status status = list(r, OB_OBJECT_KEY, &all);
    for (size_t i = 0; i < all.count && !OB_FAILED(status); i++) {
        status = copy_key(r, all.names[i]);
    }
    ob_free(all.names);
    return status;
}

/* ---- packs ---- */

static bool is_whole(const char *name, const uint8_t *data, size_t length)
{
    uint8_t hash[OB_SHA256_SIZE];
    char text[OB_SHA256_HEX];
    ob_object_hash(data, length, hash);
    ob_hex_encode(text, hash, sizeof hash);
    return strcmp(text, name) == 0;
}

static ob_status open_frame(ob_tools *tools, const ob_pack_head *head, const ob_toc_entry *frame,
                            ob_buf *sealed, ob_buf *content)
{
    const ob_place place = {.type = OB_SEAL_FRAME, .offset = frame->offset};
    ob_chunk_id found;
    ob_status status = ob_tools_open_block(tools, &head->header, &place, sealed->data,
                                           sealed->length, OB_CHUNK_MOST, content);
    if (!OB_FAILED(status)) {
        status = ob_hasher_id(tools->hasher, content->data, content->length, &found);
    }
    if (!OB_FAILED(status) && memcmp(found.bytes, frame->id.bytes, OB_CHUNK_ID) != 0) {
        status = ob_fail(OB_E_CORRUPT, "the content of a chunk does not belong to its id");
    }
    return status;
}

/* The bytes are right; does it open? One of a newer version is kept for those who know it. */
static ob_status check_pack(ob_repair *r, const char *name, const uint8_t *data, size_t length)
{
    ob_tools *tools = NULL;
    ob_pack_head head = {0};
    ob_buf sealed = {0};
    ob_buf content = {0};
    ob_status status = ob_tools_take(&r->from->pool, &tools);
    if (!OB_FAILED(status)) {
        status = ob_pack_read_head(r->source.store, r->source.keys, tools, name, length, &head);
    }
    if (!OB_FAILED(status)) {
        status = ob_tools_use_header(tools, &head.header, r->source.keys);
    }
    for (uint32_t i = 0; !OB_FAILED(status) && i < head.footer.count; i++) {
        const ob_toc_entry *frame = &head.entries[i];
        ob_buf_clear(&sealed);
        ob_buf_put(&sealed, data + frame->offset, frame->stored);
        status = ob_buf_status(&sealed);
        if (!OB_FAILED(status)) {
            status = open_frame(tools, &head, frame, &sealed, &content);
        }
    }
    ob_tools_give(&r->from->pool, tools);
    ob_pack_head_free(&head);
    ob_buf_free(&sealed);
    ob_buf_free(&content);
    return status == OB_E_FORMAT_VERSION ? OB_OK : status;
}

static ob_status copy_pack(void *context, size_t item)
{
    const named *all = context;
    ob_repair *r = all->r;
    const char *name = all->names[item];
    ob_store *target = r->options->target;
    uint8_t *data = NULL;
    size_t length = 0;
    uint64_t size = 0;
    ob_status status = ob_repair_cancelled(r);
    /* What is there was put there as a whole, by a repair that was cut short. */
    if (OB_FAILED(status) || !OB_FAILED(target->ops->size(target, OB_OBJECT_PACK, name, &size))) {
        return status;
    }
    status = ob_store_get_all(r->source.store, OB_OBJECT_PACK, name, OB_PACK_MOST, &data, &length);
    if (!OB_FAILED(status) && !is_whole(name, data, length)) {
        status = ob_fail(OB_E_CORRUPT, "its bytes do not fit its name");
    }
    if (!OB_FAILED(status)) {
        status = check_pack(r, name, data, length);
    }
    bool left = OB_FAILED(status) && ob_verify_is_damage(status);
    if (left) {
        ob_repair_tell(r, OB_OBJECT_PACK, name, ob_verify_damage_of(status, OB_DAMAGE_CHANGED),
                       status, NULL, 0);
        status = OB_OK;
    } else if (!OB_FAILED(status)) {
        status = target->ops->put(target, OB_OBJECT_PACK, name, data, length);
    }
    ob_free(data);
    if (!OB_FAILED(status)) {
        ob_progress more = {.bytes_total = length, .bytes_done = length};
        ob_report_add(&r->report, &more, name);
        ob_mutex_lock(&r->lock);
        r->result.packs_left += left ? 1 : 0;
        r->result.packs_copied += left ? 0 : 1;
        r->result.bytes_copied += left ? 0 : length;
        ob_mutex_unlock(&r->lock);
    }
    return status;
}

/* Takes up the packs of the target; each opening takes up a bounded number. */
static ob_status make_index(ob_repair *r)
{
    uint32_t before = 0;
    uint32_t known = 0;
    ob_status status = OB_OK;
    do {
        ob_repo *repo = NULL;
        before = known;
        status = ob_repo_open(&r->target, true, &repo);
        if (!OB_FAILED(status)) {
            status = ob_repo_flush(repo);
            known = repo->index->packs.count;
        }
        ob_repo_close(repo);
        if (!OB_FAILED(status)) {
            status = ob_repair_cancelled(r);
        }
    } while (!OB_FAILED(status) && known > before);
    return status;
}

static ob_status copy_packs(ob_repair *r)
{
    named all;
    unsigned workers = r->source.workers > 0 ? r->source.workers : ob_thread_processors();
    ob_status status = list(r, OB_OBJECT_PACK, &all);
    if (!OB_FAILED(status)) {
        status = ob_team_run(workers < PACKS_AT_ONCE ? workers : PACKS_AT_ONCE, all.count,
                             copy_pack, &all);
    }
    ob_free(all.names);
    return OB_FAILED(status) ? status : make_index(r);
}

/* ---- points ---- */

/* True if the target has all packs of a point. */
static ob_status has_packs(const ob_repair *r, const ob_point_object *object, bool *all)
{
    ob_store *target = r->options->target;
    ob_status status = OB_OK;
    *all = true;
    for (uint32_t i = 0; i < object->pack_count && *all && !OB_FAILED(status); i++) {
        char name[OB_SHA256_HEX];
        uint64_t size = 0;
        ob_hex_encode(name, object->packs + (size_t)i * OB_SHA256_SIZE, OB_SHA256_SIZE);
        status = target->ops->size(target, OB_OBJECT_PACK, name, &size);
        *all = !OB_FAILED(status);
        status = status == OB_E_NOT_FOUND ? OB_OK : status;
    }
    return status;
}

static ob_status copy_point(ob_repair *r, const char *name)
{
    uint8_t *data = NULL;
    size_t length = 0;
    uint64_t size = 0;
    bool whole = false;
    ob_point_object object;
    ob_manifest manifest = {0};
    ob_store *target = r->options->target;
    ob_status status = ob_repair_cancelled(r);
    if (OB_FAILED(status) || !OB_FAILED(target->ops->size(target, OB_OBJECT_POINT, name, &size))) {
        return status;
    }
    status =
        ob_store_get_all(r->source.store, OB_OBJECT_POINT, name, OB_POINT_MOST, &data, &length);
    if (!OB_FAILED(status)) {
        status = ob_point_object_parse(&object, data, length);
    }
    if (!OB_FAILED(status)) {
        status = ob_point_read_manifest(r->from, name, &manifest);
        ob_manifest_free(&manifest);
        status = status == OB_E_FORMAT_VERSION ? OB_OK : status;
    }
    if (OB_FAILED(status) && ob_verify_is_damage(status)) {
        ob_repair_tell(r, OB_OBJECT_POINT, name, ob_verify_damage_of(status, OB_DAMAGE_CHANGED),
                       status, NULL, 0);
        r->result.points_lost++;
        ob_free(data);
        return OB_OK;
    }
    if (!OB_FAILED(status)) {
        status = has_packs(r, &object, &whole);
    }
    if (!OB_FAILED(status) && whole) {
        status = ob_store_commit(target, name, data, length, object.packs, object.pack_count, 0);
        r->result.points_copied += OB_FAILED(status) ? 0 : 1;
    }
    ob_free(data);
    return !OB_FAILED(status) && !whole ? ob_repair_rewrite(r, name) : status;
}

static ob_status copy_points(ob_repair *r)
{
    ob_point_names names = {0};
    ob_status status = ob_point_names_read(r->source.store, &names);
    for (size_t i = 0; i < names.count && !OB_FAILED(status); i++) {
        status = copy_point(r, names.names[i]);
    }
    ob_point_names_free(&names);
    return status;
}

/* ---- the job ---- */

static ob_status repair(ob_repair *r)
{
    ob_status status = ob_repo_open(&r->source, false, &r->from);
    if (!OB_FAILED(status)) {
        status = ob_repo_load_whole(r->from);
    }
    if (!OB_FAILED(status)) {
        status = copy_keys(r);
    }
    if (!OB_FAILED(status)) {
        status = copy_packs(r);
    }
    return OB_FAILED(status) ? status : copy_points(r);
}

ob_status ob_repair_run(const ob_engine *engine, const ob_repair_options *options,
                        const ob_control *control, ob_repair_result *result)
{
    char detail[1024];
    if (options->target == engine->store || strcmp(options->cache_dir, engine->cache_dir) == 0) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "a repair needs another store and another cache");
    }
    ob_repair *r = ob_calloc(1, sizeof *r);
    if (r == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a repair");
    }
    r->source = *engine;
    r->target = *engine;
    r->target.store = options->target;
    r->target.cache_dir = options->cache_dir;
    r->options = options;
    ob_mutex_init(&r->lock);
    ob_report_begin(&r->report, control, engine->clock);
    ob_status status = repair(r);
    snprintf(detail, sizeof detail, "%s", ob_detail()); /* closing may say something of its own */
    ob_repo_close(r->from);
    ob_report_end(&r->report);
    ob_mutex_destroy(&r->lock);
    if (!OB_FAILED(status)) {
        *result = r->result;
    }
    ob_free(r);
    return OB_FAILED(status) ? ob_fail(status, "%s", detail) : OB_OK;
}
