/* The DLL as a module: where its type library comes from. */
#ifndef OB_COM_MODULE_H
#define OB_COM_MODULE_H

#include <windows.h>

#include <oleauto.h>

/* Set once by DllMain. */
void ob_module_set(HINSTANCE instance);
HINSTANCE ob_module(void);
/* The type library embedded in the DLL, so that no registration is needed for it. */
HRESULT ob_module_type_library(ITypeLib **out);
HRESULT ob_module_type_info(REFIID iid, ITypeInfo **out);
/* The DLL's own path; `out` takes up to `count` units. 0 on failure. */
DWORD ob_module_path(WCHAR *out, DWORD count);

#endif
