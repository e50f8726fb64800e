#include "pack/tools.h"

#include "chunk/sum.h"
#include "ob/alloc.h"

#include <string.h>

ob_status ob_tools_pool_init(ob_tools_pool *pool, const ob_keyring *keys, bool small)
{
    *pool = (ob_tools_pool){.level = small ? OB_CODEC_LEVEL_SMALL : OB_CODEC_LEVEL_SPEED};
    ob_mutex_init(&pool->lock);
    return ob_key_from_master(keys, OB_KEY_ID, pool->id_key, sizeof pool->id_key);
}

static void tools_free(ob_tools *tools)
{
    if (tools != NULL) {
        ob_hasher_free(tools->hasher);
        ob_codec_free(tools->codec);
        ob_gcm_free(tools->gcm);
        ob_free(tools->piece);
        ob_buf_free(&tools->sealed);
        ob_free(tools);
    }
}

void ob_tools_pool_destroy(ob_tools_pool *pool)
{
    while (pool->idle != NULL) {
        ob_tools *next = pool->idle->next;
        tools_free(pool->idle);
        pool->idle = next;
    }
    ob_wipe(pool->id_key, sizeof pool->id_key);
    ob_mutex_destroy(&pool->lock);
}

static ob_status tools_new(const ob_tools_pool *pool, ob_tools **out)
{
    ob_tools *tools = ob_calloc(1, sizeof *tools);
    if (tools == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "codec and cipher");
    }
    tools->piece = ob_alloc(OB_PIECE);
    ob_status status = tools->piece != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "codec and cipher");
    if (!OB_FAILED(status)) {
        status = ob_hasher_new(pool->id_key, &tools->hasher);
    }
    if (!OB_FAILED(status)) {
        status = ob_codec_new(OB_CODEC_ZSTD, pool->level, &tools->codec);
    }
    if (!OB_FAILED(status)) {
        status = ob_gcm_new(&tools->gcm);
    }
    if (OB_FAILED(status)) {
        tools_free(tools);
        return status;
    }
    *out = tools;
    return OB_OK;
}

ob_status ob_tools_take(ob_tools_pool *pool, ob_tools **out)
{
    ob_mutex_lock(&pool->lock);
    ob_tools *tools = pool->idle;
    if (tools != NULL) {
        pool->idle = tools->next;
    }
    ob_mutex_unlock(&pool->lock);
    if (tools == NULL) {
        return tools_new(pool, out);
    }
    *out = tools;
    return OB_OK;
}

void ob_tools_give(ob_tools_pool *pool, ob_tools *tools)
{
    if (tools != NULL) {
        ob_mutex_lock(&pool->lock);
        tools->next = pool->idle;
        pool->idle = tools;
        ob_mutex_unlock(&pool->lock);
    }
}

uint64_t ob_tools_new_tag(ob_tools_pool *pool)
{
    ob_mutex_lock(&pool->lock);
    uint64_t tag = ++pool->last_tag;
    ob_mutex_unlock(&pool->lock);
    return tag;
}

ob_status ob_tools_set_key(ob_tools *tools, const uint8_t key[OB_KEY_SIZE], uint64_t tag)
{
    if (tools->key_tag == tag) {
        return OB_OK;
    }
    tools->key_tag = 0;
    ob_status status = ob_gcm_set_key(tools->gcm, key);
    if (!OB_FAILED(status)) {
        tools->key_tag = tag;
    }
    return status;
}

ob_status ob_tools_use_header(ob_tools *tools, const ob_object_header *header,
                              const ob_keyring *keys)
{
    uint8_t key[OB_KEY_SIZE];
    ob_status status = ob_object_header_key(header, keys, key);
    tools->key_tag = 0;
    if (!OB_FAILED(status)) {
        status = ob_gcm_set_key(tools->gcm, key);
    }
    ob_wipe(key, sizeof key);
    return status;
}

ob_status ob_tools_seal_block(ob_tools *tools, const ob_object_header *header,
                              const ob_place *place, const void *data, size_t length, ob_buf *out)
{
    ob_coded coded;
    size_t start = out->length;
    ob_status status = ob_codec_encode(tools->codec, data, length, &coded);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_buf_put(out, coded.head, OB_CODEC_HEAD);
    ob_buf_put(out, coded.payload, coded.length);
    ob_buf_put_zero(out, OB_GCM_TAG);
    status = ob_buf_status(out);
    if (OB_FAILED(status)) {
        return status;
    }
    return ob_seal(tools->gcm, header, place, out->data + start, OB_CODEC_HEAD + coded.length,
                   out->data + start);
}

ob_status ob_tools_open_block(ob_tools *tools, const ob_object_header *header,
                              const ob_place *place, uint8_t *sealed, size_t length, size_t most,
                              ob_buf *out)
{
    ob_status status = ob_unseal(tools->gcm, header, place, sealed, length, sealed);
    if (OB_FAILED(status)) {
        return status;
    }
    return ob_codec_decode_all(tools->codec, sealed, length - OB_GCM_TAG, most, out);
}

static ob_status sum_piece(void *context, const void *data, size_t length)
{
    ob_sum_add(context, data, length);
    return OB_OK;
}

ob_status ob_tools_check_chunk(ob_tools *tools, const ob_object_header *header,
                               const ob_place *place, const uint8_t *sealed, size_t length,
                               uint64_t sum)
{
    ob_sum found = {0};
    if (length < OB_GCM_TAG) {
        return OB_E_SEAL;
    }
    size_t plain = length - OB_GCM_TAG;
    ob_status status = ob_unseal_begin(tools->gcm, header, place);
    ob_codec_decode_begin(tools->codec, OB_CHUNK_MOST, sum_piece, &found);
    for (size_t at = 0; !OB_FAILED(status) && at < plain; at += OB_PIECE) {
        size_t part = plain - at < OB_PIECE ? plain - at : OB_PIECE;
        status = ob_gcm_open_piece(tools->gcm, sealed + at, part, tools->piece);
        if (!OB_FAILED(status)) {
            status = ob_codec_decode_add(tools->codec, tools->piece, part);
        }
    }
    if (!OB_FAILED(status)) {
        status = ob_gcm_open_end(tools->gcm, sealed + plain);
    }
    if (!OB_FAILED(status)) {
        status = ob_codec_decode_end(tools->codec);
    }
    if (!OB_FAILED(status) && ob_sum_end(&found) != sum) {
        status = ob_fail(OB_E_CORRUPT, "the content is not what it was");
    }
    return status;
}
