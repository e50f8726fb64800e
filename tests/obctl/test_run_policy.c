#include "cli_test.h"

#include <string.h>

#define STORED                                                                                     \
    "{\"name\":\"default\",\"state\":\"valid\",\"files\":[{\"path\":\"/etc\"},"                    \
    "{\"path\":\"/etc/x\",\"exclude\":true,\"recursive\":false}]}"

START_TEST(run_policy__show)
{
    fake.answer[FAKE_GET_POLICY] = STORED;
    ck_assert_int_eq(cli_run("policy show"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "");
    ck_assert_str_eq(cli_out(), "Policy  default\n"
                                "State   valid\n"
                                "Include  /etc\n"
                                "Exclude  /etc/x  not recursive\n");
    ck_assert_int_eq(cli_run("policy show nightly --json"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "nightly");
    ck_assert_str_eq(cli_out(), STORED "\n");
    fake.status[FAKE_GET_POLICY] = OB_E_NO_POLICY;
    ck_assert_int_eq(cli_run("policy show"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_NO_POLICY"));
}
END_TEST

START_TEST(run_policy__shows_all_that_is_unusual)
{
    fake.answer[FAKE_GET_POLICY] =
        "{\"name\":\"p\",\"state\":\"valid\",\"files\":[{\"path\":\"/a\"}],"
        "\"default_exclusions\":false,\"exclude_caches\":true,"
        "\"hooks\":{\"before\":{\"command\":[\"/bin/b\",\"x\\u001b\",\"y\"],\"timeout\":5},"
        "\"after\":{\"command\":[\"/bin/a\"],\"timeout\":600}},"
        "\"commands\":[{\"name\":\"db\",\"command\":[\"/bin/d\",7],\"timeout\":9}]}";
    ck_assert_int_eq(cli_run("policy show"), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), "Policy  p\n"
                                "State   valid\n"
                                "Include  /a\n"
                                "Exclude  caches (CACHEDIR.TAG)\n"
                                "Include  page, swap and system files\n"
                                "Before   /bin/b x  y                  5 s\n"
                                "Command  db: /bin/d                   9 s\n"
                                "After    /bin/a                       600 s\n");
}
END_TEST

START_TEST(run_policy__set_by_options)
{
    fake.answer[FAKE_SET_POLICY] = STORED;
    ck_assert_int_eq(cli_run("policy set --include /etc --exclude /etc/x --include=/home"),
                     OB_EXIT_OK);
    ck_assert_str_eq(fake.input,
                     "{\"files\":[{\"path\":\"/etc\"},{\"path\":\"/etc/x\",\"exclude\":true},"
                     "{\"path\":\"/home\"}]}");
    ck_assert(cli_out_has("Include  /etc\n"));
    ck_assert_int_eq(cli_run("policy set --include /a --non-recursive --name n --paused --json"),
                     OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{\"name\":\"n\",\"state\":\"paused\","
                                 "\"files\":[{\"path\":\"/a\",\"recursive\":false}]}");
    ck_assert_str_eq(cli_out(), STORED "\n");
}
END_TEST

START_TEST(run_policy__retention)
{
    fake.answer[FAKE_SET_POLICY] =
        "{\"name\":\"default\",\"state\":\"valid\",\"files\":[],\"retention\":{\"days\":30,"
        "\"weekly\":{\"weeks\":4},\"yearly\":{\"years\":2}}}";
    ck_assert_int_eq(cli_run("policy set --include /a --keep-days 30 --keep-weeks 4 "
                             "--keep-months 12 --keep-years 2"),
                     OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{\"files\":[{\"path\":\"/a\"}],\"retention\":{\"days\":30,"
                                 "\"weekly\":{\"weeks\":4},\"monthly\":{\"months\":12},"
                                 "\"yearly\":{\"years\":2}}}");
    ck_assert(cli_out_has("Kept    30 days, 4 weeks, 2 years\n"));
    ck_assert_int_eq(cli_run("policy set --include /a --keep-weeks 0"), OB_EXIT_USAGE);
    ck_assert_int_eq(cli_run("policy set --file - --keep-days 7"), OB_EXIT_USAGE);
}
END_TEST

START_TEST(run_policy__set_by_a_file)
{
    const char *path = ob_test_path(ob_test_temp(), "p.json");
    ob_test_write_text(path, "{ \"as\": \"it is\" }");
    ck_assert_int_eq(cli_run(ob_test_format("policy set --file %s", path)), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{ \"as\": \"it is\" }");
    cli_set_input("{}");
    ck_assert_int_eq(cli_run("policy set --file -"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "{}");
    ck_assert_int_eq(cli_run("policy set --file - --include /a"), OB_EXIT_USAGE);
    ck_assert_int_eq(
        cli_run(ob_test_format("policy set --file %s", ob_test_path(ob_test_temp(), "none"))),
        OB_EXIT_FAILED);
}
END_TEST

START_TEST(run_policy__set_fails)
{
    ck_assert_int_eq(cli_run("policy set"), OB_EXIT_USAGE);
    ck_assert_int_eq(cli_run("policy set --exclude /a"), OB_EXIT_USAGE);
    fake.status[FAKE_SET_POLICY] = OB_E_POLICY_INVALID;
    ck_assert_int_eq(cli_run("policy set --include etc"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_POLICY_INVALID"));
    fake.status[FAKE_SET_POLICY] = OB_OK;
    char *words[] = {(char *)"policy", (char *)"set", (char *)"--include", (char *)"/\xff", NULL};
    ck_assert_int_eq(cli_run_words(words), OB_EXIT_FAILED);
    ck_assert(cli_err_has("not UTF-8"));
}
END_TEST

START_TEST(run_policy__remove)
{
    ck_assert_int_eq(cli_run("policy remove nightly"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "nightly");
    ck_assert(cli_out_has("its recovery points stay"));
    ck_assert_int_eq(cli_run("policy remove --json"), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), "{}\n");
    fake.status[FAKE_REMOVE_POLICY] = OB_E_NO_POLICY;
    ck_assert_int_eq(cli_run("policy remove"), OB_EXIT_FAILED);
}
END_TEST

START_TEST(run_policy__list)
{
    fake.policies[0] =
        "{\"name\":\"default\",\"state\":\"valid\",\"modified\":\"2026-01-31T12:00:00Z\","
        "\"files\":[{\"path\":\"/a\"}]}";
    fake.policies[1] = "{\"name\":\"mail\",\"state\":\"paused\"}";
    fake.policy_count = 2;
    ck_assert_int_eq(cli_run("policy list"), OB_EXIT_OK);
    ck_assert(cli_out_has("default  1 included, 0 excluded, valid   2026-01-31T12:00:00Z\n"));
    ck_assert(cli_out_has("mail     0 included, 0 excluded, paused\n"));
    ck_assert_int_eq(cli_run("policy list --json"), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), ob_test_format("[%s,%s]\n", fake.policies[0], fake.policies[1]));
    fake.policy_count = 0;
    ck_assert_int_eq(cli_run("policy list --json"), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), "[]\n");
    fake.status[FAKE_LIST_POLICIES] = OB_E_IO;
    ck_assert_int_eq(cli_run("policy list"), OB_EXIT_FAILED);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, cli_setup, cli_teardown);
    tcase_add_test(cases, run_policy__list);
    tcase_add_test(cases, run_policy__show);
    tcase_add_test(cases, run_policy__shows_all_that_is_unusual);
    tcase_add_test(cases, run_policy__set_by_options);
    tcase_add_test(cases, run_policy__retention);
    tcase_add_test(cases, run_policy__set_by_a_file);
    tcase_add_test(cases, run_policy__set_fails);
    tcase_add_test(cases, run_policy__remove);
}

OB_TEST_MAIN("run_policy", add_cases)
