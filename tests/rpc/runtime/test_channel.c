#include "channel.h"
#include "script.h"

#include "ob/test.h"

#include <string.h>

static ob_test_clock test_clock;
static ob_rpc_channel channel;
static script s;

static void open_channel(const ob_buf *input, size_t piece)
{
    ob_test_clock_init(&test_clock);
    script_init(&s, input->data, input->length);
    s.piece = piece;
    ob_check_ok(ob_rpc_channel_init(&channel, &s.base, &test_clock.clock, 1432));
}

static void close_channel(void)
{
    ob_rpc_channel_close(&channel);
    ck_assert(s.closed);
    script_free(&s);
}

START_TEST(channel__receives_byte_by_byte)
{
    ob_buf input = {0};
    ob_pdu pdu;
    script_stub(&input, OB_PDU_REQUEST, OB_PDU_WHOLE, 4, 0, 2, "abcdef", 6);
    script_stub(&input, OB_PDU_REQUEST, OB_PDU_WHOLE, 5, 0, 2, NULL, 0);
    open_channel(&input, 1);
    ob_check_ok(ob_rpc_channel_receive(&channel, OB_RPC_FOREVER, 1000, &pdu));
    ck_assert_uint_eq(pdu.call_id, 4);
    ck_assert_mem_eq(pdu.body.data + 8, "abcdef", 6);
    ob_check_ok(ob_rpc_channel_receive(&channel, OB_RPC_FOREVER, 1000, &pdu));
    ck_assert_uint_eq(pdu.call_id, 5);
    ob_check_status(ob_rpc_channel_receive(&channel, OB_RPC_FOREVER, 1000, &pdu),
                    OB_E_AGENT_UNREACHABLE);
    ck_assert_uint_eq(pdu.length, 0);
    close_channel();
    ob_buf_free(&input);
}
END_TEST

START_TEST(channel__a_stream_that_ends_inside_of_a_pdu)
{
    ob_buf input = {0};
    script_stub(&input, OB_PDU_REQUEST, OB_PDU_WHOLE, 4, 0, 2, "abcdef", 6);
    for (size_t length = 0; length < input.length; length++) {
        ob_pdu pdu;
        ob_buf cut = {.data = input.data, .length = length};
        open_channel(&cut, 0);
        ob_check_status(ob_rpc_channel_receive(&channel, OB_RPC_FOREVER, 0, &pdu),
                        OB_E_AGENT_UNREACHABLE);
        close_channel();
    }
    ob_buf_free(&input);
}
END_TEST

/* Each byte takes a while, as from a client that holds a server up. */
static ob_status (*quick_receive)(ob_rpc_transport *, void *, size_t, uint32_t, size_t *);
static ob_status slow_receive(ob_rpc_transport *transport, void *data, size_t length, uint32_t ms,
                              size_t *got)
{
    ob_test_clock_advance(&test_clock, 100000000);
    return quick_receive(transport, data, length, ms, got);
}

START_TEST(channel__slow_bytes_do_not_extend_the_limit)
{
    ob_buf input = {0};
    ob_pdu pdu;
    script_stub(&input, OB_PDU_REQUEST, OB_PDU_WHOLE, 4, 0, 2, "abcdef", 6);
    open_channel(&input, 1);
    quick_receive = s.base.receive;
    s.base.receive = slow_receive;
    ob_check_status(ob_rpc_channel_receive(&channel, OB_RPC_FOREVER, 1000, &pdu), OB_E_TIMEOUT);
    ck_assert_uint_le(s.position, 12);
    close_channel();
    open_channel(&input, 1);
    s.base.receive = slow_receive;
    ob_check_status(
        ob_rpc_channel_receive(&channel, ob_rpc_deadline(&test_clock.clock, 500), 0, &pdu),
        OB_E_TIMEOUT);
    ck_assert_uint_le(s.position, 6);
    close_channel();
    ob_buf_free(&input);
}
END_TEST

