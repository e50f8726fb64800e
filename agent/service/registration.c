#include "registration.h"

#include "ob/alloc.h"
#include "ob/credentials.h"
#include "ob/folder_vault.h"
#include "ob/host.h"
#include "settings.h"

#include <string.h>

#define TEXT_MOST 8192u

void ob_registration_free(ob_registration *registration)
{
    ob_free(registration->name);
    ob_free(registration->address);
    ob_free(registration->region);
    ob_free(registration->thumbprint);
    ob_free(registration->pin);
    *registration = (ob_registration){0};
}

static cJSON *describe(const ob_registration *registration, bool *failed)
{
    char id[OB_GUID_TEXT];
    cJSON *json = ob_json_new_object();
    ob_guid_format(id, &registration->vault_id);
    ob_json_add_text(json, "id", id, failed);
    ob_json_add_text(json, "name", registration->name, failed);
    ob_json_add_text(json, "address", registration->address, failed);
    ob_json_add_text(json, "thumbprint", registration->thumbprint, failed);
    ob_json_add_text(json, "region", registration->region, failed);
    return json;
}

cJSON *ob_registration_json(const ob_registration *registration)
{
    bool failed = false;
    cJSON *json = describe(registration, &failed);
    if (failed) {
        ob_json_free(json);
        return NULL;
    }
    return json;
}

static ob_status read_record(const cJSON *json, ob_registration *out)
{
    const char *texts[6] = {"", "", "", "", "", ""};
    static const char *const names[6] = {"id", "name", "address", "region", "thumbprint", "pin"};
    ob_json_object object = ob_json_object_of(json, "the kept registration");
    object.invalid = OB_E_CORRUPT;
    for (size_t i = 0; i < 6; i++) {
        ob_json_need(&object, names[i]);
        ob_json_get_text(&object, names[i], TEXT_MOST, &texts[i]);
    }
    ob_status status = ob_json_no_more(&object);
    if (status == OB_OK && OB_FAILED(ob_guid_parse(&out->vault_id, texts[0], strlen(texts[0])))) {
        status = ob_fail(OB_E_CORRUPT, "the kept registration has no vault");
    }
    if (OB_FAILED(status)) {
        return status;
    }
    out->name = ob_strdup(texts[1]);
    out->address = ob_strdup(texts[2]);
    out->region = ob_strdup(texts[3]);
    out->thumbprint = ob_strdup(texts[4]);
    out->pin = ob_strdup(texts[5]);
    bool complete = out->name != NULL && out->address != NULL && out->region != NULL &&
                    out->thumbprint != NULL && out->pin != NULL;
    return complete ? OB_OK : ob_fail(OB_E_NO_MEMORY, "the kept registration");
}

ob_status ob_registration_load(ob_db *db, ob_registration *out)
{
    char *text = NULL;
    cJSON *json = NULL;
    ob_registration registration = {0};
    ob_status status = ob_settings_get(db, OB_SETTING_VAULT, &text);
    if (status == OB_E_NOT_FOUND) {
        return ob_fail(OB_E_NOT_REGISTERED, "no vault credentials were given yet");
    }
    if (status == OB_OK) {
        status = ob_json_parse(&json, text, strlen(text));
    }
    if (status == OB_OK) {
        status = read_record(json, &registration);
    }
    if (status == OB_OK) {
        *out = registration;
    } else {
        ob_registration_free(&registration);
    }
    ob_json_free(json);
    ob_free(text);
    return status;
}

static ob_status save(ob_db *db, const ob_registration *registration)
{
    bool failed = false;
    ob_buf text = {0};
    cJSON *json = describe(registration, &failed);
    ob_json_add_text(json, "pin", registration->pin, &failed);
    ob_status status =
        failed ? ob_fail(OB_E_NO_MEMORY, "the registration") : ob_json_print(&text, json);
    if (status == OB_OK) {
        ob_buf_put_u8(&text, 0);
        status = ob_buf_status(&text);
    }
    if (status == OB_OK) {
        status = ob_settings_put(db, OB_SETTING_VAULT, (const char *)text.data);
    }
    ob_json_free(json);
    ob_buf_free(&text);
    return status;
}

static char *upper_hex(const uint8_t *data, size_t length)
{
    char *text = ob_alloc(2 * length + 1);
    if (text != NULL) {
        ob_hex_encode(text, data, length);
        for (char *c = text; *c != '\0'; c++) {
            *c = *c >= 'a' && *c <= 'f' ? (char)(*c - 'a' + 'A') : *c;
        }
    }
    return text;
}

