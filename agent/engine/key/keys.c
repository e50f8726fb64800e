#include "key/keys.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>

/* The names are part of the format. */
static const char *const labels[] = {
    [OB_KEY_ID] = "online-backup 1 id",       [OB_KEY_GEAR] = "online-backup 1 gear",
    [OB_KEY_CACHE] = "online-backup 1 cache", [OB_KEY_LIST] = "online-backup 1 list",
    [OB_KEY_PACK] = "online-backup 1 pack",   [OB_KEY_INDEX] = "online-backup 1 index",
    [OB_KEY_POINT] = "online-backup 1 point",
};

static ob_status hkdf(const uint8_t key[OB_KEY_SIZE], const uint8_t *salt, size_t salt_length,
                      const char *label, void *out, size_t length)
{
    int done = 0;
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
    if (context != NULL) {
        OSSL_PARAM params[5];
        OSSL_PARAM *next = params;
        *next++ = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0);
        *next++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key, OB_KEY_SIZE);
        *next++ =
            OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)label, strlen(label));
        if (salt_length > 0) {
            *next++ =
                OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, salt_length);
        }
        *next = OSSL_PARAM_construct_end();
        done = EVP_KDF_derive(context, out, length, params);
    }
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    return done == 1 ? OB_OK : ob_fail(OB_E_UNEXPECTED, "HKDF failed");
}

ob_status ob_key_from_master(const ob_keyring *keys, ob_key_use use, void *out, size_t length)
{
    return hkdf(keys->master, NULL, 0, labels[use], out, length);
}

ob_status ob_key_from_epoch(const ob_keyring *keys, ob_key_use use, uint32_t epoch,
                            const uint8_t salt[OB_KEY_SIZE], uint8_t out[OB_KEY_SIZE])
{
    if (epoch == 0 || epoch > keys->epochs) {
        return ob_fail(OB_E_SEAL, "key epoch %u is not in the keyring (it has %u)", (unsigned)epoch,
                       (unsigned)keys->epochs);
    }
    return hkdf(keys->epoch[epoch - 1], salt, OB_KEY_SIZE, labels[use], out, OB_KEY_SIZE);
}
