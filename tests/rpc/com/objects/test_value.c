#include "com_test.h"

START_TEST(value__text_both_ways)
{
    BSTR text = NULL;
    ob_buf back = {0};
    ck_assert_int_eq(ob_bstr_of(&text, "gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80"), S_OK);
    ck_assert_uint_eq(SysStringLen(text), 7);
    ob_check_ok(ob_text_of_bstr(&back, text));
    ck_assert_str_eq((const char *)back.data, "gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80");
    ob_buf_free(&back);
    SysFreeString(text);
}
END_TEST

START_TEST(value__name_that_is_no_text_is_shown_escaped)
{
    BSTR text = NULL;
    ck_assert_int_eq(ob_bstr_of_n(&text, "a\xFF", 2), S_OK);
    com_check_bstr(text, L"a\\xff");
}
END_TEST

START_TEST(value__null_bstr_is_empty)
{
    ob_buf text = {0};
    ob_check_ok(ob_text_of_bstr(&text, NULL));
    ck_assert_uint_eq(text.length, 0);
    ck_assert_str_eq((const char *)text.data, "");
    ob_buf_free(&text);
}
END_TEST

START_TEST(value__missing_null_and_empty_are_missing)
{
    VARIANT value = com_missing();
    ck_assert(ob_variant_missing(&value));
    V_VT(&value) = VT_NULL;
    ck_assert(ob_variant_missing(&value));
    V_VT(&value) = VT_EMPTY;
    ck_assert(ob_variant_missing(&value));
    V_VT(&value) = VT_I4;
    ck_assert(!ob_variant_missing(&value));
}
END_TEST

static void check_json(const VARIANT *value, const char *wanted)
{
    cJSON *json = NULL;
    ob_buf text = {0};
    ob_check_ok(ob_json_of_variant(&json, value));
    ob_check_ok(ob_json_print(&text, json));
    ck_assert_str_eq(ob_buf_take_text(&text), wanted);
    ob_json_free(json);
}

START_TEST(value__one_text_or_an_array_becomes_json)
{
    VARIANT one = com_text(L"a");
    check_json(&one, "[\"a\"]");
    VariantClear(&one);

    VARIANT array;
    VariantInit(&array);
    V_VT(&array) = VT_ARRAY | VT_BSTR;
    V_ARRAY(&array) = SafeArrayCreateVector(VT_BSTR, 0, 2);
    for (LONG i = 0; i < 2; i++) {
        BSTR text = SysAllocString(i ? L"y" : L"x");
        SafeArrayPutElement(V_ARRAY(&array), &i, text);
        SysFreeString(text);
    }
    check_json(&array, "[\"x\",\"y\"]");
    VariantClear(&array);

    V_VT(&array) = VT_ARRAY | VT_VARIANT;
    V_ARRAY(&array) = SafeArrayCreateVector(VT_VARIANT, 0, 1);
    LONG first = 0;
    VARIANT element = com_text(L"v");
    SafeArrayPutElement(V_ARRAY(&array), &first, &element);
    VariantClear(&element);
    check_json(&array, "[\"v\"]");
    VariantClear(&array);
}
END_TEST

START_TEST(value__array_of_numbers_is_refused)
{
    VARIANT array;
    cJSON *json = NULL;
    VariantInit(&array);
    V_VT(&array) = VT_ARRAY | VT_I4;
    V_ARRAY(&array) = SafeArrayCreateVector(VT_I4, 0, 1);
    ob_check_status(ob_json_of_variant(&json, &array), OB_E_INVALID_ARGUMENT);
    ck_assert_ptr_null(json);
    VariantClear(&array);
}
END_TEST

START_TEST(value__dates)
{
    ck_assert_double_eq(ob_date_of(0), 0.0);
    ck_assert_double_eq(ob_date_of(INT64_C(86400) * 1000000000), 25570.0);
}
END_TEST

START_TEST(value__guid_both_ways)
{
    ob_guid guid = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}}, back;
    BSTR text = NULL;
    ck_assert_int_eq(ob_bstr_of_guid(&text, &guid), S_OK);
    ob_check_ok(ob_guid_of_bstr(&back, text));
    ck_assert(ob_guid_equal(&guid, &back));
    com_check_bstr(text, L"01020304-0506-0708-090a-0b0c0d0e0f10");
    BSTR wrong = SysAllocString(L"no identity");
    ck_assert(OB_FAILED(ob_guid_of_bstr(&back, wrong)));
    SysFreeString(wrong);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, value__text_both_ways);
    tcase_add_test(cases, value__name_that_is_no_text_is_shown_escaped);
    tcase_add_test(cases, value__null_bstr_is_empty);
    tcase_add_test(cases, value__missing_null_and_empty_are_missing);
    tcase_add_test(cases, value__one_text_or_an_array_becomes_json);
    tcase_add_test(cases, value__array_of_numbers_is_refused);
    tcase_add_test(cases, value__dates);
    tcase_add_test(cases, value__guid_both_ways);
}

OB_TEST_MAIN("value", add_cases)
