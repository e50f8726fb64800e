#include "ob/folder_vault.h"

#include "ob/alloc.h"
#include "ob/host.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "vault_identity.h"
#include "vault_record.h"

/* ---- creating ---- */

/* The folder's last component, with what a vault's name must not have replaced. */
static ob_status name_of_folder(const char *folder, char **out)
{
    size_t end = strlen(folder);
    while (end > 0 && strchr("/\\", folder[end - 1]) != NULL) {
        end--;
    }
    size_t start = end;
    while (start > 0 && strchr("/\\", folder[start - 1]) == NULL) {
        start--;
    }
    size_t length = end - start > OB_VAULT_NAME_MOST ? OB_VAULT_NAME_MOST : end - start;
    char *name = ob_strndup(folder + start, length);
    if (name == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the vault's name");
    }
    if (!ob_name_valid(name, OB_VAULT_NAME_MOST)) {
        ob_status status =
            ob_fail(OB_E_INVALID_ARGUMENT, "%s gives no name for a vault: give it one", folder);
        ob_free(name);
        return status;
    }
    *out = name;
    return OB_OK;
}

static ob_status check_empty(const ob_fs *fs, const char *folder)
{
    ob_dir *dir = NULL;
    ob_dir_entry entry = {0};
    ob_status status = fs->dir_open(fs, NULL, folder, &dir);
    if (status == OB_OK) {
        status = fs->dir_read(fs, dir, &entry);
    }
    if (status == OB_OK && entry.name != NULL) {
        status = ob_fail(OB_E_EXISTS, "%s is not empty", folder);
    }
    fs->dir_close(fs, dir);
    return status;
}

/* machines/ is for the owner only, whatever the folder above allows: the objects are sealed, yet
 * who has them may try passphrases. On Windows, where a folder vault may be a share that computers
 * use by accounts of their own, the folder's own permissions hold. */
static ob_status make_machines(const ob_fs *fs, const char *folder)
{
    char *path = ob_path_join(folder, "machines");
    ob_file_info info = {0};
    if (path == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", folder);
    }
    ob_status status = fs->make_dir(fs, NULL, path, false);
    if (status == OB_OK) {
        info.mode = 0700;
        info.type = OB_FILE_DIR;
        status = fs->set_meta(fs, NULL, path, &info, OB_META_MODE);
    }
    ob_free(path);
    return status;
}

/* vault.json comes last: with it the folder is a vault. */
static ob_status fill_folder(const ob_fs *fs, const char *folder, const ob_vault_record *record,
                             const ob_vault_secrets *secrets)
{
    ob_status status = make_machines(fs, folder);
    if (status == OB_OK) {
        status = ob_vault_secrets_write(fs, folder, secrets);
    }
    if (status == OB_OK) {
        status = ob_vault_record_write(fs, folder, record);
    }
    return status;
}

/* Takes back what a failed creation left, so that the next try finds an empty folder again. */
static void empty_folder(const ob_fs *fs, const char *folder)
{
    static const char *const made[] = {"vault.json", "vault.key", "machines"};
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        char *path = ob_path_join(folder, made[i]);
        if (path != NULL) {
            ob_fs_remove_tree(fs, path);
        }
        ob_free(path);
    }
}

ob_status ob_folder_vault_create(const ob_fs *fs, const ob_clock *clock, const char *folder,
                                 const char *name)
{
    ob_vault_record record = {.created = clock->now(clock)};
    ob_vault_secrets secrets = {.signing_key.secret = true};
    bool made_folder = false;
    ob_status status = OB_OK;
    if (name == NULL) {
        status = name_of_folder(folder, &record.name);
    } else if (!ob_name_valid(name, OB_VAULT_NAME_MOST)) {
        status = ob_fail(OB_E_INVALID_ARGUMENT,
                         "name: 1 to %d bytes, without / \\ : * ? \" < > | and without a dot or "
                         "space at its ends",
                         OB_VAULT_NAME_MOST);
    } else {
        record.name = ob_strdup(name);
        status = record.name != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "the vault's name");
    }
    if (OB_FAILED(status)) {
        goto out;
    }
    status = fs->make_dir(fs, NULL, folder, true);
    made_folder = status == OB_OK;
    if (status == OB_E_EXISTS) {
        status = check_empty(fs, folder);
    }
    if (OB_FAILED(status)) {
        goto out;
    }
    status = ob_guid_new(&record.id);
    if (status == OB_OK) {
        status = ob_random(secrets.token_key, sizeof secrets.token_key);
    }
    if (status == OB_OK) {
        status = ob_vault_identity_make(record.name, record.created, &record.certificate,
                                        &secrets.signing_key);
    }
    if (status == OB_OK) {
        status = fill_folder(fs, folder, &record, &secrets);
        if (OB_FAILED(status)) {
            empty_folder(fs, folder);
        }
    }
    if (OB_FAILED(status) && made_folder) {
        fs->remove_dir(fs, NULL, folder);
    }
