#include "items.h"

#include "cli_test.h"
#include "commands.h"

#include <string.h>

static ob_item item = {.type = 1, .mode = 0104755, .size = 512, .path = (char *)"usr/bin/a\nb"};

START_TEST(items__lines_come_as_they_are_put)
{
    ob_cli *cli = cli_bare();
    ob_items items = ob_items_begin(cli);
    ob_check_ok(ob_items_put(&items, &item));
    ob_items_flush(&items);
    ck_assert_str_eq(cli_out(), "-rwsr-xr-x      512 B                       usr/bin/a\\nb\n");
    ck_assert_int_eq(ob_items_end(&items), OB_EXIT_OK);
    ob_items_free(&items);
}
END_TEST

START_TEST(items__json_is_whole_or_not_there)
{
    ob_cli *cli = cli_bare();
    cli->json = true;
    ob_items items = ob_items_begin(cli);
    ob_check_ok(ob_items_put(&items, &item));
    ob_items_flush(&items);
    ck_assert_str_eq(cli_out(), "");
    ob_check_ok(ob_items_put(&items, &item));
    ck_assert_int_eq(ob_items_end(&items), OB_EXIT_OK);
    ck_assert(cli_out_starts("[{\"type\":\"file\",\"mode\":\"4755\","));
    ck_assert(cli_out_has("},\n{"));
    ob_items_free(&items);
    ob_test_alloc_begin(1, true);
    ob_items none = ob_items_begin(cli);
    ob_status status = ob_items_put(&none, &item);
    ob_test_alloc_end();
    ck_assert_int_eq(status, OB_E_NO_MEMORY);
    ob_items_free(&none);
}
END_TEST

START_TEST(items__pattern)
{
    ob_cli *cli = cli_bare();
    ob_cli_option search = {OB_OPTION_SEARCH, "*.c"};
    ob_cli_option recursive = {OB_OPTION_RECURSIVE, NULL};
    ck_assert_str_eq(ob_items_pattern(cli), "");
    cli->options = &recursive;
    cli->option_count = 1;
    ck_assert_str_eq(ob_items_pattern(cli), "*");
    cli->options = &search;
    ck_assert_str_eq(ob_items_pattern(cli), "*.c");
    cli->options = NULL;
    cli->option_count = 0;
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, cli_setup, cli_teardown);
    tcase_add_test(cases, items__lines_come_as_they_are_put);
    tcase_add_test(cases, items__json_is_whole_or_not_there);
    tcase_add_test(cases, items__pattern);
}

OB_TEST_MAIN("items", add_cases)
