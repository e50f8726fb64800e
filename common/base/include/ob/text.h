/* Text and its encodings: UTF-8, hex, base64, times, GUIDs, sizes for people. */
#ifndef OB_TEXT_H
#define OB_TEXT_H

#include "ob/buf.h"
#include "ob/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing past U+10FFFF. */
bool ob_utf8_valid(const void *text, size_t length);
/* Bytes of the character that `text` starts with, 1 to 4; 0 if it is not valid or cut. */
size_t ob_utf8_sequence(const void *text, size_t length);

/* Appends bytes of any kind as printable UTF-8: invalid bytes as \xNN, control characters as \n or
 * \xNN, a backslash doubled. For names in logs, tables and details; never for a name's identity. */
void ob_text_escape(ob_buf *out, const void *name, size_t length);
/* The reverse. OB_E_SYNTAX on a malformed escape. */
ob_status ob_text_unescape(ob_buf *out, const char *text, size_t length);

/* Windows names: UTF-16LE code units, unpaired surrogates allowed, to and from WTF-8. */
ob_status ob_wtf8_from_utf16(ob_buf *out, const uint16_t *units, size_t count);
ob_status ob_wtf8_to_utf16(ob_buf *out, const void *text, size_t length); /* bytes; no NUL added */

void ob_hex_encode(char *out, const void *data, size_t length); /* 2 * length + 1 bytes, lower */
ob_status ob_hex_decode(void *out, size_t out_length, const char *text, size_t text_length);

void ob_base64_put(ob_buf *out, const void *data, size_t length); /* RFC 4648, padded, one line */
/* Refuses white space, bad padding and bits left over: OB_E_SYNTAX. */
ob_status ob_base64_decode(ob_buf *out, const char *text, size_t length);

typedef struct ob_guid {
    uint8_t bytes[16]; /* in text order: bytes[0] is the first hex pair of the text */
} ob_guid;
#define OB_GUID_TEXT 37 /* with its NUL */
void ob_guid_format(char out[OB_GUID_TEXT], const ob_guid *guid); /* lower case, no braces */
ob_status ob_guid_parse(ob_guid *out, const char *text, size_t length); /* braces allowed */
bool ob_guid_equal(const ob_guid *a, const ob_guid *b);
bool ob_guid_is_zero(const ob_guid *guid);

/* A time is int64_t nanoseconds since 1970-01-01 UTC everywhere in the product. */
#define OB_TIME_TEXT 40
void ob_time_format(char out[OB_TIME_TEXT], int64_t time); /* RFC 3339, UTC, "…T…Z", to the second */
ob_status ob_time_parse(int64_t *out, const char *text, size_t length); /* RFC 3339 with zone */

/* "512 B", "1.4 KiB", "3.0 GiB". */
#define OB_SIZE_TEXT 24
void ob_size_format(char out[OB_SIZE_TEXT], uint64_t bytes);
/* "42 s", "3 min 20 s", "2 h 05 min". */
void ob_duration_format(char out[OB_SIZE_TEXT], uint64_t seconds);

#endif
