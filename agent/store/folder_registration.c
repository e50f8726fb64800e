#include "ob/folder_vault.h"

#include "ob/alloc.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "vault_record.h"

#define NS_PER_SECOND INT64_C(1000000000)
#define NS_PER_HOUR (INT64_C(3600) * NS_PER_SECOND)
#define HOURS_MOST 87600 /* the vault's certificate is valid for 10 years */
#define LOCK_WAIT_MS 50
#define LOCK_TRIES 200

/* ---- issuing ---- */

/* Another issue takes milliseconds, so waiting is better than an error. */
static ob_status lock_vault(const ob_fs *fs, const ob_clock *clock, const char *folder,
                            ob_file **out)
{
    ob_file *file = NULL;
    char *path = ob_path_join(folder, "vault.lock");
    if (path == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", folder);
    }
    ob_status status =
        fs->open(fs, NULL, path, OB_OPEN_READ | OB_OPEN_WRITE | OB_OPEN_CREATE, &file);
    ob_free(path);
    if (OB_FAILED(status)) {
        return status;
    }
    status = fs->lock(fs, file);
    for (int i = 0; i < LOCK_TRIES && status == OB_E_BUSY; i++) {
        clock->sleep(clock, LOCK_WAIT_MS * UINT64_C(1000000));
        status = fs->lock(fs, file);
    }
    if (OB_FAILED(status)) {
        fs->close(fs, file);
        return status;
    }
    *out = file;
    return OB_OK;
}

static ob_status write_credentials(const ob_vault_record *record, const ob_vault_secrets *secrets,
                                   char *address, int64_t now, unsigned hours, ob_buf *out)
{
    /* Whole seconds: the text has no more, and token and text must agree. */
    int64_t issued = now - now % NS_PER_SECOND;
    ob_credentials credentials = {.address = address,
                                  .vault_name = record->name,
                                  .region = "local",
                                  .vault_id = record->id,
                                  .issued = issued,
                                  .expires = issued + (int64_t)hours * NS_PER_HOUR,
                                  .serial = record->serial};
    ob_vault_token token = {.vault_id = record->id,
                            .serial = record->serial,
                            .issued = issued,
                            .expires = credentials.expires};
    ob_status status = ob_vault_token_seal(&token, secrets->token_key, &credentials.token);
    if (status == OB_OK) {
        status =
            ob_credentials_sign(&credentials, &record->certificate, &secrets->signing_key, out);
    }
    ob_buf_free(&credentials.token);
    return status;
}

/* With the lock held. The new serial is on the disk before the credentials leave: a crash between
 * the two costs a number, never leaves two downloads with the same one. */
static ob_status issue_locked(const ob_fs *fs, const ob_clock *clock, const char *folder,
                              const char *address, unsigned hours, ob_buf *out)
{
    ob_vault_record record = {0};
    ob_vault_secrets secrets = {0};
    ob_buf text = {0};
    char *own = address == NULL ? ob_asprintf("folder:%s", folder) : ob_strdup(address);
    ob_status status = own != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "%s", folder);
    if (status == OB_OK && ob_address_folder(own) == NULL) {
        status = ob_fail(OB_E_INVALID_ARGUMENT,
                         "the address must be \"folder:\" and an absolute path, not %s", own);
    }
    if (status == OB_OK) {
        status = ob_vault_record_read(fs, folder, &record);
    }
    if (status == OB_OK) {
        status = ob_vault_secrets_read(fs, folder, &secrets);
    }
    if (status == OB_OK) {
        record.serial++;
        status = write_credentials(&record, &secrets, own, clock->now(clock), hours, &text);
    }
    if (status == OB_OK) {
        status = ob_vault_record_write(fs, folder, &record);
    }
    if (status == OB_OK) {
        ob_buf_put(out, text.data, text.length);
        status = ob_buf_status(out);
    }
    ob_free(own);
    ob_buf_free(&text);
    ob_vault_secrets_free(&secrets);
    ob_vault_record_free(&record);
    return status;
}

