#include "rig.h"

#include "pack/toc.h"

#include <stdlib.h>
#include <string.h>

ob_keyring *rig_keys(uint32_t epochs)
{
    ob_buf bytes = {0};
    ob_keyring *keys = NULL;
    ob_buf_put(&bytes, "OBKEYS\0\0", 8);
    ob_buf_put_u16(&bytes, 1);
    for (unsigned i = 0; i < 32; i++) {
        ob_buf_put_u8(&bytes, (uint8_t)i);
    }
    ob_buf_put_u32(&bytes, epochs);
    for (unsigned epoch = 1; epoch <= epochs; epoch++) {
        for (unsigned i = 0; i < 32; i++) {
            ob_buf_put_u8(&bytes, (uint8_t)(epoch + i));
        }
    }
    ob_check_ok(ob_buf_status(&bytes));
    ob_check_ok(ob_keyring_import(&keys, bytes.data, bytes.length));
    ob_buf_free(&bytes);
    return keys;
}

void rig_open(rig *self)
{
    *self = (rig){.store = memory_store_new(), .keys = rig_keys(1)};
    ob_test_fs_init(&self->fs, ob_fs_os());
    self->engine = (ob_engine){.fs = &self->fs.fs, .clock = ob_clock_os(), .workers = 2};
    self->engine.store = self->store;
    self->engine.keys = self->keys;
    self->engine.cache_dir = ob_test_temp();
}

void rig_close(rig *self)
{
    ob_store_close(self->store);
    ob_keyring_free(self->keys);
}

void rig_lose_cache(rig *self)
{
    self->engine.cache_dir = ob_test_temp();
}

void rig_index_open(rig_index *self, rig *over)
{
    ob_mutex_init(&self->lock);
    ob_check_ok(ob_tools_pool_init(&self->pool, over->keys, false));
    ob_check_ok(ob_index_init(&self->index, &over->engine, &self->pool, &self->lock));
}

void rig_index_close(rig_index *self)
{
    ob_index_destroy(&self->index);
    ob_tools_pool_destroy(&self->pool);
    ob_mutex_destroy(&self->lock);
}

/* splitmix64 */
static uint64_t mix(uint64_t seed)
{
    uint64_t z = (seed + 1) * UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

ob_index_entry rig_entry(uint64_t seed, uint32_t pack)
{
    ob_index_entry entry = {.pack = pack};
    for (size_t i = 0; i < OB_CHUNK_ID; i++) {
        entry.id.bytes[i] = (uint8_t)(mix(seed + (i / 8 << 40)) >> 8 * (i % 8));
    }
    entry.offset = OB_HEADER_SIZE + (uint32_t)(mix(seed) % 1000000);
    entry.length = OB_FRAME_LEAST + (uint32_t)(mix(seed) >> 32) % 100000;
    return entry;
}

void rig_pack_name(uint64_t seed, uint8_t name[OB_SHA256_SIZE])
{
    for (size_t i = 0; i < OB_SHA256_SIZE; i++) {
        name[i] = (uint8_t)(mix(~seed + (i / 8 << 40)) >> 8 * (i % 8));
    }
}

uint8_t *rig_text(uint64_t seed, size_t length)
{
    uint8_t *data = malloc(length > 0 ? length : 1);
    uint64_t state = seed * 0x9E3779B97F4A7C15u + 1;
    ck_assert_ptr_nonnull(data);
    for (size_t i = 0; i < length; i++) {
        if (i % 8 == 0) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
        }
        data[i] = (uint8_t)("0123456789abcdef"[(state >> (8 * (i % 8))) & 15]);
    }
    return data;
}

ob_chunk_id rig_write(ob_repo *repo, uint64_t seed, size_t length)
{
    ob_chunk_id id;
    uint64_t stored = 0;
    uint8_t *data = rig_text(seed, length);
    ob_check_ok(ob_repo_write(repo, OB_CHUNK_DATA, data, length, &id, &stored));
    free(data);
    return id;
}

void rig_check(ob_repo *repo, const ob_chunk_id *id, uint64_t seed, size_t length)
{
    ob_buf out = {0};
    uint8_t *data = rig_text(seed, length);
    ob_check_ok(ob_repo_read(repo, id, &out));
    ck_assert_uint_eq(out.length, length);
    ck_assert_mem_eq(out.data, data, length);
    ob_buf_free(&out);
    free(data);
}
