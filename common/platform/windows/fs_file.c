#include "fs_private.h"
#include "ob/alloc.h"

#include <sddl.h>
#include <string.h>

/* Where lock() puts its byte: locks are mandatory here, and this byte is never read or written. */
#define LOCK_OFFSET UINT64_C(0x7FFFFFFFFFFFFFFE)
#define MOST_AT_ONCE ((DWORD)1 << 30)

PSECURITY_DESCRIPTOR ob_windows_private_security(void)
{
    /* Full access for SYSTEM, Administrators and the owner (S-1-3-4), passed on to children, and
     * nothing inherited from above. */
    static const wchar_t text[] = L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;S-1-3-4)";
    PSECURITY_DESCRIPTOR security = NULL;
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1, &security,
                                                              NULL)) {
        return NULL;
    }
    return security;
}

/* True if the process has it. */
static bool enable_privilege(HANDLE token, const wchar_t *name)
{
    TOKEN_PRIVILEGES privileges = {.PrivilegeCount = 1};
    privileges.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
    return LookupPrivilegeValueW(NULL, name, &privileges.Privileges[0].Luid) &&
           AdjustTokenPrivileges(token, FALSE, &privileges, 0, NULL, NULL) &&
           GetLastError() == ERROR_SUCCESS; /* else ERROR_NOT_ALL_ASSIGNED, after success */
}

static INIT_ONCE privileges_once = INIT_ONCE_STATIC_INIT;
static bool may_audit;

static BOOL CALLBACK enable_backup(PINIT_ONCE once, PVOID parameter, PVOID *context)
{
    HANDLE token = NULL;
    (void)once;
    (void)parameter;
    (void)context;
    if (OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES, &token)) {
        enable_privilege(token, L"SeBackupPrivilege");
        enable_privilege(token, L"SeRestorePrivilege");
        may_audit = enable_privilege(token, L"SeSecurityPrivilege");
        CloseHandle(token);
    }
    return TRUE;
}

bool ob_windows_may_audit(void)
{
    InitOnceExecuteOnce(&privileges_once, enable_backup, NULL, NULL);
    return may_audit;
}

static HANDLE create(const wchar_t *path, int flags, DWORD more, SECURITY_ATTRIBUTES *security)
{
    DWORD access = (flags & OB_OPEN_READ) != 0 ? GENERIC_READ : 0;
    DWORD disposition = OPEN_EXISTING;
    access |= (flags & OB_OPEN_WRITE) != 0 ? GENERIC_WRITE : 0;
    if ((flags & OB_OPEN_CREATE) != 0) {
        disposition = (flags & OB_OPEN_EXCLUSIVE) != 0 ? CREATE_NEW : OPEN_ALWAYS;
    }
    if ((flags & OB_OPEN_BACKUP) != 0) {
        InitOnceExecuteOnce(&privileges_once, enable_backup, NULL, NULL);
        more |= FILE_FLAG_BACKUP_SEMANTICS;
    }
    more |= (flags & OB_OPEN_SEQUENTIAL) != 0 ? FILE_FLAG_SEQUENTIAL_SCAN : 0;
    return CreateFileW(path, access, OB_SHARE_ALL, security, disposition,
                       FILE_ATTRIBUTE_NORMAL | more, NULL);
}

/* A file that some filter of the system stores in a form of its own (compressed, deduplicated, in
 * the cloud) was opened as that form: opens it again through the filter. */
static ob_status open_through_filter(ob_file *file, int flags, const ob_file_info *raw)
{
    ob_file_info info;
    HANDLE handle = create(file->path, flags & ~(OB_OPEN_CREATE | OB_OPEN_EXCLUSIVE), 0, NULL);
    if (handle == INVALID_HANDLE_VALUE) {
        return ob_windows_fail_path(GetLastError(), file->path);
    }
    CloseHandle(file->handle);
    file->handle = handle;
    ob_status status = ob_windows_info(handle, file->path, &info);
    if (status == OB_OK && (info.file_id != raw->file_id || info.device != raw->device)) {
        status = ob_windows_fail_path(ERROR_NOT_SUPPORTED, file->path);
    }
    return status;
}

