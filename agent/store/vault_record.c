#include "vault_record.h"

#include "ob/alloc.h"
#include "ob/credentials.h"
#include "ob/json.h"

#include <string.h>

#include "fields.h"
#include "vault_identity.h"

#define RECORD_VERSION 1
#define RECORD_MOST 65536u
#define MACHINE_NAME_MOST 255
#define PLATFORM_MOST 64

char *ob_vault_machine_folder(const char *folder, const ob_guid *machine)
{
    char guid[OB_GUID_TEXT];
    ob_guid_format(guid, machine);
    char *machines = ob_path_join(folder, "machines");
    char *path = machines != NULL ? ob_path_join(machines, guid) : NULL;
    ob_free(machines);
    return path;
}

/* ---- files ---- */

static ob_status read_json(const ob_fs *fs, const char *folder, const char *name, cJSON **out)
{
    uint8_t *data = NULL;
    size_t length = 0;
    ob_status status = OB_OK;
    char *path = ob_path_join(folder, name);
    if (path == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", name);
    }
    status = ob_fs_read_file(fs, path, RECORD_MOST, &data, &length);
    if (status == OB_E_TOO_LARGE) {
        status = ob_fail(OB_E_CORRUPT, "%s is too large", path);
    }
    if (status == OB_OK) {
        status = ob_json_parse(out, data, length);
        if (status == OB_E_SYNTAX) {
            status = ob_fail(OB_E_CORRUPT, "%s: %s", path, ob_detail());
        }
        ob_free_secret(data, length);
    }
    ob_free(path);
    return status;
}

static ob_status write_json(const ob_fs *fs, const char *folder, const char *name, cJSON *json,
                            bool failed, bool secret)
{
    ob_buf text = {.secret = secret};
    char *path = ob_path_join(folder, name);
    ob_status status = OB_OK;
    if (failed || path == NULL) {
        status = ob_fail(OB_E_NO_MEMORY, "%s", name);
        goto out;
    }
    status = ob_json_print(&text, json);
    ob_buf_put_u8(&text, '\n');
    if (status == OB_OK) {
        status = ob_buf_status(&text);
    }
    if (status == OB_OK) {
        status = ob_fs_replace_file(fs, path, text.data, text.length, secret);
    }
out:
    ob_free(path);
    ob_buf_free(&text);
    return status;
}

static ob_json_object open_document(const cJSON *json, const char *path, const char *const *needed)
{
    ob_json_object fields = ob_json_object_of(json, path);
    fields.invalid = OB_E_CORRUPT;
    if (OB_FAILED(fields.status)) {
        fields.status = ob_fail(OB_E_CORRUPT, "%s is no object", path);
    }
    ob_field_version(&fields, RECORD_VERSION);
    for (; *needed != NULL; needed++) {
        ob_json_need(&fields, *needed);
    }
    return fields;
}

/* ---- the vault ---- */

ob_status ob_vault_record_read(const ob_fs *fs, const char *folder, ob_vault_record *out)
{
    static const char *const needed[] = {"id", "name", "created", "serial", "certificate", NULL};
    ob_vault_record record = {0};
    int64_t serial = 0;
    cJSON *json = NULL;
    ob_status status = read_json(fs, folder, "vault.json", &json);
    if (status == OB_E_NOT_FOUND) {
        return ob_fail(status, "there is no vault in %s: %s", folder, ob_detail());
    }
    if (OB_FAILED(status)) {
        return status;
    }
    ob_json_object fields = open_document(json, "vault.json", needed);
    ob_field_guid(&fields, "id", &record.id);
    ob_field_name(&fields, "name", OB_VAULT_NAME_MOST, &record.name);
    ob_field_time(&fields, "created", &record.created);
    ob_json_get_int(&fields, "serial", 0, INT64_MAX, &serial);
    ob_field_base64(&fields, "certificate", 1, OB_VAULT_CERTIFICATE_MOST, &record.certificate);
    status = ob_json_no_more(&fields);
    ob_json_free(json);
    if (OB_FAILED(status)) {
        ob_vault_record_free(&record);
        return status;
    }
    record.serial = (uint64_t)serial;
    *out = record;
    return OB_OK;
}

ob_status ob_vault_record_write(const ob_fs *fs, const char *folder, const ob_vault_record *record)
{
    bool failed = false;
    cJSON *json = ob_json_new_object();
    ob_json_add_int(json, "version", RECORD_VERSION, &failed);
    ob_field_add_guid(json, "id", &record->id, &failed);
    ob_json_add_text(json, "name", record->name, &failed);
    ob_field_add_time(json, "created", record->created, &failed);
    ob_json_add_int(json, "serial", (int64_t)record->serial, &failed);
    ob_field_add_base64(json, "certificate", record->certificate.data, record->certificate.length,
                        &failed);
    ob_status status = write_json(fs, folder, "vault.json", json, failed, false);
    ob_json_free(json);
    return status;
}

