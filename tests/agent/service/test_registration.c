#include "registration.h"

#include "ob/credentials.h"
#include "ob/json.h"
#include "ob/test.h"
#include "settings.h"
#include "vault_fixture.h"

#include <cjson/cJSON.h>
#include <string.h>

static vault_fixture vault;
static ob_db *db;
static ob_registration_machine machine;

static void setup(void)
{
    vault_fixture_make(&vault);
    ob_check_ok(ob_db_open(ob_test_path(ob_test_temp(), "state.db"), &db));
    machine = (ob_registration_machine){ob_fs_os(), &vault.clock.clock, &vault.machine, "server"};
}

static void teardown(void)
{
    ob_db_close(db);
    db = NULL;
}

static ob_status redeem(const ob_buf *text, ob_registration *out)
{
    return ob_registration_redeem(db, &machine, text->data, text->length, out);
}

START_TEST(registration__is_remembered)
{
    ob_registration made = {0};
    ob_registration kept = {0};
    ob_check_status(ob_registration_load(db, &kept), OB_E_NOT_REGISTERED);
    ob_check_ok(redeem(vault_fixture_issue(&vault), &made));
    ob_check_ok(ob_registration_load(db, &kept));
    ck_assert(ob_guid_equal(&made.vault_id, &kept.vault_id));
    ck_assert_str_eq(kept.address, vault.address);
    ck_assert_str_eq(kept.name, "vault");
    ck_assert_str_eq(kept.region, "local");
    ck_assert_str_eq(kept.thumbprint, made.thumbprint);
    ck_assert_uint_eq(strspn(kept.thumbprint, "0123456789ABCDEF"), 40);
    ck_assert_uint_eq(strspn(kept.pin, "0123456789ABCDEF"), 64);
    ob_registration_free(&made);
    ob_registration_free(&made);
    ob_registration_free(&kept);
}
END_TEST

START_TEST(registration__opens_the_machines_objects)
{
    ob_registration made = {0};
    ob_store *store = NULL;
    ob_check_ok(redeem(vault_fixture_issue(&vault), &made));
    ob_check_ok(ob_registration_open(&made, ob_fs_os(), &vault.machine, &store));
    ob_check_ok(store->ops->put(store, OB_OBJECT_KEY, "00000001", "x", 1));
    ob_store_close(store);
    ck_assert(ob_test_exists(vault_fixture_path(&vault, "key")));
    ob_guid other = {{0xEE}};
    store = NULL;
    ob_check_status(ob_registration_open(&made, ob_fs_os(), &other, &store), OB_E_NOT_REGISTERED);
    ob_registration_free(&made);
}
END_TEST

START_TEST(registration__again_with_the_same_vault)
{
    ob_registration made = {0};
    ob_check_ok(redeem(vault_fixture_issue(&vault), &made));
    ob_registration_free(&made);
    ob_check_ok(redeem(vault_fixture_issue(&vault), &made));
    ob_registration_free(&made);
}
END_TEST

START_TEST(registration__with_another_vault_is_refused)
{
    vault_fixture other;
    ob_registration made = {0};
    ob_registration refused = {0};
    vault_fixture_make(&other);
    ob_check_ok(redeem(vault_fixture_issue(&vault), &made));
    ob_check_status(redeem(vault_fixture_issue(&other), &refused), OB_E_REGISTERED_ELSEWHERE);
    ob_check_detail(vault.address);
    ck_assert_ptr_null(refused.name);
    ob_check_ok(ob_registration_load(db, &refused));
    ck_assert_str_eq(refused.address, vault.address);
    ob_registration_free(&made);
    ob_registration_free(&refused);
}
END_TEST

