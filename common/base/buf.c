#include "ob/buf.h"

#include "ob/alloc.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_LIMIT ((size_t)1 << 30)
#define FIRST_CAPACITY 64

static size_t limit_of(const ob_buf *buf)
{
    size_t limit = buf->limit != 0 ? buf->limit : DEFAULT_LIMIT;
    return limit < SIZE_MAX ? limit : SIZE_MAX - 1;
}

static void release(ob_buf *buf)
{
    if (buf->secret) {
        ob_free_secret(buf->data, buf->capacity);
    } else {
        ob_free(buf->data);
    }
}

/* A secret is never handed to realloc(), which would leave a copy behind. */
static uint8_t *resize(ob_buf *buf, size_t capacity)
{
    if (!buf->secret) {
        return ob_realloc(buf->data, capacity);
    }
    uint8_t *data = ob_alloc(capacity);
    if (data != NULL) {
        if (buf->length > 0) {
            memcpy(data, buf->data, buf->length);
        }
        release(buf);
    }
    return data;
}

/* Room for `more` bytes and a NUL. */
static ob_status grow(ob_buf *buf, size_t more)
{
    size_t limit = limit_of(buf);
    if (buf->length > limit || more > limit - buf->length) {
        return ob_fail(OB_E_TOO_LARGE, "more than %zu bytes", limit);
    }
    size_t need = buf->length + more + 1;
    if (need <= buf->capacity) {
        return OB_OK;
    }
    size_t capacity = buf->capacity + buf->capacity / 2;
    if (capacity < FIRST_CAPACITY) {
        capacity = FIRST_CAPACITY;
    }
    if (capacity > limit) {
        capacity = limit + 1;
    }
    if (capacity < need) {
        capacity = need;
    }
    uint8_t *data = resize(buf, capacity);
    if (data == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%zu bytes", capacity);
    }
    buf->data = data;
    buf->capacity = capacity;
    return OB_OK;
}

void ob_buf_free(ob_buf *buf)
{
    release(buf);
    buf->data = NULL;
    buf->length = 0;
    buf->capacity = 0;
    buf->failed = false;
    buf->over = false;
}

void ob_buf_clear(ob_buf *buf)
{
    if (buf->secret && buf->length > 0) {
        ob_wipe(buf->data, buf->length);
    }
    buf->length = 0;
    buf->failed = false;
    buf->over = false;
}

ob_status ob_buf_reserve(ob_buf *buf, size_t more)
{
    ob_status status = ob_buf_status(buf);
    if (OB_FAILED(status)) {
        return status;
    }
    status = grow(buf, more);
    if (OB_FAILED(status)) {
        buf->failed = true;
        buf->over = status == OB_E_TOO_LARGE;
    }
    return status;
}

void ob_buf_put(ob_buf *buf, const void *data, size_t length)
{
    if (length == 0 || OB_FAILED(ob_buf_reserve(buf, length))) {
        return;
    }
    memcpy(buf->data + buf->length, data, length);
    buf->length += length;
}

void ob_buf_put_text(ob_buf *buf, const char *text)
{
    ob_buf_put(buf, text, strlen(text));
}

void ob_buf_printf(ob_buf *buf, const char *format, ...)
{
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    if (length < 0) {
        buf->failed = true;
    } else if (!OB_FAILED(ob_buf_reserve(buf, (size_t)length))) {
        vsnprintf((char *)buf->data + buf->length, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    }
    va_end(again);
    va_end(args);
}

void ob_buf_put_zero(ob_buf *buf, size_t count)
{
    if (count == 0 || OB_FAILED(ob_buf_reserve(buf, count))) {
        return;
    }
    memset(buf->data + buf->length, 0, count);
    buf->length += count;
}

static void put_little_endian(ob_buf *buf, uint64_t value, size_t size)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
    ob_buf_put(buf, bytes, size);
}

void ob_buf_put_u8(ob_buf *buf, uint8_t value)
{
    ob_buf_put(buf, &value, 1);
}

void ob_buf_put_u16(ob_buf *buf, uint16_t value)
{
    put_little_endian(buf, value, 2);
}

void ob_buf_put_u32(ob_buf *buf, uint32_t value)
{
    put_little_endian(buf, value, 4);
}

void ob_buf_put_u64(ob_buf *buf, uint64_t value)
{
    put_little_endian(buf, value, 8);
}

