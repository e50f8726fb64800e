#include "ob/terminal.h"
#include "ob/test.h"

#include <windows.h>

START_TEST(windows_terminal__nobody_to_ask)
{
    ob_buf secret = {0};
    FreeConsole();
    ob_check_status(ob_terminal_ask_secret("?", &secret), OB_E_NOT_SUPPORTED);
    ck_assert_uint_eq(secret.length, 0);
    ob_buf_free(&secret);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, windows_terminal__nobody_to_ask);
}

OB_TEST_MAIN("windows_terminal", add_cases)
