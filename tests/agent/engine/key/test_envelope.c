#include "key/envelope.h"
#include "key/keys.h"
#include "rig.h"
#include "vectors.h"

#include <openssl/sha.h>
#include <string.h>

#define PASSPHRASE "correct horse battery"
#define CHEAP ((ob_scrypt_cost){4, 8, 1})

static void make(ob_buf *out, const ob_keyring *keys)
{
    ob_check_ok(ob_envelope_make(keys, PASSPHRASE, strlen(PASSPHRASE), CHEAP, NULL, NULL, out));
}

static ob_status open_with(const ob_buf *bytes, const char *passphrase, ob_keyring **out)
{
    ob_envelope envelope;
    ob_status status = ob_envelope_parse(&envelope, bytes->data, bytes->length);
    return OB_FAILED(status) ? status
                             : ob_envelope_open(&envelope, passphrase, strlen(passphrase), out);
}

/* After a change that an editor would follow up. */
static void sum_again(ob_buf *bytes)
{
    SHA256(bytes->data, bytes->length - 32, bytes->data + bytes->length - 32);
}

START_TEST(envelope__round_trip)
{
    ob_buf bytes = {0};
    ob_keyring *keys = rig_keys(3);
    ob_keyring *opened = NULL;
    make(&bytes, keys);
    ob_check_ok(open_with(&bytes, PASSPHRASE, &opened));
    ck_assert_mem_eq(opened, keys, sizeof *keys);
    ob_keyring_free(opened);
    opened = NULL;
    ob_check_status(open_with(&bytes, "correct horse batterY", &opened), OB_E_PASSPHRASE_WRONG);
    ob_check_status(open_with(&bytes, "short", &opened), OB_E_PASSPHRASE_WRONG);
    ob_check_status(open_with(&bytes, "\xFF\xFF 0123456789abcdef", &opened), OB_E_PASSPHRASE_WRONG);
    ck_assert_ptr_null(opened);
    ob_keyring_free(keys);
    ob_buf_free(&bytes);
}
END_TEST

START_TEST(envelope__every_byte_counts)
{
    ob_buf bytes = {0};
    ob_keyring *keys = rig_keys(1);
    ob_keyring *opened = NULL;
    ob_envelope envelope;
    make(&bytes, keys);
    for (size_t i = 0; i < bytes.length; i++) {
        bytes.data[i] ^= 0x10;
        ob_check_status(ob_envelope_parse(&envelope, bytes.data, bytes.length), OB_E_CORRUPT);
        if (i < bytes.length - 32) {
            /* Edited, with a fitting checksum. */
            uint8_t sum[32];
            memcpy(sum, bytes.data + bytes.length - 32, 32);
            sum_again(&bytes);
            ob_status status = open_with(&bytes, PASSPHRASE, &opened);
            ck_assert_msg(status == OB_E_PASSPHRASE_WRONG || status == OB_E_CORRUPT ||
                              status == OB_E_FORMAT_VERSION,
                          "byte %zu gave %x", i, (unsigned)status);
            memcpy(bytes.data + bytes.length - 32, sum, 32);
        }
        bytes.data[i] ^= 0x10;
    }
    for (size_t length = 0; length < bytes.length; length++) {
        ob_check_status(ob_envelope_parse(&envelope, bytes.data, length), OB_E_CORRUPT);
    }
    ck_assert_ptr_null(opened);
    ob_keyring_free(keys);
    ob_buf_free(&bytes);
}
END_TEST

START_TEST(envelope__cannot_eat_memory)
{
    ob_buf bytes = {0};
    ob_keyring *keys = rig_keys(1);
    ob_envelope envelope;
    make(&bytes, keys);
    bytes.data[11] = 40;
    sum_again(&bytes);
    ob_check_status(ob_envelope_parse(&envelope, bytes.data, bytes.length), OB_E_CORRUPT);
    ob_check_detail("N=2^40");
    bytes.data[11] = 17;
    bytes.data[12] = 255;
    sum_again(&bytes);
    ob_check_status(ob_envelope_parse(&envelope, bytes.data, bytes.length), OB_E_CORRUPT);
    ob_keyring_free(keys);
    ob_buf_free(&bytes);
}
END_TEST

START_TEST(envelope__newer_version_says_so)
{
    ob_buf bytes = {0};
    ob_keyring *keys = rig_keys(1);
    ob_envelope envelope;
    make(&bytes, keys);
    bytes.data[8] = 2;
    sum_again(&bytes);
    ob_check_status(ob_envelope_parse(&envelope, bytes.data, bytes.length), OB_E_FORMAT_VERSION);
    ob_keyring_free(keys);
    ob_buf_free(&bytes);
}
END_TEST

START_TEST(envelope__vector)
{
    ob_buf salt = vector_bytes("envelope.json", "salt");
    ob_buf nonce = vector_bytes("envelope.json", "nonce");
    ob_buf wanted = vector_bytes("envelope.json", "envelope");
    const char *passphrase = vector_text("envelope.json", "passphrase");
    ob_buf bytes = {0};
    ob_keyring *keys = rig_keys(2);
    ob_keyring *opened = NULL;
    ob_check_ok(ob_envelope_make(keys, passphrase, strlen(passphrase), OB_SCRYPT_DEFAULT, salt.data,
                                 nonce.data, &bytes));
    vector_check(&bytes, &wanted, "envelope");
    ob_check_ok(open_with(&wanted, passphrase, &opened));
    ck_assert_mem_eq(opened, keys, sizeof *keys);
    ob_keyring_free(keys);
    ob_keyring_free(opened);
    ob_buf_free(&bytes);
}
END_TEST

START_TEST(envelope__without_memory)
{
    ob_keyring *keys = rig_keys(1);
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_buf bytes = {0};
        ob_keyring *opened = NULL;
        ob_test_alloc_begin(n, false);
        ob_status status =
            ob_envelope_make(keys, PASSPHRASE, strlen(PASSPHRASE), CHEAP, NULL, NULL, &bytes);
        if (!OB_FAILED(status)) {
            status = open_with(&bytes, PASSPHRASE, &opened);
        }
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
        ck_assert(hit == (opened == NULL));
        ob_keyring_free(opened);
        ob_buf_free(&bytes);
    }
    ob_keyring_free(keys);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, envelope__round_trip);
    tcase_add_test(cases, envelope__every_byte_counts);
    tcase_add_test(cases, envelope__cannot_eat_memory);
    tcase_add_test(cases, envelope__newer_version_says_so);
    tcase_add_test(cases, envelope__vector);
    tcase_add_test(cases, envelope__without_memory);
}
OB_TEST_MAIN("envelope", add_cases)
