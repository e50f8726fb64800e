#include "shown.h"

#include "ob/test.h"
#include "ob/text.h"

#include <string.h>

static void check_shown(const char *name, size_t most, bool escape, const char *wanted)
{
    char *got = ob_shown(name, most, escape);
    ck_assert_str_eq(got, wanted);
    ob_free(got);
}

START_TEST(shown__escapes_what_cannot_be_shown)
{
    check_shown("/a/b", 100, true, "/a/b");
    check_shown("a\nb", 100, true, "a\\nb");
    check_shown("a\xFF", 100, true, "a\\xff");
    check_shown("a\\b", 100, true, "a\\\\b");
    check_shown("a\\b", 100, false, "a\\b");
    check_shown("a\\\xFF", 100, false, "a\\\\\\xff");
}
END_TEST

START_TEST(shown__cuts_on_a_character)
{
    check_shown("abcdef", 3, true, "abc\xE2\x80\xA6");
    check_shown("abc", 3, true, "abc");
    check_shown("ab\xC3\xA4", 3, true, "ab\xE2\x80\xA6");
    check_shown("\xE2\x82\xAC\xE2\x82\xAC", 5, false, "\xE2\x82\xAC\xE2\x80\xA6");
    for (size_t most = 0; most < 12; most++) {
        char *got = ob_shown("\xE2\x82\xAC\xC3\xA4\xF0\x9F\x98\x80x", most, true);
        ck_assert(ob_utf8_valid(got, strlen(got)));
        ob_free(got);
    }
}
END_TEST

START_TEST(shown__without_memory_there_is_none)
{
    ob_test_alloc_begin(1, true);
    char *got = ob_shown("x", 10, true);
    ck_assert(ob_test_alloc_end());
    ck_assert_ptr_null(got);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, shown__escapes_what_cannot_be_shown);
    tcase_add_test(cases, shown__cuts_on_a_character);
    tcase_add_test(cases, shown__without_memory_there_is_none);
}

OB_TEST_MAIN("shown", add_cases)
