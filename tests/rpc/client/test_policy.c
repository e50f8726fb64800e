#include "fake_agent.h"

#include <string.h>

static ob_client *client;

static void setup(void)
{
    fake_agent_start();
    client = fake_agent_connect();
    fake.policies[0] = "{\"name\":\"a\"}";
    fake.policies[1] = "{\"name\":\"b\"}";
    fake.policies[2] = "";
    fake.policy_count = 3;
}

static void teardown(void)
{
    ob_client_close(client);
    fake_agent_stop();
}

START_TEST(policy__list_page_by_page)
{
    int64_t resume = 0;
    size_t seen = 0;
    do {
        char **policies = NULL;
        size_t count = 0;
        ob_check_ok(ob_client_list_policies(client, &resume, 2, &policies, &count));
        for (size_t i = 0; i < count; i++, seen++) {
            ck_assert_str_eq(policies[i], fake.policies[seen]);
            ob_free(policies[i]);
        }
        ob_free(policies);
    } while (resume != 0);
    ck_assert_uint_eq(seen, 3);
    ck_assert_uint_eq(fake.most, 2);
}
END_TEST

START_TEST(policy__list_fails)
{
    char **policies = NULL;
    size_t count = 0;
    int64_t resume = 0;
    fake.status[FAKE_LIST_POLICIES] = OB_E_IO;
    ob_check_status(ob_client_list_policies(client, &resume, 2, &policies, &count), OB_E_IO);
    ck_assert_ptr_null(policies);
    fake.status[FAKE_LIST_POLICIES] = OB_OK;
    /* Asked again of an agent that was restarted meanwhile. */
    atomic_store(&fake.lose[FAKE_LIST_POLICIES], 1);
    ob_check_ok(ob_client_list_policies(client, &resume, 2, &policies, &count));
    ck_assert_uint_eq(count, 2);
    while (count > 0) {
        ob_free(policies[--count]);
    }
    ob_free(policies);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, policy__list_page_by_page);
    tcase_add_test(cases, policy__list_fails);
}

OB_TEST_MAIN("policy", add_cases)
