/*
 * Names of objects in a vault: KIND "/" NAME, where NAME is lower-case hex, digits and "-" only.
 * A name never has a separator, a dot or a letter in upper case, so that each home of the data
 * (a folder on any file system, HTTP, blob stores) can keep it as it is.
 */
#ifndef OB_OBJNAME_H
#define OB_OBJNAME_H

#include <stdbool.h>
#include <stddef.h>

typedef enum ob_object_kind {
    OB_OBJECT_KEY,   /* key envelopes: 8-digit number */
    OB_OBJECT_PACK,  /* SHA-256 of the bytes, 64 hex */
    OB_OBJECT_INDEX, /* SHA-256 of the bytes, 64 hex */
    OB_OBJECT_POINT, /* 16-digit hex time, "-", 32 hex of the point's GUID */
    OB_OBJECT_KINDS
} ob_object_kind;

#define OB_OBJECT_NAME_MAX 80 /* with its NUL */

const char *ob_object_kind_name(ob_object_kind kind); /* "key", "pack", "index", "point" */
/* True if `name` (counted) is a possible name of an object of this kind. */
bool ob_object_name_valid(ob_object_kind kind, const char *name, size_t length);

#endif
