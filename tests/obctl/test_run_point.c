#include "cli_test.h"

#include <string.h>

static void setup(void)
{
    cli_setup();
    for (size_t i = 0; i < 2; i++) {
        fake.points[i] = (ob_point){
            .id = {{[15] = (uint8_t)(i + 1)}},
            .time = INT64_C(1769860800) * 1000000000,
            .bytes = 3 << 20,
            .files = 42,
            .sources = (char *)"{\"policy\":\"mail\",\"sources\":[{\"id\":1,\"name\":\"C:\\\\\"},"
                               "{\"id\":2,\"name\":\"D:\\\\\"}]}",
        };
    }
    fake.points[1].sources = (char *)"broken";
    fake.point_count = 2;
}

START_TEST(run_point__list)
{
    ck_assert_int_eq(cli_run("point list --source C:"), OB_EXIT_OK);
    ck_assert_str_eq(fake.input, "C:");
    ck_assert_str_eq(cli_out(),
                     "TIME                 POINT                                 FILES     SIZE  "
                     "POLICY  SOURCES\n"
                     "2026-01-31 12:00:00  00000000-0000-0000-0000-000000000001     42  3.0 MiB  "
                     "mail    C:\\, D:\\\n"
                     "2026-01-31 12:00:00  00000000-0000-0000-0000-000000000002     42  3.0 MiB\n");
}
END_TEST

START_TEST(run_point__list_as_json)
{
    ck_assert_int_eq(cli_run("point list --limit 1 --json"), OB_EXIT_OK);
    ck_assert_uint_eq(fake.most, 1);
    ck_assert_str_eq(cli_out(),
                     "[{\"id\":\"00000000-0000-0000-0000-000000000001\","
                     "\"time\":\"2026-01-31T12:00:00Z\",\"bytes\":3145728,\"files\":42,"
                     "\"sources\":{\"policy\":\"mail\",\"sources\":[{\"id\":1,\"name\":\"C:\\\\\"},"
                     "{\"id\":2,\"name\":\"D:\\\\\"}]}}]\n");
}
END_TEST

START_TEST(run_point__list_fails)
{
    fake.status[FAKE_LIST_POINTS] = OB_E_PASSPHRASE_NOT_SET;
    ck_assert_int_eq(cli_run("point list"), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_PASSPHRASE_NOT_SET, code 34506"));
    ck_assert_int_eq(cli_run("point list --limit x"), OB_EXIT_USAGE);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, cli_teardown);
    tcase_add_test(cases, run_point__list);
    tcase_add_test(cases, run_point__list_as_json);
    tcase_add_test(cases, run_point__list_fails);
}

OB_TEST_MAIN("run_point", add_cases)
