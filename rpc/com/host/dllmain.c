#include "../objects/classes.h"
#include "../objects/module.h"

/* The factory of OnlineBackup.Agent: one static object, alive as long as the DLL. */

static HRESULT STDMETHODCALLTYPE factory_query(IClassFactory *factory, REFIID iid, void **out)
{
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IClassFactory)) {
        *out = NULL;
        return E_NOINTERFACE;
    }
    *out = factory;
    return S_OK;
}

static ULONG STDMETHODCALLTYPE factory_add_ref(IClassFactory *factory)
{
    (void)factory;
    return 2;
}

static ULONG STDMETHODCALLTYPE factory_release(IClassFactory *factory)
{
    (void)factory;
    return 1;
}

static HRESULT STDMETHODCALLTYPE factory_create(IClassFactory *factory, IUnknown *outer, REFIID iid,
                                                void **out)
{
    (void)factory;
    *out = NULL;
    if (outer)
        return CLASS_E_NOAGGREGATION;
    IOBAgent *agent = ob_com_agent_new();
    if (!agent)
        return E_OUTOFMEMORY;
    HRESULT hr = IOBAgent_QueryInterface(agent, iid, out);
    IOBAgent_Release(agent);
    return hr;
}

static HRESULT STDMETHODCALLTYPE factory_lock(IClassFactory *factory, BOOL lock)
{
    (void)factory;
    ob_object_lock(lock);
    return S_OK;
}

static IClassFactoryVtbl factory_vtbl = {factory_query, factory_add_ref, factory_release,
                                         factory_create, factory_lock};
static IClassFactory factory = {&factory_vtbl};

STDAPI DllGetClassObject(REFCLSID class_id, REFIID iid, void **out)
{
    if (!IsEqualCLSID(class_id, &CLSID_OBAgent)) {
        *out = NULL;
        return CLASS_E_CLASSNOTAVAILABLE;
    }
    return factory_query(&factory, iid, out);
}

STDAPI DllCanUnloadNow(void)
{
    return ob_object_count() ? S_FALSE : S_OK;
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved);
BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved)
{
    (void)reserved;
    if (reason == DLL_PROCESS_ATTACH) {
        ob_module_set(instance);
        DisableThreadLibraryCalls(instance);
    }
    return TRUE;
}
