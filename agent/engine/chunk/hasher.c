#include "chunk/hasher.h"

#include "ob/alloc.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

#define FULL_SIZE 32

struct ob_hasher {
    EVP_MAC_CTX *context; /* keyed; each begin starts from the key's two hashed pads */
};

ob_status ob_hasher_new(const uint8_t key[OB_ID_KEY], ob_hasher **out)
{
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_end(),
    };
    ob_hasher *hasher = ob_calloc(1, sizeof *hasher);
    if (hasher == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "hash context");
    }
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    hasher->context = mac != NULL ? EVP_MAC_CTX_new(mac) : NULL;
    EVP_MAC_free(mac);
    if (hasher->context == NULL || EVP_MAC_init(hasher->context, key, OB_ID_KEY, params) != 1) {
        ob_hasher_free(hasher);
        return ob_fail(OB_E_NO_MEMORY, "hash context");
    }
    *out = hasher;
    return OB_OK;
}

void ob_hasher_free(ob_hasher *hasher)
{
    if (hasher != NULL) {
        EVP_MAC_CTX_free(hasher->context);
        ob_free(hasher);
    }
}

static ob_status checked(int done)
{
    return done == 1 ? OB_OK : ob_fail(OB_E_UNEXPECTED, "HMAC-SHA-256 failed");
}

ob_status ob_hasher_begin(ob_hasher *hasher)
{
    return checked(EVP_MAC_init(hasher->context, NULL, 0, NULL));
}

ob_status ob_hasher_add(ob_hasher *hasher, const void *data, size_t length)
{
    return checked(EVP_MAC_update(hasher->context, data, length));
}

ob_status ob_hasher_end(ob_hasher *hasher, ob_chunk_id *out)
{
    uint8_t full[FULL_SIZE];
    size_t got = 0;
    ob_status status = checked(EVP_MAC_final(hasher->context, full, &got, sizeof full));
    if (!OB_FAILED(status)) {
        memcpy(out->bytes, full, sizeof out->bytes);
    }
    return status;
}

ob_status ob_hasher_id(ob_hasher *hasher, const void *data, size_t length, ob_chunk_id *out)
{
    ob_status status = ob_hasher_begin(hasher);
    if (!OB_FAILED(status)) {
        status = ob_hasher_add(hasher, data, length);
    }
    if (!OB_FAILED(status)) {
        status = ob_hasher_end(hasher, out);
    }
    return status;
}
