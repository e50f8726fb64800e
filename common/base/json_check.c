#include "json_check.h"

#include "ob/text.h"

#include <string.h>

typedef struct checker {
    const uint8_t *text;
    size_t length;
    size_t at;
    const char *wrong; /* NULL while all is well */
} checker;

static int peek(const checker *c)
{
    return c->at < c->length ? c->text[c->at] : -1;
}

static bool wrong(checker *c, const char *what)
{
    if (c->wrong == NULL) {
        c->wrong = what;
    }
    return false;
}

static bool take(checker *c, int byte)
{
    if (peek(c) != byte) {
        return false;
    }
    c->at++;
    return true;
}

static void skip_space(checker *c)
{
    while (peek(c) == ' ' || peek(c) == '\t' || peek(c) == '\n' || peek(c) == '\r') {
        c->at++;
    }
}

static size_t skip_digits(checker *c)
{
    size_t from = c->at;
    while (peek(c) >= '0' && peek(c) <= '9') {
        c->at++;
    }
    return c->at - from;
}

static bool check_number(checker *c)
{
    size_t from = c->at;
    take(c, '-');
    if (!take(c, '0') && skip_digits(c) == 0) {
        return wrong(c, "a digit is missing");
    }
    if (take(c, '.') && skip_digits(c) == 0) {
        return wrong(c, "a digit is missing");
    }
    if (take(c, 'e') || take(c, 'E')) {
        if (!take(c, '+')) {
            take(c, '-');
        }
        if (skip_digits(c) == 0) {
            return wrong(c, "a digit is missing");
        }
    }
    return c->at - from <= OB_JSON_NUMBER_MAX || wrong(c, "a number has too many digits");
}

/* The four digits of \uXXXX, behind the u; -1 if malformed. */
static int32_t take_unit(checker *c)
{
    uint8_t bytes[2];
    if (c->length - c->at < 4 ||
        OB_FAILED(ob_hex_decode(bytes, 2, (const char *)c->text + c->at, 4))) {
        return -1;
    }
    c->at += 4;
    return bytes[0] << 8 | bytes[1];
}

static bool check_escape(checker *c)
{
    int kind = peek(c);
    if (kind < 0 || kind == 0 || strchr("\"\\/bfnrtu", kind) == NULL) {
        return wrong(c, "an unknown escape");
    }
    c->at++;
    if (kind != 'u') {
        return true;
    }
    int32_t unit = take_unit(c);
    if (unit == 0) {
        return wrong(c, "U+0000 is not allowed in text");
    }
    if (unit >= 0xD800 && unit < 0xDC00) {
        int32_t low = take(c, '\\') && take(c, 'u') ? take_unit(c) : -1;
        return (low >= 0xDC00 && low <= 0xDFFF) || wrong(c, "half of a surrogate pair");
    }
    return (unit > 0 && (unit < 0xD800 || unit > 0xDFFF)) || wrong(c, "a malformed \\u escape");
}

static bool check_string(checker *c)
{
    if (!take(c, '"')) {
        return wrong(c, "a text in quotation marks is missing");
    }
    while (!take(c, '"')) {
        if (peek(c) < 0) {
            return wrong(c, "a text does not end");
        }
        if (peek(c) < 0x20) {
            return wrong(c, "a control character in text");
        }
        if (take(c, '\\')) {
            if (!check_escape(c)) {
                return false;
            }
            continue;
        }
        size_t size = ob_utf8_sequence(c->text + c->at, c->length - c->at);
        if (size == 0) {
            return wrong(c, "text that is not UTF-8");
        }
        c->at += size;
    }
    return true;
}

static bool check_word(checker *c, const char *word)
{
    size_t length = strlen(word);
    if (c->length - c->at < length || memcmp(c->text + c->at, word, length) != 0) {
        return wrong(c, "a value is missing");
    }
    c->at += length;
    return true;
}

static bool check_value(checker *c, int depth);

static bool check_children(checker *c, int depth, bool object)
{
    int end = object ? '}' : ']';
    c->at++;
    skip_space(c);
    if (take(c, end)) {
        return true;
    }
    do {
        skip_space(c);
        if (object) {
            if (!check_string(c)) {
                return false;
            }
            skip_space(c);
            if (!take(c, ':')) {
                return wrong(c, "a colon is missing");
            }
        }
        if (!check_value(c, depth + 1)) {
            return false;
        }
        skip_space(c);
    } while (take(c, ','));
    return take(c, end) || wrong(c, object ? "a comma or } is missing" : "a comma or ] is missing");
}

/* Recursion ends at OB_JSON_DEPTH. */
static bool check_value(checker *c, int depth)
{
    skip_space(c);
    switch (peek(c)) {
    case '{':
    case '[':
        if (depth >= OB_JSON_DEPTH) {
            return wrong(c, "objects and lists are nested too deep");
        }
        return check_children(c, depth, peek(c) == '{');
    case '"':
        return check_string(c);
    case 't':
        return check_word(c, "true");
    case 'f':
        return check_word(c, "false");
    case 'n':
        return check_word(c, "null");
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        return check_number(c);
    default:
        return wrong(c, "a value is missing");
    }
}

ob_status ob_json_check(const void *text, size_t length)
{
    checker c = {.text = text, .length = length};
    size_t line = 1;
    size_t start = 0;
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        c.at = 3;
        start = 3;
    }
    if (check_value(&c, 0)) {
        skip_space(&c);
        if (c.at == length) {
            return OB_OK;
        }
        wrong(&c, "something follows the document");
    }
    for (size_t i = start; i < c.at; i++) {
        if (c.text[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    return ob_fail(OB_E_SYNTAX, "line %zu, column %zu: %s", line, c.at - start + 1, c.wrong);
}
