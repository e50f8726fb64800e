#include "holds.h"

#include "ob/test.h"
#include "ob/text.h"

#include <string.h>

#define DAY INT64_C(86400000000000)

static const uint8_t low[OB_HOLD_ID] = {1};
static const uint8_t high[OB_HOLD_ID] = {2};

/* A pack that is retained, one that is marked, a point, and the lock. */
static ob_holds make(void)
{
    ob_holds holds = {0};
    uint64_t token = 0;
    ob_holds_tick(&holds, 1000);
    ob_check_ok(ob_holds_ensure(&holds, OB_OBJECT_POINT, low, 1));
    ob_check_ok(ob_holds_ensure(&holds, OB_OBJECT_PACK, high, 1));
    ob_check_ok(ob_holds_ensure(&holds, OB_OBJECT_PACK, low, 1));
    ob_check_ok(ob_holds_lock(&holds, 2, &token));
    ob_check_ok(ob_holds_renew(&holds, token, 3));
    ob_holds_keep(&holds, ob_holds_find(&holds, OB_OBJECT_PACK, low), 1);
    ck_assert(ob_holds_mark(&holds, ob_holds_find(&holds, OB_OBJECT_PACK, high), token, 2));
    return holds;
}

static const char head_hex[] = "4f42484f4c445300" /* magic */
                               "01000000"
                               "03000000"
                               "0100000000000000" /* token */
                               "e861d0b200000000" /* 3 s + 1000 */
                               "e803000000000000"
                               "e803000000000000";

START_TEST(holds__have_these_bytes)
{
    ob_holds holds = make();
    ob_buf out = {0};
    uint8_t head[48];
    ob_check_ok(ob_hex_decode(head, sizeof head, head_hex, sizeof head_hex - 1));
    ob_check_ok(ob_holds_write(&holds, &out));
    ck_assert_uint_eq(out.length, 48 + 3 * 72 + 32);
    ck_assert_mem_eq(out.data, head, sizeof head);
    /* pack 1, retained for a day */
    ob_reader reader = ob_reader_of(out.data + 48, 3 * 72);
    ck_assert_uint_eq(ob_read_u64(&reader), OB_OBJECT_PACK);
    ck_assert_mem_eq(ob_read_bytes(&reader, 32), low, 32);
    ck_assert_uint_eq(ob_read_u64(&reader), DAY + 1000);
    ck_assert_uint_eq(ob_read_u64(&reader), 0);
    ck_assert_uint_eq(ob_read_u64(&reader), 0);
    ck_assert_uint_eq(ob_read_u64(&reader), 0);
    /* pack 2, marked for two days by token 1 */
    ck_assert_uint_eq(ob_read_u64(&reader), OB_OBJECT_PACK);
    ck_assert_mem_eq(ob_read_bytes(&reader, 32), high, 32);
    ck_assert_uint_eq(ob_read_u64(&reader), 0);
    ck_assert_uint_eq(ob_read_u64(&reader), 1000);
    ck_assert_uint_eq(ob_read_u64(&reader), 2 * DAY + 1000);
    ck_assert_uint_eq(ob_read_u64(&reader), 1);
    ck_assert_uint_eq(ob_read_u64(&reader), OB_OBJECT_POINT);
    ob_buf_free(&out);
    ob_holds_free(&holds);
}
END_TEST

START_TEST(holds__read_back)
{
    ob_holds holds = make();
    ob_holds again = {0};
    ob_buf first = {0};
    ob_buf second = {0};
    ob_holds_find(&holds, OB_OBJECT_POINT, low)->pending = true;
    ob_check_ok(ob_holds_write(&holds, &first));
    ob_check_ok(ob_holds_read(&again, first.data, first.length));
    ck_assert(ob_holds_find(&again, OB_OBJECT_POINT, low)->pending);
    ob_check_ok(ob_holds_write(&again, &second));
    ck_assert_uint_eq(first.length, second.length);
    ck_assert_mem_eq(first.data, second.data, first.length);
    ob_buf_free(&first);
    ob_buf_free(&second);
    ob_holds_free(&again);
    ob_holds_free(&holds);
}
END_TEST

