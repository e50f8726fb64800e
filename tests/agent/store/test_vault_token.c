#include "vault_token.h"

#include "ob/test.h"

#include <string.h>

static const uint8_t key[OB_VAULT_TOKEN_KEY] = {1, 2, 3};
static const ob_vault_token token = {
    .vault_id = {{9, 8, 7}}, .serial = 42, .issued = 1000, .expires = INT64_MAX};

START_TEST(vault_token__opens_what_it_sealed)
{
    ob_buf sealed = {0};
    ob_vault_token opened = {0};
    ob_check_ok(ob_vault_token_seal(&token, key, &sealed));
    ob_check_ok(ob_vault_token_open(&opened, key, sealed.data, sealed.length));
    ck_assert(ob_guid_equal(&opened.vault_id, &token.vault_id));
    ck_assert_uint_eq(opened.serial, 42);
    ck_assert_int_eq(opened.issued, 1000);
    ck_assert_int_eq(opened.expires, INT64_MAX);
    ob_buf_free(&sealed);
}
END_TEST

START_TEST(vault_token__two_of_the_same_differ)
{
    ob_buf first = {0};
    ob_buf second = {0};
    ob_check_ok(ob_vault_token_seal(&token, key, &first));
    ob_check_ok(ob_vault_token_seal(&token, key, &second));
    ck_assert_uint_eq(first.length, second.length);
    ck_assert(memcmp(first.data, second.data, first.length) != 0);
    ob_buf_free(&first);
    ob_buf_free(&second);
}
END_TEST

START_TEST(vault_token__refuses_changes_cuts_and_other_keys)
{
    static const uint8_t other[OB_VAULT_TOKEN_KEY] = {1, 2, 4};
    ob_buf sealed = {0};
    ob_vault_token opened = {.serial = 5};
    ob_check_ok(ob_vault_token_seal(&token, key, &sealed));
    for (size_t bit = 0; bit < sealed.length * 8; bit++) {
        sealed.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        ob_check_status(ob_vault_token_open(&opened, key, sealed.data, sealed.length),
                        OB_E_CREDENTIALS_INVALID);
        sealed.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t length = 0; length < sealed.length; length++) {
        ob_check_status(ob_vault_token_open(&opened, key, sealed.data, length),
                        OB_E_CREDENTIALS_INVALID);
    }
    ob_check_status(ob_vault_token_open(&opened, other, sealed.data, sealed.length),
                    OB_E_CREDENTIALS_INVALID);
    ob_buf_put_u8(&sealed, 0);
    ob_check_status(ob_vault_token_open(&opened, key, sealed.data, sealed.length),
                    OB_E_CREDENTIALS_INVALID);
    ck_assert_uint_eq(opened.serial, 5);
    ob_buf_free(&sealed);
}
END_TEST

START_TEST(vault_token__lack_of_memory_is_told)
{
    ob_buf sealed = {0};
    bool hit = true;
    for (unsigned n = 1; hit; n++) {
        ob_test_alloc_begin(n, false);
        ob_status status = ob_vault_token_seal(&token, key, &sealed);
        ob_buf_free(&sealed);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, vault_token__opens_what_it_sealed);
    tcase_add_test(cases, vault_token__two_of_the_same_differ);
    tcase_add_test(cases, vault_token__refuses_changes_cuts_and_other_keys);
    tcase_add_test(cases, vault_token__lack_of_memory_is_told);
}

OB_TEST_MAIN("vault_token", add_cases)
