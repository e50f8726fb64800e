/*
 * Between the paths of the system and those in a point. Linux: "/usr/share" is "usr/share".
 * Windows: "C:\Users" is "C:/Users", "\\?\Volume{…}\x" is "Volume{…}/x".
 */
#ifndef OB_ENGINE_SOURCE_PLACE_H
#define OB_ENGINE_SOURCE_PLACE_H

#include "ob/buf.h"

#include <stdbool.h>

extern const char ob_place_separator;

/* Appends the path in a point of an absolute path of the system; "" for the root of Linux.
 * OB_E_INVALID_ARGUMENT for a relative path, or one with "." or "..". */
ob_status ob_place_to_point(const char *place, ob_buf *out);
/* The root folder that a path in a point starts from, appended without a NUL, and how many bytes of
 * the path stand for it (a '/' behind them included). OB_E_NOT_SUPPORTED if this system has no such
 * place. */
ob_status ob_place_root(const char *path, ob_buf *out, size_t *used);
/* True if a file of this system can have this name: not for "a:b" on Windows, where the part behind
 * the colon would be another stream of "a". */
bool ob_place_name_allowed(const char *name);
/* The name under which the first component of a point's path is restored to another folder: "C:"
 * becomes "C" on Windows. At most as long as `name`. */
void ob_place_restored_name(const char *name, char *out);

/* A path, with its NUL, whose stat() is that of the folder itself where `place` is a link to it. */
ob_status ob_place_followed(const char *place, ob_buf *out);

#endif
