#include "ob/folder_vault.h"

#include "examine_store.h"
#include "vault_fixture.h"

#include <string.h>

static const char pack[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static ob_status put(ob_store *store, ob_object_kind kind, const char *name, const char *text)
{
    return store->ops->put(store, kind, name, text, strlen(text));
}

static ob_status get(ob_store *store, ob_object_kind kind, const char *name)
{
    uint8_t byte = 0;
    return store->ops->get(store, kind, name, 0, &byte, 1);
}

static ob_status size(ob_store *store, ob_object_kind kind, const char *name)
{
    uint64_t bytes = 0;
    return store->ops->size(store, kind, name, &bytes);
}

static ob_status count_visit(void *context, const char *name, uint64_t bytes)
{
    (void)name;
    (void)bytes;
    ++*(unsigned *)context;
    return OB_OK;
}

static ob_status list(ob_store *store, ob_object_kind kind, unsigned *count)
{
    *count = 0;
    return store->ops->list(store, kind, "", count_visit, count);
}

/* Files and folders directly in a folder. */
static unsigned entries(const char *folder)
{
    const ob_fs *fs = ob_fs_os();
    ob_dir *dir = NULL;
    ob_dir_entry entry = {0};
    unsigned count = 0;
    ob_check_ok(fs->dir_open(fs, NULL, folder, &dir));
    for (;;) {
        ob_check_ok(fs->dir_read(fs, dir, &entry));
        if (entry.name == NULL) {
            break;
        }
        count++;
    }
    fs->dir_close(fs, dir);
    return count;
}

static void move(const char *from, const char *to)
{
    const ob_fs *fs = ob_fs_os();
    ob_check_ok(fs->rename(fs, NULL, from, NULL, to));
}

/* ---- what every store does ---- */

START_TEST(folder_store__passes_the_examination)
{
    vault_fixture fixture;
    vault_fixture_make(&fixture);
    ob_store *store = vault_fixture_store(&fixture, ob_fs_os());
    examine_store(store);
    ck_assert_uint_eq(entries(vault_fixture_path(&fixture, "tmp")), 0);
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
    return hit;
}

/* Each call to the file system fails in turn; a write that fails is a torn one. */
START_TEST(folder_store__survives_each_failing_call)
{
    vault_fixture fixture;
    ob_test_fs wrapper;
    vault_fixture_make(&fixture);
    ob_test_fs_init(&wrapper, ob_fs_os());
    wrapper.torn = true;
    ob_store *clean = vault_fixture_store(&fixture, ob_fs_os());
    ob_store *store = NULL;
    ob_check_ok(ob_folder_store_open(&wrapper.fs, fixture.folder, &fixture.machine, &store));
    store_under_faults subject = {
        .store = store, .clean = clean, .context = &wrapper, .arm = arm, .disarm = disarm};
    examine_store_faults(&subject, 700);
    ob_store_close(store);
    ob_store_close(clean);
}
END_TEST

START_TEST(folder_store__survives_each_lack_of_memory)
{
    vault_fixture fixture;
    vault_fixture_make(&fixture);
    ob_store *store = vault_fixture_store(&fixture, ob_fs_os());
    bool hit = true;
    ob_check_ok(put(store, OB_OBJECT_KEY, "00000001", "x"));
    for (unsigned n = 1; hit; n++) {
        unsigned count = 0;
        const char *name = examine_store_name(OB_OBJECT_INDEX, n);
        ob_test_alloc_begin(n, false);
        ob_status status = put(store, OB_OBJECT_INDEX, name, "x");
        hit = ob_test_alloc_end();
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        /* Memory may be out for a detail only, or behind the rename. */
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
        ob_check_ok(put(store, OB_OBJECT_INDEX, name, "x"));
        ob_test_alloc_begin(n, false);
        status = get(store, OB_OBJECT_INDEX, name);
        hit = ob_test_alloc_end() || hit;
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        ck_assert(status == OB_OK || status == OB_E_NO_MEMORY);
        ob_test_alloc_begin(n, false);
        status = list(store, OB_OBJECT_KEY, &count);
        hit = ob_test_alloc_end() || hit;
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        ck_assert(status == OB_OK ? count == 1 : status == OB_E_NO_MEMORY);
    }
    ob_store_close(store);
}
END_TEST

/* ---- durability ---- */

typedef struct order {
    const char *text;
} order;

static ob_status note(ob_test_fs *wrapper, const char *operation, const char *name)
{
    order *seen = wrapper->context;
    (void)name;
    seen->text = ob_test_format("%s %s", seen->text, operation);
    return OB_OK;
}

START_TEST(folder_store__syncs_before_the_name_and_the_folder_before_the_end)
{
    vault_fixture fixture;
    ob_test_fs wrapper;
    order seen = {""};
    vault_fixture_make(&fixture);
    ob_test_fs_init(&wrapper, ob_fs_os());
    ob_store_close(vault_fixture_store(&fixture, ob_fs_os()));
    ob_store *store = NULL;
    ob_check_ok(ob_folder_store_open(&wrapper.fs, fixture.folder, &fixture.machine, &store));
    wrapper.context = &seen;
    wrapper.before = note;
    ob_check_ok(put(store, OB_OBJECT_PACK, pack, "x"));
    ck_assert_str_eq(seen.text, " stat open write_at sync rename_new dir_open dir_sync");
    /* Of one that is there the folder is synced too: who made it may not have come that far. */
    seen.text = "";
    ob_check_ok(put(store, OB_OBJECT_PACK, pack, "x"));
    ck_assert_str_eq(seen.text, " stat open file_stat read_at dir_open dir_sync");
    ob_store_close(store);
}
END_TEST

static ob_status overtake(ob_test_fs *wrapper, const char *operation, const char *name)
{
    const char *path = wrapper->context;
    (void)name;
    if (strcmp(operation, "rename_new") == 0) {
        ob_test_write_text(path, "x");
    }
    return OB_OK;
}

START_TEST(folder_store__takes_an_object_that_another_made_meanwhile)
{
    vault_fixture fixture;
    ob_test_fs wrapper;
    ob_store *store = NULL;
    vault_fixture_make(&fixture);
    ob_store_close(vault_fixture_store(&fixture, ob_fs_os()));
    ob_test_fs_init(&wrapper, ob_fs_os());
    ob_check_ok(ob_folder_store_open(&wrapper.fs, fixture.folder, &fixture.machine, &store));
    wrapper.before = overtake;
    wrapper.context = (void *)vault_fixture_path(&fixture, "key/00000001");
    ob_check_ok(put(store, OB_OBJECT_KEY, "00000001", "x"));
    wrapper.context = (void *)vault_fixture_path(&fixture, "key/00000002");
    ob_check_status(put(store, OB_OBJECT_KEY, "00000002", "y"), OB_E_EXISTS);
    ck_assert_uint_eq(entries(vault_fixture_path(&fixture, "tmp")), 0);
    ob_store_close(store);
}
END_TEST

/* ---- the vault goes away, is full, is damaged ---- */

static void check_unreachable(ob_store *store)
{
    unsigned count = 0;
    ob_check_status(put(store, OB_OBJECT_PACK, pack, "x"), OB_E_VAULT_UNREACHABLE);
    ob_check_status(put(store, OB_OBJECT_KEY, "00000009", "x"), OB_E_VAULT_UNREACHABLE);
    ob_check_status(get(store, OB_OBJECT_PACK, pack), OB_E_VAULT_UNREACHABLE);
    ob_check_status(size(store, OB_OBJECT_PACK, pack), OB_E_VAULT_UNREACHABLE);
    ob_check_status(list(store, OB_OBJECT_PACK, &count), OB_E_VAULT_UNREACHABLE);
    ob_check_status(list(store, OB_OBJECT_POINT, &count), OB_E_VAULT_UNREACHABLE);
}

START_TEST(folder_store__a_vault_that_goes_away_is_unreachable_and_comes_back)
{
    vault_fixture fixture;
    vault_fixture_make(&fixture);
    ob_store *store = vault_fixture_store(&fixture, ob_fs_os());
    ob_check_ok(put(store, OB_OBJECT_PACK, pack, "x"));
    const char *elsewhere = ob_test_path(ob_test_temp(), "elsewhere");
    move(fixture.folder, elsewhere);
    check_unreachable(store);
    ck_assert(!ob_test_exists(fixture.folder));
    /* The empty folder that a file system was mounted on: nothing is made in it. */
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), fixture.folder, false));
    check_unreachable(store);
    ob_check_detail(fixture.folder);
    ck_assert_uint_eq(entries(fixture.folder), 0);
    ob_store *other = NULL;
    ob_check_status(ob_folder_store_open(ob_fs_os(), fixture.folder, &fixture.machine, &other),
                    OB_E_VAULT_UNREACHABLE);
    ck_assert_uint_eq(entries(fixture.folder), 0);
    ob_check_ok(ob_fs_os()->remove_dir(ob_fs_os(), NULL, fixture.folder));
    move(elsewhere, fixture.folder);
    ob_check_ok(put(store, OB_OBJECT_PACK, pack, "x"));
    ob_check_ok(get(store, OB_OBJECT_PACK, pack));
    ob_store_close(store);
}
END_TEST

