#include "vault_identity.h"

#include "ob/host.h"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <string.h>

#define NS_PER_SECOND INT64_C(1000000000)

X509 *ob_vault_certificate_read(const void *der, size_t length)
{
    const unsigned char *at = der;
    if (length == 0 || length > OB_VAULT_CERTIFICATE_MOST) {
        return NULL;
    }
    X509 *certificate = d2i_X509(NULL, &at, (long)length);
    if (certificate != NULL && at != (const unsigned char *)der + length) {
        X509_free(certificate);
        certificate = NULL;
    }
    ERR_clear_error();
    return certificate;
}

bool ob_vault_certificate_proper(X509 *certificate)
{
    char group[32] = "";
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    bool proper = key != NULL && EVP_PKEY_is_a(key, "EC") == 1 &&
                  EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 &&
                  strcmp(group, "prime256v1") == 0 &&
                  X509_get_signature_nid(certificate) == NID_ecdsa_with_SHA256 &&
                  X509_verify(certificate, key) == 1;
    ERR_clear_error();
    return proper;
}

static bool add_extension(X509 *certificate, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

/* 63 random bits, never 0: unique enough, positive and within RFC 5280's 20 bytes. */
static bool set_serial(X509 *certificate)
{
    uint64_t serial = 0;
    if (OB_FAILED(ob_random(&serial, sizeof serial))) {
        return false;
    }
    serial = serial >> 1 | 1;
    return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) == 1;
}

/* The common name has 64 characters at most (RFC 5280); a vault's name has 64 bytes. */
static bool set_names(X509 *certificate, const char *vault_name)
{
    X509_NAME *name = X509_get_subject_name(certificate);
    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)vault_name,
                                      -1, -1, 0) == 1 &&
           X509_set_issuer_name(certificate, name) == 1;
}

static bool set_validity(X509 *certificate, int64_t now)
{
    time_t start = (time_t)(now / NS_PER_SECOND);
    ASN1_TIME *from = ASN1_TIME_adj(NULL, start, -1, 0);
    ASN1_TIME *to = ASN1_TIME_adj(NULL, start, OB_VAULT_CERTIFICATE_YEARS * 365, 0);
    bool set = from != NULL && to != NULL && X509_set1_notBefore(certificate, from) == 1 &&
               X509_set1_notAfter(certificate, to) == 1;
    ASN1_TIME_free(from);
    ASN1_TIME_free(to);
    return set;
}

static bool fill(X509 *certificate, EVP_PKEY *key, const char *vault_name, int64_t now)
{
    return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
           set_names(certificate, vault_name) && set_validity(certificate, now) &&
           X509_set_pubkey(certificate, key) == 1 &&
           add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE") &&
           add_extension(certificate, NID_key_usage,
                         "critical,digitalSignature,keyCertSign,cRLSign") &&
           add_extension(certificate, NID_subject_key_identifier, "hash") &&
           X509_sign(certificate, key, EVP_sha256()) > 0;
}

static bool write_key(EVP_PKEY *key, ob_buf *out)
{
    unsigned char *der = NULL;
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
    int length = info != NULL ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : 0;
    if (length > 0) {
        ob_buf_put(out, der, (size_t)length);
        OPENSSL_clear_free(der, (size_t)length);
    }
    PKCS8_PRIV_KEY_INFO_free(info);
    return length > 0;
}

ob_status ob_vault_identity_make(const char *vault_name, int64_t now, ob_buf *certificate,
                                 ob_buf *key)
{
    ob_status status = OB_E_UNEXPECTED;
    unsigned char *der = NULL;
    X509 *made = X509_new();
    EVP_PKEY *pair = EVP_EC_gen("P-256");
    if (made == NULL || pair == NULL || !fill(made, pair, vault_name, now) ||
        !write_key(pair, key)) {
        status = ob_fail(status, "making the vault's certificate failed");
        goto out;
    }
    int length = i2d_X509(made, &der);
    if (length <= 0) {
        status = ob_fail(status, "writing the vault's certificate failed");
        goto out;
    }
    ob_buf_put(certificate, der, (size_t)length);
    status = ob_buf_status(certificate);
    if (status == OB_OK) {
        status = ob_buf_status(key);
    }
out:
    OPENSSL_free(der);
    EVP_PKEY_free(pair);
    X509_free(made);
    ERR_clear_error();
    return status;
}
