#include "ob/rescue.h"

#include "inside.h"
#include "lost_machine.h"

#include <string.h>

static lost_machine lost;

static ob_status find(const char *name, ob_guid *out)
{
    return ob_rescue_find_machine(ob_fs_os(), lost.vault.folder, name, out);
}

START_TEST(rescue__finds_the_machine)
{
    ob_guid found = {{0}};
    char text[OB_GUID_TEXT];
    vault_fixture_make(&lost.vault);
    ob_check_status(find(NULL, &found), OB_E_NOT_FOUND);
    const ob_buf *credentials = vault_fixture_issue(&lost.vault);
    ob_check_ok(
        vault_fixture_redeem(&lost.vault, ob_fs_os(), credentials, &lost.vault.machine, "server"));
    ob_check_ok(find(NULL, &found));
    ck_assert(ob_guid_equal(&found, &lost.vault.machine));
    ob_check_status(find("nobody", &found), OB_E_NOT_FOUND);
    ob_guid other = {{7}};
    ob_check_ok(vault_fixture_redeem(&lost.vault, ob_fs_os(), credentials, &other, "mail"));
    ob_check_status(find(NULL, &found), OB_E_INVALID_ARGUMENT);
    ob_check_detail("mail (07000000-");
    ob_check_detail("server (");
    ck_assert(ob_guid_equal(&found, &lost.vault.machine)); /* as it was */
    ob_check_ok(find("mail", &found));
    ck_assert(ob_guid_equal(&found, &other));
    ob_guid_format(text, &lost.vault.machine);
    ob_check_ok(find(text, &found));
    ck_assert(ob_guid_equal(&found, &lost.vault.machine));
    /* Two machines of one name. */
    ob_guid third = {{8}};
    ob_check_ok(vault_fixture_redeem(&lost.vault, ob_fs_os(), credentials, &third, "mail"));
    ob_check_status(find("mail", &found), OB_E_INVALID_ARGUMENT);
    ck_assert(OB_FAILED(
        ob_rescue_find_machine(ob_fs_os(), ob_test_path(lost.vault.folder, "none"), NULL, &found)));
}
END_TEST

static ob_status open_with(const char *passphrase, const ob_guid *machine, ob_rescue **out)
{
    ob_rescue_options options = {.fs = ob_fs_os(),
                                 .clock = ob_clock_os(),
                                 .vault = lost.vault.folder,
                                 .machine = *machine,
                                 .passphrase = passphrase,
                                 .passphrase_length = strlen(passphrase)};
    return ob_rescue_open(&options, out);
}

START_TEST(rescue__opens_and_leaves_nothing)
{
    ob_rescue *rescue = NULL;
    lost_machine_make(&lost, NULL);
    ob_check_ok(open_with(LOST_PASSPHRASE, &lost.vault.machine, &rescue));
    const char *cache = ob_test_format("%s", rescue->cache_dir);
    ck_assert(ob_test_exists(cache));
    ob_rescue_close(rescue);
    ck_assert(!ob_test_exists(cache));
    ob_rescue_close(NULL);
}
END_TEST

START_TEST(rescue__refuses)
{
    ob_guid nobody = {{9}};
    ob_guid keyless = {{7}};
    ob_rescue *rescue = NULL;
    lost_machine_make(&lost, NULL);
    ob_check_status(ob_rescue_find_machine(ob_fs_os(), ob_test_temp(), NULL, &nobody),
                    OB_E_VAULT_UNREACHABLE);
    ob_check_detail("there is no vault in ");
    ob_check_status(open_with("not the passphrase at all", &lost.vault.machine, &rescue),
                    OB_E_PASSPHRASE_WRONG);
    ob_check_status(open_with(LOST_PASSPHRASE, &nobody, &rescue), OB_E_NOT_REGISTERED);
    ob_check_ok(vault_fixture_redeem(&lost.vault, ob_fs_os(), vault_fixture_issue(&lost.vault),
                                     &keyless, "mail"));
    ob_check_status(open_with(LOST_PASSPHRASE, &keyless, &rescue), OB_E_PASSPHRASE_NOT_SET);
    ck_assert_ptr_null(rescue);
}
END_TEST

START_TEST(rescue__memory_runs_out)
{
    ob_guid found = {{0}};
    bool hit = true;
    vault_fixture_make(&lost.vault);
    ob_store_close(vault_fixture_store(&lost.vault, ob_fs_os()));
    for (uint64_t n = 1; hit; n++) {
        ob_test_alloc_begin(n, false);
        ob_status status = find(NULL, &found);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        ck_assert(hit || status == OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, rescue__finds_the_machine);
    tcase_add_test(cases, rescue__opens_and_leaves_nothing);
    tcase_add_test(cases, rescue__refuses);
    tcase_add_test(cases, rescue__memory_runs_out);
}

OB_TEST_MAIN("rescue", add_cases)
