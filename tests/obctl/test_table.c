#include "ob/test.h"
#include "table.h"

#include <string.h>

#define EURO "\xe2\x82\xac" /* one column, three bytes */
#define WIDE "\xe4\xb8\xad" /* a Chinese character: two columns */
#define ACUTE "e\xcc\x81"   /* e and a combining accent: one column */
#define DOTS "\xe2\x80\xa6" /* "…" */

static const char *text_of(ob_buf *buf)
{
    ob_buf_put_u8(buf, 0);
    ck_assert(!buf->failed);
    return ob_test_format("%s", (const char *)buf->data);
}

START_TEST(table__width_is_of_the_screen)
{
    ck_assert_uint_eq(ob_width("", 0), 0);
    ck_assert_uint_eq(ob_width("abc", 3), 3);
    ck_assert_uint_eq(ob_width(EURO, 3), 1);
    ck_assert_uint_eq(ob_width(WIDE "x", 4), 3);
    ck_assert_uint_eq(ob_width(ACUTE, 3), 1);
    ck_assert_uint_eq(ob_width("a\xff\xfe", 3), 3);
}
END_TEST

START_TEST(table__cut)
{
    static const struct {
        const char *text;
        size_t width;
        bool keep_end;
        const char *wanted;
    } cases[] = {
        {"abc", 3, false, "abc"},
        {"abcd", 3, false, "ab" DOTS},
        {"abcd", 3, true, DOTS "cd"},
        {"abcd", 1, false, DOTS},
        {"abcd", 1, true, DOTS},
        {"abcd", 0, false, ""},
        {"", 0, true, ""},
        {WIDE WIDE, 3, false, WIDE DOTS},
        {WIDE WIDE, 3, true, DOTS WIDE},
        {WIDE WIDE, 2, false, DOTS}, /* half a character is none */
        {WIDE WIDE, 2, true, DOTS},
        {ACUTE ACUTE "x", 2, false, ACUTE DOTS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ob_buf out = {0};
        ob_width_cut(&out, cases[i].text, cases[i].width, cases[i].keep_end);
        ck_assert_str_eq(text_of(&out), cases[i].wanted);
        ob_buf_free(&out);
    }
}
END_TEST

START_TEST(table__safe_text)
{
    ob_buf out = {0};
    ob_put_safe(&out, "a\x1b[2Jb\nc\xc2\x9b"
                      "d\xff" EURO "\x7f");
    ck_assert_str_eq(text_of(&out), "a [2Jb c d " EURO " ");
    ob_buf_free(&out);
}
END_TEST

static const ob_column columns[] = {
    {.title = "NAME"},
    {.title = "SIZE", .right = true},
    {.title = "EXTRA", .optional = true},
    {.title = "PATH", .cut = true, .keep_end = true},
};

static const char *render(size_t width)
{
    ob_buf out = {0};
    ob_table table = {.columns = columns, .column_count = 4};
    const char *first[] = {"a", "7", "e", "/usr/share/doc/file"};
    const char *second[] = {WIDE, "1234", NULL, "x\ny"};
    ob_table_row(&table, first);
    ob_table_row(&table, second);
    ob_check_ok(ob_table_render(&table, width, &out));
    const char *text = text_of(&out);
    ob_buf_free(&out);
    ob_table_clear(&table);
    return text;
}

START_TEST(table__columns_are_aligned)
{
    ck_assert_str_eq(render(0),
                     "NAME  SIZE  EXTRA  PATH\n"
                     "a        7  e      /usr/share/doc/file\n" WIDE "    1234         x y\n");
    ck_assert_str_eq(render(38), render(0));
}
END_TEST

START_TEST(table__narrow_screens_lose_what_they_can)
{
    ck_assert_str_eq(render(31), "NAME  SIZE  PATH\n"
                                 "a        7  /usr/share/doc/file\n" WIDE "    1234  x y\n");
    ck_assert_str_eq(render(25), "NAME  SIZE  PATH\n"
                                 "a        7  " DOTS "are/doc/file\n" WIDE "    1234  x y\n");
    ck_assert_str_eq(render(3), "NAME  SIZE  PATH\n"
                                "a        7  " DOTS "oc/file\n" WIDE "    1234  x y\n");
}
END_TEST

START_TEST(table__pairs)
{
    ob_buf out = {0};
    ob_table table = ob_table_of_pairs();
    ob_table_pair(&table, "Name", "value");
    ob_table_pair(&table, "N", "");
    ob_check_ok(ob_table_render(&table, 80, &out));
    ck_assert_str_eq(text_of(&out), "Name  value\nN\n");
    ob_buf_free(&out);
    ob_table_clear(&table);
}
END_TEST

START_TEST(table__survives_lack_of_memory)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_buf out = {0};
        ob_table table = ob_table_of_pairs();
        ob_test_alloc_begin(n, false);
        ob_table_pair(&table, "Name", "value");
        ob_table_pair(&table, "Other", "value");
        ob_status status = ob_table_render(&table, 80, &out);
        ob_table_clear(&table);
        ob_buf_free(&out);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, table__width_is_of_the_screen);
    tcase_add_test(cases, table__cut);
    tcase_add_test(cases, table__safe_text);
    tcase_add_test(cases, table__columns_are_aligned);
    tcase_add_test(cases, table__narrow_screens_lose_what_they_can);
    tcase_add_test(cases, table__pairs);
    tcase_add_test(cases, table__survives_lack_of_memory);
}

OB_TEST_MAIN("table", add_cases)
