#include "pdu.h"
#include "script.h"

#include "ob/test.h"

#include <string.h>

static const uint8_t request[] = {5, 0, 0, 3, 0x10, 0, 0, 0, 26, 0, 0, 0,    9,
                                  0, 0, 0, 2, 0,    0, 0, 1, 0,  7, 0, 0xaa, 0xbb};

START_TEST(pdu__header_and_body)
{
    ob_pdu pdu;
    ob_check_ok(ob_pdu_read_header(request, &pdu));
    ck_assert_uint_eq(pdu.type, OB_PDU_REQUEST);
    ck_assert_uint_eq(pdu.flags, OB_PDU_WHOLE);
    ck_assert_uint_eq(pdu.length, sizeof request);
    ck_assert_uint_eq(pdu.call_id, 9);
    ob_check_ok(ob_pdu_read_body(request, &pdu));
    ck_assert_uint_eq(ob_reader_left(&pdu.body), 10);
}
END_TEST

START_TEST(pdu__foreign_headers_are_refused)
{
    static const struct {
        size_t at;
        uint8_t value;
    } changes[] = {{0, 4}, {0, 6}, {1, 2}, {4, 0x00}, {4, 0x11}, {5, 1}, {8, 15}, {10, 3}};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        uint8_t data[sizeof request];
        ob_pdu pdu;
        memcpy(data, request, sizeof data);
        data[changes[i].at] = changes[i].value;
        ob_check_status(ob_pdu_read_header(data, &pdu), OB_E_PROTOCOL);
        ck_assert_int_eq(pdu.big_endian, changes[i].at == 4 || changes[i].at == 5);
    }
}
END_TEST

START_TEST(pdu__trailer_is_split_from_the_body)
{
    uint8_t data[16 + 8 + 8 + 4] = {5, 0, 0, 3, 0x10, 0, 0, 0, 36, 0, 4, 0, 1, 0, 0, 0};
    const uint8_t trailer[12] = {10, 6, 2, 0, 0x78, 0x56, 0x34, 0x12, 't', 'o', 'k', 'n'};
    ob_pdu pdu;
    memcpy(data + 24, trailer, sizeof trailer);
    ob_check_ok(ob_pdu_read_header(data, &pdu));
    ob_check_ok(ob_pdu_read_body(data, &pdu));
    ck_assert_uint_eq(ob_reader_left(&pdu.body), 6); /* two bytes are padding */
    ck_assert_uint_eq(pdu.auth_type, 10);
    ck_assert_uint_eq(pdu.auth_level, 6);
    ck_assert_uint_eq(pdu.auth_context, 0x12345678);
    ck_assert_mem_eq(pdu.token, "tokn", 4);
    data[24 + 2] = 9; /* more padding than there is */
    ob_check_status(ob_pdu_read_body(data, &pdu), OB_E_PROTOCOL);
    data[10] = 13; /* a token that starts before the body */
    ob_check_status(ob_pdu_read_header(data, &pdu), OB_E_PROTOCOL);
}
END_TEST

START_TEST(pdu__bind_round_trip)
{
    ob_buf out = {0};
    ob_pdu pdu;
    ob_pdu_bind bind;
    ob_pdu_context context;
    size_t position = 0;
    ob_pdu_put_bind(&out, OB_PDU_BIND, 3, 4280, 17, 5, &ob_pdu_ndr);
    ck_assert(script_next(&out, &position, &pdu));
    ob_check_ok(ob_pdu_read_bind(&pdu, &bind));
    ck_assert_uint_eq(bind.most_send, 4280);
    ck_assert_uint_eq(bind.most_receive, 4280);
    ck_assert_uint_eq(bind.group, 17);
    ck_assert_uint_eq(bind.context_count, 1);
    ob_check_ok(ob_pdu_read_context(&bind.contexts, &context));
    ck_assert_uint_eq(context.id, 5);
    ck_assert_uint_eq(context.transfer_count, 1);
    ck_assert(ob_pdu_same_syntax(&context.abstract, &ob_pdu_ndr));
    ob_check_status(ob_pdu_read_context(&bind.contexts, &context), OB_E_PROTOCOL);
    ob_buf_free(&out);
}
END_TEST

