#include "key/passphrase.h"
#include "ob/test.h"
#include "ob/text.h"

#include <string.h>

static ob_status normalize(const char *text, ob_buf *out)
{
    ob_buf_clear(out);
    return ob_passphrase_normalize(text, strlen(text), out);
}

/* The same letters, composed and decomposed: an e with acute, an Angstrom sign, Hangul. */
START_TEST(passphrase__spelling_does_not_matter)
{
    ob_buf a = {0};
    ob_buf b = {0};
    ob_check_ok(normalize("caf\xC3\xA9 \xC3\x85 \xED\x95\x9C 0123456789", &a));
    ob_check_ok(normalize("cafe\xCC\x81 \xE2\x84\xAB \xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB "
                          "0123456789",
                          &b));
    ck_assert_uint_eq(a.length, b.length);
    ck_assert_mem_eq(a.data, b.data, a.length);
    ck_assert(a.secret);
    ob_buf_free(&a);
    ob_buf_free(&b);
}
END_TEST

/* What looks alike but is not canonically the same stays apart (NFC, not NFKC). */
START_TEST(passphrase__compatibility_is_kept)
{
    ob_buf a = {0};
    ob_check_ok(normalize("\xEF\xAC\x81sh 0123456789ab", &a));
    ck_assert_mem_eq(a.data, "\xEF\xAC\x81sh 0123456789ab", a.length);
    ob_buf_free(&a);
}
END_TEST

START_TEST(passphrase__length_is_in_characters)
{
    ob_buf out = {0};
    ob_check_status(normalize("", &out), OB_E_PASSPHRASE_SHORT);
    ob_check_status(normalize("123456789012345", &out), OB_E_PASSPHRASE_SHORT);
    ob_check_ok(normalize("1234567890123456", &out));
    /* 15 characters that are 16 code points before they are composed. */
    ob_check_status(normalize("e\xCC\x81xxxxxxxxxxxxxx", &out), OB_E_PASSPHRASE_SHORT);
    /* 16 characters of 4 bytes. */
    char wide[65] = "";
    for (int i = 0; i < 16; i++) {
        memcpy(wide + 4 * i, "\xF0\x9F\x94\x91", 4);
    }
    wide[64] = '\0';
    ob_check_ok(normalize(wide, &out));
    wide[60] = '\0';
    ob_check_status(normalize(wide, &out), OB_E_PASSPHRASE_SHORT);
    ob_buf_free(&out);
}
END_TEST

START_TEST(passphrase__must_be_text)
{
    static char longest[OB_PASSPHRASE_MOST + 1];
    ob_buf out = {0};
    ob_check_status(normalize("\xFF 0123456789abcdef", &out), OB_E_INVALID_ARGUMENT);
    ob_check_status(normalize("\xED\xA0\x80 0123456789abcdef", &out), OB_E_INVALID_ARGUMENT);
    memset(longest, 'a', sizeof longest);
    ob_check_status(ob_passphrase_normalize(longest, sizeof longest, &out), OB_E_INVALID_ARGUMENT);
    ob_check_ok(ob_passphrase_normalize(longest, sizeof longest - 1, &out));
    ck_assert_uint_eq(out.length, OB_PASSPHRASE_MOST);
    /* A NUL is a character like others. */
    ob_buf_clear(&out);
    ob_check_ok(ob_passphrase_normalize("0123456789\0abcdef", 17, &out));
    ck_assert_uint_eq(out.length, 17);
    ob_buf_free(&out);
}
END_TEST

/* RFC 7914 chapter 12, with 64 bytes cut to 32: scrypt's output does not depend on its length. */
START_TEST(passphrase__scrypt_known_answer)
{
    uint8_t wanted[32], got[32];
    char password[] = "password";
    const ob_buf normal = {.data = (uint8_t *)password, .length = 8};
    const char *text = "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162";
    ob_check_ok(ob_hex_decode(wanted, sizeof wanted, text, strlen(text)));
    ob_check_ok(ob_passphrase_derive(&normal, (const uint8_t *)"NaCl", 4,
                                     (ob_scrypt_cost){10, 8, 16}, got));
    ck_assert_mem_eq(got, wanted, sizeof got);
}
END_TEST

START_TEST(passphrase__cost_is_bounded)
{
    static const ob_scrypt_cost good[] = {
        {17, 8, 1}, {1, 1, 1}, {14, 8, 8}, {18, 8, 1}, {17, 16, 4}};
    static const ob_scrypt_cost bad[] = {{0, 8, 1},  {25, 1, 1},  {19, 8, 1}, {17, 17, 1},
                                         {17, 8, 9}, {17, 0, 1},  {17, 8, 0}, {255, 255, 255},
                                         {22, 1, 1}, {20, 255, 1}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert(ob_scrypt_cost_allowed(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert(!ob_scrypt_cost_allowed(bad[i]));
    }
}
END_TEST

START_TEST(passphrase__without_memory)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_buf out = {0};
        ob_test_alloc_begin(n, false);
        ob_status status = normalize("0123456789abcdef", &out);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
        ob_buf_free(&out);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, passphrase__spelling_does_not_matter);
    tcase_add_test(cases, passphrase__compatibility_is_kept);
    tcase_add_test(cases, passphrase__length_is_in_characters);
    tcase_add_test(cases, passphrase__must_be_text);
    tcase_add_test(cases, passphrase__scrypt_known_answer);
    tcase_add_test(cases, passphrase__cost_is_bounded);
    tcase_add_test(cases, passphrase__without_memory);
}
OB_TEST_MAIN("passphrase", add_cases)
