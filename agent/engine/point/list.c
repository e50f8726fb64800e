#include "point/list.h"

#include "point/path.h"

#include <string.h>

#define VERSION 1
#define CUT_LEAST ((size_t)32 << 10)
#define CUT_MOST ((size_t)512 << 10)
#define CUT_MASK 511u

static size_t shared_length(const ob_buf *last, const ob_entry *entry)
{
    size_t most = last->length < entry->path_length ? last->length : entry->path_length;
    size_t shared = 0;
    while (shared < most && last->data[shared] == (uint8_t)entry->path[shared]) {
        shared++;
    }
    return shared;
}

static ob_status hand_out(ob_list_writer *writer)
{
    ob_list_chunk chunk = {writer->chunk.data, writer->chunk.length, writer->entries,
                           (const char *)writer->first.data, writer->first.length};
    ob_status status = writer->sink(writer->context, &chunk);
    ob_buf_clear(&writer->chunk);
    writer->entries = 0;
    return status;
}

static ob_status check_order(const ob_list_writer *writer, const ob_entry *entry)
{
    const ob_buf *last = &writer->last;
    if (!ob_point_path_valid(entry->path, entry->path_length) ||
        ob_point_path_compare((const char *)last->data, last->length, entry->path,
                              entry->path_length) >= 0) {
        return ob_fail(OB_E_UNEXPECTED, "%s cannot stand here in the file list", entry->path);
    }
    return OB_OK;
}

static void put_entry(ob_list_writer *writer, const ob_entry *entry)
{
    size_t shared = 0;
    if (writer->entries == 0) {
        ob_buf_put_u8(&writer->chunk, VERSION);
        ob_buf_clear(&writer->first);
        ob_buf_put(&writer->first, entry->path, entry->path_length);
    } else {
        shared = shared_length(&writer->last, entry);
    }
    ob_buf_put_varint(&writer->chunk, shared);
    ob_buf_put_counted(&writer->chunk, entry->path + shared, entry->path_length - shared);
    ob_buf_put_counted(&writer->chunk, writer->fields.data, writer->fields.length);
    ob_buf_clear(&writer->last);
    ob_buf_put(&writer->last, entry->path, entry->path_length);
    writer->entries++;
}

ob_status ob_list_add(ob_list_writer *writer, const ob_entry *entry)
{
    ob_status status = check_order(writer, entry);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_buf_clear(&writer->fields);
    ob_entry_put_fields(&writer->fields, entry);
    status = ob_buf_status(&writer->fields);
    if (OB_FAILED(status)) {
        return status;
    }
    if (writer->fields.length + entry->path_length > OB_ENTRY_MOST) {
        return ob_fail(OB_E_TOO_LARGE, "%s needs more than %zu bytes in the file list", entry->path,
                       OB_ENTRY_MOST);
    }
    put_entry(writer, entry);
    status = ob_buf_status(&writer->chunk);
    if (!OB_FAILED(status)) {
        status = ob_buf_status(&writer->first);
    }
    if (!OB_FAILED(status)) {
        status = ob_buf_status(&writer->last);
    }
    bool cut = (ob_point_path_hash(entry->path, entry->path_length) & CUT_MASK) == 0;
    if (!OB_FAILED(status) &&
        (writer->chunk.length >= CUT_MOST || (cut && writer->chunk.length >= CUT_LEAST))) {
        status = hand_out(writer);
    }
    return status;
}

ob_status ob_list_finish(ob_list_writer *writer)
{
    return writer->entries > 0 ? hand_out(writer) : OB_OK;
}

void ob_list_writer_free(ob_list_writer *writer)
{
    ob_buf_free(&writer->chunk);
    ob_buf_free(&writer->fields);
    ob_buf_free(&writer->first);
    ob_buf_free(&writer->last);
}

ob_status ob_list_open(ob_list_reader *reader, const uint8_t *data, size_t length)
{
    reader->in = ob_reader_of(data, length);
    reader->any = false;
    ob_buf_clear(&reader->path);
    uint8_t version = ob_read_u8(&reader->in);
    if (!reader->in.failed && version != VERSION) {
        return ob_fail(OB_E_FORMAT_VERSION, "file list of version %u", version);
    }
    return ob_reader_status(&reader->in, "the file list");
}

/* Puts the path together in place; fails `in` unless it is a valid one behind the last one. */
static ob_status read_path(ob_list_reader *reader)
{
    ob_reader *in = &reader->in;
    ob_buf *path = &reader->path;
    size_t length = 0;
    size_t last_length = reader->any ? path->length - 1 : 0;
    uint64_t shared = ob_read_varint(in);
    const uint8_t *rest = ob_read_counted(in, OB_POINT_PATH_MOST, &length);
    if (shared > last_length || rest == NULL) {
        ob_reader_fail(in);
        return OB_OK;
    }
    /* Up to `shared` both are the same, so that the first byte behind it decides the order. The
     * old path's byte there may be the NUL of its end, which is lower than any. */
    if (reader->any &&
        ob_point_path_compare((const char *)path->data + shared, last_length - (size_t)shared,
                              (const char *)rest, length) >= 0) {
        ob_reader_fail(in);
        return OB_OK;
    }
    path->length = (size_t)shared;
    ob_buf_put(path, rest, length);
    ob_buf_put_u8(path, 0);
    if (!path->failed && !ob_point_path_valid((const char *)path->data, path->length - 1)) {
        ob_reader_fail(in);
    }
    return ob_buf_status(path);
}

ob_status ob_list_next(ob_list_reader *reader, ob_entry *out, bool *more)
{
    ob_reader *in = &reader->in;
    *more = false;
    if (!in->failed && ob_reader_left(in) == 0) {
        return OB_OK;
    }
    size_t length = 0;
    ob_status status = read_path(reader);
    const uint8_t *fields = ob_read_counted(in, OB_ENTRY_MOST, &length);
    if (!OB_FAILED(status)) {
        status = ob_reader_status(in, "the file list");
    }
    if (OB_FAILED(status)) {
        ob_reader_fail(in);
        out->path = NULL;
        return status;
    }
    reader->any = true;
    *more = true;
    out->path = (const char *)reader->path.data;
    out->path_length = reader->path.length - 1;
    status = ob_entry_read_fields(out, fields, length, &reader->target);
    if (OB_FAILED(status) && status != OB_E_FORMAT_VERSION) {
        ob_reader_fail(in);
        out->path = NULL;
        *more = false;
    }
    return status;
}

void ob_list_reader_free(ob_list_reader *reader)
{
    ob_buf_free(&reader->path);
    ob_buf_free(&reader->target);
}
