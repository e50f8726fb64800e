#include "index/segment_write.h"

#include "index/segment_format.h"
#include "ob/alloc.h"

#include <string.h>

#define PAGE ((size_t)4096)
#define BLOCK_BYTES ((size_t)OB_SEGMENT_BLOCK * OB_SEGMENT_ENTRY)
#define CHUNK_BYTES (16 * BLOCK_BYTES) /* written at once */

struct ob_segment_writer {
    ob_segment_plan plan;
    const ob_fs *fs; /* NULL: into memory */
    ob_file *file;
    ob_buf memory;
    unsigned bits;
    uint32_t *fanout; /* entries with a prefix below its place, summed at the end */
    ob_buf sums;
    uint64_t entries_at;
    uint64_t count;
    ob_buf block; /* entries not written yet, whole blocks until the end */
    ob_index_entry last;
};

static unsigned bits_for(uint64_t count)
{
    unsigned bits = 0;
    while (bits < OB_SEGMENT_BITS_MOST && (count >> bits) > 16) {
        bits++;
    }
    return bits;
}

static uint64_t head_size(const ob_segment_writer *writer)
{
    const ob_segment_plan *plan = &writer->plan;
    uint64_t blocks = plan->count / OB_SEGMENT_BLOCK + 1;
    uint64_t size = OB_SEGMENT_HEAD + (uint64_t)plan->cover_count * OB_SHA256_SIZE +
                    (uint64_t)plan->pack_count * OB_SEGMENT_PACK +
                    (((uint64_t)1 << writer->bits) + 1) * 4 + blocks * 4;
    return (size + PAGE - 1) / PAGE * PAGE;
}

ob_status ob_segment_writer_new(const ob_segment_plan *plan, const ob_fs *fs, const char *path,
                                ob_segment_writer **out)
{
    const int flags = OB_OPEN_WRITE | OB_OPEN_CREATE | OB_OPEN_TRUNCATE | OB_OPEN_PRIVATE;
    ob_status status = OB_OK;
    ob_segment_writer *writer = ob_calloc(1, sizeof *writer);
    if (writer == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "index cache");
    }
    writer->plan = *plan;
    writer->fs = fs;
    writer->bits = bits_for(plan->count);
    writer->entries_at = head_size(writer);
    writer->fanout = ob_calloc(((size_t)1 << writer->bits) + 1, sizeof writer->fanout[0]);
    if (writer->fanout == NULL || plan->count > UINT32_MAX) {
        status = ob_fail(OB_E_NO_MEMORY, "index cache");
    } else if (fs != NULL) {
        status = fs->open(fs, NULL, path, flags, &writer->file);
    } else {
        status = ob_buf_reserve(&writer->memory,
                                (size_t)(writer->entries_at + plan->count * OB_SEGMENT_ENTRY));
        ob_buf_put_zero(&writer->memory, (size_t)writer->entries_at);
    }
    if (OB_FAILED(status)) {
        ob_segment_writer_free(writer);
        return status;
    }
    *out = writer;
    return OB_OK;
}

void ob_segment_writer_free(ob_segment_writer *writer)
{
    if (writer != NULL) {
        if (writer->fs != NULL) {
            writer->fs->close(writer->fs, writer->file);
        }
        ob_free(writer->fanout);
        ob_buf_free(&writer->memory);
        ob_buf_free(&writer->sums);
        ob_buf_free(&writer->block);
        ob_free(writer);
    }
}

static ob_status write_out(ob_segment_writer *writer)
{
    ob_status status = ob_buf_status(&writer->block);
    uint64_t done = writer->count * OB_SEGMENT_ENTRY - writer->block.length;
    for (size_t at = 0; at < writer->block.length; at += BLOCK_BYTES) {
        size_t left = writer->block.length - at;
        ob_buf_put_u32(&writer->sums, ob_segment_sum(writer->block.data + at,
                                                     left < BLOCK_BYTES ? left : BLOCK_BYTES));
    }
    if (OB_FAILED(status) || writer->block.length == 0) {
        return status;
    }
    if (writer->fs != NULL) {
        status = writer->fs->write_at(writer->fs, writer->file, writer->entries_at + done,
                                      writer->block.data, writer->block.length);
    } else {
        ob_buf_put(&writer->memory, writer->block.data, writer->block.length);
        status = ob_buf_status(&writer->memory);
    }
    ob_buf_clear(&writer->block);
    return status;
}

