/* Index objects: any bytes as an object under the name that fits them, and any bytes as what was
 * sealed in one. */
#include "fuzz.h"

#include "index/object.h"
#include "pack/toc.h"

#include <stdlib.h>
#include <string.h>

static uint32_t last_size;

static ob_status take_pack(void *context, const ob_pack_info *info)
{
    (void)context;
    if (info->size > OB_PACK_MOST || info->class > OB_CHUNK_META) {
        abort();
    }
    last_size = info->size;
    return OB_OK;
}

static ob_status take_entry(void *context, const ob_index_entry *entry)
{
    (void)context;
    if (entry->offset < OB_HEADER_SIZE || entry->length > OB_FRAME_MOST ||
        (uint64_t)entry->offset + entry->length > last_size) {
        abort();
    }
    return OB_OK;
}

static void need(ob_status status)
{
    if (OB_FAILED(status)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const ob_index_sink sink = {NULL, take_pack, take_entry, NULL};
    static ob_keyring *keys;
    static ob_tools_pool pool;
    static ob_tools *tools;
    uint8_t name[OB_SHA256_SIZE];
    ob_buf plain = {.limit = OB_INDEX_MOST};
    ob_buf copy = {0};
    if (keys == NULL) {
        need(ob_keyring_new(&keys));
        need(ob_tools_pool_init(&pool, keys, false));
        need(ob_tools_take(&pool, &tools));
    }
    (void)ob_index_read(data, size, &sink);
    ob_buf_put(&copy, data, size);
    ob_object_hash(data, size, name);
    if (ob_index_open(tools, keys, name, copy.data, size, &plain) == OB_OK) {
        abort(); /* these keys never sealed anything */
    }
    ob_buf_free(&plain);
    ob_buf_free(&copy);
    return 0;
}
