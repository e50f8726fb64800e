#include "ob/terminal.h"
#include "ob/test.h"

#include <stdio.h>

START_TEST(terminal__a_file_is_none)
{
    const char *path = ob_test_path(ob_test_temp(), "out");
    ob_test_write_text(path, "");
    ck_assert_ptr_nonnull(freopen(path, "r", stdin));
    ck_assert_ptr_nonnull(freopen(path, "w", stdout));
    ck_assert(!ob_terminal_is_output());
    ck_assert(!ob_terminal_is_input());
    ck_assert_uint_eq(ob_terminal_width(), 80);
    ob_terminal_prepare();
}
END_TEST

START_TEST(terminal__not_interrupted_by_itself)
{
    ob_terminal_catch_interrupt();
    ck_assert(!ob_terminal_interrupted());
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, terminal__a_file_is_none);
    tcase_add_test(cases, terminal__not_interrupted_by_itself);
}

OB_TEST_MAIN("terminal", add_cases)