/* That the open file is one that open() gives, and empty when that was asked for. */
static ob_status check_open(const ob_fs *fs, ob_file *file, int flags)
{
    ob_file_info info;
    ob_status status = ob_windows_info(file->handle, file->path, &info);
    if (OB_FAILED(status)) {
        return status;
    }
    if (info.type == OB_FILE_REGULAR && (info.attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) {
        status = open_through_filter(file, flags, &info);
    } else if (info.type != OB_FILE_REGULAR) {
        status = ob_windows_fail_path(ERROR_NOT_SUPPORTED, file->path);
    }
    if (status == OB_OK && (flags & OB_OPEN_TRUNCATE) != 0) {
        status = ob_windows_truncate(fs, file, 0);
    }
    return status;
}

ob_status ob_windows_open(const ob_fs *fs, ob_dir *dir, const char *name, int flags, ob_file **out)
{
    SECURITY_ATTRIBUTES security = {.nLength = sizeof security};
    bool private_to_owner = (flags & OB_OPEN_PRIVATE) != 0;
    ob_file *file = ob_calloc(1, sizeof *file);
    if (file == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", name);
    }
    file->handle = INVALID_HANDLE_VALUE;
    ob_status status = ob_windows_path_in(dir, name, &file->path);
    if (OB_FAILED(status)) {
        goto out;
    }
    if (private_to_owner) {
        security.lpSecurityDescriptor = ob_windows_private_security();
        if (security.lpSecurityDescriptor == NULL) {
            status = ob_windows_fail_path(GetLastError(), file->path);
            goto out;
        }
    }
    file->handle = create(file->path, flags, dir != NULL ? FILE_FLAG_OPEN_REPARSE_POINT : 0,
                          private_to_owner ? &security : NULL);
    if (file->handle == INVALID_HANDLE_VALUE) {
        DWORD error = GetLastError();
        DWORD attributes = GetFileAttributesW(file->path);
        bool folder =
            attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
        status = ob_windows_fail_path(
            error == ERROR_ACCESS_DENIED && folder ? ERROR_NOT_SUPPORTED : error, file->path);
        goto out;
    }
    status = check_open(fs, file, flags);
    if (OB_FAILED(status)) {
        goto out;
    }
    *out = file;
    file = NULL; /* transferred */
out:
    if (security.lpSecurityDescriptor != NULL) {
        LocalFree(security.lpSecurityDescriptor);
    }
    ob_windows_close(fs, file);
    return status;
}

ob_status ob_windows_open_stream(const ob_fs *fs, ob_dir *dir, const char *name, const char *stream,
                                 int flags, ob_file **out)
{
    wchar_t *wide = NULL;
    ob_file *file = ob_calloc(1, sizeof *file);
    if (file == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", name);
    }
    file->handle = INVALID_HANDLE_VALUE;
    ob_status status = ob_windows_path_in(dir, name, &file->path);
    if (!OB_FAILED(status) && (stream[0] == '\0' || strpbrk(stream, "/\\:") != NULL)) {
        status = ob_fail(OB_E_INVALID_ARGUMENT, "\"%s\" is not a name of a stream", stream);
    }
    if (!OB_FAILED(status)) {
        status = ob_windows_to_wide(stream, &wide);
    }
    if (OB_FAILED(status)) {
        goto out;
    }
    size_t base = wcslen(file->path);
    size_t length = wcslen(wide);
    wchar_t *path = ob_realloc_array(file->path, base + length + 2, sizeof *path);
    if (path == NULL) {
        status = ob_fail(OB_E_NO_MEMORY, "%s", name);
        goto out;
    }
    file->path = path;
    path[base] = L':';
    wmemcpy(path + base + 1, wide, length + 1);
    file->handle = create(path, flags, FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    if (file->handle == INVALID_HANDLE_VALUE) {
        status = ob_windows_fail_path(GetLastError(), path);
        goto out;
    }
    if ((flags & OB_OPEN_TRUNCATE) != 0) {
        status = ob_windows_truncate(fs, file, 0);
    }
    if (!OB_FAILED(status)) {
        *out = file;
        file = NULL; /* transferred */
    }
out:
    ob_free(wide);
    ob_windows_close(fs, file);
    return status;
}

void ob_windows_close(const ob_fs *fs, ob_file *file)
{
    (void)fs;
    if (file == NULL) {
        return;
    }
    if (file->handle != INVALID_HANDLE_VALUE) {
        CloseHandle(file->handle);
    }
    ob_free(file->path);
    ob_free(file);
}

ob_status ob_windows_file_stat(const ob_fs *fs, ob_file *file, ob_file_info *out)
{
    (void)fs;
    return ob_windows_info(file->handle, file->path, out);
}

static OVERLAPPED place_of(uint64_t offset)
{
    OVERLAPPED place = {0};
    place.Offset = (DWORD)offset;
    place.OffsetHigh = (DWORD)(offset >> 32);
    return place;
}

static DWORD piece_of(size_t length)
{
    return length < MOST_AT_ONCE ? (DWORD)length : MOST_AT_ONCE;
}

ob_status ob_windows_read_at(const ob_fs *fs, ob_file *file, uint64_t offset, void *data,
                             size_t length, size_t *got)
{
    size_t done = 0;
    (void)fs;
    while (done < length) {
        OVERLAPPED place = place_of(offset + done);
        DWORD count = 0;
        if (!ReadFile(file->handle, (char *)data + done, piece_of(length - done), &count, &place) &&
            GetLastError() != ERROR_HANDLE_EOF) {
            return ob_windows_fail_path(GetLastError(), file->path);
        }
        if (count == 0) {
            break;
        }
        done += count;
    }
    *got = done;
    return OB_OK;
}

ob_status ob_windows_write_at(const ob_fs *fs, ob_file *file, uint64_t offset, const void *data,
                              size_t length)
{
    size_t done = 0;
    (void)fs;
    while (done < length) {
        OVERLAPPED place = place_of(offset + done);
        DWORD count = 0;
        if (!WriteFile(file->handle, (const char *)data + done, piece_of(length - done), &count,
                       &place)) {
            return ob_windows_fail_path(GetLastError(), file->path);
        }
        if (count == 0) {
            return ob_windows_fail_path(ERROR_WRITE_FAULT, file->path);
        }
        done += count;
    }
    return OB_OK;
}

ob_status ob_windows_truncate(const ob_fs *fs, ob_file *file, uint64_t size)
{
    FILE_END_OF_FILE_INFO info = {.EndOfFile.QuadPart = (LONGLONG)size};
    (void)fs;
    if (!SetFileInformationByHandle(file->handle, FileEndOfFileInfo, &info, sizeof info)) {
        return ob_windows_fail_path(GetLastError(), file->path);
    }
    return OB_OK;
}

ob_status ob_windows_sync(const ob_fs *fs, ob_file *file)
{
    (void)fs;
    return FlushFileBuffers(file->handle) ? OB_OK
                                          : ob_windows_fail_path(GetLastError(), file->path);
}

ob_status ob_windows_lock(const ob_fs *fs, ob_file *file)
{
    OVERLAPPED place = place_of(LOCK_OFFSET);
    (void)fs;
    if (!LockFileEx(file->handle, LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0,
                    &place)) {
        DWORD error = GetLastError();
        return ob_windows_fail_path(error == ERROR_IO_PENDING ? ERROR_LOCK_VIOLATION : error,
                                    file->path);
    }
    return OB_OK;
}

ob_status ob_windows_map(const ob_fs *fs, ob_file *file, size_t length, const void **out)
{
    (void)fs;
    HANDLE mapping = CreateFileMappingW(file->handle, NULL, PAGE_READONLY, 0, 0, NULL);
    if (mapping == NULL) {
        return ob_windows_fail_path(GetLastError(), file->path);
    }
    const void *data = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, length);
    DWORD error = GetLastError();
    CloseHandle(mapping); /* the view keeps it */
    if (data == NULL) {
        return ob_windows_fail_path(error, file->path);
    }
    *out = data;
    return OB_OK;
}

void ob_windows_unmap(const ob_fs *fs, const void *data, size_t length)
{
    (void)fs;
    (void)length;
    if (data != NULL) {
        UnmapViewOfFile(data);
    }
}
