#include "retention.h"

#include "ob/test.h"

#include <string.h>

static ob_status read(const char *text, ob_retention *out)
{
    cJSON *json = NULL;
    ob_check_ok(ob_json_parse(&json, text, strlen(text)));
    ob_status status = ob_retention_read(out, json);
    ob_json_free(json);
    return status;
}

START_TEST(retention__all_rules)
{
    ob_retention r;
    ob_check_ok(
        read("{\"days\":30,"
             "\"weekly\":{\"weeks\":4,\"days\":[\"sunday\",\"saturday\"],\"times\":[\"17:30\"]},"
             "\"monthly\":{\"months\":12,\"days\":[\"monday\"],\"weeks_of_month\":[\"first\","
             "\"last\"],\"days_of_month\":[1,31],\"times\":[\"00:00\",\"23:59\"]},"
             "\"yearly\":{\"years\":10,\"months\":[\"january\",\"december\"]}}",
             &r));
    ck_assert_uint_eq(r.days, 30);
    ck_assert_uint_eq(r.weekly.range_days, 28);
    ck_assert_uint_eq(r.weekly.week_days, 1 | 64);
    ck_assert_uint_eq(r.weekly.time_count, 1);
    ck_assert_uint_eq(r.weekly.times[0], 17 * 3600 + 1800);
    ck_assert_uint_eq(r.monthly.range_days, 372);
    ck_assert_uint_eq(r.monthly.week_days, 2);
    ck_assert_uint_eq(r.monthly.month_weeks, OB_FIRST_WEEK | OB_LAST_WEEK);
    ck_assert_uint_eq(r.monthly.month_days, 1 | UINT32_C(1) << 30);
    ck_assert_uint_eq(r.monthly.times[1], 86340);
    ck_assert_uint_eq(r.yearly.range_days, 3660);
    ck_assert_uint_eq(r.yearly.months, 1 | 2048);
    ck_assert_uint_eq(ob_retention_promise(&r), 30);
}
END_TEST

START_TEST(retention__nothing_is_nothing)
{
    ob_retention r = {.days = 5};
    ob_check_ok(read("{}", &r));
    ck_assert_uint_eq(r.days + r.weekly.range_days + r.monthly.range_days + r.yearly.range_days, 0);
}
END_TEST

static const struct {
    const char *text;
    ob_status status;
    const char *detail;
} bad[] = {
    {"{\"days\":0}", OB_E_POLICY_INVALID, "policy.retention.days"},
    {"{\"days\":10000}", OB_E_POLICY_INVALID, "policy.retention.days"},
    {"{\"days\":\"7\"}", OB_E_POLICY_INVALID, "policy.retention.days"},
    {"{\"hours\":7}", OB_E_UNKNOWN_FIELD, "hours"},
    {"{\"weekly\":7}", OB_E_POLICY_INVALID, "policy.retention.weekly"},
    {"{\"weekly\":{}}", OB_E_POLICY_INVALID, "weeks"},
    {"{\"weekly\":{\"weeks\":5201}}", OB_E_POLICY_INVALID, "weeks"},
    {"{\"weekly\":{\"weeks\":1,\"months\":[]}}", OB_E_UNKNOWN_FIELD, "months"},
    {"{\"weekly\":{\"weeks\":1,\"days_of_month\":[1]}}", OB_E_UNKNOWN_FIELD, "days_of_month"},
    {"{\"weekly\":{\"weeks\":1,\"days\":\"sunday\"}}", OB_E_POLICY_INVALID, "days"},
    {"{\"weekly\":{\"weeks\":1,\"days\":[\"Sunday\"]}}", OB_E_POLICY_INVALID, "weekly.days"},
    {"{\"weekly\":{\"weeks\":1,\"days\":[7]}}", OB_E_POLICY_INVALID, "weekly.days"},
    {"{\"weekly\":{\"weeks\":1,\"times\":[\"24:00\"]}}", OB_E_POLICY_INVALID, "times"},
    {"{\"weekly\":{\"weeks\":1,\"times\":[\"12:60\"]}}", OB_E_POLICY_INVALID, "times"},
    {"{\"weekly\":{\"weeks\":1,\"times\":[\"1:000\"]}}", OB_E_POLICY_INVALID, "times"},
    {"{\"weekly\":{\"weeks\":1,\"times\":[12]}}", OB_E_POLICY_INVALID, "times"},
    {"{\"monthly\":{\"months\":1,\"days_of_month\":[0]}}", OB_E_POLICY_INVALID, "days_of_month"},
    {"{\"monthly\":{\"months\":1,\"days_of_month\":[32]}}", OB_E_POLICY_INVALID, "days_of_month"},
    {"{\"monthly\":{\"months\":1,\"days_of_month\":[1.5]}}", OB_E_POLICY_INVALID, "days_of_month"},
    {"{\"monthly\":{\"months\":1,\"days_of_month\":[\"1\"]}}", OB_E_POLICY_INVALID,
     "days_of_month"},
    {"{\"monthly\":{\"months\":1,\"weeks_of_month\":[\"fifth\"]}}", OB_E_POLICY_INVALID,
     "weeks_of_month"},
    {"{\"yearly\":{\"years\":100}}", OB_E_POLICY_INVALID, "years"},
    {"{\"yearly\":{\"years\":1,\"months\":[\"jan\"]}}", OB_E_POLICY_INVALID, "months"},
};

START_TEST(retention__bad_values_are_named)
{
    ob_retention r = {.days = 5};
    ob_check_status(read(bad[_i].text, &r), bad[_i].status);
    ob_check_detail(bad[_i].detail);
    ck_assert_uint_eq(r.days, 5);
}
END_TEST

START_TEST(retention__at_most_24_times)
{
    ob_retention r;
    ob_buf text = {0};
    ob_buf_put_text(&text, "{\"weekly\":{\"weeks\":1,\"times\":[");
    for (int i = 0; i < 24; i++) {
        ob_buf_printf(&text, "%s\"%02d:00\"", i > 0 ? "," : "", i);
    }
    const char *most = ob_test_format("%.*s]}}", (int)text.length, (const char *)text.data);
    ob_check_ok(read(most, &r));
    ck_assert_uint_eq(r.weekly.times[23], 23 * 3600);
    most = ob_test_format("%.*s,\"00:01\"]}}", (int)text.length, (const char *)text.data);
    ob_check_status(read(most, &r), OB_E_POLICY_INVALID);
    ob_buf_free(&text);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, retention__all_rules);
    tcase_add_test(cases, retention__nothing_is_nothing);
    tcase_add_loop_test(cases, retention__bad_values_are_named, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(cases, retention__at_most_24_times);
}

OB_TEST_MAIN("service_retention", add_cases)
