#include "policies.h"

#include "cli_test.h"
#include "ob/json.h"

#include <cjson/cJSON.h>
#include <string.h>

START_TEST(policies__reads_all)
{
    cJSON *all = NULL;
    fake.policies[0] = "{\"name\":\"a\",\"state\":\"valid\",\"files\":[{\"path\":\"/x\"}]}";
    fake.policies[1] = "{\"name\":\"b\"}";
    fake.policy_count = 2;
    ck_assert_int_eq(ob_policies_read(cli_bare(), &all), OB_EXIT_OK);
    ck_assert_int_eq(cJSON_GetArraySize(all), 2);
    ob_buf text = ob_policies_describe(all->child);
    ck_assert_str_eq((const char *)text.data, "1 included, 0 excluded, valid");
    ob_buf_free(&text);
    ob_json_free(all);
}
END_TEST

START_TEST(policies__fails)
{
    cJSON *all = NULL;
    fake.policies[0] = "nonsense";
    fake.policies[1] = "{}";
    fake.policy_count = 2;
    ck_assert_int_eq(ob_policies_read(cli_bare(), &all), OB_EXIT_FAILED);
    ck_assert(cli_err_has("OB_E_PROTOCOL"));
    fake.status[FAKE_LIST_POLICIES] = OB_E_IO;
    ck_assert_int_eq(ob_policies_read(cli_bare(), &all), OB_EXIT_FAILED);
    ck_assert_ptr_null(all);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, cli_setup, cli_teardown);
    tcase_add_test(cases, policies__reads_all);
    tcase_add_test(cases, policies__fails);
}

OB_TEST_MAIN("policies", add_cases)
