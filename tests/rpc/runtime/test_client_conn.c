#include "client_conn.h"
#include "script.h"

#include "ob/test.h"

#include <string.h>

static const RPC_SYNTAX_IDENTIFIER first = {{1, 2, 3, {4}}, {1, 0}};
static const RPC_SYNTAX_IDENTIFIER second = {{2, 2, 3, {4}}, {1, 0}};

static ob_buf answers; /* what the server says */
static script s;
static ob_rpc_client_connection *connection;

static void tear_down(void)
{
    ob_rpc_client_close(connection);
    connection = NULL;
    ob_buf_free(&answers);
    script_free(&s);
}

static ob_status open_with(uint32_t group)
{
    script_free(&s);
    script_init(&s, answers.data, answers.length);
    s.piece = 5;
    return ob_rpc_client_open(&connection, &s.base, 5840, group, &first, OB_RPC_FOREVER);
}

static void ack(uint8_t type, uint32_t call_id, uint16_t result)
{
    script_bind_ack(&answers, type, call_id, 55, 2000, result);
}

static ob_status exchange(const RPC_SYNTAX_IDENTIFIER *interface, ob_buf *response, bool *usable)
{
    ob_buf request = {0};
    ob_buf_put_zero(&request, 3000);
    const ob_status status = ob_rpc_client_exchange(connection, interface, 9, &request, response,
                                                    OB_RPC_FOREVER, usable);
    ob_buf_free(&request);
    return status;
}

START_TEST(client_conn__binds_calls_and_alters)
{
    ob_buf response = {0};
    bool usable = false;
    ob_pdu pdu;
    size_t position = 0;
    ack(OB_PDU_BIND_ACK, 1, 0);
    script_stub(&answers, OB_PDU_RESPONSE, OB_PDU_FIRST, 2, 0, 0, "ab", 2);
    script_stub(&answers, OB_PDU_RESPONSE, OB_PDU_LAST, 2, 0, 0, "cd", 2);
    ack(OB_PDU_ALTER_ACK, 3, 0);
    script_stub(&answers, OB_PDU_RESPONSE, OB_PDU_WHOLE, 4, 1, 0, "ef", 2);
    ob_check_ok(open_with(0));
    ck_assert_uint_eq(connection->group, 55);
    ob_check_ok(exchange(&first, &response, &usable));
    ck_assert(usable);
    ck_assert_uint_eq(response.length, 4);
    ck_assert_mem_eq(response.data, "abcd", 4);
    ob_buf_clear(&response);
    ob_check_ok(exchange(&second, &response, &usable));
    ck_assert_mem_eq(response.data, "ef", 2);
    static const uint8_t sent[] = {OB_PDU_BIND,  OB_PDU_REQUEST, OB_PDU_REQUEST,
                                   OB_PDU_ALTER, OB_PDU_REQUEST, OB_PDU_REQUEST};
    for (size_t i = 0; i < sizeof sent; i++) {
        ck_assert(script_next(&s.sent, &position, &pdu));
        ck_assert_uint_eq(pdu.type, sent[i]);
        ck_assert_uint_le(pdu.length, 2000); /* what the server takes */
    }
    ob_buf_free(&response);
}
END_TEST

START_TEST(client_conn__binds_that_fail)
{
    static const struct {
        uint16_t reason;
        ob_status status;
    } naks[] = {{OB_PDU_REJECT_OTHER, OB_E_NOT_FOUND},
                {OB_PDU_REJECT_CONGESTION, OB_E_BUSY},
                {OB_PDU_REJECT_AUTHENTICATION, OB_E_PROTOCOL}};
    for (size_t i = 0; i < 3; i++) {
        ob_buf_clear(&answers);
        ob_pdu_put_bind_nak(&answers, 1, naks[i].reason);
        ob_check_status(open_with(7), naks[i].status);
        ck_assert(s.closed);
    }
    ob_buf_clear(&answers);
    ack(OB_PDU_BIND_ACK, 1, OB_PDU_PROVIDER_REJECTED);
    ob_check_status(open_with(0), OB_E_PROTOCOL);
    ob_buf_clear(&answers);
    ack(OB_PDU_BIND_ACK, 2, 0); /* of another call */
    ob_check_status(open_with(0), OB_E_PROTOCOL);
    ob_buf_clear(&answers);
    ack(OB_PDU_ALTER_ACK, 1, 0);
    ob_check_status(open_with(0), OB_E_PROTOCOL);
    ob_buf_clear(&answers);
    script_bind_ack(&answers, OB_PDU_BIND_ACK, 1, 55, 100, 0); /* tiny fragments */
    ob_check_status(open_with(0), OB_E_PROTOCOL);
    ob_buf_clear(&answers);
    ob_pdu_end(&answers, ob_pdu_begin(&answers, OB_PDU_SHUTDOWN, OB_PDU_WHOLE, 0), 0);
    ob_check_status(open_with(0), OB_E_AGENT_UNREACHABLE);
    ob_buf_clear(&answers);
    ob_check_status(open_with(0), OB_E_AGENT_UNREACHABLE);
    ck_assert_ptr_null(connection);
}
END_TEST

