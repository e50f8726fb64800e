/* From a passphrase to a key: NFC, the rule of length, and scrypt (RFC 7914). */
#ifndef OB_ENGINE_KEY_PASSPHRASE_H
#define OB_ENGINE_KEY_PASSPHRASE_H

#include "ob/buf.h"
#include "ob/status.h"

#include <stdbool.h>

#define OB_PASSPHRASE_MOST 4096 /* bytes of UTF-8 */

typedef struct ob_scrypt_cost {
    uint8_t log2_n, r, p;
} ob_scrypt_cost;

#define OB_SCRYPT_DEFAULT ((ob_scrypt_cost){17, 8, 1})

/* Appends the passphrase in NFC (Unicode UAX #15) to `out`, which becomes secret.
 * OB_E_PASSPHRASE_SHORT below OB_PASSPHRASE_LEAST code points, OB_E_INVALID_ARGUMENT if it is not
 * UTF-8 or longer than OB_PASSPHRASE_MOST. */
ob_status ob_passphrase_normalize(const char *text, size_t length, ob_buf *out);

/* What an envelope may ask for: at most 256 MiB of memory and 8 times the default's work. */
bool ob_scrypt_cost_allowed(ob_scrypt_cost cost);
ob_status ob_passphrase_derive(const ob_buf *normal, const uint8_t *salt, size_t salt_length,
                               ob_scrypt_cost cost, uint8_t out[32]);

#endif