START_TEST(pdu__bind_that_is_cut)
{
    ob_buf out = {0};
    ob_pdu_put_bind(&out, OB_PDU_BIND, 3, 4280, 17, 5, &ob_pdu_ndr);
    for (size_t length = OB_PDU_HEADER; length < out.length; length++) {
        ob_pdu pdu = {.length = (uint16_t)length};
        ob_pdu_bind bind;
        ob_pdu_context context;
        ob_check_ok(ob_pdu_read_body(out.data, &pdu));
        ck_assert(OB_FAILED(ob_pdu_read_bind(&pdu, &bind)) ||
                  OB_FAILED(ob_pdu_read_context(&bind.contexts, &context)));
    }
    ob_buf_free(&out);
}
END_TEST

START_TEST(pdu__bind_ack_with_secondary_address)
{
    ob_buf out = {0};
    ob_pdu pdu;
    ob_pdu_bind_ack ack;
    size_t position = 0;
    script_bind_ack(&out, OB_PDU_BIND_ACK, 1, 99, 2000, 2);
    ck_assert(script_next(&out, &position, &pdu));
    ob_check_ok(ob_pdu_read_bind_ack(&pdu, &ack));
    ck_assert_uint_eq(ack.group, 99);
    ck_assert_uint_eq(ack.most_receive, 2000);
    ck_assert_uint_eq(ack.result, 2);
    ck_assert_uint_eq(ack.reason, OB_PDU_REASON_ABSTRACT);
    pdu.body.length -= 1;
    ob_check_status(ob_pdu_read_bind_ack(&pdu, &ack), OB_E_PROTOCOL);
    out.data[32] = 2; /* two results for one question */
    pdu.body.length += 1;
    ob_check_status(ob_pdu_read_bind_ack(&pdu, &ack), OB_E_PROTOCOL);
    ob_buf_free(&out);
}
END_TEST

START_TEST(pdu__fault_and_bind_nak_bytes)
{
    static const uint8_t fault[] = {5, 0, 3, 0x23, 0x10, 0, 0, 0, 32, 0, 0, 0,    7, 0, 0, 0,
                                    0, 0, 0, 0,    1,    0, 0, 0, 2,  0, 1, 0x1c, 0, 0, 0, 0};
    static const uint8_t nak[] = {5, 0, 13, 3, 0x10, 0, 0, 0, 24, 0, 0, 0,
                                  7, 0, 0,  0, 8,    0, 1, 5, 0,  0, 0, 0};
    ob_buf out = {0};
    ob_pdu_put_fault(&out, 7, 1, OB_RPC_FAULT_OPNUM_RANGE, false);
    ck_assert_uint_eq(out.length, sizeof fault);
    ck_assert_mem_eq(out.data, fault, sizeof fault);
    ob_buf_clear(&out);
    ob_pdu_put_bind_nak(&out, 7, OB_PDU_REJECT_AUTHENTICATION);
    ck_assert_uint_eq(out.length, sizeof nak);
    ck_assert_mem_eq(out.data, nak, sizeof nak);
    ob_buf_free(&out);
}
END_TEST

START_TEST(pdu__feature_negotiation_is_recognised)
{
    const RPC_SYNTAX_IDENTIFIER features = {
        {0x6cb71c2c, 0x9812, 0x4540, {0x03, 0, 0, 0, 0, 0, 0, 0}}, {1, 0}};
    RPC_SYNTAX_IDENTIFIER other = features;
    other.SyntaxGUID.Data3 = 0x4541;
    ck_assert(ob_pdu_is_features(&features));
    ck_assert(!ob_pdu_is_features(&other));
    ck_assert(!ob_pdu_is_features(&ob_pdu_ndr));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, pdu__header_and_body);
    tcase_add_test(cases, pdu__foreign_headers_are_refused);
    tcase_add_test(cases, pdu__trailer_is_split_from_the_body);
    tcase_add_test(cases, pdu__bind_round_trip);
    tcase_add_test(cases, pdu__bind_that_is_cut);
    tcase_add_test(cases, pdu__bind_ack_with_secondary_address);
    tcase_add_test(cases, pdu__fault_and_bind_nak_bytes);
    tcase_add_test(cases, pdu__feature_negotiation_is_recognised);
}

OB_TEST_MAIN("pdu", add_cases)
