#include "vault_identity.h"

#include "ob/test.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <string.h>

#define NOW INT64_C(1769860800000000000)

START_TEST(vault_identity__makes_a_certificate_of_its_own)
{
    ob_buf der = {0};
    ob_buf key = {.secret = true};
    ob_check_ok(ob_vault_identity_make("B\xC3\xBCro 1", NOW, &der, &key));
    X509 *certificate = ob_vault_certificate_read(der.data, der.length);
    ck_assert_ptr_nonnull(certificate);
    ck_assert(ob_vault_certificate_proper(certificate));
    char name[128] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name,
                              sizeof name);
    ck_assert_str_eq(name, "B\xC3\xBCro 1");
    ck_assert_int_eq(X509_check_ca(certificate), 1);
    const unsigned char *at = key.data;
    EVP_PKEY *pair = d2i_AutoPrivateKey(NULL, &at, (long)key.length);
    ck_assert_int_eq(X509_check_private_key(certificate, pair), 1);
    EVP_PKEY_free(pair);
    X509_free(certificate);
    ob_buf_free(&der);
    ob_buf_free(&key);
}
END_TEST

START_TEST(vault_identity__is_valid_for_ten_years_of_the_clock_given)
{
    ob_buf der = {0};
    ob_buf key = {.secret = true};
    time_t start = (time_t)(NOW / 1000000000);
    int days = 0;
    int seconds = 0;
    ob_check_ok(ob_vault_identity_make("vault", NOW, &der, &key));
    X509 *certificate = ob_vault_certificate_read(der.data, der.length);
    ck_assert_int_lt(X509_cmp_time(X509_get0_notBefore(certificate), &start), 0);
    ck_assert_int_eq(ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(certificate),
                                    X509_get0_notAfter(certificate)),
                     1);
    ck_assert_int_eq(days, 10 * 365 + 1);
    X509_free(certificate);
    ob_buf_free(&der);
    ob_buf_free(&key);
}
END_TEST

START_TEST(vault_identity__no_two_are_the_same)
{
    ob_buf der[2] = {{0}, {0}};
    ob_buf key[2] = {{.secret = true}, {.secret = true}};
    for (int i = 0; i < 2; i++) {
        ob_check_ok(ob_vault_identity_make("vault", NOW, &der[i], &key[i]));
    }
    ck_assert(der[0].length != der[1].length ||
              memcmp(der[0].data, der[1].data, der[0].length) != 0);
    for (int i = 0; i < 2; i++) {
        ob_buf_free(&der[i]);
        ob_buf_free(&key[i]);
    }
}
END_TEST

START_TEST(vault_identity__reads_only_a_whole_certificate)
{
    ob_buf der = {0};
    ob_buf key = {.secret = true};
    ob_check_ok(ob_vault_identity_make("vault", NOW, &der, &key));
    ck_assert_ptr_null(ob_vault_certificate_read(der.data, 0));
    ck_assert_ptr_null(ob_vault_certificate_read(der.data, der.length - 1));
    ob_buf_put_u8(&der, 0);
    ck_assert_ptr_null(ob_vault_certificate_read(der.data, der.length));
    ob_buf_put_zero(&der, OB_VAULT_CERTIFICATE_MOST);
    ck_assert_ptr_null(ob_vault_certificate_read(der.data, der.length));
    ob_buf_free(&der);
    ob_buf_free(&key);
}
END_TEST

/* A self-signed certificate of another kind of key or hash. */
static X509 *other_certificate(EVP_PKEY *key, const EVP_MD *hash)
{
    X509 *certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    ck_assert_int_gt(X509_sign(certificate, key, hash), 0);
    return certificate;
}

START_TEST(vault_identity__other_keys_and_hashes_are_not_proper)
{
    EVP_PKEY *keys[] = {EVP_RSA_gen(2048), EVP_EC_gen("P-384"), EVP_EC_gen("P-256")};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_ptr_nonnull(keys[i]);
        X509 *certificate = other_certificate(keys[i], i < 2 ? EVP_sha256() : EVP_sha512());
        ck_assert(!ob_vault_certificate_proper(certificate));
        X509_free(certificate);
    }
    X509 *good = other_certificate(keys[2], EVP_sha256());
    ck_assert(ob_vault_certificate_proper(good));
    EVP_PKEY *stranger = EVP_EC_gen("P-256");
    ck_assert_int_gt(X509_sign(good, stranger, EVP_sha256()), 0);
    ck_assert(!ob_vault_certificate_proper(good));
    X509_free(good);
    EVP_PKEY_free(stranger);
    for (size_t i = 0; i < 3; i++) {
        EVP_PKEY_free(keys[i]);
    }
}
END_TEST

START_TEST(vault_identity__lack_of_memory_is_told)
{
    bool hit = true;
    for (unsigned n = 1; hit; n++) {
        ob_buf der = {0};
        ob_buf key = {.secret = true};
        ob_test_alloc_begin(n, false);
        ob_status status = ob_vault_identity_make("vault", NOW, &der, &key);
        ob_buf_free(&der);
        ob_buf_free(&key);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, vault_identity__makes_a_certificate_of_its_own);
    tcase_add_test(cases, vault_identity__is_valid_for_ten_years_of_the_clock_given);
    tcase_add_test(cases, vault_identity__no_two_are_the_same);
    tcase_add_test(cases, vault_identity__reads_only_a_whole_certificate);
    tcase_add_test(cases, vault_identity__other_keys_and_hashes_are_not_proper);
    tcase_add_test(cases, vault_identity__lack_of_memory_is_told);
}

OB_TEST_MAIN("vault_identity", add_cases)
