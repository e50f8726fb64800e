#include "cli_test.h"

#include <string.h>

static void setup(void)
{
    cli_setup();
    fake.point_count = 1;
    fake.items[0] = (ob_item){.type = 2, .mode = 0755, .path = (char *)"etc"};
    fake.items[1] = (ob_item){.type = 1,
                              .mode = 0640,
                              .size = 1536,
                              .mtime = INT64_C(1769860800) * 1000000000,
                              .path = (char *)"etc/new\nline"};
    fake.items[2] = (ob_item){.type = 3, .path = (char *)"C:/link"};
    fake.item_count = 3;
}

START_TEST(run_browse__lists)
{
    ck_assert_int_eq(cli_run("browse latest"), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), "drwxr-xr-x                                  etc\n"
                                "-rw-r-----    1.5 KiB  2026-01-31 12:00:00  etc/new\\nline\n"
                                "l                                           C:/link\n");
    ck_assert_str_eq(fake.input, "");
    ck_assert_str_eq(fake.pattern, "");
    ck_assert_int_eq(atomic_load(&fake.open_views), 0);
}
END_TEST

START_TEST(run_browse__passes_on_where_and_what)
{
    ck_assert_int_eq(cli_run("browse latest /etc --recursive"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "/etc");
    ck_assert_str_eq(fake.pattern, "*");
    ck_assert_int_eq(cli_run("browse 00000000-0000-0000-0000-000000000009 --search *.odt"),
                     OB_EXIT_OK);
    ck_assert_uint_eq(fake.id.bytes[15], 9);
    ck_assert_str_eq(fake.pattern, "*.odt");
}
END_TEST

START_TEST(run_browse__json_is_one_document)
{
    ck_assert_int_eq(cli_run("browse latest --json"), OB_EXIT_OK);
    ck_assert(cli_out_starts("[{\"type\":\"folder\""));
    ck_assert(cli_out_has("},\n{\"type\":\"file\",\"mode\":\"0640\",\"size\":1536,"));
    ck_assert(cli_out_has("\"path\":\"C:/link\",\"escaped\":false}]\n"));
    fake.item_count = 0;
    ck_assert_int_eq(cli_run("browse latest --json"), OB_EXIT_OK);
    ck_assert_str_eq(cli_out(), "[]\n");
}
END_TEST

/* The newest point may be of a policy that never had it. */
START_TEST(run_browse__tells_of_other_policies)
{
    fake.status[FAKE_BROWSE_POINT] = OB_E_NOT_FOUND;
    fake.policies[0] = fake.policies[1] = "{}";
    fake.policy_count = 2;
    ck_assert_int_eq(cli_run("browse latest nothing"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("with --policy NAME"));
    fake.policy_count = 1;
    ck_assert_int_eq(cli_run("browse latest nothing"), OB_EXIT_FAILED);
    ck_assert_ptr_null(strstr(cli_err(), "--policy"));
    fake.policy_count = 2;
    ck_assert_int_eq(cli_run("browse 00000000-0000-0000-0000-000000000009 nothing"),
                     OB_EXIT_FAILED);
    ck_assert_ptr_null(strstr(cli_err(), "--policy"));
    fake.status[FAKE_BROWSE_POINT] = OB_E_IO;
    ck_assert_int_eq(cli_run("browse latest nothing"), OB_EXIT_FAILED);
    ck_assert_ptr_null(strstr(cli_err(), "--policy"));
}
END_TEST

START_TEST(run_browse__fails)
{
    fake.status[FAKE_BROWSE_POINT] = OB_E_NOT_FOUND;
    ck_assert_int_eq(cli_run("browse latest nothing --json"), OB_EXIT_FAILED);
    ck_assert(cli_out_starts("{\"status\":"));
    ck_assert_int_eq(atomic_load(&fake.open_views), 0);
    fake.status[FAKE_OPEN_POINT] = OB_E_CORRUPT;
    ck_assert_int_eq(cli_run("browse latest"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_CORRUPT"));
    ck_assert_int_eq(cli_run("browse x"), OB_EXIT_FAILED);
    ck_assert_int_eq(cli_run("browse"), OB_EXIT_USAGE);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, cli_teardown);
    tcase_add_test(cases, run_browse__lists);
    tcase_add_test(cases, run_browse__passes_on_where_and_what);
    tcase_add_test(cases, run_browse__json_is_one_document);
    tcase_add_test(cases, run_browse__tells_of_other_policies);
    tcase_add_test(cases, run_browse__fails);
}

OB_TEST_MAIN("run_browse", add_cases)
