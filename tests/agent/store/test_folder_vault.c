#include "ob/folder_vault.h"

#include "vault_fixture.h"

#include <string.h>

static bool is_empty(const char *folder)
{
    const ob_fs *fs = ob_fs_os();
    ob_dir *dir = NULL;
    ob_dir_entry entry = {0};
    ob_check_ok(fs->dir_open(fs, NULL, folder, &dir));
    ob_check_ok(fs->dir_read(fs, dir, &entry));
    bool empty = entry.name == NULL;
    fs->dir_close(fs, dir);
    return empty;
}

static ob_status create(const char *folder, const char *name)
{
    return ob_folder_vault_create(ob_fs_os(), ob_clock_os(), folder, name);
}

/* ---- creating ---- */

START_TEST(folder_vault__is_made_in_an_absent_or_empty_folder)
{
    vault_fixture fixture;
    ob_folder_vault_info info = {0};
    ob_file_info file;
    vault_fixture_make(&fixture);
    ob_check_ok(ob_folder_vault_describe(ob_fs_os(), fixture.folder, &info));
    ck_assert_str_eq(info.name, "vault");
    ck_assert(!ob_guid_is_zero(&info.id));
    ck_assert_uint_eq(info.serial, 0);
    ck_assert_int_eq(info.created, fixture.clock.now);
    ob_folder_vault_info_free(&info);
    const char *empty = ob_test_temp();
    ob_check_ok(create(empty, "Berlin"));
    ob_check_ok(ob_folder_vault_describe(ob_fs_os(), empty, &info));
    ck_assert_str_eq(info.name, "Berlin");
    ob_folder_vault_info_free(&info);
    /* Nobody else may read objects and keys, whatever the folder itself allows. */
    ob_check_ok(ob_fs_os()->stat(ob_fs_os(), NULL, ob_test_path(empty, "machines"), &file));
    ck_assert_uint_eq(file.mode & 0077, 0);
    ob_check_ok(ob_fs_os()->stat(ob_fs_os(), NULL, ob_test_path(empty, "vault.key"), &file));
    ck_assert_uint_eq(file.mode & 0077, 0);
}
END_TEST

START_TEST(folder_vault__is_not_made_where_something_is)
{
    vault_fixture fixture;
    const char *used = ob_test_temp();
    const char *file = ob_test_path(ob_test_temp(), "file");
    vault_fixture_make(&fixture);
    ob_test_write_text(ob_test_path(used, "file"), "x");
    ob_test_write_text(file, "x");
    ob_check_status(create(used, NULL), OB_E_EXISTS);
    ob_check_detail(used);
    ob_check_status(create(fixture.folder, NULL), OB_E_EXISTS);
    ck_assert(create(file, NULL) != OB_OK);
    ck_assert(!ob_test_exists(ob_test_path(used, "vault.json")));
    ob_check_status(create(ob_test_path(ob_test_temp(), "no/parent"), NULL), OB_E_NOT_FOUND);
}
END_TEST

START_TEST(folder_vault__has_a_name_fit_for_file_names)
{
    static const char *const bad[] = {"",
                                      "a/b",
                                      "a:b",
                                      " a",
                                      "a.",
                                      "two\nlines",
                                      "\xFF",
                                      "12345678901234567890123456789012345678901234567890123456789012345"};
    const char *parent = ob_test_temp();
    ob_folder_vault_info info = {0};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ob_check_status(create(ob_test_path(parent, "v"), bad[i]), OB_E_INVALID_ARGUMENT);
    }
    ck_assert(is_empty(parent));
    /* Separators at the end of the folder are no part of its name. */
    ob_check_ok(create(ob_test_format("%s//", ob_test_path(parent, "Paris")), NULL));
    ob_check_ok(ob_folder_vault_describe(ob_fs_os(), ob_test_path(parent, "Paris"), &info));
    ck_assert_str_eq(info.name, "Paris");
    ob_folder_vault_info_free(&info);
    ob_check_status(create("/", NULL), OB_E_INVALID_ARGUMENT);
    ob_check_detail("give it one");
}
END_TEST

START_TEST(folder_vault__a_failed_creation_leaves_nothing_behind)
{
    ob_test_fs wrapper;
    bool hit = true;
    const char *empty = ob_test_temp();
    const char *absent = ob_test_path(ob_test_temp(), "vault");
    ob_test_fs_init(&wrapper, ob_fs_os());
    for (unsigned n = 1; hit; n++) {
        ob_test_fs_fail(&wrapper, n, false);
        ob_status status = ob_folder_vault_create(&wrapper.fs, ob_clock_os(), empty, "v");
        hit = wrapper.hit;
        ck_assert(hit || status == OB_OK);
        ck_assert_msg(status == OB_OK || is_empty(empty), "call %u: %s", n, ob_detail());
        ob_check_ok(ob_fs_remove_tree(ob_fs_os(), empty));
        ob_check_ok(ob_fs_make_dirs(ob_fs_os(), empty, false));
        ob_test_fs_fail(&wrapper, n, false);
        status = ob_folder_vault_create(&wrapper.fs, ob_clock_os(), absent, "v");
        hit = wrapper.hit || hit;
        ck_assert(ob_test_exists(absent) == (status == OB_OK));
        ob_check_ok(ob_fs_remove_tree(ob_fs_os(), absent));
    }
}
END_TEST

