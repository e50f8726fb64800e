/* Segments of the index cache: any bytes, and the same with a hash of the head that fits. */
#include "fuzz.h"

#include "index/segment.h"
#include "index/segment_format.h"
#include "ob/alloc.h"

#include <stdlib.h>
#include <string.h>

/* Takes `data` over. */
static void use(uint8_t *data, size_t size)
{
    uint8_t check[OB_SHA256_SIZE] = {0};
    ob_segment *segment = NULL;
    ob_packs packs = {0};
    ob_index_entry entry;
    ob_chunk_id id = {{0}};
    if (size >= 16 + OB_SEGMENT_CHECK) {
        memcpy(check, data + 16, OB_SEGMENT_CHECK);
    }
    if (OB_FAILED(ob_segment_open_memory(data, size, check, &segment))) {
        ob_free(data);
        return;
    }
    if (ob_segment_attach(segment, &packs) == OB_OK) {
        for (unsigned i = 0; i < 256; i++) {
            id.bytes[0] = (uint8_t)i;
            (void)ob_segment_find(segment, &id, i % 3, &entry);
            (void)ob_segment_covers(segment, check);
        }
        for (uint64_t i = 0; i < segment->count && i < 1000; i++) {
            if (ob_segment_at(segment, i, &entry) == OB_OK && entry.pack >= packs.count) {
                abort();
            }
        }
    }
    ob_segment_close(segment, false);
    ob_packs_free(&packs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *copy = ob_memdup(data, size);
    if (copy == NULL) {
        abort();
    }
    use(copy, size);
    if (size < OB_SEGMENT_HEAD) {
        return 0;
    }
    copy = ob_memdup(data, size);
    if (copy == NULL) {
        abort();
    }
    size_t head = (size_t)copy[48] | (size_t)copy[49] << 8 | (size_t)copy[50] << 16;
    if (head >= OB_SEGMENT_HEAD && head <= size) {
        ob_segment_hash_head(copy, head, copy + OB_SEGMENT_HASH_AT);
    }
    use(copy, size);
    return 0;
}
