#include "keys.h"

#include "ob/test.h"
#include "vault_fixture.h"

#include <stdlib.h>
#include <string.h>

#define FIRST "the first passphrase"
#define SECOND "the second passphrase"

static vault_fixture vault;
static ob_store *store;
static const char *path;

static void setup(void)
{
    vault_fixture_make(&vault);
    store = vault_fixture_store(&vault, ob_fs_os());
    path = ob_test_path(ob_test_temp(), "keys");
}

static void teardown(void)
{
    ob_store_close(store);
    store = NULL;
}

static ob_status set(const char *passphrase)
{
    return ob_keys_set_passphrase(ob_fs_os(), path, store, passphrase, strlen(passphrase));
}

static ob_status count_one(void *context, const char *name, uint64_t size)
{
    (void)name;
    (void)size;
    (*(unsigned *)context)++;
    return OB_OK;
}

static unsigned envelopes(void)
{
    unsigned count = 0;
    ob_check_ok(store->ops->list(store, OB_OBJECT_KEY, "", count_one, &count));
    return count;
}

static void export_of(const ob_keyring *keys, ob_buf *out)
{
    ob_buf_free(out);
    ob_check_ok(ob_keyring_export(keys, out));
}

/* What the passphrase opens in the vault is what is kept here. */
static bool opens_ours(const char *passphrase)
{
    ob_keyring *kept = NULL;
    ob_keyring *stored = NULL;
    ob_buf a = {0};
    ob_buf b = {0};
    ob_check_ok(ob_keys_load(ob_fs_os(), path, &kept));
    ob_check_ok(ob_keyring_open(&stored, store, passphrase, strlen(passphrase)));
    export_of(kept, &a);
    export_of(stored, &b);
    bool same = a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
    ob_buf_free(&a);
    ob_buf_free(&b);
    ob_keyring_free(kept);
    ob_keyring_free(stored);
    return same;
}

START_TEST(keys__first_passphrase_makes_them)
{
    ob_keyring *keys = NULL;
    ck_assert(!ob_keys_present(ob_fs_os(), path));
    ob_check_status(ob_keys_load(ob_fs_os(), path, &keys), OB_E_PASSPHRASE_NOT_SET);
    ob_check_ok(set(FIRST));
    ck_assert(ob_keys_present(ob_fs_os(), path));
    ck_assert(opens_ours(FIRST));
    ck_assert_uint_eq(envelopes(), 1);
    /* The same again changes nothing. */
    ob_check_ok(set(FIRST));
    ck_assert_uint_eq(envelopes(), 1);
}
END_TEST

START_TEST(keys__another_passphrase_is_a_new_envelope)
{
    ob_keyring *keys = NULL;
    ob_check_ok(set(FIRST));
    ob_check_ok(set(SECOND));
    ck_assert_uint_eq(envelopes(), 2);
    ck_assert(opens_ours(SECOND));
    ob_check_status(ob_keyring_open(&keys, store, FIRST, strlen(FIRST)), OB_E_PASSPHRASE_WRONG);
}
END_TEST

START_TEST(keys__a_short_one_is_refused)
{
    ob_check_status(set("short"), OB_E_PASSPHRASE_SHORT);
    ck_assert(!ob_keys_present(ob_fs_os(), path));
    ck_assert_uint_eq(envelopes(), 0);
    ob_check_ok(set(FIRST));
    ob_check_status(set("short"), OB_E_PASSPHRASE_SHORT);
    ck_assert(opens_ours(FIRST));
    ck_assert_uint_eq(envelopes(), 1);
}
END_TEST

START_TEST(keys__after_a_loss_the_vault_gives_them_back)
{
    ob_check_ok(set(FIRST));
    ob_check_ok(ob_fs_os()->remove_file(ob_fs_os(), NULL, path));
    ob_check_status(set(SECOND), OB_E_PASSPHRASE_WRONG);
    ck_assert(!ob_keys_present(ob_fs_os(), path));
    ob_check_ok(set(FIRST));
    ck_assert_uint_eq(envelopes(), 1);
    ck_assert(opens_ours(FIRST));
}
END_TEST

/* Whatever write fails on the way, what is kept here can be opened from the vault. */
START_TEST(keys__a_failure_midway_loses_nothing)
{
    ob_check_ok(set(FIRST));
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_test_fs fs;
        ob_test_fs_init(&fs, ob_fs_os());
        fs.writes_only = true;
        ob_test_fs_fail(&fs, n, true);
        const char *wanted = ob_test_format("passphrase number %u", (unsigned)n);
        ob_status status = ob_keys_set_passphrase(&fs.fs, path, store, wanted, strlen(wanted));
        hit = fs.hit;
        ck_assert_int_eq(status, hit ? OB_E_IO : OB_OK);
        /* Those kept here are whole in any case, and trying again is well: the next round does. */
        ob_keyring *keys = NULL;
        ob_check_ok(ob_keys_load(ob_fs_os(), path, &keys));
        ob_keyring_free(keys);
        if (!hit) {
            ck_assert(opens_ours(wanted));
        }
    }
}
END_TEST