START_TEST(client_conn__faults)
{
    static const struct {
        uint32_t fault;
        ob_status status;
    } rows[] = {{OB_RPC_FAULT_ACCESS_DENIED, OB_E_ACCESS_DENIED},
                {OB_RPC_FAULT_TOO_BUSY, OB_E_BUSY},
                {OB_RPC_FAULT_CONTEXT_MISMATCH, OB_E_AGENT_UNREACHABLE},
                {OB_RPC_FAULT_OPNUM_RANGE, OB_E_PROTOCOL}};
    ob_buf response = {0};
    bool usable = false;
    ack(OB_PDU_BIND_ACK, 1, 0);
    for (uint32_t i = 0; i < 4; i++) {
        ob_pdu_put_fault(&answers, i + 2, 0, rows[i].fault, false);
    }
    ob_check_ok(open_with(0));
    for (size_t i = 0; i < 4; i++) {
        ob_check_status(exchange(&first, &response, &usable), rows[i].status);
        ck_assert(usable);
    }
    ob_check_detail("1C010002");
    ob_buf_free(&response);
}
END_TEST

START_TEST(client_conn__answers_that_are_none)
{
    static const struct {
        uint8_t type, flags;
        uint32_t call_id;
        size_t length;
    } rows[] = {{OB_PDU_RESPONSE, OB_PDU_WHOLE, 3, 2}, {OB_PDU_RESPONSE, OB_PDU_LAST, 2, 2},
                {OB_PDU_RESPONSE, OB_PDU_FIRST, 2, 0}, {OB_PDU_BIND_ACK, OB_PDU_WHOLE, 2, 2},
                {OB_PDU_REQUEST, OB_PDU_WHOLE, 2, 2},  {OB_PDU_FAULT, OB_PDU_WHOLE, 2, 2}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ob_buf response = {0};
        bool usable = true;
        ob_buf_clear(&answers);
        ack(OB_PDU_BIND_ACK, 1, 0);
        script_stub(&answers, rows[i].type, rows[i].flags, rows[i].call_id, 0, 0, "ab",
                    rows[i].length);
        ob_check_ok(open_with(0));
        ck_assert_msg(exchange(&first, &response, &usable) == OB_E_PROTOCOL, "row %zu", i);
        ob_rpc_client_close(connection);
        connection = NULL;
        ob_buf_free(&response);
    }
}
END_TEST

START_TEST(client_conn__an_answer_over_the_limit)
{
    ob_buf response = {.limit = 3};
    bool usable = true;
    ack(OB_PDU_BIND_ACK, 1, 0);
    script_stub(&answers, OB_PDU_RESPONSE, OB_PDU_FIRST, 2, 0, 0, "ab", 2);
    script_stub(&answers, OB_PDU_RESPONSE, OB_PDU_LAST, 2, 0, 0, "cd", 2);
    ob_check_ok(open_with(0));
    ob_check_status(exchange(&first, &response, &usable), OB_E_TOO_LARGE);
    ck_assert(!usable);
    ob_buf_free(&response);
}
END_TEST

START_TEST(client_conn__says_farewell_at_the_time_limit)
{
    ob_buf response = {0};
    bool usable = true;
    ob_pdu pdu;
    size_t position = 0;
    ack(OB_PDU_BIND_ACK, 1, 0);
    ob_check_ok(open_with(0));
    s.at_end = OB_E_TIMEOUT;
    ob_check_status(exchange(&first, &response, &usable), OB_E_TIMEOUT);
    ck_assert(!usable);
    while (script_next(&s.sent, &position, &pdu) && pdu.type != OB_PDU_CANCEL) {
    }
    ck_assert_uint_eq(pdu.type, OB_PDU_CANCEL);
    ck_assert_uint_eq(pdu.call_id, 2);
    ck_assert(script_next(&s.sent, &position, &pdu));
    ck_assert_uint_eq(pdu.type, OB_PDU_ORPHANED);
    ck_assert_uint_eq(pdu.call_id, 2);
    ob_buf_free(&response);
}
END_TEST

START_TEST(client_conn__quiet_or_not)
{
    ack(OB_PDU_BIND_ACK, 1, 0);
    ob_check_ok(open_with(0));
    ck_assert(!ob_rpc_client_is_quiet(connection)); /* the stream has ended */
    s.at_end = OB_E_TIMEOUT;
    ck_assert(ob_rpc_client_is_quiet(connection));
}
END_TEST

START_TEST(client_conn__every_allocation_fails_once)
{
    bool hit = true;
    ack(OB_PDU_BIND_ACK, 1, 0);
    script_stub(&answers, OB_PDU_RESPONSE, OB_PDU_WHOLE, 2, 0, 0, "ab", 2);
    for (uint64_t n = 1; hit; n++) {
        ob_buf response = {0};
        bool usable = false;
        ob_test_alloc_begin(n, false);
        ob_status status = open_with(0);
        if (!OB_FAILED(status)) {
            status = exchange(&first, &response, &usable);
        }
        ob_rpc_client_close(connection);
        connection = NULL;
        ob_buf_free(&response);
        script_free(&s);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(OB_FAILED(status), hit);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, NULL, tear_down);
    tcase_add_test(cases, client_conn__binds_calls_and_alters);
    tcase_add_test(cases, client_conn__binds_that_fail);
    tcase_add_test(cases, client_conn__faults);
    tcase_add_test(cases, client_conn__answers_that_are_none);
    tcase_add_test(cases, client_conn__an_answer_over_the_limit);
    tcase_add_test(cases, client_conn__says_farewell_at_the_time_limit);
    tcase_add_test(cases, client_conn__quiet_or_not);
    tcase_add_test(cases, client_conn__every_allocation_fails_once);
}

OB_TEST_MAIN("client_conn", add_cases)
