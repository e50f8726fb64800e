/* Point objects: the list of packs that a point needs, in clear for the vault, and the sealed
 * manifest. docs/FORMAT.md, "Point". */
#ifndef OB_ENGINE_REPO_POINT_OBJECT_H
#define OB_ENGINE_REPO_POINT_OBJECT_H

#include "pack/tools.h"

#define OB_POINT_MOST ((size_t)256 << 20)   /* bytes of a point object */
#define OB_MANIFEST_MOST ((size_t)16 << 20) /* bytes of a manifest */

/* `packs`: names, OB_SHA256_SIZE bytes each, sorted. `out` is replaced. */
ob_status ob_point_object_seal(ob_tools *tools, const ob_keyring *keys, const char *name,
                               const ob_buf *packs, const void *manifest, size_t length,
                               ob_buf *out);

/* What anybody can read. `packs` is borrowed from the object. */
typedef struct ob_point_object {
    ob_object_header header;
    const uint8_t *packs;
    uint32_t pack_count;
    size_t sealed_at, sealed_length;
} ob_point_object;
/* Checks structure and checksum: OB_E_CORRUPT, OB_E_FORMAT_VERSION. */
ob_status ob_point_object_parse(ob_point_object *out, const uint8_t *data, size_t length);

/* Opens the manifest of an object; `data` is overwritten. Also OB_E_SEAL. */
ob_status ob_point_object_open(ob_tools *tools, const ob_keyring *keys, const char *name,
                               uint8_t *data, size_t length, ob_buf *manifest);

#endif
