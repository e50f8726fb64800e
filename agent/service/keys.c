#include "keys.h"

#include "ob/alloc.h"
#include "ob/secret.h"

#include <string.h>

ob_status ob_keys_load(const ob_fs *fs, const char *path, ob_keyring **out)
{
    uint8_t *data = NULL;
    size_t length = 0;
    ob_status status = ob_secret_load(fs, path, &data, &length);
    if (status == OB_E_NOT_FOUND) {
        return ob_fail(OB_E_PASSPHRASE_NOT_SET, "no passphrase was given yet");
    }
    if (status == OB_OK) {
        status = ob_keyring_import(out, data, length);
    }
    ob_free_secret(data, length);
    return status;
}

bool ob_keys_present(const ob_fs *fs, const char *path)
{
    ob_file_info info;
    return fs->stat(fs, NULL, path, &info) == OB_OK;
}

static ob_status save(const ob_fs *fs, const char *path, const ob_keyring *keys)
{
    ob_buf data = {.secret = true};
    ob_status status = ob_keyring_export(keys, &data);
    if (status == OB_OK) {
        status = ob_secret_save(fs, path, data.data, data.length);
    }
    ob_buf_free(&data);
    return status;
}

static bool are_equal(const ob_keyring *left, const ob_keyring *right)
{
    ob_buf a = {.secret = true};
    ob_buf b = {.secret = true};
    bool equal = ob_keyring_export(left, &a) == OB_OK && ob_keyring_export(right, &b) == OB_OK &&
                 a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
    ob_buf_free(&a);
    ob_buf_free(&b);
    return equal;
}

/* The machine has no keys: those of the vault, else new ones. */
static ob_status set_first(const ob_fs *fs, const char *path, ob_store *store,
                           const char *passphrase, size_t length)
{
    ob_keyring *keys = NULL;
    ob_status status = ob_keyring_open(&keys, store, passphrase, length);
    if (status == OB_E_NOT_FOUND) {
        status = ob_keyring_new(&keys);
        if (status == OB_OK) {
            status = ob_keyring_store(keys, store, passphrase, length);
        }
    }
    if (status == OB_OK) {
        status = save(fs, path, keys);
    }
    ob_keyring_free(keys);
    return status;
}

/* The newest envelope may hold other keys than this machine: a vault gone back in time, or a change
 * that a crash cut short. This machine's own are the ones its data is sealed with. */
static ob_status change(ob_keyring *keys, const ob_fs *fs, const char *path, ob_store *store,
                        const char *passphrase, size_t length)
{
    ob_keyring *stored = NULL;
    ob_status status = ob_keyring_open(&stored, store, passphrase, length);
    bool unchanged = status == OB_OK && are_equal(stored, keys);
    ob_keyring_free(stored);
    if (unchanged) {
        return OB_OK;
    }
    /* A damaged envelope is made up for by the next one. */
    if (status != OB_OK && status != OB_E_PASSPHRASE_WRONG && status != OB_E_NOT_FOUND &&
        status != OB_E_CORRUPT) {
        return status;
    }
    status = ob_keyring_new_epoch(keys);
    if (status == OB_OK) {
        status = ob_keyring_store(keys, store, passphrase, length);
    }
    return status == OB_OK ? save(fs, path, keys) : status;
}

ob_status ob_keys_set_passphrase(const ob_fs *fs, const char *path, ob_store *store,
                                 const char *passphrase, size_t length)
{
    ob_keyring *keys = NULL;
    ob_status status = ob_keys_load(fs, path, &keys);
    if (status == OB_E_PASSPHRASE_NOT_SET) {
        return set_first(fs, path, store, passphrase, length);
    }
    if (status == OB_OK) {
        status = change(keys, fs, path, store, passphrase, length);
    }
    ob_keyring_free(keys);
    return status;
}
