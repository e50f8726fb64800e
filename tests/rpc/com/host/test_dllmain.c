/* The DLL as clients load it: its factory, and IDispatch over its embedded type library. */
#include "com_test.h"

#include <stdlib.h>

typedef HRESULT(STDAPICALLTYPE *get_class_object)(REFCLSID, REFIID, void **);
typedef HRESULT(STDAPICALLTYPE *can_unload)(void);

static const char *dll_path;
static HMODULE dll;

static void load(void)
{
    /* An endpoint that nobody serves: the test needs no agent. */
    _putenv("OBAGENT_ENDPOINT=ob-test-nobody-serves-this");
    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    dll = LoadLibraryA(dll_path);
    ck_assert_msg(dll != NULL, "%s: %lu", dll_path, GetLastError());
}

static IDispatch *create(void)
{
    IClassFactory *factory = NULL;
    IDispatch *agent = NULL;
    get_class_object get = (get_class_object)(void *)GetProcAddress(dll, "DllGetClassObject");
    ck_assert_ptr_nonnull(get);
    ck_assert_int_eq(get(&CLSID_OBAgent, &IID_IClassFactory, (void **)&factory), S_OK);
    ck_assert_int_eq(IClassFactory_CreateInstance(factory, NULL, &IID_IDispatch, (void **)&agent),
                     S_OK);
    IClassFactory_Release(factory);
    return agent;
}

START_TEST(dllmain__factory_makes_the_agent_only)
{
    void *out = &out;
    IUnknown *outer = (IUnknown *)&out;
    IClassFactory *factory = NULL;
    load();
    get_class_object get = (get_class_object)(void *)GetProcAddress(dll, "DllGetClassObject");
    ck_assert_int_eq(get(&IID_IOBJob, &IID_IClassFactory, &out), CLASS_E_CLASSNOTAVAILABLE);
    ck_assert_ptr_null(out);
    ck_assert_int_eq(get(&CLSID_OBAgent, &IID_IClassFactory, (void **)&factory), S_OK);
    ck_assert_int_eq(IClassFactory_CreateInstance(factory, outer, &IID_IUnknown, &out),
                     CLASS_E_NOAGGREGATION);
}
END_TEST

START_TEST(dllmain__unloads_when_nothing_is_alive)
{
    load();
    can_unload ask = (can_unload)(void *)GetProcAddress(dll, "DllCanUnloadNow");
    ck_assert_int_eq(ask(), S_OK);
    IDispatch *agent = create();
    ck_assert_int_eq(ask(), S_FALSE);
    IDispatch_Release(agent);
    ck_assert_int_eq(ask(), S_OK);
}
END_TEST

START_TEST(dllmain__names_of_the_type_library)
{
    static const WCHAR *const names[] = {
        L"Connect",  L"Connected",      L"About",        L"Version",     L"Register",
        L"Settings", L"NewPolicy",      L"GetPolicy",    L"StartBackup", L"GetJob",
        L"Jobs",     L"RecoveryPoints", L"DescribeError"};
    load();
    IDispatch *agent = create();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        LPOLESTR name = (LPOLESTR)(uintptr_t)names[i];
        DISPID id = 0;
        ck_assert_int_eq(IDispatch_GetIDsOfNames(agent, &IID_NULL, &name, 1, LOCALE_INVARIANT, &id),
                         S_OK);
        ck_assert_int_eq(id, (int)i + 1);
    }
    LPOLESTR wrong = (LPOLESTR)(uintptr_t)L"NoSuchMember";
    DISPID id = 0;
    ck_assert_int_eq(IDispatch_GetIDsOfNames(agent, &IID_NULL, &wrong, 1, LOCALE_INVARIANT, &id),
                     DISP_E_UNKNOWNNAME);
    IDispatch_Release(agent);
}
END_TEST

START_TEST(dllmain__late_bound_call_carries_status_and_text)
{
    DISPPARAMS none = {0};
    VARIANT result;
    EXCEPINFO exception = {0};
    load();
    IDispatch *agent = create();
    VariantInit(&result);
    ck_assert_int_eq(IDispatch_Invoke(agent, 2, &IID_NULL, LOCALE_INVARIANT, DISPATCH_PROPERTYGET,
                                      &none, &result, NULL, NULL),
                     S_OK);
    ck_assert_int_eq(V_VT(&result), VT_BOOL);
    ck_assert_int_eq(V_BOOL(&result), VARIANT_FALSE);
    ck_assert_int_eq(IDispatch_Invoke(agent, 4, &IID_NULL, LOCALE_INVARIANT, DISPATCH_METHOD, &none,
                                      &result, &exception, NULL),
                     DISP_E_EXCEPTION);
    ck_assert_int_eq(exception.scode, OB_E_AGENT_UNREACHABLE);
    ck_assert_ptr_nonnull(exception.bstrDescription);
    ck_assert_ptr_nonnull(wcsstr(exception.bstrDescription, L"does not answer"));
    SysFreeString(exception.bstrDescription);
    SysFreeString(exception.bstrSource);
    IDispatch_Release(agent);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("dllmain");
    TCase *cases = tcase_create("dllmain");
    if (argc < 2)
        return EXIT_FAILURE;
    dll_path = argv[1];
    tcase_add_test(cases, dllmain__factory_makes_the_agent_only);
    tcase_add_test(cases, dllmain__unloads_when_nothing_is_alive);
    tcase_add_test(cases, dllmain__names_of_the_type_library);
    tcase_add_test(cases, dllmain__late_bound_call_carries_status_and_text);
    suite_add_tcase(suite, cases);
    return ob_test_run(suite);
}
