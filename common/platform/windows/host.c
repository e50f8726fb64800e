#include "ob/host.h"

#include "ob/alloc.h"
#include "ob/fs.h"
#include "wide.h"

#include <bcrypt.h>
#include <shellapi.h>
#include <shlobj.h>
#include <string.h>

static ob_status no_memory(void)
{
    return ob_fail(OB_E_NO_MEMORY, "a name of this machine");
}

ob_status ob_host_name(char **out)
{
    wchar_t name[256];
    DWORD length = 256;
    if (!GetComputerNameExW(ComputerNameDnsHostname, name, &length) || length == 0) {
        return ob_fail(OB_E_IO, "this machine has no name");
    }
    size_t count = 0;
    while (count < length && name[count] != L'.') {
        count++;
    }
    return ob_windows_from_wide(name, count, out);
}

/* The version that the system has, not the one that it shows to old programs. */
static OSVERSIONINFOW true_version(void)
{
    typedef LONG(WINAPI * get_version)(OSVERSIONINFOW *);
    OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof version};
    HMODULE module = GetModuleHandleW(L"ntdll.dll");
    void (*found)(void) =
        module != NULL ? (void (*)(void))GetProcAddress(module, "RtlGetVersion") : NULL;
    if (found != NULL) {
        ((get_version)found)(&version);
    }
    return version;
}

ob_status ob_host_system(char **out)
{
    static const wchar_t key[] = L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";
    wchar_t name[128] = L"Windows";
    DWORD size = sizeof name - sizeof name[0];
    char *text = NULL;
    OSVERSIONINFOW version = true_version();
    RegGetValueW(HKEY_LOCAL_MACHINE, key, L"ProductName", RRF_RT_REG_SZ, NULL, name, &size);
    ob_status status = ob_windows_from_wide(name, wcsnlen(name, 127), &text);
    if (OB_FAILED(status)) {
        return status;
    }
    char *result =
        ob_asprintf("%s %lu.%lu.%lu", text, (unsigned long)version.dwMajorVersion,
                    (unsigned long)version.dwMinorVersion, (unsigned long)version.dwBuildNumber);
    ob_free(text);
    if (result == NULL) {
        return no_memory();
    }
    *out = result;
    return OB_OK;
}

const char *ob_host_platform(void)
{
    return "windows";
}

uint32_t ob_host_process_id(void)
{
    return GetCurrentProcessId();
}

bool ob_host_is_administrator(void)
{
    BYTE sid[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof sid;
    BOOL member = FALSE;
    return CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, sid, &size) &&
           CheckTokenMembership(NULL, sid, &member) && member;
}

ob_status ob_random(void *out, size_t length)
{
    uint8_t *to = out;
    while (length > 0) {
        ULONG piece = length < 0x10000000 ? (ULONG)length : 0x10000000;
        if (BCryptGenRandom(NULL, to, piece, BCRYPT_USE_SYSTEM_PREFERRED_RNG) < 0) {
            return ob_fail(OB_E_UNEXPECTED, "the system gives no random numbers");
        }
        to += piece;
        length -= piece;
    }
    return OB_OK;
}

ob_status ob_host_state_dir(char **out)
{
    wchar_t *wide = NULL;
    char *base = NULL;
    char *path = NULL;
    HRESULT result = SHGetKnownFolderPath(&FOLDERID_ProgramData, 0, NULL, &wide);
    ob_status status = OB_OK;
    if (FAILED(result)) {
        status = ob_fail(OB_E_NOT_FOUND, "the folder ProgramData");
    } else {
        status = ob_windows_from_wide(wide, wcslen(wide), &base);
    }
    if (status == OB_OK) {
        path = ob_path_join(base, "OnlineBackup");
        status = path != NULL ? OB_OK : no_memory();
    }
    if (status == OB_OK) {
        *out = path;
    }
    CoTaskMemFree(wide);
    ob_free(base);
    return status;
}

const char *ob_host_control_endpoint(void)
{
    return "OnlineBackup";
}

ob_status ob_host_environment(const char *name, char **out)
{
    wchar_t *wide_name = NULL;
    wchar_t *value = NULL;
    ob_status status = ob_windows_to_wide(name, &wide_name);
    if (OB_FAILED(status)) {
        return status;
    }
    SetLastError(ERROR_SUCCESS);
    DWORD size = GetEnvironmentVariableW(wide_name, NULL, 0);
    if (size == 0 && GetLastError() == ERROR_ENVVAR_NOT_FOUND) {
        status = ob_fail(OB_E_NOT_FOUND, "the environment variable %s is not set", name);
        goto out;
    }
    value = ob_realloc_array(NULL, (size_t)size + 1, sizeof *value);
    if (value == NULL) {
        status = no_memory();
        goto out;
    }
    DWORD length = GetEnvironmentVariableW(wide_name, value, size + 1);
    /* Another thread may have made it longer in between. */
    status = length <= size ? ob_windows_from_wide(value, length, out)
                            : ob_fail(OB_E_BUSY, "the environment variable %s changes", name);
out:
    ob_free(value);
    ob_free(wide_name);
    return status;
}

static bool is_separator(char c)
{
    return c == '\\' || c == '/';
}

/* The length of one component. */
static size_t component(const char *text)
{
    return strcspn(text, "\\/");
}

