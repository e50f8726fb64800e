/*
 * Signed messages: CMS SignedData (RFC 5652) as DER in a PEM block "CMS" (RFC 7468), in one strict
 * form. The content is inside (id-data); there is exactly one certificate and one signer, known by
 * issuer and serial number; the certificate is self-signed and of a P-256 key; there are no
 * attributes; the signature is ECDSA over SHA-256 of the content. Any other program that knows CMS
 * can read it.
 *
 * A message that is read is written again from its three parts (content, certificate, signature)
 * and must come out the same, so it has one spelling and no byte that could be changed unnoticed.
 */
#ifndef OB_CMS_H
#define OB_CMS_H

#include "ob/buf.h"

/* Signs `content`, which is not empty, with a private key (PKCS#8 DER) and its certificate (DER);
 * text into `out`. */
ob_status ob_cms_sign(const void *content, size_t length, const ob_buf *certificate,
                      const ob_buf *key, ob_buf *out);

/* Reads and verifies a message; appends its content and the signer's certificate (DER). Whether
 * that certificate is to be trusted is the caller's to say. OB_E_CREDENTIALS_INVALID. */
ob_status ob_cms_verify(const char *text, size_t length, ob_buf *content, ob_buf *certificate);

#endif
