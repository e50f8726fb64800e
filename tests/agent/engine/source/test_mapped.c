#include "source/mapped.h"

#include "ob/test.h"

#include <string.h>

static const ob_place_map maps[] = {{"/", "/shadow/1/"},
                                    {"/srv/data/", "/shadow/2/"},
                                    {"C:\\", "\\\\?\\GLOBALROOT\\Device\\Shadow1\\"},
                                    {"C:\\mount\\", "\\\\?\\GLOBALROOT\\Device\\Shadow2\\"}};

static const char *mapped(size_t first, size_t count, const char *place)
{
    ob_selection selection = {.maps = maps + first, .map_count = count};
    ob_buf out = {0};
    ob_check_ok(ob_place_mapped(&selection, place, &out));
    const char *text = ob_test_format("%s", (const char *)out.data);
    ck_assert_uint_eq(out.length, strlen(text) + 1);
    ob_buf_free(&out);
    return text;
}

START_TEST(mapped__by_the_longest_that_fits)
{
    static const struct {
        const char *place, *source;
    } rows[] = {
        {"/", "/shadow/1/"},
        {"/usr", "/shadow/1/usr"},
        {"/srv", "/shadow/1/srv"},
        {"/srv/data", "/shadow/2/"},
        {"/srv/data/x/y", "/shadow/2/x/y"},
        {"/srv/data2", "/shadow/1/srv/data2"},
        {"C:\\", "\\\\?\\GLOBALROOT\\Device\\Shadow1\\"},
        {"C:\\Users\\x", "\\\\?\\GLOBALROOT\\Device\\Shadow1\\Users\\x"},
        {"C:\\mount\\x", "\\\\?\\GLOBALROOT\\Device\\Shadow2\\x"},
        {"D:\\x", "D:\\x"},
        {"C", "C"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_str_eq(mapped(0, 4, rows[i].place), rows[i].source);
    }
}
END_TEST

START_TEST(mapped__without_a_map)
{
    ck_assert_str_eq(mapped(0, 0, "/usr"), "/usr");
    ck_assert_str_eq(mapped(1, 1, "/srv"), "/srv");
    ck_assert_str_eq(mapped(1, 1, "/"), "/");
}
END_TEST

START_TEST(mapped__without_memory)
{
    ob_selection selection = {.maps = maps, .map_count = 4};
    ob_buf out = {0};
    ob_test_alloc_begin(1, true);
    ob_status status = ob_place_mapped(&selection, "/usr", &out);
    ck_assert(ob_test_alloc_end());
    ob_check_status(status, OB_E_NO_MEMORY);
    ob_buf_free(&out);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, mapped__by_the_longest_that_fits);
    tcase_add_test(cases, mapped__without_a_map);
    tcase_add_test(cases, mapped__without_memory);
}

OB_TEST_MAIN("mapped", add_cases)
