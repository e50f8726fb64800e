#include "vault_token.h"

#include "ob/alloc.h"
#include "ob/host.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#define NONCE 12
#define TAG 16
#define BODY (1 + 16 + 8 + 8 + 8 + 16)
#define TOKEN_VERSION 1

static const char additional[] = "ob vault token";

/* One AES-256-GCM run over a token's body; `tag` is written when sealing, compared when opening. */
static bool run_gcm(bool seal, const uint8_t *key, const uint8_t nonce[NONCE], const uint8_t *in,
                    uint8_t out[BODY], uint8_t tag[TAG])
{
    int done = 0;
    int extra = 0;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    bool ok = ctx != NULL &&
              EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce, seal ? 1 : 0) == 1 &&
              EVP_CipherUpdate(ctx, NULL, &extra, (const unsigned char *)additional,
                               (int)sizeof additional - 1) == 1 &&
              EVP_CipherUpdate(ctx, out, &done, in, BODY) == 1 && done == BODY;
    if (ok && !seal) {
        ok = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1;
    }
    ok = ok && EVP_CipherFinal_ex(ctx, out + BODY, &extra) == 1;
    if (ok && seal) {
        ok = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG, tag) == 1;
    }
    EVP_CIPHER_CTX_free(ctx);
    ERR_clear_error();
    return ok;
}

ob_status ob_vault_token_seal(const ob_vault_token *token, const uint8_t key[OB_VAULT_TOKEN_KEY],
                              ob_buf *out)
{
    uint8_t random[NONCE + 16];
    uint8_t sealed[BODY];
    uint8_t tag[TAG];
    ob_buf body = {.secret = true};
    ob_status status = ob_random(random, sizeof random);
    if (OB_FAILED(status)) {
        goto out;
    }
    ob_buf_put_u8(&body, TOKEN_VERSION);
    ob_buf_put(&body, token->vault_id.bytes, sizeof token->vault_id.bytes);
    ob_buf_put_u64(&body, token->serial);
    ob_buf_put_u64(&body, (uint64_t)token->issued);
    ob_buf_put_u64(&body, (uint64_t)token->expires);
    ob_buf_put(&body, random + NONCE, sizeof random - NONCE);
    status = ob_buf_status(&body);
    if (OB_FAILED(status)) {
        goto out;
    }
    if (!run_gcm(true, key, random, body.data, sealed, tag)) {
        status = ob_fail(OB_E_UNEXPECTED, "sealing the vault's token failed");
        goto out;
    }
    ob_buf_put(out, random, NONCE);
    ob_buf_put(out, sealed, sizeof sealed);
    ob_buf_put(out, tag, sizeof tag);
    status = ob_buf_status(out);
out:
    ob_buf_free(&body);
    return status;
}

ob_status ob_vault_token_open(ob_vault_token *out, const uint8_t key[OB_VAULT_TOKEN_KEY],
                              const void *data, size_t length)
{
    ob_vault_token token = {0};
    uint8_t body[BODY];
    uint8_t tag[TAG];
    ob_reader sealed = ob_reader_of(data, length);
    const uint8_t *nonce = ob_read_bytes(&sealed, NONCE);
    const uint8_t *ciphertext = ob_read_bytes(&sealed, BODY);
    ob_read_copy(&sealed, tag, TAG);
    if (OB_FAILED(ob_reader_end(&sealed, "the token")) ||
        !run_gcm(false, key, nonce, ciphertext, body, tag)) {
        return ob_fail(OB_E_CREDENTIALS_INVALID, "the token inside is not this vault's");
    }
    ob_reader reader = ob_reader_of(body, sizeof body);
    uint8_t version = ob_read_u8(&reader);
    ob_read_copy(&reader, token.vault_id.bytes, sizeof token.vault_id.bytes);
    token.serial = ob_read_u64(&reader);
    token.issued = (int64_t)ob_read_u64(&reader);
    token.expires = (int64_t)ob_read_u64(&reader);
    ob_wipe(body, sizeof body);
    if (version != TOKEN_VERSION) {
        return ob_fail(OB_E_CREDENTIALS_INVALID, "the token inside has version %u", version);
    }
    *out = token;
    return OB_OK;
}
