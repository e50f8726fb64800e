#include "ob/test.h"
#include "ob/text.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

START_TEST(text__utf8)
{
    static const char *const good[] = {"",
                                       "a",
                                       "\xC2\x80",
                                       "\xDF\xBF",
                                       "\xE0\xA0\x80",
                                       "\xED\x9F\xBF",
                                       "\xEE\x80\x80",
                                       "\xF0\x90\x80\x80",
                                       "\xF4\x8F\xBF\xBF"};
    static const char *const bad[] = {"\x80",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xC2",
                                      "\xE0\x9F\xBF",
                                      "\xED\xA0\x80",
                                      "\xED\xBF\xBF",
                                      "\xE2\x82",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xFF",
                                      "a\xC3z"};
    for (size_t i = 0; i < COUNT(good); i++) {
        ck_assert_msg(ob_utf8_valid(good[i], strlen(good[i])), "good %zu", i);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        ck_assert_msg(!ob_utf8_valid(bad[i], strlen(bad[i])), "bad %zu", i);
    }
    ck_assert(ob_utf8_valid("a\0b", 3));
    ck_assert_uint_eq(ob_utf8_sequence("\xE2\x82\xAC!", 4), 3);
    ck_assert_uint_eq(ob_utf8_sequence("\xE2\x82\xAC", 2), 0);
    ck_assert_uint_eq(ob_utf8_sequence("", 0), 0);
}
END_TEST

static const char *escaped(const char *name, size_t length)
{
    ob_buf out = {0};
    ob_text_escape(&out, name, length);
    char *text = ob_buf_take_text(&out);
    const char *kept = ob_test_format("%s", text);
    ob_free(text);
    return kept;
}

START_TEST(text__escape)
{
    ck_assert_str_eq(escaped("plain \xC3\xA4", 8), "plain \xC3\xA4");
    ck_assert_str_eq(escaped("a\nb\\c", 5), "a\\nb\\\\c");
    ck_assert_str_eq(escaped("\x01\x7F\0", 3), "\\x01\\x7f\\x00");
    ck_assert_str_eq(escaped("\xFF\xC3", 2), "\\xff\\xc3");
    ck_assert_str_eq(escaped("\xC2\x85\xED\xA0\x80", 5), "\\xc2\\x85\\xed\\xa0\\x80");
}
END_TEST

START_TEST(text__unescape_refuses)
{
    static const char *const bad[] = {"\\", "a\\", "\\x", "\\x1", "\\xg0", "\\q", "\\x 1"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        ob_buf out = {0};
        ob_check_status(ob_text_unescape(&out, bad[i], strlen(bad[i])), OB_E_SYNTAX);
        ob_buf_free(&out);
    }
}
END_TEST

START_TEST(text__escape_round_trip_property)
{
    ob_test_rng rng = ob_test_rng_new(0x7E47);
    for (int round = 0; round < 2000; round++) {
        static const char likely[] = "a\\\n\xC3\xA4\xED\xA0\x80\x7F";
        char name[24];
        size_t length = (size_t)ob_test_rng_below(&rng, sizeof name);
        for (size_t i = 0; i < length; i++) {
            uint64_t pick = ob_test_rng_next(&rng);
            name[i] = pick % 2 == 0 ? likely[(pick >> 8) % sizeof likely] : (char)(pick >> 8);
        }
        const char *text = escaped(name, length);
        ob_buf back = {0};
        ck_assert(ob_utf8_valid(text, strlen(text)));
        for (const char *c = text; *c != '\0'; c++) {
            ck_assert((unsigned char)*c >= 0x20 && *c != 0x7F);
        }
        ob_check_ok(ob_text_unescape(&back, text, strlen(text)));
        ck_assert_uint_eq(back.length, length);
        ck_assert(length == 0 || memcmp(back.data, name, length) == 0);
        ob_buf_free(&back);
    }
}
END_TEST

START_TEST(text__wtf8_round_trip_property)
{
    ob_test_rng rng = ob_test_rng_new(0x87F8);
    for (int round = 0; round < 2000; round++) {
        static const uint16_t likely[] = {'a', 0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0x20AC, 0xE000};
        uint16_t units[12];
        uint8_t bytes[24];
        size_t count = (size_t)ob_test_rng_below(&rng, COUNT(units));
        for (size_t i = 0; i < count; i++) {
            uint64_t pick = ob_test_rng_next(&rng);
            units[i] = pick % 4 != 0 ? likely[(pick >> 8) % COUNT(likely)] : (uint16_t)(pick >> 8);
            bytes[2 * i] = (uint8_t)units[i];
            bytes[2 * i + 1] = (uint8_t)(units[i] >> 8);
        }
        ob_buf wtf8 = {0};
        ob_buf back = {0};
        ob_check_ok(ob_wtf8_from_utf16(&wtf8, units, count));
        ob_check_ok(ob_wtf8_to_utf16(&back, wtf8.data, wtf8.length));
        ck_assert_uint_eq(back.length, 2 * count);
        ck_assert(count == 0 || memcmp(back.data, bytes, 2 * count) == 0);
        ob_buf_free(&wtf8);
        ob_buf_free(&back);
    }
}
END_TEST

