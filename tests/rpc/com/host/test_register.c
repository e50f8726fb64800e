/* Registration, in the registry of the prefix or machine that the tests run on. */
#include "com_test.h"

#include <stdlib.h>

typedef HRESULT(STDAPICALLTYPE *entry)(void);

static const char *dll_path;

static HRESULT call(const char *name)
{
    HMODULE dll = LoadLibraryA(dll_path);
    ck_assert_msg(dll != NULL, "%s: %lu", dll_path, GetLastError());
    entry function = (entry)(void *)GetProcAddress(dll, name);
    ck_assert_ptr_nonnull(function);
    return function();
}

START_TEST(register__class_is_found_by_name_and_gone_afterwards)
{
    CLSID id;
    IUnknown *agent = NULL;
    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    ck_assert_int_eq(call("DllRegisterServer"), S_OK);
    ck_assert_int_eq(CLSIDFromProgID(L"OnlineBackup.Agent", &id), S_OK);
    ck_assert(IsEqualCLSID(&id, &CLSID_OBAgent));
    ck_assert_int_eq(
        CoCreateInstance(&id, NULL, CLSCTX_INPROC_SERVER, &IID_IOBAgent, (void **)&agent), S_OK);
    IUnknown_Release(agent);
    ck_assert_int_eq(call("DllUnregisterServer"), S_OK);
    ck_assert(FAILED(CLSIDFromProgID(L"OnlineBackup.Agent", &id)));
    /* Once more: what is gone is no error. */
    ck_assert_int_eq(call("DllUnregisterServer"), S_OK);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("register");
    TCase *cases = tcase_create("register");
    if (argc < 2)
        return EXIT_FAILURE;
    dll_path = argv[1];
    tcase_add_test(cases, register__class_is_found_by_name_and_gone_afterwards);
    suite_add_tcase(suite, cases);
    return ob_test_run(suite);
}
