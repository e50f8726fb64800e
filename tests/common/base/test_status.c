#include "ob/test.h"
#include "ob/text.h"

#include <string.h>

START_TEST(status__rows_are_sound)
{
    size_t count = 0;
    for (const ob_status_info *row; (row = ob_status_at(count)) != NULL; count++) {
        size_t length = strlen(row->message);
        ck_assert_msg(OB_FAILED(row->status), "%s", row->symbol);
        ck_assert_msg(strncmp(row->symbol, "OB_E_", 5) == 0, "%s", row->symbol);
        ck_assert_msg(length > 0 && row->message[length - 1] == '.', "%s", row->symbol);
        ck_assert_msg(row->advice[0] != '\0', "%s", row->symbol);
        ck_assert(ob_utf8_valid(row->message, length));
        ck_assert_ptr_eq(ob_status_lookup(row->status), row); /* so no value is there twice */
    }
    ck_assert_uint_gt(count, 30);
    ck_assert_ptr_null(ob_status_at(count));
}
END_TEST

START_TEST(status__lookup)
{
    ck_assert_str_eq(ob_status_lookup(OB_OK)->symbol, "OB_OK");
    ck_assert_str_eq(ob_status_lookup(OB_E_CORRUPT)->symbol, "OB_E_CORRUPT");
    ck_assert_int_eq(ob_status_lookup(1234)->status, OB_E_UNEXPECTED);
    ck_assert_uint_eq((uint32_t)OB_E_ACCESS_DENIED, 0x80070005u);
    ck_assert_uint_eq(ob_status_lookup(OB_E_CREDENTIALS_EXPIRED)->mars_code, 34514);
}
END_TEST

START_TEST(status__fail_sets_detail)
{
    ck_assert_str_eq(ob_detail(), "");
    ob_check_status(ob_fail(OB_E_IO, "%s at %d", "disk", 7), OB_E_IO);
    ck_assert_str_eq(ob_detail(), "disk at 7");
    ob_fail(OB_E_IO, "outer: %s", ob_detail()); /* the old detail is an argument */
    ck_assert_str_eq(ob_detail(), "outer: disk at 7");
    ob_detail_clear();
    ck_assert_str_eq(ob_detail(), "");
}
END_TEST

START_TEST(status__detail_cannot_forge_a_line)
{
    ob_fail(OB_E_IO, "a\nb\rc\x1B[0m\x7F\xC2\x85z\xFF\xC3\xA4");
    ck_assert_str_eq(ob_detail(), "a?b?c?[0m??z?\xC3\xA4");
}
END_TEST

START_TEST(status__detail_is_cut_between_characters)
{
    char text[2048];
    for (size_t lead = 0; lead < 4; lead++) {
        memset(text, 'x', lead);
        for (size_t i = lead; i + 4 < sizeof text; i += 3) {
            memcpy(text + i, "\xE2\x82\xAC", 4);
        }
        ob_fail(OB_E_IO, "%s", text);
        size_t length = strlen(ob_detail());
        ck_assert_uint_le(length, 1023);
        ck_assert_uint_ge(length, 1020);
        ck_assert_int_eq(strncmp(ob_detail(), text, length), 0);
        ck_assert(ob_utf8_valid(ob_detail(), length));
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, status__rows_are_sound);
    tcase_add_test(cases, status__lookup);
    tcase_add_test(cases, status__fail_sets_detail);
    tcase_add_test(cases, status__detail_cannot_forge_a_line);
    tcase_add_test(cases, status__detail_is_cut_between_characters);
}

OB_TEST_MAIN("status", add_cases)
