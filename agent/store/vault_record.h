/*
 * The documents that a folder vault keeps beside its objects, as JSON files:
 *
 *   vault.json                 the vault's record, for everybody
 *   vault.key                  its secrets, for its owner
 *   machines/GUID/machine.json a machine's record
 *
 * Reading checks every field; OB_E_CORRUPT names the first that is wrong, OB_E_UNKNOWN_FIELD one
 * that is not known, OB_E_FORMAT_VERSION a document of a later version. Writing replaces the file
 * in one step.
 */
#ifndef OB_VAULT_RECORD_H
#define OB_VAULT_RECORD_H

#include "ob/buf.h"
#include "ob/fs.h"
#include "ob/text.h"

#include "vault_token.h"

typedef struct ob_vault_record {
    ob_guid id;
    char *name;
    int64_t created;
    uint64_t serial;    /* of the newest credentials; 0 = none issued yet */
    ob_buf certificate; /* DER */
} ob_vault_record;

/* OB_E_NOT_FOUND if there is no vault in the folder. */
ob_status ob_vault_record_read(const ob_fs *fs, const char *folder, ob_vault_record *out);
ob_status ob_vault_record_write(const ob_fs *fs, const char *folder, const ob_vault_record *record);
void ob_vault_record_free(ob_vault_record *record);

typedef struct ob_vault_secrets {
    ob_buf signing_key; /* PKCS#8 DER */
    uint8_t token_key[OB_VAULT_TOKEN_KEY];
} ob_vault_secrets;

ob_status ob_vault_secrets_read(const ob_fs *fs, const char *folder, ob_vault_secrets *out);
ob_status ob_vault_secrets_write(const ob_fs *fs, const char *folder,
                                 const ob_vault_secrets *secrets);
void ob_vault_secrets_free(ob_vault_secrets *secrets); /* wipes */

typedef struct ob_machine_record {
    ob_guid id;
    char *name;
    char *platform;
    int64_t registered; /* first time, ns UTC */
} ob_machine_record;

/* `folder` is the machine's own. OB_E_NOT_FOUND if the machine has no record. */
ob_status ob_machine_record_read(const ob_fs *fs, const char *folder, ob_machine_record *out);
ob_status ob_machine_record_write(const ob_fs *fs, const char *folder,
                                  const ob_machine_record *record);
void ob_machine_record_free(ob_machine_record *record);

/* FOLDER/machines/GUID; free with ob_free(); NULL without memory. */
char *ob_vault_machine_folder(const char *folder, const ob_guid *machine);

#endif
