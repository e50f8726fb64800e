/*
 * What each sealed part of an object has in common: its header in clear, and the nonce and the
 * associated data that bind a part to its type, format version and place. docs/FORMAT.md, "Seals".
 */
#ifndef OB_ENGINE_PACK_SEAL_H
#define OB_ENGINE_PACK_SEAL_H

#include "key/gcm.h"
#include "key/keys.h"
#include "ob/buf.h"

#define OB_HEADER_SIZE 48
#define OB_SALT_SIZE 32
#define OB_FORMAT_VERSION 1
#define OB_SHA256_SIZE 32
#define OB_SHA256_HEX 65 /* with its NUL */

typedef enum ob_seal_type {
    OB_SEAL_FRAME = 1, /* a chunk in a pack */
    OB_SEAL_TOC = 2,
    OB_SEAL_FOOTER = 3,
    OB_SEAL_INDEX = 4,
    OB_SEAL_POINT = 5
} ob_seal_type;

/* The first OB_HEADER_SIZE bytes of packs, index objects and points. */
typedef struct ob_object_header {
    ob_key_use use; /* OB_KEY_PACK, OB_KEY_INDEX or OB_KEY_POINT, told by the magic */
    uint8_t class;  /* of a pack: ob_chunk_class; else 0 */
    uint32_t epoch;
    uint8_t salt[OB_SALT_SIZE];
} ob_object_header;

/* Of the keyring's newest epoch, with a random salt. */
ob_status ob_object_header_new(const ob_keyring *keys, ob_key_use use, uint8_t class,
                               ob_object_header *out);
void ob_object_header_write(const ob_object_header *header, uint8_t out[OB_HEADER_SIZE]);
/* OB_E_CORRUPT if it is no header of this kind, OB_E_FORMAT_VERSION. */
ob_status ob_object_header_read(ob_object_header *out, ob_key_use use,
                                const uint8_t data[OB_HEADER_SIZE]);
/* The object's key; wipe it. OB_E_SEAL if the keyring does not have the epoch. */
ob_status ob_object_header_key(const ob_object_header *header, const ob_keyring *keys,
                               uint8_t out[OB_KEY_SIZE]);

/* Where a sealed part stands: what it is bound to. */
typedef struct ob_place {
    ob_seal_type type;
    uint64_t offset;  /* of the part in its object */
    ob_span bound[2]; /* more bytes to bind to; may be empty */
} ob_place;

/* Seals `length` bytes at `plain` to `out` (may be the same), with OB_GCM_TAG bytes behind. The
 * cipher must have the object's key. */
ob_status ob_seal(ob_gcm *gcm, const ob_object_header *header, const ob_place *place,
                  const uint8_t *plain, size_t length, uint8_t *out);
/* `length` counts the tag. OB_E_SEAL without a detail. */
ob_status ob_unseal(ob_gcm *gcm, const ob_object_header *header, const ob_place *place,
                    const uint8_t *sealed, size_t length, uint8_t *out);
/* For ob_gcm_open_piece(). */
ob_status ob_unseal_begin(ob_gcm *gcm, const ob_object_header *header, const ob_place *place);

/* The name of a pack or an index object. */
void ob_object_hash(const void *data, size_t length, uint8_t out[OB_SHA256_SIZE]);

#endif