START_TEST(holds__notice_any_damage)
{
    ob_holds holds = make();
    ob_holds again = {.token = 77};
    ob_buf bytes = {0};
    ob_check_ok(ob_holds_write(&holds, &bytes));
    for (size_t i = 0; i < bytes.length; i++) {
        bytes.data[i] ^= 0x10;
        ob_check_status(ob_holds_read(&again, bytes.data, bytes.length), OB_E_CORRUPT);
        bytes.data[i] ^= 0x10;
        ob_check_status(ob_holds_read(&again, bytes.data, i), OB_E_CORRUPT);
    }
    ck_assert_uint_eq(again.token, 77);
    ob_buf_free(&bytes);
    ob_holds_free(&holds);
}
END_TEST

static void write_anew(ob_holds *holds, ob_status wanted)
{
    ob_holds again = {0};
    ob_buf bytes = {0};
    ob_check_ok(ob_holds_write(holds, &bytes));
    ob_check_status(ob_holds_read(&again, bytes.data, bytes.length), wanted);
    ob_buf_free(&bytes);
    ob_holds_free(&again);
}

/* With a checksum that fits. */
START_TEST(holds__refuse_what_cannot_be)
{
    ob_holds holds = make();
    write_anew(&holds, OB_OK);
    holds.records[0].kind = OB_OBJECT_KINDS;
    write_anew(&holds, OB_E_CORRUPT);
    holds.records[0].kind = OB_OBJECT_PACK;
    memcpy(holds.records[0].id, high, sizeof high); /* twice */
    write_anew(&holds, OB_E_CORRUPT);
    memcpy(holds.records[0].id, low, sizeof low);
    holds.records[1].due = -1;
    write_anew(&holds, OB_E_CORRUPT);
    holds.records[1].due = INT64_MAX;
    write_anew(&holds, OB_E_CORRUPT);
    holds.records[1].due = 0;
    holds.locked = -1;
    write_anew(&holds, OB_E_CORRUPT);
    holds.locked = 0;
    holds.token = UINT64_MAX;
    write_anew(&holds, OB_E_CORRUPT);
    holds.token = UINT64_MAX - 1;
    write_anew(&holds, OB_OK);
    uint64_t token = 0;
    ob_check_status(ob_holds_lock(&holds, 1, &token), OB_E_CORRUPT);
    ob_holds_free(&holds);
}
END_TEST

START_TEST(holds__clock_never_goes_back_nor_far_ahead)
{
    ob_holds holds = {0};
    ob_holds_tick(&holds, 100 * DAY);
    ck_assert_int_eq(holds.now, 100 * DAY);
    ob_holds_tick(&holds, 103 * DAY);
    ck_assert_int_eq(holds.now, 103 * DAY);
    ob_holds_tick(&holds, 1000 * DAY);
    ck_assert_int_eq(holds.now, 110 * DAY);
    ob_holds_tick(&holds, 104 * DAY);
    ck_assert_int_eq(holds.now, 110 * DAY);
    ob_holds_tick(&holds, 105 * DAY);
    ck_assert_int_eq(holds.now, 111 * DAY);
    ob_holds_tick(&holds, INT64_MIN);
    ck_assert_int_eq(holds.now, 111 * DAY);
    ob_holds_tick(&holds, INT64_MAX);
    ck_assert_int_eq(holds.now, 118 * DAY);
    holds.now = INT64_MAX / 2 - 1;
    ob_holds_tick(&holds, 0);
    ob_holds_tick(&holds, DAY);
    ck_assert_int_eq(holds.now, INT64_MAX / 2 - 1);
    ob_holds before_1970 = {0};
    ob_holds_tick(&before_1970, -5 * DAY);
    ck_assert_int_gt(before_1970.now, 0);
}
END_TEST

