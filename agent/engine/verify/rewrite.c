#include "ob/alloc.h"
#include "point/extra.h"
#include "point/ids.h"
#include "point/point.h"
#include "point/table.h"
#include "verify/repair.h"
#include "verify/verify.h"

#include <stdio.h>
#include <string.h>

#define PATHS_MOST 1000u

/* One point on its way. */
typedef struct rewriting {
    ob_repair *r;
    const char *name;
    ob_repo *to;
    ob_list_writer list;
    ob_table_writer table;
    ob_buf chunk;
    uint64_t entries, bytes, lost, told;
} rewriting;

/* ---- chunks ---- */

static ob_status copy_chunk(rewriting *w, ob_chunk_class class, const ob_chunk_id *id)
{
    ob_chunk_id written;
    uint64_t stored = 0;
    if (ob_repo_use(w->to, id, 1)) {
        return OB_OK;
    }
    ob_status status = ob_repo_read(w->r->from, id, &w->chunk);
    if (!OB_FAILED(status)) {
        status = ob_repo_write(w->to, class, w->chunk.data, w->chunk.length, &written, &stored);
    }
    if (!OB_FAILED(status)) {
        ob_progress more = {.bytes_stored = stored};
        ob_report_add(&w->r->report, &more, NULL);
    }
    return status;
}

static ob_status copy_chunks(void *context, const ob_chunk_id *ids, size_t count)
{
    rewriting *w = context;
    ob_status status = OB_OK;
    for (size_t i = 0; i < count && !OB_FAILED(status); i++) {
        status = copy_chunk(w, OB_CHUNK_DATA, &ids[i]);
    }
    return status;
}

static ob_status copy_content(rewriting *w, unsigned depth, const ob_chunk_id *ids, size_t count)
{
    ob_status status = OB_OK;
    for (size_t i = 0; depth > 0 && i < count && !OB_FAILED(status); i++) {
        status = copy_chunk(w, OB_CHUNK_META, &ids[i]);
    }
    return OB_FAILED(status) ? status : ob_ids_each(w->r->from, depth, ids, count, copy_chunks, w);
}

static ob_status copy_stream(void *context, const ob_stream *stream)
{
    return copy_content(context, stream->depth, stream->ids, stream->id_count);
}

/* ---- the list ---- */

static ob_status take_chunk(void *context, const ob_list_chunk *chunk)
{
    rewriting *w = context;
    ob_chunk_id id;
    uint64_t stored = 0;
    ob_status status =
        ob_repo_write(w->to, OB_CHUNK_META, chunk->data, chunk->length, &id, &stored);
    return OB_FAILED(status) ? status : ob_table_add(&w->table, chunk, &id);
}

static void lose(rewriting *w, const char *path, ob_damage damage, ob_status status, uint64_t count)
{
    const ob_repair_options *options = w->r->options;
    w->lost += count;
    if (w->told++ < (options->paths_most > 0 ? options->paths_most : PATHS_MOST)) {
        ob_repair_tell(w->r, OB_OBJECT_POINT, w->name, damage, status, path, count);
    }
}

/* `status` is what reading the entry gave. */
static ob_status copy_entry(rewriting *w, const ob_entry *entry, ob_status status)
{
    bool read = !OB_FAILED(status);
    if (read) {
        status = copy_content(w, entry->depth, entry->ids, entry->id_count);
    }
    if (!OB_FAILED(status)) {
        status = ob_extra_each_stream(entry, copy_stream, w);
    }
    if (OB_FAILED(status) && ob_verify_is_damage(status)) {
        lose(w, entry->path, read ? OB_DAMAGE_CHUNKS : OB_DAMAGE_VERSION, status, 1);
        return OB_OK;
    }
    if (!OB_FAILED(status)) {
        status = ob_list_add(&w->list, entry);
    }
    if (!OB_FAILED(status)) {
        w->entries++;
        w->bytes += entry->info.type == OB_FILE_REGULAR ? entry->info.size : 0;
    }
    return status;
}

static ob_status pass_damage(rewriting *w, ob_cursor *cursor, ob_status status)
{
    const ob_table *table = &cursor->point->table;
    if (!ob_verify_is_damage(status) || cursor->row >= table->count) {
        return status;
    }
    const ob_table_row *row = &table->rows[cursor->row];
    uint64_t left = row->entries > cursor->index ? row->entries - cursor->index : 1;
    char *first = ob_strndup(row->first, row->first_length);
    if (first == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the path of a file");
    }
    lose(w, first, OB_DAMAGE_CONTENT, status, left);
    ob_free(first);
    ob_cursor_next_chunk(cursor);
    return OB_OK;
}

