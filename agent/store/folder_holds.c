/*
 * Deletion from a folder vault. machines/GUID/holds is written anew, in one step, by each change,
 * under the lock of machines/GUID/holds.lock, which ends with its process. A point, marks and a
 * sweep exclude each other by it.
 *
 * A point's record is written before the point, as pending. Who finds one that is pending has the
 * lock, so whoever wrote it has ended: it counts if the point is there.
 */
#include "folder_store.h"

#include "ob/alloc.h"

#include <string.h>

#include "holds.h"

#define FILE_NAME "holds"
#define LOCK_NAME "holds.lock"
#define LOCK_WAIT_NS UINT64_C(20000000)
#define LOCK_TRIES 1500 /* 30 s; a commit takes milliseconds, a sweep of much seconds */

typedef struct session {
    ob_folder_store *store;
    ob_file *lock;
    ob_holds holds;
    ob_status damage; /* of the file: OB_OK if there is none */
} session;

static bool is_there(ob_folder_store *store, ob_object_kind kind, const char *name,
                     ob_status *status)
{
    uint64_t size = 0;
    ob_status found = store->store.ops->size(&store->store, kind, name, &size);
    if (found != OB_OK && found != OB_E_NOT_FOUND) {
        *status = found;
    }
    return found == OB_OK;
}

/* ---- the file ---- */

static ob_status take_lock(session *s)
{
    const ob_fs *fs = s->store->fs;
    char *path = ob_path_join(s->store->machine, LOCK_NAME);
    if (path == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", s->store->machine);
    }
    ob_status status =
        fs->open(fs, NULL, path, OB_OPEN_READ | OB_OPEN_WRITE | OB_OPEN_CREATE, &s->lock);
    ob_free(path);
    if (OB_FAILED(status)) {
        return status;
    }
    status = fs->lock(fs, s->lock);
    for (int i = 0; i < LOCK_TRIES && status == OB_E_BUSY; i++) {
        ob_clock_os()->sleep(ob_clock_os(), LOCK_WAIT_NS);
        status = fs->lock(fs, s->lock);
    }
    return status;
}

static ob_status settle_pending(session *s)
{
    ob_status status = OB_OK;
    for (size_t i = 0; i < s->holds.count && status == OB_OK; i++) {
        ob_hold_record *record = &s->holds.records[i];
        ob_object_name name;
        if (record->pending) {
            ob_hold_name_of(record, name);
            record->gone = !is_there(s->store, OB_OBJECT_POINT, name, &status);
            record->pending = false;
        }
    }
    return status;
}

static ob_status load(session *s)
{
    const ob_fs *fs = s->store->fs;
    uint8_t *data = NULL;
    size_t length = 0;
    char *path = ob_path_join(s->store->machine, FILE_NAME);
    if (path == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", s->store->machine);
    }
    ob_status status = ob_fs_read_file(fs, path, OB_HOLDS_MOST, &data, &length);
    if (status == OB_OK) {
        status = ob_holds_read(&s->holds, data, length);
        if (status == OB_E_CORRUPT || status == OB_E_FORMAT_VERSION) {
            char *why = ob_strdup(ob_detail());
            s->damage = ob_fail(status, "%s: %s", path, why != NULL ? why : "damaged");
            ob_free(why);
            status = OB_OK;
        }
    } else if (status == OB_E_NOT_FOUND) {
        status = OB_OK;
    }
    ob_free(data);
    ob_free(path);
    if (status == OB_OK) {
        ob_holds_tick(&s->holds, s->store->clock->now(s->store->clock));
        status = settle_pending(s);
    }
    return status;
}

static void end(session *s)
{
    s->store->fs->close(s->store->fs, s->lock);
    ob_holds_free(&s->holds);
}

static ob_status begin(session *s, ob_store *store)
{
    *s = (session){.store = (ob_folder_store *)store};
    ob_status status = take_lock(s);
    if (status == OB_OK) {
        status = load(s);
    }
    return ob_folder_explain(s->store, status, OB_E_CORRUPT);
}

/* For all but a commit. */
static ob_status begin_whole(session *s, ob_store *store)
{
    ob_status status = begin(s, store);
    return status == OB_OK ? s->damage : status;
}

static ob_status save(session *s)
{
    ob_buf bytes = {.limit = OB_HOLDS_MOST};
    ob_status status = ob_holds_write(&s->holds, &bytes);
    if (status == OB_OK) {
        status = ob_folder_replace(s->store, FILE_NAME, bytes.data, bytes.length);
        status = ob_folder_explain(s->store, status, OB_E_CORRUPT);
    }
    ob_buf_free(&bytes);
    return status;
}

/* ---- commit ---- */