static ob_status unmount(ob_test_fs *wrapper, const char *operation, const char *name)
{
    const vault_fixture *fixture = wrapper->context;
    const char *elsewhere = ob_test_format("%s-elsewhere", fixture->folder);
    (void)name;
    if (strcmp(operation, "rename_new") == 0) {
        move(fixture->folder, elsewhere);
        ob_check_ok(ob_fs_make_dirs(ob_fs_os(), fixture->folder, false));
    }
    return OB_OK;
}

START_TEST(folder_store__a_vault_may_go_away_in_the_middle_of_a_put)
{
    vault_fixture fixture;
    ob_test_fs wrapper;
    ob_store *store = NULL;
    vault_fixture_make(&fixture);
    ob_store_close(vault_fixture_store(&fixture, ob_fs_os()));
    ob_test_fs_init(&wrapper, ob_fs_os());
    ob_check_ok(ob_folder_store_open(&wrapper.fs, fixture.folder, &fixture.machine, &store));
    wrapper.before = unmount;
    wrapper.context = &fixture;
    ob_check_status(put(store, OB_OBJECT_PACK, pack, "x"), OB_E_VAULT_UNREACHABLE);
    ck_assert_uint_eq(entries(fixture.folder), 0);
    ob_store_close(store);
}
END_TEST

