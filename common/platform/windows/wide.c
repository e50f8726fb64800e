#include "wide.h"

#include "ob/alloc.h"
#include "ob/buf.h"
#include "ob/fs.h"
#include "ob/text.h"

#include <string.h>

#ifndef ERROR_DISK_QUOTA_EXCEEDED
#define ERROR_DISK_QUOTA_EXCEEDED 1295
#endif

static ob_status no_memory(const char *what)
{
    return ob_fail(OB_E_NO_MEMORY, "%s", what);
}

ob_status ob_windows_to_wide(const char *text, wchar_t **out)
{
    ob_buf buf = {0};
    ob_status status = ob_wtf8_to_utf16(&buf, text, strlen(text));
    if (status == OB_E_SYNTAX) {
        status = ob_fail(OB_E_INVALID_ARGUMENT, "%s: not a name of this system", text);
    }
    if (status == OB_OK) {
        ob_buf_put_zero(&buf, sizeof(wchar_t));
        status = ob_buf_status(&buf);
    }
    if (OB_FAILED(status)) {
        ob_buf_free(&buf);
        return status;
    }
    *out = (wchar_t *)(void *)buf.data; /* transferred */
    return OB_OK;
}

ob_status ob_windows_from_wide(const wchar_t *text, size_t count, char **out)
{
    ob_buf buf = {0};
    ob_wtf8_from_utf16(&buf, (const uint16_t *)text, count);
    char *result = ob_buf_take_text(&buf);
    if (result == NULL) {
        ob_buf_free(&buf);
        return no_memory("a name");
    }
    *out = result;
    return OB_OK;
}

static bool is_separator(wchar_t c)
{
    return c == L'\\' || c == L'/';
}

/* Writes `path` behind what `to` holds, with one kind of separator, once each. "." and ".." are
 * resolved here because nobody does it behind "\\?\"; ".." goes no further up than `floor`. */
static size_t append_components(wchar_t *to, size_t length, const wchar_t *path)
{
    size_t floor = length;
    while (*path != L'\0') {
        size_t count = 0;
        while (path[count] != L'\0' && !is_separator(path[count])) {
            count++;
        }
        bool dot = count == 1 && path[0] == L'.';
        bool up = count == 2 && path[0] == L'.' && path[1] == L'.';
        while (up && length > floor && to[--length] != L'\\') {
        }
        if (count > 0 && !dot && !up) {
            to[length++] = L'\\';
            wmemcpy(to + length, path, count);
            length += count;
        }
        path += count;
        path += *path != L'\0' ? 1 : 0;
    }
    to[length] = L'\0';
    return length;
}

/* `path` is "C:\…", or "\\server\share…". */
static ob_status lift(const wchar_t *path, wchar_t **out)
{
    bool drive = path[1] == L':';
    const wchar_t *prefix = drive ? L"\\\\?\\" : L"\\\\?\\UNC";
    size_t start = wcslen(prefix);
    wchar_t *lifted = ob_realloc_array(NULL, start + wcslen(path) + 3, sizeof *lifted);
    if (lifted == NULL) {
        return no_memory("a path");
    }
    wmemcpy(lifted, prefix, start);
    if (drive) {
        wmemcpy(lifted + start, path, 2);
        size_t length = append_components(lifted, start + 2, path + 2);
        if (length == start + 2) {
            wmemcpy(lifted + length, L"\\", 2); /* the root has a separator */
        }
    } else {
        append_components(lifted, start, path + 1);
    }
    *out = lifted;
    return OB_OK;
}

/* The system's own idea of a relative path. */
static ob_status full_path(const wchar_t *path, wchar_t **out)
{
    DWORD size = GetFullPathNameW(path, 0, NULL, NULL);
    wchar_t *full = ob_realloc_array(NULL, (size_t)size + 1, sizeof *full);
    if (full == NULL) {
        return no_memory("a path");
    }
    DWORD length = GetFullPathNameW(path, size, full, NULL);
    if (length == 0 || length >= size) {
        ob_free(full);
        return ob_fail(OB_E_NOT_FOUND, "a path that the system does not take");
    }
    *out = full;
    return OB_OK;
}

ob_status ob_windows_path(const char *path, wchar_t **out)
{
    wchar_t *wide = NULL;
    wchar_t *full = NULL;
    ob_status status = ob_windows_to_wide(path, &wide);
    if (OB_FAILED(status)) {
        return status;
    }
    if (wcsncmp(wide, L"\\\\?\\", 4) == 0 || wcsncmp(wide, L"\\\\.\\", 4) == 0) {
        *out = wide;
        return OB_OK;
    }
    if (ob_path_is_absolute(path)) {
        status = lift(wide, out);
    } else {
        status = full_path(wide, &full);
        if (status == OB_OK) {
            status = lift(full, out);
        }
    }
    ob_free(full);
    ob_free(wide);
    return status;
}

ob_status ob_windows_status(DWORD error)
{
    switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_DRIVE:
    case ERROR_BAD_NETPATH:
    case ERROR_BAD_NET_NAME:
    case ERROR_DIRECTORY:
        return OB_E_NOT_FOUND;
    case ERROR_ACCESS_DENIED:
    case ERROR_WRITE_PROTECT:
    case ERROR_PRIVILEGE_NOT_HELD:
        return OB_E_ACCESS_DENIED;
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS:
    case ERROR_DIR_NOT_EMPTY:
        return OB_E_EXISTS;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
    case ERROR_DISK_QUOTA_EXCEEDED:
        return OB_E_DISK_FULL;
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
    case ERROR_BUSY:
    case ERROR_DELETE_PENDING:
    case ERROR_USER_MAPPED_FILE:
        return OB_E_BUSY;
    case ERROR_NOT_SUPPORTED:
    case ERROR_INVALID_FUNCTION:
    case ERROR_CALL_NOT_IMPLEMENTED:
    case ERROR_NOT_SAME_DEVICE:
    case ERROR_INVALID_NAME:
    case ERROR_TOO_MANY_LINKS:
        return OB_E_NOT_SUPPORTED;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
    case ERROR_NO_SYSTEM_RESOURCES:
        return OB_E_NO_MEMORY;
    default:
        return OB_E_IO;
    }
}

ob_status ob_windows_fail(DWORD error, const char *what)
{
    wchar_t wide[256];
    char text[3 * 256 + 1] = "";
    DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS;
    DWORD length = FormatMessageW(flags, NULL, error, 0, wide, 256, NULL);
    while (length > 0 && (wide[length - 1] <= L' ' || wide[length - 1] == L'.')) {
        length--;
    }
    WideCharToMultiByte(CP_UTF8, 0, wide, (int)length, text, sizeof text - 1, NULL, NULL);
    return ob_fail(ob_windows_status(error), "%s: %s (%lu)", what, text, (unsigned long)error);
}

ob_status ob_windows_fail_path(DWORD error, const wchar_t *path)
{
    char *text = NULL;
    const wchar_t *shown = wcsncmp(path, L"\\\\?\\", 4) == 0 ? path + 4 : path;
    if (OB_FAILED(ob_windows_from_wide(shown, wcslen(shown), &text))) {
        return OB_E_NO_MEMORY;
    }
    ob_status status = ob_windows_fail(error, text);
    ob_free(text);
    return status;
}
