#include "point/path.h"
#include "source/place.h"

#include <string.h>

const char ob_place_separator = '/';

ob_status ob_place_to_point(const char *place, ob_buf *out)
{
    size_t length = strlen(place);
    if (place[0] != '/') {
        return ob_fail(OB_E_INVALID_ARGUMENT, "%s is not an absolute path", place);
    }
    while (length > 1 && place[length - 1] == '/') {
        length--;
    }
    if (length > 1 && !ob_point_path_valid(place + 1, length - 1)) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "%s is not a canonical path", place);
    }
    ob_buf_put(out, place + 1, length - 1);
    return ob_buf_status(out);
}

ob_status ob_place_root(const char *path, ob_buf *out, size_t *used)
{
    (void)path;
    ob_buf_put_u8(out, '/');
    *used = 0;
    return ob_buf_status(out);
}

ob_status ob_place_followed(const char *place, ob_buf *out)
{
    ob_buf_put_text(out, place);
    ob_buf_put_text(out, "/.");
    ob_buf_put_u8(out, 0);
    return ob_buf_status(out);
}

bool ob_place_name_allowed(const char *name)
{
    return strchr(name, '/') == NULL;
}

void ob_place_restored_name(const char *name, char *out)
{
    memcpy(out, name, strlen(name) + 1);
}
