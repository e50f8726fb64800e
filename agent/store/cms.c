#include "cms.h"

#include "ob/text.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "der.h"
#include "vault_identity.h"

#define BEGIN "-----BEGIN CMS-----"
#define END "-----END CMS-----"
#define LINE ((size_t)48) /* bytes that make 64 characters of base64 */

/* ---- PEM ---- */

static void put_armour(ob_buf *out, const uint8_t *data, size_t length)
{
    ob_buf_put_text(out, BEGIN "\n");
    for (size_t at = 0; at < length; at += LINE) {
        size_t part = length - at < LINE ? length - at : LINE;
        ob_base64_put(out, data + at, part);
        ob_buf_put_u8(out, '\n');
    }
    ob_buf_put_text(out, END "\n");
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Takes `word` off the front of [*text, *text + *left); false if it is not there. */
static bool take(const char **text, size_t *left, const char *word)
{
    size_t length = strlen(word);
    if (*left < length || memcmp(*text, word, length) != 0) {
        return false;
    }
    *text += length;
    *left -= length;
    return true;
}

static void skip_space(const char **text, size_t *left)
{
    while (*left > 0 && is_space(**text)) {
        (*text)++;
        (*left)--;
    }
}

/* One block with nothing but white space around it: text beside it would look signed and is not. */
static ob_status remove_armour(const char *text, size_t left, ob_buf *out)
{
    ob_buf base64 = {0};
    ob_status status = OB_E_SYNTAX;
    skip_space(&text, &left);
    if (take(&text, &left, BEGIN)) {
        for (; left > 0 && *text != '-'; text++, left--) {
            if (!is_space(*text)) {
                ob_buf_put(&base64, text, 1);
            }
        }
        if (take(&text, &left, END)) {
            skip_space(&text, &left);
            status = left == 0 ? ob_buf_status(&base64) : OB_E_SYNTAX;
        }
    }
    if (status == OB_OK) {
        status = ob_base64_decode(out, (const char *)base64.data, base64.length);
    }
    ob_buf_free(&base64);
    return status;
}

/* ---- DER ---- */

static const uint8_t oid_signed_data[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2};
static const uint8_t oid_data[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 1};
static const uint8_t oid_sha256[] = {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1};
static const uint8_t oid_ecdsa_sha256[] = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2};

/* The parts of a message that differ from one to the other; borrowed. */
typedef struct message {
    const uint8_t *content;
    size_t content_length;
    X509 *certificate;
    const uint8_t *signature; /* of ECDSA, DER */
    size_t signature_length;
} message;

/* SEQUENCE { OBJECT IDENTIFIER } */
static void put_algorithm(ob_buf *out, const uint8_t *oid, size_t length)
{
    ob_buf inner = {0};
    ob_der_put(&inner, OB_DER_OID, oid, length);
    ob_der_wrap(out, OB_DER_SEQUENCE, &inner);
}

static void put_version_1(ob_buf *out)
{
    static const uint8_t one = 1;
    ob_der_put(out, OB_DER_INTEGER, &one, 1);
}

/* What OpenSSL wrote; `length` <= 0 is its failure. */
static void put_and_free(ob_buf *out, unsigned char *der, int length)
{
    if (length <= 0) {
        out->failed = true;
        return;
    }
    ob_buf_put(out, der, (size_t)length);
    OPENSSL_free(der);
}

static void put_certificate(ob_buf *out, X509 *certificate)
{
    unsigned char *der = NULL;
    int length = i2d_X509(certificate, &der);
    put_and_free(out, der, length);
}

/* IssuerAndSerialNumber (RFC 5652, 10.2.4). */
static void put_signer_name(ob_buf *out, X509 *certificate)
{
    ob_buf inner = {0};
    unsigned char *issuer = NULL;
    unsigned char *serial = NULL;
    int length = i2d_X509_NAME(X509_get_issuer_name(certificate), &issuer);
    put_and_free(&inner, issuer, length);
    length = i2d_ASN1_INTEGER(X509_get0_serialNumber(certificate), &serial);
    put_and_free(&inner, serial, length);
    ob_der_wrap(out, OB_DER_SEQUENCE, &inner);
}

