#include "ob/test.h"

#include "dispatch.h"

#define METHODS 5

static void stub(PRPC_MESSAGE message)
{
    (void)message;
}

static void deny(ob_control_caller *out)
{
    out->allowed = false;
}

static RPC_DISPATCH_FUNCTION functions[METHODS] = {stub, stub, stub, stub, stub};

START_TEST(dispatch__no_method_goes_by_the_gate)
{
    RPC_DISPATCH_TABLE table = {.DispatchTableCount = METHODS, .DispatchTable = functions};
    RPC_SERVER_INTERFACE stubs = {.Length = sizeof stubs, .DispatchTable = &table};
    RPC_IF_HANDLE guarded = NULL;
    stubs.InterfaceId.SyntaxGUID.Data1 = 0x12345678;
    ob_check_ok(ob_control_dispatch_init(&stubs, deny, &guarded));
    const RPC_SERVER_INTERFACE *made = guarded;
    ck_assert_uint_eq(made->InterfaceId.SyntaxGUID.Data1, 0x12345678);
    ck_assert_uint_eq(made->DispatchTable->DispatchTableCount, METHODS);
    for (unsigned i = 0; i < METHODS; i++) {
        ck_assert(made->DispatchTable->DispatchTable[i] != stub);
        ck_assert(made->DispatchTable->DispatchTable[i] != NULL);
    }
    /* What the stubs have stays as it was. */
    ck_assert(stubs.DispatchTable == &table && table.DispatchTable[0] == stub);
}
END_TEST

START_TEST(dispatch__too_many_methods_do_not_start)
{
    RPC_DISPATCH_TABLE table = {.DispatchTableCount = 100000, .DispatchTable = functions};
    RPC_SERVER_INTERFACE stubs = {.Length = sizeof stubs, .DispatchTable = &table};
    RPC_IF_HANDLE guarded = NULL;
    ob_check_status(ob_control_dispatch_init(&stubs, deny, &guarded), OB_E_UNEXPECTED);
    ck_assert_ptr_null(guarded);
}
END_TEST

START_TEST(dispatch__every_method_of_the_interface_has_its_place)
{
    RPC_IF_HANDLE guarded = NULL;
    const RPC_SERVER_INTERFACE *stubs = OnlineBackup_v1_0_s_ifspec;
    ob_check_ok(ob_control_dispatch_init(OnlineBackup_v1_0_s_ifspec, deny, &guarded));
    const RPC_SERVER_INTERFACE *made = guarded;
    ck_assert_uint_eq(made->DispatchTable->DispatchTableCount,
                      stubs->DispatchTable->DispatchTableCount);
    ck_assert_uint_eq(made->DispatchTable->DispatchTableCount, 20);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, dispatch__no_method_goes_by_the_gate);
    tcase_add_test(cases, dispatch__too_many_methods_do_not_start);
    tcase_add_test(cases, dispatch__every_method_of_the_interface_has_its_place);
}

OB_TEST_MAIN("dispatch", add_cases)
