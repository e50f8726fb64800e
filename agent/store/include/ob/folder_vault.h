/*
 * The folder vault: a vault that is a plain folder (a disk, a share). It has the same credentials
 * and registration as the vault service; what it cannot do is defend itself against whoever can
 * write to the folder.
 *
 *   FOLDER/vault.json       id, name, certificate, serial of the newest credentials
 *   FOLDER/vault.key        signing key and token key, for its owner only
 *   FOLDER/vault.lock       locked while credentials are issued
 *   FOLDER/machines/GUID/machine.json, key/, pack/XX/, index/, point/, tmp/
 *   FOLDER/machines/GUID/holds       what is retained or marked to be deleted (docs/FORMAT.md)
 *   FOLDER/machines/GUID/holds.lock  locked while that changes
 *
 * docs/CREDENTIALS.md has the fields. A folder that is not there, or is there without vault.json
 * (nothing is mounted), is OB_E_VAULT_UNREACHABLE for agents; nothing is ever created in it.
 */
#ifndef OB_FOLDER_VAULT_H
#define OB_FOLDER_VAULT_H

#include "ob/buf.h"
#include "ob/clock.h"
#include "ob/credentials.h"
#include "ob/fs.h"
#include "ob/store.h"
#include "ob/text.h"

/* Makes a vault in an absent or empty folder (its parent exists). `name` NULL: the folder's own
 * name. OB_E_EXISTS if the folder holds something; OB_E_INVALID_ARGUMENT if the name is longer than
 * OB_VAULT_NAME_MOST or not fit to be part of a file's name. */
ob_status ob_folder_vault_create(const ob_fs *fs, const ob_clock *clock, const char *folder,
                                 const char *name);

/* Issues vault credentials (PEM text into `out`), valid for `hours` (at least 1); all earlier ones
 * become superseded, durably, before this returns. `address`: how agents reach the folder,
 * "folder:" and an absolute path of their system; NULL: `folder` itself, which is absolute then.
 * OB_E_NOT_FOUND if the folder is no vault, OB_E_BUSY if others keep issuing for 10 seconds. */
ob_status ob_folder_vault_issue(const ob_fs *fs, const ob_clock *clock, const char *folder,
                                const char *address, unsigned hours, ob_buf *out);

/* Redeems credentials for a machine: checks them against the vault (OB_E_CREDENTIALS_*,
 * OB_E_VAULT_UNREACHABLE) and makes or updates the machine's record. A machine that is known keeps
 * its objects and the time of its first registration. OB_E_NOT_SUPPORTED if the address is not a
 * folder's. */
ob_status ob_folder_vault_register(const ob_fs *fs, const ob_clock *clock,
                                   const ob_credentials *credentials, const ob_guid *machine,
                                   const char *machine_name, const char *platform);

/* Opens a registered machine's objects. OB_E_VAULT_UNREACHABLE if the folder is not there,
 * OB_E_NOT_REGISTERED if the vault does not know the machine. */
ob_status ob_folder_store_open(const ob_fs *fs, const char *folder, const ob_guid *machine,
                               ob_store **out);
/* The clock by which such a store's retention goes; it must outlive the store. Else the system's. */
void ob_folder_store_set_clock(ob_store *store, const ob_clock *clock);

/* For administration: what a vault is. Free with ob_folder_vault_info_free(). */
typedef struct ob_folder_vault_info {
    ob_guid id;
    char *name;
    int64_t created;        /* ns UTC */
    uint64_t serial;        /* of the newest credentials; 0 = none issued yet */
    uint8_t thumbprint[20]; /* SHA-1 of the certificate */
} ob_folder_vault_info;
/* OB_E_NOT_FOUND if the folder is no vault. */
ob_status ob_folder_vault_describe(const ob_fs *fs, const char *folder, ob_folder_vault_info *out);
void ob_folder_vault_info_free(ob_folder_vault_info *info);

/* For administration: the machines of a vault, by name. `name` and `platform` are borrowed. A
 * machine whose record cannot be read has "" for both and `registered` 0. */
typedef struct ob_vault_machine {
    ob_guid id;
    const char *name;
    const char *platform;
    int64_t registered; /* ns UTC */
} ob_vault_machine;
typedef ob_status (*ob_vault_machine_visit)(void *context, const ob_vault_machine *machine);
ob_status ob_folder_vault_machines(const ob_fs *fs, const char *folder,
                                   ob_vault_machine_visit visit, void *context);

#endif
