#include "json_check.h"

#include "ob/test.h"

#include <cjson/cJSON.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

START_TEST(json_check__takes_the_grammar)
{
    static const char *const good[] = {"null",
                                       " true ",
                                       "false",
                                       "0",
                                       "-0",
                                       "12",
                                       "1.5",
                                       "1e5",
                                       "1E+5",
                                       "-1.25e-3",
                                       "\"\"",
                                       "\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\"",
                                       "\"\\ud83d\\ude00\"",
                                       "\"\xC3\xA4\"",
                                       "[]",
                                       "{}",
                                       "[1, 2 ,3]",
                                       "{\"a\":1,\"b\":[{}]}",
                                       "\t\r\n[\n]",
                                       "\xEF\xBB\xBF{}"};
    for (size_t i = 0; i < COUNT(good); i++) {
        ck_assert_msg(ob_json_check(good[i], strlen(good[i])) == OB_OK, "%s: %s", good[i],
                      ob_detail());
    }
}
END_TEST

START_TEST(json_check__refuses_the_rest)
{
    static const char *const bad[] = {
        "",
        " ",
        "nul",
        "nulll",
        "True",
        "01",
        "1.",
        ".5",
        "+1",
        "-",
        "1e",
        "1e+",
        "0x1",
        "NaN",
        "\"",
        "\"a",
        "\"\n\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u0000\"",
        "\"\\ud83d\"",
        "\"\\ud83dx\"",
        "\"\\ud83d\\u0041\"",
        "\"\\ude00\"",
        "\"\\u12g4\"",
        "\"\xFF\"",
        "\"\xED\xA0\x80\"",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{",
        "{1:2}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\":1 \"b\":2}",
        "{,}",
        "]",
        "{} {}",
        "{}x",
        "1 2",
        "'a'",
        "{\"a\":1]",
        "/**/1",
        "1111111111111111111111111111111111111111111111111111111111111111111111111"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        ck_assert_msg(ob_json_check(bad[i], strlen(bad[i])) == OB_E_SYNTAX, "%s", bad[i]);
    }
    ob_check_status(ob_json_check("\"a\0b\"", 5), OB_E_SYNTAX);
    ob_check_status(ob_json_check("1\0", 2), OB_E_SYNTAX);
}
END_TEST

START_TEST(json_check__depth)
{
    char text[2 * OB_JSON_DEPTH + 3];
    memset(text, '[', OB_JSON_DEPTH);
    memset(text + OB_JSON_DEPTH, ']', OB_JSON_DEPTH);
    ob_check_ok(ob_json_check(text, 2 * (size_t)OB_JSON_DEPTH));
    memset(text, '[', OB_JSON_DEPTH + 1);
    memset(text + OB_JSON_DEPTH + 1, ']', OB_JSON_DEPTH + 1);
    ob_check_status(ob_json_check(text, sizeof text - 1), OB_E_SYNTAX);
    ob_check_detail("nested too deep");
}
END_TEST

START_TEST(json_check__names_the_place)
{
    const char *text = "{\n  \"a\": 1,\n  \"b\": x\n}";
    ob_check_status(ob_json_check(text, strlen(text)), OB_E_SYNTAX);
    ck_assert_str_eq(ob_detail(), "line 3, column 8: a value is missing");
}
END_TEST

/* Whatever the check lets through, cJSON takes too, or a NULL of cJSON could not be told from a
 * lack of memory. */
START_TEST(json_check__passes_nothing_that_cjson_refuses)
{
    static const char alphabet[] = "{}[]\",:0123e-+.\\untrfalsd8 \n\xC3\xA4";
    ob_test_rng rng = ob_test_rng_new(0x150);
    unsigned good = 0;
    for (int round = 0; round < 200000; round++) {
        char text[12];
        size_t length = 1 + (size_t)ob_test_rng_below(&rng, sizeof text - 1);
        for (size_t i = 0; i < length; i++) {
            text[i] = alphabet[ob_test_rng_below(&rng, sizeof alphabet - 1)];
        }
        if (ob_json_check(text, length) == OB_OK) {
            cJSON *json = cJSON_ParseWithLength(text, length);
            ck_assert_msg(json != NULL, "%.*s", (int)length, text);
            cJSON_Delete(json);
            good++;
        }
    }
    ck_assert_uint_gt(good, 1000);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, json_check__takes_the_grammar);
    tcase_add_test(cases, json_check__refuses_the_rest);
    tcase_add_test(cases, json_check__depth);
    tcase_add_test(cases, json_check__names_the_place);
    tcase_add_test(cases, json_check__passes_nothing_that_cjson_refuses);
}

OB_TEST_MAIN("json_check", add_cases)