ob_status ob_folder_vault_issue(const ob_fs *fs, const ob_clock *clock, const char *folder,
                                const char *address, unsigned hours, ob_buf *out)
{
    ob_file *lock = NULL;
    ob_vault_record record = {0};
    if (hours == 0 || hours > HOURS_MOST) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "hours: 1 to %d", HOURS_MOST);
    }
    /* Before the lock's file is made: a folder that is no vault stays as it is. */
    ob_status status = ob_vault_record_read(fs, folder, &record);
    ob_vault_record_free(&record);
    if (status == OB_OK) {
        status = lock_vault(fs, clock, folder, &lock);
    }
    if (status == OB_OK) {
        status = issue_locked(fs, clock, folder, address, hours, out);
    }
    fs->close(fs, lock);
    return status;
}

/* ---- redeeming ---- */

static ob_status check_pin(const ob_credentials *credentials, const ob_vault_record *record)
{
    uint8_t pin[sizeof credentials->pin];
    if (EVP_Digest(record->certificate.data, record->certificate.length, pin, NULL, EVP_sha256(),
                   NULL) != 1) {
        return ob_fail(OB_E_UNEXPECTED, "hashing the vault's certificate failed");
    }
    if (CRYPTO_memcmp(pin, credentials->pin, sizeof pin) != 0) {
        return ob_fail(OB_E_CREDENTIALS_INVALID, "they are of another vault than the one at %s",
                       credentials->address);
    }
    return OB_OK;
}

/* The vault's part: only what is in the token counts. */
static ob_status check_token(const ob_vault_token *token, const ob_vault_record *record,
                             int64_t now)
{
    char text[OB_TIME_TEXT];
    if (!ob_guid_equal(&token->vault_id, &record->id)) {
        return ob_fail(OB_E_CREDENTIALS_INVALID, "the token inside is of another vault");
    }
    if (now >= token->expires) {
        ob_time_format(text, token->expires);
        return ob_fail(OB_E_CREDENTIALS_EXPIRED, "they were valid until %s", text);
    }
    if (token->serial < record->serial) {
        return ob_fail(OB_E_CREDENTIALS_SUPERSEDED, "download %llu; the newest is %llu",
                       (unsigned long long)token->serial, (unsigned long long)record->serial);
    }
    if (token->serial > record->serial) {
        return ob_fail(OB_E_CREDENTIALS_INVALID,
                       "download %llu is newer than the vault knows of: was vault.json restored "
                       "from an old copy?",
                       (unsigned long long)token->serial);
    }
    return OB_OK;
}

static ob_status redeem(const ob_fs *fs, const ob_clock *clock, const char *folder,
                        const ob_credentials *credentials)
{
    ob_vault_record record = {0};
    ob_vault_secrets secrets = {0};
    ob_vault_token token = {0};
    ob_status status = ob_vault_record_read(fs, folder, &record);
    if (status == OB_E_NOT_FOUND) {
        status = ob_fail(OB_E_VAULT_UNREACHABLE, "there is no vault in %s", folder);
    }
    if (status == OB_OK) {
        status = check_pin(credentials, &record);
    }
    if (status == OB_OK) {
        status = ob_vault_secrets_read(fs, folder, &secrets);
    }
    if (status == OB_OK) {
        status = ob_vault_token_open(&token, secrets.token_key, credentials->token.data,
                                     credentials->token.length);
    }
    if (status == OB_OK) {
        status = check_token(&token, &record, clock->now(clock));
    }
    ob_vault_secrets_free(&secrets);
    ob_vault_record_free(&record);
    return status;
}

static ob_status make_one(const ob_fs *fs, const char *parent, const char *name)
{
    char *path = ob_path_join(parent, name);
    if (path == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", name);
    }
    ob_status status = fs->make_dir(fs, NULL, path, false);
    ob_free(path);
    return status == OB_E_EXISTS ? OB_OK : status;
}

static ob_status sync_folder(const ob_fs *fs, const char *path)
{
    ob_dir *dir = NULL;
    ob_status status = fs->dir_open(fs, NULL, path, &dir);
    if (status == OB_OK) {
        status = fs->dir_sync(fs, dir);
    }
    fs->dir_close(fs, dir);
    return status;
}

