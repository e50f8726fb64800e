#include "der.h"

static void put_length(ob_buf *out, size_t length)
{
    size_t size = 1;
    if (length < 0x80) {
        ob_buf_put_u8(out, (uint8_t)length);
        return;
    }
    while (size < sizeof length && length >> 8 * size != 0) {
        size++;
    }
    ob_buf_put_u8(out, (uint8_t)(0x80 | size));
    while (size-- > 0) {
        ob_buf_put_u8(out, (uint8_t)(length >> 8 * size));
    }
}

void ob_der_put(ob_buf *out, uint8_t tag, const void *value, size_t length)
{
    ob_buf_put_u8(out, tag);
    put_length(out, length);
    ob_buf_put(out, value, length);
}

void ob_der_wrap(ob_buf *out, uint8_t tag, ob_buf *value)
{
    ob_der_put(out, tag, value->data, value->length);
    out->failed = out->failed || value->failed;
    out->over = out->over || value->over;
    ob_buf_free(value);
}
