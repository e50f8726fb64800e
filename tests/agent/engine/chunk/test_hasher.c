#include "chunk/hasher.h"
#include "key/keys.h"
#include "rig.h"
#include "vectors.h"

#include <string.h>

static ob_hasher *hasher_new(void)
{
    uint8_t key[OB_ID_KEY];
    ob_hasher *hasher = NULL;
    ob_keyring *keys = rig_keys(2);
    ob_check_ok(ob_key_from_master(keys, OB_KEY_ID, key, sizeof key));
    ob_check_ok(ob_hasher_new(key, &hasher));
    ob_keyring_free(keys);
    return hasher;
}

START_TEST(hasher__vectors)
{
    static const char *const contents[] = {"content0", "content1", "content2"};
    static const char *const ids[] = {"id0", "id1", "id2"};
    ob_hasher *hasher = hasher_new();
    for (size_t i = 0; i < 3; i++) {
        ob_chunk_id id;
        ob_buf content = vector_bytes("pack.json", contents[i]);
        ob_buf wanted = vector_bytes("pack.json", ids[i]);
        ob_check_ok(ob_hasher_id(hasher, content.data, content.length, &id));
        ck_assert_uint_eq(wanted.length, sizeof id.bytes);
        ck_assert_mem_eq(id.bytes, wanted.data, sizeof id.bytes);
    }
    ob_hasher_free(hasher);
}
END_TEST

START_TEST(hasher__pieces_are_the_same)
{
    ob_chunk_id whole, pieces;
    ob_hasher *hasher = hasher_new();
    uint8_t data[1000];
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i * 7);
    }
    ob_check_ok(ob_hasher_id(hasher, data, sizeof data, &whole));
    for (size_t step = 1; step < sizeof data; step += 97) {
        ob_check_ok(ob_hasher_begin(hasher));
        for (size_t at = 0; at < sizeof data; at += step) {
            size_t left = sizeof data - at;
            ob_check_ok(ob_hasher_add(hasher, data + at, left < step ? left : step));
        }
        ob_check_ok(ob_hasher_end(hasher, &pieces));
        ck_assert_mem_eq(&pieces, &whole, sizeof whole);
    }
    ob_hasher_free(hasher);
    ob_hasher_free(NULL);
}
END_TEST

START_TEST(hasher__without_memory)
{
    uint8_t key[OB_ID_KEY] = {0};
    ob_hasher *hasher = NULL;
    ob_test_alloc_begin(1, false);
    ob_check_status(ob_hasher_new(key, &hasher), OB_E_NO_MEMORY);
    ck_assert(ob_test_alloc_end());
    ck_assert_ptr_null(hasher);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, hasher__vectors);
    tcase_add_test(cases, hasher__pieces_are_the_same);
    tcase_add_test(cases, hasher__without_memory);
}
OB_TEST_MAIN("hasher", add_cases)
