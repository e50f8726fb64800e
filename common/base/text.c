#include "ob/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECOND INT64_C(1000000000)

/*
 * Size of the UTF-8 sequence at `text`, 0 if malformed; its code point in *out. Surrogates count as
 * well-formed here, which makes it generalised UTF-8, the base of WTF-8.
 */
static size_t decode(const uint8_t *text, size_t length, uint32_t *out)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    if (length == 0) {
        return 0;
    }
    uint8_t first = text[0];
    size_t size = first < 0x80 ? 1 : first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (size == 0 || first > 0xF4 || size > length) {
        return 0;
    }
    uint32_t point = size == 1 ? first : first & (0x7Fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((text[i] & 0xC0) != 0x80) {
            return 0;
        }
        point = (point << 6) | (text[i] & 0x3F);
    }
    if (point < least[size] || point > 0x10FFFF) {
        return 0;
    }
    *out = point;
    return size;
}

static bool is_surrogate(uint32_t point)
{
    return point >= 0xD800 && point <= 0xDFFF;
}

size_t ob_utf8_sequence(const void *text, size_t length)
{
    uint32_t point = 0;
    size_t size = decode(text, length, &point);
    return is_surrogate(point) ? 0 : size;
}

bool ob_utf8_valid(const void *text, size_t length)
{
    const uint8_t *bytes = text;
    size_t at = 0;
    while (at < length) {
        size_t size = ob_utf8_sequence(bytes + at, length - at);
        if (size == 0) {
            return false;
        }
        at += size;
    }
    return true;
}

void ob_text_escape(ob_buf *out, const void *name, size_t length)
{
    const uint8_t *bytes = name;
    size_t at = 0;
    while (at < length) {
        uint32_t point = 0;
        size_t size = decode(bytes + at, length - at, &point);
        bool control = point < 0x20 || (point >= 0x7F && point < 0xA0);
        if (size > 0 && !control && point != '\\' && !is_surrogate(point)) {
            ob_buf_put(out, bytes + at, size);
        } else if (size > 0 && point == '\n') {
            ob_buf_put_text(out, "\\n");
        } else if (size > 0 && point == '\\') {
            ob_buf_put_text(out, "\\\\");
        } else {
            size = size > 0 ? size : 1;
            for (size_t i = 0; i < size; i++) {
                ob_buf_printf(out, "\\x%02x", bytes[at + i]);
            }
        }
        at += size;
    }
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

ob_status ob_text_unescape(ob_buf *out, const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        size_t left = length - at;
        if (text[at] != '\\') {
            ob_buf_put(out, text + at, 1);
            at++;
        } else if (left >= 2 && text[at + 1] == '\\') {
            ob_buf_put_u8(out, '\\');
            at += 2;
        } else if (left >= 2 && text[at + 1] == 'n') {
            ob_buf_put_u8(out, '\n');
            at += 2;
        } else {
            uint8_t byte = 0;
            if (left < 4 || text[at + 1] != 'x' ||
                OB_FAILED(ob_hex_decode(&byte, 1, text + at + 2, 2))) {
                return ob_fail(OB_E_SYNTAX, "malformed escape at byte %zu", at);
            }
            ob_buf_put_u8(out, byte);
            at += 4;
        }
    }
    return ob_buf_status(out);
}

static void put_point(ob_buf *out, uint32_t point)
{
    uint8_t bytes[4];
    size_t size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const uint8_t lead[5] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = size; i-- > 1;) {
        bytes[i] = (uint8_t)(0x80 | (point & 0x3F));
        point >>= 6;
    }
    bytes[0] = (uint8_t)(lead[size] | point);
    ob_buf_put(out, bytes, size);
}

