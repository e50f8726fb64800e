/* Index objects: the tables of contents of the packs of one run, sealed. docs/FORMAT.md, "Index
 * object". */
#ifndef OB_ENGINE_INDEX_OBJECT_H
#define OB_ENGINE_INDEX_OBJECT_H

#include "index/packs.h"
#include "index/table.h"
#include "pack/tools.h"

#define OB_INDEX_MOST ((size_t)64 << 20) /* bytes of an index object, and of its content */

/* Appends the plain bytes. Entries are sorted by pack; `packs` has those that they name. */
ob_status ob_index_write(const ob_packs *packs, const ob_index_entry *entries, size_t count,
                         ob_buf *out);
/* The same of an object that tells which chunks are damaged where. */
ob_status ob_index_write_bad(const ob_packs *packs, const ob_index_entry *entries, size_t count,
                             ob_buf *out);

/* Is given each pack and then its entries, whose `pack` is the position of the pack in the object.
 * What is out of bounds is not given. Of an object that tells of damage only `bad` is given: each
 * damaged chunk with its pack. */
typedef struct ob_index_sink {
    void *context;
    ob_status (*pack)(void *context, const ob_pack_info *info);
    ob_status (*entry)(void *context, const ob_index_entry *entry);
    /* May be NULL. */
    ob_status (*bad)(void *context, const ob_pack_info *info, const ob_index_entry *entry);
} ob_index_sink;
/* OB_E_CORRUPT, and what the sink fails with. */
ob_status ob_index_read(const uint8_t *data, size_t length, const ob_index_sink *sink);

/* The sealed object's bytes and name. */
ob_status ob_index_seal(ob_tools *tools, const ob_keyring *keys, const ob_buf *plain, ob_buf *out,
                        uint8_t name[OB_SHA256_SIZE]);
/* Opens an object of the name; `object` is overwritten. OB_E_CORRUPT, OB_E_SEAL,
 * OB_E_FORMAT_VERSION. */
ob_status ob_index_open(ob_tools *tools, const ob_keyring *keys, const uint8_t name[OB_SHA256_SIZE],
                        uint8_t *object, size_t length, ob_buf *plain);

#endif
