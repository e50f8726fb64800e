/* What one connection answers, PDU by PDU, without threads or sockets. */
#include "probe_server.h"
#include "script.h"
#include "server.h"

#include <string.h>
#include <unistd.h>

static const RPC_SYNTAX_IDENTIFIER ndr64 = {
    {0x71710533, 0xbeba, 0x4937, {0x83, 0x19, 0xb5, 0xdb, 0xef, 0x9c, 0xcc, 0x36}}, {1, 0}};
static const RPC_SYNTAX_IDENTIFIER features = {
    {0x6cb71c2c, 0x9812, 0x4540, {0x03, 0, 0, 0, 0, 0, 0, 0}}, {1, 0}};

static RPC_SYNTAX_IDENTIFIER probe_id;
static ob_buf input; /* what the client says */
static script s;
static ob_rpc_connection connection;
static size_t position; /* of the next answer */
static ob_pdu pdu;      /* the last answer */

static void set_up(void)
{
    probe_start(NULL);
    probe_id = ((const RPC_SERVER_INTERFACE *)Serve_Probe_v1_2_s_ifspec)->InterfaceId;
}

static void tear_down(void)
{
    probe_stop();
    ob_buf_free(&input);
    script_free(&s);
}

/* Serves the whole input. */
static void serve(void)
{
    script_free(&s);
    script_init(&s, input.data, input.length);
    s.piece = 7;
    connection = (ob_rpc_connection){.server = probe.server};
    position = 0;
    ob_check_ok(ob_rpc_channel_init(&connection.channel, &s.base, ob_clock_os(), 5840));
    ob_rpc_connection_serve(&connection);
    ob_rpc_group_leave(&probe.server->groups, connection.group);
    ob_rpc_channel_close(&connection.channel);
    ob_buf_free(&connection.request);
}

static void next(uint8_t type, uint32_t call_id)
{
    ck_assert_msg(script_next(&s.sent, &position, &pdu), "no answer, PDU type %u wanted", type);
    ck_assert_uint_eq(pdu.type, type);
    ck_assert_uint_eq(pdu.call_id, call_id);
}

static void no_more(void)
{
    ck_assert_msg(!script_next(&s.sent, &position, &pdu), "an answer of type %u too many",
                  pdu.type);
}

static void next_fault(uint32_t call_id, uint32_t fault)
{
    next(OB_PDU_FAULT, call_id);
    ob_read_bytes(&pdu.body, 8);
    ck_assert_uint_eq(ob_read_u32(&pdu.body), fault);
}

static void bind_probe(void)
{
    script_bind(&input, 1, 0, 5840, &probe_id, &ob_pdu_ndr);
}

/* Echo of 4 bytes. */
static const uint8_t echo[] = {1,   0,   0,   0,   4, 0, 0, 0, 4, 0, 0, 0,
                               'a', 'b', 'c', 'd', 0, 0, 0, 0, 0, 0, 0, 0};
enum { ECHO = 5, WHOLE = OB_PDU_WHOLE };

static void request(uint32_t call_id, uint16_t opnum, const void *stub, size_t length)
{
    script_stub(&input, OB_PDU_REQUEST, WHOLE, call_id, 0, opnum, stub, length);
}

START_TEST(server_conn__bind_and_call)
{
    ob_pdu_bind_ack ack;
    bind_probe();
    request(2, ECHO, echo, sizeof echo);
    request(3, ECHO, echo, sizeof echo);
    serve();
    next(OB_PDU_BIND_ACK, 1);
    ob_check_ok(ob_pdu_read_bind_ack(&pdu, &ack));
    ck_assert_uint_eq(ack.result, OB_PDU_ACCEPTED);
    ck_assert_uint_ne(ack.group, 0);
    next(OB_PDU_RESPONSE, 2);
    ck_assert_uint_eq(pdu.flags, WHOLE);
    next(OB_PDU_RESPONSE, 3);
    no_more();
}
END_TEST

