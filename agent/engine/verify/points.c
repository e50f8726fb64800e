#include "ob/alloc.h"
#include "ob/text.h"
#include "point/extra.h"
#include "point/ids.h"
#include "point/point.h"
#include "repo/damage.h"
#include "repo/point_object.h"
#include "verify/team.h"
#include "verify/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATHS_MOST 1000u
#define CHUNK_LEAST ((uint64_t)256 << 10) /* bytes of any chunk but the last of a file */

/* One point being looked at. */
typedef struct looking {
    ob_verify *v;
    const char *name;
    uint8_t *held;     /* by number of the pack: the point names it */
    uint64_t not_held; /* chunks that are only in other packs */
    uint64_t files, hit, told;
    uint64_t chunks; /* of the file in work */
} looking;

typedef struct all_points {
    ob_verify *v;
    ob_point_names names;
} all_points;

/* ---- the list of packs ---- */

static ob_status check_named(looking *l, const ob_point_object *object)
{
    ob_status status = OB_OK;
    for (uint32_t i = 0; i < object->pack_count && !OB_FAILED(status); i++) {
        const uint8_t *name = object->packs + (size_t)i * OB_SHA256_SIZE;
        uint32_t number = 0;
        if (ob_verify_find_pack(l->v, name) == NULL) {
            status = ob_verify_tell_absent(l->v, name, l->name);
        }
        if (l->held != NULL && ob_packs_find(&l->v->repo->index->packs, name, &number)) {
            l->held[number] = 1;
        }
    }
    return status;
}

/* ---- chunks ---- */

/* Where a chunk is that is nowhere else, for people. */
static ob_status lost_in(const ob_index *index, const ob_index_entry *entry)
{
    char name[OB_SHA256_HEX];
    ob_hex_encode(name, index->packs.info[entry->pack].name, OB_SHA256_SIZE);
    return ob_fail(OB_E_CORRUPT, "a part of it is in pack/%s, which is damaged", name);
}

static ob_status check_id(looking *l, const ob_chunk_id *id)
{
    ob_repo *repo = l->v->repo;
    ob_index_entry entry;
    bool held = false;
    ob_mutex_lock(&repo->packing.lock);
    bool good = ob_index_find(repo->index, id, 0, &entry);
    for (int bad = 0; bad < 2 && !held; bad++) {
        ob_index_entry place;
        for (unsigned nth = 0; !held; nth++) {
            bool found = bad != 0 ? ob_index_find_bad(repo->index, id, nth, &place)
                                  : ob_index_find(repo->index, id, nth, &place);
            if (!found) {
                break;
            }
            held = l->held[place.pack] != 0;
        }
    }
    l->not_held += good && !held ? 1 : 0;
    ob_status status = OB_OK;
    if (!good && ob_index_find_bad(repo->index, id, 0, &entry)) {
        status = lost_in(repo->index, &entry);
    } else if (!good) {
        status = ob_fail(OB_E_NOT_FOUND, "a part of it is not in the vault");
    }
    ob_mutex_unlock(&repo->packing.lock);
    return status;
}

static ob_status check_ids(void *context, const ob_chunk_id *ids, size_t count)
{
    looking *l = context;
    ob_status status = OB_OK;
    l->chunks += count;
    for (size_t i = 0; i < count && !OB_FAILED(status); i++) {
        status = check_id(l, &ids[i]);
    }
    return status;
}

/* ---- files ---- */

static void tell_file(looking *l, const char *path, ob_damage damage, ob_status status,
                      uint64_t count)
{
    ob_verify *v = l->v;
    uint64_t most = v->options->paths_most > 0 ? v->options->paths_most : PATHS_MOST;
    ob_finding finding = {OB_OBJECT_POINT, l->name, damage, status, ob_detail(), path, count};
    l->hit += count;
    if (l->told++ < most) {
        ob_verify_tell_as(v, &finding);
    }
}

/* Content of `size` bytes. */
static ob_status check_content(looking *l, unsigned depth, const ob_chunk_id *ids, size_t count,
                               uint64_t size)
{
    ob_status status = OB_OK;
    if (depth > 0) {
        status = check_ids(l, ids, count);
    }
    l->chunks = 0;
    if (!OB_FAILED(status)) {
        status = ob_ids_each(l->v->repo, depth, ids, count, check_ids, l);
    }
    if (!OB_FAILED(status) &&
        (l->chunks > 0 ? size <= (l->chunks - 1) * CHUNK_LEAST || size > l->chunks * OB_CHUNK_MOST
                       : size > 0)) {
        status = ob_fail(OB_E_CORRUPT, "%llu bytes cannot have %llu chunks",
                         (unsigned long long)size, (unsigned long long)l->chunks);
    }
    return status;
}

static ob_status check_stream(void *context, const ob_stream *stream)
{
    return check_content(context, stream->depth, stream->ids, stream->id_count, stream->size);
}

