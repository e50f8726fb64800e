#include "policy_list.h"

#include "host_fixture.h"

#include <string.h>

static ob_test_host fixture;

static void setup(void)
{
    static const char *const names[] = {"c", "a", "b"};
    const char *folder = ob_test_quoted(ob_test_temp());
    ob_test_host_open(&fixture);
    for (size_t i = 0; i < 3; i++) {
        ob_test_host_set_policy(
            &fixture,
            ob_test_format("{\"name\":\"%s\",\"files\":[{\"path\":%s}]}", names[i], folder));
    }
}

static void teardown(void)
{
    ob_test_host_close(&fixture);
}

static ob_status see(void *context, const char *policy)
{
    const char **names = context;
    const char *at = strstr(policy, "\"name\":\"");
    ck_assert_ptr_nonnull(at);
    *names = ob_test_format("%s%c", *names, at[8]);
    return OB_OK;
}

START_TEST(policy_list__by_name_and_page)
{
    int64_t resume = 0;
    const char *names = "";
    ob_check_ok(ob_policy_list(fixture.db, &resume, 2, see, &names));
    ck_assert_str_eq(names, "ab");
    ck_assert_int_eq(resume, 2);
    ob_check_ok(ob_policy_list(fixture.db, &resume, 2, see, &names));
    ck_assert_str_eq(names, "abc");
    ck_assert_int_eq(resume, 0);
    /* A page that takes just all of them is the last one. */
    names = "";
    ob_check_ok(ob_policy_list(fixture.db, &resume, 3, see, &names));
    ck_assert_str_eq(names, "abc");
    ck_assert_int_eq(resume, 0);
    /* A key behind the end. */
    resume = 9;
    ob_check_ok(ob_policy_list(fixture.db, &resume, 3, see, &names));
    ck_assert_str_eq(names, "abc");
    ck_assert_int_eq(resume, 0);
}
END_TEST

static ob_status refuse(void *context, const char *policy)
{
    (void)context;
    (void)policy;
    return ob_fail(OB_E_NO_MEMORY, "made to fail");
}

START_TEST(policy_list__a_visitor_that_fails)
{
    int64_t resume = 1;
    ob_check_status(ob_policy_list(fixture.db, &resume, 2, refuse, NULL), OB_E_NO_MEMORY);
    ck_assert_int_eq(resume, 1);
}
END_TEST

/* Policies of half a megabyte: a page has two of them. */
START_TEST(policy_list__pages_have_a_size)
{
    int64_t resume = 0;
    const char *names = "";
    size_t length = 600000;
    char *large = ob_calloc(1, length + 1);
    memset(large, 'x', length);
    ob_check_ok(ob_db_begin(fixture.db));
    ob_query query =
        ob_query_of(fixture.db, "UPDATE policy SET document = '{\"name\":\"' || name ||"
                                " '\",' || ?1");
    ob_query_bind_text(&query, 1, large);
    ob_check_ok(ob_db_end(fixture.db, ob_query_end(&query)));
    ob_free(large);
    ob_check_ok(ob_policy_list(fixture.db, &resume, 10, see, &names));
    ck_assert_str_eq(names, "ab");
    ob_check_ok(ob_policy_list(fixture.db, &resume, 10, see, &names));
    ck_assert_str_eq(names, "abc");
    ck_assert_int_eq(resume, 0);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, policy_list__by_name_and_page);
    tcase_add_test(cases, policy_list__a_visitor_that_fails);
    tcase_add_test(cases, policy_list__pages_have_a_size);
}

OB_TEST_MAIN("policy_list", add_cases)
