#include "manual.h"

#include "commands.h"
#include "ob/test.h"

#include <string.h>

START_TEST(manual__has_all_commands_and_options)
{
    ob_buf out = {0};
    ob_manual_page(&out);
    ob_buf_put_u8(&out, 0);
    ob_check_ok(ob_buf_status(&out));
    const char *text = (const char *)out.data;
    ck_assert(strncmp(text, ".TH OBCTL 1 ", 12) == 0);
    for (size_t i = 0; ob_command_at(i) != NULL; i++) {
        const ob_command *command = ob_command_at(i);
        const char *head =
            ob_test_format(".SS \"obctl %s%s%s", command->noun, command->verb != NULL ? " " : "",
                           command->verb != NULL ? command->verb : "");
        ck_assert_msg(strstr(text, head) != NULL, "%s is missing", head);
    }
    ck_assert_ptr_nonnull(strstr(text, ".B \\-h, \\-\\-help\n"));
    ck_assert_ptr_nonnull(strstr(text, ".B \\-\\-skip\\-security\n"));
    ck_assert_ptr_nonnull(strstr(text, "obctl backup \\-\\-source C:\\e\n"));
    ck_assert_ptr_nonnull(strstr(text, ".B 130\n"));
    ob_buf_free(&out);
}
END_TEST

/* What begins with a dot is a request, and those that are used are these. */
START_TEST(manual__has_no_other_requests)
{
    static const char *const known[] = {".TH ", ".SH ", ".SS ", ".TP", ".B ",
                                        ".I ",  ".PP",  ".EX",  ".EE"};
    ob_buf out = {0};
    ob_manual_page(&out);
    ob_buf_put_u8(&out, 0);
    for (const char *line = (const char *)out.data; line != NULL && *line != '\0';) {
        bool found = line[0] != '.' && line[0] != '\'';
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
            found = found || strncmp(line, known[i], strlen(known[i])) == 0;
        }
        ck_assert_msg(found, "%.40s", line);
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    ob_buf_free(&out);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, manual__has_all_commands_and_options);
    tcase_add_test(cases, manual__has_no_other_requests);
}

OB_TEST_MAIN("manual", add_cases)
