#include "point/path.h"

#include <string.h>

static int weight(char c)
{
    return c == '/' ? 0 : (unsigned char)c;
}

int ob_point_path_compare(const char *left, size_t left_length, const char *right,
                          size_t right_length)
{
    size_t both = left_length < right_length ? left_length : right_length;
    for (size_t i = 0; i < both; i++) {
        if (left[i] != right[i]) {
            return weight(left[i]) - weight(right[i]);
        }
    }
    return left_length == right_length ? 0 : left_length < right_length ? -1 : 1;
}

bool ob_point_path_below(const char *folder, size_t folder_length, const char *path, size_t length)
{
    if (folder_length == 0) {
        return length > 0;
    }
    return length > folder_length && path[folder_length] == '/' &&
           memcmp(folder, path, folder_length) == 0;
}

static bool component_valid(const char *name, size_t length)
{
    if (length == 0 || (length == 1 && name[0] == '.') ||
        (length == 2 && name[0] == '.' && name[1] == '.')) {
        return false;
    }
    return memchr(name, '\0', length) == NULL;
}

bool ob_point_path_valid(const char *path, size_t length)
{
    size_t at = 0;
    if (length == 0 || length > OB_POINT_PATH_MOST) {
        return false;
    }
    for (;;) {
        const char *slash = memchr(path + at, '/', length - at);
        size_t end = slash != NULL ? (size_t)(slash - path) : length;
        if (!component_valid(path + at, end - at)) {
            return false;
        }
        if (end == length) {
            return true;
        }
        at = end + 1;
    }
}

size_t ob_point_path_name(const char *path, size_t length)
{
    while (length > 0 && path[length - 1] != '/') {
        length--;
    }
    return length;
}

uint32_t ob_point_path_hash(const char *path, size_t length)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (unsigned char)path[i]) * UINT64_C(0x100000001b3);
    }
    return (uint32_t)(hash >> 32) ^ (uint32_t)hash;
}