void ob_buf_put_varint(ob_buf *buf, uint64_t value)
{
    uint8_t bytes[10];
    size_t size = 0;
    do {
        uint8_t more = value > 0x7F ? 0x80 : 0;
        bytes[size++] = (uint8_t)((value & 0x7F) | more);
        value >>= 7;
    } while (value > 0);
    ob_buf_put(buf, bytes, size);
}

void ob_buf_put_counted(ob_buf *buf, const void *data, size_t length)
{
    ob_buf_put_varint(buf, length);
    ob_buf_put(buf, data, length);
}

ob_status ob_buf_status(const ob_buf *buf)
{
    if (!buf->failed) {
        return OB_OK;
    }
    if (buf->over) {
        return ob_fail(OB_E_TOO_LARGE, "more than %zu bytes", limit_of(buf));
    }
    return ob_fail(OB_E_NO_MEMORY, "a buffer of %zu bytes cannot grow", buf->length);
}

char *ob_buf_take_text(ob_buf *buf)
{
    if (OB_FAILED(ob_buf_reserve(buf, 0))) {
        return NULL;
    }
    char *text = (char *)buf->data;
    text[buf->length] = '\0';
    buf->data = NULL;
    ob_buf_free(buf);
    return text;
}

ob_reader ob_reader_of(const void *data, size_t length)
{
    return (ob_reader){.data = data, .length = data != NULL ? length : 0};
}

size_t ob_reader_left(const ob_reader *reader)
{
    return reader->failed ? 0 : reader->length - reader->position;
}

void ob_reader_fail(ob_reader *reader)
{
    reader->failed = true;
}

const uint8_t *ob_read_bytes(ob_reader *reader, size_t length)
{
    /* For a read of nothing from nothing, which must not look like a failure. */
    static const uint8_t nothing[1] = {0};
    if (reader->failed || length > reader->length - reader->position) {
        reader->failed = true;
        return NULL;
    }
    if (reader->data == NULL) {
        return nothing;
    }
    const uint8_t *bytes = reader->data + reader->position;
    reader->position += length;
    return bytes;
}

static uint64_t read_little_endian(ob_reader *reader, size_t size)
{
    const uint8_t *bytes = ob_read_bytes(reader, size);
    uint64_t value = 0;
    if (bytes != NULL) {
        for (size_t i = 0; i < size; i++) {
            value |= (uint64_t)bytes[i] << (8 * i);
        }
    }
    return value;
}

uint8_t ob_read_u8(ob_reader *reader)
{
    return (uint8_t)read_little_endian(reader, 1);
}

uint16_t ob_read_u16(ob_reader *reader)
{
    return (uint16_t)read_little_endian(reader, 2);
}

uint32_t ob_read_u32(ob_reader *reader)
{
    return (uint32_t)read_little_endian(reader, 4);
}

uint64_t ob_read_u64(ob_reader *reader)
{
    return read_little_endian(reader, 8);
}

uint64_t ob_read_varint(ob_reader *reader)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        uint8_t byte = ob_read_u8(reader);
        if (reader->failed) {
            return 0;
        }
        /* The tenth byte has room for one bit; a last byte of 0 says the form is too long. */
        if ((shift == 63 && byte > 1) || (shift > 0 && byte == 0)) {
            break;
        }
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            return value;
        }
    }
    reader->failed = true;
    return 0;
}

const uint8_t *ob_read_counted(ob_reader *reader, size_t most, size_t *length)
{
    uint64_t count = ob_read_varint(reader);
    const uint8_t *bytes = NULL;
    if (count > most || count > ob_reader_left(reader)) {
        reader->failed = true;
    }
    if (!reader->failed) {
        bytes = ob_read_bytes(reader, (size_t)count);
    }
    *length = bytes != NULL ? (size_t)count : 0;
    return bytes;
}

void ob_read_copy(ob_reader *reader, void *to, size_t length)
{
    const uint8_t *bytes = ob_read_bytes(reader, length);
    if (length == 0) {
        return;
    }
    if (bytes != NULL) {
        memcpy(to, bytes, length);
    } else {
        memset(to, 0, length);
    }
}

ob_status ob_reader_status(const ob_reader *reader, const char *what)
{
    if (reader->failed) {
        return ob_fail(OB_E_CORRUPT, "%s is cut or malformed at byte %zu", what, reader->position);
    }
    return OB_OK;
}

ob_status ob_reader_end(const ob_reader *reader, const char *what)
{
    ob_status status = ob_reader_status(reader, what);
    if (status == OB_OK && reader->position < reader->length) {
        status = ob_fail(OB_E_CORRUPT, "%s has %zu bytes too many at its end", what,
                         reader->length - reader->position);
    }
    return status;
}
