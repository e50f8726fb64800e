#include "key/passphrase.h"

#include "ob/alloc.h"
#include "ob/keyring.h"
#include "ob/text.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <utf8proc.h>

#define MEMORY_MOST ((uint64_t)256 << 20)
#define WORK_MOST ((uint64_t)8 * 8 << 17) /* n * r * p */

/* Code points in NFC; free with ob_free_secret(*out, *size). */
static ob_status compose(const char *text, size_t length, utf8proc_int32_t **out, size_t *size,
                         utf8proc_ssize_t *count)
{
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text;
    utf8proc_ssize_t room = utf8proc_decompose(bytes, (utf8proc_ssize_t)length, NULL, 0, options);
    if (room < 0) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "passphrase: %s", utf8proc_errmsg(room));
    }
    size_t bytes_needed = ((size_t)room + 1) * sizeof(utf8proc_int32_t);
    utf8proc_int32_t *points = ob_alloc(bytes_needed);
    if (points == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "passphrase");
    }
    utf8proc_ssize_t got =
        utf8proc_decompose(bytes, (utf8proc_ssize_t)length, points, room, options);
    if (got >= 0) {
        got = utf8proc_normalize_utf32(points, got, options);
    }
    if (got < 0) {
        ob_free_secret(points, bytes_needed);
        return ob_fail(OB_E_INVALID_ARGUMENT, "passphrase: %s", utf8proc_errmsg(got));
    }
    *out = points;
    *size = bytes_needed;
    *count = got;
    return OB_OK;
}

ob_status ob_passphrase_normalize(const char *text, size_t length, ob_buf *out)
{
    if (length > OB_PASSPHRASE_MOST) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "passphrase: more than %d bytes", OB_PASSPHRASE_MOST);
    }
    if (!ob_utf8_valid(text, length)) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "passphrase: not UTF-8");
    }
    utf8proc_int32_t *points = NULL;
    utf8proc_ssize_t count = 0;
    size_t size = 0;
    ob_status status = compose(text, length, &points, &size, &count);
    if (OB_FAILED(status)) {
        return status;
    }
    if (count < OB_PASSPHRASE_LEAST) {
        status = ob_fail(OB_E_PASSPHRASE_SHORT, "%d characters, %d are needed", (int)count,
                         OB_PASSPHRASE_LEAST);
    } else {
        out->secret = true;
        for (utf8proc_ssize_t i = 0; i < count; i++) {
            utf8proc_uint8_t bytes[4];
            ob_buf_put(out, bytes, (size_t)utf8proc_encode_char(points[i], bytes));
            ob_wipe(bytes, sizeof bytes);
        }
        status = ob_buf_status(out);
    }
    ob_free_secret(points, size);
    return status;
}

bool ob_scrypt_cost_allowed(ob_scrypt_cost cost)
{
    if (cost.log2_n < 1 || cost.log2_n > 24 || cost.r == 0 || cost.p == 0) {
        return false;
    }
    uint64_t blocks = ((uint64_t)1 << cost.log2_n) * cost.r;
    return blocks * 128 <= MEMORY_MOST && blocks * cost.p <= WORK_MOST;
}

ob_status ob_passphrase_derive(const ob_buf *normal, const uint8_t *salt, size_t salt_length,
                               ob_scrypt_cost cost, uint8_t out[32])
{
    uint64_t n = (uint64_t)1 << cost.log2_n;
    uint32_t r = cost.r;
    uint32_t p = cost.p;
    uint64_t memory = MEMORY_MOST + ((uint64_t)8 << 20); /* the tables and what goes with them */
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, normal->data, normal->length),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, salt_length),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory),
        OSSL_PARAM_construct_end(),
    };
    int done = 0;
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "SCRYPT", NULL);
    EVP_KDF_CTX *context = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
    if (context != NULL && ob_scrypt_cost_allowed(cost)) {
        done = EVP_KDF_derive(context, out, 32, params);
    }
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    /* With allowed costs only its 128 MiB can be missing. */
    return done == 1 ? OB_OK : ob_fail(OB_E_NO_MEMORY, "scrypt over the passphrase");
}
