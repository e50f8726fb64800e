#include "ob/test.h"
#include "usage.h"

#include <string.h>

static const char *text_of(ob_buf *out)
{
    ob_buf_put_u8(out, 0);
    ck_assert(!out->failed);
    const char *text = ob_test_format("%s", (const char *)out->data);
    ob_buf_free(out);
    return text;
}

/* Nothing is wider than a terminal of 100 columns, and all ends with a line. */
static void check_form(const char *text)
{
    size_t length = strlen(text);
    ck_assert(length > 0 && text[length - 1] == '\n');
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        ck_assert_msg(strcspn(line, "\n") <= 100, "too wide: %.*s", (int)strcspn(line, "\n"), line);
    }
}

START_TEST(usage__of_the_program)
{
    ob_buf out = {0};
    ob_usage_program(&out);
    const char *text = text_of(&out);
    check_form(text);
    ck_assert_ptr_nonnull(strstr(text, "\n  job watch "));
    ck_assert_ptr_nonnull(strstr(text, "\n  130  Ctrl-C"));
    ck_assert_ptr_nonnull(strstr(text, "--endpoint ENDPOINT"));
    ck_assert_ptr_nonnull(strstr(text, "\nExamples:\n  obctl register"));
}
END_TEST

START_TEST(usage__of_a_noun)
{
    ob_buf out = {0};
    ob_usage_noun(&out, "policy");
    const char *text = text_of(&out);
    check_form(text);
    ck_assert_ptr_nonnull(strstr(text, "Usage: obctl policy COMMAND"));
    ck_assert_ptr_nonnull(strstr(text, "\n  remove "));
    ck_assert_ptr_nonnull(strstr(text, "\n  obctl policy set --include /etc"));
    ck_assert_ptr_null(strstr(text, "job"));
}
END_TEST

START_TEST(usage__of_each_command)
{
    for (size_t i = 0; ob_command_at(i) != NULL; i++) {
        ob_buf out = {0};
        ob_usage_command(&out, ob_command_at(i));
        const char *text = text_of(&out);
        check_form(text);
        ck_assert_ptr_nonnull(strstr(text, ob_command_at(i)->summary));
        ck_assert_ptr_nonnull(strstr(text, "\nExamples:\n  "));
        ck_assert_ptr_nonnull(strstr(text, "--json"));
    }
}
END_TEST

START_TEST(usage__has_options)
{
    ob_buf out = {0};
    ob_usage_command(&out, ob_command_find("restore", NULL));
    const char *text = text_of(&out);
    ck_assert_ptr_nonnull(
        strstr(text, "Usage: obctl restore [OPTION...] POINT|latest [ITEM...]\n"));
    ck_assert_ptr_nonnull(strstr(text, "\nOptions:\n      --to DIR"));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, usage__of_the_program);
    tcase_add_test(cases, usage__of_a_noun);
    tcase_add_test(cases, usage__of_each_command);
    tcase_add_test(cases, usage__has_options);
}

OB_TEST_MAIN("usage", add_cases)
