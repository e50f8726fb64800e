/*
 * A vault's identity: a P-256 key and a self-signed certificate over it. The certificate signs
 * vault credentials, and as an authority of its own may sign what the vault shows to its machines,
 * so that pinning this one certificate is enough to know the vault.
 */
#ifndef OB_VAULT_IDENTITY_H
#define OB_VAULT_IDENTITY_H

#include "ob/buf.h"

#include <openssl/x509.h>
#include <stdbool.h>

#define OB_VAULT_CERTIFICATE_YEARS 10
#define OB_VAULT_CERTIFICATE_MOST 4096 /* bytes of DER */

/* Makes one: certificate (DER) and private key (PKCS#8 DER, `key` should be secret). */
ob_status ob_vault_identity_make(const char *vault_name, int64_t now, ob_buf *certificate,
                                 ob_buf *key);

/* Reads a certificate that is all of the input; NULL if it is none. X509_free() it. */
X509 *ob_vault_certificate_read(const void *der, size_t length);
/* It has a P-256 key and is signed by it, by ECDSA with SHA-256. */
bool ob_vault_certificate_proper(X509 *certificate);

#endif
