#include "policy.h"

#include "ob/test.h"

#include <string.h>

static ob_status read_with(ob_policy *policy, const char *members)
{
    const char *text = ob_test_format("{\"files\":[{\"path\":\"/a\"}]%s}", members);
    return ob_policy_read(policy, text, strlen(text), false);
}

START_TEST(policy_options__left_out)
{
    ob_policy policy = {0};
    ob_check_ok(read_with(&policy, ""));
    ck_assert(policy.options.default_exclusions);
    ck_assert(!policy.options.exclude_caches);
    ck_assert_int_eq((int)policy.options.snapshot, OB_SNAPSHOT_AUTO);
    ck_assert_ptr_null(policy.options.before.argv[0]);
    ck_assert_ptr_null(policy.options.after.argv[0]);
    ck_assert_uint_eq(policy.options.command_count, 0);
    ob_policy_free(&policy);
}
END_TEST

static const char all[] =
    ",\"default_exclusions\":false,\"exclude_caches\":true,"
    "\"snapshot\":\"required\","
    "\"hooks\":{\"before\":{\"command\":[\"/bin/b\",\"x y\",\"\"],\"timeout\":5},"
    "\"after\":{\"command\":[\"/bin/a\"]}},"
    "\"commands\":[{\"name\":\"db.dump\",\"command\":[\"/bin/dump\",\"-f\"]},"
    "{\"name\":\"two\",\"command\":[\"/bin/two\"],\"timeout\":604800}]";

START_TEST(policy_options__all_of_them)
{
    ob_policy policy = {0};
    ob_check_ok(read_with(&policy, all));
    const ob_policy_options *options = &policy.options;
    ck_assert(!options->default_exclusions);
    ck_assert(options->exclude_caches);
    ck_assert_int_eq((int)options->snapshot, OB_SNAPSHOT_REQUIRED);
    ck_assert_str_eq(options->before.argv[0], "/bin/b");
    ck_assert_str_eq(options->before.argv[1], "x y");
    ck_assert_str_eq(options->before.argv[2], "");
    ck_assert_ptr_null(options->before.argv[3]);
    ck_assert_int_eq(options->before.timeout, 5);
    ck_assert_str_eq(options->after.argv[0], "/bin/a");
    ck_assert_int_eq(options->after.timeout, OB_HOOK_SECONDS);
    ck_assert_uint_eq(options->command_count, 2);
    ck_assert_str_eq(options->commands[0].name, "db.dump");
    ck_assert_str_eq(options->commands[0].argv[1], "-f");
    ck_assert_int_eq(options->commands[0].timeout, OB_COMMAND_SECONDS);
    ck_assert_int_eq(options->commands[1].timeout, 604800);
    ob_policy_free(&policy);
}
END_TEST

START_TEST(policy_options__come_back_as_they_were)
{
    static const ob_guid id = {{1}};
    ob_policy policy = {0};
    ob_policy again = {0};
    ob_buf first = {0};
    ob_buf second = {0};
    ob_check_ok(read_with(&policy, all));
    ob_check_ok(ob_policy_print(&policy, &id, 0, &id, false, &first));
    ob_check_ok(ob_policy_read(&again, first.data, first.length, false));
    ob_check_ok(ob_policy_print(&again, &id, 0, &id, false, &second));
    ck_assert_uint_eq(first.length, second.length);
    ck_assert_mem_eq(first.data, second.data, first.length);
    ck_assert_uint_eq(again.options.command_count, 2);
    ob_policy_free(&policy);
    ob_policy_free(&again);
    ob_buf_free(&first);
    ob_buf_free(&second);
}
END_TEST

