#include "point/field.h"

void ob_field_put(ob_buf *out, uint64_t tag, const void *value, size_t length)
{
    ob_buf_put_varint(out, tag);
    ob_buf_put_counted(out, value, length);
}

void ob_field_put_number(ob_buf *out, uint64_t tag, uint64_t value)
{
    uint64_t size = 1;
    for (uint64_t rest = value >> 7; rest > 0; rest >>= 7) {
        size++;
    }
    ob_buf_put_varint(out, tag);
    ob_buf_put_varint(out, size);
    ob_buf_put_varint(out, value);
}

bool ob_field_next(ob_reader *in, uint64_t *last, bool (*repeats)(uint64_t tag), ob_field *out)
{
    if (ob_reader_left(in) == 0) {
        return false;
    }
    size_t length = 0;
    uint64_t tag = ob_read_varint(in);
    const uint8_t *value = ob_read_counted(in, SIZE_MAX, &length);
    if (tag < *last || (tag == *last && (repeats == NULL || !repeats(tag)))) {
        ob_reader_fail(in);
    }
    if (in->failed) {
        return false;
    }
    *last = tag;
    *out = (ob_field){tag, ob_reader_of(value, length)};
    return true;
}

uint64_t ob_field_number(ob_field *field, uint64_t limit)
{
    uint64_t value = ob_read_varint(&field->value);
    if (value > limit || ob_reader_left(&field->value) > 0) {
        ob_reader_fail(&field->value);
    }
    return field->value.failed ? 0 : value;
}

ob_status ob_field_unknown(const ob_field *field, const char *what)
{
    if (field->tag % 2 == 0) {
        return OB_OK;
    }
    return ob_fail(OB_E_FORMAT_VERSION, "%s has field %llu, which this version does not know", what,
                   (unsigned long long)(field->tag / 2));
}
