#include "ob/test.h"
#include "ob/thread.h"

#include <windows.h>

#include <rpc.h>
#include <stdatomic.h>

#include "seh.h"

static void returns(void *context)
{
    ++*(int *)context;
}

static void raises(void *context)
{
    RpcRaiseException(*(RPC_STATUS *)context);
}

START_TEST(seh__returns)
{
    int calls = 0;
    ck_assert_uint_eq(ob_seh_call(returns, &calls), 0);
    ck_assert_int_eq(calls, 1);
}
END_TEST

START_TEST(seh__gives_the_code)
{
    RPC_STATUS codes[] = {RPC_S_SERVER_UNAVAILABLE, ERROR_ACCESS_DENIED, RPC_X_BAD_STUB_DATA,
                          0x1C010003};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        ck_assert_uint_eq(ob_seh_call(raises, &codes[i]), (unsigned long)codes[i]);
    }
}
END_TEST

/* An exception caught in a function that another one runs. */
static void nests(void *context)
{
    RPC_STATUS inner = RPC_S_CALL_FAILED;
    ck_assert_uint_eq(ob_seh_call(raises, &inner), RPC_S_CALL_FAILED);
    raises(context);
}

START_TEST(seh__nests)
{
    RPC_STATUS outer = RPC_S_SERVER_TOO_BUSY;
    ck_assert_uint_eq(ob_seh_call(nests, &outer), RPC_S_SERVER_TOO_BUSY);
}
END_TEST

static void raise_often(void *context)
{
    for (int i = 0; i < 500; i++) {
        RPC_STATUS code = 1000 + i;
        if (ob_seh_call(raises, &code) == (unsigned long)code) {
            atomic_fetch_add((atomic_int *)context, 1);
        }
    }
}

START_TEST(seh__in_several_threads)
{
    ob_thread *threads[4] = {0};
    atomic_int caught = 0;
    for (size_t i = 0; i < 4; i++) {
        ob_check_ok(ob_thread_start(&threads[i], raise_often, &caught));
    }
    for (size_t i = 0; i < 4; i++) {
        ob_thread_join(threads[i]);
    }
    ck_assert_int_eq(atomic_load(&caught), 2000);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, seh__returns);
    tcase_add_test(cases, seh__gives_the_code);
    tcase_add_test(cases, seh__nests);
    tcase_add_test(cases, seh__in_several_threads);
}

OB_TEST_MAIN("seh", add_cases)
