/*
 * The folder vault: a vault that is a plain folder (a disk, a share). It has the same credentials
 * and registration as the vault service; what it cannot do is defend itself against whoever can
 * write to the folder.
 *
 *   FOLDER/vault.json       id, name, certificate (PEM), serial of the newest credentials
 *   FOLDER/vault.key        signing key and token key, 0600
 *   FOLDER/machines/GUID/machine.json, key/, pack/XX/, index/, point/
 */
#ifndef OB_FOLDER_VAULT_H
#define OB_FOLDER_VAULT_H

#include "ob/buf.h"
#include "ob/clock.h"
#include "ob/credentials.h"
#include "ob/fs.h"
#include "ob/store.h"
#include "ob/text.h"

/* Makes a vault in an absent or empty folder. `name` NULL: the folder's own name.
 * OB_E_EXISTS if the folder holds something. */
ob_status ob_folder_vault_create(const ob_fs *fs, const ob_clock *clock, const char *folder,
                                 const char *name);

/* Issues vault credentials (PEM text into `out`), valid for `hours`; all earlier ones become
 * superseded. OB_E_NOT_FOUND if the folder is no vault. */
ob_status ob_folder_vault_issue(const ob_fs *fs, const ob_clock *clock, const char *folder,
                                unsigned hours, ob_buf *out);

/* Redeems credentials for a machine: checks them against the vault (OB_E_CREDENTIALS_*,
 * OB_E_VAULT_UNREACHABLE) and makes or updates the machine's record. */
ob_status ob_folder_vault_register(const ob_fs *fs, const ob_clock *clock,
                                   const ob_credentials *credentials, const ob_guid *machine,
                                   const char *machine_name, const char *platform);

/* Opens a registered machine's objects. OB_E_VAULT_UNREACHABLE if the folder is not there,
 * OB_E_NOT_REGISTERED if the vault does not know the machine. */
ob_status ob_folder_store_open(const ob_fs *fs, const char *folder, const ob_guid *machine,
                               ob_store **out);

/* For administration: the machines of a vault. `name` and `platform` are borrowed. */
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
