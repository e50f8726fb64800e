#include "path_key.h"

#include "ob/alloc.h"
#include "ob/buf.h"
#include "ob/text.h"

#include <string.h>
#include <utf8proc.h>

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_separator(char c, bool windows)
{
    return c == '/' || (windows && c == '\\');
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool starts_with(const char *text, const char *start)
{
    for (; *start != '\0'; text++, start++) {
        char c = *text == '\\' ? '/' : upper(*text);
        if (c != *start) {
            return false;
        }
    }
    return true;
}

static bool is_drive(const char *path)
{
    return is_letter(path[0]) && path[1] == ':' && (path[2] == '\0' || is_separator(path[2], true));
}

/* Puts the part that names the volume; returns what follows it, NULL if the path is relative. */
static const char *put_volume(ob_buf *out, const char *path, bool windows)
{
    if (!windows) {
        return path[0] == '/' ? path : NULL;
    }
    if (starts_with(path, "//?/UNC/")) {
        ob_buf_put_text(out, "/");
        return path + strlen("//?/UNC");
    }
    if (starts_with(path, "//?/VOLUME{")) {
        ob_buf_put_text(out, "//?");
        return path + strlen("//?");
    }
    if (starts_with(path, "//?/") && is_drive(path + 4)) {
        path += 4;
    }
    if (is_drive(path)) {
        ob_buf_put_u8(out, (uint8_t)upper(path[0]));
        ob_buf_put_u8(out, ':');
        return path + 2;
    }
    if (is_separator(path[0], true) && is_separator(path[1], true) && path[2] != '?' &&
        path[2] != '.' && path[2] != '\0') {
        ob_buf_put_u8(out, '/');
        return path + 1;
    }
    return NULL;
}

ob_status ob_path_canonical(const char *path, bool windows, char **out)
{
    ob_buf text = {0};
    ob_status status = OB_OK;
    const char *rest = put_volume(&text, path, windows);
    if (rest == NULL) {
        status = ob_fail(OB_E_POLICY_INVALID, "\"%s\" is not an absolute path", path);
    }
    while (status == OB_OK && *rest != '\0') {
        size_t length = 0;
        while (is_separator(*rest, windows)) {
            rest++;
        }
        while (rest[length] != '\0' && !is_separator(rest[length], windows)) {
            length++;
        }
        if ((length == 1 && rest[0] == '.') || (length == 2 && memcmp(rest, "..", 2) == 0)) {
            status = ob_fail(OB_E_POLICY_INVALID, "\"%s\" must not hold \".\" or \"..\"", path);
        } else if (length > 0) {
            ob_buf_put_u8(&text, '/');
            ob_buf_put(&text, rest, length);
        }
        rest += length;
    }
    if (status == OB_OK) {
        status = ob_buf_status(&text);
    }
    if (status == OB_OK) {
        char *taken = ob_buf_take_text(&text);
        status = taken != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "a path");
        *out = taken != NULL ? taken : *out;
    }
    ob_buf_free(&text);
    return status;
}

size_t ob_path_prefix(const char *canonical, bool windows)
{
    if (!windows) {
        return 0;
    }
    if (canonical[0] != '/') {
        return 2;
    }
    /* "//server/share" and "//?/Volume{…}": the third slash, then up to the one after. */
    const char *slash = strchr(canonical + 2, '/');
    slash = slash != NULL ? strchr(slash + 1, '/') : NULL;
    return slash != NULL ? (size_t)(slash - canonical) : strlen(canonical);
}

char *ob_path_native(const char *canonical, bool windows)
{
    size_t length = strlen(canonical);
    bool is_root = length == ob_path_prefix(canonical, windows);
    char *native = ob_asprintf("%s%s", canonical, is_root ? "/" : "");
    for (char *c = native; windows && c != NULL && *c != '\0'; c++) {
        *c = *c == '/' ? '\\' : *c;
    }
    return native;
}

/* NTFS knows upper case for characters of one UTF-16 unit, into one such unit. */
static size_t put_upper(char out[4], const char *text, size_t length)
{
    utf8proc_int32_t character = 0;
    size_t taken = ob_utf8_sequence(text, length);
    if (taken <= 1) {
        out[0] = upper(text[0]);
        return 1; /* one ASCII character, or a byte that is none */
    }
    utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)taken, &character);
    utf8proc_int32_t other = utf8proc_toupper(character);
    if (character > 0xFFFF || other > 0xFFFF) {
        other = character;
    }
    return (size_t)utf8proc_encode_char(other, (utf8proc_uint8_t *)out);
}

static size_t sequence_at(const char *text, size_t length)
{
    size_t taken = ob_utf8_sequence(text, length);
    return taken > 0 ? taken : 1;
}

bool ob_path_key_into(char *out, size_t size, const char *path)
{
    size_t length = strlen(path);
    size_t used = 0;
    for (size_t at = 0; at < length; at += sequence_at(path + at, length - at)) {
        char one[4];
        size_t count = put_upper(one, path + at, length - at);
        if (used + count >= size) {
            return false;
        }
        one[0] = one[0] == '\\' ? '/' : one[0];
        memcpy(out + used, one, count);
        used += count;
    }
    /* The root of a volume comes with its separator. */
    while (used > 0 && out[used - 1] == '/') {
        used--;
    }
    out[used] = '\0';
    return true;
}

char *ob_path_key(const char *canonical, bool windows)
{
    if (!windows) {
        return ob_strdup(canonical);
    }
    /* A character of 2 bytes may become one of 3. */
    size_t size = strlen(canonical) * 2 + 1;
    char *key = ob_alloc(size);
    if (key != NULL && !ob_path_key_into(key, size, canonical)) {
        ob_free(key);
        key = NULL;
    }
    return key;
}

int ob_path_compare(const char *left, const char *right)
{
    while (*left != '\0' && *left == *right) {
        left++;
        right++;
    }
    int a = *left == '\0' ? 0 : *left == '/' ? 1 : (unsigned char)*left + 2;
    int b = *right == '\0' ? 0 : *right == '/' ? 1 : (unsigned char)*right + 2;
    return (a > b) - (a < b);
}

bool ob_wildcard_match_part(const char *pattern, const char *name, size_t length)
{
    const char *end = name + length;
    const char *star = NULL; /* what follows the last star seen */
    const char *retry = NULL;
    while (name < end) {
        if (*pattern == '*') {
            star = ++pattern;
            retry = name;
        } else if (*pattern == '?') {
            pattern++;
            name += sequence_at(name, (size_t)(end - name));
        } else if (*pattern == *name) {
            pattern++;
            name++;
        } else if (star != NULL) {
            pattern = star;
            retry += sequence_at(retry, (size_t)(end - retry));
            name = retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return *pattern == '\0';
}

bool ob_wildcard_match(const char *pattern, const char *name)
{
    return ob_wildcard_match_part(pattern, name, strlen(name));
}
