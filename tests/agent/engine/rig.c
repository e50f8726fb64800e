#include "rig.h"

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
