#include "key/keys.h"

#include "ob/alloc.h"
#include "ob/host.h"

#include <string.h>

#define MAGIC "OBKEYS\0\0"
#define MAGIC_SIZE 8
#define VERSION 1

static ob_status keyring_alloc(ob_keyring **out)
{
    ob_keyring *keys = ob_calloc(1, sizeof *keys);
    if (keys == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "keyring");
    }
    *out = keys;
    return OB_OK;
}

ob_status ob_keyring_new(ob_keyring **out)
{
    ob_keyring *keys = NULL;
    ob_status status = keyring_alloc(&keys);
    if (!OB_FAILED(status)) {
        status = ob_random(keys->master, sizeof keys->master);
    }
    if (!OB_FAILED(status)) {
        status = ob_keyring_new_epoch(keys);
    }
    if (!OB_FAILED(status)) {
        *out = keys;
        keys = NULL; /* transferred */
    }
    ob_keyring_free(keys);
    return status;
}

void ob_keyring_free(ob_keyring *keys)
{
    ob_free_secret(keys, sizeof *keys);
}

ob_status ob_keyring_new_epoch(ob_keyring *keys)
{
    if (keys->epochs >= OB_EPOCHS_MOST) {
        return ob_fail(OB_E_TOO_LARGE, "a keyring holds %d epochs at most", OB_EPOCHS_MOST);
    }
    ob_status status = ob_random(keys->epoch[keys->epochs], OB_KEY_SIZE);
    if (!OB_FAILED(status)) {
        keys->epochs++;
    }
    return status;
}

ob_status ob_keyring_export(const ob_keyring *keys, ob_buf *out)
{
    out->secret = true;
    ob_buf_put(out, MAGIC, MAGIC_SIZE);
    ob_buf_put_u16(out, VERSION);
    ob_buf_put(out, keys->master, sizeof keys->master);
    ob_buf_put_u32(out, keys->epochs);
    ob_buf_put(out, keys->epoch, (size_t)keys->epochs * OB_KEY_SIZE);
    return ob_buf_status(out);
}

static ob_status parse(ob_keyring *keys, const void *data, size_t length)
{
    ob_reader reader = ob_reader_of(data, length);
    const uint8_t *magic = ob_read_bytes(&reader, MAGIC_SIZE);
    if (magic == NULL || memcmp(magic, MAGIC, MAGIC_SIZE) != 0) {
        return ob_fail(OB_E_CORRUPT, "not a keyring");
    }
    uint16_t version = ob_read_u16(&reader);
    if (!reader.failed && version != VERSION) {
        return ob_fail(OB_E_FORMAT_VERSION, "keyring of version %u", (unsigned)version);
    }
    ob_read_copy(&reader, keys->master, sizeof keys->master);
    uint32_t epochs = ob_read_u32(&reader);
    if (!reader.failed && (epochs == 0 || epochs > OB_EPOCHS_MOST)) {
        return ob_fail(OB_E_CORRUPT, "keyring with %u epochs", (unsigned)epochs);
    }
    keys->epochs = epochs;
    ob_read_copy(&reader, keys->epoch, (size_t)epochs * OB_KEY_SIZE);
    return ob_reader_end(&reader, "keyring");
}

ob_status ob_keyring_import(ob_keyring **out, const void *data, size_t length)
{
    ob_keyring *keys = NULL;
    ob_status status = keyring_alloc(&keys);
    if (!OB_FAILED(status)) {
        status = parse(keys, data, length);
    }
    if (!OB_FAILED(status)) {
        *out = keys;
        keys = NULL; /* transferred */
    }
    ob_keyring_free(keys);
    return status;
}
