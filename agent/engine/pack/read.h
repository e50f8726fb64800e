/* Reading packs: a pack's table of contents, and single chunks. */
#ifndef OB_ENGINE_PACK_READ_H
#define OB_ENGINE_PACK_READ_H

#include "ob/store.h"
#include "pack/stretch.h"
#include "pack/toc.h"
#include "pack/tools.h"

/* What stands around the frames of a pack. Zero-initialise before use. */
typedef struct ob_pack_head {
    ob_object_header header;
    ob_footer footer;
    ob_toc_entry *entries; /* footer.count */
} ob_pack_head;

/* Reads header, footer and table of contents of a pack of `size` bytes. OB_E_CORRUPT, OB_E_SEAL,
 * OB_E_FORMAT_VERSION, with the pack's name in the detail, and what the store gives. */
ob_status ob_pack_read_head(ob_store *store, const ob_keyring *keys, ob_tools *tools,
                            const char *name, uint64_t size, ob_pack_head *out);
void ob_pack_head_free(ob_pack_head *head);

/* The keys of packs lately read from, and stretches of them. */
typedef struct ob_pack_keys ob_pack_keys;
ob_status ob_pack_keys_new(ob_store *store, const ob_keyring *keys, ob_pack_keys **out);
void ob_pack_keys_free(ob_pack_keys *cache); /* takes NULL */

/* Reads one chunk's content into `out`, replaced, and checks it against its id. OB_E_CORRUPT (also
 * if the pack is gone), OB_E_SEAL and OB_E_FORMAT_VERSION name the pack. Small
 * chunks near each other are read together. Thread-safe, with tools of the caller's own. */
ob_status ob_pack_read_chunk(ob_pack_keys *cache, ob_tools_pool *pool, ob_tools *tools,
                             const ob_frame *frame, const ob_chunk_id *id, ob_buf *out);

#endif