START_TEST(server_conn__unknown_interfaces_and_syntaxes)
{
    static const struct {
        uint16_t result, reason;
    } wanted[] = {{OB_PDU_PROVIDER_REJECTED, OB_PDU_REASON_ABSTRACT},
                  {OB_PDU_PROVIDER_REJECTED, OB_PDU_REASON_TRANSFER},
                  {OB_PDU_NEGOTIATED, 0},
                  {OB_PDU_PROVIDER_REJECTED, OB_PDU_REASON_ABSTRACT},
                  {OB_PDU_ACCEPTED, 0}};
    RPC_SYNTAX_IDENTIFIER offers[5];
    const RPC_SYNTAX_IDENTIFIER *transfers[5] = {&ob_pdu_ndr, &ndr64, &features, &ob_pdu_ndr,
                                                 &ob_pdu_ndr};
    for (int i = 0; i < 5; i++) {
        offers[i] = probe_id;
    }
    offers[0].SyntaxGUID.Data1++;
    offers[3].SyntaxVersion.MinorVersion++; /* newer than ours */
    offers[4].SyntaxVersion.MinorVersion--; /* older: is served */
    for (int i = 0; i < 5; i++) {
        ob_pdu_bind_ack ack;
        ob_buf_clear(&input);
        script_bind(&input, 1, 0, 5840, &offers[i], transfers[i]);
        serve();
        next(OB_PDU_BIND_ACK, 1);
        ob_check_ok(ob_pdu_read_bind_ack(&pdu, &ack));
        ck_assert_uint_eq(ack.result, wanted[i].result);
        ck_assert_uint_eq(ack.reason, wanted[i].reason);
        no_more();
    }
}
END_TEST

START_TEST(server_conn__several_contexts_in_one_bind)
{
    ob_reader results;
    const size_t start = ob_pdu_begin(&input, OB_PDU_BIND, WHOLE, 1);
    ob_buf_put_u32(&input, 5840 | 5840u << 16);
    ob_buf_put_u32(&input, 0);
    ob_buf_put_u32(&input, 3);
    for (uint16_t id = 10; id < 13; id++) {
        ob_buf_put_u16(&input, id);
        ob_buf_put_u16(&input, id == 11 ? 2 : 1);
        ob_pdu_put_syntax(&input, &probe_id);
        ob_pdu_put_syntax(&input, id == 12 ? &features : &ndr64);
        if (id == 11) {
            ob_pdu_put_syntax(&input, &ob_pdu_ndr);
        }
    }
    ob_pdu_end(&input, start, 0);
    script_stub(&input, OB_PDU_REQUEST, WHOLE, 2, 11, ECHO, echo, sizeof echo);
    script_stub(&input, OB_PDU_REQUEST, WHOLE, 3, 10, ECHO, echo, sizeof echo);
    serve();
    next(OB_PDU_BIND_ACK, 1);
    ob_read_bytes(&pdu.body, 12);
    results = pdu.body;
    ck_assert_uint_eq(ob_read_u32(&results), 3);
    ck_assert_uint_eq(ob_read_u32(&results),
                      OB_PDU_PROVIDER_REJECTED | OB_PDU_REASON_TRANSFER << 16);
    ob_read_bytes(&results, 20);
    ck_assert_uint_eq(ob_read_u32(&results), OB_PDU_ACCEPTED);
    const RPC_SYNTAX_IDENTIFIER chosen = ob_pdu_read_syntax(&results);
    ck_assert(ob_pdu_same_syntax(&chosen, &ob_pdu_ndr));
    ck_assert_uint_eq(ob_read_u32(&results), OB_PDU_NEGOTIATED);
    next(OB_PDU_RESPONSE, 2);
    next_fault(3, OB_RPC_FAULT_UNKNOWN_INTERFACE);
    no_more();
}
END_TEST

