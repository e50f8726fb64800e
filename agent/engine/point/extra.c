#include "point/extra.h"

#include <string.h>

#define KEPT_CAPACITY ((size_t)4 << 10)
#define NAME_MOST 1024u /* bytes of the name of an attribute or stream */
#define NUMBER_MOST 64u

enum {
    USER = OB_FIELD_PLAIN(14),
    GROUP = OB_FIELD_PLAIN(15),
    ACCESS_ACL = OB_FIELD_PLAIN(32),
    DEFAULT_ACL = OB_FIELD_PLAIN(33),
    ATTRIBUTES = OB_FIELD_PLAIN(34),
    CAPABILITY = OB_FIELD_PLAIN(35),
    MAP = OB_FIELD_CRITICAL(36),
    STREAMS = OB_FIELD_PLAIN(37),
    REPARSE = OB_FIELD_CRITICAL(38),
    SECURITY = OB_FIELD_PLAIN(39),
    SHORT_NAME = OB_FIELD_PLAIN(41),
    INODE_FLAGS = OB_FIELD_PLAIN(42)
};

/* ---- making them ---- */

static void empty(ob_buf *buf)
{
    if (buf->capacity > KEPT_CAPACITY) {
        ob_buf_free(buf);
    } else {
        ob_buf_clear(buf);
    }
}

void ob_extras_clear(ob_extras *extras)
{
    empty(&extras->fields);
    empty(&extras->attributes);
    empty(&extras->streams);
}

void ob_extras_free(ob_extras *extras)
{
    ob_buf_free(&extras->fields);
    ob_buf_free(&extras->attributes);
    ob_buf_free(&extras->streams);
}

/* Where a field of this tag belongs. */
static size_t place_of(const ob_buf *fields, uint64_t tag)
{
    ob_reader in = ob_reader_of(fields->data, fields->length);
    uint64_t last = 0;
    ob_field field;
    size_t place = 0;
    while (ob_field_next(&in, &last, NULL, &field) && field.tag < tag) {
        place = in.position;
    }
    return place;
}

static void reverse(uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length / 2; i++) {
        uint8_t byte = data[i];
        data[i] = data[length - 1 - i];
        data[length - 1 - i] = byte;
    }
}

/* Puts a field in its place: at the end, from where it changes places with what is above it. */
static void put_field(ob_buf *fields, uint64_t tag, const void *value, size_t length)
{
    size_t place = place_of(fields, tag);
    size_t end = fields->length;
    ob_field_put(fields, tag, value, length);
    if (!fields->failed && place < end) {
        reverse(fields->data + place, end - place);
        reverse(fields->data + end, fields->length - end);
        reverse(fields->data + place, fields->length - place);
    }
}

ob_status ob_extras_visit(void *context, const ob_extra *extra)
{
    ob_extras *extras = context;
    switch (extra->kind) {
    case OB_EXTRA_KIND_XATTR:
        ob_buf_put_counted(&extras->attributes, extra->name, strlen(extra->name));
        ob_buf_put_counted(&extras->attributes, extra->data, extra->length);
        return ob_buf_status(&extras->attributes);
    case OB_EXTRA_KIND_STREAM:
        return OB_OK;
    case OB_EXTRA_KIND_REPARSE:
        put_field(&extras->fields, REPARSE, extra->data, extra->length);
        break;
    default:
        put_field(&extras->fields, OB_FIELD_PLAIN((uint64_t)extra->kind), extra->data,
                  extra->length);
        break;
    }
    return ob_buf_status(&extras->fields);
}

void ob_extras_put_owners(ob_extras *extras, ob_owners *owners, const ob_file_info *info)
{
    const char *user = ob_owners_name(owners, false, info->uid);
    const char *group = ob_owners_name(owners, true, info->gid);
    if (user[0] != '\0') {
        put_field(&extras->fields, USER, user, strlen(user));
    }
    if (group[0] != '\0') {
        put_field(&extras->fields, GROUP, group, strlen(group));
    }
    if (info->inode_flags != 0) {
        uint8_t flags = (uint8_t)(info->inode_flags & 0x7F); /* all that there are */
        put_field(&extras->fields, INODE_FLAGS, &flags, 1);
    }
}

void ob_extras_put_map(ob_extras *extras, const ob_extent *extents, size_t count)
{
    ob_buf map = {0};
    uint64_t at = 0;
    for (size_t i = 0; i < count; i++) {
        ob_buf_put_varint(&map, extents[i].offset - at);
        ob_buf_put_varint(&map, extents[i].length);
        at = extents[i].offset + extents[i].length;
    }
    if (!map.failed) {
        put_field(&extras->fields, MAP, map.data, map.length);
    } else {
        extras->fields.failed = true;
    }
    ob_buf_free(&map);
}

