#include "commands.h"
#include "ob/test.h"

#include <string.h>

START_TEST(commands__can_be_found)
{
    ck_assert_ptr_eq(ob_command_find("job", "list"), ob_command_first("job"));
    ck_assert_str_eq(ob_command_find("backup", NULL)->noun, "backup");
    ck_assert_ptr_null(ob_command_find("job", NULL));
    ck_assert_ptr_null(ob_command_find("backup", "list"));
    ck_assert_ptr_null(ob_command_find("nothing", NULL));
    ck_assert_ptr_null(ob_command_first("nothing"));
    ck_assert_str_eq(ob_command_noun_summary("point"), "Recovery points: what can be restored");
    ck_assert_ptr_null(ob_command_noun_summary("backup"));
}
END_TEST

static size_t count_options(const ob_command *command)
{
    size_t count = 0;
    while (count < OB_COMMAND_OPTIONS && command->options[count].id != 0) {
        count++;
    }
    return count;
}

/* The help, man page and completion are made of these texts. */
START_TEST(commands__have_all_their_texts)
{
    for (size_t i = 0; ob_command_at(i) != NULL; i++) {
        const ob_command *command = ob_command_at(i);
        ck_assert_ptr_nonnull(command->run);
        ck_assert_ptr_nonnull(command->operands);
        ck_assert_ptr_nonnull(command->about);
        ck_assert(command->least <= command->most);
        ck_assert((command->most == 0) == (command->operands[0] == '\0'));
        ck_assert(strchr(command->summary, '.') == NULL);
        ck_assert(command->verb == NULL || ob_command_noun_summary(command->noun) != NULL);
        const char *words =
            ob_test_format("obctl %s%s%s", command->noun, command->verb != NULL ? " " : "",
                           command->verb != NULL ? command->verb : "");
        ck_assert_msg(strstr(command->examples, words) != NULL, "%s has no example", words);
        ck_assert_int_eq(command->examples[strlen(command->examples) - 1], '\n');
    }
}
END_TEST

START_TEST(commands__options_have_one_meaning)
{
    size_t common = 0;
    const ob_arg_option *options = ob_command_common_options(&common);
    for (size_t i = 0; ob_command_at(i) != NULL; i++) {
        const ob_command *command = ob_command_at(i);
        for (size_t a = 0; a < count_options(command); a++) {
            const ob_arg_option *option = &command->options[a];
            ck_assert_ptr_nonnull(option->help);
            for (size_t b = 0; b < a; b++) {
                ck_assert_str_ne(option->name, command->options[b].name);
                ck_assert_int_ne(option->id, command->options[b].id);
            }
            for (size_t b = 0; b < common; b++) {
                ck_assert_str_ne(option->name, options[b].name);
            }
        }
    }
}
END_TEST

START_TEST(commands__of_a_noun_stand_together)
{
    for (size_t i = 1; ob_command_at(i) != NULL; i++) {
        const char *noun = ob_command_at(i)->noun;
        ck_assert(strcmp(ob_command_at(i - 1)->noun, noun) == 0 ||
                  ob_command_first(noun) == ob_command_at(i));
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, commands__can_be_found);
    tcase_add_test(cases, commands__have_all_their_texts);
    tcase_add_test(cases, commands__options_have_one_meaning);
    tcase_add_test(cases, commands__of_a_noun_stand_together);
}

OB_TEST_MAIN("commands", add_cases)
