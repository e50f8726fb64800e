#include "pack/read.h"

#include "ob/alloc.h"
#include "ob/text.h"

#include <stdio.h>
#include <string.h>

#define KEYS_KEPT 64

/* The status with the pack's name before its detail. */
static ob_status in_pack(ob_status status, const char *name, const char *part)
{
    char why[512];
    switch (status) {
    case OB_E_SEAL:
        return ob_fail(status, "pack/%s: %s does not open: it was changed, or belongs elsewhere",
                       name, part);
    case OB_E_CORRUPT:
    case OB_E_FORMAT_VERSION:
        snprintf(why, sizeof why, "%s", ob_detail());
        return ob_fail(status, "pack/%s: %s: %s", name, part, why);
    default:
        return status;
    }
}

/* What the store says of a part of a pack. */
static ob_status got(ob_status status, const char *name)
{
    if (status == OB_E_NOT_FOUND) {
        return ob_fail(OB_E_CORRUPT, "pack/%s is not in the vault", name);
    }
    return in_pack(status, name, "its bytes");
}

static ob_status get(ob_store *store, const char *name, uint64_t offset, void *data, size_t length)
{
    return got(store->ops->get(store, OB_OBJECT_PACK, name, offset, data, length), name);
}

static ob_status read_header(ob_store *store, const char *name, ob_object_header *out)
{
    uint8_t bytes[OB_HEADER_SIZE];
    ob_status status = get(store, name, 0, bytes, sizeof bytes);
    if (OB_FAILED(status)) {
        return status;
    }
    return in_pack(ob_object_header_read(out, OB_KEY_PACK, bytes), name, "header");
}

static ob_status read_footer(ob_store *store, ob_tools *tools, const char *name, uint64_t size,
                             ob_pack_head *head)
{
    uint8_t bytes[OB_FOOTER_SIZE];
    const ob_place place = {.type = OB_SEAL_FOOTER, .offset = size - OB_FOOTER_SIZE};
    ob_status status = get(store, name, place.offset, bytes, sizeof bytes);
    if (!OB_FAILED(status)) {
        status = in_pack(ob_unseal(tools->gcm, &head->header, &place, bytes, sizeof bytes, bytes),
                         name, "footer");
    }
    if (!OB_FAILED(status)) {
        status = in_pack(ob_footer_read(&head->footer, bytes, size), name, "footer");
    }
    return status;
}

static ob_status read_toc(ob_store *store, ob_tools *tools, const char *name, ob_pack_head *head)
{
    const ob_footer *footer = &head->footer;
    const ob_place place = {.type = OB_SEAL_TOC, .offset = footer->toc_offset};
    uint8_t *bytes = ob_alloc(footer->toc_length);
    head->entries = ob_calloc(footer->count, sizeof head->entries[0]);
    ob_status status = bytes != NULL && head->entries != NULL
                           ? OB_OK
                           : ob_fail(OB_E_NO_MEMORY, "table of contents");
    if (!OB_FAILED(status)) {
        status = get(store, name, footer->toc_offset, bytes, footer->toc_length);
    }
    if (!OB_FAILED(status)) {
        status =
            in_pack(ob_unseal(tools->gcm, &head->header, &place, bytes, footer->toc_length, bytes),
                    name, "table of contents");
    }
    if (!OB_FAILED(status)) {
        status = in_pack(ob_toc_read(head->entries, footer, bytes, footer->toc_length - OB_GCM_TAG),
                         name, "table of contents");
    }
    ob_free(bytes);
    return status;
}

ob_status ob_pack_read_head(ob_store *store, const ob_keyring *keys, ob_tools *tools,
                            const char *name, uint64_t size, ob_pack_head *out)
{
    ob_pack_head head = {0};
    if (size < OB_HEADER_SIZE + OB_GCM_TAG + OB_FOOTER_SIZE || size > OB_PACK_MOST) {
        return ob_fail(OB_E_CORRUPT, "pack/%s: cannot be %llu bytes long", name,
                       (unsigned long long)size);
    }
    ob_status status = read_header(store, name, &head.header);
    if (!OB_FAILED(status)) {
        status = in_pack(ob_tools_use_header(tools, &head.header, keys), name, "header");
    }
    if (!OB_FAILED(status)) {
        status = read_footer(store, tools, name, size, &head);
    }
    if (!OB_FAILED(status)) {
        status = read_toc(store, tools, name, &head);
    }
    if (OB_FAILED(status)) {
        ob_pack_head_free(&head);
        return status;
    }
    *out = head;
    return OB_OK;
}

void ob_pack_head_free(ob_pack_head *head)
{
    ob_free(head->entries);
    head->entries = NULL;
}

