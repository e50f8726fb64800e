#include "ob/args.h"
#include "ob/test.h"

#include <string.h>

static const ob_arg_option options[] = {
    {'o', 'o', "output", "FILE", "Where to write."},
    {'j', 'j', "json", NULL, "Answer in JSON."},
    {'v', 'v', NULL, NULL, "Say more."},
    {'h', 0, "hours", "N", "How long."},
};
#define COUNT (sizeof options / sizeof options[0])

/* What a command line was read as: "o=FILE j =plain", or the symbol of an error. */
static const char *read_line(char *const *argv)
{
    const char *text = "";
    const char *value = "untouched";
    int id = 12345;
    ob_args args = ob_args_of(options, COUNT, argv);
    for (;;) {
        ob_status status = ob_args_next(&args, &id, &value);
        if (OB_FAILED(status)) {
            return ob_status_lookup(status)->symbol;
        }
        if (id == OB_ARG_END) {
            ck_assert_ptr_null(value);
            return text;
        }
        const char *name = id == OB_ARG_PLAIN ? "" : ob_test_format("%c", id);
        const char *part =
            value != NULL ? ob_test_format("%s=%s", name, value) : ob_test_format("%s", name);
        text = ob_test_format("%s%s%s", text, text[0] != '\0' ? " " : "", part);
    }
}

#define ARGV(...) ((char *[]){__VA_ARGS__, NULL})

START_TEST(args__reads_every_spelling)
{
    ck_assert_str_eq(read_line(ARGV("-o", "f")), "o=f");
    ck_assert_str_eq(read_line(ARGV("-of")), "o=f");
    ck_assert_str_eq(read_line(ARGV("--output", "f")), "o=f");
    ck_assert_str_eq(read_line(ARGV("--output=f")), "o=f");
    ck_assert_str_eq(read_line(ARGV("--output=")), "o=");
    ck_assert_str_eq(read_line(ARGV("--output=a=b")), "o=a=b");
    ck_assert_str_eq(read_line(ARGV("--hours", "5")), "h=5");
    ck_assert_str_eq(read_line(ARGV("-jv")), "j v");
    ck_assert_str_eq(read_line(ARGV("-jvof")), "j v o=f");
    ck_assert_str_eq(read_line(ARGV("-jvo", "f", "p")), "j v o=f =p");
}
END_TEST

START_TEST(args__mixes_options_and_arguments)
{
    ck_assert_str_eq(read_line((char *[]){NULL}), "");
    ck_assert_str_eq(read_line(ARGV("a", "-j", "b", "-o", "-", "-")), "=a j =b o=- =-");
    ck_assert_str_eq(read_line(ARGV("-j", "--", "-j", "--", "")), "j =-j =-- =");
    ck_assert_str_eq(read_line(ARGV("-o", "-j")), "o=-j");
    ck_assert_str_eq(read_line(ARGV("")), "=");
}
END_TEST

START_TEST(args__refuses_what_it_does_not_know)
{
    ck_assert_str_eq(read_line(ARGV("--wrong")), "OB_E_INVALID_ARGUMENT");
    ob_check_detail("unknown option --wrong");
    ck_assert_str_eq(read_line(ARGV("--wrong=1")), "OB_E_INVALID_ARGUMENT");
    ck_assert_str_eq(ob_detail(), "unknown option --wrong");
    ck_assert_str_eq(read_line(ARGV("--out", "f")), "OB_E_INVALID_ARGUMENT");
    ck_assert_str_eq(read_line(ARGV("-x")), "OB_E_INVALID_ARGUMENT");
    ck_assert_str_eq(ob_detail(), "unknown option -x");
    ck_assert_str_eq(read_line(ARGV("-jx")), "OB_E_INVALID_ARGUMENT");
    ck_assert_str_eq(read_line(ARGV("-\xC3\xA4")), "OB_E_INVALID_ARGUMENT");
    ck_assert_str_eq(ob_detail(), "unknown option -\xC3\xA4");
    ck_assert_str_eq(read_line(ARGV("-\xFF")), "OB_E_INVALID_ARGUMENT");
}
END_TEST

START_TEST(args__tells_of_values_missing_or_not_wanted)
{
    ck_assert_str_eq(read_line(ARGV("-o")), "OB_E_INVALID_ARGUMENT");
    ck_assert_str_eq(ob_detail(), "--output needs a value: FILE");
    ck_assert_str_eq(read_line(ARGV("-jo")), "OB_E_INVALID_ARGUMENT");
    ck_assert_str_eq(read_line(ARGV("--hours")), "OB_E_INVALID_ARGUMENT");
    ck_assert_str_eq(ob_detail(), "--hours needs a value: N");
    ck_assert_str_eq(read_line(ARGV("--json=yes")), "OB_E_INVALID_ARGUMENT");
    ck_assert_str_eq(ob_detail(), "--json takes no value");
}
END_TEST

START_TEST(args__aligns_its_help)
{
    ob_buf text = {0};
    ob_args_help(&text, options, COUNT);
    ck_assert_str_eq(ob_test_format("%.*s", (int)text.length, (const char *)text.data),
                     "  -o, --output FILE  Where to write.\n"
                     "  -j, --json         Answer in JSON.\n"
                     "  -v                 Say more.\n"
                     "      --hours N      How long.\n");
    ob_buf_free(&text);
}
END_TEST

START_TEST(args__puts_the_help_of_a_long_option_on_its_own_line)
{
    static const ob_arg_option wide[] = {
        {1, 'a', NULL, NULL, "Short."},
        {2, 0, "an-option-with-a-very-long-name", "VALUE", "Long."},
    };
    ob_buf text = {0};
    ob_args_help(&text, wide, 2);
    ck_assert_str_eq(ob_test_format("%.*s", (int)text.length, (const char *)text.data),
                     "  -a  Short.\n"
                     "      --an-option-with-a-very-long-name VALUE\n"
                     "      Long.\n");
    ob_buf_free(&text);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, args__reads_every_spelling);
    tcase_add_test(cases, args__mixes_options_and_arguments);
    tcase_add_test(cases, args__refuses_what_it_does_not_know);
    tcase_add_test(cases, args__tells_of_values_missing_or_not_wanted);
    tcase_add_test(cases, args__aligns_its_help);
    tcase_add_test(cases, args__puts_the_help_of_a_long_option_on_its_own_line);
}

OB_TEST_MAIN("args", add_cases)