static ob_status take_over(const ob_credentials *credentials, ob_registration *out)
{
    out->vault_id = credentials->vault_id;
    out->name = ob_strdup(credentials->vault_name);
    out->address = ob_strdup(credentials->address);
    out->region = ob_strdup(credentials->region);
    out->thumbprint = upper_hex(credentials->thumbprint, sizeof credentials->thumbprint);
    out->pin = upper_hex(credentials->pin, sizeof credentials->pin);
    bool complete = out->name != NULL && out->address != NULL && out->region != NULL &&
                    out->thumbprint != NULL && out->pin != NULL;
    return complete ? OB_OK : ob_fail(OB_E_NO_MEMORY, "the registration");
}

/* A machine belongs to one vault. */
static ob_status check_vault(ob_db *db, const ob_credentials *credentials)
{
    ob_registration present = {0};
    ob_status status = ob_registration_load(db, &present);
    if (status == OB_E_NOT_REGISTERED) {
        return OB_OK;
    }
    if (status == OB_OK && !ob_guid_equal(&present.vault_id, &credentials->vault_id)) {
        status = ob_fail(OB_E_REGISTERED_ELSEWHERE, "registered with %s at %s", present.name,
                         present.address);
    }
    if (status == OB_OK) {
        /* A vault's id is no secret: its certificate tells whether it is the same vault. */
        char *pin = upper_hex(credentials->pin, sizeof credentials->pin);
        if (pin == NULL) {
            status = ob_fail(OB_E_NO_MEMORY, "the registration");
        } else if (strcmp(pin, present.pin) != 0) {
            status = ob_fail(OB_E_CREDENTIALS_INVALID,
                             "they have the id of %s at %s, but not its certificate", present.name,
                             present.address);
        }
        ob_free(pin);
    }
    ob_registration_free(&present);
    return status;
}

static ob_status redeem_with_vault(const ob_registration_machine *machine,
                                   const ob_credentials *credentials)
{
    if (ob_address_folder(credentials->address) == NULL) {
        return ob_fail(OB_E_NOT_SUPPORTED,
                       "the vault is at %s; this version serves vaults in a folder",
                       credentials->address);
    }
    return ob_folder_vault_register(machine->fs, machine->clock, credentials, machine->id,
                                    machine->name, ob_host_platform());
}

ob_status ob_registration_redeem(ob_db *db, const ob_registration_machine *machine,
                                 const void *credentials, size_t length, ob_registration *out)
{
    ob_credentials read = {0};
    ob_registration registration = {0};
    ob_status status =
        ob_credentials_parse(&read, credentials, length, machine->clock->now(machine->clock));
    if (OB_FAILED(status)) {
        return status;
    }
    status = check_vault(db, &read);
    if (status == OB_OK) {
        status = redeem_with_vault(machine, &read);
    }
    if (status == OB_OK) {
        status = take_over(&read, &registration);
    }
    if (status == OB_OK) {
        status = save(db, &registration);
    }
    if (status == OB_OK) {
        *out = registration;
    } else {
        ob_registration_free(&registration);
    }
    ob_credentials_free(&read);
    return status;
}

ob_status ob_registration_open(const ob_registration *registration, const ob_fs *fs,
                               const ob_guid *machine, ob_store **out)
{
    const char *folder = ob_address_folder(registration->address);
    if (folder == NULL) {
        return ob_fail(OB_E_NOT_SUPPORTED,
                       "the vault is at %s; this version serves vaults in a folder",
                       registration->address);
    }
    return ob_folder_store_open(fs, folder, machine, out);
}

ob_status ob_registration_print(const ob_registration *registration, const ob_guid *machine,
                                ob_buf *out)
{
    bool failed = false;
    char machine_id[OB_GUID_TEXT];
    char vault_id[OB_GUID_TEXT];
    cJSON *json = ob_json_new_object();
    ob_guid_format(machine_id, machine);
    ob_guid_format(vault_id, &registration->vault_id);
    ob_json_add_text(json, "machine_id", machine_id, &failed);
    ob_json_add_text(json, "vault_id", vault_id, &failed);
    ob_json_add_text(json, "vault_name", registration->name, &failed);
    ob_json_add_text(json, "thumbprint", registration->thumbprint, &failed);
    ob_json_add_text(json, "region", registration->region, &failed);
    ob_status status =
        failed ? ob_fail(OB_E_NO_MEMORY, "the registration") : ob_json_print(out, json);
    ob_json_free(json);
    return status;
}
