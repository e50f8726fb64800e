#include "ob/text.h"
#include "pack/seal.h"
#include "rig.h"
#include "vectors.h"

#include <string.h>

START_TEST(seal__header_round_trip)
{
    static const ob_key_use uses[] = {OB_KEY_PACK, OB_KEY_INDEX, OB_KEY_POINT};
    ob_keyring *keys = rig_keys(2);
    for (size_t i = 0; i < 3; i++) {
        ob_object_header header, back;
        uint8_t bytes[OB_HEADER_SIZE];
        ob_check_ok(ob_object_header_new(keys, uses[i], i == 0 ? 1 : 0, &header));
        ck_assert_uint_eq(header.epoch, 2);
        ob_object_header_write(&header, bytes);
        ob_check_ok(ob_object_header_read(&back, uses[i], bytes));
        ck_assert_uint_eq(back.use, header.use);
        ck_assert_uint_eq(back.class, header.class);
        ck_assert_uint_eq(back.epoch, header.epoch);
        ck_assert_mem_eq(back.salt, header.salt, sizeof header.salt);
        ob_check_status(ob_object_header_read(&back, uses[(i + 1) % 3], bytes), OB_E_CORRUPT);
        bytes[8] = 2;
        ob_check_status(ob_object_header_read(&back, uses[i], bytes), OB_E_FORMAT_VERSION);
        bytes[8] = 1;
        bytes[10] = 2;
        ob_check_status(ob_object_header_read(&back, uses[i], bytes), OB_E_CORRUPT);
        bytes[10] = 0;
        bytes[11] = 1;
        ob_check_status(ob_object_header_read(&back, uses[i], bytes), OB_E_CORRUPT);
    }
    ob_keyring_free(keys);
}
END_TEST

/* The first frame of the pack of the vectors. */
START_TEST(seal__vector)
{
    ob_buf pack = vector_bytes("pack.json", "pack");
    ob_buf content = vector_bytes("pack.json", "content0");
    ob_keyring *keys = rig_keys(2);
    ob_object_header header;
    uint8_t key[OB_KEY_SIZE];
    uint8_t plain[64] = {0, (uint8_t)content.length};
    uint8_t sealed[64];
    const size_t length = 5 + content.length;
    ob_gcm *gcm = NULL;
    const ob_place place = {.type = OB_SEAL_FRAME, .offset = OB_HEADER_SIZE};
    ob_check_ok(ob_object_header_read(&header, OB_KEY_PACK, pack.data));
    ob_check_ok(ob_object_header_key(&header, keys, key));
    ob_check_ok(ob_gcm_new(&gcm));
    ob_check_ok(ob_gcm_set_key(gcm, key));
    memcpy(plain + 5, content.data, content.length);
    ob_check_ok(ob_seal(gcm, &header, &place, plain, length, sealed));
    ck_assert_mem_eq(sealed, pack.data + OB_HEADER_SIZE, length + OB_GCM_TAG);
    ob_gcm_free(gcm);
    ob_keyring_free(keys);
}
END_TEST

/* A part opens at its own place in an object of its own kind only. */
START_TEST(seal__binds_to_its_place)
{
    ob_keyring *keys = rig_keys(2);
    ob_object_header header;
    uint8_t key[OB_KEY_SIZE] = {1};
    uint8_t sealed[5 + OB_GCM_TAG], out[5];
    ob_gcm *gcm = NULL;
    const ob_place place = {OB_SEAL_POINT, 100, {{"name", 4}, {"list", 4}}};
    ob_check_ok(ob_object_header_new(keys, OB_KEY_POINT, 0, &header));
    ob_check_ok(ob_gcm_new(&gcm));
    ob_check_ok(ob_gcm_set_key(gcm, key));
    ob_check_ok(ob_seal(gcm, &header, &place, (const uint8_t *)"hello", 5, sealed));
    ob_check_ok(ob_unseal(gcm, &header, &place, sealed, sizeof sealed, out));
    ck_assert_mem_eq(out, "hello", 5);
    ob_check_ok(ob_unseal_begin(gcm, &header, &place));
    ob_check_ok(ob_gcm_open_piece(gcm, sealed, 5, out));
    ob_check_ok(ob_gcm_open_end(gcm, sealed + 5));

    const ob_place others[] = {
        {OB_SEAL_INDEX, 100, {{"name", 4}, {"list", 4}}},
        {OB_SEAL_POINT, 101, {{"name", 4}, {"list", 4}}},
        {OB_SEAL_POINT, 100, {{"namf", 4}, {"list", 4}}},
        {OB_SEAL_POINT, 100, {{"name", 4}, {"lost", 4}}},
        {OB_SEAL_POINT, 100, {{"name", 4}, {NULL, 0}}},
        {OB_SEAL_POINT, (uint64_t)100 << 32, {{"name", 4}, {"list", 4}}},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        ob_check_status(ob_unseal(gcm, &header, &others[i], sealed, sizeof sealed, out), OB_E_SEAL);
    }
    header.class = 1;
    ob_check_status(ob_unseal(gcm, &header, &place, sealed, sizeof sealed, out), OB_E_SEAL);
    header.class = 0;
    header.epoch = 1;
    ob_check_status(ob_unseal(gcm, &header, &place, sealed, sizeof sealed, out), OB_E_SEAL);
    ob_gcm_free(gcm);
    ob_keyring_free(keys);
}
END_TEST

START_TEST(seal__name_is_the_hash)
{
    uint8_t hash[OB_SHA256_SIZE];
    char text[OB_SHA256_HEX];
    ob_buf pack = vector_bytes("pack.json", "pack");
    ob_object_hash(pack.data, pack.length, hash);
    ob_hex_encode(text, hash, sizeof hash);
    ck_assert_str_eq(text, vector_text("pack.json", "name"));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, seal__header_round_trip);
    tcase_add_test(cases, seal__vector);
    tcase_add_test(cases, seal__binds_to_its_place);
    tcase_add_test(cases, seal__name_is_the_hash);
}
OB_TEST_MAIN("seal", add_cases)
