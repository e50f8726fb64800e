#include "index/object.h"

#include "pack/toc.h"

#include <string.h>

#define PACK_LEAST (OB_HEADER_SIZE + OB_GCM_TAG + OB_FOOTER_SIZE)
#define PACK_BYTES (OB_SHA256_SIZE + 4 + 1 + 4)
#define ENTRY_BYTES (OB_CHUNK_ID + 4 + 4)
#define CLASS_BAD 0x80u /* what follows are damaged chunks of the pack */

static size_t run_of(const ob_index_entry *entries, size_t count)
{
    size_t run = 1;
    while (run < count && entries[run].pack == entries[0].pack) {
        run++;
    }
    return run;
}

static ob_status write_packs(const ob_packs *packs, const ob_index_entry *entries, size_t count,
                             uint8_t mark, ob_buf *out)
{
    uint32_t pack_count = 0;
    for (size_t at = 0; at < count; at += run_of(entries + at, count - at)) {
        pack_count++;
    }
    ob_buf_put_u32(out, pack_count);
    for (size_t at = 0; at < count;) {
        size_t run = run_of(entries + at, count - at);
        const ob_pack_info *info = &packs->info[entries[at].pack];
        ob_buf_put(out, info->name, OB_SHA256_SIZE);
        ob_buf_put_u32(out, info->size);
        ob_buf_put_u8(out, info->class | mark);
        ob_buf_put_u32(out, (uint32_t)run);
        for (size_t end = at + run; at < end; at++) {
            ob_buf_put(out, entries[at].id.bytes, OB_CHUNK_ID);
            ob_buf_put_u32(out, entries[at].offset);
            ob_buf_put_u32(out, entries[at].length);
        }
    }
    return ob_buf_status(out);
}

ob_status ob_index_write(const ob_packs *packs, const ob_index_entry *entries, size_t count,
                         ob_buf *out)
{
    return write_packs(packs, entries, count, 0, out);
}

ob_status ob_index_write_bad(const ob_packs *packs, const ob_index_entry *entries, size_t count,
                             ob_buf *out)
{
    return write_packs(packs, entries, count, CLASS_BAD, out);
}

static ob_status give_entry(const ob_index_sink *sink, bool bad, const ob_pack_info *info,
                            const ob_index_entry *entry)
{
    if (!bad) {
        return sink->entry(sink->context, entry);
    }
    return sink->bad != NULL ? sink->bad(sink->context, info, entry) : OB_OK;
}

/* An object tells of damage or of what is there, not of both: the first pack says which. */
static ob_status read_pack(ob_reader *reader, uint32_t position, bool *bad,
                           const ob_index_sink *sink)
{
    ob_pack_info info = {0};
    ob_read_copy(reader, info.name, sizeof info.name);
    info.size = ob_read_u32(reader);
    info.class = ob_read_u8(reader);
    bool marked = (info.class & CLASS_BAD) != 0;
    info.class &= (uint8_t)~CLASS_BAD;
    *bad = position == 0 ? marked : *bad;
    uint32_t count = ob_read_u32(reader);
    if (info.size < PACK_LEAST || info.size > OB_PACK_MOST || info.class > OB_CHUNK_META ||
        marked != *bad || count > OB_TOC_MOST || count > ob_reader_left(reader) / ENTRY_BYTES) {
        ob_reader_fail(reader);
    }
    ob_status status = ob_reader_status(reader, "index object");
    if (!OB_FAILED(status) && !marked) {
        status = sink->pack(sink->context, &info);
    }
    for (uint32_t i = 0; !OB_FAILED(status) && i < count; i++) {
        ob_index_entry entry = {.pack = position};
        ob_read_copy(reader, entry.id.bytes, OB_CHUNK_ID);
        entry.offset = ob_read_u32(reader);
        entry.length = ob_read_u32(reader);
        if (entry.offset < OB_HEADER_SIZE || entry.length < OB_FRAME_LEAST ||
            entry.length > OB_FRAME_MOST ||
            (uint64_t)entry.offset + entry.length > info.size - OB_FOOTER_SIZE) {
            ob_reader_fail(reader);
            return ob_reader_status(reader, "index object");
        }
        status = give_entry(sink, marked, &info, &entry);
    }
    return status;
}

ob_status ob_index_read(const uint8_t *data, size_t length, const ob_index_sink *sink)
{
    ob_reader reader = ob_reader_of(data, length);
    bool bad = false;
    uint32_t packs = ob_read_u32(&reader);
    if (packs > ob_reader_left(&reader) / PACK_BYTES) {
        ob_reader_fail(&reader);
    }
    ob_status status = ob_reader_status(&reader, "index object");
    for (uint32_t i = 0; !OB_FAILED(status) && i < packs; i++) {
        status = read_pack(&reader, i, &bad, sink);
    }
    return OB_FAILED(status) ? status : ob_reader_end(&reader, "index object");
}

static const ob_place place = {.type = OB_SEAL_INDEX, .offset = OB_HEADER_SIZE};

ob_status ob_index_seal(ob_tools *tools, const ob_keyring *keys, const ob_buf *plain, ob_buf *out,
                        uint8_t name[OB_SHA256_SIZE])
{
    ob_object_header header;
    uint8_t bytes[OB_HEADER_SIZE];
    ob_status status = ob_object_header_new(keys, OB_KEY_INDEX, 0, &header);
    if (!OB_FAILED(status)) {
        status = ob_tools_use_header(tools, &header, keys);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    ob_object_header_write(&header, bytes);
    ob_buf_clear(out);
    ob_buf_put(out, bytes, sizeof bytes);
    status = ob_tools_seal_block(tools, &header, &place, plain->data, plain->length, out);
    if (!OB_FAILED(status)) {
        ob_object_hash(out->data, out->length, name);
    }
    return status;
}

ob_status ob_index_open(ob_tools *tools, const ob_keyring *keys, const uint8_t name[OB_SHA256_SIZE],
                        uint8_t *object, size_t length, ob_buf *plain)
{
    ob_object_header header;
    uint8_t hash[OB_SHA256_SIZE];
    ob_object_hash(object, length, hash);
    if (length < OB_HEADER_SIZE || memcmp(hash, name, sizeof hash) != 0) {
        return ob_fail(OB_E_CORRUPT, "its bytes do not fit its name");
    }
    ob_status status = ob_object_header_read(&header, OB_KEY_INDEX, object);
    if (!OB_FAILED(status)) {
        status = ob_tools_use_header(tools, &header, keys);
    }
    if (!OB_FAILED(status)) {
        status = ob_tools_open_block(tools, &header, &place, object + OB_HEADER_SIZE,
                                     length - OB_HEADER_SIZE, OB_INDEX_MOST, plain);
    }
    if (status == OB_E_SEAL) {
        status = ob_fail(OB_E_SEAL, "it does not open with this machine's keys");
    }
    return status;
}
