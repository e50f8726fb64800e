#include "key/gcm.h"
#include "ob/test.h"
#include "ob/text.h"

#include <string.h>

static ob_gcm *keyed(uint8_t first)
{
    uint8_t key[OB_GCM_KEY] = {first};
    ob_gcm *gcm = NULL;
    ob_check_ok(ob_gcm_new(&gcm));
    ob_check_ok(ob_gcm_set_key(gcm, key));
    return gcm;
}

/* Test case 16 of "The Galois/Counter Mode of Operation" by McGrew and Viega. */
START_TEST(gcm__known_answer)
{
    uint8_t key[32], nonce[12], plain[60], aad[20], wanted[76], got[76], back[60];
    ob_gcm *gcm = NULL;
    static const char *key_text =
        "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
    static const char *plain_text =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e24"
        "49a6b525b16aedf5aa0de657ba637b39";
    static const char *wanted_text =
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b10"
        "56828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b";
    ob_check_ok(ob_hex_decode(key, sizeof key, key_text, strlen(key_text)));
    ob_check_ok(ob_hex_decode(nonce, sizeof nonce, "cafebabefacedbaddecaf888", 24));
    ob_check_ok(ob_hex_decode(plain, sizeof plain, plain_text, strlen(plain_text)));
    ob_check_ok(ob_hex_decode(aad, sizeof aad, "feedfacedeadbeeffeedfacedeadbeefabaddad2", 40));
    ob_check_ok(ob_hex_decode(wanted, sizeof wanted, wanted_text, strlen(wanted_text)));
    const ob_span parts[] = {{aad, 7}, {NULL, 0}, {aad + 7, 13}};
    ob_check_ok(ob_gcm_new(&gcm));
    ob_check_ok(ob_gcm_set_key(gcm, key));
    ob_check_ok(ob_gcm_seal(gcm, nonce, parts, 3, plain, sizeof plain, got));
    ck_assert_mem_eq(got, wanted, sizeof wanted);
    ob_check_ok(ob_gcm_open(gcm, nonce, parts, 3, got, sizeof got, back));
    ck_assert_mem_eq(back, plain, sizeof plain);
    ob_gcm_free(gcm);
}
END_TEST

START_TEST(gcm__in_place_and_in_pieces)
{
    uint8_t data[1000 + OB_GCM_TAG], copy[1000], nonce[OB_GCM_NONCE] = {7};
    ob_gcm *gcm = keyed(1);
    for (size_t i = 0; i < sizeof copy; i++) {
        data[i] = copy[i] = (uint8_t)i;
    }
    ob_check_ok(ob_gcm_seal(gcm, nonce, NULL, 0, data, sizeof copy, data));
    ck_assert_mem_ne(data, copy, sizeof copy);
    ob_check_ok(ob_gcm_open_begin(gcm, nonce, NULL, 0));
    uint8_t piece[100];
    for (size_t at = 0; at < sizeof copy; at += sizeof piece) {
        ob_check_ok(ob_gcm_open_piece(gcm, data + at, sizeof piece, piece));
        ck_assert_mem_eq(piece, copy + at, sizeof piece);
    }
    ob_check_ok(ob_gcm_open_end(gcm, data + sizeof copy));
    ob_check_ok(ob_gcm_open(gcm, nonce, NULL, 0, data, sizeof data, data));
    ck_assert_mem_eq(data, copy, sizeof copy);
    ob_gcm_free(gcm);
}
END_TEST

START_TEST(gcm__every_bit_counts)
{
    uint8_t aad[3] = {1, 2, 3}, nonce[OB_GCM_NONCE] = {9}, sealed[5 + OB_GCM_TAG], out[5];
    const ob_span bound = {aad, sizeof aad};
    ob_gcm *gcm = keyed(2);
    ob_check_ok(ob_gcm_seal(gcm, nonce, &bound, 1, (const uint8_t *)"hello", 5, sealed));
    struct {
        uint8_t *bytes;
        size_t length;
    } parts[] = {{sealed, sizeof sealed}, {aad, sizeof aad}, {nonce, sizeof nonce}};
    for (size_t p = 0; p < 3; p++) {
        for (size_t bit = 0; bit < parts[p].length * 8; bit++) {
            parts[p].bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            memset(out, 1, sizeof out);
            ob_check_status(ob_gcm_open(gcm, nonce, &bound, 1, sealed, sizeof sealed, out),
                            OB_E_SEAL);
            for (size_t i = 0; i < sizeof out; i++) {
                ck_assert_uint_eq(out[i], 0);
            }
            parts[p].bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
    for (size_t length = 0; length < sizeof sealed; length++) {
        ob_check_status(ob_gcm_open(gcm, nonce, &bound, 1, sealed, length, out), OB_E_SEAL);
    }
    ob_check_ok(ob_gcm_open(gcm, nonce, &bound, 1, sealed, sizeof sealed, out));
    ck_assert_mem_eq(out, "hello", 5);
    ob_gcm_free(gcm);
    gcm = keyed(3);
    ob_check_status(ob_gcm_open(gcm, nonce, &bound, 1, sealed, sizeof sealed, out), OB_E_SEAL);
    ob_gcm_free(gcm);
}
END_TEST

START_TEST(gcm__nothing_is_sealed_too)
{
    uint8_t nonce[OB_GCM_NONCE] = {0}, sealed[OB_GCM_TAG], out[1];
    ob_gcm *gcm = keyed(4);
    ob_check_ok(ob_gcm_seal(gcm, nonce, NULL, 0, sealed, 0, sealed));
    ob_check_ok(ob_gcm_open(gcm, nonce, NULL, 0, sealed, sizeof sealed, out));
    sealed[0] ^= 1;
    ob_check_status(ob_gcm_open(gcm, nonce, NULL, 0, sealed, sizeof sealed, out), OB_E_SEAL);
    ob_gcm_free(gcm);
    ob_gcm_free(NULL);
}
END_TEST

START_TEST(gcm__without_memory)
{
    ob_gcm *gcm = NULL;
    ob_test_alloc_begin(1, false);
    ob_check_status(ob_gcm_new(&gcm), OB_E_NO_MEMORY);
    ck_assert(ob_test_alloc_end());
    ck_assert_ptr_null(gcm);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, gcm__known_answer);
    tcase_add_test(cases, gcm__in_place_and_in_pieces);
    tcase_add_test(cases, gcm__every_bit_counts);
    tcase_add_test(cases, gcm__nothing_is_sealed_too);
    tcase_add_test(cases, gcm__without_memory);
}
OB_TEST_MAIN("gcm", add_cases)