START_TEST(folder_vault__creation_survives_each_lack_of_memory)
{
    bool hit = true;
    const char *folder = ob_test_path(ob_test_temp(), "vault");
    for (unsigned n = 1; hit; n++) {
        ob_test_alloc_begin(n, false);
        ob_status status = create(folder, NULL);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
        ck_assert(ob_test_exists(folder) == (status == OB_OK));
        ob_check_ok(ob_fs_remove_tree(ob_fs_os(), folder));
    }
}
END_TEST

START_TEST(folder_vault__describes_only_vaults)
{
    ob_folder_vault_info info = {0};
    ob_check_status(ob_folder_vault_describe(ob_fs_os(), ob_test_temp(), &info), OB_E_NOT_FOUND);
    ck_assert_ptr_null(info.name);
}
END_TEST

/* ---- listing machines ---- */

typedef struct seen {
    const char *text; /* "name/platform " of each */
    unsigned stop_at;
    unsigned count;
} seen;

static ob_status note(void *context, const ob_vault_machine *machine)
{
    seen *so_far = context;
    so_far->text = ob_test_format("%s%s/%s ", so_far->text, machine->name, machine->platform);
    return ++so_far->count == so_far->stop_at ? OB_E_CANCELLED : OB_OK;
}

static void register_machine(vault_fixture *fixture, const ob_buf *text, uint8_t id,
                             const char *name)
{
    ob_guid guid = {{id}};
    ob_check_ok(vault_fixture_redeem(fixture, ob_fs_os(), text, &guid, name));
}

START_TEST(folder_vault__lists_its_machines_by_name)
{
    vault_fixture fixture;
    seen so_far = {.text = ""};
    vault_fixture_make(&fixture);
    ob_check_ok(ob_folder_vault_machines(ob_fs_os(), fixture.folder, note, &so_far));
    ck_assert_str_eq(so_far.text, "");
    const ob_buf *text = vault_fixture_issue(&fixture);
    register_machine(&fixture, text, 1, "web");
    register_machine(&fixture, text, 2, "db");
    register_machine(&fixture, text, 3, "mail");
    ob_check_ok(ob_folder_vault_machines(ob_fs_os(), fixture.folder, note, &so_far));
    ck_assert_str_eq(so_far.text, "db/linux mail/linux web/linux ");
    so_far = (seen){.text = "", .stop_at = 2};
    ob_check_status(ob_folder_vault_machines(ob_fs_os(), fixture.folder, note, &so_far),
                    OB_E_CANCELLED);
    ck_assert_str_eq(so_far.text, "db/linux mail/linux ");
}
END_TEST

START_TEST(folder_vault__lists_machines_with_unreadable_records_too)
{
    vault_fixture fixture;
    seen so_far = {.text = ""};
    vault_fixture_make(&fixture);
    register_machine(&fixture, vault_fixture_issue(&fixture), 1, "web");
    ob_test_write_text(ob_test_path(fixture.folder, "machines/01000000-0000-0000-0000-"
                                                    "000000000000/machine.json"),
                       "{");
    ob_test_write_text(ob_test_path(fixture.folder, "machines/readme"), "x");
    ob_check_ok(ob_folder_vault_machines(ob_fs_os(), fixture.folder, note, &so_far));
    ck_assert_str_eq(so_far.text, "/ ");
    ob_check_status(ob_folder_vault_machines(ob_fs_os(), ob_test_temp(), note, &so_far),
                    OB_E_NOT_FOUND);
}
END_TEST

START_TEST(folder_vault__listing_survives_each_lack_of_memory)
{
    vault_fixture fixture;
    bool hit = true;
    vault_fixture_make(&fixture);
    const ob_buf *text = vault_fixture_issue(&fixture);
    register_machine(&fixture, text, 1, "a");
    register_machine(&fixture, text, 2, "b");
    for (unsigned n = 1; hit; n++) {
        seen so_far = {.text = ""};
        ob_test_alloc_begin(n, false);
        ob_status status = ob_folder_vault_machines(ob_fs_os(), fixture.folder, note, &so_far);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, folder_vault__is_made_in_an_absent_or_empty_folder);
    tcase_add_test(cases, folder_vault__is_not_made_where_something_is);
    tcase_add_test(cases, folder_vault__has_a_name_fit_for_file_names);
    tcase_add_test(cases, folder_vault__a_failed_creation_leaves_nothing_behind);
    tcase_add_test(cases, folder_vault__creation_survives_each_lack_of_memory);
    tcase_add_test(cases, folder_vault__describes_only_vaults);
    tcase_add_test(cases, folder_vault__lists_its_machines_by_name);
    tcase_add_test(cases, folder_vault__lists_machines_with_unreadable_records_too);
    tcase_add_test(cases, folder_vault__listing_survives_each_lack_of_memory);
}

OB_TEST_MAIN("folder_vault", add_cases)