/* Opens what is in the vault with one of the two, and the other must not: says whether the second
 * does. Each derivation takes long. */
static bool open_with_one(const char *old, const char *wanted, ob_keyring **stored)
{
    ob_keyring *other = NULL;
    bool is_new = ob_keyring_open(stored, store, wanted, strlen(wanted)) == OB_OK;
    if (is_new) {
        ob_check_status(ob_keyring_open(&other, store, old, strlen(old)), OB_E_PASSPHRASE_WRONG);
    } else {
        ob_check_ok(ob_keyring_open(stored, store, old, strlen(old)));
    }
    return is_new;
}

/* Whatever fails in the vault, or when the agent dies between vault and machine: the newest
 * envelope opens with the old passphrase or with the new one, and has all the keys that are kept
 * here. Of the places a slice, or with OB_TEST_EACH in the environment each. */
START_TEST(keys__a_change_cut_short_is_old_or_new)
{
    const char *old = FIRST;
    bool hit = true;
    uint64_t step = getenv("OB_TEST_EACH") != NULL ? 1 : 5;
    ob_check_ok(set(FIRST));
    for (uint64_t n = 1; hit; n += step) {
        ob_test_fs fs;
        ob_test_fs_init(&fs, ob_fs_os());
        fs.writes_only = true;
        ob_store *failing = NULL;
        ob_check_ok(ob_folder_store_open(&fs.fs, vault.folder, &vault.machine, &failing));
        ob_test_fs_fail(&fs, n, true);
        const char *wanted = ob_test_format("passphrase number %u", (unsigned)n);
        ob_status status = ob_keys_set_passphrase(&fs.fs, path, failing, wanted, strlen(wanted));
        hit = fs.hit;
        ck_assert_int_eq(status == OB_OK, !hit);
        ob_store_close(failing);
        /* What is kept here is in the newest envelope: the same, or that and one epoch more. */
        ob_keyring *kept = NULL;
        ob_keyring *stored = NULL;
        ob_buf a = {0};
        ob_buf b = {0};
        ob_check_ok(ob_keys_load(ob_fs_os(), path, &kept));
        ck_assert(open_with_one(old, wanted, &stored) || hit);
        export_of(kept, &a);
        export_of(stored, &b);
        ck_assert_uint_ge(b.length, a.length);
        ck_assert_mem_eq(a.data + 46, b.data + 46, a.length - 46);
        ck_assert_mem_eq(a.data, b.data, 42);
        ob_buf_free(&a);
        ob_buf_free(&b);
        ob_keyring_free(kept);
        ob_keyring_free(stored);
        /* And trying again ends well. */
        ob_check_ok(set(wanted));
        ck_assert(opens_ours(wanted));
        old = wanted;
    }
}
END_TEST

/* The newest envelope is damaged: another change makes a sound one. */
START_TEST(keys__a_damaged_envelope_is_made_up_for)
{
    ob_check_ok(set(FIRST));
    ob_test_flip_byte(vault_fixture_path(&vault, "key/00000001"), 80);
    ob_check_ok(set(FIRST));
    ck_assert_uint_eq(envelopes(), 2);
    ck_assert(opens_ours(FIRST));
}
END_TEST

START_TEST(keys__the_vault_away_changes_nothing)
{
    ob_check_ok(set(FIRST));
    ob_check_ok(ob_fs_os()->rename(ob_fs_os(), NULL, vault.folder, NULL,
                                   ob_test_format("%s-away", vault.folder)));
    ck_assert(OB_FAILED(set(SECOND)));
    ob_check_ok(ob_fs_os()->rename(ob_fs_os(), NULL, ob_test_format("%s-away", vault.folder), NULL,
                                   vault.folder));
    ck_assert(opens_ours(FIRST));
}
END_TEST

START_TEST(keys__damaged_ones_are_told)
{
    ob_keyring *keys = NULL;
    ob_check_ok(set(FIRST));
    ob_test_cut_file(path, 10);
    ck_assert(OB_FAILED(ob_keys_load(ob_fs_os(), path, &keys)));
    ck_assert_ptr_null(keys);
    /* And not written over: the administrator decides. */
    ck_assert(OB_FAILED(set(FIRST)));
    ck_assert(ob_keys_present(ob_fs_os(), path));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 120);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, keys__first_passphrase_makes_them);
    tcase_add_test(cases, keys__another_passphrase_is_a_new_envelope);
    tcase_add_test(cases, keys__a_short_one_is_refused);
    tcase_add_test(cases, keys__after_a_loss_the_vault_gives_them_back);
    tcase_add_test(cases, keys__a_failure_midway_loses_nothing);
    tcase_add_test(cases, keys__a_change_cut_short_is_old_or_new);
    tcase_add_test(cases, keys__a_damaged_envelope_is_made_up_for);
    tcase_add_test(cases, keys__the_vault_away_changes_nothing);
    tcase_add_test(cases, keys__damaged_ones_are_told);
}

OB_TEST_MAIN("keys", add_cases)
