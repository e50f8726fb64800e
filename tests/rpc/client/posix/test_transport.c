#include "fake_agent.h"
#include "internal.h"

#include <string.h>

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

/* Here and not beside the fake agent, whose threads share the memory. */
START_TEST(transport__connecting_survives_lack_of_memory)
{
    const char *nowhere = fake_server_name();
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_client *client = NULL;
        ob_test_alloc_begin(n, false);
        ob_status status = ob_client_connect(nowhere, &client);
        hit = ob_test_alloc_end();
        ck_assert(status == OB_E_AGENT_UNREACHABLE || (hit && status == OB_E_NO_MEMORY));
        ck_assert_int_eq(ob_client_last_error()->status, status);
        ck_assert_ptr_null(client);
    }
}
END_TEST

START_TEST(transport__documents_survive_lack_of_memory)
{
    OB_BYTES bytes = {3, MIDL_user_allocate(3)};
    ob_buf out = {0};
    memcpy(bytes.data, "abc", 3);
    ob_test_alloc_begin(1, false);
    ob_status status = ob_call_document(&bytes, &out);
    ck_assert(ob_test_alloc_end());
    ob_check_status(status, OB_E_NO_MEMORY);
    ob_check_ok(ob_call_document(&bytes, &out));
    MIDL_user_free(bytes.data);
    ob_buf_free(&out);
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
    tcase_add_test(cases, transport__connecting_survives_lack_of_memory);
    tcase_add_test(cases, transport__documents_survive_lack_of_memory);
    tcase_add_test(cases, transport__invoke_runs_the_call);
}

OB_TEST_MAIN("transport", add_cases)
