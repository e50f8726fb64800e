#include "settings.h"

#include "ob/test.h"

#include <string.h>

static ob_db *db;
static const char *path;

static void setup(void)
{
    path = ob_test_path(ob_test_temp(), "state.db");
    ob_check_ok(ob_db_open(path, &db));
}

static void teardown(void)
{
    ob_db_close(db);
    db = NULL;
}

START_TEST(settings__put_and_get)
{
    char *value = NULL;
    ob_check_status(ob_settings_get(db, "x", &value), OB_E_NOT_FOUND);
    ck_assert_ptr_null(value);
    ob_check_ok(ob_settings_put(db, "x", "1"));
    ob_check_ok(ob_settings_put(db, "x", "2"));
    ob_check_ok(ob_settings_get(db, "x", &value));
    ck_assert_str_eq(value, "2");
    ob_free(value);
}
END_TEST

START_TEST(settings__machine_is_made_once)
{
    ob_guid first;
    ob_guid second;
    ob_check_ok(ob_settings_machine(db, &first));
    ck_assert(!ob_guid_is_zero(&first));
    ob_db_close(db);
    ob_check_ok(ob_db_open(path, &db));
    ob_check_ok(ob_settings_machine(db, &second));
    ck_assert(ob_guid_equal(&first, &second));
}
END_TEST

START_TEST(settings__a_damaged_machine_is_not_replaced)
{
    ob_guid machine = {{7}};
    ob_guid same = machine;
    ob_check_ok(ob_settings_put(db, OB_SETTING_MACHINE_ID, "nonsense"));
    ob_check_status(ob_settings_machine(db, &machine), OB_E_CORRUPT);
    ck_assert(ob_guid_equal(&machine, &same));
}
END_TEST

START_TEST(settings__compression)
{
    bool for_size = true;
    ob_check_ok(ob_settings_for_size(db, &for_size));
    ck_assert(!for_size);
    ob_check_ok(ob_settings_put(db, OB_SETTING_COMPRESSION, "small"));
    ob_check_ok(ob_settings_for_size(db, &for_size));
    ck_assert(for_size);
}
END_TEST

START_TEST(settings__memory_runs_out)
{
    ob_check_ok(ob_settings_put(db, "x", "1"));
    char *value = NULL;
    ob_test_alloc_begin(1, true);
    ob_status status = ob_settings_get(db, "x", &value);
    ck_assert(ob_test_alloc_end());
    ck_assert_int_eq(status, OB_E_NO_MEMORY);
    ck_assert_ptr_null(value);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, settings__put_and_get);
    tcase_add_test(cases, settings__machine_is_made_once);
    tcase_add_test(cases, settings__a_damaged_machine_is_not_replaced);
    tcase_add_test(cases, settings__compression);
    tcase_add_test(cases, settings__memory_runs_out);
}

OB_TEST_MAIN("settings", add_cases)
