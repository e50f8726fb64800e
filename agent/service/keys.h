/*
 * The machine's keys at rest, and the passphrase that wraps them into envelopes in the vault.
 *
 * Order: an envelope is stored in the vault before its keys are kept here. So whatever this machine
 * seals with can always be opened from the vault by a passphrase that was given; a crash between
 * the two leaves the older keys in use here, and the newer envelope holds those as well.
 */
#ifndef OB_SERVICE_KEYS_H
#define OB_SERVICE_KEYS_H

#include "ob/fs.h"
#include "ob/keyring.h"

/* OB_E_PASSPHRASE_NOT_SET if there are none; OB_E_SEAL, OB_E_ACCESS_DENIED of ob_secret_load(). */
ob_status ob_keys_load(const ob_fs *fs, const char *path, ob_keyring **out);
/* True if keys are there (they may still be damaged). */
bool ob_keys_present(const ob_fs *fs, const char *path);

/*
 * No keys here: opens those of the vault (OB_E_PASSPHRASE_WRONG), or makes the first ones.
 * Keys here: nothing if the passphrase is theirs already, else a new epoch and envelope.
 * OB_E_PASSPHRASE_SHORT.
 */
ob_status ob_keys_set_passphrase(const ob_fs *fs, const char *path, ob_store *store,
                                 const char *passphrase, size_t length);

#endif
