#include "fs_private.h"
#include "ob/alloc.h"
#include "ob/text.h"

#include <string.h>

#ifndef SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE
#define SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE 2
#endif

ob_status ob_windows_path_in(const ob_dir *dir, const char *name, wchar_t **out)
{
    wchar_t *wide = NULL;
    if (dir == NULL) {
        return ob_windows_path(name, out);
    }
    if (name[0] == '\0' || strpbrk(name, "/\\:") != NULL || strcmp(name, ".") == 0 ||
        strcmp(name, "..") == 0) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "\"%s\" is not a name in a folder", name);
    }
    ob_status status = ob_windows_to_wide(name, &wide);
    if (OB_FAILED(status)) {
        return status;
    }
    size_t base = wcslen(dir->path);
    size_t length = wcslen(wide);
    wchar_t *path = ob_realloc_array(NULL, base + length + 2, sizeof *path);
    if (path == NULL) {
        ob_free(wide);
        return ob_fail(OB_E_NO_MEMORY, "%s", name);
    }
    wmemcpy(path, dir->path, base);
    if (base > 0 && path[base - 1] != L'\\') {
        path[base++] = L'\\';
    }
    wmemcpy(path + base, wide, length + 1);
    ob_free(wide);
    *out = path;
    return OB_OK;
}

/* Two paths, of which both or none come out. */
static ob_status two_paths(const ob_dir *dirs[2], const char *names[2], wchar_t *out[2])
{
    wchar_t *first = NULL;
    ob_status status = ob_windows_path_in(dirs[0], names[0], &first);
    if (status == OB_OK) {
        status = ob_windows_path_in(dirs[1], names[1], &out[1]);
    }
    if (OB_FAILED(status)) {
        ob_free(first);
        return status;
    }
    out[0] = first;
    return OB_OK;
}

/* A handle that lists a folder, or INVALID_HANDLE_VALUE. Without FILE_SHARE_DELETE nobody moves the
 * folder while it is open; where somebody holds it for deletion already, that must be allowed. */
static HANDLE open_folder(const wchar_t *path, bool follow)
{
    DWORD flags = FILE_FLAG_BACKUP_SEMANTICS | (follow ? 0 : FILE_FLAG_OPEN_REPARSE_POINT);
    DWORD access = FILE_LIST_DIRECTORY | FILE_READ_ATTRIBUTES;
    HANDLE handle = CreateFileW(path, access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                                OPEN_EXISTING, flags, NULL);
    if (handle == INVALID_HANDLE_VALUE && GetLastError() == ERROR_SHARING_VIOLATION) {
        handle = CreateFileW(path, access, OB_SHARE_ALL, NULL, OPEN_EXISTING, flags, NULL);
    }
    return handle;
}

static void dir_close(const ob_fs *fs, ob_dir *dir)
{
    (void)fs;
    if (dir == NULL) {
        return;
    }
    if (dir->search != INVALID_HANDLE_VALUE) {
        FindClose(dir->search);
    }
    if (dir->handle != INVALID_HANDLE_VALUE) {
        CloseHandle(dir->handle);
    }
    ob_buf_free(&dir->name);
    ob_free(dir->path);
    ob_free(dir);
}

static ob_status dir_open(const ob_fs *fs, ob_dir *parent, const char *name, ob_dir **out)
{
    ob_file_type type = OB_FILE_OTHER;
    ob_dir *dir = ob_calloc(1, sizeof *dir);
    if (dir == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", name);
    }
    dir->handle = INVALID_HANDLE_VALUE;
    dir->search = INVALID_HANDLE_VALUE;
    ob_status status = ob_windows_path_in(parent, name, &dir->path);
    if (OB_FAILED(status)) {
        goto out;
    }
    dir->handle = open_folder(dir->path, parent == NULL);
    if (dir->handle == INVALID_HANDLE_VALUE) {
        status = ob_windows_fail_path(GetLastError(), dir->path);
        goto out;
    }
    status = ob_windows_type_of(dir->handle, dir->path, &type);
    if (status == OB_OK && type != OB_FILE_DIR) {
        status = ob_windows_fail_path(ERROR_DIRECTORY, dir->path);
    }
    if (OB_FAILED(status)) {
        goto out;
    }
    *out = dir;
    dir = NULL; /* transferred */
out:
    dir_close(fs, dir);
    return status;
}

