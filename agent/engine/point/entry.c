#include "point/entry.h"

#include "point/extra.h"
#include "point/path.h"

#include <string.h>

enum {
    TYPE = OB_FIELD_CRITICAL(1),
    SIZE = OB_FIELD_PLAIN(2),
    MODE = OB_FIELD_PLAIN(3),
    OWNER = OB_FIELD_PLAIN(4),
    ATTRIBUTES = OB_FIELD_PLAIN(5),
    TIMES = OB_FIELD_PLAIN(6),
    IDENTITY = OB_FIELD_PLAIN(7),
    LINKS = OB_FIELD_PLAIN(8),
    TARGET = OB_FIELD_CRITICAL(9),
    CONTENT = OB_FIELD_CRITICAL(10),
    DEVICE = OB_FIELD_PLAIN(11),
    EXTRAS = OB_FIELD_PLAIN(12),
    FLAGS = OB_FIELD_PLAIN(13),
    MORE = OB_FIELD_PLAIN(14) /* the first that stays as it is */
};

static size_t varint(uint8_t *to, uint64_t value)
{
    size_t size = 0;
    while (value > 0x7F) {
        to[size++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    to[size++] = (uint8_t)value;
    return size;
}

static void put_pair(ob_buf *out, uint64_t tag, uint64_t first, uint64_t second)
{
    uint8_t bytes[20];
    size_t size = varint(bytes, first);
    size += varint(bytes + size, second);
    ob_field_put(out, tag, bytes, size);
}

/* A field that is left out when it has its usual value. */
static void put_unless(ob_buf *out, uint64_t tag, uint64_t value, uint64_t usual)
{
    if (value != usual) {
        ob_field_put_number(out, tag, value);
    }
}

static void put_times(ob_buf *out, const ob_file_info *info)
{
    const int64_t times[3] = {info->mtime, info->ctime, info->btime};
    uint8_t bytes[24];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)((uint64_t)times[i / 8] >> (8 * (i % 8)));
    }
    ob_field_put(out, TIMES, bytes, sizeof bytes);
}

static void put_content(ob_buf *out, const ob_entry *entry)
{
    ob_buf_put_varint(out, CONTENT);
    ob_buf_put_varint(out, 1 + entry->id_count * OB_CHUNK_ID);
    ob_buf_put_u8(out, (uint8_t)entry->depth);
    ob_buf_put(out, entry->ids, entry->id_count * OB_CHUNK_ID);
}

void ob_entry_put_fields(ob_buf *out, const ob_entry *entry)
{
    const ob_file_info *info = &entry->info;
    ob_field_put_number(out, TYPE, info->type);
    if (info->type == OB_FILE_REGULAR) {
        ob_field_put_number(out, SIZE, info->size);
    }
    put_unless(out, MODE, info->mode, 0);
    if (info->uid != 0 || info->gid != 0) {
        put_pair(out, OWNER, info->uid, info->gid);
    }
    put_unless(out, ATTRIBUTES, info->attributes, 0);
    put_times(out, info);
    put_pair(out, IDENTITY, info->device, info->file_id);
    put_unless(out, LINKS, info->links, 1);
    if (info->type == OB_FILE_SYMLINK) {
        ob_field_put(out, TARGET, entry->target, entry->target_length);
    }
    if (info->type == OB_FILE_REGULAR) {
        put_content(out, entry);
    }
    put_unless(out, DEVICE, info->rdev, 0);
    put_unless(out, EXTRAS, entry->extras, 0);
    put_unless(out, FLAGS, entry->flags, 0);
    ob_buf_put(out, entry->more, entry->more_length);
}

static void read_times(ob_field *field, ob_file_info *info)
{
    info->mtime = (int64_t)ob_read_u64(&field->value);
    info->ctime = (int64_t)ob_read_u64(&field->value);
    info->btime = (int64_t)ob_read_u64(&field->value);
}

static uint64_t read_number(ob_field *field, uint64_t limit)
{
    uint64_t value = ob_read_varint(&field->value);
    if (value > limit) {
        ob_reader_fail(&field->value);
    }
    return value;
}