START_TEST(channel__too_long_and_protected_pdus)
{
    ob_buf input = {0};
    ob_pdu pdu;
    script_stub(&input, OB_PDU_REQUEST, OB_PDU_WHOLE, 4, 0, 2, NULL, 0);
    input.data[8] = 0x99; /* 1433 bytes */
    input.data[9] = 0x05;
    open_channel(&input, 0);
    ob_check_status(ob_rpc_channel_receive(&channel, OB_RPC_FOREVER, 0, &pdu), OB_E_PROTOCOL);
    ob_check_detail("1433");
    close_channel();
    ob_buf_clear(&input);
    script_stub(&input, OB_PDU_REQUEST, OB_PDU_WHOLE, 4, 0, 2, "........tokn", 12);
    input.data[10] = 4;
    input.data[24 + 2] = 0;
    open_channel(&input, 0);
    ob_check_status(ob_rpc_channel_receive(&channel, OB_RPC_FOREVER, 0, &pdu), OB_E_ACCESS_DENIED);
    ck_assert_uint_eq(pdu.call_id, 4);
    close_channel();
    ob_buf_free(&input);
}
END_TEST

START_TEST(channel__stub_data_in_fragments)
{
    ob_buf none = {0};
    ob_buf stub = {0};
    ob_buf joined = {0};
    ob_pdu pdu;
    size_t position = 0, count = 0;
    for (unsigned i = 0; i < 5000; i++) {
        ob_buf_put_u8(&stub, (uint8_t)i);
    }
    open_channel(&none, 700);
    ob_check_ok(
        ob_rpc_channel_send_stub(&channel, OB_PDU_RESPONSE, 8, 3, 0, &stub, OB_RPC_FOREVER));
    while (script_next(&s.sent, &position, &pdu)) {
        ck_assert_uint_le(pdu.length, 1432);
        ck_assert_int_eq((pdu.flags & OB_PDU_FIRST) != 0, count == 0);
        ck_assert_int_eq((pdu.flags & OB_PDU_LAST) != 0, position == s.sent.length);
        ck_assert_uint_eq(ob_read_u32(&pdu.body), stub.length - joined.length);
        ck_assert_uint_eq(ob_read_u16(&pdu.body), 3);
        ob_read_u16(&pdu.body);
        const size_t length = ob_reader_left(&pdu.body);
        ck_assert(length % 8 == 0 || position == s.sent.length);
        ob_buf_put(&joined, ob_read_bytes(&pdu.body, length), length);
        count++;
    }
    ck_assert_uint_eq(count, 4);
    ck_assert_uint_eq(joined.length, stub.length);
    ck_assert_mem_eq(joined.data, stub.data, stub.length);
    close_channel();
    ob_buf_free(&stub);
    ob_buf_free(&joined);
}
END_TEST

START_TEST(channel__empty_stub_data_is_one_pdu)
{
    ob_buf none = {0};
    ob_pdu pdu;
    size_t position = 0;
    open_channel(&none, 0);
    ob_check_ok(ob_rpc_channel_send_stub(&channel, OB_PDU_REQUEST, 8, 3, 1, &none, OB_RPC_FOREVER));
    ck_assert(script_next(&s.sent, &position, &pdu));
    ck_assert_uint_eq(pdu.flags, OB_PDU_WHOLE);
    ck_assert_uint_eq(pdu.length, OB_PDU_PREFIX);
    ck_assert_uint_eq(position, s.sent.length);
    s.fail_send_at = 25;
    ob_check_status(
        ob_rpc_channel_send_stub(&channel, OB_PDU_REQUEST, 9, 3, 1, &none, OB_RPC_FOREVER),
        OB_E_AGENT_UNREACHABLE);
    close_channel();
}
END_TEST

START_TEST(channel__no_memory)
{
    script_init(&s, NULL, 0);
    ob_test_alloc_begin(1, false);
    const ob_status status = ob_rpc_channel_init(&channel, &s.base, ob_clock_os(), 1432);
    ob_test_alloc_end();
    ob_check_status(status, OB_E_NO_MEMORY);
    ck_assert(s.closed);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, channel__receives_byte_by_byte);
    tcase_add_test(cases, channel__a_stream_that_ends_inside_of_a_pdu);
    tcase_add_test(cases, channel__slow_bytes_do_not_extend_the_limit);
    tcase_add_test(cases, channel__too_long_and_protected_pdus);
    tcase_add_test(cases, channel__stub_data_in_fragments);
    tcase_add_test(cases, channel__empty_stub_data_is_one_pdu);
    tcase_add_test(cases, channel__no_memory);
}

OB_TEST_MAIN("channel", add_cases)
