#include "settings_document.h"

#include "keys.h"
#include "ob/alloc.h"
#include "settings.h"

#include <cjson/cJSON.h>
#include <string.h>

#define PASSPHRASE_MOST 1024u
#define PIN_MOST 64u

static const char *const compressions[] = {"speed", "small", NULL};

static ob_status add_vault(const ob_session_host *host, cJSON *json, bool *failed)
{
    ob_registration registration = {0};
    ob_status status = ob_registration_load(host->db, &registration);
    ob_json_add_bool(json, "registered", status == OB_OK, failed);
    if (status == OB_OK) {
        ob_json_add_node(json, "vault", ob_registration_json(&registration), failed);
    } else if (status == OB_E_NOT_REGISTERED) {
        ob_json_add_node(json, "vault", cJSON_CreateNull(), failed);
        status = OB_OK;
    }
    ob_registration_free(&registration);
    return status;
}

ob_status ob_settings_print(const ob_session_host *host, ob_buf *out)
{
    bool failed = false;
    bool for_size = false;
    char machine[OB_GUID_TEXT];
    ob_status status = ob_settings_for_size(host->db, &for_size);
    if (OB_FAILED(status)) {
        return status;
    }
    cJSON *json = ob_json_new_object();
    ob_guid_format(machine, host->machine);
    ob_json_add_bool(json, "passphrase_set", ob_keys_present(host->fs, host->keys_path), &failed);
    ob_json_add_text(json, "compression", compressions[for_size], &failed);
    ob_json_add_text(json, "machine_id", machine, &failed);
    status = add_vault(host, json, &failed);
    ob_json_add_text(json, "cache_dir", host->cache_dir, &failed);
    if (status == OB_OK) {
        status = failed ? ob_fail(OB_E_NO_MEMORY, "the settings") : ob_json_print(out, json);
    }
    ob_json_free(json);
    return status;
}

static const char *const read_only[] = {"passphrase_set", "registered", "vault", "cache_dir"};
#define READ_ONLY (sizeof read_only / sizeof read_only[0])

static ob_status compare(const ob_session_host *host, const cJSON *given)
{
    ob_buf text = {0};
    cJSON *present = NULL;
    ob_status status = ob_settings_print(host, &text);
    if (status == OB_OK) {
        status = ob_json_parse(&present, text.data, text.length);
    }
    for (size_t i = 0; status == OB_OK && i < READ_ONLY; i++) {
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(given, read_only[i]);
        const cJSON *kept = cJSON_GetObjectItemCaseSensitive(present, read_only[i]);
        if (value != NULL && !cJSON_Compare(value, kept, true)) {
            status = ob_fail(OB_E_INVALID_ARGUMENT, "settings.%s is read-only", read_only[i]);
        }
    }
    ob_json_free(present);
    ob_buf_free(&text);
    return status;
}

/* What ObGetSettings gave may come back: as it was, it asks for nothing. */
static ob_status check_read_only(const ob_session_host *host, ob_json_object *object)
{
    bool any = false;
    for (size_t i = 0; object->status == OB_OK && i < READ_ONLY; i++) {
        ob_json_has(object, read_only[i]); /* it is known, also as null */
        any = any || cJSON_GetObjectItemCaseSensitive(object->json, read_only[i]) != NULL;
    }
    return any ? compare(host, object->json) : OB_OK;
}

typedef struct change {
    const char *passphrase; /* NULL = none given */
    int compression;        /* -1 = none given */
    const char *machine;    /* NULL = none given */
} change;

static ob_status read_change(const ob_session_host *host, const cJSON *json, change *out)
{
    const char *pin = NULL;
    ob_json_object object = ob_json_object_of(json, "settings");
    ob_status status = check_read_only(host, &object);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_json_get_text(&object, "passphrase", PASSPHRASE_MOST, &out->passphrase);
    /* A folder vault asks for no PIN; scripts give a blank one, or whatever they have. */
    ob_json_get_text(&object, "security_pin", PIN_MOST, &pin);
    ob_json_get_choice(&object, "compression", compressions, &out->compression);
    ob_json_get_text(&object, "machine_id", OB_GUID_TEXT, &out->machine);
    return ob_json_no_more(&object);
}

static ob_status set_passphrase(const ob_session_host *host, const char *passphrase)
{
    ob_registration registration = {0};
    ob_store *store = NULL;
    ob_status status = ob_registration_load(host->db, &registration);
    if (status == OB_OK) {
        status = ob_registration_open(&registration, host->fs, host->machine, &store);
    }
    if (status == OB_OK) {
        status = ob_keys_set_passphrase(host->fs, host->keys_path, store, passphrase,
                                        strlen(passphrase));
    }
    ob_store_close(store);
    ob_registration_free(&registration);
    return status;
}

/* Whoever takes a lost machine's place gets at its backups with its passphrase only. */
static ob_status take_place_of(const ob_session_host *host, const char *text)
{
    ob_registration registration = {0};
    ob_guid machine = {{0}};
    char written[OB_GUID_TEXT];
    if (OB_FAILED(ob_guid_parse(&machine, text, strlen(text))) || ob_guid_is_zero(&machine)) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "settings.machine_id is no identity of a machine");
    }
    if (ob_guid_equal(&machine, host->machine)) {
        return OB_OK;
    }
    ob_status status = ob_registration_load(host->db, &registration);
    ob_registration_free(&registration);
    if (status != OB_E_NOT_REGISTERED) {
        return status == OB_OK ? ob_fail(OB_E_INVALID_ARGUMENT,
                                         "settings.machine_id can be set before the machine is "
                                         "registered only")
                               : status;
    }
    ob_guid_format(written, &machine);
    status = ob_settings_put(host->db, OB_SETTING_MACHINE_ID, written);
    if (status == OB_OK) {
        *host->machine = machine;
    }
    return status;
}

ob_status ob_settings_change(const ob_session_host *host, const void *text, size_t length,
                             bool *passphrase_given)
{
    cJSON *json = NULL;
    change wanted = {.compression = -1};
    ob_status status = ob_json_parse(&json, text, length);
    if (status == OB_OK) {
        status = read_change(host, json, &wanted);
    }
    if (status == OB_OK && wanted.machine != NULL) {
        status = take_place_of(host, wanted.machine);
    }
    if (status == OB_OK && wanted.passphrase != NULL) {
        *passphrase_given = true;
        status = set_passphrase(host, wanted.passphrase);
    }
    if (status == OB_OK && wanted.compression >= 0) {
        status =
            ob_settings_put(host->db, OB_SETTING_COMPRESSION, compressions[wanted.compression]);
    }
    ob_json_free_secret(json);
    return status;
}
