#include "ob/objname.h"

#include <string.h>

/* The shape of a name: 'd' is a decimal digit, 'h' a hex digit, all else is itself. */
static const struct {
    const char *name;
    const char *shape;
} kinds[OB_OBJECT_KINDS] = {
    [OB_OBJECT_KEY] = {"key", "dddddddd"},
    [OB_OBJECT_PACK] = {"pack", "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh"},
    [OB_OBJECT_INDEX] = {"index",
                         "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh"},
    [OB_OBJECT_POINT] = {"point", "hhhhhhhhhhhhhhhh-hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh"},
};

const char *ob_object_kind_name(ob_object_kind kind)
{
    return kinds[kind].name;
}

static bool fits(char shape, char c)
{
    bool digit = c >= '0' && c <= '9';
    switch (shape) {
    case 'd':
        return digit;
    case 'h':
        return digit || (c >= 'a' && c <= 'f');
    default:
        return c == shape;
    }
}

bool ob_object_name_valid(ob_object_kind kind, const char *name, size_t length)
{
    const char *shape = kinds[kind].shape;
    if (length != strlen(shape)) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (!fits(shape[i], name[i])) {
            return false;
        }
    }
    return true;
}
