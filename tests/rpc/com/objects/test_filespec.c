#include "com_test.h"

START_TEST(filespec__add_show_and_remove)
{
    IOBFileSpec *spec = NULL;
    VARIANT_BOOL flag = VARIANT_FALSE;
    BSTR text = NULL;
    long count = 0;
    fake_reset();
    IOBFileSpecs *specs = ob_com_file_specs_new();
    BSTR path = SysAllocString(L"C:\\Data");
    ck_assert_int_eq(IOBFileSpecs_Add(specs, path, VARIANT_TRUE, VARIANT_FALSE, &spec), S_OK);
    ck_assert_int_eq(IOBFileSpec_get_Exclude(spec, &flag), S_OK);
    ck_assert_int_eq(flag, VARIANT_TRUE);
    ck_assert_int_eq(IOBFileSpec_get_Recursive(spec, &flag), S_OK);
    ck_assert_int_eq(flag, VARIANT_FALSE);
    IOBFileSpec_Release(spec);
    ck_assert_int_eq(IOBFileSpecs_get_Item(specs, 0, &spec), S_OK);
    ck_assert_int_eq(IOBFileSpec_get_Path(spec, &text), S_OK);
    com_check_bstr(text, L"C:\\Data");
    IOBFileSpec_Release(spec);
    ck_assert_int_eq(IOBFileSpecs_Remove(specs, 1), OB_E_NOT_FOUND);
    ck_assert_int_eq(IOBFileSpecs_Remove(specs, 0), S_OK);
    ck_assert_int_eq(IOBFileSpecs_get_Count(specs, &count), S_OK);
    ck_assert_int_eq(count, 0);
    SysFreeString(path);
    IOBFileSpecs_Release(specs);
    com_check_nothing_left();
}
END_TEST

START_TEST(filespec__documents_both_ways)
{
    cJSON *saved = NULL;
    ob_buf text = {0};
    fake_reset();
    IOBFileSpecs *specs = ob_com_file_specs_new();
    cJSON *files = com_json("[{\"path\":\"/a\"},{\"path\":\"/b\",\"exclude\":true,"
                            "\"recursive\":false}]");
    ck_assert_int_eq(ob_com_file_specs_load(specs, files), S_OK);
    ob_json_free(files);
    ob_check_ok(ob_com_file_specs_save(specs, &saved));
    ob_check_ok(ob_json_print(&text, saved));
    ck_assert_str_eq(ob_buf_take_text(&text),
                     "[{\"path\":\"/a\",\"exclude\":false,\"recursive\":true},"
                     "{\"path\":\"/b\",\"exclude\":true,\"recursive\":false}]");
    ob_json_free(saved);
    ck_assert_int_eq(IOBFileSpecs_Clear(specs), S_OK);
    IOBFileSpecs_Release(specs);
    com_check_nothing_left();
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, filespec__add_show_and_remove);
    tcase_add_test(cases, filespec__documents_both_ways);
}

OB_TEST_MAIN("filespec", add_cases)
