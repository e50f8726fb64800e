#include "fake_agent.h"
#include "internal.h"

START_TEST(transport__binds_a_path)
{
    handle_t binding = NULL;
    ob_check_ok(ob_transport_bind("/run/with [brackets]", false, &binding));
    ck_assert_ptr_nonnull(binding);
    RpcBindingFree(&binding);
}
END_TEST

START_TEST(transport__refuses)
{
    handle_t binding = NULL;
    ob_check_status(ob_transport_bind("ncalrpc:", true, &binding), OB_E_INVALID_ARGUMENT);
    ob_check_status(ob_transport_bind("ncacn_ip_tcp:127.0.0.1[1]", true, &binding),
                    OB_E_NOT_SUPPORTED);
    ck_assert_ptr_null(binding);
}
END_TEST

START_TEST(transport__survives_lack_of_memory)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        handle_t binding = NULL;
        ob_test_alloc_begin(n, false);
        ob_status status = ob_transport_bind("/run/x", false, &binding);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
        if (binding != NULL) {
            RpcBindingFree(&binding);
        }
    }
}
END_TEST

static void run(ob_call *call)
{
    call->result = OB_E_IO;
}

START_TEST(transport__invoke_runs_the_call)
{
    ob_call call = {.run = run};
    ob_check_ok(ob_transport_invoke(&call));
    ck_assert_int_eq(call.result, OB_E_IO);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, transport__binds_a_path);
    tcase_add_test(cases, transport__refuses);
    tcase_add_test(cases, transport__survives_lack_of_memory);
    tcase_add_test(cases, transport__invoke_runs_the_call);
}

OB_TEST_MAIN("transport", add_cases)