/* The 256 folders of packs: making them now means that storing never makes a folder. */
static ob_status make_shards(const ob_fs *fs, const char *machine_folder)
{
    char digits[3];
    char *packs = ob_path_join(machine_folder, ob_object_kind_name(OB_OBJECT_PACK));
    ob_status status = packs != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "%s", machine_folder);
    for (unsigned shard = 0; shard < 256 && status == OB_OK; shard++) {
        uint8_t byte = (uint8_t)shard;
        ob_hex_encode(digits, &byte, 1);
        status = make_one(fs, packs, digits);
    }
    if (status == OB_OK) {
        status = sync_folder(fs, packs);
    }
    ob_free(packs);
    return status;
}

/* The machine's folder and those of its objects. Never a parent: if the vault went away meanwhile,
 * nothing is made in the place where it was mounted. */
static ob_status make_folders(const ob_fs *fs, const char *folder, const char *machine_folder)
{
    char *machines = ob_path_join(folder, "machines");
    if (machines == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", folder);
    }
    ob_status status = fs->make_dir(fs, NULL, machine_folder, false);
    status = status == OB_E_EXISTS ? OB_OK : status;
    for (int kind = 0; kind < OB_OBJECT_KINDS && status == OB_OK; kind++) {
        status = make_one(fs, machine_folder, ob_object_kind_name((ob_object_kind)kind));
    }
    if (status == OB_OK) {
        status = make_one(fs, machine_folder, "tmp");
    }
    if (status == OB_OK) {
        status = make_shards(fs, machine_folder);
    }
    if (status == OB_OK) {
        status = sync_folder(fs, machine_folder);
    }
    if (status == OB_OK) {
        status = sync_folder(fs, machines);
    }
    ob_free(machines);
    return status;
}

/* A record that is absent or damaged is written anew; one that cannot be read is not touched. */
static ob_status write_record(const ob_fs *fs, const ob_clock *clock, const char *machine_folder,
                              const ob_guid *machine, const char *name, const char *platform)
{
    ob_machine_record known = {0};
    ob_machine_record record = {.id = *machine, .registered = clock->now(clock)};
    ob_status status = ob_machine_record_read(fs, machine_folder, &known);
    if (status == OB_OK) {
        record.registered = known.registered;
    } else if (status == OB_E_NOT_FOUND || status == OB_E_CORRUPT) {
        status = OB_OK;
    }
    if (status == OB_OK) {
        record.name = ob_strdup(name);
        record.platform = ob_strdup(platform);
        status = record.name != NULL && record.platform != NULL
                     ? ob_machine_record_write(fs, machine_folder, &record)
                     : ob_fail(OB_E_NO_MEMORY, "the machine's record");
    }
    ob_machine_record_free(&record);
    ob_machine_record_free(&known);
    return status;
}

ob_status ob_folder_vault_register(const ob_fs *fs, const ob_clock *clock,
                                   const ob_credentials *credentials, const ob_guid *machine,
                                   const char *machine_name, const char *platform)
{
    const char *folder = ob_address_folder(credentials->address);
    char *machine_folder = NULL;
    if (folder == NULL || !ob_path_is_absolute(folder)) {
        return ob_fail(OB_E_NOT_SUPPORTED, "%s is no folder of this system", credentials->address);
    }
    ob_status status = redeem(fs, clock, folder, credentials);
    if (OB_FAILED(status)) {
        return status;
    }
    machine_folder = ob_vault_machine_folder(folder, machine);
    if (machine_folder == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", folder);
    }
    status = make_folders(fs, folder, machine_folder);
    if (status == OB_OK) {
        status = write_record(fs, clock, machine_folder, machine, machine_name, platform);
    }
    if (status == OB_E_NOT_FOUND) {
        status = ob_fail(OB_E_VAULT_UNREACHABLE, "%s went away: %s", folder, ob_detail());
    }
    ob_free(machine_folder);
    return status;
}
