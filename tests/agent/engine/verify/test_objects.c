#include "index/object.h"
#include "key/envelope.h"
#include "pack/tools.h"
#include "stand.h"

#include "ob/text.h"

#include <string.h>

static void put_envelope(stand *s, const char *name, uint32_t epochs)
{
    static const char passphrase[] = "sixteen characters";
    ob_buf bytes = {0};
    ob_keyring *keys = rig_keys(epochs);
    ob_check_ok(ob_envelope_make(keys, passphrase, strlen(passphrase), (ob_scrypt_cost){4, 1, 1},
                                 NULL, NULL, &bytes));
    memory_store_set(s->store, OB_OBJECT_KEY, name, bytes.data, bytes.length);
    ob_buf_free(&bytes);
    ob_keyring_free(keys);
}

START_TEST(objects__each_byte_of_an_envelope)
{
    stand s;
    stand_open(&s);
    s.options.depth = OB_VERIFY_STRUCTURE;
    memory_object *object = memory_store_at(s.store, OB_OBJECT_KEY, 0);
    for (size_t at = 0; at < object->length; at += 5) {
        object->data[at] ^= 0x10;
        ob_check_ok(stand_verify(&s));
        ck_assert_uint_eq(s.count, 1);
        ck_assert_uint_eq(stand_told(&s, OB_OBJECT_KEY, OB_DAMAGE_CHANGED), 1);
        object->data[at] ^= 0x10;
    }
    object->length = 0;
    ob_check_ok(stand_verify(&s));
    ck_assert_uint_eq(stand_told(&s, OB_OBJECT_KEY, OB_DAMAGE_CHANGED), 1);
    memory_store_remove(s.store, OB_OBJECT_KEY, "00000001");
    ob_check_ok(stand_verify(&s));
    ck_assert_uint_eq(stand_told(&s, OB_OBJECT_KEY, OB_DAMAGE_MISSING), 1);
    stand_close(&s);
}
END_TEST

/* After a change of the passphrase the newest envelope must have the new epoch. */
START_TEST(objects__an_envelope_that_is_too_old)
{
    stand s;
    stand_open(&s);
    ob_keyring *two = rig_keys(2);
    ob_keyring *one = s.scene.rig.keys;
    s.scene.rig.engine.keys = two;
    ob_check_ok(stand_verify(&s));
    ck_assert_uint_eq(s.count, 1);
    ck_assert_uint_eq(stand_told(&s, OB_OBJECT_KEY, OB_DAMAGE_OLD_KEYS), 1);
    ck_assert_str_eq(s.findings[0].object, "00000001");
    put_envelope(&s, "00000002", 2);
    stand_check_sound(&s);
    put_envelope(&s, "00000003", 1);
    ob_check_ok(stand_verify(&s));
    ck_assert_uint_eq(stand_told(&s, OB_OBJECT_KEY, OB_DAMAGE_OLD_KEYS), 1);
    /* More than the machine has: a change that was cut short. */
    put_envelope(&s, "00000004", 5);
    stand_check_sound(&s);
    s.scene.rig.engine.keys = one;
    ob_keyring_free(two);
    stand_close(&s);
}
END_TEST

START_TEST(objects__index_objects)
{
    stand s;
    stand_open(&s);
    s.options.depth = OB_VERIFY_STRUCTURE;
    memory_object *object = memory_store_at(s.store, OB_OBJECT_INDEX, 0);
    for (size_t at = 0; at < object->length; at += 13) {
        rig_lose_cache(&s.scene.rig);
        object->data[at] ^= 1;
        ob_check_ok(stand_verify(&s));
        ck_assert_uint_eq(s.count, 1);
        ck_assert_uint_eq(stand_told(&s, OB_OBJECT_INDEX, OB_DAMAGE_CHANGED), 1);
        ck_assert_uint_eq(s.result.files_hit, 0);
        ck_assert_uint_ge(s.result.unlisted, 1);
        object->data[at] ^= 1;
    }
    /* The right name, and yet no index object of these keys. */
    char name[OB_SHA256_HEX];
    uint8_t hash[OB_SHA256_SIZE];
    object->data[object->length - 1] ^= 1;
    ob_object_hash(object->data, object->length, hash);
    object->data[object->length - 1] ^= 1;
    ob_hex_encode(name, hash, sizeof hash);
    memory_store_set(s.store, OB_OBJECT_INDEX, name, object->data, object->length);
    object = memory_store_find(s.store, OB_OBJECT_INDEX, name);
    object->data[object->length - 1] ^= 1;
    ob_check_ok(stand_verify(&s));
    ck_assert_uint_eq(s.count, 1);
    ck_assert_uint_eq(stand_told(&s, OB_OBJECT_INDEX, OB_DAMAGE_SEAL), 1);
    stand_close(&s);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 200);
    tcase_add_test(cases, objects__each_byte_of_an_envelope);
    tcase_add_test(cases, objects__an_envelope_that_is_too_old);
    tcase_add_test(cases, objects__index_objects);
}
OB_TEST_MAIN("objects", add_cases)
