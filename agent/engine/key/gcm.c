#include "key/gcm.h"

#include "ob/alloc.h"

#include <limits.h>
#include <openssl/evp.h>
#include <string.h>

struct ob_gcm {
    EVP_CIPHER *cipher;
    EVP_CIPHER_CTX *context;
};

ob_status ob_gcm_new(ob_gcm **out)
{
    ob_gcm *gcm = ob_calloc(1, sizeof *gcm);
    if (gcm == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "cipher context");
    }
    gcm->cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    gcm->context = EVP_CIPHER_CTX_new();
    if (gcm->cipher == NULL || gcm->context == NULL) {
        ob_gcm_free(gcm);
        return ob_fail(OB_E_NO_MEMORY, "cipher context");
    }
    *out = gcm;
    return OB_OK;
}

void ob_gcm_free(ob_gcm *gcm)
{
    if (gcm != NULL) {
        EVP_CIPHER_CTX_free(gcm->context);
        EVP_CIPHER_free(gcm->cipher);
        ob_free(gcm);
    }
}

static ob_status cipher_failed(void)
{
    return ob_fail(OB_E_UNEXPECTED, "the AES-256-GCM cipher failed");
}

ob_status ob_gcm_set_key(ob_gcm *gcm, const uint8_t key[OB_GCM_KEY])
{
    if (EVP_CipherInit_ex(gcm->context, gcm->cipher, NULL, key, NULL, 1) != 1) {
        return cipher_failed();
    }
    return OB_OK;
}

/* Sets the nonce and feeds the associated data. GCM uses one key schedule both ways. */
static int begin(ob_gcm *gcm, const uint8_t *nonce, const ob_span *aad, size_t aad_count, int seal)
{
    int done = EVP_CipherInit_ex(gcm->context, NULL, NULL, NULL, nonce, seal);
    for (size_t i = 0; done == 1 && i < aad_count; i++) {
        int got = 0;
        if (aad[i].length > INT_MAX) {
            done = 0;
        } else if (aad[i].length > 0) {
            done = EVP_CipherUpdate(gcm->context, NULL, &got, aad[i].data, (int)aad[i].length);
        }
    }
    return done;
}

ob_status ob_gcm_seal(ob_gcm *gcm, const uint8_t nonce[OB_GCM_NONCE], const ob_span *aad,
                      size_t aad_count, const uint8_t *plain, size_t length, uint8_t *out)
{
    int got = 0;
    int end = 0;
    if (length > INT_MAX || begin(gcm, nonce, aad, aad_count, 1) != 1 ||
        (length > 0 && EVP_CipherUpdate(gcm->context, out, &got, plain, (int)length) != 1) ||
        EVP_CipherFinal_ex(gcm->context, out + length, &end) != 1 ||
        EVP_CIPHER_CTX_ctrl(gcm->context, EVP_CTRL_AEAD_GET_TAG, OB_GCM_TAG, out + length) != 1) {
        return cipher_failed();
    }
    return OB_OK;
}

ob_status ob_gcm_open_begin(ob_gcm *gcm, const uint8_t nonce[OB_GCM_NONCE], const ob_span *aad,
                            size_t aad_count)
{
    return begin(gcm, nonce, aad, aad_count, 0) == 1 ? OB_OK : cipher_failed();
}

ob_status ob_gcm_open_piece(ob_gcm *gcm, const uint8_t *sealed, size_t length, uint8_t *out)
{
    int got = 0;
    if (length == 0) {
        return OB_OK;
    }
    if (length > INT_MAX || EVP_CipherUpdate(gcm->context, out, &got, sealed, (int)length) != 1) {
        return cipher_failed();
    }
    return OB_OK;
}

ob_status ob_gcm_open_end(ob_gcm *gcm, const uint8_t tag[OB_GCM_TAG])
{
    uint8_t copy[OB_GCM_TAG];
    uint8_t none[OB_GCM_TAG];
    int got = 0;
    memcpy(copy, tag, sizeof copy);
    if (EVP_CIPHER_CTX_ctrl(gcm->context, EVP_CTRL_AEAD_SET_TAG, OB_GCM_TAG, copy) != 1) {
        return cipher_failed();
    }
    return EVP_CipherFinal_ex(gcm->context, none, &got) == 1 ? OB_OK : OB_E_SEAL;
}

ob_status ob_gcm_open(ob_gcm *gcm, const uint8_t nonce[OB_GCM_NONCE], const ob_span *aad,
                      size_t aad_count, const uint8_t *sealed, size_t length, uint8_t *out)
{
    if (length < OB_GCM_TAG) {
        return OB_E_SEAL;
    }
    size_t plain = length - OB_GCM_TAG;
    ob_status status = ob_gcm_open_begin(gcm, nonce, aad, aad_count);
    if (!OB_FAILED(status)) {
        status = ob_gcm_open_piece(gcm, sealed, plain, out);
    }
    if (!OB_FAILED(status)) {
        status = ob_gcm_open_end(gcm, sealed + plain);
    }
    if (OB_FAILED(status)) {
        ob_wipe(out, plain);
    }
    return status;
}
