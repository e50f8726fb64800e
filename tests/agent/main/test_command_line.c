#include "ob/agent.h"
#include "ob/test.h"

#include <string.h>

#define WORDS 8

static ob_status parse(char *const *words, ob_agent_options *options, ob_agent_action *action)
{
    char *argv[WORDS + 1] = {(char *)(uintptr_t) "obagent"};
    for (size_t i = 0; i < WORDS && words[i] != NULL; i++) {
        argv[i + 1] = words[i];
    }
    return ob_agent_parse(argv, options, action);
}

#define W(text) ((char *)(uintptr_t)text)

START_TEST(command_line__all_options)
{
    ob_agent_options options = {.log_level = OB_LOG_INFO};
    ob_agent_action action = OB_AGENT_HELP;
    char *const words[WORDS] = {W("run"), W("--state=/s"),  W("--endpoint"),
                                W("/e"),  W("--log-level"), W("debug")};
    ob_check_ok(parse(words, &options, &action));
    ck_assert_int_eq(action, OB_AGENT_RUN);
    ck_assert_str_eq(options.state_dir, "/s");
    ck_assert_str_eq(options.endpoint, "/e");
    ck_assert_int_eq(options.log_level, OB_LOG_DEBUG);
    ck_assert(!options.as_service);
}
END_TEST

START_TEST(command_line__what_is_left_out)
{
    ob_agent_options options = {.log_level = OB_LOG_WARNING};
    ob_agent_action action = OB_AGENT_HELP;
    char *const words[WORDS] = {W("service")};
    ob_check_ok(parse(words, &options, &action));
    ck_assert_int_eq(action, OB_AGENT_RUN);
    ck_assert(options.as_service);
    ck_assert_ptr_null(options.state_dir);
    ck_assert_ptr_null(options.endpoint);
    ck_assert_int_eq(options.log_level, OB_LOG_WARNING);
}
END_TEST

START_TEST(command_line__the_service_of_windows)
{
    ob_agent_options options = {.log_level = OB_LOG_INFO};
    ob_agent_action action = OB_AGENT_RUN;
    char *const install[WORDS] = {W("install"), W("--state"), W("C:\\state")};
    ob_check_ok(parse(install, &options, &action));
    ck_assert_int_eq(action, OB_AGENT_INSTALL);
    ck_assert_str_eq(options.state_dir, "C:\\state");
    char *const uninstall[WORDS] = {W("uninstall")};
    ob_check_ok(parse(uninstall, &options, &action));
    ck_assert_int_eq(action, OB_AGENT_UNINSTALL);
    /* Who asks what a command does does not want it done. */
    char *const before[WORDS] = {W("--help"), W("uninstall")};
    ob_check_ok(parse(before, &options, &action));
    ck_assert_int_eq(action, OB_AGENT_HELP);
    char *const after[WORDS] = {W("install"), W("--help")};
    ob_check_ok(parse(after, &options, &action));
    ck_assert_int_eq(action, OB_AGENT_HELP);
}
END_TEST

START_TEST(command_line__help_and_version_need_no_command)
{
    static const struct {
        const char *word;
        ob_agent_action wanted;
    } rows[] = {{"--help", OB_AGENT_HELP},
                {"-h", OB_AGENT_HELP},
                {"--version", OB_AGENT_VERSION},
                {"-V", OB_AGENT_VERSION}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ob_agent_options options = {.log_level = OB_LOG_INFO};
        ob_agent_action action = OB_AGENT_RUN;
        char *const words[WORDS] = {W(rows[i].word)};
        ob_check_ok(parse(words, &options, &action));
        ck_assert_int_eq(action, rows[i].wanted);
    }
}
END_TEST

START_TEST(command_line__what_is_wrong_is_named)
{
    static const struct {
        const char *words[3];
        const char *detail;
    } rows[] = {
        {{NULL}, "what to do is missing"}, {{"--state", "/s"}, "what to do is missing"},
        {{"start"}, "\"start\""},          {{"run", "service"}, "\"service\""},
        {{"run", "now"}, "\"now\""},       {{"run", "--color"}, "--color"},
        {{"run", "--state"}, "--state"},   {{"run", "--log-level=loud"}, "\"loud\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ob_agent_options options = {.log_level = OB_LOG_INFO};
        ob_agent_action action = OB_AGENT_VERSION;
        char *const words[WORDS] = {W(rows[i].words[0]), W(rows[i].words[1]), W(rows[i].words[2])};
        ob_check_status(parse(words, &options, &action), OB_E_INVALID_ARGUMENT);
        ob_check_detail(rows[i].detail);
        ck_assert_int_eq(action, OB_AGENT_VERSION);
        ck_assert_ptr_null(options.state_dir);
    }
}
END_TEST

START_TEST(command_line__help_names_every_option)
{
    ob_buf text = {0};
    ob_agent_help(&text);
    ob_buf_put_u8(&text, 0);
    ob_check_ok(ob_buf_status(&text));
    static const char *const parts[] = {"obagent run",       "obagent service", "obagent install",
                                        "obagent uninstall", "--state DIR",     "--endpoint NAME",
                                        "--log-level L",     "--help",          "--version"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        ck_assert_msg(strstr((const char *)text.data, parts[i]) != NULL, "%s", parts[i]);
    }
    ob_buf_free(&text);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, command_line__all_options);
    tcase_add_test(cases, command_line__what_is_left_out);
    tcase_add_test(cases, command_line__the_service_of_windows);
    tcase_add_test(cases, command_line__help_and_version_need_no_command);
    tcase_add_test(cases, command_line__what_is_wrong_is_named);
    tcase_add_test(cases, command_line__help_names_every_option);
}

OB_TEST_MAIN("command_line", add_cases)
