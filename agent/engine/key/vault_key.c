#include "key/envelope.h"
#include "ob/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_DIGITS 8
#define NUMBER_MOST 99999999ul
#define OLDER_MOST ((size_t)8) /* envelopes that are tried when the newest ones are damaged */

/* Keeps the last name of a listing. The store lists in the order of names. */
static ob_status remember(void *context, const char *name, uint64_t size)
{
    (void)size;
    if (strlen(name) == NUMBER_DIGITS) {
        memcpy(context, name, NUMBER_DIGITS + 1);
    }
    return OB_OK;
}

static ob_status newest(ob_store *store, char name[NUMBER_DIGITS + 1])
{
    name[0] = '\0';
    return store->ops->list(store, OB_OBJECT_KEY, "", remember, name);
}

ob_status ob_keyring_store(const ob_keyring *keys, ob_store *store, const char *passphrase,
                           size_t length)
{
    char name[NUMBER_DIGITS + 1];
    ob_buf bytes = {0};
    ob_status status =
        ob_envelope_make(keys, passphrase, length, OB_SCRYPT_DEFAULT, NULL, NULL, &bytes);
    if (OB_FAILED(status)) {
        goto out;
    }
    status = newest(store, name);
    if (OB_FAILED(status)) {
        goto out;
    }
    unsigned long number = strtoul(name, NULL, 10) + 1;
    if (number > NUMBER_MOST) {
        status = ob_fail(OB_E_TOO_LARGE, "the vault has %lu key envelopes", NUMBER_MOST);
        goto out;
    }
    char next[OB_OBJECT_NAME_MAX];
    snprintf(next, sizeof next, "%08lu", number);
    status = store->ops->put(store, OB_OBJECT_KEY, next, bytes.data, bytes.length);
out:
    ob_buf_free(&bytes);
    return status;
}

/* Lists the newest ones, in a ring. */
typedef struct newest_names {
    char name[OLDER_MOST][NUMBER_DIGITS + 1];
    size_t count;
} newest_names;

static ob_status keep_name(void *context, const char *name, uint64_t size)
{
    newest_names *names = context;
    (void)size;
    if (strlen(name) == NUMBER_DIGITS) {
        memcpy(names->name[names->count++ % OLDER_MOST], name, NUMBER_DIGITS + 1);
    }
    return OB_OK;
}

static ob_status open_one(ob_keyring **out, ob_store *store, const char *name,
                          const char *passphrase, size_t length)
{
    uint8_t *data = NULL;
    size_t size = 0;
    ob_envelope envelope;
    ob_status status = ob_store_get_all(store, OB_OBJECT_KEY, name, OB_ENVELOPE_MOST, &data, &size);
    if (!OB_FAILED(status)) {
        status = ob_envelope_parse(&envelope, data, size);
        if (!OB_FAILED(status)) {
            status = ob_envelope_open(&envelope, passphrase, length, out);
        }
        if (OB_FAILED(status) && status != OB_E_NO_MEMORY) {
            char detail[200];
            snprintf(detail, sizeof detail, "%s", ob_detail());
            status = ob_fail(status, "key/%s: %s", name, detail);
        }
    }
    ob_free(data);
    return status;
}

static bool is_damage(ob_status status)
{
    return status == OB_E_CORRUPT || status == OB_E_IO || status == OB_E_TOO_LARGE;
}

ob_status ob_keyring_open(ob_keyring **out, ob_store *store, const char *passphrase, size_t length)
{
    newest_names names = {.count = 0};
    char why[300];
    ob_status status = store->ops->list(store, OB_OBJECT_KEY, "", keep_name, &names);
    if (OB_FAILED(status)) {
        return status;
    }
    if (names.count == 0) {
        return ob_fail(OB_E_NOT_FOUND, "the vault has no key envelope of this machine");
    }
    status = open_one(out, store, names.name[(names.count - 1) % OLDER_MOST], passphrase, length);
    if (!is_damage(status)) {
        return status;
    }
    snprintf(why, sizeof why, "%s", ob_detail());
    size_t most = names.count < OLDER_MOST ? names.count : OLDER_MOST;
    for (size_t i = 2; i <= most; i++) {
        const char *name = names.name[(names.count - i) % OLDER_MOST];
        ob_status older = open_one(out, store, name, passphrase, length);
        if (!OB_FAILED(older) || older == OB_E_NO_MEMORY || older == OB_E_VAULT_UNREACHABLE) {
            return older;
        }
        if (!is_damage(older)) {
            break; /* sound, and of another passphrase */
        }
    }
    return ob_fail(status, "%s", why);
}
