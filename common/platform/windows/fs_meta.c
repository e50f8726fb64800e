#include "fs_private.h"
#include "ob/alloc.h"
#include "ob/text.h"

#include <string.h>
#include <winioctl.h>

/* 100 ns since 1601 at 1970-01-01. */
#define EPOCH INT64_C(116444736000000000)
#define NAME_SURROGATE 0x20000000u /* bit of a reparse tag: the thing stands for another one */

#ifndef MAXIMUM_REPARSE_DATA_BUFFER_SIZE
#define MAXIMUM_REPARSE_DATA_BUFFER_SIZE 16384
#endif

static int64_t time_of(int64_t ticks)
{
    int64_t most = INT64_MAX / 100;
    ticks -= EPOCH;
    ticks = ticks > most ? most : ticks < -most ? -most : ticks;
    return ticks * 100;
}

static int64_t time_of_filetime(FILETIME time)
{
    return time_of((int64_t)((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime));
}

static int64_t ticks_of(int64_t time)
{
    int64_t ticks = time / 100 - (time % 100 < 0 ? 1 : 0) + EPOCH;
    return ticks > 0 ? ticks : 1; /* 0 and less mean "leave it" */
}

bool ob_windows_is_remote(DWORD reparse_tag)
{
    return (reparse_tag & 0xFFFF0FFFu) == 0x9000001Au; /* IO_REPARSE_TAG_CLOUD and _1 to _F */
}

/* Tags of things that are not names of others, but have no content of their own either. */
static bool is_thing(DWORD reparse_tag)
{
    static const DWORD tags[] = {0x8000001B, 0x80000014, 0x80000023, /* program link, NFS, socket */
                                 0x80000024, 0x80000025, 0x80000026}; /* WSL: FIFO, devices */
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        if (reparse_tag == tags[i]) {
            return true;
        }
    }
    return false;
}

