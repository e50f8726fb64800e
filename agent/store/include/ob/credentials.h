/*
 * Vault credentials: a PEM block "CMS" (RFC 7468) with SignedData (RFC 5652) over a JSON document,
 * signed by the vault's certificate, which is inside. The agent reads address, pin and expiry; the
 * token inside is sealed by the vault and opaque to everybody else. Fields: docs/FORMAT.md.
 */
#ifndef OB_CREDENTIALS_H
#define OB_CREDENTIALS_H

#include "ob/buf.h"
#include "ob/status.h"
#include "ob/text.h"

typedef struct ob_credentials {
    char *address;      /* "folder:/mnt/vault" or "https://host:port" */
    char *vault_name;
    ob_guid vault_id;
    uint8_t pin[32];    /* SHA-256 of the vault's certificate (DER) */
    uint8_t thumbprint[20]; /* SHA-1 of it: what Windows calls a certificate's thumbprint */
    int64_t issued;     /* ns UTC */
    int64_t expires;
    uint64_t serial;    /* grows with each download */
    ob_buf token;       /* opaque */
} ob_credentials;

/* Reads the bytes of a credentials file as it comes: UTF-8 or UTF-16 with or without a byte order
 * mark, any line ends, at most 64 KiB. OB_E_CREDENTIALS_INVALID if it is cut, edited or no
 * credentials file; OB_E_CREDENTIALS_EXPIRED against `now`. */
ob_status ob_credentials_parse(ob_credentials *out, const void *data, size_t length, int64_t now);
void ob_credentials_free(ob_credentials *credentials);

#endif