static ob_status check_packs(ob_folder_store *store, const uint8_t *packs, size_t count)
{
    ob_status status = OB_OK;
    for (size_t i = 0; i < count && status == OB_OK; i++) {
        ob_hold_record record = {.kind = OB_OBJECT_PACK};
        ob_object_name name;
        memcpy(record.id, packs + i * OB_HOLD_ID, OB_HOLD_ID);
        ob_hold_name_of(&record, name);
        if (!is_there(store, OB_OBJECT_PACK, name, &status) && status == OB_OK) {
            status = ob_fail(OB_E_NOT_FOUND, "pack %s, which the point needs, is gone", name);
        }
    }
    return status;
}

static ob_status hold_point(session *s, const char *point, const uint8_t *packs, size_t count,
                            uint32_t days)
{
    uint8_t id[OB_HOLD_ID];
    ob_holds *holds = &s->holds;
    ob_status status = ob_hold_id_of(OB_OBJECT_POINT, point, id);
    if (status == OB_OK) {
        status = ob_holds_ensure(holds, OB_OBJECT_POINT, id, 1);
    }
    if (status == OB_OK && days > 0) {
        status = ob_holds_ensure(holds, OB_OBJECT_PACK, packs, count);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    for (size_t i = 0; i < count; i++) {
        ob_hold_record *record = ob_holds_find(holds, OB_OBJECT_PACK, packs + i * OB_HOLD_ID);
        if (record != NULL) {
            ob_holds_keep(holds, record, days);
        }
    }
    ob_hold_record *record = ob_holds_find(holds, OB_OBJECT_POINT, id);
    ob_holds_keep(holds, record, days);
    record->gone = false;
    record->pending = true;
    return save(s);
}

static ob_status commit(ob_store *store, const char *point, const void *data, size_t length,
                        const uint8_t *packs, size_t pack_count, uint32_t days)
{
    session s;
    ob_status status = begin(&s, store);
    if (status == OB_OK) {
        status = check_packs(s.store, packs, pack_count);
    }
    if (status == OB_OK && s.damage == OB_OK) {
        status = hold_point(&s, point, packs, pack_count, days);
    }
    if (status == OB_OK) {
        status = store->ops->put(store, OB_OBJECT_POINT, point, data, length);
    }
    end(&s);
    return status;
}

/* ---- the lock ---- */

static ob_status lock(ob_store *store, uint32_t seconds, uint64_t *token)
{
    session s;
    uint64_t given = 0;
    ob_status status = begin_whole(&s, store);
    if (status == OB_OK) {
        status = ob_holds_lock(&s.holds, seconds, &given);
    }
    if (status == OB_OK) {
        status = save(&s);
    }
    if (status == OB_OK) {
        *token = given;
    }
    end(&s);
    return status;
}

static ob_status renew(ob_store *store, uint64_t token, uint32_t seconds)
{
    session s;
    ob_status status = begin_whole(&s, store);
    if (status == OB_OK) {
        status = ob_holds_renew(&s.holds, token, seconds);
    }
    if (status == OB_OK) {
        status = save(&s);
    }
    end(&s);
    return status;
}

static ob_status unlock(ob_store *store, uint64_t token)
{
    session s;
    ob_status status = begin_whole(&s, store);
    if (status == OB_OK) {
        status = ob_holds_unlock(&s.holds, token);
    }
    if (status == OB_OK) {
        status = save(&s);
    }
    end(&s);
    return status;
}

/* ---- marks ---- */

/* The ids of names; each must be valid. */
static ob_status ids_of(ob_object_kind kind, const ob_object_name *names, size_t count,
                        uint8_t **out)
{
    uint8_t *ids = ob_calloc(count, OB_HOLD_ID);
    ob_status status = ids != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "%zu names", count);
    for (size_t i = 0; i < count && status == OB_OK; i++) {
        status = ob_hold_id_of(kind, names[i], ids + i * OB_HOLD_ID);
    }
    if (OB_FAILED(status)) {
        ob_free(ids);
        return status;
    }
    *out = ids;
    return OB_OK;
}

static ob_status mark_all(session *s, uint64_t token, ob_object_kind kind,
                          const ob_object_name *names, const uint8_t *ids, size_t count,
                          uint32_t days, size_t *refused)
{
    ob_status status = ob_holds_ensure(&s->holds, kind, ids, count);
    for (size_t i = 0; i < count && status == OB_OK; i++) {
        ob_hold_record *record = ob_holds_find(&s->holds, kind, ids + i * OB_HOLD_ID);
        if (!is_there(s->store, kind, names[i], &status)) {
            record->gone = true;
        } else if (!ob_holds_mark(&s->holds, record, token, days)) {
            ++*refused;
        }
    }
    return status;
}

static ob_status mark(ob_store *store, uint64_t token, ob_object_kind kind,
                      const ob_object_name *names, size_t count, uint32_t days, size_t *refused)
{
    session s;
    uint8_t *ids = NULL;
    size_t not_marked = 0;
    ob_status status = begin_whole(&s, store);
    if (status == OB_OK) {
        status = ob_holds_check(&s.holds, token);
    }
    if (status == OB_OK) {
        status = ids_of(kind, names, count, &ids);
    }
    if (status == OB_OK) {
        status = mark_all(&s, token, kind, names, ids, count, days, &not_marked);
    }
    if (status == OB_OK) {
        status = save(&s);
    }
    if (status == OB_OK) {
        *refused = not_marked;
    }
    ob_free(ids);
    end(&s);
    return status;
}

