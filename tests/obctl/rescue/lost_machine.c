#include "lost_machine.h"

#include "ob/host.h"

#include <string.h>

static void make_tree(const char *source)
{
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), ob_test_path(source, "docs"), false));
    ob_test_write_text(ob_test_path(source, "one.txt"), "one");
    ob_test_write_text(ob_test_path(ob_test_path(source, "docs"), "two.txt"), "two");
}

static ob_verdict take_all(void *context, const char *path, bool is_dir)
{
    (void)context;
    (void)path;
    (void)is_dir;
    return OB_TAKE;
}

static ob_backup_result back_up(const lost_machine *self, const ob_engine *engine)
{
    ob_selection selection = {.roots = &self->source, .root_count = 1, .decide = take_all};
    const char *volume = "/";
    ob_backup_options options = {
        .policy = "default", .machine_name = "server", .sources = &volume, .source_count = 1};
    ob_control control = {0};
    ob_backup_result result = {0};
    ob_check_ok(ob_backup_run(engine, &selection, &options, &control, &result));
    return result;
}

void lost_machine_make(lost_machine *self, void (*make)(const char *source))
{
    ob_keyring *keys = NULL;
    *self = (lost_machine){0};
    vault_fixture_make(&self->vault);
    ob_store *store = vault_fixture_store(&self->vault, ob_fs_os());
    ob_check_ok(ob_keyring_new(&keys));
    ob_check_ok(ob_keyring_store(keys, store, LOST_PASSPHRASE, strlen(LOST_PASSPHRASE)));
    self->source = ob_test_path(ob_test_temp(), "source");
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), self->source, false));
    (make != NULL ? make : make_tree)(self->source);
    ob_engine engine = {.fs = ob_fs_os(),
                        .clock = &self->vault.clock.clock,
                        .store = store,
                        .keys = keys,
                        .cache_dir = ob_test_temp(),
                        .workers = 1};
    ob_backup_result first = back_up(self, &engine);
    ob_test_clock_advance(&self->vault.clock, UINT64_C(3600000000000));
    ob_test_write_text(ob_test_path(self->source, "later.txt"), "later");
    self->second = back_up(self, &engine).point;
    self->first = first.point;
    self->entries = (size_t)first.totals.files_done;
    ob_store_close(store);
    ob_keyring_free(keys);
}

ob_rescue *lost_machine_open(const lost_machine *self)
{
    ob_rescue *rescue = NULL;
    ob_rescue_options options = {.fs = ob_fs_os(),
                                 .clock = ob_clock_os(),
                                 .vault = self->vault.folder,
                                 .machine = self->vault.machine,
                                 .passphrase = LOST_PASSPHRASE,
                                 .passphrase_length = strlen(LOST_PASSPHRASE)};
    ob_check_ok(ob_rescue_open(&options, &rescue));
    return rescue;
}

const char *lost_machine_inside(const lost_machine *self, const char *name)
{
    char *path = (char *)ob_test_format("%s", ob_test_path(self->source, name));
    ob_path_into_point(path);
    return path;
}