START_TEST(policy_options__refuses_and_names_the_field)
{
    static const struct {
        const char *members;
        ob_status status;
        const char *detail;
    } rows[] = {
        {"\"default_exclusions\":1", OB_E_POLICY_INVALID, "policy.default_exclusions"},
        {"\"exclude_caches\":\"yes\"", OB_E_POLICY_INVALID, "policy.exclude_caches"},
        {"\"snapshot\":\"sometimes\"", OB_E_POLICY_INVALID, "policy.snapshot"},
        {"\"snapshot\":true", OB_E_POLICY_INVALID, "policy.snapshot"},
        {"\"hooks\":[]", OB_E_POLICY_INVALID, "policy.hooks"},
        {"\"hooks\":{\"during\":{}}", OB_E_UNKNOWN_FIELD, "policy.hooks.during"},
        {"\"hooks\":{\"before\":{}}", OB_E_POLICY_INVALID, "policy.hooks.before.command"},
        {"\"hooks\":{\"before\":{\"command\":[]}}", OB_E_POLICY_INVALID, "begin with a program"},
        {"\"hooks\":{\"before\":{\"command\":[\"sh\"]}}", OB_E_POLICY_INVALID,
         "policy.hooks.before.command: the program sh must be an absolute path"},
        {"\"hooks\":{\"after\":{\"command\":[\"/a\",7]}}", OB_E_POLICY_INVALID,
         "policy.hooks.after.command"},
        {"\"hooks\":{\"after\":{\"command\":[\"/a\"],\"timeout\":0}}", OB_E_POLICY_INVALID,
         "policy.hooks.after.timeout"},
        {"\"hooks\":{\"after\":{\"command\":[\"/a\"],\"shell\":true}}", OB_E_UNKNOWN_FIELD,
         "policy.hooks.after.shell"},
        {"\"commands\":{}", OB_E_POLICY_INVALID, "policy.commands"},
        {"\"commands\":[{\"command\":[\"/a\"]}]", OB_E_POLICY_INVALID, "policy.commands[0].name"},
        {"\"commands\":[{\"name\":\"a/b\",\"command\":[\"/a\"]}]", OB_E_POLICY_INVALID,
         "policy.commands[0].name must be the name of a file"},
        {"\"commands\":[{\"name\":\"..\",\"command\":[\"/a\"]}]", OB_E_POLICY_INVALID, "name"},
        {"\"commands\":[{\"name\":\"\",\"command\":[\"/a\"]}]", OB_E_POLICY_INVALID, "name"},
        {"\"commands\":[{\"name\":\"x\",\"command\":[\"/a\"]},"
         "{\"name\":\"x\",\"command\":[\"/b\"]}]",
         OB_E_POLICY_INVALID, "policy.commands[1].name: another"},
        {"\"commands\":[{\"name\":\"x\",\"command\":[\"/a\"],\"env\":1}]", OB_E_UNKNOWN_FIELD,
         "policy.commands[0].env"},
        {"\"commands\":[7]", OB_E_INVALID_ARGUMENT, "policy.commands[0]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ob_policy policy = {0};
        ob_check_status(read_with(&policy, ob_test_format(",%s", rows[i].members)), rows[i].status);
        ob_check_detail(rows[i].detail);
        ck_assert_ptr_null(policy.document);
    }
}
END_TEST

START_TEST(policy_options__bounds)
{
    ob_policy policy = {0};
    const char *commands = "";
    const char *arguments = "\"/a\"";
    for (unsigned i = 0; i <= OB_COMMANDS_MOST; i++) {
        commands = ob_test_format("%s%s{\"name\":\"n%u\",\"command\":[\"/a\"]}", commands,
                                  i > 0 ? "," : "", i);
    }
    ob_check_status(read_with(&policy, ob_test_format(",\"commands\":[%s]", commands)),
                    OB_E_POLICY_INVALID);
    ob_check_detail("at most 16 entries");
    for (unsigned i = 0; i < OB_COMMAND_ARGUMENTS_MOST; i++) {
        arguments = ob_test_format("%s,\"x\"", arguments);
    }
    ob_check_status(
        read_with(&policy, ob_test_format(",\"hooks\":{\"before\":{\"command\":[%s]}}", arguments)),
        OB_E_POLICY_INVALID);
    ob_check_detail("at most 64 texts");
}
END_TEST

START_TEST(policy_options__memory_runs_out)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_policy policy = {0};
        ob_buf text = {0};
        static const ob_guid id = {{1}};
        ob_test_alloc_begin(n, false);
        ob_status status = read_with(&policy, all);
        if (status == OB_OK) {
            status = ob_policy_print(&policy, &id, 0, &id, false, &text);
        }
        ob_policy_free(&policy);
        ob_buf_free(&text);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, policy_options__left_out);
    tcase_add_test(cases, policy_options__all_of_them);
    tcase_add_test(cases, policy_options__come_back_as_they_were);
    tcase_add_test(cases, policy_options__refuses_and_names_the_field);
    tcase_add_test(cases, policy_options__bounds);
    tcase_add_test(cases, policy_options__memory_runs_out);
}

OB_TEST_MAIN("policy_options", add_cases)