void ob_extras_put_stream(ob_extras *extras, const ob_stream *stream)
{
    ob_buf *out = &extras->streams;
    ob_buf_put_counted(out, stream->name, strlen(stream->name));
    ob_buf_put_varint(out, stream->size);
    ob_buf_put_u8(out, (uint8_t)stream->depth);
    ob_buf_put_counted(out, stream->ids, stream->id_count * OB_CHUNK_ID);
}

ob_status ob_extras_give(ob_extras *extras, ob_entry *entry)
{
    ob_buf *fields = &extras->fields;
    fields->failed = fields->failed || extras->attributes.failed || extras->streams.failed;
    if (extras->attributes.length > 0) {
        put_field(fields, ATTRIBUTES, extras->attributes.data, extras->attributes.length);
        ob_buf_clear(&extras->attributes);
    }
    if (extras->streams.length > 0) {
        put_field(fields, STREAMS, extras->streams.data, extras->streams.length);
        ob_buf_clear(&extras->streams);
    }
    entry->more = fields->data;
    entry->more_length = fields->length;
    return ob_buf_status(fields);
}

ob_status ob_extras_copy(ob_extras *extras, const ob_entry *entry)
{
    ob_extras_clear(extras);
    ob_buf_put(&extras->fields, entry->more, entry->more_length);
    return ob_buf_status(&extras->fields);
}

/* ---- reading them ---- */

static bool is_text(const uint8_t *text, size_t length, size_t most)
{
    return text != NULL && length > 0 && length <= most && memchr(text, '\0', length) == NULL;
}

static void check_attributes(ob_reader *in)
{
    const uint8_t *last = NULL;
    size_t last_length = 0;
    while (ob_reader_left(in) > 0) {
        size_t length = 0;
        size_t value = 0;
        const uint8_t *name = ob_read_counted(in, NAME_MOST, &length);
        ob_read_counted(in, SIZE_MAX, &value);
        if (!is_text(name, length, NAME_MOST)) {
            ob_reader_fail(in);
            return;
        }
        size_t shorter = length < last_length ? length : last_length;
        int order = last != NULL ? memcmp(last, name, shorter) : -1;
        if (order > 0 || (order == 0 && last_length >= length)) {
            ob_reader_fail(in);
        }
        last = name;
        last_length = length;
    }
}

static void check_map(ob_reader *in)
{
    uint64_t at = 0;
    while (ob_reader_left(in) > 0) {
        uint64_t gap = ob_read_varint(in);
        uint64_t length = ob_read_varint(in);
        if (length == 0 || gap > INT64_MAX - at || length > INT64_MAX - at - gap) {
            ob_reader_fail(in);
        }
        at += gap + length;
    }
}

/* The next stream; its name has no NUL yet. False at the end or after a failure. */
static bool next_stream(ob_reader *in, ob_stream *out, size_t *name_length)
{
    if (ob_reader_left(in) == 0) {
        return false;
    }
    size_t length = 0;
    const uint8_t *name = ob_read_counted(in, NAME_MOST, name_length);
    out->name = (const char *)name;
    out->size = ob_read_varint(in);
    out->depth = ob_read_u8(in);
    out->ids = (const ob_chunk_id *)(const void *)ob_read_counted(in, SIZE_MAX, &length);
    out->id_count = length / OB_CHUNK_ID;
    if (!is_text(name, *name_length, NAME_MOST) || out->size > INT64_MAX || out->depth > 1 ||
        length % OB_CHUNK_ID != 0 || (out->depth == 1 && length == 0)) {
        ob_reader_fail(in);
    }
    return !in->failed;
}

static void check_streams(ob_reader *in)
{
    ob_stream stream;
    size_t length = 0;
    while (next_stream(in, &stream, &length)) {
    }
}

static void check_text(ob_reader *in, size_t most)
{
    size_t length = ob_reader_left(in);
    if (!is_text(ob_read_bytes(in, length), length, most)) {
        ob_reader_fail(in);
    }
}