START_TEST(text__wtf8_vectors)
{
    static const uint16_t pair[] = {0xD83D, 0xDE00};
    static const uint16_t lone[] = {0xDE00, 0xD83D};
    ob_buf out = {0};
    ob_check_ok(ob_wtf8_from_utf16(&out, pair, 2));
    ck_assert_uint_eq(out.length, 4);
    ck_assert_mem_eq(out.data, "\xF0\x9F\x98\x80", 4);
    ob_buf_clear(&out);
    ob_check_ok(ob_wtf8_from_utf16(&out, lone, 2));
    ck_assert_mem_eq(out.data, "\xED\xB8\x80\xED\xA0\xBD", 6);
    ob_buf_clear(&out);
    /* A pair as two surrogates: a second spelling of U+1F600. */
    ob_check_status(ob_wtf8_to_utf16(&out, "\xED\xA0\xBD\xED\xB8\x80", 6), OB_E_SYNTAX);
    ob_check_status(ob_wtf8_to_utf16(&out, "\xFF", 1), OB_E_SYNTAX);
    ob_check_status(ob_wtf8_to_utf16(&out, "\xED\xA0", 2), OB_E_SYNTAX);
    ob_buf_free(&out);
}
END_TEST

START_TEST(text__hex)
{
    char text[9];
    uint8_t bytes[4] = {7, 7, 7, 7};
    ob_hex_encode(text, "\x00\x1F\xA0\xFF", 4);
    ck_assert_str_eq(text, "001fa0ff");
    ob_check_status(ob_hex_decode(bytes, 4, "001fa0fg", 8), OB_E_SYNTAX);
    ob_check_status(ob_hex_decode(bytes, 4, "001fa0f", 7), OB_E_SYNTAX);
    ob_check_status(ob_hex_decode(bytes, 4, "001fa0ff00", 10), OB_E_SYNTAX);
    ck_assert_mem_eq(bytes, "\7\7\7\7", 4);
    ob_check_ok(ob_hex_decode(bytes, 4, "001FA0ff", 8));
    ck_assert_mem_eq(bytes, "\x00\x1F\xA0\xFF", 4);
}
END_TEST

START_TEST(text__base64)
{
    /* RFC 4648, 10 */
    static const char *const plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    static const char *const coded[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
                                        "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    static const char *const bad[] = {"Z",    "Zg",   "Zg=",    "Zh==", "Zm9=", "Zg==Zg==", "Z===",
                                      "====", "Zg= ", "Zm9v\n", "Zm9-", "=Zm9", "Z=9v"};
    for (size_t i = 0; i < COUNT(plain); i++) {
        ob_buf out = {0};
        ob_base64_put(&out, plain[i], strlen(plain[i]));
        ck_assert_uint_eq(out.length, strlen(coded[i]));
        ck_assert(out.length == 0 || memcmp(out.data, coded[i], out.length) == 0);
        ob_buf_clear(&out);
        ob_check_ok(ob_base64_decode(&out, coded[i], strlen(coded[i])));
        ck_assert_uint_eq(out.length, strlen(plain[i]));
        ck_assert(out.length == 0 || memcmp(out.data, plain[i], out.length) == 0);
        ob_buf_free(&out);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        ob_buf out = {0};
        ck_assert_msg(ob_base64_decode(&out, bad[i], strlen(bad[i])) == OB_E_SYNTAX, "%s", bad[i]);
        ob_buf_free(&out);
    }
}
END_TEST

START_TEST(text__guid)
{
    static const char text[] = "01020304-0506-0708-090a-0b0c0d0e0f10";
    static const char *const bad[] = {"",
                                      "01020304-0506-0708-090a-0b0c0d0e0f1",
                                      "01020304-0506-0708-090a-0b0c0d0e0f1g",
                                      "0102030405-06-0708-090a-0b0c0d0e0f10",
                                      "{01020304-0506-0708-090a-0b0c0d0e0f10",
                                      "010203040506-0708-090a-0b0c0d0e0f10-"};
    ob_guid guid = {{0}};
    char out[OB_GUID_TEXT];
    ck_assert(ob_guid_is_zero(&guid));
    for (size_t i = 0; i < COUNT(bad); i++) {
        ob_check_status(ob_guid_parse(&guid, bad[i], strlen(bad[i])), OB_E_SYNTAX);
    }
    ck_assert(ob_guid_is_zero(&guid));
    ob_check_ok(ob_guid_parse(&guid, text, strlen(text)));
    for (uint8_t i = 0; i < 16; i++) {
        ck_assert_uint_eq(guid.bytes[i], i + 1);
    }
    ob_guid_format(out, &guid);
    ck_assert_str_eq(out, text);
    ob_guid other;
    ob_check_ok(ob_guid_parse(&other, "{01020304-0506-0708-090A-0B0C0D0E0F10}", 38));
    ck_assert(ob_guid_equal(&guid, &other));
}
END_TEST

