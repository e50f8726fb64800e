#include "wide.h"

#include "ob/test.h"

#include <string.h>

static void check_path(const char *path, const wchar_t *wanted)
{
    wchar_t *wide = NULL;
    ob_check_ok(ob_windows_path(path, &wide));
    ck_assert_msg(wcscmp(wide, wanted) == 0, "%s became %ls", path, wide);
    ob_free(wide);
}

START_TEST(wide__paths_are_lifted)
{
    check_path("C:\\a\\b", L"\\\\?\\C:\\a\\b");
    check_path("C:/a//b/", L"\\\\?\\C:\\a\\b");
    check_path("c:\\", L"\\\\?\\c:\\");
    check_path("c:/..", L"\\\\?\\c:\\");
    check_path("C:\\a\\.\\b\\..\\c", L"\\\\?\\C:\\a\\c");
    check_path("C:\\a\\..\\..\\..\\b", L"\\\\?\\C:\\b");
    check_path("C:\\trailing dot.\\and space ", L"\\\\?\\C:\\trailing dot.\\and space ");
    check_path("\\\\server\\share\\x", L"\\\\?\\UNC\\server\\share\\x");
    check_path("//server/share/x", L"\\\\?\\UNC\\server\\share\\x");
    check_path("\\\\?\\C:\\as is\\..", L"\\\\?\\C:\\as is\\..");
    check_path("C:\\\xC3\xA4\xF0\x9F\x98\x80\xED\xA0\x80", L"\\\\?\\C:\\\x00E4\xD83D\xDE00\xD800");
}
END_TEST

START_TEST(wide__relative_paths_start_here)
{
    wchar_t here[MAX_PATH];
    wchar_t *wide = NULL;
    ck_assert_uint_gt(GetCurrentDirectoryW(MAX_PATH, here), 0);
    ob_check_ok(ob_windows_path("a/b", &wide));
    ck_assert_int_eq(wcsncmp(wide, L"\\\\?\\", 4), 0);
    ck_assert_int_eq(_wcsnicmp(wide + 4, here, wcslen(here)), 0);
    ck_assert_int_eq(wcscmp(wide + wcslen(wide) - 4, L"\\a\\b"), 0);
    ob_free(wide);
}
END_TEST

START_TEST(wide__refuses_what_is_no_text)
{
    wchar_t *wide = NULL;
    ob_check_status(ob_windows_to_wide("a\xFF", &wide), OB_E_INVALID_ARGUMENT);
    ob_check_status(ob_windows_path("C:\\\xFF", &wide), OB_E_INVALID_ARGUMENT);
    ck_assert_ptr_null(wide);
}
END_TEST

START_TEST(wide__round_trip)
{
    wchar_t *wide = NULL;
    char *text = NULL;
    ob_check_ok(ob_windows_to_wide("\xC3\xA4\xED\xA0\x80z", &wide));
    ck_assert_uint_eq(wcslen(wide), 3);
    ob_check_ok(ob_windows_from_wide(wide, 3, &text));
    ck_assert_str_eq(text, "\xC3\xA4\xED\xA0\x80z");
    ob_free(text);
    ob_free(wide);
}
END_TEST

START_TEST(wide__memory_runs_out)
{
    static const char *const paths[] = {"C:\\a", "relative", "\\\\server\\share", "\\\\?\\C:\\"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        bool hit = true;
        for (uint64_t n = 1; hit; n++) {
            wchar_t *wide = NULL;
            ob_test_alloc_begin(n, false);
            ob_status status = ob_windows_path(paths[i], &wide);
            ob_free(wide);
            ck_assert_int_eq(ob_test_alloc_live(), 0);
            hit = ob_test_alloc_end();
            ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
        }
    }
}
END_TEST

START_TEST(wide__errors)
{
    ob_check_status(ob_windows_fail(ERROR_SHARING_VIOLATION, "it"), OB_E_BUSY);
    ob_check_detail("it: ");
    ob_check_detail("(32)");
    ob_check_status(ob_windows_fail_path(ERROR_DISK_FULL, L"\\\\?\\C:\\x"), OB_E_DISK_FULL);
    ck_assert_ptr_eq(strstr(ob_detail(), "C:\\x: "), ob_detail());
    ob_check_status(ob_windows_status(4711), OB_E_IO);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, wide__paths_are_lifted);
    tcase_add_test(cases, wide__relative_paths_start_here);
    tcase_add_test(cases, wide__refuses_what_is_no_text);
    tcase_add_test(cases, wide__round_trip);
    tcase_add_test(cases, wide__memory_runs_out);
    tcase_add_test(cases, wide__errors);
}

OB_TEST_MAIN("wide", add_cases)
