/* The client's end against answers that a test wrote. */
#include "ndr_bytes.h"
#include "pdu.h"
#include "script.h"

#include <string.h>

static ob_buf answers;
static script scripts[2];
static int connected;

static ob_status connect_script(void *context, const char *address, const char *endpoint,
                                uint32_t ms, ob_rpc_transport **out)
{
    (void)context;
    (void)address;
    (void)endpoint;
    (void)ms;
    script *s = &scripts[connected++ % 2];
    script_free(s);
    script_init(s, answers.data, answers.length);
    s->at_end = OB_E_TIMEOUT;
    *out = &s->base;
    return OB_OK;
}

/* The next connection answers its first call with these stub bytes. */
static void answer(const void *stub, size_t length)
{
    RpcBindingFree(&probe.targets[PROBE_TARGET]);
    ob_check_ok(ob_rpc_binding_new(&probe.targets[PROBE_TARGET], connect_script, NULL, "", ""));
    ob_buf_clear(&answers);
    script_bind_ack(&answers, OB_PDU_BIND_ACK, 1, 1, 5840, 0);
    script_stub(&answers, OB_PDU_RESPONSE, OB_PDU_WHOLE, 2, 0, 0, stub, length);
}

static void tear_down(void)
{
    RpcBindingFree(&probe.targets[PROBE_TARGET]);
    ob_buf_free(&answers);
    script_free(&scripts[0]);
    script_free(&scripts[1]);
    ck_assert_int_eq(probe_blocks(), 0);
}

/* The stub bytes of the last request. */
static ob_reader request_stub(void)
{
    const script *s = &scripts[(connected - 1) % 2];
    size_t position = 0;
    ob_pdu pdu;
    while (script_next(&s->sent, &position, &pdu)) {
        if (pdu.type == OB_PDU_REQUEST) {
            ob_read_bytes(&pdu.body, 8);
            return pdu.body;
        }
    }
    ck_abort_msg("no request was sent");
    return (ob_reader){0};
}

static LONG bags(P_TWO *two)
{
    LONG sure = 9;
    P_DEEP deep = {.colour = RED, .sure = &sure};
    P_BAG bag = {.n = 1, .list = &deep};
    return Bags(PROBE_TARGET, 1, &bag, two);
}

START_TEST(ndr_client__request_and_answer)
{
    uint8_t stub[sizeof two_bytes + 4];
    P_TWO two = {77, (LONG *)&stub, 77, NULL}; /* what it held does not matter */
    memcpy(stub, two_bytes, sizeof two_bytes);
    memcpy(stub + sizeof two_bytes, "\xfe\xff\xff\xff", 4);
    answer(stub, sizeof stub);
    ck_assert_int_eq(bags(&two), -2);
    ck_assert_uint_eq(two.n, 2);
    ck_assert_int_eq(two.p[1], 2);
    ck_assert_int_eq(two.h[0], 3);
    MIDL_user_free(two.p);
    MIDL_user_free(two.h);
    ob_reader sent = request_stub();
    ck_assert_uint_eq(ob_read_u32(&sent), PROBE_TARGET);
    ck_assert_uint_eq(ob_read_u32(&sent), 1); /* n */
    ck_assert_uint_eq(ob_read_u32(&sent), 1); /* elements of the array */
}
END_TEST

START_TEST(ndr_client__answers_cut_at_each_byte)
{
    uint8_t stub[sizeof two_bytes + 4 + 8] = {0};
    memcpy(stub, two_bytes, sizeof two_bytes);
    for (size_t length = 0; length <= sizeof two_bytes + 4 + 8; length++) {
        P_TWO two;
        memset(&two, 0xa5, sizeof two);
        if (length >= sizeof two_bytes + 4 && length < sizeof two_bytes + 4 + 8) {
            continue; /* complete, with up to 7 bytes of padding */
        }
        answer(stub, length);
        ck_assert_int_eq(bags(&two), OB_E_PROTOCOL);
        ck_assert_uint_eq(two.n, 0);
        ck_assert_ptr_null(two.p);
        ck_assert_int_eq(two.m, 0);
        ck_assert_ptr_null(two.h);
        ck_assert_int_eq(probe_blocks(), 0);
    }
}
END_TEST

START_TEST(ndr_client__arguments_that_cannot_be_sent)
{
    P_MIX m = {0}, io = {0};
    P_TAIL tail = {0};
    P_DEEP deep;
    answer("", 0);
    ck_assert_int_eq(Structs(PROBE_TARGET, &m, NULL, &io, &deep, &tail, 4), OB_E_INVALID_ARGUMENT);
    ck_assert_int_eq(Structs(PROBE_TARGET, NULL, NULL, &io, &deep, &tail, 0),
                     OB_E_INVALID_ARGUMENT);
    ob_check_detail("parameter 2");
    ck_assert_int_eq(Structs(PROBE_TARGET, &m, NULL, &io, NULL, &tail, 0), OB_E_INVALID_ARGUMENT);
    ck_assert_int_eq(Structs(2, &m, NULL, &io, &deep, &tail, 0), OB_E_INVALID_ARGUMENT);
    ob_check_detail("no binding");
    ck_assert_int_eq(connected, 0);
}
END_TEST

START_TEST(ndr_client__context_handles)
{
    uint8_t handle[24] = {0};
    P_CONTEXT context = NULL;
    LONG sum = 7;
    ck_assert_int_eq(Use(NULL, 1, 0, &sum), OB_E_INVALID_ARGUMENT);
    ob_check_detail("open handle");
    ck_assert_int_eq(sum, 0);
    answer(handle, sizeof handle); /* NULL, as a routine answers that refused */
    ck_assert_int_eq(Open(PROBE_TARGET, 1, &context), 0);
    ck_assert_ptr_null(context);
    handle[9] = 1;
    answer(handle, sizeof handle);
    ck_assert_int_eq(Open(PROBE_TARGET, 1, &context), 0);
    ck_assert_ptr_nonnull(context);
    uint8_t bytes[20];
    ob_rpc_client_context_bytes(context, bytes);
    ck_assert_mem_eq(bytes, handle, 20);
    RpcSsDestroyClientContext(&context);
    RpcSsDestroyClientContext(&context);
    answer(handle, 23); /* cut */
    ck_assert_int_eq(Open(PROBE_TARGET, 1, &context), OB_E_PROTOCOL);
    ck_assert_ptr_null(context);
}
END_TEST

START_TEST(ndr_client__every_allocation_fails_once)
{
    uint8_t stub[sizeof two_bytes + 4] = {0};
    bool hit = true;
    memcpy(stub, two_bytes, sizeof two_bytes);
    for (uint64_t n = 1; hit; n++) {
        P_TWO two = {0}; /* its description may be what there is no memory for */
        answer(stub, sizeof stub);
        ob_test_alloc_begin(n, false);
        const LONG status = bags(&two);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(OB_FAILED(status), hit);
        MIDL_user_free(two.p);
        MIDL_user_free(two.h);
        ck_assert_int_eq(probe_blocks(), 0);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, NULL, tear_down);
    tcase_add_test(cases, ndr_client__request_and_answer);
    tcase_add_test(cases, ndr_client__answers_cut_at_each_byte);
    tcase_add_test(cases, ndr_client__arguments_that_cannot_be_sent);
    tcase_add_test(cases, ndr_client__context_handles);
    tcase_add_test(cases, ndr_client__every_allocation_fails_once);
}

OB_TEST_MAIN("ndr_client", add_cases)
