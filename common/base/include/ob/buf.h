/*
 * A growing byte buffer, and the bounded reader and writer through which all bytes pass that come
 * from a file, a socket, the vault or a caller. Integers are little-endian.
 *
 * The reader and the writer are sticky: after the first error every further call does nothing and
 * the error is asked for once, at the end. A reader never reads outside of [data, data + length).
 */
#ifndef OB_BUF_H
#define OB_BUF_H

#include "ob/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Owned bytes. Zero-initialise before use, free with ob_buf_free(). */
typedef struct ob_buf {
    uint8_t *data;
    size_t length;
    size_t capacity;
    size_t limit;  /* most bytes it may hold; 0 = 1 GiB */
    bool failed;   /* an append ran out of memory or over the limit; all later ones do nothing */
    bool over;     /* failed because of the limit */
    bool secret;   /* wiped when it grows or is freed */
} ob_buf;

void ob_buf_free(ob_buf *buf);                 /* leaves it zeroed but for limit and secret */
void ob_buf_clear(ob_buf *buf);                /* length 0, keeps the memory, failed = false */
ob_status ob_buf_reserve(ob_buf *buf, size_t more);
void ob_buf_put(ob_buf *buf, const void *data, size_t length);
void ob_buf_put_text(ob_buf *buf, const char *text); /* without its NUL */
void ob_buf_printf(ob_buf *buf, const char *format, ...) OB_PRINTF(2, 3);
void ob_buf_put_zero(ob_buf *buf, size_t count);
void ob_buf_put_u8(ob_buf *buf, uint8_t value);
void ob_buf_put_u16(ob_buf *buf, uint16_t value);
void ob_buf_put_u32(ob_buf *buf, uint32_t value);
void ob_buf_put_u64(ob_buf *buf, uint64_t value);
/* LEB128, at most 10 bytes, shortest form. */
void ob_buf_put_varint(ob_buf *buf, uint64_t value);
/* varint length, then the bytes. */
void ob_buf_put_counted(ob_buf *buf, const void *data, size_t length);
/* OB_OK, OB_E_NO_MEMORY or OB_E_TOO_LARGE. */
ob_status ob_buf_status(const ob_buf *buf);
/* Ends it with a NUL that length does not count and gives the bytes away; NULL when failed. The
 * caller frees with ob_free(); the buffer is empty afterwards. */
char *ob_buf_take_text(ob_buf *buf);

/* Reads borrowed bytes. */
typedef struct ob_reader {
    const uint8_t *data;
    size_t length;
    size_t position;
    bool failed; /* something was read past the end or was malformed */
} ob_reader;

ob_reader ob_reader_of(const void *data, size_t length);
size_t ob_reader_left(const ob_reader *reader); /* 0 once failed */
uint8_t ob_read_u8(ob_reader *reader);          /* all reads give 0 on failure */
uint16_t ob_read_u16(ob_reader *reader);
uint32_t ob_read_u32(ob_reader *reader);
uint64_t ob_read_u64(ob_reader *reader);
uint64_t ob_read_varint(ob_reader *reader); /* an overlong form or more than 64 bits fails */
/* Borrowed pointer to the next `length` bytes, NULL on failure. */
const uint8_t *ob_read_bytes(ob_reader *reader, size_t length);
/* varint length and the bytes; fails above `most`. *length is 0 on failure. */
const uint8_t *ob_read_counted(ob_reader *reader, size_t most, size_t *length);
void ob_read_copy(ob_reader *reader, void *to, size_t length); /* zeroes `to` on failure */
void ob_reader_fail(ob_reader *reader);
/* OB_OK, or OB_E_CORRUPT with the detail "`what` is cut or malformed at byte N". */
ob_status ob_reader_status(const ob_reader *reader, const char *what);
/* The same, and also OB_E_CORRUPT if bytes are left over. */
ob_status ob_reader_end(const ob_reader *reader, const char *what);

#endif
