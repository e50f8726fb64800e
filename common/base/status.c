#include "ob/status.h"

#include "ob/text.h"

#include <stdio.h>
#include <string.h>

#define DETAIL_SIZE 1024

static const ob_status_info table[] = {
#define OB_STATUS_ROW(symbol, value, mars, event, message, advice)                                 \
    {symbol, #symbol, message, advice, mars, event},
#include "ob/status_table.h"
#undef OB_STATUS_ROW
};
static const size_t table_length = sizeof table / sizeof table[0];

static const ob_status_info success = {OB_OK, "OB_OK", "The operation succeeded.", "", 0, 0};

static OB_THREAD_LOCAL char detail[DETAIL_SIZE];

const ob_status_info *ob_status_lookup(ob_status status)
{
    const ob_status_info *unexpected = NULL;
    if (status == OB_OK) {
        return &success;
    }
    for (size_t i = 0; i < table_length; i++) {
        if (table[i].status == status) {
            return &table[i];
        }
        if (table[i].status == OB_E_UNEXPECTED) {
            unexpected = &table[i];
        }
    }
    return unexpected;
}

const ob_status_info *ob_status_at(size_t position)
{
    return position < table_length ? &table[position] : NULL;
}

/* Copies `from` so that what arrives is valid UTF-8 without control characters. A character that
 * the end of the text cuts is left out. */
static void copy_clean(char *to, const char *from, size_t length)
{
    size_t at = 0;
    size_t out = 0;
    while (at < length) {
        size_t size = ob_utf8_sequence(from + at, length - at);
        const unsigned char *byte = (const unsigned char *)from + at;
        if (size == 0) {
            if (length == DETAIL_SIZE - 1 && length - at < 4 && byte[0] >= 0xC2) {
                break;
            }
            to[out++] = '?';
            at++;
            continue;
        }
        if (byte[0] < 0x20 || byte[0] == 0x7F || (byte[0] == 0xC2 && byte[1] < 0xA0)) {
            to[out++] = '?';
        } else {
            memcpy(to + out, byte, size);
            out += size;
        }
        at += size;
    }
    to[out] = '\0';
}

ob_status ob_vfail(ob_status status, const char *format, va_list args)
{
    /* Not straight into `detail`: the arguments may be the old detail. */
    char text[DETAIL_SIZE];
    if (vsnprintf(text, sizeof text, format, args) < 0) {
        text[0] = '\0';
    }
    copy_clean(detail, text, strlen(text));
    return status;
}

ob_status ob_fail(ob_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    ob_vfail(status, format, args);
    va_end(args);
    return status;
}

const char *ob_detail(void)
{
    return detail;
}

void ob_detail_clear(void)
{
    detail[0] = '\0';
}