static ob_status copy_list(rewriting *w, const ob_point *point)
{
    ob_cursor cursor = {.point = point};
    ob_status status = OB_OK;
    while (!OB_FAILED(status)) {
        ob_entry entry;
        status = ob_cursor_next(&cursor, &entry);
        if (entry.path == NULL && !OB_FAILED(status)) {
            break;
        }
        status =
            entry.path == NULL ? pass_damage(w, &cursor, status) : copy_entry(w, &entry, status);
        if (!OB_FAILED(status)) {
            ob_progress more = {.files_done = 1};
            ob_report_add(&w->r->report, &more, w->name);
            status = ob_repair_cancelled(w->r);
        }
    }
    ob_cursor_free(&cursor);
    if (!OB_FAILED(status)) {
        status = ob_list_finish(&w->list);
    }
    return OB_FAILED(status) ? status : ob_table_finish(&w->table);
}

/* ---- the point ---- */

/* Another identity, that is the same each time. */
static ob_guid other_guid(const ob_guid *id)
{
    static const char label[] = "online-backup 1 repair";
    uint8_t bytes[sizeof label - 1 + sizeof id->bytes];
    uint8_t hash[OB_SHA256_SIZE];
    ob_guid other;
    memcpy(bytes, label, sizeof label - 1);
    memcpy(bytes + sizeof label - 1, id->bytes, sizeof id->bytes);
    ob_object_hash(bytes, sizeof bytes, hash);
    memcpy(other.bytes, hash, sizeof other.bytes);
    other.bytes[6] = (uint8_t)(0x80 | (other.bytes[6] & 0x0F)); /* version 8, RFC 9562 */
    other.bytes[8] = (uint8_t)(0x80 | (other.bytes[8] & 0x3F));
    return other;
}

static ob_status is_there(const ob_repair *r, const char *name, bool *there)
{
    uint64_t size = 0;
    ob_store *target = r->options->target;
    ob_status status = target->ops->size(target, OB_OBJECT_POINT, name, &size);
    *there = !OB_FAILED(status);
    return status == OB_E_NOT_FOUND ? OB_OK : status;
}

static ob_status commit(rewriting *w, const ob_point *point)
{
    ob_manifest manifest = point->manifest;
    char name[OB_OBJECT_NAME_MAX];
    ob_buf bytes = {0};
    bool there = false;
    manifest.entries = w->entries;
    manifest.bytes = w->bytes;
    manifest.failed += w->lost;
    manifest.id = w->lost > 0 ? other_guid(&manifest.id) : manifest.id;
    manifest.table = (const ob_chunk_id *)(const void *)w->table.ids.data;
    manifest.table_count = w->table.ids.length / OB_CHUNK_ID;
    ob_manifest_object_name(name, manifest.time, &manifest.id);
    ob_status status = is_there(w->r, name, &there);
    if (!OB_FAILED(status) && !there) {
        status = ob_manifest_write(&bytes, &manifest);
    }
    if (!OB_FAILED(status) && !there) {
        status = ob_repo_commit_point(w->to, name, bytes.data, bytes.length);
    }
    ob_buf_free(&bytes);
    return status;
}

static void count_point(rewriting *w, bool lost)
{
    ob_repair_result *result = &w->r->result;
    result->files_lost += w->lost;
    if (lost) {
        result->points_lost++;
    } else if (w->lost > 0) {
        result->points_cut++;
    } else {
        result->points_rewritten++;
    }
}

ob_status ob_repair_rewrite(ob_repair *r, const char *object_name)
{
    rewriting w = {.r = r, .name = object_name};
    ob_point *point = NULL;
    ob_status status = ob_point_open(r->from, object_name, &point);
    if (OB_FAILED(status) && ob_verify_is_damage(status)) {
        ob_repair_tell(r, OB_OBJECT_POINT, object_name,
                       ob_verify_damage_of(status, OB_DAMAGE_CONTENT), status, NULL, 0);
        count_point(&w, true);
        return OB_OK;
    }
    if (!OB_FAILED(status)) {
        status = ob_repo_open(&r->target, true, &w.to);
    }
    if (!OB_FAILED(status)) {
        w.list = (ob_list_writer){.sink = take_chunk, .context = &w};
        w.table = (ob_table_writer){.repo = w.to};
        status = copy_list(&w, point);
    }
    if (!OB_FAILED(status)) {
        status = commit(&w, point);
    }
    if (!OB_FAILED(status)) {
        count_point(&w, false);
    }
    ob_list_writer_free(&w.list);
    ob_table_writer_free(&w.table);
    ob_buf_free(&w.chunk);
    ob_point_close(point);
    ob_repo_close(w.to);
    return status;
}