ob_file_type ob_windows_type(DWORD attributes, DWORD reparse_tag)
{
    if ((attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) {
        if (reparse_tag == IO_REPARSE_TAG_SYMLINK) {
            return OB_FILE_SYMLINK;
        }
        /* What stands for something else is just that; what a filter keeps in a form of its own
         * (compressed, deduplicated) is a file or folder as any other, but for a file whose content
         * is in the cloud. */
        if ((reparse_tag & NAME_SURROGATE) != 0 || is_thing(reparse_tag) ||
            ((attributes & FILE_ATTRIBUTE_DIRECTORY) == 0 && ob_windows_is_remote(reparse_tag))) {
            return OB_FILE_OTHER;
        }
    }
    return (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0 ? OB_FILE_DIR : OB_FILE_REGULAR;
}

static DWORD tag_of(HANDLE handle)
{
    FILE_ATTRIBUTE_TAG_INFO tag = {0};
    GetFileInformationByHandleEx(handle, FileAttributeTagInfo, &tag, sizeof tag);
    return tag.ReparseTag;
}

ob_status ob_windows_type_of(HANDLE handle, const wchar_t *path, ob_file_type *out)
{
    FILE_BASIC_INFO basic;
    if (!GetFileInformationByHandleEx(handle, FileBasicInfo, &basic, sizeof basic)) {
        return ob_windows_fail_path(GetLastError(), path);
    }
    DWORD attributes = basic.FileAttributes;
    DWORD tag = (attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 ? tag_of(handle) : 0;
    *out = ob_windows_type(attributes, tag);
    return OB_OK;
}

ob_status ob_windows_info(HANDLE handle, const wchar_t *path, ob_file_info *out)
{
    BY_HANDLE_FILE_INFORMATION info;
    FILE_BASIC_INFO basic;
    if (!GetFileInformationByHandle(handle, &info) ||
        !GetFileInformationByHandleEx(handle, FileBasicInfo, &basic, sizeof basic)) {
        return ob_windows_fail_path(GetLastError(), path);
    }
    DWORD attributes = info.dwFileAttributes;
    DWORD tag = (attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 ? tag_of(handle) : 0;
    *out = (ob_file_info){
        .type = ob_windows_type(attributes, tag),
        .attributes = attributes,
        .links = info.nNumberOfLinks,
        .size = (uint64_t)info.nFileSizeHigh << 32 | info.nFileSizeLow,
        .allocated = (attributes & FILE_ATTRIBUTE_SPARSE_FILE) != 0 ? 0 : INT64_MAX,
        .device = info.dwVolumeSerialNumber,
        .file_id = (uint64_t)info.nFileIndexHigh << 32 | info.nFileIndexLow,
        .mtime = time_of(basic.LastWriteTime.QuadPart),
        .ctime = time_of(basic.ChangeTime.QuadPart),
        .atime = time_of(basic.LastAccessTime.QuadPart),
        .btime = time_of(basic.CreationTime.QuadPart),
    };
    return OB_OK;
}

static HANDLE open_itself(const wchar_t *path, DWORD access)
{
    return CreateFileW(path, access, OB_SHARE_ALL, NULL, OPEN_EXISTING,
                       FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
}

/* What the folder's list says of a file that cannot be opened at all (the page file). */
static ob_status stat_by_list(const wchar_t *path, DWORD error, ob_file_info *out)
{
    WIN32_FIND_DATAW data;
    HANDLE search = INVALID_HANDLE_VALUE;
    if (error == ERROR_SHARING_VIOLATION || error == ERROR_ACCESS_DENIED) {
        search = FindFirstFileExW(path, FindExInfoBasic, &data, FindExSearchNameMatch, NULL, 0);
    }
    if (search == INVALID_HANDLE_VALUE) {
        return ob_windows_fail_path(error, path);
    }
    FindClose(search);
    *out = (ob_file_info){
        .type = ob_windows_type(data.dwFileAttributes, data.dwReserved0),
        .attributes = data.dwFileAttributes,
        .links = 1,
        .size = (uint64_t)data.nFileSizeHigh << 32 | data.nFileSizeLow,
        .mtime = time_of_filetime(data.ftLastWriteTime),
        .ctime = time_of_filetime(data.ftLastWriteTime),
        .atime = time_of_filetime(data.ftLastAccessTime),
        .btime = time_of_filetime(data.ftCreationTime),
    };
    return OB_OK;
}

ob_status ob_windows_stat(const ob_fs *fs, ob_dir *dir, const char *name, ob_file_info *out)
{
    wchar_t *path = NULL;
    ob_status status = ob_windows_path_in(dir, name, &path);
    (void)fs;
    if (OB_FAILED(status)) {
        return status;
    }
    HANDLE handle = open_itself(path, FILE_READ_ATTRIBUTES);
    if (handle == INVALID_HANDLE_VALUE) {
        status = stat_by_list(path, GetLastError(), out);
    } else {
        status = ob_windows_info(handle, path, out);
        CloseHandle(handle);
    }
    ob_free(path);
    return status;
}

/* The target in the data of a symbolic link ([MS-FSCC] 2.1.2.4). "\??\" is how the system writes
 * an absolute one for itself. */
static ob_status parse_link(const void *data, size_t length, char **out)
{
    static const uint16_t own[] = {'\\', '?', '?', '\\'};
    static const uint16_t unc[] = {'U', 'N', 'C', '\\'};
    uint16_t units[MAXIMUM_REPARSE_DATA_BUFFER_SIZE / 2];
    ob_buf text = {0};
    ob_reader reader = ob_reader_of(data, length);
    uint32_t tag = ob_read_u32(&reader);
    ob_read_u32(&reader); /* length of what follows, reserved */
    uint16_t offset = ob_read_u16(&reader);
    uint16_t size = ob_read_u16(&reader);
    ob_read_bytes(&reader, 8); /* the name to show, flags */
    ob_read_bytes(&reader, offset);
    ob_read_copy(&reader, units, size < sizeof units ? size : sizeof units);
    if (tag != IO_REPARSE_TAG_SYMLINK) {
        return ob_fail(OB_E_NOT_SUPPORTED, "not a symbolic link");
    }
    ob_status status = ob_reader_status(&reader, "a symbolic link");
    if (OB_FAILED(status)) {
        return status;
    }
    const uint16_t *from = units;
    size_t count = size / 2;
    if (count >= 4 && memcmp(from, own, sizeof own) == 0) {
        from += 4;
        count -= 4;
        if (count >= 4 && memcmp(from, unc, sizeof unc) == 0) {
            from += 3;
            count -= 3;
            ob_buf_put_text(&text, "\\");
        }
    }
    ob_wtf8_from_utf16(&text, from, count);
    char *target = ob_buf_take_text(&text);
    ob_buf_free(&text);
    if (target == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a symbolic link");
    }
    *out = target;
    return OB_OK;
}

ob_status ob_windows_read_link(const ob_fs *fs, ob_dir *dir, const char *name, char **out)
{
    wchar_t *path = NULL;
    uint8_t data[MAXIMUM_REPARSE_DATA_BUFFER_SIZE];
    DWORD length = 0;
    ob_status status = ob_windows_path_in(dir, name, &path);
    (void)fs;
    if (OB_FAILED(status)) {
        return status;
    }
    HANDLE handle = open_itself(path, FILE_READ_ATTRIBUTES);
    if (handle == INVALID_HANDLE_VALUE) {
        status = ob_windows_fail_path(GetLastError(), path);
        goto out;
    }
    if (DeviceIoControl(handle, FSCTL_GET_REPARSE_POINT, NULL, 0, data, sizeof data, &length,
                        NULL)) {
        status = parse_link(data, length, out);
    } else {
        DWORD error = GetLastError();
        status = ob_windows_fail_path(
            error == ERROR_NOT_A_REPARSE_POINT ? ERROR_NOT_SUPPORTED : error, path);
    }
    CloseHandle(handle);
out:
    ob_free(path);
    return status;
}

/* How an empty file is to be stored. */
static ob_status set_storage(const wchar_t *path, DWORD attributes)
{
    ob_status status = OB_OK;
    DWORD got = 0;
    USHORT format = COMPRESSION_FORMAT_DEFAULT;
    HANDLE handle = open_itself(path, GENERIC_READ | GENERIC_WRITE);
    if (handle == INVALID_HANDLE_VALUE) {
        return ob_windows_fail_path(GetLastError(), path);
    }
    if ((attributes & FILE_ATTRIBUTE_SPARSE_FILE) != 0 &&
        !DeviceIoControl(handle, FSCTL_SET_SPARSE, NULL, 0, NULL, 0, &got, NULL)) {
        status = ob_windows_fail_path(GetLastError(), path);
    }
    if ((attributes & FILE_ATTRIBUTE_COMPRESSED) != 0 &&
        !DeviceIoControl(handle, FSCTL_SET_COMPRESSION, &format, sizeof format, NULL, 0, &got,
                         NULL)) {
        status = ob_windows_fail_path(GetLastError(), path);
    }
    CloseHandle(handle);
    return status;
}

ob_status ob_windows_set_meta(const ob_fs *fs, ob_dir *dir, const char *name,
                              const ob_file_info *info, int mask)
{
    wchar_t *path = NULL;
    FILE_BASIC_INFO basic = {0}; /* 0: leave it */
    const DWORD settable = FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM |
                           FILE_ATTRIBUTE_ARCHIVE | FILE_ATTRIBUTE_NOT_CONTENT_INDEXED |
                           FILE_ATTRIBUTE_TEMPORARY;
    ob_status status = ob_windows_path_in(dir, name, &path);
    (void)fs;
    if (OB_FAILED(status)) {
        return status;
    }
    if ((mask & OB_META_TIMES) != 0) {
        basic.LastWriteTime.QuadPart = ticks_of(info->mtime);
        basic.LastAccessTime.QuadPart = ticks_of(info->atime);
        basic.CreationTime.QuadPart = info->btime != 0 ? ticks_of(info->btime) : 0;
    }
    if ((mask & OB_META_ATTRIBUTES) != 0) {
        DWORD attributes = info->attributes & settable;
        basic.FileAttributes = attributes != 0 ? attributes : FILE_ATTRIBUTE_NORMAL;
    }
    if (mask == OB_META_OWNER || mask == OB_META_MODE || mask == OB_META_FLAGS) {
        goto out; /* there is none of it here, and nothing to open the file for */
    }
    if ((mask & OB_META_STORAGE) != 0) {
        status = set_storage(path, info->attributes);
    }
    HANDLE handle = open_itself(path, FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES);
    if (handle == INVALID_HANDLE_VALUE) {
        status = ob_windows_fail_path(GetLastError(), path);
    } else {
        if ((mask & (OB_META_TIMES | OB_META_ATTRIBUTES)) != 0 &&
            !SetFileInformationByHandle(handle, FileBasicInfo, &basic, sizeof basic)) {
            status = ob_windows_fail_path(GetLastError(), path);
        }
        CloseHandle(handle);
    }
out:
    ob_free(path);
    return status;
}

ob_status ob_windows_space(const ob_fs *fs, const char *path, uint64_t *free_bytes,
                           uint64_t *total_bytes)
{
    wchar_t *wide = NULL;
    wchar_t *volume = NULL;
    ULARGE_INTEGER left;
    ULARGE_INTEGER total;
    ob_status status = ob_windows_path(path, &wide);
    (void)fs;
    if (OB_FAILED(status)) {
        return status;
    }
    DWORD size = (DWORD)wcslen(wide) + 2;
    volume = ob_realloc_array(NULL, size, sizeof *volume);
    if (volume == NULL) {
        status = ob_fail(OB_E_NO_MEMORY, "%s", path);
    } else if (GetFileAttributesW(wide) == INVALID_FILE_ATTRIBUTES ||
               !GetVolumePathNameW(wide, volume, size) ||
               !GetDiskFreeSpaceExW(volume, &left, &total, NULL)) {
        status = ob_windows_fail_path(GetLastError(), wide);
    } else {
        *free_bytes = left.QuadPart;
        *total_bytes = total.QuadPart;
    }
    ob_free(volume);
    ob_free(wide);
    return status;
}
