/* Inside of the keyring, and the keys that are derived from it. docs/FORMAT.md, "Keys". */
#ifndef OB_ENGINE_KEY_KEYS_H
#define OB_ENGINE_KEY_KEYS_H

#include "ob/keyring.h"

#define OB_KEY_SIZE 32
#define OB_EPOCHS_MOST 4096

struct ob_keyring {
    uint8_t master[OB_KEY_SIZE];
    uint32_t epochs; /* at least 1; epoch N is epoch[N - 1] */
    uint8_t epoch[OB_EPOCHS_MOST][OB_KEY_SIZE];
};

/* What a key is for. The first four come from the master key, the others from an epoch's key. */
typedef enum ob_key_use {
    OB_KEY_ID,
    OB_KEY_GEAR,
    OB_KEY_CACHE,
    OB_KEY_LIST,
    OB_KEY_PACK,
    OB_KEY_INDEX,
    OB_KEY_POINT
} ob_key_use;

/* HKDF-SHA-256 (RFC 5869) of the master key. */
ob_status ob_key_from_master(const ob_keyring *keys, ob_key_use use, void *out, size_t length);
/* The same of an epoch's key with the salt of one object. OB_E_SEAL if the keyring does not have
 * the epoch. */
ob_status ob_key_from_epoch(const ob_keyring *keys, ob_key_use use, uint32_t epoch,
                            const uint8_t salt[OB_KEY_SIZE], uint8_t out[OB_KEY_SIZE]);

#endif
