/*
 * Paths inside of a point: components of any bytes but NUL and '/', joined by '/', none of them
 * empty, "." or "..". "" is the top. Paths are ordered as a walk meets them: '/' counts as the
 * lowest byte, so that what is in a folder follows the folder at once.
 */
#ifndef OB_ENGINE_POINT_PATH_H
#define OB_ENGINE_POINT_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OB_POINT_PATH_MOST ((size_t)128 << 10) /* bytes; Windows allows 3 * 32,767 */

/* < 0, 0, > 0 in the order of the list. */
int ob_point_path_compare(const char *left, size_t left_length, const char *right,
                          size_t right_length);
/* True if `path` lies below `folder`, at any depth; all lie below "". */
bool ob_point_path_below(const char *folder, size_t folder_length, const char *path, size_t length);
/* True for a path that may stand in a list: not "" and every component as said above. */
bool ob_point_path_valid(const char *path, size_t length);
/* Where the last component starts. */
size_t ob_point_path_name(const char *path, size_t length);
/* A hash of the path that places the cuts of lists: FNV-1a, 64 bits, high half xor low half. */
uint32_t ob_point_path_hash(const char *path, size_t length);

#endif
