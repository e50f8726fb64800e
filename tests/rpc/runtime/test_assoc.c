#include "assoc.h"

#include "ob/test.h"

static ob_rpc_groups groups;
static const ob_rpc_peer tcp = {.known = false};
static const ob_rpc_peer alice = {.known = true, .uid = 1000};
static const ob_rpc_peer bob = {.known = true, .uid = 1001};
static int rundowns;

static void rundown(void *user)
{
    (void)user;
    rundowns++;
}

START_TEST(assoc__joined_by_its_id)
{
    ob_rpc_group *first = NULL, *second = NULL, *other = NULL;
    ob_check_ok(ob_rpc_group_join(&groups, 0, &alice, &first));
    ob_check_ok(ob_rpc_group_join(&groups, 0, &alice, &other));
    ck_assert_uint_ne(first->id, 0);
    ck_assert_uint_ne(first->id, other->id);
    ob_check_ok(ob_rpc_group_join(&groups, first->id, &alice, &second));
    ck_assert_ptr_eq(first, second);
    ob_rpc_group_leave(&groups, first);
    ob_rpc_group_leave(&groups, second);
    ob_rpc_group_leave(&groups, other);
    ob_rpc_group_leave(&groups, NULL);
}
END_TEST

START_TEST(assoc__not_by_another_user)
{
    ob_rpc_group *group = NULL, *stolen = NULL;
    ob_check_ok(ob_rpc_group_join(&groups, 0, &alice, &group));
    ob_check_status(ob_rpc_group_join(&groups, group->id, &bob, &stolen), OB_E_NOT_FOUND);
    ob_check_status(ob_rpc_group_join(&groups, group->id, &tcp, &stolen), OB_E_NOT_FOUND);
    ob_check_status(ob_rpc_group_join(&groups, group->id + 1, &alice, &stolen), OB_E_NOT_FOUND);
    ck_assert_ptr_null(stolen);
    ob_rpc_group_leave(&groups, group);
}
END_TEST

START_TEST(assoc__last_leave_runs_contexts_down)
{
    ob_rpc_group *group = NULL;
    ob_rpc_context *context = NULL;
    int user = 0;
    rundowns = 0;
    ob_check_ok(ob_rpc_group_join(&groups, 0, &tcp, &group));
    ob_check_ok(ob_rpc_group_join(&groups, group->id, &tcp, &group));
    ck_assert_uint_eq(ob_rpc_context_new(group, rundown, 8, &context), 0);
    context->user = &user;
    ob_rpc_context_put(group, context);
    ob_rpc_group_leave(&groups, group);
    ck_assert_int_eq(rundowns, 0);
    ob_rpc_group_leave(&groups, group);
    ck_assert_int_eq(rundowns, 1);
}
END_TEST

START_TEST(assoc__no_memory)
{
    ob_rpc_group *group = NULL;
    ob_test_alloc_begin(1, false);
    const ob_status status = ob_rpc_group_join(&groups, 0, &tcp, &group);
    ob_test_alloc_end();
    ob_check_status(status, OB_E_NO_MEMORY);
    ck_assert_ptr_null(group);
}
END_TEST

static void set_up(void)
{
    ob_rpc_groups_init(&groups);
}

static void tear_down(void)
{
    ob_rpc_groups_destroy(&groups);
}

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, assoc__joined_by_its_id);
    tcase_add_test(cases, assoc__not_by_another_user);
    tcase_add_test(cases, assoc__last_leave_runs_contexts_down);
    tcase_add_test(cases, assoc__no_memory);
}

OB_TEST_MAIN("assoc", add_cases)