/* The next entry into *data. *found is false at the end. */
static ob_status next_entry(ob_dir *dir, WIN32_FIND_DATAW *data, bool *found)
{
    BOOL success = FALSE;
    if (dir->ended) {
        *found = false;
        return OB_OK;
    }
    if (dir->search != INVALID_HANDLE_VALUE) {
        success = FindNextFileW(dir->search, data);
    } else {
        wchar_t *pattern = NULL;
        size_t length = wcslen(dir->path);
        pattern = ob_realloc_array(NULL, length + 3, sizeof *pattern);
        if (pattern == NULL) {
            return ob_fail(OB_E_NO_MEMORY, "a folder's list");
        }
        wmemcpy(pattern, dir->path, length);
        wmemcpy(pattern + length, dir->path[length - 1] == L'\\' ? L"*" : L"\\*", 3);
        dir->search = FindFirstFileExW(pattern, FindExInfoBasic, data, FindExSearchNameMatch, NULL,
                                       FIND_FIRST_EX_LARGE_FETCH);
        success = dir->search != INVALID_HANDLE_VALUE;
        ob_free(pattern);
    }
    DWORD error = success ? ERROR_SUCCESS : GetLastError();
    /* An empty root has no "." and answers that nothing is there. */
    if (!success && error != ERROR_NO_MORE_FILES && error != ERROR_FILE_NOT_FOUND) {
        return ob_windows_fail_path(error, dir->path);
    }
    dir->ended = !success;
    *found = success;
    return OB_OK;
}

static ob_status dir_read(const ob_fs *fs, ob_dir *dir, ob_dir_entry *out)
{
    WIN32_FIND_DATAW data;
    bool found = true;
    (void)fs;
    do {
        ob_status status = next_entry(dir, &data, &found);
        if (OB_FAILED(status)) {
            return status;
        }
        if (!found) {
            *out = (ob_dir_entry){0};
            return OB_OK;
        }
    } while (wcscmp(data.cFileName, L".") == 0 || wcscmp(data.cFileName, L"..") == 0);
    ob_buf_clear(&dir->name);
    ob_wtf8_from_utf16(&dir->name, (const uint16_t *)data.cFileName, wcslen(data.cFileName));
    ob_buf_put_u8(&dir->name, 0);
    ob_status status = ob_buf_status(&dir->name);
    if (status == OB_OK) {
        ob_file_type type = ob_windows_type(data.dwFileAttributes, data.dwReserved0);
        *out = (ob_dir_entry){(const char *)dir->name.data, type, 0};
    }
    return status;
}

