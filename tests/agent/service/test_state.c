#include "state.h"

#include "ob/test.h"

#include <string.h>

START_TEST(state__makes_the_folder)
{
    ob_state state = {0};
    ob_file_info info;
    const ob_fs *fs = ob_fs_os();
    const char *dir = ob_test_path(ob_test_path(ob_test_temp(), "a"), "b");
    ob_check_ok(ob_state_open(fs, dir, &state));
    ck_assert_str_eq(state.dir, dir);
    ck_assert_str_eq(state.db_path, ob_test_path(dir, "state.db"));
    ck_assert_str_eq(state.keys_path, ob_test_path(dir, "keys"));
    ck_assert(ob_test_exists(ob_test_path(dir, "cache")));
    ck_assert(ob_test_exists(ob_test_path(dir, "logs")));
    ob_check_ok(fs->stat(fs, NULL, dir, &info));
    ck_assert_uint_eq(info.mode & 077, 0);
    ob_state_close(&state);
    ob_state_close(&state);
    ob_check_ok(ob_state_open(fs, dir, &state));
    ob_state_close(&state);
}
END_TEST

START_TEST(state__is_for_one_agent)
{
    ob_state first = {0};
    ob_state second = {0};
    const char *dir = ob_test_temp();
    ob_check_ok(ob_state_open(ob_fs_os(), dir, &first));
    ob_check_status(ob_state_open(ob_fs_os(), dir, &second), OB_E_STATE_IN_USE);
    ob_check_detail(dir);
    ck_assert_ptr_null(second.dir);
    ob_state_close(&first);
    ob_check_ok(ob_state_open(ob_fs_os(), dir, &second));
    ob_state_close(&second);
}
END_TEST

START_TEST(state__must_be_absolute)
{
    ob_state state = {0};
    ob_check_status(ob_state_open(ob_fs_os(), "state", &state), OB_E_INVALID_ARGUMENT);
    ob_check_detail("\"state\"");
}
END_TEST

START_TEST(state__reports_what_fails)
{
    const char *dir = ob_test_temp();
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_state state = {0};
        ob_test_fs fs;
        ob_test_fs_init(&fs, ob_fs_os());
        ob_test_fs_fail(&fs, n, true);
        ob_status status = ob_state_open(&fs.fs, ob_test_path(dir, "x"), &state);
        hit = fs.hit;
        ob_check_status(status, hit ? OB_E_IO : OB_OK);
        ob_state_close(&state);
    }
}
END_TEST

START_TEST(state__memory_runs_out)
{
    const char *dir = ob_test_temp();
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_state state = {0};
        ob_test_alloc_begin(n, false);
        ob_status status = ob_state_open(ob_fs_os(), dir, &state);
        ob_state_close(&state);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, state__makes_the_folder);
    tcase_add_test(cases, state__is_for_one_agent);
    tcase_add_test(cases, state__must_be_absolute);
    tcase_add_test(cases, state__reports_what_fails);
    tcase_add_test(cases, state__memory_runs_out);
}

OB_TEST_MAIN("state", add_cases)
