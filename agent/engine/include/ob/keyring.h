/*
 * The keys of a machine's backups. A random master key (ids and the gear table come from it and
 * stay) and one random pack key an epoch; a passphrase wraps them into a key envelope that is kept
 * in the vault. docs/FORMAT.md has the bytes.
 */
#ifndef OB_KEYRING_H
#define OB_KEYRING_H

#include "ob/buf.h"
#include "ob/status.h"
#include "ob/store.h"

typedef struct ob_keyring ob_keyring;

#define OB_PASSPHRASE_LEAST 16 /* characters (Unicode code points after NFC) */

ob_status ob_keyring_new(ob_keyring **out);     /* random master key, epoch 1 */
void ob_keyring_free(ob_keyring *keys);         /* wipes; takes NULL */
ob_status ob_keyring_new_epoch(ob_keyring *keys);

/* The opened keys as bytes, to be kept by ob_secret_save(); `out->secret` is set. */
ob_status ob_keyring_export(const ob_keyring *keys, ob_buf *out);
ob_status ob_keyring_import(ob_keyring **out, const void *data, size_t length);

/* Wraps by a passphrase (UTF-8, counted) and stores as the next envelope "key/NNNNNNNN".
 * OB_E_PASSPHRASE_SHORT, OB_E_INVALID_ARGUMENT if it is not UTF-8. */
ob_status ob_keyring_store(const ob_keyring *keys, ob_store *store, const char *passphrase,
                           size_t length);
/* Opens the newest envelope; if that is damaged, the one before it, which may lack the newest epochs:
 * then what was written since does not open, and all else does. OB_E_NOT_FOUND if the store has
 * none, OB_E_PASSPHRASE_WRONG, OB_E_CORRUPT, OB_E_FORMAT_VERSION. */
ob_status ob_keyring_open(ob_keyring **out, ob_store *store, const char *passphrase,
                          size_t length);

#endif
