/* Settings of the machine: named texts in the state database. */
#ifndef OB_SERVICE_SETTINGS_H
#define OB_SERVICE_SETTINGS_H

#include "db.h"
#include "ob/text.h"

#define OB_SETTING_MACHINE_ID "machine_id"
#define OB_SETTING_COMPRESSION "compression"
#define OB_SETTING_VAULT "vault"
#define OB_SETTING_VERIFY_TURN "verify_turn" /* which sample of the packs is next */

/* *value: free with ob_free(). OB_E_NOT_FOUND if it is not set. */
ob_status ob_settings_get(ob_db *db, const char *name, char **value);
ob_status ob_settings_put(ob_db *db, const char *name, const char *value);

/* The machine's GUID, made and kept at the first call. */
ob_status ob_settings_machine(ob_db *db, ob_guid *machine);
/* Compress for size instead of speed. */
ob_status ob_settings_for_size(ob_db *db, bool *for_size);

#endif
