#include "host_fixture.h"

#include "keys.h"
#include "ob/host.h"
#include "policy.h"

#include <string.h>

void ob_test_host_open(ob_test_host *fixture)
{
    const char *dir = ob_test_temp();
    const char *cache = ob_test_path(dir, "cache");
    *fixture = (ob_test_host){.dir = dir};
    vault_fixture_make(&fixture->vault);
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), cache, true));
    ob_check_ok(ob_db_open(ob_test_path(dir, "state.db"), &fixture->db));
    ob_session_slots_init(&fixture->slots);
    fixture->host = (ob_session_host){.db = fixture->db,
                                      .fs = ob_fs_os(),
                                      .clock = ob_clock_os(),
                                      .machine = &fixture->vault.machine,
                                      .state_dir = dir,
                                      .cache_dir = cache,
                                      .keys_path = ob_test_path(dir, "keys"),
                                      .slots = &fixture->slots,
                                      .snapshots = ob_snapshots_os(),
                                      .windows = strcmp(ob_host_platform(), "windows") == 0};
    ob_jobs_options jobs = {fixture->db, ob_fs_os(), ob_clock_os(), dir};
    ob_check_ok(ob_jobs_new(&jobs, &fixture->jobs));
}

void ob_test_host_register(ob_test_host *fixture)
{
    ob_registration made = {0};
    ob_registration_machine machine = {ob_fs_os(), &fixture->vault.clock.clock,
                                       &fixture->vault.machine, "server"};
    const ob_buf *text = vault_fixture_issue(&fixture->vault);
    ob_check_ok(ob_registration_redeem(fixture->db, &machine, text->data, text->length, &made));
    ob_registration_free(&made);
}

void ob_test_host_set_passphrase(ob_test_host *fixture)
{
    ob_registration registration = {0};
    ob_store *store = NULL;
    ob_check_ok(ob_registration_load(fixture->db, &registration));
    ob_check_ok(ob_registration_open(&registration, ob_fs_os(), &fixture->vault.machine, &store));
    ob_check_ok(ob_keys_set_passphrase(ob_fs_os(), fixture->host.keys_path, store,
                                       OB_TEST_PASSPHRASE, strlen(OB_TEST_PASSPHRASE)));
    ob_store_close(store);
    ob_registration_free(&registration);
}

void ob_test_host_set_policy(ob_test_host *fixture, const char *document)
{
    ob_policy policy = {0};
    ob_buf stored = {0};
    bool windows = fixture->host.windows;
    ob_check_ok(ob_policy_read(&policy, document, strlen(document), windows));
    ob_check_ok(
        ob_policy_store(fixture->db, &policy, 1, &fixture->vault.machine, windows, &stored));
    ob_policy_free(&policy);
    ob_buf_free(&stored);
}

const char *ob_test_quoted(const char *path)
{
    const char *quoted = "\"";
    for (; *path != '\0'; path++) {
        quoted = ob_test_format("%s%s%c", quoted, *path == '\\' ? "\\" : "", *path);
    }
    return ob_test_format("%s\"", quoted);
}

void ob_test_host_ready(ob_test_host *fixture, const char *folder)
{
    ob_test_host_open(fixture);
    ob_test_host_register(fixture);
    ob_test_host_set_passphrase(fixture);
    ob_test_host_set_policy(fixture,
                            ob_test_format("{\"files\":[{\"path\":%s}]}", ob_test_quoted(folder)));
}

void ob_test_host_close(ob_test_host *fixture)
{
    ob_jobs_free(fixture->jobs);
    ob_session_slots_destroy(&fixture->slots);
    ob_db_close(fixture->db);
    *fixture = (ob_test_host){0};
}

const char *const *ob_test_script(const char *posix, const char *windows)
{
    static const char *argv[4];
    bool is_windows = strcmp(ob_host_platform(), "windows") == 0;
    argv[0] = is_windows ? "C:\\windows\\system32\\cmd.exe" : "/bin/sh";
    argv[1] = is_windows ? "/c" : "-c";
    argv[2] = is_windows ? windows : posix;
    return argv;
}

const char *ob_test_script_json(const char *posix, const char *windows)
{
    const char *const *argv = ob_test_script(posix, windows);
    return ob_test_format("[%s,%s,%s]", ob_test_quoted(argv[0]), ob_test_quoted(argv[1]),
                          ob_test_quoted(argv[2]));
}