static ob_status dir_sync(const ob_fs *fs, ob_dir *dir)
{
    (void)fs;
    HANDLE handle = CreateFileW(dir->path, GENERIC_WRITE, OB_SHARE_ALL, NULL, OPEN_EXISTING,
                                FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (handle == INVALID_HANDLE_VALUE) {
        return OB_OK;
    }
    /* Best effort: NTFS and ReFS log names themselves, in order, and other file systems refuse. */
    FlushFileBuffers(handle);
    CloseHandle(handle);
    return OB_OK;
}

static ob_status make_dir(const ob_fs *fs, ob_dir *dir, const char *name, bool private_to_owner)
{
    wchar_t *path = NULL;
    SECURITY_ATTRIBUTES security = {.nLength = sizeof security};
    ob_status status = ob_windows_path_in(dir, name, &path);
    (void)fs;
    if (OB_FAILED(status)) {
        return status;
    }
    if (private_to_owner) {
        security.lpSecurityDescriptor = ob_windows_private_security();
    }
    if (private_to_owner && security.lpSecurityDescriptor == NULL) {
        status = ob_windows_fail_path(GetLastError(), path);
    } else if (!CreateDirectoryW(path, private_to_owner ? &security : NULL)) {
        status = ob_windows_fail_path(GetLastError(), path);
    }
    if (security.lpSecurityDescriptor != NULL) {
        LocalFree(security.lpSecurityDescriptor);
    }
    ob_free(path);
    return status;
}

static bool is_link_to_folder(DWORD attributes)
{
    DWORD both = FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT;
    return attributes != INVALID_FILE_ATTRIBUTES && (attributes & both) == both;
}

/* Removes what is no folder: as on POSIX a link to a folder is none, and "read-only" protects the
 * bytes of a file but not its name. */
static BOOL delete_name(const wchar_t *path)
{
    if (DeleteFileW(path)) {
        return TRUE;
    }
    DWORD error = GetLastError();
    DWORD attributes = GetFileAttributesW(path);
    if (error == ERROR_ACCESS_DENIED && is_link_to_folder(attributes)) {
        return RemoveDirectoryW(path);
    }
    if (error == ERROR_ACCESS_DENIED && attributes != INVALID_FILE_ATTRIBUTES &&
        (attributes & FILE_ATTRIBUTE_DIRECTORY) == 0 &&
        (attributes & FILE_ATTRIBUTE_READONLY) != 0 &&
        SetFileAttributesW(path, attributes & ~(DWORD)FILE_ATTRIBUTE_READONLY)) {
        return DeleteFileW(path);
    }
    SetLastError(error);
    return FALSE;
}

static ob_status remove_file(const ob_fs *fs, ob_dir *dir, const char *name)
{
    wchar_t *path = NULL;
    ob_status status = ob_windows_path_in(dir, name, &path);
    (void)fs;
    if (status == OB_OK && !delete_name(path)) {
        status = ob_windows_fail_path(GetLastError(), path);
    }
    ob_free(path);
    return status;
}

static ob_status remove_dir(const ob_fs *fs, ob_dir *dir, const char *name)
{
    wchar_t *path = NULL;
    ob_status status = ob_windows_path_in(dir, name, &path);
    (void)fs;
    if (status == OB_OK && !RemoveDirectoryW(path)) {
        status = ob_windows_fail_path(GetLastError(), path);
    }
    ob_free(path);
    return status;
}

/* Somebody who reads the file to replace (an indexer, a scanner, another program of ours) denies
 * access to it for a moment. So does the system for good reasons, which costs half a second then. */
static BOOL move_patiently(const wchar_t *from, const wchar_t *to, DWORD flags)
{
    for (DWORD wait = 1;; wait *= 2) {
        if (MoveFileExW(from, to, flags)) {
            return TRUE;
        }
        DWORD error = GetLastError();
        bool passing = error == ERROR_ACCESS_DENIED || error == ERROR_SHARING_VIOLATION;
        if (!passing || (flags & MOVEFILE_REPLACE_EXISTING) == 0 || wait > 256) {
            SetLastError(error);
            return FALSE;
        }
        Sleep(wait);
    }
}

static ob_status move_name(ob_dir *from_dir, const char *from, ob_dir *to_dir, const char *to,
                           DWORD flags)
{
    const ob_dir *dirs[2] = {from_dir, to_dir};
    const char *names[2] = {from, to};
    wchar_t *paths[2] = {NULL, NULL};
    ob_status status = two_paths(dirs, names, paths);
    if (status == OB_OK && !move_patiently(paths[0], paths[1], flags)) {
        DWORD error = GetLastError();
        status = ob_windows_fail_path(error, paths[ob_windows_status(error) == OB_E_EXISTS]);
    }
    ob_free(paths[0]);
    ob_free(paths[1]);
    return status;
}

static ob_status rename_file(const ob_fs *fs, ob_dir *from_dir, const char *from, ob_dir *to_dir,
                             const char *to)
{
    (void)fs;
    return move_name(from_dir, from, to_dir, to,
                     MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH);
}

static ob_status rename_new(const ob_fs *fs, ob_dir *from_dir, const char *from, ob_dir *to_dir,
                            const char *to)
{
    (void)fs;
    return move_name(from_dir, from, to_dir, to, MOVEFILE_WRITE_THROUGH);
}

static BOOL create_link(const wchar_t *path, const wchar_t *target, DWORD flags)
{
    DWORD unprivileged = SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE;
    if (CreateSymbolicLinkW(path, target, flags | unprivileged)) {
        return TRUE;
    }
    /* Windows before 10 version 1703 does not know that flag. */
    return GetLastError() == ERROR_INVALID_PARAMETER && CreateSymbolicLinkW(path, target, flags);
}

static ob_status make_symlink(const ob_fs *fs, ob_dir *dir, const char *name, const char *target,
                              bool target_is_dir)
{
    wchar_t *path = NULL;
    wchar_t *wide = NULL;
    ob_status status = ob_windows_path_in(dir, name, &path);
    (void)fs;
    if (status == OB_OK) {
        status = ob_windows_to_wide(target, &wide);
    }
    if (OB_FAILED(status)) {
        goto out;
    }
    for (wchar_t *c = wide; *c != L'\0'; c++) {
        *c = *c == L'/' ? L'\\' : *c; /* a link with the other kind leads nowhere */
    }
    if (!create_link(path, wide, target_is_dir ? SYMBOLIC_LINK_FLAG_DIRECTORY : 0)) {
        status = ob_windows_fail_path(GetLastError(), path);
    } else if (GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES) {
        /* Wine says that it made a link and did not. */
        status = ob_windows_fail_path(ERROR_NOT_SUPPORTED, path);
    }
out:
    ob_free(wide);
    ob_free(path);
    return status;
}

static ob_status make_link(const ob_fs *fs, ob_dir *old_dir, const char *old_name, ob_dir *new_dir,
                           const char *new_name)
{
    const ob_dir *dirs[2] = {old_dir, new_dir};
    const char *names[2] = {old_name, new_name};
    wchar_t *paths[2] = {NULL, NULL};
    ob_status status = two_paths(dirs, names, paths);
    (void)fs;
    if (status == OB_OK && !CreateHardLinkW(paths[1], paths[0], NULL)) {
        status = ob_windows_fail_path(GetLastError(), paths[1]);
    }
    ob_free(paths[0]);
    ob_free(paths[1]);
    return status;
}

const ob_fs *ob_fs_os(void)
{
    static const ob_fs fs = {
        .dir_open = dir_open,
        .dir_read = dir_read,
        .dir_close = dir_close,
        .dir_sync = dir_sync,
        .stat = ob_windows_stat,
        .open = ob_windows_open,
        .close = ob_windows_close,
        .file_stat = ob_windows_file_stat,
        .read_at = ob_windows_read_at,
        .write_at = ob_windows_write_at,
        .truncate = ob_windows_truncate,
        .sync = ob_windows_sync,
        .lock = ob_windows_lock,
        .map = ob_windows_map,
        .unmap = ob_windows_unmap,
        .make_dir = make_dir,
        .remove_file = remove_file,
        .remove_dir = remove_dir,
        .rename = rename_file,
        .rename_new = rename_new,
        .read_link = ob_windows_read_link,
        .make_symlink = make_symlink,
        .make_link = make_link,
        .set_meta = ob_windows_set_meta,
        .space = ob_windows_space,
        .read_extras = ob_windows_read_extras,
        .write_extra = ob_windows_write_extra,
        .data_map = ob_windows_data_map,
        .make_node = ob_windows_make_node,
        .open_stream = ob_windows_open_stream,
    };
    return &fs;
}
