#define COBJMACROS
#define CINTERFACE
#include "module.h"

static HINSTANCE module_instance;
static ITypeLib *library; /* loaded once, kept until the process ends */

void ob_module_set(HINSTANCE instance)
{
    module_instance = instance;
}

HINSTANCE ob_module(void)
{
    return module_instance;
}

DWORD ob_module_path(WCHAR *out, DWORD count)
{
    DWORD length = GetModuleFileNameW(module_instance, out, count);
    return length < count ? length : 0;
}

HRESULT ob_module_type_library(ITypeLib **out)
{
    ITypeLib *loaded = InterlockedCompareExchangePointer((void **)&library, NULL, NULL);
    if (!loaded) {
        static const DWORD most = 32768;
        WCHAR *path = HeapAlloc(GetProcessHeap(), 0, most * sizeof *path);
        if (!path)
            return E_OUTOFMEMORY;
        HRESULT hr = ob_module_path(path, most) ? LoadTypeLibEx(path, REGKIND_NONE, &loaded)
                                                : TYPE_E_CANTLOADLIBRARY;
        HeapFree(GetProcessHeap(), 0, path);
        if (FAILED(hr))
            return hr;
        ITypeLib *first = InterlockedCompareExchangePointer((void **)&library, loaded, NULL);
        if (first) {
            ITypeLib_Release(loaded);
            loaded = first;
        }
    }
    ITypeLib_AddRef(loaded);
    *out = loaded;
    return S_OK;
}

HRESULT ob_module_type_info(REFIID iid, ITypeInfo **out)
{
    ITypeLib *types = NULL;
    HRESULT hr = ob_module_type_library(&types);
    if (FAILED(hr))
        return hr;
    hr = ITypeLib_GetTypeInfoOfGuid(types, iid, out);
    ITypeLib_Release(types);
    return hr;
}