ob_status ob_wtf8_from_utf16(ob_buf *out, const uint16_t *units, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t point = units[i];
        bool high = point >= 0xD800 && point < 0xDC00;
        if (high && i + 1 < count && units[i + 1] >= 0xDC00 && units[i + 1] <= 0xDFFF) {
            point = 0x10000 + ((point - 0xD800) << 10) + (units[i + 1] - 0xDC00u);
            i++;
        }
        put_point(out, point);
    }
    return ob_buf_status(out);
}

ob_status ob_wtf8_to_utf16(ob_buf *out, const void *text, size_t length)
{
    const uint8_t *bytes = text;
    bool after_high = false;
    size_t at = 0;
    while (at < length) {
        uint32_t point = 0;
        size_t size = decode(bytes + at, length - at, &point);
        bool low = point >= 0xDC00 && point <= 0xDFFF;
        /* A pair written as two surrogates would be a second spelling of the same name. */
        if (size == 0 || (low && after_high)) {
            return ob_fail(OB_E_SYNTAX, "text is not WTF-8 at byte %zu", at);
        }
        after_high = point >= 0xD800 && point < 0xDC00;
        if (point >= 0x10000) {
            ob_buf_put_u16(out, (uint16_t)(0xD800 + ((point - 0x10000) >> 10)));
            ob_buf_put_u16(out, (uint16_t)(0xDC00 + (point & 0x3FF)));
        } else {
            ob_buf_put_u16(out, (uint16_t)point);
        }
        at += size;
    }
    return ob_buf_status(out);
}

void ob_hex_encode(char *out, const void *data, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *bytes = data;
    for (size_t i = 0; i < length; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * length] = '\0';
}

ob_status ob_hex_decode(void *out, size_t out_length, const char *text, size_t text_length)
{
    uint8_t *bytes = out;
    if (text_length % 2 != 0 || text_length / 2 != out_length) {
        return ob_fail(OB_E_SYNTAX, "%zu hex digits are needed, not %zu", out_length * 2,
                       text_length);
    }
    for (size_t i = 0; i < text_length; i++) {
        if (hex_value(text[i]) < 0) {
            return ob_fail(OB_E_SYNTAX, "no hex digit at byte %zu", i);
        }
    }
    for (size_t i = 0; i < out_length; i++) {
        bytes[i] = (uint8_t)(hex_value(text[2 * i]) << 4 | hex_value(text[2 * i + 1]));
    }
    return OB_OK;
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void ob_base64_put(ob_buf *out, const void *data, size_t length)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < length; i += 3) {
        size_t count = length - i < 3 ? length - i : 3;
        uint32_t group = (uint32_t)bytes[i] << 16;
        group |= count > 1 ? (uint32_t)bytes[i + 1] << 8 : 0;
        group |= count > 2 ? (uint32_t)bytes[i + 2] : 0;
        char text[4];
        for (unsigned k = 0; k < 4; k++) {
            text[k] = k <= count ? base64_digits[(group >> (18 - 6 * k)) & 63] : '=';
        }
        ob_buf_put(out, text, sizeof text);
    }
}

static int base64_value(char c)
{
    const char *at = c != '\0' ? strchr(base64_digits, c) : NULL;
    return at != NULL ? (int)(at - base64_digits) : -1;
}

ob_status ob_base64_decode(ob_buf *out, const char *text, size_t length)
{
    size_t pad = 0;
    if (length % 4 != 0) {
        return ob_fail(OB_E_SYNTAX, "the length of base64 text is no multiple of 4");
    }
    while (pad < 2 && pad < length && text[length - 1 - pad] == '=') {
        pad++;
    }
    for (size_t i = 0; i < length; i += 4) {
        size_t digits = i + 4 == length ? 4 - pad : 4;
        uint32_t group = 0;
        for (size_t k = 0; k < digits; k++) {
            int value = base64_value(text[i + k]);
            if (value < 0) {
                return ob_fail(OB_E_SYNTAX, "no base64 digit at byte %zu", i + k);
            }
            group |= (uint32_t)value << (18 - 6 * k);
        }
        if (((uint64_t)group << (8 * (digits - 1)) & 0xFFFFFF) != 0) {
            return ob_fail(OB_E_SYNTAX, "base64 text has bits left over at its end");
        }
        uint8_t bytes[3] = {(uint8_t)(group >> 16), (uint8_t)(group >> 8), (uint8_t)group};
        ob_buf_put(out, bytes, digits - 1);
    }
    return ob_buf_status(out);
}

