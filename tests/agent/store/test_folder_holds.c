#include "ob/folder_vault.h"

#include "examine_holds.h"
#include "ob/text.h"
#include "ob/thread.h"
#include "vault_fixture.h"

#include <string.h>

static const char pack[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static const char point[] = "0123456789abcdef-0123456789abcdef0123456789abcdef";

static ob_status commit(ob_store *store, const char *name, uint32_t days)
{
    uint8_t id[32];
    ob_check_ok(ob_hex_decode(id, sizeof id, pack, 64));
    return store->holds->commit(store, name, "point", 5, id, 1, days);
}

static ob_status count_holds(void *context, const ob_hold *hold, int64_t now)
{
    (void)hold;
    (void)now;
    ++*(unsigned *)context;
    return OB_OK;
}

static void pass(void *context, int64_t seconds)
{
    vault_fixture *fixture = context;
    fixture->clock.now += seconds * 1000000000;
}

static ob_store *open_store(vault_fixture *fixture)
{
    vault_fixture_make(fixture);
    ob_store *store = vault_fixture_store(fixture, ob_fs_os());
    ob_folder_store_set_clock(store, &fixture->clock.clock);
    ob_check_ok(store->ops->put(store, OB_OBJECT_PACK, pack, "pack", 4));
    return store;
}

START_TEST(folder_holds__pass_the_examination)
{
    vault_fixture fixture;
    vault_fixture_make(&fixture);
    ob_store *store = vault_fixture_store(&fixture, ob_fs_os());
    ob_folder_store_set_clock(store, &fixture.clock.clock);
    holds_subject subject = {store, &fixture, pass};
    examine_holds(&subject);
    ob_store_close(store);
}
END_TEST

static void arm(void *context, uint64_t fail_at, bool from_then_on)
{
    ob_test_fs_fail(context, fail_at, from_then_on);
}

static bool disarm(void *context)
{
    ob_test_fs *wrapper = context;
    bool hit = wrapper->hit;
    ob_test_fs_fail(wrapper, 0, false);
    wrapper->hit = false;
    return hit;
}

START_TEST(folder_holds__survive_each_fault)
{
    vault_fixture fixture;
    ob_test_fs wrapper;
    ob_store *store = NULL;
    vault_fixture_make(&fixture);
    ob_test_fs_init(&wrapper, ob_fs_os());
    wrapper.torn = true;
    ob_store *clean = vault_fixture_store(&fixture, ob_fs_os());
    ob_check_ok(ob_folder_store_open(&wrapper.fs, fixture.folder, &fixture.machine, &store));
    ob_folder_store_set_clock(clean, &fixture.clock.clock);
    ob_folder_store_set_clock(store, &fixture.clock.clock);
    store_under_faults subject = {
        .store = store, .clean = clean, .context = &wrapper, .arm = arm, .disarm = disarm};
    examine_holds_faults(&subject, 200);
    ob_store_close(store);
    ob_store_close(clean);
}
END_TEST

START_TEST(folder_holds__survive_each_lack_of_memory)
{
    vault_fixture fixture;
    ob_store *store = open_store(&fixture);
    bool hit = true;
    for (unsigned n = 1; hit; n++) {
        unsigned count = 0;
        const char *name = examine_store_name(OB_OBJECT_POINT, n);
        ob_test_alloc_begin(n, false);
        ob_status status = commit(store, name, 1);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
        ob_test_alloc_begin(n, false);
        status = store->holds->list(store, count_holds, &count);
        hit = ob_test_alloc_end() || hit;
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        ck_assert(status == OB_OK || status == OB_E_NO_MEMORY);
        ob_check_ok(commit(store, name, 1));
    }
    ob_store_close(store);
}
END_TEST

/* Nothing is deleted, and a backup does not fail for it. */
START_TEST(folder_holds__damage_stops_deletion_only)
{
    vault_fixture fixture;
    ob_store *store = open_store(&fixture);
    uint64_t token = 0;
    uint64_t size = 0;
    unsigned count = 0;
    ob_object_name name;
    memcpy(name, pack, sizeof pack);
    ob_check_ok(commit(store, point, 1));
    ob_test_flip_byte(vault_fixture_path(&fixture, "holds"), 60);
    ob_check_status(store->holds->lock(store, 10, &token), OB_E_CORRUPT);
    ob_check_detail("holds");
    ob_check_status(store->holds->list(store, count_holds, &count), OB_E_CORRUPT);
    ob_check_status(store->holds->keep(store, OB_OBJECT_PACK, (const ob_object_name *)&name, 1, 0),
                    OB_E_CORRUPT);
    ob_check_ok(commit(store, examine_store_name(OB_OBJECT_POINT, 9), 1));
    ob_check_ok(
        store->ops->size(store, OB_OBJECT_POINT, examine_store_name(OB_OBJECT_POINT, 9), &size));
    ob_store_close(store);
}
END_TEST

START_TEST(folder_holds__wait_for_another_process)
{
    vault_fixture fixture;
    ob_store *store = open_store(&fixture);
    const ob_fs *fs = ob_fs_os();
    ob_file *file = NULL;
    unsigned count = 0;
    ob_check_ok(commit(store, point, 1));
    ob_check_ok(fs->open(fs, NULL, vault_fixture_path(&fixture, "holds.lock"),
                         OB_OPEN_READ | OB_OPEN_WRITE, &file));
    ob_check_ok(fs->lock(fs, file));
    /* Who only reads does not wait. */
    ob_check_ok(store->holds->list(store, count_holds, &count));
    ck_assert_uint_eq(count, 2);
    fs->close(fs, file);
    ob_check_ok(commit(store, point, 2));
    ob_store_close(store);
}
END_TEST

START_TEST(folder_holds__vault_that_went_away)
{
    vault_fixture fixture;
    ob_store *store = open_store(&fixture);
    const ob_fs *fs = ob_fs_os();
    uint64_t token = 0;
    ob_check_ok(
        fs->rename(fs, NULL, fixture.folder, NULL, ob_test_format("%s.away", fixture.folder)));
    ob_check_status(commit(store, point, 1), OB_E_VAULT_UNREACHABLE);
    ob_check_status(store->holds->lock(store, 10, &token), OB_E_VAULT_UNREACHABLE);
    ck_assert(!ob_test_exists(fixture.folder));
    ob_store_close(store);
}
END_TEST

/* ---- a point and a sweep at once ---- */

typedef struct race {
    ob_store *store;
    ob_status status;
} race;

static void run_commit(void *argument)
{
    race *r = argument;
    r->status = commit(r->store, point, 0);
}

/* Either the point is there and its pack too, or the pack went first and there is no point. */
START_TEST(folder_holds__point_or_sweep)
{
    vault_fixture fixture;
    ob_store *store = open_store(&fixture);
    uint64_t token = 0;
    uint64_t size = 0;
    size_t refused = 0;
    ob_object_name name;
    memcpy(name, pack, sizeof pack);
    ob_check_ok(store->holds->lock(store, 1000, &token));
    for (int i = 0; i < 30; i++) {
        race r = {.store = store};
        ob_thread *thread = NULL;
        const char *path = vault_fixture_path(&fixture, ob_test_format("point/%s", point));
        ob_fs_os()->remove_file(ob_fs_os(), NULL, path);
        ob_check_ok(store->ops->put(store, OB_OBJECT_PACK, pack, "pack", 4));
        ob_check_ok(store->holds->mark(store, token, OB_OBJECT_PACK, (const ob_object_name *)&name,
                                       1, 0, &refused));
        ob_check_ok(ob_thread_start(&thread, run_commit, &r));
        ob_check_ok(store->holds->sweep(store, token, OB_OBJECT_PACK, (const ob_object_name *)&name,
                                        1, &refused));
        ob_thread_join(thread);
        bool there = store->ops->size(store, OB_OBJECT_PACK, pack, &size) == OB_OK;
        bool made = store->ops->size(store, OB_OBJECT_POINT, point, &size) == OB_OK;
        ck_assert(made == (r.status == OB_OK));
        ck_assert(there == made);
        ck_assert(there == (refused == 1));
        ck_assert(made || r.status == OB_E_NOT_FOUND);
    }
    ob_store_close(store);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, folder_holds__pass_the_examination);
    tcase_add_test(cases, folder_holds__survive_each_fault);
    tcase_add_test(cases, folder_holds__survive_each_lack_of_memory);
    tcase_add_test(cases, folder_holds__damage_stops_deletion_only);
    tcase_add_test(cases, folder_holds__wait_for_another_process);
    tcase_add_test(cases, folder_holds__vault_that_went_away);
    tcase_add_test(cases, folder_holds__point_or_sweep);
}

OB_TEST_MAIN("folder_holds", add_cases)
