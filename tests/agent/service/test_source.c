#include "source.h"

#include "ob/test.h"

#include <cjson/cJSON.h>
#include <string.h>

static const ob_guid machine = {{1, 2, 3}};
static const ob_guid other_machine = {{1, 2, 4}};

START_TEST(source__number_is_stable)
{
    int64_t id = 0;
    int64_t again = 0;
    ob_check_ok(ob_source_id(&machine, "/", false, &id));
    ob_check_ok(ob_source_id(&machine, "/", false, &again));
    ck_assert_int_eq(id, again);
    ck_assert_int_gt(id, 0);
    ck_assert(id < INT64_C(1) << 53);
    /* Fixed: scripts keep it for years. */
    ck_assert_int_eq(id, INT64_C(185915153168641));
    ob_check_ok(ob_source_id(&other_machine, "/", false, &again));
    ck_assert_int_ne(id, again);
}
END_TEST

START_TEST(source__number_of_a_volume_in_any_spelling)
{
    int64_t id = 0;
    int64_t again = 0;
    int64_t other = 0;
    ob_check_ok(ob_source_id(&machine, "C:\\", true, &id));
    ob_check_ok(ob_source_id(&machine, "c:", true, &again));
    ob_check_ok(ob_source_id(&machine, "D:\\", true, &other));
    ck_assert_int_eq(id, again);
    ck_assert_int_ne(id, other);
}
END_TEST

START_TEST(source__of_a_path)
{
    static const struct {
        const char *path;
        bool windows;
        const char *wanted;
    } rows[] = {
        {"/usr/share", false, "/"},
        {"/", false, "/"},
        {"c:\\x\\*.txt", true, "C:\\"},
        {"C:", true, "C:\\"},
        {"\\\\srv\\share\\x", true, "\\\\srv\\share\\"},
        {"\\\\?\\Volume{7f}\\x", true, "\\\\?\\Volume{7f}\\"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *name = NULL;
        ob_check_ok(ob_source_of_path(rows[i].path, rows[i].windows, &name));
        ck_assert_str_eq(name, rows[i].wanted);
        ob_free(name);
    }
    char *name = NULL;
    ob_check_status(ob_source_of_path("x", false, &name), OB_E_POLICY_INVALID);
}
END_TEST

START_TEST(source__list_has_each_volume_of_the_includes_once)
{
    static const ob_spec specs[] = {{"D:\\x", false, true, false},
                                    {"C:\\a", false, true, false},
                                    {"E:\\", true, true, false},
                                    {"d:\\y", false, true, false}};
    ob_source_list list = {0};
    ob_check_ok(ob_source_list_of(&list, specs, 4, true));
    ck_assert_uint_eq(list.count, 2);
    ck_assert_str_eq(list.names[0], "D:\\");
    ck_assert_str_eq(list.names[1], "C:\\");
    ck_assert(ob_source_list_has(&list, "c:", true));
    ck_assert(!ob_source_list_has(&list, "E:\\", true));
    ob_source_list_free(&list);
    ob_source_list_free(&list);
}
END_TEST

START_TEST(source__json)
{
    static const char *const names[] = {"/"};
    cJSON *json = NULL;
    ob_buf text = {0};
    ob_check_ok(ob_source_json(names, 1, &machine, false, &json));
    ob_check_ok(ob_json_print(&text, json));
    ob_buf_put_u8(&text, 0);
    ck_assert_str_eq((const char *)text.data, "[{\"id\":185915153168641,\"name\":\"/\"}]");
    ob_json_free(json);
    ob_buf_free(&text);
}
END_TEST

START_TEST(source__memory_runs_out)
{
    static const ob_spec specs[] = {{"C:\\a", false, true, false}, {"D:\\b", false, true, false}};
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_source_list list = {0};
        cJSON *json = NULL;
        ob_test_alloc_begin(n, false);
        ob_status status = ob_source_list_of(&list, specs, 2, true);
        if (status == OB_OK) {
            status =
                ob_source_json((const char *const *)list.names, list.count, &machine, true, &json);
        }
        ob_json_free(json);
        ob_source_list_free(&list);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        /* A name that cannot be compared is taken as another one: no harm, and it goes on. */
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, source__number_is_stable);
    tcase_add_test(cases, source__number_of_a_volume_in_any_spelling);
    tcase_add_test(cases, source__of_a_path);
    tcase_add_test(cases, source__list_has_each_volume_of_the_includes_once);
    tcase_add_test(cases, source__json);
    tcase_add_test(cases, source__memory_runs_out);
}

OB_TEST_MAIN("source", add_cases)