void ob_guid_format(char out[OB_GUID_TEXT], const ob_guid *guid)
{
    static const size_t groups[] = {4, 2, 2, 2, 6};
    const uint8_t *from = guid->bytes;
    for (size_t i = 0; i < 5; i++) {
        ob_hex_encode(out, from, groups[i]);
        from += groups[i];
        out += 2 * groups[i];
        if (i < 4) {
            *out++ = '-';
        }
    }
}

ob_status ob_guid_parse(ob_guid *out, const char *text, size_t length)
{
    char digits[32];
    size_t count = 0;
    ob_guid guid;
    if (length == 38 && text[0] == '{' && text[37] == '}') {
        text++;
        length -= 2;
    }
    if (length != 36) {
        return ob_fail(OB_E_SYNTAX, "a GUID has 36 characters, not %zu", length);
    }
    for (size_t i = 0; i < length; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash != (text[i] == '-')) {
            return ob_fail(OB_E_SYNTAX, "no GUID: wrong character at byte %zu", i);
        }
        if (!dash) {
            digits[count++] = text[i];
        }
    }
    if (OB_FAILED(ob_hex_decode(guid.bytes, sizeof guid.bytes, digits, count))) {
        return ob_fail(OB_E_SYNTAX, "no GUID: it has a character that is no hex digit");
    }
    *out = guid;
    return OB_OK;
}

