#include "completion.h"

#include "commands.h"
#include "ob/test.h"

#include <string.h>

START_TEST(completion__knows_all_commands)
{
    ob_buf out = {0};
    ob_completion_bash(&out);
    ob_buf_put_u8(&out, 0);
    ob_check_ok(ob_buf_status(&out));
    const char *text = (const char *)out.data;
    for (size_t i = 0; ob_command_at(i) != NULL; i++) {
        const ob_command *command = ob_command_at(i);
        const char *words = ob_test_format("    '%s %s'%s) words=\"", command->noun,
                                           command->verb != NULL ? command->verb : "",
                                           command->verb != NULL ? "" : "*");
        ck_assert_msg(strstr(text, words) != NULL, "%s is missing", words);
    }
    ck_assert_ptr_nonnull(strstr(text, "'job ') words='list show watch cancel '"));
    ck_assert_ptr_nonnull(strstr(text, "'job cancel') words=\"latest $common\""));
    ck_assert_ptr_nonnull(strstr(text, "|--vault"));
    ck_assert_ptr_null(strstr(text, "|--async"));
    ob_buf_free(&out);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, completion__knows_all_commands);
}

OB_TEST_MAIN("completion", add_cases)
