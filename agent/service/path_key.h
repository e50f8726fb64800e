/*
 * Paths of policies, compared by one rule a system. Pure: `windows` chooses the rules, so that both
 * are tested everywhere.
 *
 * A canonical path has '/' between its parts and none at its end: "" and "/usr" on Linux; "C:",
 * "C:/Users", "//server/share", "//?/Volume{…}" on Windows. Its key is what is compared: the same
 * on Linux, without regard to case on Windows (each character's upper case, as NTFS does).
 */
#ifndef OB_SERVICE_PATH_KEY_H
#define OB_SERVICE_PATH_KEY_H

#include "ob/status.h"

#include <stdbool.h>
#include <stddef.h>

/* Bytes that the key of any Windows path fits into: 32,767 UTF-16 units, each up to 3 bytes. */
#define OB_PATH_KEY_MOST ((size_t)100000)

/* OB_E_POLICY_INVALID for a relative path and one with "." or ".." in it. Free with ob_free(). */
ob_status ob_path_canonical(const char *path, bool windows, char **out);
/* Length of the part of a canonical path that names the volume: 0 on Linux. */
size_t ob_path_prefix(const char *canonical, bool windows);
/* The path as the system takes it: "/", "C:\". NULL without memory; free with ob_free(). */
char *ob_path_native(const char *canonical, bool windows);

/* The key of a path or of a part of one. NULL without memory; free with ob_free(). */
char *ob_path_key(const char *canonical, bool windows);
/* The key of a Windows path that the system gave, into `out`; false if it does not fit. */
bool ob_path_key_into(char *out, size_t size, const char *path);

/* The order of canonical paths in a walk that sorts each folder by name: '/' comes before all other
 * characters. */
int ob_path_compare(const char *left, const char *right);

/* '*' stands for any characters, '?' for one. Both sides are keys. */
bool ob_wildcard_match(const char *pattern, const char *name);
/* The same for a part of a path. */
bool ob_wildcard_match_part(const char *pattern, const char *name, size_t length);

#endif
