/* Chunk ids: HMAC-SHA-256 (RFC 2104) by the id key, cut to 20 bytes. One hasher is for one thread.
 */
#ifndef OB_ENGINE_CHUNK_HASHER_H
#define OB_ENGINE_CHUNK_HASHER_H

#include "ob/repo.h"

#define OB_ID_KEY 32

typedef struct ob_hasher ob_hasher;

ob_status ob_hasher_new(const uint8_t key[OB_ID_KEY], ob_hasher **out);
void ob_hasher_free(ob_hasher *hasher); /* takes NULL */

ob_status ob_hasher_id(ob_hasher *hasher, const void *data, size_t length, ob_chunk_id *out);

/* The same in pieces. */
ob_status ob_hasher_begin(ob_hasher *hasher);
ob_status ob_hasher_add(ob_hasher *hasher, const void *data, size_t length);
ob_status ob_hasher_end(ob_hasher *hasher, ob_chunk_id *out);

#endif