START_TEST(folder_store__a_full_vault_is_named)
{
    vault_fixture fixture;
    ob_test_fs wrapper;
    ob_store *store = NULL;
    vault_fixture_make(&fixture);
    ob_store_close(vault_fixture_store(&fixture, ob_fs_os()));
    ob_test_fs_init(&wrapper, ob_fs_os());
    ob_check_ok(ob_folder_store_open(&wrapper.fs, fixture.folder, &fixture.machine, &store));
    wrapper.status = OB_E_DISK_FULL;
    wrapper.torn = true;
    wrapper.writes_only = true;
    ob_test_fs_fail(&wrapper, 2, false); /* the write */
    ob_check_status(put(store, OB_OBJECT_PACK, pack, "0123456789"), OB_E_DISK_FULL);
    ob_check_detail(fixture.folder);
    ob_check_detail("write_at");
    ck_assert_uint_eq(entries(vault_fixture_path(&fixture, "tmp")), 0);
    ob_check_status(get(store, OB_OBJECT_PACK, pack), OB_E_NOT_FOUND);
    ob_store_close(store);
}
END_TEST

START_TEST(folder_store__a_missing_folder_is_damage_and_not_emptiness)
{
    vault_fixture fixture;
    unsigned count = 0;
    vault_fixture_make(&fixture);
    ob_store *store = vault_fixture_store(&fixture, ob_fs_os());
    ob_check_ok(ob_fs_remove_tree(ob_fs_os(), vault_fixture_path(&fixture, "pack/01")));
    ob_check_ok(ob_fs_remove_tree(ob_fs_os(), vault_fixture_path(&fixture, "point")));
    ob_check_status(list(store, OB_OBJECT_PACK, &count), OB_E_CORRUPT);
    ob_check_status(list(store, OB_OBJECT_POINT, &count), OB_E_CORRUPT);
    ob_check_status(put(store, OB_OBJECT_PACK, pack, "x"), OB_E_CORRUPT);
    ob_check_detail("registering the machine again");
    ob_check_status(get(store, OB_OBJECT_PACK, pack), OB_E_NOT_FOUND);
    /* And so it is. */
    ob_check_ok(vault_fixture_redeem(&fixture, ob_fs_os(), vault_fixture_issue(&fixture),
                                     &fixture.machine, "server"));
    ob_check_ok(put(store, OB_OBJECT_PACK, pack, "x"));
    ob_check_ok(list(store, OB_OBJECT_POINT, &count));
    ob_store_close(store);
}
END_TEST

