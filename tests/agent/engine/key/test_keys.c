#include "key/keys.h"
#include "rig.h"
#include "vectors.h"

#include <string.h>

START_TEST(keys__vectors)
{
    static const char *const names[] = {"id",   "gear",  "cache", "list",
                                        "pack", "index", "point"};
    ob_keyring *keys = rig_keys(2);
    ob_buf salt = vector_bytes("keys.json", "salt");
    ob_buf got = {0};
    ck_assert_uint_eq(salt.length, OB_KEY_SIZE);
    for (int use = OB_KEY_ID; use <= OB_KEY_POINT; use++) {
        ob_buf wanted = vector_bytes("keys.json", names[use]);
        ob_buf_clear(&got);
        ob_buf_put_zero(&got, wanted.length);
        if (use < OB_KEY_PACK) {
            ob_check_ok(ob_key_from_master(keys, (ob_key_use)use, got.data, got.length));
        } else {
            ck_assert_uint_eq(wanted.length, OB_KEY_SIZE);
            ob_check_ok(ob_key_from_epoch(keys, (ob_key_use)use, 2, salt.data, got.data));
        }
        vector_check(&got, &wanted, names[use]);
    }
    ob_buf_free(&got);
    ob_keyring_free(keys);
}
END_TEST

START_TEST(keys__all_differ)
{
    enum { COUNT = 10 };
    uint8_t key[COUNT][OB_KEY_SIZE];
    uint8_t salt[OB_KEY_SIZE] = {1};
    uint8_t other[OB_KEY_SIZE] = {2};
    ob_keyring *keys = rig_keys(2);
    for (int use = OB_KEY_ID; use < OB_KEY_PACK; use++) {
        ob_check_ok(ob_key_from_master(keys, (ob_key_use)use, key[use], OB_KEY_SIZE));
    }
    for (int use = OB_KEY_PACK; use <= OB_KEY_POINT; use++) {
        ob_check_ok(ob_key_from_epoch(keys, (ob_key_use)use, 1, salt, key[use]));
    }
    ob_check_ok(ob_key_from_epoch(keys, OB_KEY_PACK, 2, salt, key[7]));
    ob_check_ok(ob_key_from_epoch(keys, OB_KEY_PACK, 1, other, key[8]));
    memcpy(key[9], keys->master, OB_KEY_SIZE);
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t k = 0; k < i; k++) {
            ck_assert_mem_ne(key[i], key[k], OB_KEY_SIZE);
        }
    }
    ob_keyring_free(keys);
}
END_TEST

START_TEST(keys__unknown_epoch_is_refused)
{
    uint8_t salt[OB_KEY_SIZE] = {0};
    uint8_t key[OB_KEY_SIZE] = {5};
    ob_keyring *keys = rig_keys(2);
    ob_check_status(ob_key_from_epoch(keys, OB_KEY_PACK, 0, salt, key), OB_E_SEAL);
    ob_check_status(ob_key_from_epoch(keys, OB_KEY_PACK, 3, salt, key), OB_E_SEAL);
    ob_check_detail("epoch 3");
    ck_assert_uint_eq(key[0], 5);
    ob_keyring_free(keys);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, keys__vectors);
    tcase_add_test(cases, keys__all_differ);
    tcase_add_test(cases, keys__unknown_epoch_is_refused);
}
OB_TEST_MAIN("keys", add_cases)
