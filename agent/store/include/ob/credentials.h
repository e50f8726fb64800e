/*
 * Vault credentials: a PEM block "CMS" (RFC 7468) with SignedData (RFC 5652) over a JSON document,
 * signed by the vault's certificate, which is inside. The agent reads address, pin and expiry; the
 * token inside is sealed by the vault and opaque to everybody else. Fields: docs/CREDENTIALS.md.
 *
 * A file proves only that whoever holds the key of the certificate inside wrote it: whether that is
 * the right vault is for the vault to say when the token is redeemed.
 */
#ifndef OB_CREDENTIALS_H
#define OB_CREDENTIALS_H

#include "ob/buf.h"
#include "ob/status.h"
#include "ob/text.h"

#define OB_CREDENTIALS_MOST 65536u /* bytes of a credentials file */
#define OB_CREDENTIALS_HOURS 48    /* how long a file is valid unless told otherwise */
#define OB_VAULT_NAME_MOST 64      /* bytes of a vault's name */
#define OB_VAULT_ADDRESS_MOST 4096 /* bytes of a vault's address */

typedef struct ob_credentials {
    char *address;    /* "folder:/mnt/vault" or "https://host:port" */
    char *vault_name; /* fit to be part of a file's name */
    char *region;     /* where the vault is; "local" for a folder */
    ob_guid vault_id;
    bool private_network;   /* the address resolves and answers only inside of a private network */
    uint8_t pin[32];        /* SHA-256 of the vault's certificate (DER) */
    uint8_t thumbprint[20]; /* SHA-1 of it: what Windows calls a certificate's thumbprint */
    int64_t issued;         /* ns UTC, whole seconds */
    int64_t expires;
    uint64_t serial; /* grows with each download */
    ob_buf token;    /* opaque */
} ob_credentials;

/* Reads the bytes of a credentials file as it comes: UTF-8 or UTF-16 with or without a byte order
 * mark, any line ends, at most 64 KiB. OB_E_CREDENTIALS_INVALID if it is cut, edited or no
 * credentials file; OB_E_CREDENTIALS_EXPIRED against `now`; OB_E_AGENT_TOO_OLD if it is signed but
 * of a newer version. */
ob_status ob_credentials_parse(ob_credentials *out, const void *data, size_t length, int64_t now);
void ob_credentials_free(ob_credentials *credentials);

/* For vaults: writes and signs credentials (PEM text into `out`) with the vault's certificate (DER)
 * and private key (PKCS#8 DER). `pin` and `thumbprint` are not looked at.
 * OB_E_INVALID_ARGUMENT if address, name or region could not be read back. */
ob_status ob_credentials_sign(const ob_credentials *credentials, const ob_buf *certificate,
                              const ob_buf *key, ob_buf *out);

/* The folder in an address of the kind "folder:", absolute as one system or the other has it; NULL
 * if it is no such address. Borrowed from `address`. */
const char *ob_address_folder(const char *address);

#endif