static int64_t parsed(const char *text)
{
    int64_t time = 0;
    ob_check_ok(ob_time_parse(&time, text, strlen(text)));
    return time;
}

START_TEST(text__time_vectors)
{
    char out[OB_TIME_TEXT];
    static const char *const bad[] = {"",
                                      "2026",
                                      "2026-13-01T00:00:00Z",
                                      "2026-02-29T00:00:00Z",
                                      "2026-01-01T24:00:00Z",
                                      "2026-01-01T00:60:00Z",
                                      "2026-01-01T00:00:61Z",
                                      "2026-01-01T00:00:00",
                                      "2026-01-01T00:00:00.Z",
                                      "2026-01-01T00:00:00+2:00",
                                      "2026-01-01T00:00:00+24:00",
                                      "2026-01-01T00:00:00Zx",
                                      "1600-01-01T00:00:00Z",
                                      "2300-01-01T00:00:00Z",
                                      "2026-00-01T00:00:00Z",
                                      "2026-01-00T00:00:00Z",
                                      "+026-01-01T00:00:00Z"};
    ck_assert_int_eq(parsed("1970-01-01T00:00:00Z"), 0);
    ck_assert_int_eq(parsed("2026-01-31T12:00:00Z"), INT64_C(1769860800000000000));
    ck_assert_int_eq(parsed("2026-01-31T12:00:00.25+01:30"), INT64_C(1769855400250000000));
    ck_assert_int_eq(parsed("2024-02-29T00:00:00-00:30"), INT64_C(1709166600000000000));
    ck_assert_int_eq(parsed("1969-12-31T23:59:59.123456789987Z"), INT64_C(-876543211));
    ck_assert_int_eq(parsed("1990-12-31T23:59:60Z"), parsed("1991-01-01T00:00:00Z"));
    ob_time_format(out, -1);
    ck_assert_str_eq(out, "1969-12-31T23:59:59Z");
    ob_time_format(out, INT64_MIN);
    ck_assert_str_eq(out, "1677-09-21T00:12:43Z");
    ob_time_format(out, INT64_MAX);
    ck_assert_str_eq(out, "2262-04-11T23:47:16Z");
    for (size_t i = 0; i < COUNT(bad); i++) {
        int64_t time = 42;
        ck_assert_msg(ob_time_parse(&time, bad[i], strlen(bad[i])) == OB_E_SYNTAX, "%s", bad[i]);
        ck_assert_int_eq(time, 42);
    }
}
END_TEST

START_TEST(text__time_round_trip_property)
{
    ob_test_rng rng = ob_test_rng_new(0x71ED);
    for (int round = 0; round < 5000; round++) {
        char out[OB_TIME_TEXT];
        int64_t seconds = (int64_t)ob_test_rng_below(&rng, 18000000000) - 9000000000;
        ob_time_format(out, seconds * 1000000000);
        ck_assert_int_eq(parsed(out), seconds * 1000000000);
    }
}
END_TEST

START_TEST(text__sizes_for_people)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } rows[] = {{0, "0 B"},
                {1023, "1023 B"},
                {1024, "1.0 KiB"},
                {1434, "1.4 KiB"},
                {1024 * 1024 - 1, "1.0 MiB"},
                {UINT64_C(3) << 30, "3.0 GiB"},
                {UINT64_C(1023) << 10, "1023.0 KiB"},
                {UINT64_MAX, "16.0 EiB"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char out[OB_SIZE_TEXT];
        ob_size_format(out, rows[i].bytes);
        ck_assert_str_eq(out, rows[i].text);
    }
}
END_TEST

START_TEST(text__durations_for_people)
{
    static const struct {
        uint64_t seconds;
        const char *text;
    } rows[] = {{0, "0 s"},          {59, "59 s"},         {60, "1 min 00 s"},
                {200, "3 min 20 s"}, {7500, "2 h 05 min"}, {UINT64_MAX, "9999999999 h 00 min"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char out[OB_SIZE_TEXT];
        ob_duration_format(out, rows[i].seconds);
        ck_assert_str_eq(out, rows[i].text);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, text__utf8);
    tcase_add_test(cases, text__escape);
    tcase_add_test(cases, text__unescape_refuses);
    tcase_add_test(cases, text__escape_round_trip_property);
    tcase_add_test(cases, text__wtf8_round_trip_property);
    tcase_add_test(cases, text__wtf8_vectors);
    tcase_add_test(cases, text__hex);
    tcase_add_test(cases, text__base64);
    tcase_add_test(cases, text__guid);
    tcase_add_test(cases, text__time_vectors);
    tcase_add_test(cases, text__time_round_trip_property);
    tcase_add_test(cases, text__sizes_for_people);
    tcase_add_test(cases, text__durations_for_people);
}

OB_TEST_MAIN("text", add_cases)
