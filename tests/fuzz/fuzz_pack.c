/* Packs: any bytes as a whole pack, and any bytes as what its seals protect: the footer, and behind
 * it the table of contents. */
#include "fuzz.h"

#include "pack/toc.h"

#include <stdlib.h>

static void parse_header(const uint8_t *data, size_t size)
{
    ob_object_header header;
    if (size >= OB_HEADER_SIZE && ob_object_header_read(&header, OB_KEY_PACK, data) == OB_OK &&
        header.class > OB_CHUNK_META) {
        abort();
    }
}

/* Frames that were taken lie inside of the pack and do not overlap. */
static void parse_tables(const uint8_t *data, size_t size)
{
    ob_footer footer;
    if (size < OB_FOOTER_PLAIN) {
        return;
    }
    uint64_t pack_size = (uint64_t)data[4] | (uint64_t)data[5] << 8 | (uint64_t)data[6] << 16;
    pack_size += size - OB_FOOTER_PLAIN + OB_GCM_TAG + OB_FOOTER_SIZE;
    if (OB_FAILED(ob_footer_read(&footer, data, pack_size))) {
        return;
    }
    ob_toc_entry *entries = calloc(footer.count + 1u, sizeof entries[0]);
    if (entries == NULL) {
        abort();
    }
    if (ob_toc_read(entries, &footer, data + OB_FOOTER_PLAIN, size - OB_FOOTER_PLAIN) == OB_OK) {
        uint64_t end = OB_HEADER_SIZE;
        for (uint32_t i = 0; i < footer.count; i++) {
            if (entries[i].offset != end || entries[i].raw > OB_CHUNK_MOST) {
                abort();
            }
            end += entries[i].stored;
        }
        if (end > footer.toc_offset || footer.toc_offset > pack_size) {
            abort();
        }
    }
    free(entries);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    parse_header(data, size);
    parse_tables(data, size);
    return 0;
}
