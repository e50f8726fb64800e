/*
 * AES-256-GCM (NIST SP 800-38D) with 96-bit nonces and 128-bit tags. One context is for one thread;
 * its key stays until the next one is set. Nonces are the caller's duty: never twice under a key.
 */
#ifndef OB_ENGINE_KEY_GCM_H
#define OB_ENGINE_KEY_GCM_H

#include "ob/status.h"

#include <stddef.h>
#include <stdint.h>

#define OB_GCM_KEY 32
#define OB_GCM_NONCE 12
#define OB_GCM_TAG 16

typedef struct ob_gcm ob_gcm;

/* Borrowed bytes. */
typedef struct ob_span {
    const void *data;
    size_t length;
} ob_span;

ob_status ob_gcm_new(ob_gcm **out);
void ob_gcm_free(ob_gcm *gcm); /* takes NULL */
ob_status ob_gcm_set_key(ob_gcm *gcm, const uint8_t key[OB_GCM_KEY]);

/* Writes `length` bytes and the tag to `out`, which may be `plain`. */
ob_status ob_gcm_seal(ob_gcm *gcm, const uint8_t nonce[OB_GCM_NONCE], const ob_span *aad,
                      size_t aad_count, const uint8_t *plain, size_t length, uint8_t *out);
/* `length` counts the tag. Writes length - OB_GCM_TAG bytes to `out`, which may be `sealed`.
 * OB_E_SEAL (without a detail: the caller knows the names) if the tag does not fit; what is in
 * `out` then is wiped. */
ob_status ob_gcm_open(ob_gcm *gcm, const uint8_t nonce[OB_GCM_NONCE], const ob_span *aad,
                      size_t aad_count, const uint8_t *sealed, size_t length, uint8_t *out);

/* Opening in pieces, for whoever may look at bytes before they are known to be right. OB_E_SEAL
 * from the end. */
ob_status ob_gcm_open_begin(ob_gcm *gcm, const uint8_t nonce[OB_GCM_NONCE], const ob_span *aad,
                            size_t aad_count);
ob_status ob_gcm_open_piece(ob_gcm *gcm, const uint8_t *sealed, size_t length, uint8_t *out);
ob_status ob_gcm_open_end(ob_gcm *gcm, const uint8_t tag[OB_GCM_TAG]);

#endif
