/*
 * The token inside vault credentials: which vault issued it, as which download, and when. Sealed
 * by AES-256-GCM under the vault's token key, so that nobody else can read, make or change one.
 *
 *   nonce 12 | ciphertext of: version 1 byte (1), vault id 16, serial u64, issued i64, expires i64,
 *   random 16 | tag 16.        Additional data: "ob vault token". Integers little-endian, times ns.
 */
#ifndef OB_VAULT_TOKEN_H
#define OB_VAULT_TOKEN_H

#include "ob/buf.h"
#include "ob/text.h"

#define OB_VAULT_TOKEN_KEY 32

typedef struct ob_vault_token {
    ob_guid vault_id;
    uint64_t serial;
    int64_t issued;
    int64_t expires;
} ob_vault_token;

ob_status ob_vault_token_seal(const ob_vault_token *token, const uint8_t key[OB_VAULT_TOKEN_KEY],
                              ob_buf *out);
/* OB_E_CREDENTIALS_INVALID if it was not sealed under this key or was changed. */
ob_status ob_vault_token_open(ob_vault_token *out, const uint8_t key[OB_VAULT_TOKEN_KEY],
                              const void *data, size_t length);

#endif
