#include "security.h"

#include "ob/test.h"

START_TEST(security__none_lets_plain_pdus_through)
{
    ob_rpc_security *none = ob_rpc_security_none();
    ob_pdu pdu = {.auth_length = 0};
    ob_buf token = {0};
    uint16_t auth_length = 77;
    ob_check_ok(none->accept(none, &pdu, &token));
    ob_check_ok(none->open(none, NULL, &pdu));
    ob_check_ok(none->seal(none, &token, 0, &auth_length));
    ck_assert_uint_eq(auth_length, 0);
    ck_assert_uint_eq(token.length, 0);
    none->free(none);
}
END_TEST

START_TEST(security__none_refuses_tokens)
{
    ob_rpc_security *none = ob_rpc_security_none();
    ob_pdu pdu = {.auth_length = 16, .auth_type = 10};
    ob_buf token = {0};
    ob_check_status(none->accept(none, &pdu, &token), OB_E_NOT_SUPPORTED);
    ob_check_detail("10");
    ob_check_status(none->open(none, NULL, &pdu), OB_E_ACCESS_DENIED);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, security__none_lets_plain_pdus_through);
    tcase_add_test(cases, security__none_refuses_tokens);
}

OB_TEST_MAIN("security", add_cases)