static void read_target(ob_field *field, ob_entry *entry, ob_buf *target)
{
    size_t length = ob_reader_left(&field->value);
    const uint8_t *text = ob_read_bytes(&field->value, length);
    if (length == 0 || length > OB_POINT_PATH_MOST || memchr(text, '\0', length) != NULL) {
        ob_reader_fail(&field->value);
        return;
    }
    ob_buf_clear(target);
    ob_buf_put(target, text, length);
    ob_buf_put_u8(target, 0);
    entry->target = (const char *)target->data;
    entry->target_length = length;
}

static void read_content(ob_field *field, ob_entry *entry)
{
    entry->depth = ob_read_u8(&field->value);
    size_t length = ob_reader_left(&field->value);
    const uint8_t *ids = ob_read_bytes(&field->value, length);
    if (length % OB_CHUNK_ID != 0 || entry->depth > 1 || (entry->depth == 1 && length == 0)) {
        ob_reader_fail(&field->value);
        return;
    }
    entry->ids = (const ob_chunk_id *)(const void *)ids;
    entry->id_count = length / OB_CHUNK_ID;
}

static ob_status read_field(ob_field *field, ob_entry *entry, ob_buf *target)
{
    ob_file_info *info = &entry->info;
    switch (field->tag) {
    case TYPE:
        info->type = (ob_file_type)read_number(field, OB_FILE_OTHER);
        break;
    case SIZE:
        info->size = read_number(field, INT64_MAX);
        break;
    case MODE:
        info->mode = (uint32_t)read_number(field, 07777);
        break;
    case OWNER:
        info->uid = (uint32_t)read_number(field, UINT32_MAX);
        info->gid = (uint32_t)read_number(field, UINT32_MAX);
        break;
    case ATTRIBUTES:
        info->attributes = (uint32_t)read_number(field, UINT32_MAX);
        break;
    case TIMES:
        read_times(field, info);
        break;
    case IDENTITY:
        info->device = read_number(field, UINT64_MAX);
        info->file_id = read_number(field, UINT64_MAX);
        break;
    case LINKS:
        info->links = (uint32_t)read_number(field, UINT32_MAX);
        break;
    case TARGET:
        read_target(field, entry, target);
        break;
    case CONTENT:
        read_content(field, entry);
        break;
    case DEVICE:
        info->rdev = read_number(field, UINT64_MAX);
        break;
    case EXTRAS:
        entry->extras = (uint32_t)read_number(field, UINT32_MAX);
        break;
    case FLAGS:
        entry->flags = (uint32_t)read_number(field, UINT32_MAX);
        break;
    default:
        return ob_field_unknown(field, "an entry of the file list");
    }
    return ob_reader_end(&field->value, "a field of the file list");
}

ob_status ob_entry_read_fields(ob_entry *entry, const uint8_t *data, size_t length, ob_buf *target)
{
    ob_reader in = ob_reader_of(data, length);
    uint64_t last = 0;
    ob_field field;
    ob_status status = OB_OK;
    const char *path = entry->path;
    size_t path_length = entry->path_length;
    *entry = (ob_entry){.path = path, .path_length = path_length, .target = ""};
    entry->info.links = 1;
    for (size_t at = 0; !OB_FAILED(status) && ob_field_next(&in, &last, NULL, &field);
         at = in.position) {
        if (field.tag < MORE) {
            status = read_field(&field, entry, target);
            continue;
        }
        if (entry->more == NULL) {
            entry->more = data + at;
            entry->more_length = length - at;
        }
        status = ob_extra_check(&field, &entry->info);
    }
    if (!OB_FAILED(status)) {
        status = ob_reader_end(&in, "an entry of the file list");
    }
    if (!OB_FAILED(status)) {
        status = ob_buf_status(target);
    }
    if (!OB_FAILED(status) &&
        (entry->info.type == 0 ||
         (entry->info.type == OB_FILE_SYMLINK) != (entry->target_length > 0) ||
         (entry->info.type != OB_FILE_REGULAR && (entry->id_count > 0 || entry->info.size > 0)) ||
         !ob_extra_fits(entry))) {
        status = ob_fail(OB_E_CORRUPT, "an entry of the file list contradicts itself");
    }
    return status;
}
