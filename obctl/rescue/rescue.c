#include "inside.h"

#include "ob/alloc.h"
#include "ob/folder_vault.h"
#include "ob/host.h"

#include <string.h>

/* ---- which machine ---- */

typedef struct search {
    const char *name; /* NULL: any */
    ob_guid found;
    size_t count;
    ob_buf known; /* a line for each machine that could be meant */
} search;

static ob_status look_at_machine(void *context, const ob_vault_machine *machine)
{
    search *self = context;
    char id[OB_GUID_TEXT];
    if (self->name != NULL && strcmp(self->name, machine->name) != 0) {
        return OB_OK;
    }
    ob_guid_format(id, &machine->id);
    ob_buf_put_text(&self->known, self->count > 0 ? ", " : "");
    ob_text_escape(&self->known, machine->name, strlen(machine->name));
    ob_buf_printf(&self->known, " (%s)", id);
    self->found = machine->id;
    self->count++;
    return ob_buf_status(&self->known);
}

ob_status ob_rescue_find_machine(const ob_fs *fs, const char *vault, const char *name, ob_guid *out)
{
    search self = {.name = name};
    ob_guid id = {{0}};
    if (name != NULL && !OB_FAILED(ob_guid_parse(&id, name, strlen(name)))) {
        *out = id;
        return OB_OK;
    }
    ob_detail_clear();
    ob_status status = ob_folder_vault_machines(fs, vault, look_at_machine, &self);
    if (status == OB_E_NOT_FOUND) {
        status = ob_fail(OB_E_VAULT_UNREACHABLE, "there is no vault in %s", vault);
    } else if (!OB_FAILED(status) && self.count == 0) {
        status = name != NULL ? ob_fail(OB_E_NOT_FOUND, "the vault has no machine %s", name)
                              : ob_fail(OB_E_NOT_FOUND, "no machine is registered with the vault");
    } else if (!OB_FAILED(status) && self.count > 1) {
        status = ob_fail(OB_E_INVALID_ARGUMENT, "the vault has several machines, choose one: %.*s",
                         (int)self.known.length, (const char *)self.known.data);
    }
    ob_buf_free(&self.known);
    if (!OB_FAILED(status)) {
        *out = self.found;
    }
    return status;
}

/* ---- opening it ---- */

/* The folder for what is needed for a while, as each system's programs find it. */
static ob_status temporary_root(char **out)
{
    static const char *const names[] = {"TMPDIR", "TEMP", "TMP"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *value = NULL;
        ob_status status = ob_host_environment(names[i], &value);
        if (status == OB_OK && ob_path_is_absolute(value)) {
            *out = value;
            return OB_OK;
        }
        ob_free(value);
        if (OB_FAILED(status) && status != OB_E_NOT_FOUND) {
            return status;
        }
    }
    if (!ob_path_is_absolute("/tmp")) {
        return ob_fail(OB_E_NOT_FOUND, "the environment variable TEMP names no folder");
    }
    char *root = ob_strdup("/tmp");
    if (root == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the folder of the cache");
    }
    *out = root;
    return OB_OK;
}

static ob_status make_cache(const ob_fs *fs, char **out)
{
    char name[sizeof "obctl-rescue-" + OB_GUID_TEXT] = "obctl-rescue-";
    char *root = NULL;
    char *dir = NULL;
    ob_guid id = {{0}};
    ob_status status = temporary_root(&root);
    if (status == OB_OK) {
        status = ob_guid_new(&id);
    }
    if (status == OB_OK) {
        ob_guid_format(name + strlen(name), &id);
        dir = ob_path_join(root, name);
        status = dir != NULL ? ob_fs_make_dirs(fs, dir, true)
                             : ob_fail(OB_E_NO_MEMORY, "the folder of the cache");
    }
    ob_free(root);
    if (OB_FAILED(status)) {
        ob_free(dir);
        return status;
    }
    *out = dir;
    return OB_OK;
}

static ob_status open_parts(ob_rescue *rescue, const ob_rescue_options *options)
{
    ob_status status =
        ob_folder_store_open(options->fs, options->vault, &options->machine, &rescue->store);
    if (status == OB_OK) {
        status = ob_keyring_open(&rescue->keys, rescue->store, options->passphrase,
                                 options->passphrase_length);
        if (status == OB_E_NOT_FOUND) {
            status = ob_fail(OB_E_PASSPHRASE_NOT_SET, "the machine has no keys in this vault");
        }
    }
    if (status == OB_OK) {
        status = make_cache(options->fs, &rescue->cache_dir);
    }
    return status;
}

ob_status ob_rescue_open(const ob_rescue_options *options, ob_rescue **out)
{
    ob_rescue *rescue = ob_calloc(1, sizeof *rescue);
    if (rescue == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a rescue");
    }
    rescue->engine.fs = options->fs;
    rescue->engine.clock = options->clock;
    ob_status status = open_parts(rescue, options);
    if (OB_FAILED(status)) {
        ob_rescue_close(rescue);
        return status;
    }
    rescue->engine.store = rescue->store;
    rescue->engine.keys = rescue->keys;
    rescue->engine.cache_dir = rescue->cache_dir;
    *out = rescue;
    return OB_OK;
}

void ob_rescue_close(ob_rescue *rescue)
{
    if (rescue == NULL) {
        return;
    }
    if (rescue->cache_dir != NULL) {
        ob_fs_remove_tree(rescue->engine.fs, rescue->cache_dir);
    }
    ob_store_close(rescue->store);
    ob_keyring_free(rescue->keys);
    ob_free(rescue->cache_dir);
    ob_free(rescue);
}