out:
    ob_vault_secrets_free(&secrets);
    ob_vault_record_free(&record);
    return status;
}

/* ---- describing ---- */

ob_status ob_folder_vault_describe(const ob_fs *fs, const char *folder, ob_folder_vault_info *out)
{
    ob_vault_record record = {0};
    ob_folder_vault_info info = {0};
    ob_status status = ob_vault_record_read(fs, folder, &record);
    if (OB_FAILED(status)) {
        return status;
    }
    if (EVP_Digest(record.certificate.data, record.certificate.length, info.thumbprint, NULL,
                   EVP_sha1(), NULL) != 1) {
        status = ob_fail(OB_E_UNEXPECTED, "hashing the vault's certificate failed");
    } else {
        info.id = record.id;
        info.created = record.created;
        info.serial = record.serial;
        info.name = record.name;
        record.name = NULL; /* transferred */
        *out = info;
    }
    ob_vault_record_free(&record);
    return status;
}

void ob_folder_vault_info_free(ob_folder_vault_info *info)
{
    ob_free(info->name);
    *info = (ob_folder_vault_info){0};
}

/* ---- listing machines ---- */

typedef struct machine_list {
    ob_machine_record *machines;
    size_t count;
} machine_list;

static int compare_machines(const void *a, const void *b)
{
    const ob_machine_record *left = a;
    const ob_machine_record *right = b;
    int order =
        strcmp(left->name != NULL ? left->name : "", right->name != NULL ? right->name : "");
    return order != 0 ? order : memcmp(&left->id, &right->id, sizeof left->id);
}

static ob_status add_machine(const ob_fs *fs, const char *folder, const ob_guid *id,
                             machine_list *list)
{
    ob_machine_record record = {0};
    ob_machine_record *grown = NULL;
    char *path = ob_vault_machine_folder(folder, id);
    if (path == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", folder);
    }
    ob_status status = ob_machine_record_read(fs, path, &record);
    ob_free(path);
    if (status == OB_E_NO_MEMORY) {
        return status;
    }
    record.id = *id;
    grown = ob_realloc_array(list->machines, list->count + 1, sizeof *grown);
    if (grown == NULL) {
        ob_machine_record_free(&record);
        return ob_fail(OB_E_NO_MEMORY, "%s", folder);
    }
    list->machines = grown;
    list->machines[list->count++] = record;
    return OB_OK;
}

static ob_status read_machines(const ob_fs *fs, const char *folder, machine_list *list)
{
    ob_dir *dir = NULL;
    char *path = ob_path_join(folder, "machines");
    if (path == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", folder);
    }
    ob_status status = fs->dir_open(fs, NULL, path, &dir);
    while (status == OB_OK) {
        ob_dir_entry entry = {0};
        ob_guid id;
        char text[OB_GUID_TEXT];
        status = fs->dir_read(fs, dir, &entry);
        if (OB_FAILED(status) || entry.name == NULL) {
            break;
        }
        if (ob_guid_parse(&id, entry.name, strlen(entry.name)) == OB_OK) {
            ob_guid_format(text, &id);
            if (strcmp(text, entry.name) == 0) {
                status = add_machine(fs, folder, &id, list);
            }
        }
    }
    fs->dir_close(fs, dir);
    ob_free(path);
    return status;
}

ob_status ob_folder_vault_machines(const ob_fs *fs, const char *folder,
                                   ob_vault_machine_visit visit, void *context)
{
    machine_list list = {0};
    ob_vault_record record = {0};
    ob_status status = ob_vault_record_read(fs, folder, &record);
    if (status == OB_OK) {
        status = read_machines(fs, folder, &list);
    }
    if (list.count > 0) {
        qsort(list.machines, list.count, sizeof *list.machines, compare_machines);
    }
    for (size_t i = 0; i < list.count && status == OB_OK; i++) {
        const ob_machine_record *from = &list.machines[i];
        ob_vault_machine machine = {.id = from->id,
                                    .name = from->name != NULL ? from->name : "",
                                    .platform = from->platform != NULL ? from->platform : "",
                                    .registered = from->registered};
        status = visit(context, &machine);
    }
    for (size_t i = 0; i < list.count; i++) {
        ob_machine_record_free(&list.machines[i]);
    }
    ob_free(list.machines);
    ob_vault_record_free(&record);
    return status;
}
