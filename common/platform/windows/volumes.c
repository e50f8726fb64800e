#include "ob/volumes.h"

#include "ob/alloc.h"
#include "ob/fs.h"
#include "wide.h"

#include <stdbool.h>
#include <string.h>

#define NAME_MOST 64 /* "\\?\Volume{GUID}\" has 49 with its NUL */

static ob_status tell(const wchar_t *mount, const wchar_t *name, const wchar_t *type,
                      ob_volume_visit visit, void *context)
{
    char *texts[3] = {NULL, NULL, NULL};
    const wchar_t *wide[3] = {mount, name, type};
    ob_status status = OB_OK;
    for (size_t i = 0; i < 3 && status == OB_OK; i++) {
        status = ob_windows_from_wide(wide[i], wcslen(wide[i]), &texts[i]);
    }
    if (status == OB_OK) {
        ob_volume volume = {texts[0], texts[1], texts[2]};
        status = visit(context, &volume);
    }
    for (size_t i = 0; i < 3; i++) {
        ob_free(texts[i]);
    }
    return status;
}

/* Its mounts one after the other, an empty text at the end; NULL without memory. A volume that
 * gives none, as an error too, is mounted nowhere. */
static wchar_t *mounts_of(const wchar_t *name)
{
    DWORD size = 0;
    GetVolumePathNamesForVolumeNameW(name, NULL, 0, &size);
    wchar_t *mounts = ob_calloc((size_t)size + 2, sizeof *mounts);
    if (mounts != NULL && size > 0 &&
        !GetVolumePathNamesForVolumeNameW(name, mounts, size, &size)) {
        mounts[0] = L'\0';
    }
    return mounts;
}

static ob_status tell_mounts(const wchar_t *name, ob_volume_visit visit, void *context)
{
    wchar_t type[MAX_PATH + 1] = L"";
    ob_status status = OB_OK;
    if (!GetVolumeInformationW(name, NULL, 0, NULL, NULL, NULL, type, MAX_PATH + 1)) {
        type[0] = L'\0';
    }
    wchar_t *mounts = mounts_of(name);
    if (mounts == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the mounts of a volume");
    }
    if (mounts[0] == L'\0') {
        status = tell(name, name, type, visit, context);
    }
    for (const wchar_t *at = mounts; *at != L'\0' && status == OB_OK; at += wcslen(at) + 1) {
        status = tell(at, name, type, visit, context);
    }
    ob_free(mounts);
    return status;
}

ob_status ob_volumes_list(ob_volume_visit visit, void *context)
{
    wchar_t name[NAME_MOST];
    ob_status status = OB_OK;
    HANDLE find = FindFirstVolumeW(name, NAME_MOST);
    if (find == INVALID_HANDLE_VALUE) {
        return ob_windows_fail(GetLastError(), "the list of volumes");
    }
    do {
        status = tell_mounts(name, visit, context);
    } while (status == OB_OK && FindNextVolumeW(find, name, NAME_MOST));
    if (status == OB_OK && GetLastError() != ERROR_NO_MORE_FILES) {
        status = ob_windows_fail(GetLastError(), "the list of volumes");
    }
    FindVolumeClose(find);
    return status;
}

ob_status ob_volume_mount_of(const char *path, char **out)
{
    wchar_t *wide = NULL;
    wchar_t *mount = NULL;
    ob_status status = OB_OK;
    if (!ob_path_is_absolute(path)) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "%s is not an absolute path", path);
    }
    status = ob_windows_to_wide(path, &wide);
    if (status != OB_OK) {
        return status;
    }
    DWORD size = (DWORD)wcslen(wide) + 4;
    mount = ob_calloc(size, sizeof *mount);
    if (mount == NULL) {
        status = ob_fail(OB_E_NO_MEMORY, "%s", path);
    } else if (!GetVolumePathNameW(wide, mount, size)) {
        status = ob_windows_fail(GetLastError(), path);
    } else {
        bool long_drive =
            wcsncmp(mount, L"\\\\?\\", 4) == 0 && mount[4] != L'\0' && mount[5] == L':';
        const wchar_t *shown = mount + (long_drive ? 4 : 0);
        status = ob_windows_from_wide(shown, wcslen(shown), out);
    }
    ob_free(mount);
    ob_free(wide);
    return status;
}
