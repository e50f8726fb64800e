#include "fs_private.h"
#include "ob/alloc.h"
#include "ob/text.h"

#include <string.h>
#include <winioctl.h>

#ifndef MAXIMUM_REPARSE_DATA_BUFFER_SIZE
#define MAXIMUM_REPARSE_DATA_BUFFER_SIZE 16384
#endif

#define ITSELF (FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT)
#define PARTS (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION)
#define RANGES 256u

/* What a visit needs at each step. */
typedef struct visiting {
    const wchar_t *path;
    ob_extra_visit visit;
    void *context;
    uint32_t not_kept;
} visiting;

static ob_status visit_one(const visiting *v, ob_extra_kind kind, const char *name,
                           const void *data, size_t length)
{
    const ob_extra extra = {kind, name, data, length};
    return v->visit(v->context, &extra);
}

/* ---- streams ---- */

/* ":name:$DATA" is told as "name"; "::$DATA" are the bytes of the file itself. */
static ob_status visit_stream(const visiting *v, const wchar_t *name)
{
    const wchar_t *end = name[0] == L':' ? wcschr(name + 1, L':') : NULL;
    char *text = NULL;
    if (end == NULL || end == name + 1 || wcscmp(end, L":$DATA") != 0) {
        return OB_OK;
    }
    ob_status status = ob_windows_from_wide(name + 1, (size_t)(end - name - 1), &text);
    if (!OB_FAILED(status)) {
        status = visit_one(v, OB_EXTRA_KIND_STREAM, text, NULL, 0);
    }
    ob_free(text);
    return status;
}

static ob_status visit_streams(visiting *v)
{
    WIN32_FIND_STREAM_DATA data;
    ob_status status = OB_OK;
    HANDLE search = FindFirstStreamW(v->path, FindStreamInfoStandard, &data, 0);
    if (search == INVALID_HANDLE_VALUE) {
        DWORD error = GetLastError();
        /* Not for us to see; every other answer is that there are none, or no such things. */
        v->not_kept |=
            error == ERROR_ACCESS_DENIED || error == ERROR_SHARING_VIOLATION ? OB_EXTRA_STREAM : 0;
        return OB_OK;
    }
    do {
        status = visit_stream(v, data.cStreamName);
    } while (!OB_FAILED(status) && FindNextStreamW(search, &data));
    FindClose(search);
    return status;
}

/* ---- reparse points ---- */

static ob_status visit_reparse(visiting *v)
{
    uint8_t data[MAXIMUM_REPARSE_DATA_BUFFER_SIZE];
    DWORD length = 0;
    HANDLE handle =
        CreateFileW(v->path, FILE_READ_ATTRIBUTES, OB_SHARE_ALL, NULL, OPEN_EXISTING, ITSELF, NULL);
    if (handle == INVALID_HANDLE_VALUE) {
        return ob_windows_fail_path(GetLastError(), v->path);
    }
    BOOL done =
        DeviceIoControl(handle, FSCTL_GET_REPARSE_POINT, NULL, 0, data, sizeof data, &length, NULL);
    ob_status status = done ? OB_OK : ob_windows_fail_path(GetLastError(), v->path);
    CloseHandle(handle);
    if (!OB_FAILED(status) && length >= sizeof(DWORD)) {
        DWORD tag = 0;
        memcpy(&tag, data, sizeof tag);
        v->not_kept |= ob_windows_is_remote(tag) ? OB_EXTRA_REMOTE : 0;
        status = visit_one(v, OB_EXTRA_KIND_REPARSE, "", data, length);
    }
    return status;
}

/* ---- security ---- */

/* The descriptor, in `fixed` or allocated; free with ob_free() if it is another one. */
static uint8_t *get_security(HANDLE handle, SECURITY_INFORMATION parts, uint8_t *fixed, DWORD size,
                             DWORD *length)
{
    if (GetKernelObjectSecurity(handle, parts, fixed, size, length)) {
        *length = GetSecurityDescriptorLength(fixed);
        return fixed;
    }
    if (GetLastError() != ERROR_INSUFFICIENT_BUFFER) {
        return NULL;
    }
    uint8_t *large = ob_alloc(*length);
    if (large != NULL && GetKernelObjectSecurity(handle, parts, large, *length, length)) {
        *length = GetSecurityDescriptorLength(large);
        return large;
    }
    ob_free(large);
    return NULL;
}

