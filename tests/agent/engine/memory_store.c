#include "memory_store.h"

#include "holds.h"
#include "ob/clock.h"
#include "ob/thread.h"

#include <stdlib.h>
#include <string.h>

typedef struct memory_kind {
    memory_object *objects; /* sorted by name */
    size_t count, capacity;
} memory_kind;

typedef struct memory_store {
    ob_store base;
    ob_mutex lock;
    memory_kind kinds[OB_OBJECT_KINDS];
    memory_store_counts counts;
    uint64_t skip;
    ob_status status;
    bool for_ever;
    bool discard_packs;
    uint8_t *holds; /* their bytes; NULL: none yet */
    size_t holds_length;
    int64_t now; /* the system's clock of holds; 0 = of the system */
} memory_store;

static memory_store *of(ob_store *store)
{
    return (memory_store *)store;
}

static void *need(void *block)
{
    if (block == NULL) {
        abort();
    }
    return block;
}

/* The position of `name`, or where it would be. */
static size_t place(const memory_kind *kind, const char *name, bool *found)
{
    size_t low = 0;
    size_t high = kind->count;
    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(kind->objects[middle].name, name);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static memory_object *look(memory_store *self, ob_object_kind kind, const char *name)
{
    bool found = false;
    size_t at = place(&self->kinds[kind], name, &found);
    return found ? &self->kinds[kind].objects[at] : NULL;
}

static void insert(memory_kind *kind, const char *name, const void *data, size_t length)
{
    bool found = false;
    size_t at = place(kind, name, &found);
    if (found) {
        free(kind->objects[at].data);
    } else {
        if (kind->count == kind->capacity) {
            kind->capacity = kind->capacity * 2 + 16;
            kind->objects = need(realloc(kind->objects, kind->capacity * sizeof kind->objects[0]));
        }
        memmove(&kind->objects[at + 1], &kind->objects[at],
                (kind->count - at) * sizeof kind->objects[0]);
        kind->count++;
    }
    memory_object *object = &kind->objects[at];
    memset(object->name, 0, sizeof object->name);
    strncpy(object->name, name, sizeof object->name - 1);
    object->data = need(malloc(length > 0 ? length : 1));
    if (length > 0) {
        memcpy(object->data, data, length);
    }
    object->length = length;
}

static void drop(memory_kind *kind, size_t at)
{
    free(kind->objects[at].data);
    memmove(&kind->objects[at], &kind->objects[at + 1],
            (kind->count - at - 1) * sizeof kind->objects[0]);
    kind->count--;
}

static void drop_all(memory_kind *kind)
{
    while (kind->count > 0) {
        drop(kind, kind->count - 1);
    }
}

/* The planned failure, if this operation is the one. */
static ob_status strike(memory_store *self, const char *what)
{
    ob_status status = self->status;
    if (status == OB_OK) {
        return OB_OK;
    }
    if (self->skip > 0) {
        self->skip--;
        return OB_OK;
    }
    if (!self->for_ever) {
        self->status = OB_OK;
    }
    return ob_fail(status, "planned failure of %s", what);
}

/* Locked; `status` is what came before. */
static ob_status put_locked(memory_store *self, ob_object_kind kind, const char *name,
                            const void *data, size_t length, ob_status status)
{
    memory_object *there = look(self, kind, name);
    self->counts.puts++;
    self->counts.bytes_put += length;
    if (OB_FAILED(status)) {
    } else if (!ob_object_name_valid(kind, name, strlen(name))) {
        status = ob_fail(OB_E_INVALID_ARGUMENT, "name %s", name);
    } else if (there != NULL) {
        bool same = there->length == length && memcmp(there->data, data, length) == 0;
        status = same ? OB_OK : ob_fail(OB_E_EXISTS, "%s", name);
    } else if (!self->discard_packs || kind != OB_OBJECT_PACK) {
        insert(&self->kinds[kind], name, data, length);
    }
    return status;
}

static ob_status store_put(ob_store *store, ob_object_kind kind, const char *name, const void *data,
                           size_t length)
{
    memory_store *self = of(store);
    ob_mutex_lock(&self->lock);
    ob_status status = put_locked(self, kind, name, data, length, strike(self, "put"));
    ob_mutex_unlock(&self->lock);
    return status;
}

static ob_status store_get(ob_store *store, ob_object_kind kind, const char *name, uint64_t offset,
                           void *data, size_t length)
{
    memory_store *self = of(store);
    ob_mutex_lock(&self->lock);
    self->counts.gets++;
    self->counts.bytes_got += length;
    ob_status status = strike(self, "get");
    memory_object *object = look(self, kind, name);
    if (OB_FAILED(status)) {
    } else if (object == NULL) {
        status = ob_fail(OB_E_NOT_FOUND, "%s", name);
    } else if (offset > object->length || length > object->length - offset) {
        status = ob_fail(OB_E_CORRUPT, "%s is shorter than expected", name);
    } else if (length > 0) {
        memcpy(data, object->data + offset, length);
    }
    ob_mutex_unlock(&self->lock);
    return status;
}

static ob_status store_size(ob_store *store, ob_object_kind kind, const char *name, uint64_t *out)
{
    memory_store *self = of(store);
    ob_mutex_lock(&self->lock);
    self->counts.sizes++;
    ob_status status = strike(self, "size");
    memory_object *object = look(self, kind, name);
    if (OB_FAILED(status)) {
    } else if (object == NULL) {
        status = ob_fail(OB_E_NOT_FOUND, "%s", name);
    } else {
        *out = object->length;
    }
    ob_mutex_unlock(&self->lock);
    return status;
}

static ob_status store_list(ob_store *store, ob_object_kind kind, const char *after,
                            ob_store_visit visit, void *context)
{
    memory_store *self = of(store);
    ob_mutex_lock(&self->lock);
    self->counts.lists++;
    ob_status status = strike(self, "list");
    bool found = false;
    size_t at = place(&self->kinds[kind], after, &found);
    at += found ? 1 : 0;
    while (!OB_FAILED(status) && at < self->kinds[kind].count) {
        char name[OB_OBJECT_NAME_MAX];
        memcpy(name, self->kinds[kind].objects[at].name, sizeof name);
        uint64_t size = self->kinds[kind].objects[at].length;
        /* The visitor may use the store. */
        ob_mutex_unlock(&self->lock);
        status = visit(context, name, size);
        ob_mutex_lock(&self->lock);
        at = place(&self->kinds[kind], name, &found);
        at += found ? 1 : 0;
    }
    ob_mutex_unlock(&self->lock);
    return status;
}

static void store_close(ob_store *store)
{
    memory_store *self = of(store);
    if (self == NULL) {
        return;
    }
    for (size_t i = 0; i < OB_OBJECT_KINDS; i++) {
        drop_all(&self->kinds[i]);
        free(self->kinds[i].objects);
    }
    ob_mutex_destroy(&self->lock);
    free(self->holds);
    free(self);
}

/* ---- holds ---- */

static ob_status holds_load(memory_store *self, const char *what, ob_holds *holds)
{
    const ob_clock *clock = ob_clock_os();
    *holds = (ob_holds){0};
    ob_status status = strike(self, what);
    if (!OB_FAILED(status) && self->holds != NULL) {
        status = ob_holds_read(holds, self->holds, self->holds_length);
    }
    if (!OB_FAILED(status)) {
        ob_holds_tick(holds, self->now != 0 ? self->now : clock->now(clock));
    }
    return status;
}

static ob_status holds_save(memory_store *self, ob_holds *holds, ob_status status)
{
    ob_buf bytes = {0};
    if (!OB_FAILED(status)) {
        status = ob_holds_write(holds, &bytes);
    }
    if (!OB_FAILED(status)) {
        free(self->holds);
        self->holds = need(malloc(bytes.length));
        memcpy(self->holds, bytes.data, bytes.length);
        self->holds_length = bytes.length;
    }
    ob_buf_free(&bytes);
    ob_holds_free(holds);
    return status;
}

static ob_status hold_names(ob_holds *holds, ob_object_kind kind, const ob_object_name *names,
                            size_t count)
{
    ob_status status = OB_OK;
    for (size_t i = 0; !OB_FAILED(status) && i < count; i++) {
        uint8_t id[OB_HOLD_ID];
        status = ob_hold_id_of(kind, names[i], id);
        if (!OB_FAILED(status)) {
            status = ob_holds_ensure(holds, kind, id, 1);
        }
    }
    return status;
}

static ob_hold_record *hold_of(const ob_holds *holds, ob_object_kind kind, const char *name)
{
    uint8_t id[OB_HOLD_ID];
    return OB_FAILED(ob_hold_id_of(kind, name, id)) ? NULL : ob_holds_find(holds, kind, id);
}

static ob_status hold_packs(memory_store *self, ob_holds *holds, const uint8_t *packs, size_t count,
                            uint32_t days)
{
    ob_status status = days > 0 ? ob_holds_ensure(holds, OB_OBJECT_PACK, packs, count) : OB_OK;
    for (size_t i = 0; !OB_FAILED(status) && i < count; i++) {
        ob_hold_record named = {.kind = OB_OBJECT_PACK};
        ob_hold_record *record = ob_holds_find(holds, OB_OBJECT_PACK, packs + i * OB_HOLD_ID);
        ob_object_name name;
        memcpy(named.id, packs + i * OB_HOLD_ID, OB_HOLD_ID);
        ob_hold_name_of(&named, name);
        if (look(self, OB_OBJECT_PACK, name) == NULL && !self->discard_packs) {
            status = ob_fail(OB_E_NOT_FOUND, "pack %s is gone", name);
        } else if (record != NULL) {
            ob_holds_keep(holds, record, days);
        }
    }
    return status;
}

static ob_status store_commit(ob_store *store, const char *point, const void *data, size_t length,
                              const uint8_t *packs, size_t pack_count, uint32_t days)
{
    memory_store *self = of(store);
    ob_holds holds;
    ob_mutex_lock(&self->lock);
    ob_status status = holds_load(self, "commit", &holds);
    if (!OB_FAILED(status)) {
        status = hold_packs(self, &holds, packs, pack_count, days);
    }
    if (!OB_FAILED(status)) {
        status =
            hold_names(&holds, OB_OBJECT_POINT, (const ob_object_name *)(const void *)point, 1);
    }
    if (!OB_FAILED(status)) {
        ob_holds_keep(&holds, hold_of(&holds, OB_OBJECT_POINT, point), days);
    }
    status = put_locked(self, OB_OBJECT_POINT, point, data, length, status);
    status = holds_save(self, &holds, status);
    ob_mutex_unlock(&self->lock);
    return status;
}

static ob_status store_lock(ob_store *store, uint32_t seconds, uint64_t *token)
{
    memory_store *self = of(store);
    ob_holds holds;
    uint64_t given = 0;
    ob_mutex_lock(&self->lock);
    ob_status status = holds_load(self, "lock", &holds);
    if (!OB_FAILED(status)) {
        status = ob_holds_lock(&holds, seconds, &given);
    }
    status = holds_save(self, &holds, status);
    *token = OB_FAILED(status) ? *token : given;
    ob_mutex_unlock(&self->lock);
    return status;
}

static ob_status store_renew(ob_store *store, uint64_t token, uint32_t seconds)
{
    memory_store *self = of(store);
    ob_holds holds;
    ob_mutex_lock(&self->lock);
    ob_status status = holds_load(self, "renew", &holds);
    if (!OB_FAILED(status)) {
        status = ob_holds_renew(&holds, token, seconds);
    }
    status = holds_save(self, &holds, status);
    ob_mutex_unlock(&self->lock);
    return status;
}

static ob_status store_unlock(ob_store *store, uint64_t token)
{
    memory_store *self = of(store);
    ob_holds holds;
    ob_mutex_lock(&self->lock);
    ob_status status = holds_load(self, "unlock", &holds);
    if (!OB_FAILED(status)) {
        status = ob_holds_unlock(&holds, token);
    }
    status = holds_save(self, &holds, status);
    ob_mutex_unlock(&self->lock);
    return status;
}

static ob_status store_mark(ob_store *store, uint64_t token, ob_object_kind kind,
                            const ob_object_name *names, size_t count, uint32_t days,
                            size_t *refused)
{
    memory_store *self = of(store);
    ob_holds holds;
    ob_mutex_lock(&self->lock);
    ob_status status = holds_load(self, "mark", &holds);
    if (!OB_FAILED(status)) {
        status = ob_holds_check(&holds, token);
    }
    if (!OB_FAILED(status)) {
        status = hold_names(&holds, kind, names, count);
    }
    size_t not_marked = 0;
    for (size_t i = 0; !OB_FAILED(status) && i < count; i++) {
        ob_hold_record *record = hold_of(&holds, kind, names[i]);
        record->gone = look(self, kind, names[i]) == NULL;
        not_marked += record->gone || ob_holds_mark(&holds, record, token, days) ? 0 : 1;
    }
    status = holds_save(self, &holds, status);
    *refused = OB_FAILED(status) ? *refused : not_marked;
    ob_mutex_unlock(&self->lock);
    return status;
}

static ob_status store_sweep(ob_store *store, uint64_t token, ob_object_kind kind,
                             const ob_object_name *names, size_t count, size_t *refused)
{
    memory_store *self = of(store);
    ob_holds holds;
    ob_mutex_lock(&self->lock);
    ob_status status = holds_load(self, "sweep", &holds);
    if (!OB_FAILED(status)) {
        status = ob_holds_check(&holds, token);
    }
    size_t not_swept = 0;
    for (size_t i = 0; !OB_FAILED(status) && i < count; i++) {
        bool found = false;
        ob_hold_record *record = hold_of(&holds, kind, names[i]);
        size_t at = place(&self->kinds[kind], names[i], &found);
        if (record == NULL || !ob_holds_due(&holds, record)) {
            not_swept++;
            continue;
        }
        record->gone = true;
        if (found) {
            drop(&self->kinds[kind], at);
        }
    }
    status = holds_save(self, &holds, status);
    *refused = OB_FAILED(status) ? *refused : not_swept;
    ob_mutex_unlock(&self->lock);
    return status;
}

static ob_status store_keep(ob_store *store, ob_object_kind kind, const ob_object_name *names,
                            size_t count, uint32_t days)
{
    memory_store *self = of(store);
    ob_holds holds;
    ob_mutex_lock(&self->lock);
    ob_status status = holds_load(self, "keep", &holds);
    if (!OB_FAILED(status)) {
        status = hold_names(&holds, kind, names, count);
    }
    for (size_t i = 0; !OB_FAILED(status) && i < count; i++) {
        if (look(self, kind, names[i]) == NULL) {
            status = ob_fail(OB_E_NOT_FOUND, "%s is gone", names[i]);
        } else {
            ob_holds_keep(&holds, hold_of(&holds, kind, names[i]), days);
        }
    }
    status = holds_save(self, &holds, status);
    ob_mutex_unlock(&self->lock);
    return status;
}

static ob_status store_list_holds(ob_store *store, ob_hold_visit visit, void *context)
{
    memory_store *self = of(store);
    ob_holds holds;
    ob_mutex_lock(&self->lock);
    ob_status status = holds_load(self, "list of holds", &holds);
    ob_mutex_unlock(&self->lock);
    if (!OB_FAILED(status)) {
        status = ob_holds_visit(&holds, visit, context);
    }
    ob_holds_free(&holds);
    return status;
}

static const ob_hold_ops hold_ops = {store_commit, store_lock,  store_renew, store_unlock,
                                     store_mark,   store_sweep, store_keep,  store_list_holds};

const uint8_t *memory_store_holds(ob_store *store, size_t *length)
{
    *length = of(store)->holds_length;
    return of(store)->holds;
}

void memory_store_set_time(ob_store *store, int64_t now)
{
    of(store)->now = now;
}

static const ob_store_ops ops = {store_put, store_get, store_size, store_list, store_close};

ob_store *memory_store_new(void)
{
    memory_store *self = need(calloc(1, sizeof *self));
    self->base.ops = &ops;
    self->base.holds = &hold_ops;
    ob_mutex_init(&self->lock);
    return &self->base;
}

size_t memory_store_count(ob_store *store, ob_object_kind kind)
{
    return of(store)->kinds[kind].count;
}

memory_object *memory_store_at(ob_store *store, ob_object_kind kind, size_t position)
{
    memory_kind *there = &of(store)->kinds[kind];
    return position < there->count ? &there->objects[position] : NULL;
}

memory_object *memory_store_find(ob_store *store, ob_object_kind kind, const char *name)
{
    return look(of(store), kind, name);
}

void memory_store_remove(ob_store *store, ob_object_kind kind, const char *name)
{
    bool found = false;
    size_t at = place(&of(store)->kinds[kind], name, &found);
    if (found) {
        drop(&of(store)->kinds[kind], at);
    }
}

void memory_store_set(ob_store *store, ob_object_kind kind, const char *name, const void *data,
                      size_t length)
{
    insert(&of(store)->kinds[kind], name, data, length);
}

void memory_store_copy(ob_store *to, ob_store *from)
{
    for (size_t kind = 0; kind < OB_OBJECT_KINDS; kind++) {
        memory_kind *source = &of(from)->kinds[kind];
        drop_all(&of(to)->kinds[kind]);
        for (size_t i = 0; i < source->count; i++) {
            insert(&of(to)->kinds[kind], source->objects[i].name, source->objects[i].data,
                   source->objects[i].length);
        }
    }
    memory_store *target = of(to);
    free(target->holds);
    target->holds = NULL;
    target->holds_length = of(from)->holds_length;
    if (target->holds_length > 0) {
        target->holds = need(malloc(target->holds_length));
        memcpy(target->holds, of(from)->holds, target->holds_length);
    }
}

memory_store_counts memory_store_counted(ob_store *store)
{
    return of(store)->counts;
}

void memory_store_fail(ob_store *store, uint64_t skip, ob_status status, bool for_ever)
{
    ob_mutex_lock(&of(store)->lock);
    of(store)->skip = skip;
    of(store)->status = status;
    of(store)->for_ever = for_ever;
    ob_mutex_unlock(&of(store)->lock);
}

void memory_store_discard_packs(ob_store *store, bool discard)
{
    of(store)->discard_packs = discard;
}