bool ob_guid_equal(const ob_guid *a, const ob_guid *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool ob_guid_is_zero(const ob_guid *guid)
{
    static const ob_guid zero;
    return ob_guid_equal(guid, &zero);
}

/* Days since 1970-01-01 of a date of the Gregorian calendar: counted in eras of 400 years, in years
 * that begin in March, so that the leap day is the last one. */
static int64_t days_from_date(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2 ? 1 : 0;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void ob_time_format(char out[OB_TIME_TEXT], int64_t time)
{
    int64_t seconds = time / SECOND - (time % SECOND < 0 ? 1 : 0);
    int64_t day = seconds / 86400 - (seconds % 86400 < 0 ? 1 : 0);
    int64_t rest = seconds - day * 86400;
    day += 719468;
    int64_t era = (day >= 0 ? day : day - 146096) / 146097;
    int64_t day_of_era = day - era * 146097;
    int64_t year =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    int64_t day_of_month = day_of_year - (153 * month + 2) / 5 + 1;
    month += month < 10 ? 3 : -9;
    year += era * 400 + (month <= 2 ? 1 : 0);
    snprintf(out, OB_TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year, (int)month,
             (int)day_of_month, (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
}

/* Takes `count` digits; leaves *failed set when there is something else. */
static int64_t take_number(const char **at, const char *end, int count, bool *failed)
{
    int64_t value = 0;
    for (int i = 0; i < count; i++) {
        if (*at == end || **at < '0' || **at > '9') {
            *failed = true;
            return 0;
        }
        value = value * 10 + (*(*at)++ - '0');
    }
    return value;
}

static void take_char(const char **at, const char *end, const char *choices, bool *failed)
{
    if (*at == end || **at == '\0' || strchr(choices, **at) == NULL) {
        *failed = true;
    } else {
        (*at)++;
    }
}

/* ".123" as nanoseconds; digits past the ninth count for nothing. */
static int64_t take_fraction(const char **at, const char *end, bool *failed)
{
    int64_t value = 0;
    int64_t unit = SECOND / 10;
    if (*at == end || **at != '.') {
        return 0;
    }
    (*at)++;
    value = take_number(at, end, 1, failed) * unit;
    while (*at < end && **at >= '0' && **at <= '9') {
        unit /= 10;
        value += (*(*at)++ - '0') * unit;
    }
    return value;
}

/* "Z" or "+hh:mm" as seconds east of UTC. */
static int64_t take_zone(const char **at, const char *end, bool *failed)
{
    if (*at < end && (**at == 'Z' || **at == 'z')) {
        (*at)++;
        return 0;
    }
    int64_t sign = *at < end && **at == '-' ? -1 : 1;
    take_char(at, end, "+-", failed);
    int64_t hours = take_number(at, end, 2, failed);
    take_char(at, end, ":", failed);
    int64_t minutes = take_number(at, end, 2, failed);
    *failed = *failed || hours > 23 || minutes > 59;
    return sign * (hours * 3600 + minutes * 60);
}

static int64_t days_of_month(int64_t year, int64_t month)
{
    return days_from_date(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) -
           days_from_date(year, month, 1);
}

ob_status ob_time_parse(int64_t *out, const char *text, size_t length)
{
    const char *at = text;
    const char *end = text + length;
    bool failed = false;
    int64_t year = take_number(&at, end, 4, &failed);
    take_char(&at, end, "-", &failed);
    int64_t month = take_number(&at, end, 2, &failed);
    take_char(&at, end, "-", &failed);
    int64_t day = take_number(&at, end, 2, &failed);
    take_char(&at, end, "Tt ", &failed);
    int64_t hour = take_number(&at, end, 2, &failed);
    take_char(&at, end, ":", &failed);
    int64_t minute = take_number(&at, end, 2, &failed);
    take_char(&at, end, ":", &failed);
    int64_t second = take_number(&at, end, 2, &failed); /* 60 in a leap second */
    int64_t fraction = take_fraction(&at, end, &failed);
    int64_t zone = take_zone(&at, end, &failed);
    if (failed || at != end || month < 1 || month > 12 || day < 1 ||
        day > days_of_month(year, month) || hour > 23 || minute > 59 || second > 60) {
        return ob_fail(OB_E_SYNTAX, "no time of the form 2026-01-31T12:00:00Z");
    }
    int64_t total =
        days_from_date(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - zone;
    if (total < INT64_MIN / SECOND + 1 || total > INT64_MAX / SECOND - 1) {
        return ob_fail(OB_E_SYNTAX, "a time outside of the years 1678 to 2261");
    }
    *out = total * SECOND + fraction;
    return OB_OK;
}

void ob_size_format(char out[OB_SIZE_TEXT], uint64_t bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024) {
        snprintf(out, OB_SIZE_TEXT, "%" PRIu64 " B", bytes);
        return;
    }
    size_t unit = 0;
    /* 1,023.95 of a unit would be printed as 1,024.0 of it. */
    while (unit < 5 && (bytes >> 10) + ((bytes & 1023) >= 973 ? 1 : 0) >= 1024) {
        bytes >>= 10;
        unit++;
    }
    uint64_t tenths = (bytes >> 10) * 10 + ((bytes & 1023) * 10 + 512) / 1024;
    snprintf(out, OB_SIZE_TEXT, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10,
             units[unit]);
}

void ob_duration_format(char out[OB_SIZE_TEXT], uint64_t seconds)
{
    if (seconds < 60) {
        snprintf(out, OB_SIZE_TEXT, "%" PRIu64 " s", seconds);
    } else if (seconds < 3600) {
        snprintf(out, OB_SIZE_TEXT, "%" PRIu64 " min %02" PRIu64 " s", seconds / 60, seconds % 60);
    } else {
        uint64_t hours = seconds / 3600;
        snprintf(out, OB_SIZE_TEXT, "%" PRIu64 " h %02" PRIu64 " min",
                 hours < 9999999999 ? hours : 9999999999, seconds / 60 % 60);
    }
}
