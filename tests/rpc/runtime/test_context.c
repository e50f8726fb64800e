#include "context.h"

#include "ob/test.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

static ob_rpc_group group;
static atomic_int rundowns;

static void rundown(void *user)
{
    ck_assert_ptr_nonnull(user);
    atomic_fetch_add(&rundowns, 1);
}

static void other_rundown(void *user)
{
    (void)user;
}

static void set_up(void)
{
    memset(&group, 0, sizeof group);
    ob_mutex_init(&group.mutex);
    ob_cond_init(&group.freed);
}

static void tear_down(void)
{
    ob_rpc_contexts_run_down(&group);
    ob_cond_destroy(&group.freed);
    ob_mutex_destroy(&group.mutex);
}

static ob_rpc_context *make(void *user)
{
    ob_rpc_context *context = NULL;
    ck_assert_uint_eq(ob_rpc_context_new(&group, rundown, 2, &context), 0);
    context->user = user;
    return context;
}

START_TEST(context__found_by_its_bytes_and_type)
{
    int value = 0;
    uint8_t wire[OB_RPC_CONTEXT_BYTES];
    ob_rpc_context *context = make(&value);
    ob_rpc_context *found = NULL;
    memcpy(wire, context->wire, sizeof wire);
    ck_assert(!ob_rpc_context_is_null(wire));
    ck_assert_mem_eq(wire, "\0\0\0\0", 4);
    ob_rpc_context_put(&group, context);
    ck_assert(ob_rpc_contexts_any(&group));
    ck_assert_uint_eq(ob_rpc_context_take(&group, wire, other_rundown, &found),
                      OB_RPC_FAULT_CONTEXT_MISMATCH);
    ck_assert_uint_eq(ob_rpc_context_take(&group, wire, rundown, &found), 0);
    ck_assert_ptr_eq(found, context);
    ob_rpc_context_put(&group, found);
    wire[7] ^= 1;
    ck_assert_uint_eq(ob_rpc_context_take(&group, wire, rundown, &found),
                      OB_RPC_FAULT_CONTEXT_MISMATCH);
    ob_rpc_contexts_run_down(&group);
    ck_assert_int_eq(atomic_load(&rundowns), 1);
}
END_TEST

START_TEST(context__closed_is_forgotten)
{
    int value = 0;
    ob_rpc_context *context = make(&value);
    uint8_t wire[OB_RPC_CONTEXT_BYTES];
    memcpy(wire, context->wire, sizeof wire);
    context->user = NULL;
    ob_rpc_context_put(&group, context);
    ck_assert(!ob_rpc_contexts_any(&group));
    ck_assert_uint_eq(ob_rpc_context_take(&group, wire, rundown, &context),
                      OB_RPC_FAULT_CONTEXT_MISMATCH);
    ob_rpc_context_put(&group, NULL);
    ck_assert_int_eq(atomic_load(&rundowns), 0);
}
END_TEST

START_TEST(context__limit_and_no_memory)
{
    int value = 0;
    ob_rpc_context *third = NULL;
    ob_rpc_context_put(&group, make(&value));
    ob_rpc_context_put(&group, make(&value));
    ck_assert_uint_eq(ob_rpc_context_new(&group, rundown, 2, &third), OB_RPC_FAULT_TOO_BUSY);
    ob_test_alloc_begin(1, false);
    const uint32_t fault = ob_rpc_context_new(&group, rundown, 9, &third);
    ob_test_alloc_end();
    ck_assert_uint_eq(fault, OB_RPC_FAULT_NO_MEMORY);
    ck_assert_ptr_null(third);
}
END_TEST

static ob_rpc_context *shared;
static atomic_int taken;

static void take_shared(void *argument)
{
    (void)argument;
    ob_rpc_context *context = NULL;
    ck_assert_uint_eq(ob_rpc_context_take(&group, shared->wire, rundown, &context), 0);
    atomic_store(&taken, 1);
    ob_rpc_context_put(&group, context);
}

START_TEST(context__a_second_call_waits)
{
    int value = 0;
    ob_thread *thread = NULL;
    shared = make(&value);
    ob_check_ok(ob_thread_start(&thread, take_shared, NULL));
    usleep(50 * 1000);
    ck_assert_int_eq(atomic_load(&taken), 0);
    ob_rpc_context_put(&group, shared);
    ob_thread_join(thread);
    ck_assert_int_eq(atomic_load(&taken), 1);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, context__found_by_its_bytes_and_type);
    tcase_add_test(cases, context__closed_is_forgotten);
    tcase_add_test(cases, context__limit_and_no_memory);
    tcase_add_test(cases, context__a_second_call_waits);
}

OB_TEST_MAIN("context", add_cases)
