#include "cms.h"

#include "ob/test.h"
#include "ob/text.h"
#include "vault_identity.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <string.h>

#define NOW INT64_C(1769860800000000000)

typedef struct signer {
    ob_buf certificate;
    ob_buf key;
} signer;

static signer make_signer(void)
{
    signer made = {.key.secret = true};
    ob_check_ok(ob_vault_identity_make("a vault", NOW, &made.certificate, &made.key));
    return made;
}

static void free_signer(signer *of)
{
    ob_buf_free(&of->certificate);
    ob_buf_free(&of->key);
}

static ob_status verify(const void *text, size_t length)
{
    ob_buf content = {0};
    ob_buf certificate = {0};
    ob_status status = ob_cms_verify(text, length, &content, &certificate);
    ob_buf_free(&content);
    ob_buf_free(&certificate);
    return status;
}

/* The bytes inside of the armour. */
static ob_buf remove_armour(const ob_buf *text)
{
    ob_buf base64 = {0};
    ob_buf der = {0};
    size_t begin = strlen("-----BEGIN CMS-----\n");
    size_t end = text->length - strlen("-----END CMS-----\n");
    for (size_t i = begin; i < end; i++) {
        if (text->data[i] != '\n') {
            ob_buf_put_u8(&base64, text->data[i]);
        }
    }
    ob_check_ok(ob_base64_decode(&der, (const char *)base64.data, base64.length));
    ob_buf_free(&base64);
    return der;
}

static void put_armour(ob_buf *text, const void *der, size_t length)
{
    ob_buf_clear(text);
    ob_buf_put_text(text, "-----BEGIN CMS-----\n");
    ob_base64_put(text, der, length);
    ob_buf_put_text(text, "\n-----END CMS-----\n");
    ob_check_ok(ob_buf_status(text));
}

START_TEST(cms__verifies_what_it_signed)
{
    signer by = make_signer();
    ob_buf text = {0};
    ob_buf content = {0};
    ob_buf certificate = {0};
    ob_check_ok(ob_cms_sign("the content\r\n", 13, &by.certificate, &by.key, &text));
    ck_assert_mem_eq(text.data, "-----BEGIN CMS-----\n", 20);
    ob_check_ok(ob_cms_verify((const char *)text.data, text.length, &content, &certificate));
    ck_assert_uint_eq(content.length, 13);
    ck_assert_mem_eq(content.data, "the content\r\n", 13);
    ck_assert_uint_eq(certificate.length, by.certificate.length);
    ck_assert_mem_eq(certificate.data, by.certificate.data, certificate.length);
    ob_buf_free(&text);
    ob_buf_free(&content);
    ob_buf_free(&certificate);
    free_signer(&by);
}
END_TEST

START_TEST(cms__refuses_each_bit_turned_over)
{
    signer by = make_signer();
    ob_buf text = {0};
    ob_check_ok(ob_cms_sign("{}", 2, &by.certificate, &by.key, &text));
    ob_buf der = remove_armour(&text);
    for (size_t bit = 0; bit < der.length * 8; bit++) {
        der.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        put_armour(&text, der.data, der.length);
        ob_status status = verify(text.data, text.length);
        ck_assert_msg(status == OB_E_CREDENTIALS_INVALID, "byte %zu of %zu, bit %zu: %s", bit / 8,
                      der.length, bit % 8, ob_status_lookup(status)->symbol);
        der.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    put_armour(&text, der.data, der.length);
    ob_check_ok(verify(text.data, text.length));
    ob_buf_free(&der);
    ob_buf_free(&text);
    free_signer(&by);
}
END_TEST

START_TEST(cms__refuses_each_cut)
{
    signer by = make_signer();
    ob_buf text = {0};
    ob_check_ok(ob_cms_sign("{}", 2, &by.certificate, &by.key, &text));
    for (size_t length = 0; length < text.length - 1; length++) {
        ob_check_status(verify(text.data, length), OB_E_CREDENTIALS_INVALID);
    }
    ob_check_ok(verify(text.data, text.length - 1)); /* only the last line end is missing */
    ob_buf_free(&text);
    free_signer(&by);
}
END_TEST

START_TEST(cms__takes_white_space_but_no_other_text)
{
    static const struct {
        const char *before;
        const char *after;
        ob_status status;
    } table[] = {
        {"\r\n\t ", " \r\n", OB_OK},
        {"Vault credentials\n", "", OB_E_CREDENTIALS_INVALID},
        {"", "and more", OB_E_CREDENTIALS_INVALID},
        {"", "-----BEGIN CMS-----\n", OB_E_CREDENTIALS_INVALID},
    };
    signer by = make_signer();
    ob_buf text = {0};
    ob_check_ok(ob_cms_sign("{}", 2, &by.certificate, &by.key, &text));
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const char *whole = ob_test_format("%s%.*s%s", table[i].before, (int)text.length,
                                           (const char *)text.data, table[i].after);
        ob_check_status(verify(whole, strlen(whole)), table[i].status);
    }
    ob_buf_free(&text);
    free_signer(&by);
}
END_TEST