START_TEST(server_conn__alter_context)
{
    bind_probe();
    ob_pdu_put_bind(&input, OB_PDU_ALTER, 2, 5840, 0, 4, &probe_id);
    script_stub(&input, OB_PDU_REQUEST, WHOLE, 3, 4, ECHO, echo, sizeof echo);
    ob_pdu_put_bind(&input, OB_PDU_ALTER, 4, 5840, 0, 4, &probe_id);   /* the same once more */
    ob_pdu_put_bind(&input, OB_PDU_ALTER, 5, 5840, 0, 6, &ob_pdu_ndr); /* no interface */
    request(6, ECHO, echo, sizeof echo);
    serve();
    next(OB_PDU_BIND_ACK, 1);
    next(OB_PDU_ALTER_ACK, 2);
    next(OB_PDU_RESPONSE, 3);
    next(OB_PDU_ALTER_ACK, 4);
    next(OB_PDU_ALTER_ACK, 5);
    next(OB_PDU_RESPONSE, 6);
    no_more();
}
END_TEST

START_TEST(server_conn__contexts_are_bounded)
{
    bind_probe();
    for (uint16_t id = 1; id <= OB_PDU_MOST_CONTEXTS; id++) {
        ob_pdu_put_bind(&input, OB_PDU_ALTER, id + 1u, 5840, 0, id, &probe_id);
    }
    serve();
    next(OB_PDU_BIND_ACK, 1);
    for (uint16_t id = 1; id <= OB_PDU_MOST_CONTEXTS; id++) {
        ob_pdu_bind_ack ack;
        next(OB_PDU_ALTER_ACK, id + 1u);
        ob_check_ok(ob_pdu_read_bind_ack(&pdu, &ack));
        ck_assert_uint_eq(ack.reason, id < OB_PDU_MOST_CONTEXTS ? 0 : OB_PDU_REASON_LIMIT);
    }
}
END_TEST

START_TEST(server_conn__request_in_fragments_with_object)
{
    bind_probe();
    script_stub(&input, OB_PDU_REQUEST, OB_PDU_FIRST, 2, 0, ECHO, echo, 8);
    script_stub(&input, OB_PDU_REQUEST, 0, 2, 0, ECHO, echo + 8, 0);
    script_stub(&input, OB_PDU_REQUEST, 0, 2, 0, ECHO, echo + 8, 8);
    script_stub(&input, OB_PDU_REQUEST, OB_PDU_LAST, 2, 0, ECHO, echo + 16, sizeof echo - 16);
    uint8_t with_object[16 + sizeof echo] = {1, 2, 3};
    memcpy(with_object + 16, echo, sizeof echo);
    script_stub(&input, OB_PDU_REQUEST, WHOLE | OB_PDU_OBJECT, 3, 0, ECHO, with_object,
                sizeof with_object);
    serve();
    next(OB_PDU_BIND_ACK, 1);
    next(OB_PDU_RESPONSE, 2);
    next(OB_PDU_RESPONSE, 3);
    no_more();
}
END_TEST

START_TEST(server_conn__fragments_out_of_order)
{
    static const struct {
        uint8_t flags;
        uint32_t call_id;
        uint16_t context, opnum;
    } second[] = {{OB_PDU_FIRST, 2, 0, ECHO},
                  {OB_PDU_LAST, 3, 0, ECHO},
                  {OB_PDU_LAST, 2, 1, ECHO},
                  {OB_PDU_LAST, 2, 0, ECHO + 1}};
    for (size_t i = 0; i < sizeof second / sizeof *second; i++) {
        ob_buf_clear(&input);
        bind_probe();
        script_stub(&input, OB_PDU_REQUEST, OB_PDU_FIRST, 2, 0, ECHO, echo, 8);
        script_stub(&input, OB_PDU_REQUEST, second[i].flags, second[i].call_id, second[i].context,
                    second[i].opnum, echo + 8, sizeof echo - 8);
        request(9, ECHO, echo, sizeof echo);
        serve();
        next(OB_PDU_BIND_ACK, 1);
        next_fault(second[i].call_id, OB_RPC_FAULT_PROTOCOL);
        no_more(); /* closed */
    }
    ob_buf_clear(&input);
    bind_probe();
    script_stub(&input, OB_PDU_REQUEST, OB_PDU_LAST, 2, 0, ECHO, echo, sizeof echo);
    serve();
    next(OB_PDU_BIND_ACK, 1);
    next_fault(2, OB_RPC_FAULT_PROTOCOL);
}
END_TEST

