#include "source/place.h"

#include "point/path.h"

#include "ob/alloc.h"
#include "ob/host.h"

#include <string.h>

const char ob_place_separator = '\\';

#define VOLUME "Volume{"
#define LONG_PREFIX "\\\\?\\"

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_separator(char c)
{
    return c == '\\' || c == '/';
}

static bool starts_with_drive(const char *path)
{
    return is_letter(path[0]) && path[1] == ':';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Length of "Volume{GUID}", in letters of any case, at the start of a path; 0 if it is none. */
static size_t volume_name(const char *path)
{
    for (size_t i = 0; VOLUME[i] != '\0'; i++) {
        if (lower(path[i]) != lower(VOLUME[i])) {
            return 0;
        }
    }
    size_t length = strcspn(path, "\\/");
    return path[length - 1] == '}' ? length : 0;
}

/* Drives and volumes have one name each in a point: "C:", "Volume{GUID}" in lower case. */
static void write_volume(char *path, bool drive, size_t volume)
{
    if (drive) {
        path[0] = path[0] >= 'a' ? (char)(path[0] - ('a' - 'A')) : path[0];
    }
    for (size_t i = 0; i < volume; i++) {
        path[i] = i < strlen(VOLUME) ? VOLUME[i] : lower(path[i]);
    }
}

ob_status ob_place_to_point(const char *place, ob_buf *out)
{
    size_t start = out->length;
    const char *rest =
        strncmp(place, LONG_PREFIX, strlen(LONG_PREFIX)) == 0 ? place + strlen(LONG_PREFIX) : place;
    size_t length = strlen(rest);
    bool drive = starts_with_drive(rest) && is_separator(rest[2]);
    size_t volume = rest != place ? volume_name(rest) : 0;
    if (!drive && volume == 0) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "%s is not a path on a local volume", place);
    }
    while (length > 0 && is_separator(rest[length - 1])) {
        length--;
    }
    ob_buf_put(out, rest, length);
    if (out->failed) {
        return ob_buf_status(out);
    }
    for (size_t i = start; i < out->length; i++) {
        if (out->data[i] == '\\') {
            out->data[i] = '/';
        }
    }
    write_volume((char *)out->data + start, drive, volume);
    if (!ob_point_path_valid((const char *)out->data + start, length)) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "%s is not a canonical path", place);
    }
    return OB_OK;
}

ob_status ob_place_root(const char *path, ob_buf *out, size_t *used)
{
    const char *slash = strchr(path, '/');
    size_t length = slash != NULL ? (size_t)(slash - path) : strlen(path);
    bool volume = strncmp(path, VOLUME, strlen(VOLUME)) == 0 && length > 0 &&
                  path[length - 1] == '}' && memchr(path, '\\', length) == NULL;
    if (!volume && !(starts_with_drive(path) && length == 2)) {
        return ob_fail(OB_E_NOT_SUPPORTED, "%s has no volume to restore it in place", path);
    }
    ob_buf_put_text(out, volume ? LONG_PREFIX : "");
    ob_buf_put(out, path, length);
    ob_buf_put_text(out, "\\");
    *used = length + (slash != NULL ? 1 : 0);
    return ob_buf_status(out);
}

ob_status ob_place_followed(const char *place, ob_buf *out)
{
    char *final = NULL;
    ob_status status = ob_host_final_path(place, &final);
    if (status == OB_E_NO_MEMORY) {
        return status;
    }
    /* What cannot be followed is left to stat(), which tells why. */
    ob_buf_put_text(out, final != NULL ? final : place);
    ob_buf_put_u8(out, 0);
    ob_free(final);
    return ob_buf_status(out);
}

bool ob_place_name_allowed(const char *name)
{
    for (const char *c = name; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || strchr("\\/:*?\"<>|", *c) != NULL) {
            return false;
        }
    }
    return true;
}

void ob_place_restored_name(const char *name, char *out)
{
    size_t length = starts_with_drive(name) && name[2] == '\0' ? 1 : strlen(name);
    memcpy(out, name, length);
    out[length] = '\0';
}
