#include "retain/upkeep.h"

#include "index/index.h"
#include "ob/alloc.h"

#include <stdio.h>
#include <string.h>

#define SMALL ((size_t)4096) /* entries: an object of fewer is small */
#define SMALL_MOST 16        /* so many small ones may be */

typedef struct old_object {
    const char *name; /* of the survey */
    bool small;       /* has few entries */
    bool stale;       /* lists a pack that is gone */
    bool unread;      /* cannot be read: stays */
    bool bad;         /* tells of damaged chunks: stays while one of its packs is there */
    bool alive;       /* lists a pack that is there */
} old_object;

typedef struct upkeep {
    const ob_upkeep *with;
    old_object *objects;
    size_t count;
    old_object *now; /* that is being read */
    size_t entries_now;
    /* What goes into the next new object; by the survey's numbers. */
    ob_index_entry *entries;
    size_t entry_count, entry_capacity;
    uint32_t pack; /* that is being read; OB_PACK_NONE: gone */
} upkeep;

static ob_status no_memory(void)
{
    return ob_fail(OB_E_NO_MEMORY, "index objects");
}

/* The survey's number of a pack that is there. */
static bool find_pack(const upkeep *u, const ob_pack_info *info, uint32_t *number)
{
    const ob_survey *s = u->with->survey;
    return ob_packs_find(&s->packs, info->name, number) && !s->pack[*number].gone;
}

/* ---- reading ---- */

static ob_status read_object(const upkeep *u, const old_object *object, const ob_index_sink *sink)
{
    const ob_survey *s = u->with->survey;
    uint8_t name[OB_SHA256_SIZE];
    uint8_t *data = NULL;
    size_t length = 0;
    ob_buf plain = {.limit = OB_INDEX_MOST};
    ob_status status = ob_hex_decode(name, sizeof name, object->name, strlen(object->name));
    if (!OB_FAILED(status)) {
        status = ob_store_get_all(s->engine->store, OB_OBJECT_INDEX, object->name, OB_INDEX_MOST,
                                  &data, &length);
    }
    if (!OB_FAILED(status)) {
        status = ob_index_open(s->tools, s->engine->keys, name, data, length, &plain);
    }
    if (!OB_FAILED(status)) {
        status = ob_index_read(plain.data, plain.length, sink);
    }
    ob_free(data);
    ob_buf_free(&plain);
    if (!OB_FAILED(status) && s->pulse != NULL) {
        status = s->pulse(s->pulse_context);
    }
    return status;
}

static ob_status look_pack(void *context, const ob_pack_info *info)
{
    upkeep *u = context;
    uint32_t number = 0;
    bool there = find_pack(u, info, &number);
    u->now->alive = u->now->alive || there;
    u->now->stale = u->now->stale || !there;
    return OB_OK;
}

static ob_status look_entry(void *context, const ob_index_entry *entry)
{
    upkeep *u = context;
    (void)entry;
    u->now->small = ++u->entries_now < SMALL;
    return OB_OK;
}

static ob_status look_bad(void *context, const ob_pack_info *info, const ob_index_entry *entry)
{
    upkeep *u = context;
    (void)entry;
    u->now->bad = true;
    return look_pack(u, info);
}

static bool is_damage(ob_status status)
{
    return status == OB_E_CORRUPT || status == OB_E_SEAL || status == OB_E_FORMAT_VERSION ||
           status == OB_E_TOO_LARGE || status == OB_E_NOT_FOUND;
}

static ob_status look_at_all(upkeep *u)
{
    const ob_index_sink sink = {u, look_pack, look_entry, look_bad};
    ob_status status = OB_OK;
    for (size_t i = 0; !OB_FAILED(status) && i < u->count; i++) {
        u->now = &u->objects[i];
        *u->now = (old_object){.name = u->with->survey->indexes[i], .small = true};
        u->entries_now = 0;
        status = read_object(u, u->now, &sink);
        u->now->unread = is_damage(status);
        status = u->now->unread ? OB_OK : status;
    }
    return status;
}

/* ---- which are replaced ---- */

static bool is_replaced(const old_object *object, bool merge)
{
    if (object->unread) {
        return false;
    }
    if (object->bad) {
        return !object->alive;
    }
    return object->stale || (merge && object->small);
}

static bool too_many_small(const upkeep *u)
{
    size_t small = 0;
    for (size_t i = 0; i < u->count; i++) {
        const old_object *object = &u->objects[i];
        small += !object->unread && !object->bad && object->small ? 1 : 0;
    }
    return small > SMALL_MOST;
}