START_TEST(server_conn__orphaned_drops_a_half_request)
{
    bind_probe();
    script_stub(&input, OB_PDU_REQUEST, OB_PDU_FIRST, 2, 0, ECHO, echo, 8);
    ob_pdu_end(&input, ob_pdu_begin(&input, OB_PDU_ORPHANED, WHOLE, 2), 0);
    ob_pdu_end(&input, ob_pdu_begin(&input, OB_PDU_CANCEL, WHOLE, 2), 0);
    request(3, ECHO, echo, sizeof echo);
    serve();
    next(OB_PDU_BIND_ACK, 1);
    next(OB_PDU_RESPONSE, 3);
    no_more();
}
END_TEST

START_TEST(server_conn__opnum_and_context_out_of_range)
{
    bind_probe();
    request(2, 10, NULL, 0);
    request(3, 65535, NULL, 0);
    script_stub(&input, OB_PDU_REQUEST, WHOLE, 4, 77, ECHO, echo, sizeof echo);
    request(5, ECHO, echo, sizeof echo);
    serve();
    next(OB_PDU_BIND_ACK, 1);
    next_fault(2, OB_RPC_FAULT_OPNUM_RANGE);
    ck_assert_uint_eq(pdu.flags, WHOLE | OB_PDU_NOT_EXECUTED);
    next_fault(3, OB_RPC_FAULT_OPNUM_RANGE);
    next_fault(4, OB_RPC_FAULT_UNKNOWN_INTERFACE);
    next(OB_PDU_RESPONSE, 5);
}
END_TEST

START_TEST(server_conn__dispatch_refuses_before_arguments)
{
    bind_probe();
    request(2, ECHO, "garbage", 7);
    atomic_store(&probe.refuse, OB_RPC_FAULT_ACCESS_DENIED);
    serve();
    atomic_store(&probe.refuse, 0);
    next(OB_PDU_BIND_ACK, 1);
    next_fault(2, OB_RPC_FAULT_ACCESS_DENIED);
    no_more();
}
END_TEST

START_TEST(server_conn__requests_over_the_limit)
{
    uint8_t piece[4096] = {0};
    probe.server->limits.request_bytes = 10000;
    bind_probe();
    for (int i = 0; i < 4; i++) {
        script_stub(&input, OB_PDU_REQUEST,
                    (uint8_t)((i == 0 ? OB_PDU_FIRST : 0) | (i == 3 ? OB_PDU_LAST : 0)), 2, 0, ECHO,
                    piece, sizeof piece);
    }
    request(3, ECHO, echo, sizeof echo);
    serve();
    next(OB_PDU_BIND_ACK, 1);
    next_fault(2, OB_RPC_FAULT_NO_MEMORY);
    next(OB_PDU_RESPONSE, 3);
}
END_TEST

START_TEST(server_conn__calls_over_the_limit)
{
    probe.server->limits.calls = 0;
    bind_probe();
    request(2, ECHO, echo, sizeof echo);
    serve();
    next(OB_PDU_BIND_ACK, 1);
    next_fault(2, OB_RPC_FAULT_TOO_BUSY);
}
END_TEST