START_TEST(folder_store__a_cut_object_is_damage)
{
    vault_fixture fixture;
    char bytes[10];
    vault_fixture_make(&fixture);
    ob_store *store = vault_fixture_store(&fixture, ob_fs_os());
    ob_check_ok(put(store, OB_OBJECT_KEY, "00000001", "0123456789"));
    ob_test_cut_file(vault_fixture_path(&fixture, "key/00000001"), 9);
    ob_check_status(store->ops->get(store, OB_OBJECT_KEY, "00000001", 0, bytes, 10), OB_E_CORRUPT);
    ob_check_ok(store->ops->get(store, OB_OBJECT_KEY, "00000001", 0, bytes, 9));
    ob_check_status(put(store, OB_OBJECT_KEY, "00000001", "0123456789"), OB_E_EXISTS);
    /* A folder of an object's name. */
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), vault_fixture_path(&fixture, "key/00000002"), false));
    ck_assert(get(store, OB_OBJECT_KEY, "00000002") != OB_OK);
    ob_check_status(size(store, OB_OBJECT_KEY, "00000002"), OB_E_CORRUPT);
    ck_assert(put(store, OB_OBJECT_KEY, "00000002", "x") != OB_OK);
    ob_store_close(store);
}
END_TEST

/* ---- places ---- */

START_TEST(folder_store__keeps_objects_in_their_places)
{
    vault_fixture fixture;
    size_t length = 0;
    vault_fixture_make(&fixture);
    ob_store *store = vault_fixture_store(&fixture, ob_fs_os());
    ob_check_ok(put(store, OB_OBJECT_PACK, pack, "hello"));
    ob_check_ok(put(store, OB_OBJECT_INDEX, pack, "there"));
    const char *path = vault_fixture_path(&fixture, ob_test_format("pack/01/%s", pack));
    ck_assert_mem_eq(ob_test_read_file(path, &length), "hello", 5);
    path = vault_fixture_path(&fixture, ob_test_format("index/%s", pack));
    ck_assert_mem_eq(ob_test_read_file(path, &length), "there", 5);
    ob_store_close(store);
}
END_TEST

START_TEST(folder_store__leaves_foreign_files_out_of_a_list)
{
    vault_fixture fixture;
    unsigned count = 0;
    vault_fixture_make(&fixture);
    ob_store *store = vault_fixture_store(&fixture, ob_fs_os());
    const char *other = "ff23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    ob_check_ok(put(store, OB_OBJECT_PACK, pack, "x"));
    ob_test_write_text(vault_fixture_path(&fixture, ob_test_format("pack/01/%s", other)), "y");
    ob_test_write_text(vault_fixture_path(&fixture, "pack/01/.DS_Store"), "y");
    ob_test_write_text(vault_fixture_path(&fixture, "pack/readme"), "y");
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), vault_fixture_path(&fixture, "key/00000003"), false));
    ob_test_write_text(vault_fixture_path(&fixture, "key/1"), "y");
    ob_check_ok(list(store, OB_OBJECT_PACK, &count));
    ck_assert_uint_eq(count, 1);
    ob_check_ok(list(store, OB_OBJECT_KEY, &count));
    ck_assert_uint_eq(count, 0);
    ob_store_close(store);
}
END_TEST

/* ---- opening ---- */