ob_status ob_host_volume_root(const char *path, char **out)
{
    char *root = NULL;
    const char *rest = path;
    bool unc = false;
    if (strncmp(path, "\\\\?\\UNC\\", 8) == 0) {
        rest = path + 8;
        unc = true;
    } else if (strncmp(path, "\\\\?\\", 4) == 0) {
        rest = path + 4;
    } else if (is_separator(path[0]) && is_separator(path[1])) {
        rest = path + 2;
        unc = true;
    }
    if (unc) {
        size_t server = component(rest);
        size_t share = rest[server] != '\0' ? component(rest + server + 1) : 0;
        if (server > 0 && share > 0) {
            root =
                ob_asprintf("\\\\%.*s\\%.*s\\", (int)server, rest, (int)share, rest + server + 1);
            goto made;
        }
    } else if (ob_path_is_absolute(rest)) {
        char letter = rest[0];
        root = ob_asprintf("%c:\\", letter >= 'a' ? letter - 'a' + 'A' : letter);
        goto made;
    }
    return ob_fail(OB_E_INVALID_ARGUMENT, "%s is not an absolute path", path);
made:
    if (root == NULL) {
        return no_memory();
    }
    *out = root;
    return OB_OK;
}

ob_status ob_host_absolute_path(const char *path, char **out)
{
    wchar_t *wide = NULL;
    wchar_t *full = NULL;
    ob_status status = OB_OK;
    if (path[0] == '\0') {
        return ob_fail(OB_E_INVALID_ARGUMENT, "an empty path");
    }
    status = ob_windows_to_wide(path, &wide);
    if (OB_FAILED(status)) {
        return status;
    }
    DWORD size = GetFullPathNameW(wide, 0, NULL, NULL);
    full = size > 0 ? ob_realloc_array(NULL, size, sizeof *full) : NULL;
    DWORD length = full != NULL ? GetFullPathNameW(wide, size, full, NULL) : 0;
    if (full == NULL && size > 0) {
        status = no_memory();
    } else if (length == 0 || length >= size) {
        status = ob_windows_fail(GetLastError(), path);
    } else {
        /* "C:\x\" is the folder "C:\x"; "C:\" keeps its separator. */
        while (length > 3 && full[length - 1] == L'\\') {
            length--;
        }
        status = ob_windows_from_wide(full, length, out);
    }
    ob_free(full);
    ob_free(wide);
    return status;
}

/* A volume without a letter has the other name. */
static DWORD name_of(HANDLE file, wchar_t *name, DWORD size)
{
    DWORD length = GetFinalPathNameByHandleW(file, name, size, VOLUME_NAME_DOS);
    return length != 0 ? length : GetFinalPathNameByHandleW(file, name, size, VOLUME_NAME_GUID);
}

/* Shows "\\?\C:\x" as "C:\x"; other forms need their prefix. */
static ob_status show_name(const wchar_t *name, DWORD length, char **out)
{
    size_t prefix = length > 6 && wcsncmp(name, L"\\\\?\\", 4) == 0 && name[5] == L':' ? 4 : 0;
    return ob_windows_from_wide(name + prefix, length - prefix, out);
}

ob_status ob_host_final_path(const char *path, char **out)
{
    wchar_t *wide = NULL;
    wchar_t *name = NULL;
    ob_status status = ob_windows_path(path, &wide);
    if (OB_FAILED(status)) {
        return status;
    }
    HANDLE file = CreateFileW(wide, FILE_READ_ATTRIBUTES,
                              FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                              OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (file == INVALID_HANDLE_VALUE) {
        status = ob_windows_fail_path(GetLastError(), wide);
        goto out;
    }
    DWORD size = name_of(file, NULL, 0);
    name = size > 0 ? ob_realloc_array(NULL, (size_t)size + 1, sizeof *name) : NULL;
    DWORD length = name != NULL ? name_of(file, name, size + 1) : 0;
    if (size > 0 && name == NULL) {
        status = no_memory();
    } else if (length == 0 || length > size) {
        status = ob_windows_fail(GetLastError(), path);
    } else {
        status = show_name(name, length, out);
    }
    CloseHandle(file);
out:
    ob_free(name);
    ob_free(wide);
    return status;
}

ob_status ob_host_arguments(int argc, char **argv, char ***out)
{
    int count = 0;
    ob_status status = OB_OK;
    (void)argc;
    (void)argv;
    wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &count);
    if (wide == NULL) {
        return no_memory();
    }
    char **arguments = ob_calloc((size_t)count + 1, sizeof *arguments);
    if (arguments == NULL) {
        status = no_memory();
    }
    for (int i = 0; i < count && status == OB_OK; i++) {
        status = ob_windows_from_wide(wide[i], wcslen(wide[i]), &arguments[i]);
    }
    LocalFree(wide);
    if (status == OB_OK) {
        *out = arguments;
        return OB_OK;
    }
    for (int i = 0; i < count && arguments != NULL; i++) {
        ob_free(arguments[i]);
    }
    ob_free(arguments);
    return status;
}

int32_t ob_host_utc_offset(int64_t time)
{
    const int64_t unix_epoch = INT64_C(116444736000000000); /* in 100 ns since 1601 */
    SYSTEMTIME utc;
    SYSTEMTIME local;
    FILETIME file;
    FILETIME there;
    int64_t ticks = time / 100 - (time % 100 < 0 ? 1 : 0) + unix_epoch;
    if (ticks < 0) {
        return 0;
    }
    file.dwLowDateTime = (DWORD)((uint64_t)ticks & UINT32_MAX);
    file.dwHighDateTime = (DWORD)((uint64_t)ticks >> 32);
    if (!FileTimeToSystemTime(&file, &utc) ||
        !SystemTimeToTzSpecificLocalTime(NULL, &utc, &local) ||
        !SystemTimeToFileTime(&local, &there)) {
        return 0;
    }
    int64_t moved = (int64_t)((uint64_t)there.dwHighDateTime << 32 | there.dwLowDateTime);
    /* The parts of a day have no more than milliseconds. */
    return (int32_t)((moved - (ticks - ticks % 10000)) / 10000000);
}