START_TEST(server_conn__request_before_bind_and_second_bind)
{
    request(2, ECHO, echo, sizeof echo);
    serve();
    next(OB_PDU_BIND_NAK, 2);
    no_more();
    ob_buf_clear(&input);
    bind_probe();
    bind_probe();
    serve();
    next(OB_PDU_BIND_ACK, 1);
    next_fault(1, OB_RPC_FAULT_PROTOCOL);
    no_more();
}
END_TEST

/* A bind with one byte changed, and the reason it is refused for. */
START_TEST(server_conn__binds_that_are_refused)
{
    static const struct {
        size_t at;
        uint8_t value;
        uint16_t reason;
    } changes[] = {{0, 4, OB_PDU_REJECT_VERSION}, {1, 9, OB_PDU_REJECT_VERSION},
                   {4, 0, OB_PDU_REJECT_OTHER},   {3, OB_PDU_FIRST, OB_PDU_REJECT_OTHER},
                   {17, 1, OB_PDU_REJECT_LIMIT},  {20, 1, OB_PDU_REJECT_OTHER},
                   {24, 0, OB_PDU_REJECT_OTHER},  {24, 2, OB_PDU_REJECT_OTHER},
                   {30, 0, OB_PDU_REJECT_OTHER},  {2, OB_PDU_AUTH3, OB_PDU_REJECT_OTHER}};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        ob_buf_clear(&input);
        bind_probe();
        input.data[changes[i].at] = changes[i].value;
        serve();
        next(OB_PDU_BIND_NAK, changes[i].at == 4 ? 0 : 1);
        ck_assert_uint_eq(ob_read_u16(&pdu.body), changes[i].reason);
        no_more();
    }
}
END_TEST

START_TEST(server_conn__authentication_is_refused)
{
    const size_t start = input.length;
    bind_probe();
    ob_buf_put(&input, "\x0a\x06\0\0\0\0\0\0tokn", 12);
    ob_pdu_end(&input, start, 4);
    serve();
    next(OB_PDU_BIND_NAK, 1);
    ck_assert_uint_eq(ob_read_u16(&pdu.body), OB_PDU_REJECT_AUTHENTICATION);
    ob_buf_clear(&input);
    bind_probe();
    const size_t at = input.length;
    request(2, ECHO, "\x0a\x06\0\0\0\0\0\0tokn", 12);
    ob_pdu_end(&input, at, 4);
    serve();
    next(OB_PDU_BIND_ACK, 1);
    next_fault(2, OB_RPC_FAULT_ACCESS_DENIED);
    no_more();
    ob_buf_clear(&input);
    bind_probe();
    const size_t alter = input.length;
    ob_pdu_put_bind(&input, OB_PDU_ALTER, 2, 5840, 0, 4, &probe_id);
    ob_buf_put(&input, "\x0a\x06\0\0\0\0\0\0tokn", 12);
    ob_pdu_end(&input, alter, 4);
    serve();
    next(OB_PDU_BIND_ACK, 1);
    next_fault(2, OB_RPC_FAULT_ACCESS_DENIED);
    no_more();
}
END_TEST

START_TEST(server_conn__foreign_types_and_cut_streams)
{
    static const uint8_t types[] = {OB_PDU_RESPONSE, OB_PDU_FAULT, OB_PDU_BIND_ACK,
                                    OB_PDU_SHUTDOWN, OB_PDU_AUTH3, 200};
    for (size_t i = 0; i < sizeof types; i++) {
        ob_buf_clear(&input);
        bind_probe();
        script_stub(&input, types[i], WHOLE, 2, 0, 0, echo, sizeof echo);
        serve();
        next(OB_PDU_BIND_ACK, 1);
        next_fault(2, OB_RPC_FAULT_PROTOCOL);
        no_more();
    }
    ob_buf_clear(&input);
    bind_probe();
    request(2, ECHO, echo, sizeof echo);
    const size_t whole = input.length;
    for (input.length = 0; input.length < whole; input.length++) {
        serve();
        ck_assert(!script_next(&s.sent, &position, &pdu) || pdu.type == OB_PDU_BIND_ACK);
    }
}
END_TEST