ob_status ob_extra_check(ob_field *field, ob_file_info *info)
{
    ob_reader *value = &field->value;
    switch (field->tag) {
    case USER:
    case GROUP:
        check_text(value, OB_OWNER_NAME_MOST);
        break;
    case ATTRIBUTES:
        check_attributes(value);
        break;
    case MAP:
        check_map(value);
        break;
    case STREAMS:
        check_streams(value);
        break;
    case SHORT_NAME:
        check_text(value, NUMBER_MOST);
        break;
    case INODE_FLAGS:
        info->inode_flags = (uint32_t)ob_read_varint(value) & OB_INODE_FLAGS;
        break;
    case ACCESS_ACL:
    case DEFAULT_ACL:
    case CAPABILITY:
    case REPARSE:
    case SECURITY:
        ob_read_bytes(value, ob_reader_left(value));
        break;
    default:
        return ob_field_unknown(field, "an entry of the file list");
    }
    return ob_reader_end(value, "a field of the file list");
}

/* The value of a field. */
static bool find(const ob_entry *entry, uint64_t tag, ob_reader *value)
{
    ob_reader in = ob_reader_of(entry->more, entry->more_length);
    uint64_t last = 0;
    ob_field field;
    while (ob_field_next(&in, &last, NULL, &field) && field.tag <= tag) {
        if (field.tag == tag) {
            *value = field.value;
            return true;
        }
    }
    return false;
}

bool ob_extra_fits(const ob_entry *entry)
{
    ob_reader value;
    if (ob_extra_map(entry, &value)) {
        ob_extent extent = {0};
        while (ob_extra_next_extent(&value, &extent)) {
        }
        if (entry->info.type != OB_FILE_REGULAR || extent.offset > entry->info.size ||
            extent.length > entry->info.size - extent.offset) {
            return false;
        }
    }
    return find(entry, REPARSE, &value) == (entry->info.type == OB_FILE_OTHER);
}

/* A name with its NUL: names were checked to be shorter. */
static const char *text_of(char text[NAME_MOST + 1], const void *from, size_t length)
{
    memcpy(text, from, length);
    text[length] = '\0';
    return text;
}

static ob_status each_attribute(ob_reader *in, ob_extra_visit visit, void *context)
{
    char text[NAME_MOST + 1];
    ob_status status = OB_OK;
    while (ob_reader_left(in) > 0 && !OB_FAILED(status)) {
        size_t length = 0;
        size_t size = 0;
        const uint8_t *name = ob_read_counted(in, NAME_MOST, &length);
        const uint8_t *value = ob_read_counted(in, SIZE_MAX, &size);
        if (in->failed) {
            break;
        }
        const ob_extra extra = {OB_EXTRA_KIND_XATTR, text_of(text, name, length), value, size};
        status = visit(context, &extra);
    }
    return status;
}

ob_status ob_extra_each(const ob_entry *entry, ob_extra_visit visit, void *context)
{
    ob_reader in = ob_reader_of(entry->more, entry->more_length);
    uint64_t last = 0;
    ob_field field;
    ob_status status = OB_OK;
    while (!OB_FAILED(status) && ob_field_next(&in, &last, NULL, &field)) {
        size_t length = ob_reader_left(&field.value);
        ob_extra extra = {(ob_extra_kind)(field.tag / 2), "", field.value.data, length};
        switch (field.tag) {
        case ATTRIBUTES:
            status = each_attribute(&field.value, visit, context);
            break;
        case ACCESS_ACL:
        case DEFAULT_ACL:
        case CAPABILITY:
        case REPARSE:
        case SECURITY:
        case SHORT_NAME:
            status = visit(context, &extra);
            break;
        default:
            break;
        }
    }
    return status;
}

ob_status ob_extra_each_stream(const ob_entry *entry, ob_stream_visit visit, void *context)
{
    char text[NAME_MOST + 1];
    ob_reader in;
    ob_stream stream;
    size_t length = 0;
    ob_status status = OB_OK;
    if (!find(entry, STREAMS, &in)) {
        return OB_OK;
    }
    while (!OB_FAILED(status) && next_stream(&in, &stream, &length)) {
        stream.name = text_of(text, stream.name, length);
        status = visit(context, &stream);
    }
    return status;
}

bool ob_extra_owner(const ob_entry *entry, bool group, char out[OB_OWNER_NAME_MOST + 1])
{
    ob_reader value;
    if (!find(entry, group ? GROUP : USER, &value)) {
        return false;
    }
    size_t length = ob_reader_left(&value);
    memcpy(out, value.data, length);
    out[length] = '\0';
    return true;
}

bool ob_extra_map(const ob_entry *entry, ob_reader *map)
{
    return find(entry, MAP, map);
}

bool ob_extra_next_extent(ob_reader *map, ob_extent *extent)
{
    if (ob_reader_left(map) == 0) {
        return false;
    }
    uint64_t gap = ob_read_varint(map);
    uint64_t length = ob_read_varint(map);
    if (map->failed) {
        return false;
    }
    *extent = (ob_extent){extent->offset + extent->length + gap, length};
    return true;
}
