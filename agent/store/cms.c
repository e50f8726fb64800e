#include "cms.h"

#include "ob/text.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "vault_identity.h"

#define BEGIN "-----BEGIN CMS-----"
#define END "-----END CMS-----"
#define COLUMNS 64

/* ---- PEM ---- */

static void put_armour(ob_buf *out, const uint8_t *data, size_t length)
{
    ob_buf_put_text(out, BEGIN "\n");
    for (size_t at = 0; at < length; at += COLUMNS / 4 * 3) {
        size_t part = length - at < COLUMNS / 4 * 3 ? length - at : COLUMNS / 4 * 3;
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

/* ---- signing ---- */

ob_status ob_cms_sign(const void *content, size_t length, const ob_buf *certificate,
                      const ob_buf *key, ob_buf *out)
{
    ob_status status = OB_E_UNEXPECTED;
    unsigned char *der = NULL;
    int der_length = 0;
    CMS_ContentInfo *cms = NULL;
    X509 *signer = ob_vault_certificate_read(certificate->data, certificate->length);
    const unsigned char *at = key->data;
    EVP_PKEY *private_key = d2i_AutoPrivateKey(NULL, &at, (long)key->length);
    BIO *in = length <= INT_MAX ? BIO_new_mem_buf(content, (int)length) : NULL;
    if (signer == NULL || private_key == NULL || in == NULL) {
        goto out;
    }
    cms = CMS_sign(signer, private_key, NULL, in, CMS_BINARY | CMS_NOATTR);
    if (cms != NULL) {
        der_length = i2d_CMS_ContentInfo(cms, &der);
    }
    if (der_length > 0) {
        put_armour(out, der, (size_t)der_length);
        status = ob_buf_status(out);
    }
out:
    if (status == OB_E_UNEXPECTED) {
        status = ob_fail(status, "signing vault credentials failed");
    }
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    EVP_PKEY_free(private_key);
    X509_free(signer);
    ERR_clear_error();
    return status;
}

/* ---- verifying ---- */

/* The message's only certificate; the caller frees it. */
static X509 *only_certificate(CMS_ContentInfo *cms)
{
    X509 *found = NULL;
    STACK_OF(X509) *certificates = CMS_get1_certs(cms);
    STACK_OF(X509_CRL) *lists = CMS_get1_crls(cms);
    if (certificates != NULL && sk_X509_num(certificates) == 1 && lists == NULL) {
        found = sk_X509_value(certificates, 0);
        X509_up_ref(found);
    }
    sk_X509_CRL_pop_free(lists, X509_CRL_free);
    sk_X509_pop_free(certificates, X509_free);
    return found;
}

static bool has_one_plain_signer(CMS_ContentInfo *cms)
{
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
    if (signers == NULL || sk_CMS_SignerInfo_num(signers) != 1) {
        return false;
    }
    CMS_SignerInfo *signer = sk_CMS_SignerInfo_value(signers, 0);
    return CMS_signed_get_attr_count(signer) <= 0 && CMS_unsigned_get_attr_count(signer) <= 0;
}

/* Parses DER that is all of the input. */
static CMS_ContentInfo *read_der(const ob_buf *der)
{
    const unsigned char *at = der->data;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)der->length);
    if (cms != NULL &&
        (at != der->data + der->length || OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed ||
         OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data)) {
        CMS_ContentInfo_free(cms);
        return NULL;
    }
    return cms;
}

static ob_status verify(CMS_ContentInfo *cms, ob_buf *content, ob_buf *certificate)
{
    ob_status status = OB_E_CREDENTIALS_INVALID;
    unsigned char *der = NULL;
    char *data = NULL;
    BIO *plain = BIO_new(BIO_s_mem());
    X509 *signer = only_certificate(cms);
    if (plain == NULL || signer == NULL || !has_one_plain_signer(cms) ||
        !ob_vault_certificate_proper(signer) ||
        CMS_verify(cms, NULL, NULL, NULL, plain, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) != 1) {
        goto out;
    }
    long length = BIO_get_mem_data(plain, &data);
    int der_length = i2d_X509(signer, &der);
    if (length <= 0 || der_length <= 0) {
        goto out;
    }
    ob_buf_put(content, data, (size_t)length);
    ob_buf_put(certificate, der, (size_t)der_length);
    status = ob_buf_status(content);
    if (status == OB_OK) {
        status = ob_buf_status(certificate);
    }
out:
    OPENSSL_free(der);
    X509_free(signer);
    BIO_free(plain);
    return status;
}

ob_status ob_cms_verify(const char *text, size_t length, ob_buf *content, ob_buf *certificate)
{
    ob_buf der = {0};
    CMS_ContentInfo *cms = NULL;
    ob_status status = remove_armour(text, length, &der);
    if (status == OB_E_SYNTAX) {
        status = ob_fail(OB_E_CREDENTIALS_INVALID, "no complete \"CMS\" block");
    }
    if (OB_FAILED(status)) {
        goto out;
    }
    cms = read_der(&der);
    status = cms != NULL ? verify(cms, content, certificate) : OB_E_CREDENTIALS_INVALID;
    if (status == OB_E_CREDENTIALS_INVALID) {
        status = ob_fail(status, "the signature does not match");
    }
out:
    CMS_ContentInfo_free(cms);
    ob_buf_free(&der);
    ERR_clear_error();
    return status;
}
