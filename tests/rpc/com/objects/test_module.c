#include "com_test.h"

#include "module.h"

START_TEST(module__path_is_the_instance_given)
{
    WCHAR path[MAX_PATH], small[2];
    ob_module_set(GetModuleHandleW(NULL));
    ck_assert_uint_gt(ob_module_path(path, MAX_PATH), 0);
    ck_assert_ptr_nonnull(wcsstr(path, L"test_module"));
    ck_assert_uint_eq(ob_module_path(small, 2), 0);
}
END_TEST

START_TEST(module__without_a_type_library_there_is_an_error)
{
    /* This program, unlike obcom.dll, has none embedded. */
    ITypeLib *library = NULL;
    ob_module_set(GetModuleHandleW(NULL));
    ck_assert(FAILED(ob_module_type_library(&library)));
    ck_assert_ptr_null(library);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, module__path_is_the_instance_given);
    tcase_add_test(cases, module__without_a_type_library_there_is_an_error);
}

OB_TEST_MAIN("module", add_cases)
