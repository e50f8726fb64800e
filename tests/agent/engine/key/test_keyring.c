#include "key/keys.h"
#include "rig.h"

#include <string.h>

START_TEST(keyring__new_ones_differ)
{
    ob_keyring *a = NULL;
    ob_keyring *b = NULL;
    ob_check_ok(ob_keyring_new(&a));
    ob_check_ok(ob_keyring_new(&b));
    ck_assert_uint_eq(a->epochs, 1);
    ck_assert_mem_ne(a->master, b->master, OB_KEY_SIZE);
    ck_assert_mem_ne(a->epoch[0], b->epoch[0], OB_KEY_SIZE);
    ck_assert_mem_ne(a->master, a->epoch[0], OB_KEY_SIZE);
    ob_keyring_free(a);
    ob_keyring_free(b);
    ob_keyring_free(NULL);
}
END_TEST

START_TEST(keyring__travels_as_bytes)
{
    ob_buf bytes = {0};
    ob_keyring *keys = rig_keys(1);
    ob_keyring *copy = NULL;
    ob_check_ok(ob_keyring_new_epoch(keys));
    ob_check_ok(ob_keyring_export(keys, &bytes));
    ck_assert(bytes.secret);
    ck_assert_uint_eq(bytes.length, 8 + 2 + 32 + 4 + 2 * 32);
    ob_check_ok(ob_keyring_import(&copy, bytes.data, bytes.length));
    ck_assert_mem_eq(copy, keys, sizeof *keys);
    ob_keyring_free(copy);
    ob_keyring_free(keys);
    ob_buf_free(&bytes);
}
END_TEST

START_TEST(keyring__refuses_what_is_malformed)
{
    ob_buf bytes = {0};
    ob_keyring *keys = rig_keys(2);
    ob_keyring *copy = NULL;
    ob_check_ok(ob_keyring_export(keys, &bytes));
    for (size_t length = 0; length < bytes.length; length++) {
        ob_check_status(ob_keyring_import(&copy, bytes.data, length), OB_E_CORRUPT);
    }
    bytes.data[8] = 2;
    ob_check_status(ob_keyring_import(&copy, bytes.data, bytes.length), OB_E_FORMAT_VERSION);
    bytes.data[8] = 1;
    for (uint32_t count = 0; count < 5; count++) {
        static const uint32_t counts[] = {0, 1, 3, OB_EPOCHS_MOST + 1, 0xFFFFFFFF};
        for (unsigned i = 0; i < 4; i++) {
            bytes.data[42 + i] = (uint8_t)(counts[count] >> 8 * i);
        }
        ob_check_status(ob_keyring_import(&copy, bytes.data, bytes.length), OB_E_CORRUPT);
    }
    ck_assert_ptr_null(copy);
    ob_keyring_free(keys);
    ob_buf_free(&bytes);
}
END_TEST

START_TEST(keyring__epochs_have_an_end)
{
    ob_keyring *keys = rig_keys(OB_EPOCHS_MOST);
    ob_check_status(ob_keyring_new_epoch(keys), OB_E_TOO_LARGE);
    ck_assert_uint_eq(keys->epochs, OB_EPOCHS_MOST);
    ob_keyring_free(keys);
}
END_TEST

START_TEST(keyring__without_memory)
{
    ob_keyring *keys = NULL;
    ob_test_alloc_begin(1, false);
    ob_check_status(ob_keyring_new(&keys), OB_E_NO_MEMORY);
    ck_assert(ob_test_alloc_end());
    ob_test_alloc_begin(1, false);
    ob_check_status(ob_keyring_import(&keys, "", 0), OB_E_NO_MEMORY);
    ck_assert(ob_test_alloc_end());
    ck_assert_ptr_null(keys);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, keyring__new_ones_differ);
    tcase_add_test(cases, keyring__travels_as_bytes);
    tcase_add_test(cases, keyring__refuses_what_is_malformed);
    tcase_add_test(cases, keyring__epochs_have_an_end);
    tcase_add_test(cases, keyring__without_memory);
}
OB_TEST_MAIN("keyring", add_cases)