ob_status ob_segment_writer_add(ob_segment_writer *writer, const ob_index_entry *entry)
{
    const uint8_t *id = entry->id.bytes;
    uint32_t prefix = (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3];
    if (writer->count > 0 && writer->last.pack == entry->pack &&
        writer->last.offset == entry->offset &&
        memcmp(writer->last.id.bytes, id, OB_CHUNK_ID) == 0) {
        return OB_OK;
    }
    if (writer->count >= writer->plan.count) {
        return ob_fail(OB_E_UNEXPECTED, "index cache: more entries than planned");
    }
    writer->last = *entry;
    writer->count++;
    writer->fanout[(writer->bits > 0 ? prefix >> (32 - writer->bits) : 0) + 1]++;
    ob_buf_put(&writer->block, id, OB_CHUNK_ID);
    ob_buf_put_u32(&writer->block, entry->pack);
    ob_buf_put_u32(&writer->block, entry->offset);
    ob_buf_put_u32(&writer->block, entry->length);
    return writer->block.length >= CHUNK_BYTES ? write_out(writer) : OB_OK;
}

static ob_status make_head(ob_segment_writer *writer, ob_buf *head)
{
    const ob_segment_plan *plan = &writer->plan;
    uint64_t length = writer->entries_at + writer->count * OB_SEGMENT_ENTRY;
    uint32_t sum = 0;
    ob_buf_put(head, OB_SEGMENT_MAGIC, 8);
    ob_buf_put_u32(head, OB_SEGMENT_VERSION);
    ob_buf_put_u32(head, writer->bits);
    ob_buf_put(head, plan->check, OB_SEGMENT_CHECK);
    ob_buf_put_u64(head, writer->count);
    ob_buf_put_u32(head, plan->pack_count);
    ob_buf_put_u32(head, plan->cover_count);
    ob_buf_put_u64(head, writer->entries_at);
    ob_buf_put_u64(head, length);
    ob_buf_put_zero(head, OB_SHA256_SIZE);
    ob_buf_put(head, plan->covers, (size_t)plan->cover_count * OB_SHA256_SIZE);
    for (uint32_t i = 0; i < plan->pack_count; i++) {
        ob_buf_put(head, plan->packs[i].name, OB_SHA256_SIZE);
        ob_buf_put_u32(head, plan->packs[i].size);
        ob_buf_put_u8(head, plan->packs[i].class);
        ob_buf_put_zero(head, 3);
    }
    for (size_t i = 0; i <= (size_t)1 << writer->bits; i++) {
        sum += writer->fanout[i];
        ob_buf_put_u32(head, sum);
    }
    ob_buf_put(head, writer->sums.data, writer->sums.length);
    ob_status status = ob_buf_status(head);
    if (!OB_FAILED(status)) {
        ob_buf_put_zero(head, (size_t)writer->entries_at - head->length);
        status = ob_buf_status(head);
    }
    if (!OB_FAILED(status)) {
        ob_segment_hash_head(head->data, head->length, head->data + OB_SEGMENT_HASH_AT);
    }
    return status;
}

ob_status ob_segment_writer_end(ob_segment_writer *writer, uint8_t **data, size_t *length)
{
    ob_buf head = {0};
    ob_status status = write_out(writer);
    if (!OB_FAILED(status)) {
        status = ob_buf_status(&writer->sums);
    }
    if (!OB_FAILED(status)) {
        status = make_head(writer, &head);
    }
    if (!OB_FAILED(status) && writer->fs != NULL) {
        status = writer->fs->write_at(writer->fs, writer->file, 0, head.data, head.length);
    } else if (!OB_FAILED(status)) {
        memcpy(writer->memory.data, head.data, head.length);
        *length = writer->memory.length;
        *data = (uint8_t *)ob_buf_take_text(&writer->memory);
    }
    ob_buf_free(&head);
    return status;
}