START_TEST(holds__forget_what_says_nothing)
{
    ob_holds holds = make();
    ob_buf bytes = {0};
    ob_holds_tick(&holds, 2 * DAY);
    ob_holds_keep(&holds, ob_holds_find(&holds, OB_OBJECT_PACK, high), 0);
    ob_check_ok(ob_holds_write(&holds, &bytes));
    ck_assert_uint_eq(bytes.length, 48 + 72 + 32); /* the point */
    ob_holds_find(&holds, OB_OBJECT_POINT, low)->gone = true;
    ob_buf_clear(&bytes);
    ob_check_ok(ob_holds_write(&holds, &bytes));
    ck_assert_uint_eq(bytes.length, 48 + 32);
    ob_buf_free(&bytes);
    ob_holds_free(&holds);
}
END_TEST

START_TEST(holds__many_in_any_order)
{
    enum { COUNT = 5000 };
    static uint8_t ids[COUNT][OB_HOLD_ID];
    ob_holds holds = {0};
    ob_test_rng rng = ob_test_rng_new(3);
    for (size_t i = 0; i < COUNT; i++) {
        /* Some are there twice. */
        uint64_t value = ob_test_rng_below(&rng, COUNT * 4);
        memcpy(ids[i], &value, sizeof value);
    }
    for (size_t i = 0; i < COUNT; i += 500) {
        ob_check_ok(ob_holds_ensure(&holds, OB_OBJECT_PACK, ids[i], 500));
        ob_check_ok(ob_holds_ensure(&holds, OB_OBJECT_INDEX, ids[i], 5));
    }
    ck_assert_uint_le(holds.count, COUNT + 50);
    for (size_t i = 0; i < COUNT; i++) {
        ob_hold_record *record = ob_holds_find(&holds, OB_OBJECT_PACK, ids[i]);
        ck_assert_ptr_nonnull(record);
        ob_holds_keep(&holds, record, 1);
    }
    write_anew(&holds, OB_OK);
    uint8_t absent[OB_HOLD_ID] = {0xFF, 0xFF, 0xFF, 0xFF};
    ck_assert_ptr_null(ob_holds_find(&holds, OB_OBJECT_PACK, absent));
    ck_assert_ptr_null(ob_holds_find(&holds, OB_OBJECT_POINT, ids[0]));
    ob_holds_free(&holds);
}
END_TEST

START_TEST(holds__names_and_ids)
{
    static const char pack[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    static const char point[] = "0123456789abcdef-0123456789abcdef0123456789abcdef";
    ob_hold_record record = {.kind = OB_OBJECT_PACK};
    ob_object_name name;
    ob_check_ok(ob_hold_id_of(OB_OBJECT_PACK, pack, record.id));
    ob_hold_name_of(&record, name);
    ck_assert_str_eq(name, pack);
    record.kind = OB_OBJECT_POINT;
    ob_check_ok(ob_hold_id_of(OB_OBJECT_POINT, point, record.id));
    ob_hold_name_of(&record, name);
    ck_assert_str_eq(name, point);
    ob_check_status(ob_hold_id_of(OB_OBJECT_POINT, pack, record.id), OB_E_INVALID_ARGUMENT);
    ob_check_status(ob_hold_id_of(OB_OBJECT_KEY, "00000001", record.id), OB_E_INVALID_ARGUMENT);
    ob_check_status(ob_hold_id_of(OB_OBJECT_KINDS, "", record.id), OB_E_INVALID_ARGUMENT);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, holds__have_these_bytes);
    tcase_add_test(cases, holds__read_back);
    tcase_add_test(cases, holds__notice_any_damage);
    tcase_add_test(cases, holds__refuse_what_cannot_be);
    tcase_add_test(cases, holds__clock_never_goes_back_nor_far_ahead);
    tcase_add_test(cases, holds__forget_what_says_nothing);
    tcase_add_test(cases, holds__many_in_any_order);
    tcase_add_test(cases, holds__names_and_ids);
}

OB_TEST_MAIN("holds", add_cases)