/* The content has the bytes that are no hole. */
static uint64_t data_of(const ob_entry *entry)
{
    ob_reader map;
    ob_extent extent = {0};
    uint64_t sum = 0;
    if (!ob_extra_map(entry, &map)) {
        return entry->info.size;
    }
    while (ob_extra_next_extent(&map, &extent)) {
        sum += extent.length;
    }
    return sum;
}

static ob_status check_file(looking *l, const ob_entry *entry)
{
    ob_status status = OB_OK;
    if (entry->info.type == OB_FILE_REGULAR) {
        status = check_content(l, entry->depth, entry->ids, entry->id_count, data_of(entry));
    }
    return OB_FAILED(status) ? status : ob_extra_each_stream(entry, check_stream, l);
}

/* `status` is what reading the entry gave. */
static ob_status check_entry(looking *l, const ob_entry *entry, ob_status status)
{
    ob_damage damage = OB_DAMAGE_VERSION;
    l->files++;
    if (!OB_FAILED(status)) {
        status = check_file(l, entry);
        damage = status == OB_E_NOT_FOUND ? OB_DAMAGE_MISSING : OB_DAMAGE_CHUNKS;
    }
    if (OB_FAILED(status) && ob_verify_is_damage(status)) {
        tell_file(l, entry->path, damage, status, 1);
        status = OB_OK;
    }
    return status;
}

/* Damage costs the files of one chunk of the list that were not read yet. */
static ob_status pass_damage(looking *l, ob_cursor *cursor, ob_status status)
{
    const ob_table *table = &cursor->point->table;
    if (!ob_verify_is_damage(status) || cursor->row >= table->count) {
        return status;
    }
    const ob_table_row *row = &table->rows[cursor->row];
    uint64_t left = row->entries > cursor->index ? row->entries - cursor->index : 1;
    char why[512];
    snprintf(why, sizeof why, "%s", ob_detail());
    char *first = ob_strndup(row->first, row->first_length);
    if (first == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the path of a file");
    }
    status = ob_fail(status, "a part of the file list that starts here: %s", why);
    l->files += left;
    tell_file(l, first, OB_DAMAGE_CONTENT, status, left);
    ob_free(first);
    ob_cursor_next_chunk(cursor);
    return OB_OK;
}

static ob_status check_list(looking *l, const ob_point *point)
{
    ob_cursor cursor = {.point = point};
    ob_status status = OB_OK;
    size_t row = SIZE_MAX;
    for (size_t i = 0; i < point->manifest.table_count && !OB_FAILED(status); i++) {
        /* It was read, so it is there; what counts is whether the point holds it. */
        (void)check_id(l, &point->manifest.table[i]);
    }
    while (!OB_FAILED(status)) {
        ob_entry entry;
        status = ob_cursor_next(&cursor, &entry);
        if (entry.path == NULL && !OB_FAILED(status)) {
            break;
        }
        if (cursor.row != row && cursor.row < point->table.count) {
            row = cursor.row;
            ob_status there = entry.path != NULL ? check_id(l, &point->table.rows[row].id) : OB_OK;
            (void)there;
        }
        status =
            entry.path == NULL ? pass_damage(l, &cursor, status) : check_entry(l, &entry, status);
        if (!OB_FAILED(status) && l->files % 256 == 0) {
            ob_progress more = {.files_done = 256};
            ob_report_add(&l->v->report, &more, l->name);
            status = ob_verify_cancelled(l->v);
        }
    }
    ob_cursor_free(&cursor);
    return status;
}

/* ---- one point ---- */

static void tell_point(looking *l, ob_damage damage, ob_status status)
{
    ob_verify_tell(l->v, OB_OBJECT_POINT, l->name, damage, status, 0);
}

static ob_status check_manifest(looking *l)
{
    ob_verify *v = l->v;
    ob_manifest manifest = {0};
    ob_point *point = NULL;
    ob_damage damage = OB_DAMAGE_CONTENT;
    ob_status status = ob_point_read_manifest(v->repo, l->name, &manifest);
    uint64_t entries = manifest.entries;
    ob_manifest_free(&manifest);
    if (!OB_FAILED(status)) {
        damage = OB_DAMAGE_CHUNKS;
        status = ob_point_open(v->repo, l->name, &point);
    }
    if (OB_FAILED(status)) {
        l->hit = entries;
        if (!ob_verify_is_damage(status)) {
            return status;
        }
        tell_point(l, damage == OB_DAMAGE_CHUNKS ? damage : ob_verify_damage_of(status, damage),
                   status);
        ob_mutex_lock(&v->lock);
        v->result.points_hit++;
        ob_mutex_unlock(&v->lock);
        return OB_OK;
    }
    ob_progress more = {.files_total = entries};
    ob_report_add(&v->report, &more, l->name);
    status = check_list(l, point);
    ob_point_close(point);
    if (!OB_FAILED(status) && l->not_held > 0) {
        ob_status held =
            ob_fail(OB_E_CORRUPT, "%llu of its chunks are in packs that it does not name",
                    (unsigned long long)l->not_held);
        tell_point(l, OB_DAMAGE_NOT_HELD, held);
    }
    return status;
}

