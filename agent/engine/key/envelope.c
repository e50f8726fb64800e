#include "key/envelope.h"

#include "key/gcm.h"
#include "key/keys.h"
#include "ob/alloc.h"
#include "ob/host.h"

#include <openssl/sha.h>
#include <string.h>

#define MAGIC "OBKEY\0\0\0"
#define MAGIC_SIZE 8
#define VERSION 1
#define KDF_SCRYPT 1
#define SALT_SIZE 32
#define HEADER_SIZE 64

ob_status ob_envelope_parse(ob_envelope *out, const uint8_t *data, size_t length)
{
    uint8_t sum[SHA256_DIGEST_LENGTH];
    if (length < HEADER_SIZE + SHA256_DIGEST_LENGTH || length > OB_ENVELOPE_MOST ||
        memcmp(data, MAGIC, MAGIC_SIZE) != 0) {
        return ob_fail(OB_E_CORRUPT, "not a key envelope");
    }
    length -= sizeof sum;
    SHA256(data, length, sum);
    if (memcmp(sum, data + length, sizeof sum) != 0) {
        return ob_fail(OB_E_CORRUPT, "the key envelope's checksum does not fit");
    }
    ob_reader reader = ob_reader_of(data + MAGIC_SIZE, length - MAGIC_SIZE);
    uint16_t version = ob_read_u16(&reader);
    uint8_t kdf = ob_read_u8(&reader);
    if (version != VERSION || kdf != KDF_SCRYPT) {
        return ob_fail(OB_E_FORMAT_VERSION, "key envelope of version %u, key derivation %u",
                       (unsigned)version, (unsigned)kdf);
    }
    ob_envelope envelope = {.header = data};
    envelope.cost.log2_n = ob_read_u8(&reader);
    envelope.cost.r = ob_read_u8(&reader);
    envelope.cost.p = ob_read_u8(&reader);
    ob_read_u16(&reader);
    envelope.salt = ob_read_bytes(&reader, SALT_SIZE);
    envelope.nonce = ob_read_bytes(&reader, OB_GCM_NONCE);
    envelope.sealed_length = ob_read_u32(&reader);
    envelope.sealed = ob_read_bytes(&reader, envelope.sealed_length);
    ob_status status = ob_reader_end(&reader, "key envelope");
    if (OB_FAILED(status)) {
        return status;
    }
    if (!ob_scrypt_cost_allowed(envelope.cost)) {
        return ob_fail(OB_E_CORRUPT, "the key envelope asks for scrypt with N=2^%u, r=%u, p=%u",
                       (unsigned)envelope.cost.log2_n, (unsigned)envelope.cost.r,
                       (unsigned)envelope.cost.p);
    }
    *out = envelope;
    return OB_OK;
}

/* A cipher that has the key of a passphrase. */
static ob_status cipher_of(const char *passphrase, size_t length, const uint8_t *salt,
                           ob_scrypt_cost cost, ob_gcm **out)
{
    uint8_t key[OB_GCM_KEY];
    ob_buf normal = {.secret = true};
    ob_gcm *gcm = NULL;
    ob_status status = ob_passphrase_normalize(passphrase, length, &normal);
    if (OB_FAILED(status)) {
        goto out;
    }
    status = ob_passphrase_derive(&normal, salt, SALT_SIZE, cost, key);
    if (OB_FAILED(status)) {
        goto out;
    }
    status = ob_gcm_new(&gcm);
    if (OB_FAILED(status)) {
        goto out;
    }
    status = ob_gcm_set_key(gcm, key);
    if (OB_FAILED(status)) {
        goto out;
    }
    *out = gcm;
    gcm = NULL; /* transferred */
out:
    ob_wipe(key, sizeof key);
    ob_buf_free(&normal);
    ob_gcm_free(gcm);
    return status;
}

ob_status ob_envelope_open(const ob_envelope *envelope, const char *passphrase, size_t length,
                           ob_keyring **out)
{
    const ob_span aad = {envelope->header, HEADER_SIZE};
    ob_gcm *gcm = NULL;
    uint8_t *plain = ob_alloc(envelope->sealed_length);
    if (plain == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "key envelope");
    }
    ob_status status = cipher_of(passphrase, length, envelope->salt, envelope->cost, &gcm);
    if (status == OB_E_PASSPHRASE_SHORT || status == OB_E_INVALID_ARGUMENT) {
        /* No envelope was ever made with such a one. */
        status = OB_E_PASSPHRASE_WRONG;
    }
    if (!OB_FAILED(status)) {
        status = ob_gcm_open(gcm, envelope->nonce, &aad, 1, envelope->sealed,
                             envelope->sealed_length, plain);
        if (status == OB_E_SEAL) {
            status = ob_fail(OB_E_PASSPHRASE_WRONG, "the key envelope does not open");
        }
    }
    if (!OB_FAILED(status)) {
        status = ob_keyring_import(out, plain, envelope->sealed_length - OB_GCM_TAG);
    }
    ob_gcm_free(gcm);
    ob_free_secret(plain, envelope->sealed_length);
    return status;
}

static ob_status put_header(ob_buf *out, ob_scrypt_cost cost, const uint8_t *salt,
                            const uint8_t *nonce, size_t sealed_length)
{
    uint8_t random[SALT_SIZE + OB_GCM_NONCE];
    ob_status status = ob_random(random, sizeof random);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_buf_put(out, MAGIC, MAGIC_SIZE);
    ob_buf_put_u16(out, VERSION);
    ob_buf_put_u8(out, KDF_SCRYPT);
    ob_buf_put_u8(out, cost.log2_n);
    ob_buf_put_u8(out, cost.r);
    ob_buf_put_u8(out, cost.p);
    ob_buf_put_u16(out, 0);
    ob_buf_put(out, salt != NULL ? salt : random, SALT_SIZE);
    ob_buf_put(out, nonce != NULL ? nonce : random + SALT_SIZE, OB_GCM_NONCE);
    ob_buf_put_u32(out, (uint32_t)sealed_length);
    return ob_buf_status(out);
}

ob_status ob_envelope_make(const ob_keyring *keys, const char *passphrase, size_t length,
                           ob_scrypt_cost cost, const uint8_t *salt, const uint8_t *nonce,
                           ob_buf *out)
{
    ob_buf plain = {.secret = true};
    ob_gcm *gcm = NULL;
    size_t start = out->length;
    ob_status status = ob_keyring_export(keys, &plain);
    if (OB_FAILED(status)) {
        goto out;
    }
    size_t sealed_length = plain.length + OB_GCM_TAG;
    status = put_header(out, cost, salt, nonce, sealed_length);
    if (OB_FAILED(status)) {
        goto out;
    }
    ob_buf_put_zero(out, sealed_length + SHA256_DIGEST_LENGTH);
    status = ob_buf_status(out);
    if (OB_FAILED(status)) {
        goto out;
    }
    uint8_t *header = out->data + start;
    status = cipher_of(passphrase, length, header + 16, cost, &gcm);
    if (OB_FAILED(status)) {
        goto out;
    }
    const ob_span aad = {header, HEADER_SIZE};
    status = ob_gcm_seal(gcm, header + 16 + SALT_SIZE, &aad, 1, plain.data, plain.length,
                         header + HEADER_SIZE);
    if (OB_FAILED(status)) {
        goto out;
    }
    size_t summed = HEADER_SIZE + sealed_length;
    SHA256(header, summed, header + summed);
out:
    ob_gcm_free(gcm);
    ob_buf_free(&plain);
    return status;
}
