#include "../seal.h"

#include "ob/alloc.h"

#include <windows.h>

#include <dpapi.h>

ob_status ob_seal_check(const ob_file_info *info, const char *path)
{
    /* The bytes are sealed themselves, and the file was made for administrators only. */
    (void)info;
    (void)path;
    return OB_OK;
}

ob_status ob_seal_close(ob_buf *out, const void *data, size_t length)
{
    DATA_BLOB from = {.cbData = (DWORD)length, .pbData = (BYTE *)(uintptr_t)data};
    DATA_BLOB sealed = {0};
    DWORD flags = CRYPTPROTECT_LOCAL_MACHINE | CRYPTPROTECT_UI_FORBIDDEN;
    if (length > (DWORD)-1) {
        return ob_fail(OB_E_TOO_LARGE, "a secret of %zu bytes", length);
    }
    if (!CryptProtectData(&from, NULL, NULL, NULL, NULL, flags, &sealed)) {
        return ob_fail(OB_E_SEAL, "the system did not seal a secret (%lu)",
                       (unsigned long)GetLastError());
    }
    ob_buf_put(out, sealed.pbData, sealed.cbData);
    LocalFree(sealed.pbData);
    return ob_buf_status(out);
}

ob_status ob_seal_open(ob_buf *out, const void *data, size_t length)
{
    DATA_BLOB from = {.cbData = (DWORD)length, .pbData = (BYTE *)(uintptr_t)data};
    DATA_BLOB opened = {0};
    if (length > (DWORD)-1 ||
        !CryptUnprotectData(&from, NULL, NULL, NULL, NULL, CRYPTPROTECT_UI_FORBIDDEN, &opened)) {
        return ob_fail(OB_E_SEAL, "a secret was sealed elsewhere or changed (%lu)",
                       (unsigned long)GetLastError());
    }
    ob_buf_put(out, opened.pbData, opened.cbData);
    ob_wipe(opened.pbData, opened.cbData);
    LocalFree(opened.pbData);
    return ob_buf_status(out);
}
