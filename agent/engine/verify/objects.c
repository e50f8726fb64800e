#include "index/object.h"
#include "key/envelope.h"
#include "ob/alloc.h"
#include "ob/text.h"
#include "verify/verify.h"

#include <stdio.h>
#include <string.h>

#define KEYRING_HEAD 46u /* of an exported keyring, before its epochs */

typedef struct names {
    char (*name)[OB_OBJECT_NAME_MAX];
    size_t count, capacity;
} names;

static ob_status add_name(void *context, const char *name, uint64_t size)
{
    names *into = context;
    (void)size;
    if (into->count == into->capacity) {
        size_t capacity = into->capacity * 2 + 64;
        void *larger = ob_realloc_array(into->name, capacity, sizeof *into->name);
        if (larger == NULL) {
            return ob_fail(OB_E_NO_MEMORY, "names of %zu objects", capacity);
        }
        into->name = larger;
        into->capacity = capacity;
    }
    snprintf(into->name[into->count++], sizeof *into->name, "%s", name);
    return OB_OK;
}

/* ---- key envelopes ---- */

static ob_status read_envelope(ob_verify *v, const char *name, uint32_t *epochs)
{
    uint8_t *data = NULL;
    size_t length = 0;
    ob_envelope envelope;
    ob_status status =
        ob_store_get_all(v->engine->store, OB_OBJECT_KEY, name, OB_ENVELOPE_MOST, &data, &length);
    if (!OB_FAILED(status)) {
        status = ob_envelope_parse(&envelope, data, length);
    }
    if (!OB_FAILED(status) && envelope.sealed_length < KEYRING_HEAD + OB_GCM_TAG + OB_KEY_SIZE) {
        status = ob_fail(OB_E_CORRUPT, "the key envelope is too short for keys");
    }
    if (!OB_FAILED(status)) {
        *epochs = (uint32_t)((envelope.sealed_length - KEYRING_HEAD - OB_GCM_TAG) / OB_KEY_SIZE);
    }
    ob_free(data);
    return status;
}

ob_status ob_verify_keys(ob_verify *v)
{
    names all = {0};
    uint32_t epochs = 0;
    ob_store *store = v->engine->store;
    const ob_keyring *keys = v->engine->keys;
    ob_status status = store->ops->list(store, OB_OBJECT_KEY, "", add_name, &all);
    for (size_t i = 0; i < all.count && !OB_FAILED(status); i++) {
        epochs = 0;
        status = read_envelope(v, all.name[i], &epochs);
        if (OB_FAILED(status) && ob_verify_is_damage(status)) {
            ob_verify_tell(v, OB_OBJECT_KEY, all.name[i],
                           ob_verify_damage_of(status, OB_DAMAGE_CHANGED), status, 0);
            status = OB_OK;
        }
        v->result.keys++;
    }
    if (!OB_FAILED(status) && all.count == 0) {
        ob_status none = ob_fail(OB_E_NOT_FOUND, "without a key envelope the passphrase opens "
                                                 "nothing");
        ob_verify_tell(v, OB_OBJECT_KEY, "", OB_DAMAGE_MISSING, none, 0);
    } else if (!OB_FAILED(status) && keys != NULL && epochs > 0 && epochs < keys->epochs) {
        ob_status old = ob_fail(OB_E_SEAL,
                                "it has keys of %u epochs and the machine of %u: what was written "
                                "since does not open with the passphrase",
                                (unsigned)epochs, (unsigned)keys->epochs);
        ob_verify_tell(v, OB_OBJECT_KEY, all.name[all.count - 1], OB_DAMAGE_OLD_KEYS, old, 0);
    }
    ob_free(all.name);
    return status;
}

/* ---- index objects ---- */

static ob_status pass_pack(void *context, const ob_pack_info *info)
{
    (void)context;
    (void)info;
    return OB_OK;
}

static ob_status pass_entry(void *context, const ob_index_entry *entry)
{
    (void)context;
    (void)entry;
    return OB_OK;
}

/* *damage: what it means if the object is corrupt. */
static ob_status read_index(ob_verify *v, ob_tools *tools, const char *name, ob_damage *damage)
{
    static const ob_index_sink sink = {NULL, pass_pack, pass_entry, NULL};
    uint8_t *data = NULL;
    size_t length = 0;
    uint8_t wanted[OB_SHA256_SIZE];
    uint8_t hash[OB_SHA256_SIZE];
    ob_buf plain = {.limit = OB_INDEX_MOST};
    *damage = OB_DAMAGE_CHANGED;
    ob_status status =
        ob_store_get_all(v->engine->store, OB_OBJECT_INDEX, name, OB_INDEX_MOST, &data, &length);
    if (!OB_FAILED(status)) {
        status = ob_hex_decode(wanted, sizeof wanted, name, strlen(name));
    }
    if (!OB_FAILED(status)) {
        ob_object_hash(data, length, hash);
        status = memcmp(hash, wanted, sizeof hash) == 0
                     ? OB_OK
                     : ob_fail(OB_E_CORRUPT, "its bytes do not fit its name");
    }
    if (!OB_FAILED(status) && v->repo != NULL) {
        *damage = OB_DAMAGE_CONTENT;
        status = ob_index_open(tools, v->engine->keys, wanted, data, length, &plain);
        if (!OB_FAILED(status)) {
            status = ob_index_read(plain.data, plain.length, &sink);
        }
    }
    ob_free(data);
    ob_buf_free(&plain);
    return status;
}

ob_status ob_verify_indexes(ob_verify *v)
{
    names all = {0};
    ob_tools *tools = NULL;
    ob_store *store = v->engine->store;
    ob_status status = store->ops->list(store, OB_OBJECT_INDEX, "", add_name, &all);
    if (!OB_FAILED(status) && v->repo != NULL) {
        status = ob_tools_take(&v->repo->pool, &tools);
    }
    for (size_t i = 0; i < all.count && !OB_FAILED(status); i++) {
        ob_damage damage = OB_DAMAGE_CHANGED;
        status = read_index(v, tools, all.name[i], &damage);
        v->result.indexes++;
        /* One that is gone was replaced since the listing. */
        if (OB_FAILED(status) && status != OB_E_NOT_FOUND && ob_verify_is_damage(status)) {
            ob_verify_tell(v, OB_OBJECT_INDEX, all.name[i], ob_verify_damage_of(status, damage),
                           status, 0);
        }
        if (ob_verify_is_damage(status)) {
            status = OB_OK;
        }
        if (!OB_FAILED(status)) {
            status = ob_verify_cancelled(v);
        }
    }
    if (v->repo != NULL) {
        ob_tools_give(&v->repo->pool, tools);
    }
    ob_free(all.name);
    return status;
}