static ob_status look(looking *l)
{
    ob_verify *v = l->v;
    uint8_t *data = NULL;
    size_t length = 0;
    ob_point_object object;
    ob_status status =
        ob_store_get_all(v->engine->store, OB_OBJECT_POINT, l->name, OB_POINT_MOST, &data, &length);
    if (status == OB_E_NOT_FOUND) {
        return OB_OK; /* deleted since the listing */
    }
    if (!OB_FAILED(status)) {
        status = ob_point_object_parse(&object, data, length);
    }
    if (OB_FAILED(status) && ob_verify_is_damage(status)) {
        tell_point(l, ob_verify_damage_of(status, OB_DAMAGE_CHANGED), status);
        ob_mutex_lock(&v->lock);
        v->result.points_hit++;
        ob_mutex_unlock(&v->lock);
        ob_free(data);
        return OB_OK;
    }
    if (!OB_FAILED(status)) {
        status = check_named(l, &object);
    }
    ob_free(data);
    if (!OB_FAILED(status) && v->repo != NULL) {
        status = check_manifest(l);
    }
    return status;
}

static ob_status check_point(void *context, size_t item)
{
    all_points *all = context;
    ob_verify *v = all->v;
    looking l = {.v = v, .name = all->names.names[item]};
    ob_status status = ob_verify_cancelled(v);
    if (!OB_FAILED(status) && v->repo != NULL) {
        l.held = ob_calloc(v->repo->index->packs.count + 1, 1);
        status = l.held != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "the packs of a point");
    }
    if (!OB_FAILED(status)) {
        status = look(&l);
    }
    ob_mutex_lock(&v->lock);
    v->result.points++;
    v->result.files += l.files;
    v->result.files_hit += l.hit;
    v->result.points_hit += l.told > 0 ? 1 : 0;
    ob_mutex_unlock(&v->lock);
    ob_free(l.held);
    return status;
}

/* ---- points that are gone ---- */

/* What the store remembers as stored. A point that was due may be gone: it was to be deleted. */
static ob_status take_hold(void *context, const ob_hold *hold, int64_t now)
{
    ob_buf *names = context;
    if (hold->kind == OB_OBJECT_POINT && (hold->marked == 0 || hold->due > now)) {
        ob_buf_put(names, hold->name, sizeof hold->name);
    }
    return ob_buf_status(names);
}

/* Names of points that must be there. A memory that cannot be read is told. */
static ob_status read_holds(ob_verify *v, ob_buf *names)
{
    ob_store *store = v->engine->store;
    ob_status status = store->holds != NULL ? store->holds->list(store, take_hold, names) : OB_OK;
    if (OB_FAILED(status) && ob_verify_is_damage(status)) {
        ob_verify_tell(v, OB_OBJECT_POINT, "", ob_verify_damage_of(status, OB_DAMAGE_CHANGED),
                       status, 0);
        status = OB_OK;
    }
    return status;
}

static int by_name(const void *key, const void *element)
{
    return strcmp(key, element);
}

static ob_status tell_gone(const all_points *all, const ob_buf *held)
{
    ob_verify *v = all->v;
    ob_store *store = v->engine->store;
    const ob_point_names *there = &all->names;
    for (size_t at = 0; at < held->length; at += sizeof(ob_object_name)) {
        const char *name = (const char *)held->data + at;
        uint64_t size = 0;
        if (there->count > 0 &&
            bsearch(name, there->names, there->count, sizeof there->names[0], by_name) != NULL) {
            continue;
        }
        ob_status status = store->ops->size(store, OB_OBJECT_POINT, name, &size);
        if (status == OB_E_NOT_FOUND) {
            status = ob_fail(status, "it was stored and is not there");
            ob_verify_tell(v, OB_OBJECT_POINT, name, OB_DAMAGE_MISSING, status, 0);
            v->result.points_hit++;
        } else if (OB_FAILED(status) && !ob_verify_is_damage(status)) {
            return status;
        }
    }
    return OB_OK;
}

/* The store's memory first: what is stored meanwhile is in the listing only. */
ob_status ob_verify_points(ob_verify *v)
{
    all_points all = {.v = v};
    ob_buf held = {0};
    ob_status status = read_holds(v, &held);
    if (!OB_FAILED(status)) {
        status = ob_point_names_read(v->engine->store, &all.names);
    }
    if (!OB_FAILED(status)) {
        status = tell_gone(&all, &held);
    }
    if (!OB_FAILED(status)) {
        status = ob_team_run(v->workers, all.names.count, check_point, &all);
    }
    ob_buf_free(&held);
    ob_point_names_free(&all.names);
    return status;
}