static HANDLE open_for_security(const wchar_t *path, DWORD access, SECURITY_INFORMATION *parts)
{
    HANDLE handle = INVALID_HANDLE_VALUE;
    if (ob_windows_may_audit()) {
        handle = CreateFileW(path, access | ACCESS_SYSTEM_SECURITY, OB_SHARE_ALL, NULL,
                             OPEN_EXISTING, ITSELF, NULL);
        *parts = PARTS | SACL_SECURITY_INFORMATION;
    }
    if (handle == INVALID_HANDLE_VALUE) {
        handle = CreateFileW(path, access, OB_SHARE_ALL, NULL, OPEN_EXISTING, ITSELF, NULL);
        *parts = PARTS;
    }
    return handle;
}

static ob_status visit_security(visiting *v, const ob_file *file)
{
    uint8_t fixed[1024];
    DWORD length = 0;
    SECURITY_INFORMATION parts = PARTS;
    bool own = file == NULL || ob_windows_may_audit();
    HANDLE handle = own ? open_for_security(v->path, READ_CONTROL, &parts) : file->handle;
    uint8_t *found = NULL;
    ob_status status = OB_OK;
    if (handle != INVALID_HANDLE_VALUE) {
        found = get_security(handle, parts, fixed, sizeof fixed, &length);
        if (found == NULL && parts != PARTS) {
            found = get_security(handle, PARTS, fixed, sizeof fixed, &length);
        }
        if (own) {
            CloseHandle(handle);
        }
    }
    if (found != NULL) {
        status = visit_one(v, OB_EXTRA_KIND_SECURITY, "", found, length);
    } else {
        v->not_kept |= OB_EXTRA_SECURITY;
    }
    if (found != fixed) {
        ob_free(found);
    }
    return status;
}

/* True if all that it points to lies in its own bytes. */
static bool is_descriptor(const uint8_t *data, size_t length)
{
    ob_reader in = ob_reader_of(data, length);
    ob_read_u16(&in);
    bool relative = (ob_read_u16(&in) & SE_SELF_RELATIVE) != 0;
    for (int i = 0; i < 4; i++) {
        uint32_t offset = ob_read_u32(&in);
        ob_reader part = ob_reader_of(data, length);
        ob_read_bytes(&part, offset);
        const uint8_t *at = ob_read_bytes(&part, 8); /* of a SID as of an ACL */
        if (offset == 0 || at == NULL) {
            if (offset != 0) {
                return false;
            }
            continue;
        }
        size_t rest = i < 2 ? (size_t)at[1] * 4 : (size_t)(at[2] | at[3] << 8);
        if (i >= 2 && rest < 8) {
            return false;
        }
        ob_read_bytes(&part, i < 2 ? rest : rest - 8);
        if (part.failed) {
            return false;
        }
    }
    return relative && !in.failed &&
           IsValidSecurityDescriptor((PSECURITY_DESCRIPTOR)(uintptr_t)data);
}

/* That an ACL was inherited is kept only if one asks for it ([MS-DTYP] 2.4.6,
 * SE_DACL_AUTO_INHERIT_REQ). */
static void ask_for_inherited(uint8_t *descriptor)
{
    unsigned control = descriptor[2] | (unsigned)descriptor[3] << 8;
    control |= (control & SE_DACL_AUTO_INHERITED) != 0 ? SE_DACL_AUTO_INHERIT_REQ : 0;
    control |= (control & SE_SACL_AUTO_INHERITED) != 0 ? SE_SACL_AUTO_INHERIT_REQ : 0;
    descriptor[3] = (uint8_t)(control >> 8);
}

