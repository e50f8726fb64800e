#include "key/keys.h"
#include "rig.h"

#include <string.h>

#define ONE "the first passphrase"
#define TWO "the second passphrase"

START_TEST(vault_key__newest_counts)
{
    ob_store *store = memory_store_new();
    ob_keyring *keys = rig_keys(1);
    ob_keyring *opened = NULL;
    ob_check_status(ob_keyring_open(&opened, store, ONE, strlen(ONE)), OB_E_NOT_FOUND);
    ob_check_ok(ob_keyring_store(keys, store, ONE, strlen(ONE)));
    ck_assert_ptr_nonnull(memory_store_find(store, OB_OBJECT_KEY, "00000001"));
    ob_check_ok(ob_keyring_new_epoch(keys));
    ob_check_ok(ob_keyring_store(keys, store, TWO, strlen(TWO)));
    ck_assert_ptr_nonnull(memory_store_find(store, OB_OBJECT_KEY, "00000002"));
    ob_check_status(ob_keyring_open(&opened, store, ONE, strlen(ONE)), OB_E_PASSPHRASE_WRONG);
    ob_check_detail("key/00000002");
    ck_assert_ptr_null(opened);
    ob_check_ok(ob_keyring_open(&opened, store, TWO, strlen(TWO)));
    ck_assert_mem_eq(opened, keys, sizeof *keys);
    ob_keyring_free(opened);
    ob_keyring_free(keys);
    ob_store_close(store);
}
END_TEST

START_TEST(vault_key__passphrase_has_rules)
{
    ob_store *store = memory_store_new();
    ob_keyring *keys = rig_keys(1);
    ob_check_status(ob_keyring_store(keys, store, "short", 5), OB_E_PASSPHRASE_SHORT);
    ob_check_status(ob_keyring_store(keys, store, "\xC0 0123456789abcdef", 18),
                    OB_E_INVALID_ARGUMENT);
    ck_assert_uint_eq(memory_store_count(store, OB_OBJECT_KEY), 0);
    ob_keyring_free(keys);
    ob_store_close(store);
}
END_TEST

START_TEST(vault_key__damage_and_failures_are_told_apart)
{
    ob_store *store = memory_store_new();
    ob_keyring *keys = rig_keys(1);
    ob_keyring *opened = NULL;
    ob_check_ok(ob_keyring_store(keys, store, ONE, strlen(ONE)));
    memory_object *object = memory_store_at(store, OB_OBJECT_KEY, 0);
    object->data[70] ^= 1;
    ob_check_status(ob_keyring_open(&opened, store, ONE, strlen(ONE)), OB_E_CORRUPT);
    ob_check_detail("key/00000001");
    object->data[70] ^= 1;
    for (uint64_t n = 0; n < 2; n++) {
        memory_store_fail(store, n, OB_E_VAULT_UNREACHABLE, false);
        ob_check_status(ob_keyring_open(&opened, store, ONE, strlen(ONE)), OB_E_VAULT_UNREACHABLE);
    }
    ck_assert_ptr_null(opened);
    memory_store_fail(store, 0, OB_E_IO, false);
    ob_check_status(ob_keyring_store(keys, store, ONE, strlen(ONE)), OB_E_IO);
    ck_assert_uint_eq(memory_store_count(store, OB_OBJECT_KEY), 1);
    ob_keyring_free(keys);
    ob_store_close(store);
}
END_TEST

START_TEST(vault_key__numbers_have_an_end)
{
    ob_store *store = memory_store_new();
    ob_keyring *keys = rig_keys(1);
    memory_store_set(store, OB_OBJECT_KEY, "99999999", "x", 1);
    ob_check_status(ob_keyring_store(keys, store, ONE, strlen(ONE)), OB_E_TOO_LARGE);
    ob_keyring_free(keys);
    ob_store_close(store);
}
END_TEST

/* An envelope that is damaged is not the end: the one before opens what was written before. */
START_TEST(vault_key__the_older_one_helps)
{
    ob_store *store = memory_store_new();
    ob_keyring *keys = rig_keys(1);
    ob_keyring *opened = NULL;
    ob_check_ok(ob_keyring_store(keys, store, ONE, strlen(ONE)));
    ob_check_ok(ob_keyring_new_epoch(keys));
    ob_check_ok(ob_keyring_store(keys, store, TWO, strlen(TWO)));
    memory_store_at(store, OB_OBJECT_KEY, 1)->data[70] ^= 1;
    ob_check_ok(ob_keyring_open(&opened, store, ONE, strlen(ONE)));
    ck_assert_uint_eq(opened->epochs, 1);
    ck_assert_mem_eq(opened->master, keys->master, sizeof keys->master);
    ob_keyring_free(opened);
    opened = NULL;
    /* What is wrong is the damage, and not the passphrase. */
    ob_check_status(ob_keyring_open(&opened, store, TWO, strlen(TWO)), OB_E_CORRUPT);
    ob_check_detail("key/00000002");
    memory_store_at(store, OB_OBJECT_KEY, 0)->length = 0;
    ob_check_status(ob_keyring_open(&opened, store, ONE, strlen(ONE)), OB_E_CORRUPT);
    ob_check_detail("key/00000002");
    memory_store_at(store, OB_OBJECT_KEY, 1)->data[70] ^= 1;
    ob_check_ok(ob_keyring_open(&opened, store, TWO, strlen(TWO)));
    ob_keyring_free(opened);
    ob_keyring_free(keys);
    ob_store_close(store);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, vault_key__the_older_one_helps);
    tcase_add_test(cases, vault_key__newest_counts);
    tcase_add_test(cases, vault_key__passphrase_has_rules);
    tcase_add_test(cases, vault_key__damage_and_failures_are_told_apart);
    tcase_add_test(cases, vault_key__numbers_have_an_end);
}
OB_TEST_MAIN("vault_key", add_cases)