/* SignerInfos with one SignerInfo (RFC 5652, 5.3). */
static void put_signer(ob_buf *out, const message *of)
{
    ob_buf info = {0};
    ob_buf set = {0};
    put_version_1(&info);
    put_signer_name(&info, of->certificate);
    put_algorithm(&info, oid_sha256, sizeof oid_sha256);
    put_algorithm(&info, oid_ecdsa_sha256, sizeof oid_ecdsa_sha256);
    ob_der_put(&info, OB_DER_OCTETS, of->signature, of->signature_length);
    ob_der_wrap(&set, OB_DER_SEQUENCE, &info);
    ob_der_wrap(out, OB_DER_SET, &set);
}

/* EncapsulatedContentInfo (RFC 5652, 5.2). */
static void put_content(ob_buf *out, const message *of)
{
    ob_buf explicit = {0};
    ob_buf inner = {0};
    ob_der_put(&explicit, OB_DER_OCTETS, of->content, of->content_length);
    ob_der_put(&inner, OB_DER_OID, oid_data, sizeof oid_data);
    ob_der_wrap(&inner, OB_DER_CONTEXT_0, &explicit);
    ob_der_wrap(out, OB_DER_SEQUENCE, &inner);
}

/* ContentInfo with SignedData (RFC 5652, 3 and 5.1). */
static void put_message(ob_buf *out, const message *of)
{
    ob_buf algorithms = {0};
    ob_buf certificates = {0};
    ob_buf data = {0};
    ob_buf explicit = {0};
    ob_buf inner = {0};
    put_version_1(&data);
    put_algorithm(&algorithms, oid_sha256, sizeof oid_sha256);
    ob_der_wrap(&data, OB_DER_SET, &algorithms);
    put_content(&data, of);
    put_certificate(&certificates, of->certificate);
    ob_der_wrap(&data, OB_DER_CONTEXT_0, &certificates);
    put_signer(&data, of);
    ob_der_wrap(&explicit, OB_DER_SEQUENCE, &data);
    ob_der_put(&inner, OB_DER_OID, oid_signed_data, sizeof oid_signed_data);
    ob_der_wrap(&inner, OB_DER_CONTEXT_0, &explicit);
    ob_der_wrap(out, OB_DER_SEQUENCE, &inner);
}

/* ---- signing ---- */

/* The most that ECDSA with P-256 gives: a sequence of two integers of 33 bytes. */
#define SIGNATURE_MOST 80

static bool sign(EVP_PKEY *key, const void *content, size_t length,
                 uint8_t signature[SIGNATURE_MOST], size_t *signature_length)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    *signature_length = SIGNATURE_MOST;
    bool done = ctx != NULL && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestSign(ctx, signature, signature_length, content, length) == 1;
    EVP_MD_CTX_free(ctx);
    return done;
}

ob_status ob_cms_sign(const void *content, size_t length, const ob_buf *certificate,
                      const ob_buf *key, ob_buf *out)
{
    ob_status status = OB_E_UNEXPECTED;
    uint8_t signature[SIGNATURE_MOST];
    ob_buf der = {0};
    const unsigned char *at = key->data;
    message made = {.content = content, .content_length = length, .signature = signature};
    EVP_PKEY *private_key = d2i_AutoPrivateKey(NULL, &at, (long)key->length);
    made.certificate = ob_vault_certificate_read(certificate->data, certificate->length);
    if (made.certificate == NULL || private_key == NULL ||
        X509_check_private_key(made.certificate, private_key) != 1 ||
        !sign(private_key, content, length, signature, &made.signature_length)) {
        status = ob_fail(status, "signing with the vault's key failed");
        goto out;
    }
    put_message(&der, &made);
    status = ob_buf_status(&der);
    if (status == OB_OK) {
        put_armour(out, der.data, der.length);
        status = ob_buf_status(out);
    }
out:
    ob_buf_free(&der);
    EVP_PKEY_free(private_key);
    X509_free(made.certificate);
    ERR_clear_error();
    return status;
}