/* As much of it as we may; ERROR_SUCCESS if that is all. */
static DWORD set_security(const wchar_t *path, const uint8_t *descriptor)
{
    SECURITY_INFORMATION parts = PARTS;
    PSECURITY_DESCRIPTOR wanted = (PSECURITY_DESCRIPTOR)(uintptr_t)descriptor;
    HANDLE handle = open_for_security(path, WRITE_DAC | WRITE_OWNER, &parts);
    if (handle != INVALID_HANDLE_VALUE) {
        BOOL done = SetKernelObjectSecurity(handle, parts, wanted);
        DWORD error = done ? ERROR_SUCCESS : GetLastError();
        CloseHandle(handle);
        if (done) {
            return ERROR_SUCCESS;
        }
        SetLastError(error);
    }
    DWORD error = GetLastError();
    handle = CreateFileW(path, WRITE_DAC, OB_SHARE_ALL, NULL, OPEN_EXISTING, ITSELF, NULL);
    if (handle != INVALID_HANDLE_VALUE) {
        SetKernelObjectSecurity(handle, DACL_SECURITY_INFORMATION, wanted);
        CloseHandle(handle);
    }
    return error != ERROR_SUCCESS ? error : ERROR_ACCESS_DENIED;
}

static ob_status write_security(const wchar_t *path, const ob_extra *extra)
{
    if (!is_descriptor(extra->data, extra->length)) {
        return ob_fail(OB_E_CORRUPT, "a security descriptor that is none");
    }
    uint8_t *copy = ob_alloc(extra->length);
    if (copy == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a security descriptor");
    }
    memcpy(copy, extra->data, extra->length);
    ask_for_inherited(copy);
    DWORD error = set_security(path, copy);
    ob_free(copy);
    return error == ERROR_SUCCESS ? OB_OK : ob_windows_fail_path(error, path);
}

/* ---- short names ---- */

/* The name of 8.3, "" if it has none. */
static void short_name_of(const wchar_t *path, wchar_t out[14])
{
    WIN32_FIND_DATAW data;
    HANDLE search =
        FindFirstFileExW(path, FindExInfoStandard, &data, FindExSearchNameMatch, NULL, 0);
    out[0] = L'\0';
    if (search != INVALID_HANDLE_VALUE) {
        FindClose(search);
        wmemcpy(out, data.cAlternateFileName, 14);
        out[13] = L'\0';
    }
}

/* A name that is an 8.3 name itself has no other one. */
static bool may_have_short_name(const char *name)
{
    const char *dot = strchr(name, '.');
    size_t stem = dot != NULL ? (size_t)(dot - name) : strlen(name);
    if (stem > 8 || stem == 0 ||
        (dot != NULL && (strlen(dot) > 4 || strchr(dot + 1, '.') != NULL))) {
        return true;
    }
    for (const unsigned char *c = (const unsigned char *)name; *c != '\0'; c++) {
        if (*c <= ' ' || *c >= 0x80 || strchr("+,;=[]", *c) != NULL) {
            return true;
        }
    }
    return false;
}

static ob_status visit_short_name(const visiting *v, const char *name)
{
    wchar_t wide[14] = {0};
    char *text = NULL;
    if (may_have_short_name(name)) {
        short_name_of(v->path, wide);
    }
    if (wide[0] == L'\0') {
        return OB_OK;
    }
    ob_status status = ob_windows_from_wide(wide, wcslen(wide), &text);
    if (!OB_FAILED(status)) {
        status = visit_one(v, OB_EXTRA_KIND_SHORT_NAME, "", text, strlen(text));
    }
    ob_free(text);
    return status;
}

/* FILE_NAME_INFORMATION ([MS-FSCC] 2.4.44) with room for 8.3. */
typedef struct short_name {
    ULONG length; /* bytes */
    WCHAR name[14];
} short_name;