START_TEST(server_conn__contexts_run_down_at_the_end)
{
    bind_probe();
    request(2, 6, "\x01\0\0\0\x05\0\0\0", 8);
    request(3, 6, "\x01\0\0\0\x06\0\0\0", 8);
    serve();
    next(OB_PDU_BIND_ACK, 1);
    next(OB_PDU_RESPONSE, 2);
    next(OB_PDU_RESPONSE, 3);
    ck_assert_int_eq(atomic_load(&probe.rundowns), 2);
}
END_TEST

START_TEST(server_conn__an_answer_nobody_takes)
{
    bind_probe();
    request(2, 6, "\x01\0\0\0\x05\0\0\0", 8);
    for (uint64_t at = 1; at < 140; at += 9) {
        script_free(&s);
        script_init(&s, input.data, input.length);
        s.fail_send_at = at;
        connection = (ob_rpc_connection){.server = probe.server};
        ob_check_ok(ob_rpc_channel_init(&connection.channel, &s.base, ob_clock_os(), 5840));
        ob_rpc_connection_serve(&connection);
        ob_rpc_group_leave(&probe.server->groups, connection.group);
        ob_rpc_channel_close(&connection.channel);
        ob_buf_free(&connection.request);
        ck_assert_int_eq(atomic_load(&probe.open), 0);
    }
}
END_TEST

START_TEST(server_conn__a_stopping_server_says_so)
{
    bind_probe();
    request(2, ECHO, echo, sizeof echo);
    ob_rpc_server_stop(probe.server);
    serve();
    no_more(); /* it was not bound */
}
END_TEST

START_TEST(server_conn__every_allocation_fails_once)
{
    bool hit = true;
    bind_probe();
    request(2, ECHO, echo, sizeof echo);
    request(3, 6, "\x01\0\0\0\x05\0\0\0", 8);
    for (uint64_t n = 2; hit; n++) { /* the first is the channel's own */
        ob_test_alloc_begin(n, false);
        serve();
        hit = ob_test_alloc_end();
        ck_assert_int_eq(probe_blocks(), 0);
    }
    next(OB_PDU_BIND_ACK, 1);
    next(OB_PDU_RESPONSE, 2);
    next(OB_PDU_RESPONSE, 3);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, server_conn__bind_and_call);
    tcase_add_test(cases, server_conn__unknown_interfaces_and_syntaxes);
    tcase_add_test(cases, server_conn__several_contexts_in_one_bind);
    tcase_add_test(cases, server_conn__alter_context);
    tcase_add_test(cases, server_conn__contexts_are_bounded);
    tcase_add_test(cases, server_conn__request_in_fragments_with_object);
    tcase_add_test(cases, server_conn__fragments_out_of_order);
    tcase_add_test(cases, server_conn__orphaned_drops_a_half_request);
    tcase_add_test(cases, server_conn__opnum_and_context_out_of_range);
    tcase_add_test(cases, server_conn__dispatch_refuses_before_arguments);
    tcase_add_test(cases, server_conn__requests_over_the_limit);
    tcase_add_test(cases, server_conn__calls_over_the_limit);
    tcase_add_test(cases, server_conn__request_before_bind_and_second_bind);
    tcase_add_test(cases, server_conn__binds_that_are_refused);
    tcase_add_test(cases, server_conn__authentication_is_refused);
    tcase_add_test(cases, server_conn__foreign_types_and_cut_streams);
    tcase_add_test(cases, server_conn__contexts_run_down_at_the_end);
    tcase_add_test(cases, server_conn__an_answer_nobody_takes);
    tcase_add_test(cases, server_conn__a_stopping_server_says_so);
    tcase_add_test(cases, server_conn__every_allocation_fails_once);
}

OB_TEST_MAIN("server_conn", add_cases)