START_TEST(cms__refuses_what_is_no_message)
{
    static const char *const bad[] = {
        "",
        "-----BEGIN CMS-----",
        "-----BEGIN CMS----------END CMS-----",
        "-----BEGIN CMS-----\n=\n-----END CMS-----\n",
        "-----BEGIN CMS-----\nAAAA\n-----END CMS-----\n",
        "-----BEGIN CMS-----\nMAA=\n-----END CMS-----\n",
        "-----BEGIN PKCS7-----\nMAA=\n-----END PKCS7-----\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ob_check_status(verify(bad[i], strlen(bad[i])), OB_E_CREDENTIALS_INVALID);
    }
}
END_TEST

/* ---- OpenSSL's own messages ---- */

typedef struct parsed_signer {
    X509 *certificate;
    EVP_PKEY *key;
} parsed_signer;

static parsed_signer parse(const signer *by)
{
    const unsigned char *at = by->key.data;
    parsed_signer parsed = {
        .certificate = ob_vault_certificate_read(by->certificate.data, by->certificate.length),
        .key = d2i_AutoPrivateKey(NULL, &at, (long)by->key.length)};
    ck_assert_ptr_nonnull(parsed.certificate);
    ck_assert_ptr_nonnull(parsed.key);
    return parsed;
}

static void free_parsed(parsed_signer *of)
{
    X509_free(of->certificate);
    EVP_PKEY_free(of->key);
}

/* What we say to a message of OpenSSL's. */
static ob_status verify_message(CMS_ContentInfo *cms)
{
    unsigned char *der = NULL;
    ob_buf text = {0};
    int length = i2d_CMS_ContentInfo(cms, &der);
    ck_assert_int_gt(length, 0);
    put_armour(&text, der, (size_t)length);
    ob_status status = verify(text.data, text.length);
    OPENSSL_free(der);
    ob_buf_free(&text);
    return status;
}

static CMS_ContentInfo *foreign(const parsed_signer *by, unsigned flags)
{
    BIO *in = BIO_new_mem_buf("{}", 2);
    CMS_ContentInfo *cms = CMS_sign(by->certificate, by->key, NULL, in, flags | CMS_BINARY);
    ck_assert_ptr_nonnull(cms);
    BIO_free(in);
    return cms;
}

START_TEST(cms__openssl_reads_our_messages)
{
    signer by = make_signer();
    ob_buf text = {0};
    BIO *plain = BIO_new(BIO_s_mem());
    char content[10];
    ob_check_ok(ob_cms_sign("{}", 2, &by.certificate, &by.key, &text));
    ob_buf der = remove_armour(&text);
    const unsigned char *at = der.data;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)der.length);
    ck_assert_int_eq(
        CMS_verify(cms, NULL, NULL, NULL, plain, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY), 1);
    ck_assert_int_eq(BIO_read(plain, content, sizeof content), 2);
    ck_assert_mem_eq(content, "{}", 2);
    CMS_ContentInfo_free(cms);
    BIO_free(plain);
    ob_buf_free(&der);
    ob_buf_free(&text);
    free_signer(&by);
}
END_TEST