START_TEST(folder_store__opens_only_what_is_registered_in_a_vault)
{
    vault_fixture fixture;
    ob_store *store = NULL;
    vault_fixture_make(&fixture);
    ob_check_status(ob_folder_store_open(ob_fs_os(), fixture.folder, &fixture.machine, &store),
                    OB_E_NOT_REGISTERED);
    ob_check_status(ob_folder_store_open(ob_fs_os(), ob_test_temp(), &fixture.machine, &store),
                    OB_E_VAULT_UNREACHABLE);
    ob_check_status(ob_folder_store_open(ob_fs_os(), ob_test_path(ob_test_temp(), "absent"),
                                         &fixture.machine, &store),
                    OB_E_VAULT_UNREACHABLE);
    ob_store_close(vault_fixture_store(&fixture, ob_fs_os()));
    ob_test_write_text(ob_test_path(fixture.folder, "vault.json"), "{}");
    ob_check_status(ob_folder_store_open(ob_fs_os(), fixture.folder, &fixture.machine, &store),
                    OB_E_CORRUPT);
    ck_assert_ptr_null(store);
}
END_TEST

START_TEST(folder_store__opening_survives_each_failure)
{
    vault_fixture fixture;
    ob_test_fs wrapper;
    bool hit = true;
    vault_fixture_make(&fixture);
    ob_store_close(vault_fixture_store(&fixture, ob_fs_os()));
    ob_test_fs_init(&wrapper, ob_fs_os());
    for (unsigned n = 1; hit; n++) {
        ob_store *store = NULL;
        ob_test_alloc_begin(n, false);
        ob_status status =
            ob_folder_store_open(&wrapper.fs, fixture.folder, &fixture.machine, &store);
        ob_store_close(store);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
        store = NULL;
        ob_test_fs_fail(&wrapper, n, true);
        status = ob_folder_store_open(&wrapper.fs, fixture.folder, &fixture.machine, &store);
        hit = wrapper.hit || hit;
        ob_test_fs_fail(&wrapper, 0, false);
        ck_assert((status == OB_OK) == (store != NULL));
        ob_store_close(store);
    }
}
END_TEST

START_TEST(folder_store__sweeps_leftovers_of_yesterday)
{
    vault_fixture fixture;
    ob_store *store = NULL;
    ob_file_info info = {.mtime =
                             ob_clock_os()->now(ob_clock_os()) - INT64_C(25) * 3600 * 1000000000};
    vault_fixture_make(&fixture);
    ob_store_close(vault_fixture_store(&fixture, ob_fs_os()));
    const char *old = vault_fixture_path(&fixture, "tmp/0123");
    const char *young = vault_fixture_path(&fixture, "tmp/4567");
    const char *dir = vault_fixture_path(&fixture, "tmp/folder");
    ob_test_write_text(old, "x");
    ob_test_write_text(young, "x");
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), dir, false));
    info.atime = info.mtime;
    ob_check_ok(ob_fs_os()->set_meta(ob_fs_os(), NULL, old, &info, OB_META_TIMES));
    ob_check_ok(ob_fs_os()->set_meta(ob_fs_os(), NULL, dir, &info, OB_META_TIMES));
    ob_check_ok(ob_folder_store_open(ob_fs_os(), fixture.folder, &fixture.machine, &store));
    ck_assert(!ob_test_exists(old));
    ck_assert(ob_test_exists(young));
    ck_assert(ob_test_exists(dir));
    ob_store_close(store);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, folder_store__passes_the_examination);
    tcase_add_test(cases, folder_store__survives_each_failing_call);
    tcase_add_test(cases, folder_store__survives_each_lack_of_memory);
    tcase_add_test(cases, folder_store__syncs_before_the_name_and_the_folder_before_the_end);
    tcase_add_test(cases, folder_store__takes_an_object_that_another_made_meanwhile);
    tcase_add_test(cases, folder_store__a_vault_that_goes_away_is_unreachable_and_comes_back);
    tcase_add_test(cases, folder_store__a_vault_may_go_away_in_the_middle_of_a_put);
    tcase_add_test(cases, folder_store__a_full_vault_is_named);
    tcase_add_test(cases, folder_store__a_missing_folder_is_damage_and_not_emptiness);
    tcase_add_test(cases, folder_store__a_cut_object_is_damage);
    tcase_add_test(cases, folder_store__keeps_objects_in_their_places);
    tcase_add_test(cases, folder_store__leaves_foreign_files_out_of_a_list);
    tcase_add_test(cases, folder_store__opens_only_what_is_registered_in_a_vault);
    tcase_add_test(cases, folder_store__opening_survives_each_failure);
    tcase_add_test(cases, folder_store__sweeps_leftovers_of_yesterday);
}

OB_TEST_MAIN("folder_store", add_cases)