/* SetFileShortNameW() is not everywhere where the call beneath it is. */
static BOOL set_short_name(HANDLE handle, const wchar_t *name)
{
    typedef LONG(WINAPI * set_information)(HANDLE file, void *status, void *data, ULONG length,
                                           int kind);
    enum { SHORT_NAME_INFORMATION = 40 };
    uint64_t status_block[2] = {0};
    short_name wanted = {.length = 0};
    size_t length = wcslen(name);
    FARPROC found = GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtSetInformationFile");
    set_information set = NULL;
    memcpy(&set, &found, sizeof set);
    if (set == NULL || length == 0 || length > 12) {
        SetLastError(ERROR_NOT_SUPPORTED);
        return FALSE;
    }
    wanted.length = (ULONG)(length * sizeof *name);
    wmemcpy(wanted.name, name, length);
    if (set(handle, status_block, &wanted, (ULONG)(sizeof wanted.length + wanted.length),
            SHORT_NAME_INFORMATION) < 0) {
        SetLastError(ERROR_NOT_SUPPORTED);
        return FALSE;
    }
    return TRUE;
}

static ob_status write_short_name(const wchar_t *path, const ob_extra *extra)
{
    wchar_t now[14];
    wchar_t *wide = NULL;
    char *text = ob_strndup(extra->data, extra->length);
    if (text == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a short name");
    }
    ob_status status = ob_windows_to_wide(text, &wide);
    ob_free(text);
    if (OB_FAILED(status)) {
        return status;
    }
    short_name_of(path, now);
    if (wcscmp(now, wide) != 0) {
        HANDLE handle = CreateFileW(path, GENERIC_WRITE | DELETE, OB_SHARE_ALL, NULL, OPEN_EXISTING,
                                    ITSELF, NULL);
        BOOL done = handle != INVALID_HANDLE_VALUE && set_short_name(handle, wide);
        if (!done) {
            status = ob_windows_fail_path(GetLastError(), path);
        }
        if (handle != INVALID_HANDLE_VALUE) {
            CloseHandle(handle);
        }
    }
    ob_free(wide);
    return status;
}

/* ---- all of it ---- */

ob_status ob_windows_read_extras(const ob_fs *fs, ob_dir *dir, const char *name, ob_file *file,
                                 ob_file_type type, ob_extra_visit visit, void *context,
                                 uint32_t *not_kept)
{
    wchar_t *path = NULL;
    ob_status status = ob_windows_path_in(dir, name, &path);
    (void)fs;
    if (OB_FAILED(status)) {
        return status;
    }
    visiting v = {path, visit, context, 0};
    DWORD attributes = GetFileAttributesW(path);
    if (attributes == INVALID_FILE_ATTRIBUTES) {
        status = ob_windows_fail_path(GetLastError(), path);
        goto out;
    }
    v.not_kept |= (attributes & FILE_ATTRIBUTE_ENCRYPTED) != 0 ? OB_EXTRA_ENCRYPTED : 0;
    if (type == OB_FILE_REGULAR || type == OB_FILE_DIR) {
        status = visit_streams(&v);
    } else if (type == OB_FILE_OTHER) {
        status = visit_reparse(&v);
    }
    if (!OB_FAILED(status)) {
        status = visit_security(&v, file);
    }
    if (!OB_FAILED(status)) {
        status = visit_short_name(&v, dir != NULL ? name : "");
    }
    if (!OB_FAILED(status)) {
        *not_kept = v.not_kept;
    }
out:
    ob_free(path);
    return status;
}

ob_status ob_windows_write_extra(const ob_fs *fs, ob_dir *dir, const char *name,
                                 const ob_extra *extra)
{
    wchar_t *path = NULL;
    ob_status status = ob_windows_path_in(dir, name, &path);
    (void)fs;
    if (OB_FAILED(status)) {
        return status;
    }
    switch (extra->kind) {
    case OB_EXTRA_KIND_SECURITY:
        status = write_security(path, extra);
        break;
    case OB_EXTRA_KIND_SHORT_NAME:
        status = write_short_name(path, extra);
        break;
    default:
        status = ob_fail(OB_E_NOT_SUPPORTED, "%s: this system has no such thing", name);
        break;
    }
    ob_free(path);
    return status;
}