START_TEST(registration__credentials_that_are_no_good)
{
    ob_registration made = {0};
    const ob_buf *old = vault_fixture_issue(&vault);
    const ob_buf *text = vault_fixture_issue(&vault);
    ob_check_status(redeem(old, &made), OB_E_CREDENTIALS_SUPERSEDED);
    ob_buf cut = {.data = text->data, .length = text->length / 2};
    ob_check_status(redeem(&cut, &made), OB_E_CREDENTIALS_INVALID);
    ob_test_clock_advance(&vault.clock, UINT64_C(49) * 3600 * 1000000000);
    ob_check_status(redeem(text, &made), OB_E_CREDENTIALS_EXPIRED);
    ob_check_status(ob_registration_load(db, &made), OB_E_NOT_REGISTERED);
}
END_TEST

START_TEST(registration__a_vault_that_is_away)
{
    ob_registration made = {0};
    const ob_buf *text = vault_fixture_issue(&vault);
    ob_check_ok(ob_fs_remove_tree(ob_fs_os(), vault.folder));
    ob_check_status(redeem(text, &made), OB_E_VAULT_UNREACHABLE);
    ob_check_status(ob_registration_load(db, &made), OB_E_NOT_REGISTERED);
}
END_TEST

START_TEST(registration__a_kind_of_address_not_served)
{
    static char https[] = "https://vault.example:8443";
    ob_registration elsewhere = {.address = https};
    ob_store *store = NULL;
    ob_check_status(ob_registration_open(&elsewhere, ob_fs_os(), &vault.machine, &store),
                    OB_E_NOT_SUPPORTED);
    ob_check_detail(https);
}
END_TEST

START_TEST(registration__a_damaged_record_is_told)
{
    ob_registration kept = {0};
    ob_check_ok(ob_settings_put(db, OB_SETTING_VAULT, "{\"id\":\"x\"}"));
    ob_check_status(ob_registration_load(db, &kept), OB_E_CORRUPT);
    ob_check_ok(ob_settings_put(db, OB_SETTING_VAULT,
                                "{\"id\":\"x\",\"name\":\"\",\"address\":\"\",\"region\":\"\","
                                "\"thumbprint\":\"\",\"pin\":\"\"}"));
    ob_check_status(ob_registration_load(db, &kept), OB_E_CORRUPT);
    ck_assert_ptr_null(kept.name);
}
END_TEST

START_TEST(registration__documents)
{
    ob_registration made = {0};
    ob_buf text = {0};
    cJSON *json = NULL;
    ob_check_ok(redeem(vault_fixture_issue(&vault), &made));
    ob_check_ok(ob_registration_print(&made, &vault.machine, &text));
    ob_check_ok(ob_json_parse(&json, text.data, text.length));
    ob_json_object object = ob_json_object_of(json, "registration");
    const char *value = NULL;
    static const char *const names[] = {"machine_id", "vault_id", "vault_name", "thumbprint",
                                        "region"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ob_json_need(&object, names[i]);
        ob_json_get_text(&object, names[i], 100, &value);
        ck_assert_uint_gt(strlen(value), 0);
    }
    ob_check_ok(ob_json_no_more(&object));
    ob_json_free(json);
    json = ob_registration_json(&made);
    ck_assert_int_eq(cJSON_GetArraySize(json), 5);
    ob_json_free(json);
    ob_buf_free(&text);
    ob_registration_free(&made);
}
END_TEST

START_TEST(registration__memory_runs_out)
{
    const ob_buf *text = vault_fixture_issue(&vault);
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_registration made = {0};
        ob_test_alloc_begin(n, false);
        ob_status status = redeem(text, &made);
        ob_registration_free(&made);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, registration__is_remembered);
    tcase_add_test(cases, registration__opens_the_machines_objects);
    tcase_add_test(cases, registration__again_with_the_same_vault);
    tcase_add_test(cases, registration__with_another_vault_is_refused);
    tcase_add_test(cases, registration__credentials_that_are_no_good);
    tcase_add_test(cases, registration__a_vault_that_is_away);
    tcase_add_test(cases, registration__a_kind_of_address_not_served);
    tcase_add_test(cases, registration__a_damaged_record_is_told);
    tcase_add_test(cases, registration__documents);
    tcase_add_test(cases, registration__memory_runs_out);
}

OB_TEST_MAIN("registration", add_cases)
