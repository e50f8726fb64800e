/* The key envelope: a keyring wrapped by a passphrase. docs/FORMAT.md, "Key envelope". */
#ifndef OB_ENGINE_KEY_ENVELOPE_H
#define OB_ENGINE_KEY_ENVELOPE_H

#include "key/passphrase.h"
#include "ob/buf.h"
#include "ob/keyring.h"

#define OB_ENVELOPE_MOST ((size_t)256 << 10)

typedef struct ob_envelope {
    ob_scrypt_cost cost;
    const uint8_t *header; /* borrowed from the bytes parsed, all of it is sealed to */
    const uint8_t *salt;
    const uint8_t *nonce;
    const uint8_t *sealed;
    size_t sealed_length;
} ob_envelope;

/* Reads the structure: OB_E_CORRUPT if cut or changed, OB_E_FORMAT_VERSION. */
ob_status ob_envelope_parse(ob_envelope *out, const uint8_t *data, size_t length);
/* OB_E_PASSPHRASE_WRONG, OB_E_CORRUPT. */
ob_status ob_envelope_open(const ob_envelope *envelope, const char *passphrase, size_t length,
                           ob_keyring **out);
/* Appends an envelope to `out`. `salt` (32 bytes) and `nonce` (12) are for the test vectors;
 * NULL: random. */
ob_status ob_envelope_make(const ob_keyring *keys, const char *passphrase, size_t length,
                           ob_scrypt_cost cost, const uint8_t *salt, const uint8_t *nonce,
                           ob_buf *out);

#endif