START_TEST(cms__reads_openssls_messages_only_in_the_one_form)
{
    static const struct {
        unsigned flags;
        ob_status status;
    } table[] = {
        {CMS_NOATTR, OB_OK},
        {0, OB_E_CREDENTIALS_INVALID}, /* with signed attributes */
        {CMS_NOATTR | CMS_DETACHED, OB_E_CREDENTIALS_INVALID},
        {CMS_NOATTR | CMS_NOCERTS, OB_E_CREDENTIALS_INVALID},
        {CMS_NOATTR | CMS_USE_KEYID, OB_E_CREDENTIALS_INVALID},
    };
    signer by = make_signer();
    parsed_signer parsed = parse(&by);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        CMS_ContentInfo *cms = foreign(&parsed, table[i].flags);
        ob_status status = verify_message(cms);
        ck_assert_msg(status == table[i].status, "message %zu: %s", i, ob_detail());
        CMS_ContentInfo_free(cms);
    }
    free_parsed(&parsed);
    free_signer(&by);
}
END_TEST

START_TEST(cms__refuses_a_second_signer_or_certificate)
{
    signer by = make_signer();
    signer stranger = make_signer();
    parsed_signer parsed = parse(&by);
    parsed_signer other = parse(&stranger);
    CMS_ContentInfo *cms = foreign(&parsed, CMS_NOATTR);
    ck_assert_int_eq(CMS_add1_cert(cms, other.certificate), 1);
    ob_check_status(verify_message(cms), OB_E_CREDENTIALS_INVALID);
    CMS_ContentInfo_free(cms);
    BIO *in = BIO_new_mem_buf("{}", 2);
    cms = CMS_sign(parsed.certificate, parsed.key, NULL, in, CMS_BINARY | CMS_NOATTR | CMS_PARTIAL);
    ck_assert_ptr_nonnull(
        CMS_add1_signer(cms, other.certificate, other.key, NULL, CMS_BINARY | CMS_NOATTR));
    ck_assert_int_eq(CMS_final(cms, in, NULL, CMS_BINARY), 1);
    ob_check_status(verify_message(cms), OB_E_CREDENTIALS_INVALID);
    BIO_free(in);
    CMS_ContentInfo_free(cms);
    free_parsed(&parsed);
    free_parsed(&other);
    free_signer(&by);
    free_signer(&stranger);
}
END_TEST

START_TEST(cms__signs_only_with_the_certificates_own_key)
{
    signer by = make_signer();
    signer stranger = make_signer();
    ob_buf text = {0};
    ob_check_status(ob_cms_sign("{}", 2, &by.certificate, &stranger.key, &text), OB_E_UNEXPECTED);
    ob_check_status(ob_cms_sign("{}", 2, &by.key, &by.key, &text), OB_E_UNEXPECTED);
    ob_check_status(ob_cms_sign("{}", 2, &by.certificate, &by.certificate, &text), OB_E_UNEXPECTED);
    ck_assert_uint_eq(text.length, 0);
    free_signer(&by);
    free_signer(&stranger);
}
END_TEST

START_TEST(cms__lack_of_memory_is_told)
{
    signer by = make_signer();
    ob_buf signed_text = {0};
    bool hit = true;
    ob_check_ok(ob_cms_sign("{}", 2, &by.certificate, &by.key, &signed_text));
    for (unsigned n = 1; hit; n++) {
        ob_buf text = {0};
        ob_test_alloc_begin(n, false);
        ob_status status = ob_cms_sign("{}", 2, &by.certificate, &by.key, &text);
        ob_buf_free(&text);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        ob_test_alloc_begin(n, false);
        status = verify(signed_text.data, signed_text.length);
        bool also = ob_test_alloc_end();
        ck_assert_int_eq(status, also ? OB_E_NO_MEMORY : OB_OK);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = hit || also;
    }
    ob_buf_free(&signed_text);
    free_signer(&by);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, cms__verifies_what_it_signed);
    tcase_add_test(cases, cms__refuses_each_bit_turned_over);
    tcase_add_test(cases, cms__refuses_each_cut);
    tcase_add_test(cases, cms__takes_white_space_but_no_other_text);
    tcase_add_test(cases, cms__refuses_what_is_no_message);
    tcase_add_test(cases, cms__openssl_reads_our_messages);
    tcase_add_test(cases, cms__reads_openssls_messages_only_in_the_one_form);
    tcase_add_test(cases, cms__refuses_a_second_signer_or_certificate);
    tcase_add_test(cases, cms__signs_only_with_the_certificates_own_key);
    tcase_add_test(cases, cms__lack_of_memory_is_told);
}

OB_TEST_MAIN("cms", add_cases)
