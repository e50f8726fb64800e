/*
 * Which vault this machine belongs to: redeeming vault credentials, remembering the vault in the
 * settings, opening this machine's objects there.
 */
#ifndef OB_SERVICE_REGISTRATION_H
#define OB_SERVICE_REGISTRATION_H

#include "db.h"
#include "ob/clock.h"
#include "ob/fs.h"
#include "ob/json.h"
#include "ob/store.h"
#include "ob/text.h"

/* Texts are NUL-ended and owned. */
typedef struct ob_registration {
    ob_guid vault_id;
    char *name;
    char *address;
    char *region;
    char *thumbprint; /* 40 hex digits in upper case */
    char *pin;        /* SHA-256 of the vault's certificate, 64 hex digits */
} ob_registration;

void ob_registration_free(ob_registration *registration); /* takes a zeroed one */

/* OB_E_NOT_REGISTERED. */
ob_status ob_registration_load(ob_db *db, ob_registration *out);

typedef struct ob_registration_machine {
    const ob_fs *fs;
    const ob_clock *clock;
    const ob_guid *id;
    const char *name;
} ob_registration_machine;

/* Redeems the bytes of a credentials file with its vault and remembers that. Registering with the
 * same vault again is fine; with another one OB_E_REGISTERED_ELSEWHERE. */
ob_status ob_registration_redeem(ob_db *db, const ob_registration_machine *machine,
                                 const void *credentials, size_t length, ob_registration *out);

/* Opens the machine's objects. OB_E_VAULT_UNREACHABLE, OB_E_NOT_SUPPORTED. */
ob_status ob_registration_open(const ob_registration *registration, const ob_fs *fs,
                               const ob_guid *machine, ob_store **out);

/* registration.schema.json, appended. */
ob_status ob_registration_print(const ob_registration *registration, const ob_guid *machine,
                                ob_buf *out);
/* The member "vault" of settings.schema.json; NULL without memory. */
cJSON *ob_registration_json(const ob_registration *registration);

#endif