void ob_vault_record_free(ob_vault_record *record)
{
    ob_free(record->name);
    ob_buf_free(&record->certificate);
    *record = (ob_vault_record){0};
}

/* ---- its secrets ---- */

ob_status ob_vault_secrets_read(const ob_fs *fs, const char *folder, ob_vault_secrets *out)
{
    static const char *const needed[] = {"signing_key", "token_key", NULL};
    ob_vault_secrets secrets = {.signing_key.secret = true};
    ob_buf token_key = {.secret = true};
    cJSON *json = NULL;
    ob_status status = read_json(fs, folder, "vault.key", &json);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_json_object fields = open_document(json, "vault.key", needed);
    ob_field_base64(&fields, "signing_key", 1, OB_VAULT_CERTIFICATE_MOST, &secrets.signing_key);
    ob_field_base64(&fields, "token_key", OB_VAULT_TOKEN_KEY, OB_VAULT_TOKEN_KEY, &token_key);
    status = ob_json_no_more(&fields);
    if (status == OB_OK) {
        memcpy(secrets.token_key, token_key.data, OB_VAULT_TOKEN_KEY);
        *out = secrets;
        secrets = (ob_vault_secrets){0}; /* transferred */
    }
    ob_vault_secrets_free(&secrets);
    ob_buf_free(&token_key);
    ob_json_free_secret(json);
    return status;
}

ob_status ob_vault_secrets_write(const ob_fs *fs, const char *folder,
                                 const ob_vault_secrets *secrets)
{
    bool failed = false;
    cJSON *json = ob_json_new_object();
    ob_json_add_int(json, "version", RECORD_VERSION, &failed);
    ob_field_add_base64(json, "signing_key", secrets->signing_key.data, secrets->signing_key.length,
                        &failed);
    ob_field_add_base64(json, "token_key", secrets->token_key, OB_VAULT_TOKEN_KEY, &failed);
    ob_status status = write_json(fs, folder, "vault.key", json, failed, true);
    ob_json_free_secret(json);
    return status;
}

void ob_vault_secrets_free(ob_vault_secrets *secrets)
{
    ob_buf_free(&secrets->signing_key);
    ob_wipe(secrets->token_key, sizeof secrets->token_key);
}

/* ---- machines ---- */

ob_status ob_machine_record_read(const ob_fs *fs, const char *folder, ob_machine_record *out)
{
    static const char *const needed[] = {"id", "name", "platform", "registered", NULL};
    ob_machine_record record = {0};
    cJSON *json = NULL;
    ob_status status = read_json(fs, folder, "machine.json", &json);
    if (OB_FAILED(status)) {
        return status;
    }
    ob_json_object fields = open_document(json, "machine.json", needed);
    ob_field_guid(&fields, "id", &record.id);
    ob_field_line(&fields, "name", MACHINE_NAME_MOST, &record.name);
    ob_field_line(&fields, "platform", PLATFORM_MOST, &record.platform);
    ob_field_time(&fields, "registered", &record.registered);
    status = ob_json_no_more(&fields);
    ob_json_free(json);
    if (OB_FAILED(status)) {
        ob_machine_record_free(&record);
        return status;
    }
    *out = record;
    return OB_OK;
}

ob_status ob_machine_record_write(const ob_fs *fs, const char *folder,
                                  const ob_machine_record *record)
{
    bool failed = false;
    cJSON *json = NULL;
    if (!ob_line_valid(record->name, MACHINE_NAME_MOST) ||
        !ob_line_valid(record->platform, PLATFORM_MOST)) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "the machine's name or platform");
    }
    json = ob_json_new_object();
    ob_json_add_int(json, "version", RECORD_VERSION, &failed);
    ob_field_add_guid(json, "id", &record->id, &failed);
    ob_json_add_text(json, "name", record->name, &failed);
    ob_json_add_text(json, "platform", record->platform, &failed);
    ob_field_add_time(json, "registered", record->registered, &failed);
    ob_status status = write_json(fs, folder, "machine.json", json, failed, false);
    ob_json_free(json);
    return status;
}

void ob_machine_record_free(ob_machine_record *record)
{
    ob_free(record->name);
    ob_free(record->platform);
    *record = (ob_machine_record){0};
}