static ob_status remove_one(ob_folder_store *store, ob_object_kind kind, const char *name)
{
    char *place = NULL;
    char *path = NULL;
    ob_status status = ob_folder_locate(store, kind, name, &place, &path);
    if (status == OB_OK) {
        status = store->fs->remove_file(store->fs, NULL, path);
        status = status == OB_E_NOT_FOUND ? OB_OK : status;
        status = ob_folder_explain(store, status, OB_E_CORRUPT);
    }
    ob_free(path);
    ob_free(place);
    return status;
}

/* The records are written after this: of what a power cut brings back they are still there. */
static ob_status sync_places(ob_folder_store *store, ob_object_kind kind,
                             const ob_object_name *names, size_t count)
{
    ob_status status = OB_OK;
    char *last = NULL;
    for (size_t i = 0; i < count && status == OB_OK; i++) {
        char *place = NULL;
        char *path = NULL;
        status = ob_folder_locate(store, kind, names[i], &place, &path);
        if (status == OB_OK && (last == NULL || strcmp(last, place) != 0)) {
            status = ob_folder_sync(store, place);
            status = ob_folder_explain(store, status, OB_E_CORRUPT);
        }
        ob_free(path);
        ob_free(last);
        last = place;
    }
    ob_free(last);
    return status;
}

static ob_status sweep_all(session *s, ob_object_kind kind, const ob_object_name *names,
                           size_t count, size_t *refused)
{
    uint8_t id[OB_HOLD_ID];
    ob_status status = OB_OK;
    for (size_t i = 0; i < count && status == OB_OK; i++) {
        status = ob_hold_id_of(kind, names[i], id);
        ob_hold_record *record = status == OB_OK ? ob_holds_find(&s->holds, kind, id) : NULL;
        if (record == NULL || !ob_holds_due(&s->holds, record)) {
            ++*refused;
            continue;
        }
        status = remove_one(s->store, kind, names[i]);
        record->gone = status == OB_OK;
    }
    return status == OB_OK ? sync_places(s->store, kind, names, count) : status;
}

static ob_status sweep(ob_store *store, uint64_t token, ob_object_kind kind,
                       const ob_object_name *names, size_t count, size_t *refused)
{
    session s;
    size_t not_swept = 0;
    ob_status status = begin_whole(&s, store);
    if (status == OB_OK) {
        status = ob_holds_check(&s.holds, token);
    }
    if (status == OB_OK) {
        status = sweep_all(&s, kind, names, count, &not_swept);
    }
    if (status == OB_OK) {
        status = save(&s);
    }
    if (status == OB_OK) {
        *refused = not_swept;
    }
    end(&s);
    return status;
}

static ob_status keep_all(session *s, ob_object_kind kind, const ob_object_name *names,
                          const uint8_t *ids, size_t count, uint32_t days)
{
    ob_status status = OB_OK;
    for (size_t i = 0; i < count && status == OB_OK; i++) {
        if (!is_there(s->store, kind, names[i], &status) && status == OB_OK) {
            status = ob_fail(OB_E_NOT_FOUND, "%s %s is gone", ob_object_kind_name(kind), names[i]);
        }
    }
    if (status == OB_OK) {
        status = ob_holds_ensure(&s->holds, kind, ids, count);
    }
    for (size_t i = 0; i < count && status == OB_OK; i++) {
        ob_holds_keep(&s->holds, ob_holds_find(&s->holds, kind, ids + i * OB_HOLD_ID), days);
    }
    return status;
}

static ob_status keep(ob_store *store, ob_object_kind kind, const ob_object_name *names,
                      size_t count, uint32_t days)
{
    session s;
    uint8_t *ids = NULL;
    ob_status status = begin_whole(&s, store);
    if (status == OB_OK) {
        status = ids_of(kind, names, count, &ids);
    }
    if (status == OB_OK) {
        status = keep_all(&s, kind, names, ids, count, days);
    }
    if (status == OB_OK) {
        status = save(&s);
    }
    ob_free(ids);
    end(&s);
    return status;
}

/* Without the lock, so that a vault that is read-only can be listed: the file is of one moment. */
static ob_status list(ob_store *store, ob_hold_visit visit, void *context)
{
    session s = {.store = (ob_folder_store *)store};
    ob_status status = ob_folder_explain(s.store, load(&s), OB_E_CORRUPT);
    status = status == OB_OK ? s.damage : status;
    if (status == OB_OK) {
        status = ob_holds_visit(&s.holds, visit, context);
    }
    end(&s);
    return status;
}

const ob_hold_ops ob_folder_hold_ops = {commit, lock, renew, unlock, mark, sweep, keep, list};