ob_status ob_windows_data_map(const ob_fs *fs, ob_file *file, uint64_t size, ob_extent_visit visit,
                              void *context)
{
    FILE_ALLOCATED_RANGE_BUFFER ranges[RANGES];
    uint64_t at = 0;
    bool more = true;
    ob_status status = OB_OK;
    (void)fs;
    while (more && at < size && !OB_FAILED(status)) {
        FILE_ALLOCATED_RANGE_BUFFER query = {.FileOffset.QuadPart = (LONGLONG)at,
                                             .Length.QuadPart = (LONGLONG)(size - at)};
        DWORD length = 0;
        BOOL all = DeviceIoControl(file->handle, FSCTL_QUERY_ALLOCATED_RANGES, &query, sizeof query,
                                   ranges, sizeof ranges, &length, NULL);
        if (!all && GetLastError() != ERROR_MORE_DATA) {
            return ob_windows_fail_path(GetLastError(), file->path);
        }
        size_t count = length / sizeof ranges[0];
        more = !all && count > 0;
        for (size_t i = 0; i < count && !OB_FAILED(status); i++) {
            uint64_t offset = (uint64_t)ranges[i].FileOffset.QuadPart;
            uint64_t end = offset + (uint64_t)ranges[i].Length.QuadPart;
            offset = offset > at ? offset : at;
            end = end < size ? end : size;
            if (end > offset) {
                status = visit(context, offset, end - offset);
                at = end;
            }
        }
    }
    return status;
}

static BOOL create_empty(const wchar_t *path, const ob_file_info *info)
{
    SECURITY_ATTRIBUTES security = {.nLength = sizeof security};
    security.lpSecurityDescriptor = ob_windows_private_security();
    BOOL done = security.lpSecurityDescriptor != NULL;
    if (done && (info->attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
        done = CreateDirectoryW(path, &security);
    } else if (done) {
        HANDLE handle = CreateFileW(path, GENERIC_WRITE, OB_SHARE_ALL, &security, CREATE_NEW,
                                    FILE_ATTRIBUTE_NORMAL, NULL);
        done = handle != INVALID_HANDLE_VALUE;
        if (done) {
            CloseHandle(handle);
        }
    }
    DWORD error = GetLastError();
    if (security.lpSecurityDescriptor != NULL) {
        LocalFree(security.lpSecurityDescriptor);
    }
    SetLastError(error);
    return done;
}

static BOOL set_reparse(const wchar_t *path, const void *data, size_t length)
{
    DWORD got = 0;
    HANDLE handle =
        CreateFileW(path, GENERIC_WRITE, OB_SHARE_ALL, NULL, OPEN_EXISTING, ITSELF, NULL);
    if (handle == INVALID_HANDLE_VALUE) {
        return FALSE;
    }
    BOOL done = DeviceIoControl(handle, FSCTL_SET_REPARSE_POINT, (void *)(uintptr_t)data,
                                (DWORD)length, NULL, 0, &got, NULL);
    DWORD error = GetLastError();
    CloseHandle(handle);
    SetLastError(error);
    return done;
}

ob_status ob_windows_make_node(const ob_fs *fs, ob_dir *dir, const char *name,
                               const ob_file_info *info, const void *data, size_t length)
{
    wchar_t *path = NULL;
    ob_status status = ob_windows_path_in(dir, name, &path);
    (void)fs;
    if (OB_FAILED(status)) {
        return status;
    }
    if (info->type != OB_FILE_OTHER || length == 0 || length > MAXIMUM_REPARSE_DATA_BUFFER_SIZE) {
        status = ob_fail(OB_E_NOT_SUPPORTED, "%s: this system has no such files", name);
    } else if (!create_empty(path, info)) {
        status = ob_windows_fail_path(GetLastError(), path);
    } else if (!set_reparse(path, data, length)) {
        status = ob_windows_fail_path(GetLastError(), path);
        if ((info->attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
            RemoveDirectoryW(path);
        } else {
            DeleteFileW(path);
        }
    }
    ob_free(path);
    return status;
}
