#include "cli_test.h"
#include "passphrase.h"

#include <string.h>

static ob_buf out;

static ob_status read_input(const char *text)
{
    cli_set_input(text);
    return ob_passphrase_read(cli_bare(), "-", true, &out);
}

START_TEST(passphrase__without_the_end_of_its_line)
{
    static const struct {
        const char *text;
        const char *wanted;
    } cases[] = {
        {"sixteen characters", "sixteen characters"},
        {"with an end\n", "with an end"},
        {"with another\r\n", "with another"},
        {"two ends\n\n", "two ends\n"},
        {" spaces \t", " spaces \t"},
        {"", ""},
        {"\xc3\xa4\xe2\x82\xac\n", "\xc3\xa4\xe2\x82\xac"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ob_check_ok(read_input(cases[i].text));
        ck_assert_str_eq((const char *)out.data, cases[i].wanted);
        ck_assert_uint_eq(out.length, strlen(cases[i].wanted));
        ck_assert(out.secret);
    }
    ob_buf_free(&out);
}
END_TEST

START_TEST(passphrase__must_be_text)
{
    ob_check_status(read_input("\xff\xfe"), OB_E_INVALID_ARGUMENT);
    ob_check_detail("not UTF-8");
    const char *path = ob_test_path(ob_test_temp(), "f");
    ob_test_write_file(path, "a\0b", 3);
    ob_check_status(ob_passphrase_read(cli_bare(), path, true, &out), OB_E_INVALID_ARGUMENT);
    char large[5000];
    memset(large, 'x', sizeof large);
    ob_test_write_file(path, large, sizeof large);
    ob_check_status(ob_passphrase_read(cli_bare(), path, true, &out), OB_E_TOO_LARGE);
    ck_assert_ptr_null(out.data);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, cli_setup, cli_teardown);
    tcase_add_test(cases, passphrase__without_the_end_of_its_line);
    tcase_add_test(cases, passphrase__must_be_text);
}

OB_TEST_MAIN("passphrase", add_cases)
