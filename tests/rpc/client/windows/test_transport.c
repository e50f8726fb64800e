#include "fake_agent.h"
#include "internal.h"

START_TEST(transport__binds_a_name)
{
    handle_t binding = NULL;
    ob_check_ok(ob_transport_bind("OnlineBackup", false, &binding));
    ck_assert_ptr_nonnull(binding);
    RpcBindingFree(&binding);
    ob_check_ok(ob_transport_bind("ncacn_ip_tcp:127.0.0.1[4711]", true, &binding));
    RpcBindingFree(&binding);
}
END_TEST

START_TEST(transport__refuses)
{
    handle_t binding = NULL;
    ob_check_status(ob_transport_bind("ncalrpc:[", true, &binding), OB_E_INVALID_ARGUMENT);
    ck_assert_ptr_null(binding);
    /* Wine tells it with the first call. */
    ob_status status = ob_transport_bind("ncacn_nothing:[x]", true, &binding);
    ck_assert(status == OB_E_NOT_SUPPORTED || status == OB_OK);
    if (binding != NULL) {
        RpcBindingFree(&binding);
    }
}
END_TEST

static unsigned long raised;

static void run(ob_call *call)
{
    call->result = OB_E_IO;
    if (raised != 0) {
        RpcRaiseException((RPC_STATUS)raised);
    }
}

START_TEST(transport__exceptions_become_statuses)
{
    static const struct {
        unsigned long code;
        ob_status status;
    } cases[] = {
        {RPC_S_SERVER_UNAVAILABLE, OB_E_AGENT_UNREACHABLE},
        {RPC_S_CALL_FAILED_DNE, OB_E_AGENT_UNREACHABLE},
        {RPC_X_SS_CONTEXT_MISMATCH, OB_E_AGENT_UNREACHABLE},
        {ERROR_ACCESS_DENIED, OB_E_ACCESS_DENIED},
        {RPC_S_CALL_CANCELLED, OB_E_TIMEOUT},
        {RPC_S_SERVER_TOO_BUSY, OB_E_BUSY},
        {RPC_S_OUT_OF_MEMORY, OB_E_NO_MEMORY},
        {RPC_X_BAD_STUB_DATA, OB_E_PROTOCOL},
        {RPC_S_PROCNUM_OUT_OF_RANGE, OB_E_PROTOCOL},
    };
    ob_call call = {.run = run};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        raised = cases[i].code;
        ob_check_status(ob_transport_invoke(&call), cases[i].status);
        ob_check_detail(ob_test_format("RPC status %lu", raised));
    }
    raised = 0;
    ob_check_ok(ob_transport_invoke(&call));
    ck_assert_int_eq(call.result, OB_E_IO);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, transport__binds_a_name);
    tcase_add_test(cases, transport__refuses);
    tcase_add_test(cases, transport__exceptions_become_statuses);
}

OB_TEST_MAIN("transport", add_cases)
