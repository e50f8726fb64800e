#include "pack/toc.h"

#include <string.h>

static uint8_t *put_u32(uint8_t *to, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        *to++ = (uint8_t)(value >> (8 * i));
    }
    return to;
}

void ob_toc_write(const ob_toc_entry *entries, size_t count, uint8_t *out)
{
    for (size_t i = 0; i < count; i++) {
        memcpy(out, entries[i].id.bytes, OB_CHUNK_ID);
        out = put_u32(out + OB_CHUNK_ID, entries[i].offset);
        out = put_u32(out, entries[i].stored);
        out = put_u32(out, entries[i].raw);
    }
}

ob_status ob_toc_read(ob_toc_entry *entries, const ob_footer *footer, const uint8_t *data,
                      size_t length)
{
    ob_reader reader = ob_reader_of(data, length);
    uint64_t expected = OB_HEADER_SIZE;
    for (uint32_t i = 0; i < footer->count; i++) {
        ob_toc_entry *entry = &entries[i];
        ob_read_copy(&reader, entry->id.bytes, OB_CHUNK_ID);
        entry->offset = ob_read_u32(&reader);
        entry->stored = ob_read_u32(&reader);
        entry->raw = ob_read_u32(&reader);
        if (entry->offset != expected || entry->stored < OB_FRAME_LEAST ||
            entry->stored > OB_FRAME_MOST || entry->raw > OB_CHUNK_MOST) {
            ob_reader_fail(&reader);
        }
        expected += entry->stored;
    }
    if (expected != footer->frames_end) {
        ob_reader_fail(&reader);
    }
    return ob_reader_end(&reader, "table of contents");
}

void ob_footer_write(const ob_footer *footer, uint8_t out[OB_FOOTER_PLAIN])
{
    out = put_u32(out, footer->frames_end);
    out = put_u32(out, footer->toc_offset);
    out = put_u32(out, footer->toc_length);
    put_u32(out, footer->count);
}

ob_status ob_footer_read(ob_footer *out, const uint8_t data[OB_FOOTER_PLAIN], uint64_t pack_size)
{
    ob_reader reader = ob_reader_of(data, OB_FOOTER_PLAIN);
    ob_footer footer;
    footer.frames_end = ob_read_u32(&reader);
    footer.toc_offset = ob_read_u32(&reader);
    footer.toc_length = ob_read_u32(&reader);
    footer.count = ob_read_u32(&reader);
    bool fits = footer.frames_end >= OB_HEADER_SIZE && footer.frames_end <= footer.toc_offset &&
                footer.count <= OB_TOC_MOST &&
                footer.toc_length == footer.count * OB_TOC_ENTRY + OB_GCM_TAG &&
                (uint64_t)footer.toc_offset + footer.toc_length + OB_FOOTER_SIZE == pack_size;
    if (!fits) {
        return ob_fail(OB_E_CORRUPT, "footer does not fit the pack's size");
    }
    *out = footer;
    return OB_OK;
}
