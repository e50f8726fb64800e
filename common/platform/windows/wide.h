/* Between the product's text and the system's UTF-16, and from the system's errors to ours. */
#ifndef OB_WINDOWS_WIDE_H
#define OB_WINDOWS_WIDE_H

#include "ob/status.h"

#include <stddef.h>
#include <wchar.h>
#include <windows.h>

/* WTF-8 to UTF-16 with a NUL; free with ob_free(). OB_E_INVALID_ARGUMENT if it is not WTF-8. */
ob_status ob_windows_to_wide(const char *text, wchar_t **out);
/* UTF-16 of `count` units to WTF-8; free with ob_free(). */
ob_status ob_windows_from_wide(const wchar_t *text, size_t count, char **out);

/* A path in the form that has no limit of 260 characters and that no part of the system rewrites:
 * "C:/a//b" and "C:\a\b" become "\\?\C:\a\b", "\\server\share\x" "\\?\UNC\server\share\x". A
 * relative path is taken from the current folder. Free with ob_free(). */
ob_status ob_windows_path(const char *path, wchar_t **out);

/* The status that stands for GetLastError(). */
ob_status ob_windows_status(DWORD error);
/* Fails with it and the detail "WHAT: system's message". */
ob_status ob_windows_fail(DWORD error, const char *what);
/* The same for a path in the form of ob_windows_path(). */
ob_status ob_windows_fail_path(DWORD error, const wchar_t *path);

#endif