/* ---- verifying ---- */

static ob_status refuse(void)
{
    return ob_fail(OB_E_CREDENTIALS_INVALID, "the signature does not match");
}

static bool signature_matches(const message *of)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY *key = X509_get0_pubkey(of->certificate);
    bool matches = ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
                   EVP_DigestVerify(ctx, of->signature, of->signature_length, of->content,
                                    of->content_length) == 1;
    EVP_MD_CTX_free(ctx);
    return matches;
}

/* The three parts, borrowed from `cms`; false if there are not just these. */
static bool take_apart(CMS_ContentInfo *cms, STACK_OF(X509) * certificates, message *out)
{
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
    ASN1_OCTET_STRING **content = CMS_get0_content(cms);
    if (sk_X509_num(certificates) != 1 || signers == NULL || sk_CMS_SignerInfo_num(signers) != 1 ||
        content == NULL || *content == NULL) {
        return false;
    }
    const ASN1_OCTET_STRING *signature =
        CMS_SignerInfo_get0_signature(sk_CMS_SignerInfo_value(signers, 0));
    out->content = ASN1_STRING_get0_data(*content);
    out->content_length = (size_t)ASN1_STRING_length(*content);
    out->certificate = sk_X509_value(certificates, 0);
    out->signature = ASN1_STRING_get0_data(signature);
    out->signature_length = (size_t)ASN1_STRING_length(signature);
    return out->content_length > 0;
}

static ob_status verify(const message *of, const ob_buf *der, ob_buf *content, ob_buf *certificate)
{
    ob_buf again = {0};
    ob_status status = OB_OK;
    if (!ob_vault_certificate_proper(of->certificate) || !signature_matches(of)) {
        return refuse();
    }
    put_message(&again, of);
    status = ob_buf_status(&again);
    if (status == OB_OK &&
        (again.length != der->length || memcmp(again.data, der->data, der->length) != 0)) {
        status = refuse();
    }
    if (status == OB_OK) {
        ob_buf_put(content, of->content, of->content_length);
        put_certificate(certificate, of->certificate);
        status = ob_buf_status(content);
    }
    if (status == OB_OK) {
        status = ob_buf_status(certificate);
    }
    ob_buf_free(&again);
    return status;
}

static ob_status verify_der(const ob_buf *der, ob_buf *content, ob_buf *certificate)
{
    message read = {0};
    ob_status status = OB_OK;
    const unsigned char *at = der->data;
    STACK_OF(X509) *certificates = NULL;
    CMS_ContentInfo *cms = at != NULL ? d2i_CMS_ContentInfo(NULL, &at, (long)der->length) : NULL;
    if (cms == NULL || OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed) {
        status = refuse();
        goto out;
    }
    certificates = CMS_get1_certs(cms);
    status =
        take_apart(cms, certificates, &read) ? verify(&read, der, content, certificate) : refuse();
out:
    sk_X509_pop_free(certificates, X509_free);
    CMS_ContentInfo_free(cms);
    ERR_clear_error();
    return status;
}

ob_status ob_cms_verify(const char *text, size_t length, ob_buf *content, ob_buf *certificate)
{
    ob_buf der = {0};
    ob_status status = remove_armour(text, length, &der);
    if (status == OB_E_SYNTAX) {
        status = ob_fail(OB_E_CREDENTIALS_INVALID, "no complete \"CMS\" block");
    }
    if (status == OB_OK) {
        status = verify_der(&der, content, certificate);
    }
    ob_buf_free(&der);
    return status;
}