/* ---- writing ---- */

static ob_status write_object(upkeep *u)
{
    const ob_survey *s = u->with->survey;
    ob_store *store = s->engine->store;
    ob_buf plain = {.limit = OB_INDEX_MOST};
    ob_buf object = {.limit = OB_INDEX_MOST};
    uint8_t name[OB_SHA256_SIZE];
    char text[OB_SHA256_HEX];
    if (u->entry_count == 0) {
        return OB_OK;
    }
    ob_status status = ob_index_write(&s->packs, u->entries, u->entry_count, &plain);
    if (!OB_FAILED(status)) {
        status = ob_index_seal(s->tools, s->engine->keys, &plain, &object, name);
    }
    if (!OB_FAILED(status)) {
        ob_hex_encode(text, name, sizeof name);
        status = store->ops->put(store, OB_OBJECT_INDEX, text, object.data, object.length);
    }
    if (!OB_FAILED(status)) {
        u->entry_count = 0;
        u->with->result->indexes_written++;
    }
    ob_buf_free(&plain);
    ob_buf_free(&object);
    return status;
}

static ob_status take_pack(void *context, const ob_pack_info *info)
{
    upkeep *u = context;
    ob_status status = u->entry_count >= OB_CHECKPOINT_AT ? write_object(u) : OB_OK;
    if (!find_pack(u, info, &u->pack)) {
        u->pack = OB_PACK_NONE;
    } else {
        u->with->survey->packs.info[u->pack].class = info->class;
    }
    return status;
}

static ob_status take_entry(void *context, const ob_index_entry *entry)
{
    upkeep *u = context;
    if (u->pack == OB_PACK_NONE) {
        return OB_OK;
    }
    if (u->entry_count == u->entry_capacity) {
        size_t capacity = u->entry_capacity * 2 + 1024;
        ob_index_entry *entries = ob_realloc_array(u->entries, capacity, sizeof entries[0]);
        if (entries == NULL) {
            return no_memory();
        }
        u->entries = entries;
        u->entry_capacity = capacity;
    }
    u->entries[u->entry_count] = *entry;
    u->entries[u->entry_count++].pack = u->pack;
    return OB_OK;
}

static ob_status rewrite(upkeep *u, bool merge)
{
    const ob_index_sink sink = {u, take_pack, take_entry, NULL};
    ob_status status = OB_OK;
    for (size_t i = 0; !OB_FAILED(status) && i < u->count; i++) {
        if (is_replaced(&u->objects[i], merge) && !u->objects[i].bad) {
            status = read_object(u, &u->objects[i], &sink);
        }
    }
    return OB_FAILED(status) ? status : write_object(u);
}

/* What was replaced needs no time to think it over: the packs say it all again. */
static ob_status sweep(upkeep *u, bool merge)
{
    ob_store *store = u->with->survey->engine->store;
    ob_object_name *names = ob_calloc(u->count, sizeof names[0]);
    size_t count = 0;
    size_t refused = 0;
    ob_status status = names != NULL ? OB_OK : no_memory();
    for (size_t i = 0; names != NULL && i < u->count; i++) {
        if (is_replaced(&u->objects[i], merge)) {
            memcpy(names[count++], u->with->survey->indexes[i], sizeof names[0]);
        }
    }
    if (!OB_FAILED(status) && count > 0) {
        status = store->holds->mark(store, u->with->token, OB_OBJECT_INDEX,
                                    (const ob_object_name *)names, count, 0, &refused);
    }
    if (!OB_FAILED(status) && count > 0) {
        status = store->holds->sweep(store, u->with->token, OB_OBJECT_INDEX,
                                     (const ob_object_name *)names, count, &refused);
    }
    if (!OB_FAILED(status)) {
        u->with->result->indexes_swept += count - refused;
    }
    ob_free(names);
    return status;
}

ob_status ob_upkeep_run(const ob_upkeep *with)
{
    upkeep u = {.with = with, .count = with->survey->index_count};
    u.objects = ob_calloc(u.count, sizeof u.objects[0]);
    ob_status status = u.objects != NULL ? look_at_all(&u) : no_memory();
    if (!OB_FAILED(status)) {
        bool merge = too_many_small(&u);
        bool any = false;
        for (size_t i = 0; i < u.count; i++) {
            any = any || is_replaced(&u.objects[i], merge);
        }
        if (any) {
            status = rewrite(&u, merge);
        }
        if (any && !OB_FAILED(status)) {
            status = sweep(&u, merge);
        }
    }
    ob_free(u.objects);
    ob_free(u.entries);
    return status;
}
