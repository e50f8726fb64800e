/* DllRegisterServer and its reverse: what `regsvr32 obcom.dll` calls. */
#include "../objects/classes.h"
#include "../objects/module.h"

#include <olectl.h>

#define CLASS_NAME L"OnlineBackup.Agent"
#define CLASS_TEXT L"Online Backup agent"

static HRESULT set_value(HKEY root, const WCHAR *path, const WCHAR *name, const WCHAR *value)
{
    HKEY key;
    LSTATUS status = RegCreateKeyExW(root, path, 0, NULL, 0, KEY_WRITE, NULL, &key, NULL);
    if (status)
        return HRESULT_FROM_WIN32((DWORD)status);
    status = RegSetValueExW(key, name, 0, REG_SZ, (const BYTE *)value,
                            (DWORD)((wcslen(value) + 1) * sizeof *value));
    RegCloseKey(key);
    return status ? HRESULT_FROM_WIN32((DWORD)status) : S_OK;
}

static HRESULT register_class(HKEY classes, const WCHAR *path)
{
    WCHAR class_id[40], library_id[40];
    HKEY root = NULL;
    TLIBATTR *attributes = NULL;
    ITypeLib *library = NULL;
    WCHAR key[64] = L"CLSID\\";

    HRESULT hr = ob_module_type_library(&library);
    if (FAILED(hr))
        return hr;
    hr = ITypeLib_GetLibAttr(library, &attributes);
    if (FAILED(hr))
        goto out;
    StringFromGUID2(&CLSID_OBAgent, class_id, 40);
    StringFromGUID2(&attributes->guid, library_id, 40);
    wcscat(key, class_id);
    LSTATUS status = RegCreateKeyExW(classes, key, 0, NULL, 0, KEY_WRITE, NULL, &root, NULL);
    if (status) {
        hr = HRESULT_FROM_WIN32((DWORD)status);
        goto out;
    }
    const struct {
        HKEY root;
        const WCHAR *path, *name, *value;
    } values[] = {
        {root, L"", NULL, CLASS_TEXT},
        {root, L"InprocServer32", NULL, path},
        {root, L"InprocServer32", L"ThreadingModel", L"Both"},
        {root, L"ProgID", NULL, CLASS_NAME L".1"},
        {root, L"VersionIndependentProgID", NULL, CLASS_NAME},
        {root, L"TypeLib", NULL, library_id},
        {classes, CLASS_NAME, NULL, CLASS_TEXT},
        {classes, CLASS_NAME L"\\CLSID", NULL, class_id},
        {classes, CLASS_NAME L"\\CurVer", NULL, CLASS_NAME L".1"},
        {classes, CLASS_NAME L".1", NULL, CLASS_TEXT},
        {classes, CLASS_NAME L".1\\CLSID", NULL, class_id},
    };
    for (size_t i = 0; SUCCEEDED(hr) && i < sizeof values / sizeof values[0]; i++)
        hr = set_value(values[i].root, values[i].path, values[i].name, values[i].value);
    if (SUCCEEDED(hr))
        hr = RegisterTypeLib(library, (OLECHAR *)(uintptr_t)path, NULL);
out:
    if (root)
        RegCloseKey(root);
    if (attributes)
        ITypeLib_ReleaseTLibAttr(library, attributes);
    ITypeLib_Release(library);
    return hr;
}

STDAPI DllRegisterServer(void)
{
    static WCHAR path[32768];
    HKEY classes;
    if (!ob_module_path(path, sizeof path / sizeof path[0]))
        return HRESULT_FROM_WIN32(GetLastError());
    LSTATUS status = RegCreateKeyExW(HKEY_LOCAL_MACHINE, L"Software\\Classes", 0, NULL, 0,
                                     KEY_WRITE, NULL, &classes, NULL);
    if (status)
        return HRESULT_FROM_WIN32((DWORD)status);
    HRESULT hr = register_class(classes, path);
    RegCloseKey(classes);
    return hr;
}

STDAPI DllUnregisterServer(void)
{
    WCHAR class_id[40], key[80] = L"Software\\Classes\\CLSID\\";
    ITypeLib *library = NULL;
    TLIBATTR *attributes = NULL;

    StringFromGUID2(&CLSID_OBAgent, class_id, 40);
    wcscat(key, class_id);
    /* A key that is gone already is what was asked for. */
    RegDeleteTreeW(HKEY_LOCAL_MACHINE, key);
    RegDeleteTreeW(HKEY_LOCAL_MACHINE, L"Software\\Classes\\" CLASS_NAME);
    RegDeleteTreeW(HKEY_LOCAL_MACHINE, L"Software\\Classes\\" CLASS_NAME L".1");
    HRESULT hr = ob_module_type_library(&library);
    if (FAILED(hr))
        return hr;
    hr = ITypeLib_GetLibAttr(library, &attributes);
    if (SUCCEEDED(hr)) {
        UnRegisterTypeLib(&attributes->guid, attributes->wMajorVerNum, attributes->wMinorVerNum,
                          attributes->lcid, attributes->syskind);
        ITypeLib_ReleaseTLibAttr(library, attributes);
    }
    ITypeLib_Release(library);
    return S_OK;
}