/* ---- chunks ---- */

typedef struct pack_key {
    bool known;
    uint8_t name[OB_SHA256_SIZE];
    uint64_t tag;
    ob_object_header header;
    uint8_t key[OB_KEY_SIZE];
} pack_key;

struct ob_pack_keys {
    ob_mutex lock;
    ob_store *store;
    const ob_keyring *keys;
    ob_stretches *stretches;
    pack_key kept[KEYS_KEPT]; /* by the name's first byte */
};

ob_status ob_pack_keys_new(ob_store *store, const ob_keyring *keys, ob_pack_keys **out)
{
    ob_pack_keys *cache = ob_calloc(1, sizeof *cache);
    if (cache == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "keys of packs");
    }
    ob_status status = ob_stretches_new(store, &cache->stretches);
    if (OB_FAILED(status)) {
        ob_free(cache);
        return status;
    }
    ob_mutex_init(&cache->lock);
    cache->store = store;
    cache->keys = keys;
    *out = cache;
    return OB_OK;
}

void ob_pack_keys_free(ob_pack_keys *cache)
{
    if (cache != NULL) {
        ob_mutex_destroy(&cache->lock);
        ob_stretches_free(cache->stretches);
        ob_free_secret(cache, sizeof *cache);
    }
}

static ob_status key_of(ob_pack_keys *cache, ob_tools_pool *pool, const uint8_t *name,
                        const char *text, pack_key *out)
{
    pack_key *kept = &cache->kept[name[0] % KEYS_KEPT];
    ob_mutex_lock(&cache->lock);
    bool known = kept->known && memcmp(kept->name, name, OB_SHA256_SIZE) == 0;
    if (known) {
        *out = *kept;
    }
    ob_mutex_unlock(&cache->lock);
    if (known) {
        return OB_OK;
    }
    pack_key key = {.known = true, .tag = ob_tools_new_tag(pool)};
    memcpy(key.name, name, sizeof key.name);
    ob_status status = read_header(cache->store, text, &key.header);
    if (!OB_FAILED(status)) {
        status = in_pack(ob_object_header_key(&key.header, cache->keys, key.key), text, "header");
    }
    if (!OB_FAILED(status)) {
        ob_mutex_lock(&cache->lock);
        *kept = key;
        ob_mutex_unlock(&cache->lock);
        *out = key;
    }
    ob_wipe(&key, sizeof key);
    return status;
}

/* The frame's bytes, in the tools' memory. */
static ob_status get_frame(ob_pack_keys *cache, ob_tools *tools, const ob_frame *frame,
                           const char *text)
{
    ob_buf_clear(&tools->sealed);
    ob_status status = ob_buf_reserve(&tools->sealed, frame->length);
    if (!OB_FAILED(status)) {
        status = got(ob_stretches_get(cache->stretches, frame, tools->sealed.data), text);
    }
    return status;
}

static ob_status open_chunk(ob_tools *tools, const pack_key *key, const ob_frame *frame,
                            const ob_chunk_id *id, ob_buf *out)
{
    const ob_place place = {.type = OB_SEAL_FRAME, .offset = frame->offset};
    ob_chunk_id found;
    ob_status status = ob_tools_set_key(tools, key->key, key->tag);
    if (!OB_FAILED(status)) {
        status = ob_tools_open_block(tools, &key->header, &place, tools->sealed.data, frame->length,
                                     OB_CHUNK_MOST, out);
    }
    if (!OB_FAILED(status)) {
        status = ob_hasher_id(tools->hasher, out->data, out->length, &found);
    }
    if (!OB_FAILED(status) && memcmp(found.bytes, id->bytes, OB_CHUNK_ID) != 0) {
        status = ob_fail(OB_E_CORRUPT, "the content does not belong to its id");
    }
    return status;
}

ob_status ob_pack_read_chunk(ob_pack_keys *cache, ob_tools_pool *pool, ob_tools *tools,
                             const ob_frame *frame, const ob_chunk_id *id, ob_buf *out)
{
    pack_key key;
    char text[OB_SHA256_HEX];
    ob_hex_encode(text, frame->pack, OB_SHA256_SIZE);
    ob_status status = key_of(cache, pool, frame->pack, text, &key);
    if (OB_FAILED(status)) {
        return status;
    }
    status = get_frame(cache, tools, frame, text);
    if (!OB_FAILED(status)) {
        status = in_pack(open_chunk(tools, &key, frame, id, out), text, "chunk");
        if (OB_FAILED(status)) {
            ob_stretches_forget(cache->stretches, frame);
        }
    }
    ob_wipe(&key, sizeof key);
    return status;
}
