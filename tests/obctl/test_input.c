#include "cli_test.h"
#include "input.h"

#include <string.h>

START_TEST(input__of_a_file)
{
    ob_buf out = {0};
    const char *path = ob_test_path(ob_test_temp(), "f");
    ob_test_write_text(path, "text\n");
    ob_check_ok(ob_input_read(cli_bare(), path, 5, &out));
    ck_assert_uint_eq(out.length, 5);
    ck_assert_mem_eq(out.data, "text\n", 5);
    ob_check_status(ob_input_read(cli_bare(), path, 4, &out), OB_E_TOO_LARGE);
    ob_check_status(ob_input_read(cli_bare(), ob_test_path(ob_test_temp(), "none"), 4, &out),
                    OB_E_NOT_FOUND);
    ck_assert_uint_eq(out.length, 5);
    ob_buf_free(&out);
}
END_TEST

START_TEST(input__of_standard_input)
{
    ob_buf out = {0};
    cli_set_input("from a pipe");
    ob_check_ok(ob_input_read(cli_bare(), "-", 11, &out));
    ck_assert_mem_eq(out.data, "from a pipe", 11);
    out.secret = true;
    ob_check_ok(ob_input_read(cli_bare(), "-", 11, &out));
    ck_assert(out.secret);
    ob_check_status(ob_input_read(cli_bare(), "-", 10, &out), OB_E_TOO_LARGE);
    ob_check_detail("at most 10 bytes");
    ob_buf_free(&out);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, cli_setup, cli_teardown);
    tcase_add_test(cases, input__of_a_file);
    tcase_add_test(cases, input__of_standard_input);
}

OB_TEST_MAIN("input", add_cases)
