#include "ob/folder_vault.h"

#include "ob/thread.h"
#include "vault_fixture.h"
#include "vault_record.h"
#include "vault_token.h"

#include <string.h>

#define HOUR (UINT64_C(3600) * 1000000000)

static ob_status redeem(vault_fixture *fixture, const ob_buf *text)
{
    return vault_fixture_redeem(fixture, ob_fs_os(), text, &fixture->machine, "server");
}

static ob_machine_record read_machine(const vault_fixture *fixture)
{
    ob_machine_record record = {0};
    char *folder = ob_vault_machine_folder(fixture->folder, &fixture->machine);
    ob_check_ok(ob_machine_record_read(ob_fs_os(), folder, &record));
    ob_free(folder);
    return record;
}

static uint64_t serial_of(const char *folder)
{
    ob_folder_vault_info info = {0};
    ob_check_ok(ob_folder_vault_describe(ob_fs_os(), folder, &info));
    uint64_t serial = info.serial;
    ob_folder_vault_info_free(&info);
    return serial;
}

/* ---- issuing ---- */

START_TEST(folder_registration__address_and_hours_are_as_asked)
{
    vault_fixture fixture;
    ob_credentials read = {0};
    ob_buf text = {0};
    const ob_clock *clock = &fixture.clock.clock;
    vault_fixture_make(&fixture);
    fixture.clock.now += 123456789; /* parts of a second are not kept */
    ob_check_ok(ob_folder_vault_issue(ob_fs_os(), clock, fixture.folder, "folder:\\\\server\\vault",
                                      1, &text));
    ob_check_ok(ob_credentials_parse(&read, text.data, text.length, fixture.clock.now));
    ck_assert_str_eq(read.address, "folder:\\\\server\\vault");
    ck_assert_int_eq(read.expires - read.issued, (int64_t)HOUR);
    ck_assert_int_eq(read.issued % 1000000000, 0);
    ob_credentials_free(&read);
    ob_buf_free(&text);
    ob_check_status(ob_folder_vault_issue(ob_fs_os(), clock, fixture.folder, "vault", 48, &text),
                    OB_E_INVALID_ARGUMENT);
    ob_check_status(
        ob_folder_vault_issue(ob_fs_os(), clock, fixture.folder, "https://vault", 48, &text),
        OB_E_INVALID_ARGUMENT);
    ob_check_status(ob_folder_vault_issue(ob_fs_os(), clock, fixture.folder, NULL, 0, &text),
                    OB_E_INVALID_ARGUMENT);
    ob_check_status(
        ob_folder_vault_issue(ob_fs_os(), clock, fixture.folder, NULL, UINT32_MAX, &text),
        OB_E_INVALID_ARGUMENT);
    ck_assert_uint_eq(text.length, 0);
    ck_assert_uint_eq(serial_of(fixture.folder), 1);
}
END_TEST

START_TEST(folder_registration__a_folder_that_is_no_vault_stays_as_it_is)
{
    ob_test_clock clock;
    ob_buf text = {0};
    const char *folder = ob_test_temp();
    ob_test_clock_init(&clock);
    ob_check_status(ob_folder_vault_issue(ob_fs_os(), &clock.clock, folder, NULL, 48, &text),
                    OB_E_NOT_FOUND);
    ck_assert(!ob_test_exists(ob_test_path(folder, "vault.lock")));
}
END_TEST

START_TEST(folder_registration__credentials_leave_only_after_their_serial_is_kept)
{
    vault_fixture fixture;
    ob_test_fs wrapper;
    bool hit = true;
    vault_fixture_make(&fixture);
    ob_test_fs_init(&wrapper, ob_fs_os());
    for (unsigned n = 1; hit; n++) {
        ob_buf text = {0};
        uint64_t before = serial_of(fixture.folder);
        ob_test_fs_fail(&wrapper, n, false);
        ob_status status = ob_folder_vault_issue(&wrapper.fs, &fixture.clock.clock, fixture.folder,
                                                 NULL, 48, &text);
        hit = wrapper.hit;
        uint64_t after = serial_of(fixture.folder);
        ck_assert((status == OB_OK) == (text.length > 0));
        ck_assert(status == OB_OK ? after == before + 1 : after <= before + 1);
        if (status == OB_OK) {
            ob_check_ok(redeem(&fixture, &text));
        }
        ob_buf_free(&text);
    }
}
END_TEST

START_TEST(folder_registration__issuing_survives_each_lack_of_memory)
{
    vault_fixture fixture;
    bool hit = true;
    vault_fixture_make(&fixture);
    for (unsigned n = 1; hit; n++) {
        ob_buf text = {0};
        ob_test_alloc_begin(n, false);
        ob_status status = ob_folder_vault_issue(ob_fs_os(), &fixture.clock.clock, fixture.folder,
                                                 NULL, 48, &text);
        ob_buf_free(&text);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
    }
}
END_TEST

START_TEST(folder_registration__waits_for_another_that_issues)
{
    vault_fixture fixture;
    ob_file *file = NULL;
    ob_buf text = {0};
    const ob_fs *fs = ob_fs_os();
    vault_fixture_make(&fixture);
    ob_check_ok(fs->open(fs, NULL, ob_test_path(fixture.folder, "vault.lock"),
                         OB_OPEN_READ | OB_OPEN_WRITE | OB_OPEN_CREATE, &file));
    ob_check_ok(fs->lock(fs, file));
    ob_check_status(
        ob_folder_vault_issue(fs, &fixture.clock.clock, fixture.folder, NULL, 48, &text),
        OB_E_BUSY);
    ck_assert_uint_eq(fixture.clock.slept, UINT64_C(10000000000));
    fs->close(fs, file);
    ob_check_ok(ob_folder_vault_issue(fs, &fixture.clock.clock, fixture.folder, NULL, 48, &text));
    ob_buf_free(&text);
}
END_TEST

typedef struct issuer {
    const char *folder;
    ob_buf texts[5];
    ob_status status;
} issuer;

static void issue_five(void *argument)
{
    issuer *me = argument;
    for (size_t i = 0; i < 5 && me->status == OB_OK; i++) {
        me->status =
            ob_folder_vault_issue(ob_fs_os(), ob_clock_os(), me->folder, NULL, 48, &me->texts[i]);
    }
}

START_TEST(folder_registration__no_two_downloads_have_one_serial)
{
    vault_fixture fixture;
    issuer issuers[4];
    ob_thread *threads[4];
    bool seen[21] = {false};
    vault_fixture_make(&fixture);
    for (size_t i = 0; i < 4; i++) {
        issuers[i] = (issuer){.folder = fixture.folder};
        ob_check_ok(ob_thread_start(&threads[i], issue_five, &issuers[i]));
    }
    for (size_t i = 0; i < 4; i++) {
        ob_thread_join(threads[i]);
        ob_check_ok(issuers[i].status);
        for (size_t k = 0; k < 5; k++) {
            ob_credentials read = {0};
            ob_check_ok(ob_credentials_parse(&read, issuers[i].texts[k].data,
                                             issuers[i].texts[k].length, 0));
            ck_assert_uint_le(read.serial, 20);
            ck_assert(!seen[read.serial]);
            seen[read.serial] = true;
            ob_credentials_free(&read);
            ob_buf_free(&issuers[i].texts[k]);
        }
    }
    ck_assert_uint_eq(serial_of(fixture.folder), 20);
}
END_TEST

/* ---- redeeming ---- */

START_TEST(folder_registration__one_file_registers_many_machines)
{
    vault_fixture fixture;
    ob_store *store = NULL;
    vault_fixture_make(&fixture);
    const ob_buf *text = vault_fixture_issue(&fixture);
    for (uint8_t i = 0; i < 3; i++) {
        ob_guid guid = {{i, 1}};
        ob_check_ok(vault_fixture_redeem(&fixture, ob_fs_os(), text, &guid, "server"));
        ob_check_ok(ob_folder_store_open(ob_fs_os(), fixture.folder, &guid, &store));
        ob_store_close(store);
    }
}
END_TEST

START_TEST(folder_registration__only_the_newest_download_is_valid)
{
    vault_fixture fixture;
    vault_fixture_make(&fixture);
    const ob_buf *first = vault_fixture_issue(&fixture);
    ob_check_ok(redeem(&fixture, first));
    const ob_buf *second = vault_fixture_issue(&fixture);
    ob_check_status(redeem(&fixture, first), OB_E_CREDENTIALS_SUPERSEDED);
    ob_check_detail("the newest is 2");
    ob_check_ok(redeem(&fixture, second));
}
END_TEST

START_TEST(folder_registration__the_vault_looks_at_its_own_clock)
{
    vault_fixture fixture;
    ob_credentials read = {0};
    vault_fixture_make(&fixture);
    const ob_buf *text = vault_fixture_issue(&fixture);
    ob_check_ok(ob_credentials_parse(&read, text->data, text->length, fixture.clock.now));
    ob_test_clock_advance(&fixture.clock, 48 * HOUR - 1);
    ob_check_ok(ob_folder_vault_register(ob_fs_os(), &fixture.clock.clock, &read, &fixture.machine,
                                         "server", "linux"));
    ob_test_clock_advance(&fixture.clock, 1);
    ob_check_status(ob_folder_vault_register(ob_fs_os(), &fixture.clock.clock, &read,
                                             &fixture.machine, "server", "linux"),
                    OB_E_CREDENTIALS_EXPIRED);
    ob_credentials_free(&read);
    /* Expired comes before superseded. */
    vault_fixture_issue(&fixture);
    ob_check_status(redeem(&fixture, text), OB_E_CREDENTIALS_EXPIRED);
}
END_TEST

START_TEST(folder_registration__credentials_of_another_vault_are_invalid)
{
    vault_fixture here;
    vault_fixture there;
    ob_credentials read = {0};
    vault_fixture_make(&here);
    vault_fixture_make(&there);
    const ob_buf *text = vault_fixture_issue(&there);
    vault_fixture_issue(&here);
    ob_check_ok(ob_credentials_parse(&read, text->data, text->length, there.clock.now));
    ob_free(read.address);
    read.address = ob_strdup(here.address);
    ob_check_status(ob_folder_vault_register(ob_fs_os(), &here.clock.clock, &read, &here.machine,
                                             "server", "linux"),
                    OB_E_CREDENTIALS_INVALID);
    ob_check_detail("another vault");
    ob_credentials_free(&read);
}
END_TEST

/* Credentials that this vault signed around another token. */
static ob_status redeem_token(vault_fixture *fixture, const ob_buf *token)
{
    ob_credentials read = {0};
    const ob_buf *text = vault_fixture_issue(fixture);
    ob_check_ok(ob_credentials_parse(&read, text->data, text->length, fixture->clock.now));
    ob_buf_clear(&read.token);
    ob_buf_put(&read.token, token->data, token->length);
    ob_status status = ob_folder_vault_register(ob_fs_os(), &fixture->clock.clock, &read,
                                                &fixture->machine, "server", "linux");
    ob_credentials_free(&read);
    return status;
}

START_TEST(folder_registration__only_the_token_counts)
{
    vault_fixture fixture;
    ob_vault_secrets secrets = {0};
    ob_vault_token token = {.expires = INT64_MAX};
    ob_folder_vault_info info = {0};
    ob_buf sealed = {0};
    vault_fixture_make(&fixture);
    ob_check_ok(ob_vault_secrets_read(ob_fs_os(), fixture.folder, &secrets));
    ob_check_ok(ob_folder_vault_describe(ob_fs_os(), fixture.folder, &info));
    ob_buf_put_text(&sealed, "no token");
    ob_check_status(redeem_token(&fixture, &sealed), OB_E_CREDENTIALS_INVALID);
    /* Of another vault. */
    token.serial = 2;
    ob_buf_clear(&sealed);
    ob_check_ok(ob_vault_token_seal(&token, secrets.token_key, &sealed));
    ob_check_status(redeem_token(&fixture, &sealed), OB_E_CREDENTIALS_INVALID);
    /* Of the future. */
    token.vault_id = info.id;
    token.serial = 99;
    ob_buf_clear(&sealed);
    ob_check_ok(ob_vault_token_seal(&token, secrets.token_key, &sealed));
    ob_check_status(redeem_token(&fixture, &sealed), OB_E_CREDENTIALS_INVALID);
    ob_check_detail("restored from an old copy");
    token.serial = 4; /* what redeem_token() issues next */
    ob_buf_clear(&sealed);
    ob_check_ok(ob_vault_token_seal(&token, secrets.token_key, &sealed));
    ob_check_ok(redeem_token(&fixture, &sealed));
    ob_buf_free(&sealed);
    ob_vault_secrets_free(&secrets);
    ob_folder_vault_info_free(&info);
}
END_TEST

START_TEST(folder_registration__a_vault_that_is_not_there_is_unreachable)
{
    vault_fixture fixture;
    const ob_fs *fs = ob_fs_os();
    vault_fixture_make(&fixture);
    const ob_buf *text = vault_fixture_issue(&fixture);
    ob_check_ok(
        fs->rename(fs, NULL, fixture.folder, NULL, ob_test_format("%s-elsewhere", fixture.folder)));
    ob_check_status(redeem(&fixture, text), OB_E_VAULT_UNREACHABLE);
    ob_check_ok(ob_fs_make_dirs(fs, fixture.folder, false));
    ob_check_status(redeem(&fixture, text), OB_E_VAULT_UNREACHABLE);
    ob_check_detail(fixture.folder);
    ob_check_ok(fs->remove_dir(fs, NULL, fixture.folder)); /* nothing was made in it */
}
END_TEST

static ob_status unmount(ob_test_fs *wrapper, const char *operation, const char *name)
{
    const vault_fixture *fixture = wrapper->context;
    const ob_fs *fs = ob_fs_os();
    const char *elsewhere = ob_test_format("%s-elsewhere", fixture->folder);
    (void)name;
    if (strcmp(operation, "make_dir") == 0 && !ob_test_exists(elsewhere)) {
        ob_check_ok(fs->rename(fs, NULL, fixture->folder, NULL, elsewhere));
        ob_check_ok(ob_fs_make_dirs(fs, fixture->folder, false));
    }
    return OB_OK;
}

START_TEST(folder_registration__a_vault_may_go_away_meanwhile)
{
    vault_fixture fixture;
    ob_test_fs wrapper;
    vault_fixture_make(&fixture);
    const ob_buf *text = vault_fixture_issue(&fixture);
    ob_test_fs_init(&wrapper, ob_fs_os());
    wrapper.before = unmount;
    wrapper.context = &fixture;
    ob_check_status(vault_fixture_redeem(&fixture, &wrapper.fs, text, &fixture.machine, "server"),
                    OB_E_VAULT_UNREACHABLE);
    ob_check_ok(ob_fs_os()->remove_dir(ob_fs_os(), NULL, fixture.folder));
}
END_TEST

START_TEST(folder_registration__other_addresses_are_not_supported)
{
    vault_fixture fixture;
    ob_credentials read = {0};
    vault_fixture_make(&fixture);
    const ob_buf *text = vault_fixture_issue(&fixture);
    ob_check_ok(ob_credentials_parse(&read, text->data, text->length, fixture.clock.now));
    ob_free(read.address);
    read.address = ob_strdup("https://vault.example");
    ob_check_status(ob_folder_vault_register(ob_fs_os(), &fixture.clock.clock, &read,
                                             &fixture.machine, "server", "linux"),
                    OB_E_NOT_SUPPORTED);
    ob_credentials_free(&read);
}
END_TEST

/* ---- the machine's record ---- */

START_TEST(folder_registration__again_keeps_data_and_first_time)
{
    vault_fixture fixture;
    uint8_t bytes[5];
    vault_fixture_make(&fixture);
    ob_store *store = vault_fixture_store(&fixture, ob_fs_os());
    int64_t first = fixture.clock.now;
    ob_check_ok(store->ops->put(store, OB_OBJECT_KEY, "00000001", "bytes", 5));
    ob_test_clock_advance(&fixture.clock, HOUR);
    ob_check_ok(vault_fixture_redeem(&fixture, ob_fs_os(), vault_fixture_issue(&fixture),
                                     &fixture.machine, "renamed"));
    ob_machine_record record = read_machine(&fixture);
    ck_assert_str_eq(record.name, "renamed");
    ck_assert_str_eq(record.platform, "linux");
    ck_assert_int_eq(record.registered, first);
    ck_assert(ob_guid_equal(&record.id, &fixture.machine));
    ob_check_ok(store->ops->get(store, OB_OBJECT_KEY, "00000001", 0, bytes, 5));
    ob_machine_record_free(&record);
    ob_store_close(store);
}
END_TEST

START_TEST(folder_registration__mends_a_damaged_record)
{
    vault_fixture fixture;
    vault_fixture_make(&fixture);
    const ob_buf *text = vault_fixture_issue(&fixture);
    ob_check_ok(redeem(&fixture, text));
    ob_test_cut_file(vault_fixture_path(&fixture, "machine.json"), 10);
    ob_check_ok(redeem(&fixture, text));
    ob_machine_record record = read_machine(&fixture);
    ck_assert_str_eq(record.name, "server");
    ob_machine_record_free(&record);
}
END_TEST

/* Which of `total` operations to try: the first and last 12, and some of those between, which make
 * one folder after the other. */
static unsigned step(unsigned n, unsigned total)
{
    if (n < 12 || n + 12 >= total) {
        return 1;
    }
    unsigned left = total - 12 - n;
    return left < total / 5 ? left : total / 5;
}

START_TEST(folder_registration__survives_each_failing_call)
{
    vault_fixture fixture;
    ob_test_fs wrapper;
    ob_guid first = {{1, 2, 3}};
    bool hit = true;
    vault_fixture_make(&fixture);
    const ob_buf *text = vault_fixture_issue(&fixture);
    ob_test_fs_init(&wrapper, ob_fs_os());
    ob_check_ok(vault_fixture_redeem(&fixture, &wrapper.fs, text, &first, "server"));
    unsigned total = (unsigned)wrapper.count;
    for (unsigned n = 1; hit; n += step(n, total)) {
        ob_guid guid = {{(uint8_t)n, (uint8_t)(n >> 8)}};
        ob_store *store = NULL;
        ob_test_fs_fail(&wrapper, n, false);
        ob_status status = vault_fixture_redeem(&fixture, &wrapper.fs, text, &guid, "server");
        hit = wrapper.hit;
        ck_assert(hit || status == OB_OK);
        /* A machine is known once all of it is there. */
        ob_status opened = ob_folder_store_open(ob_fs_os(), fixture.folder, &guid, &store);
        ck_assert(opened == OB_OK || (status != OB_OK && opened == OB_E_NOT_REGISTERED));
        ob_store_close(store);
        if (n % 10 == 0) {
            ob_check_ok(vault_fixture_redeem(&fixture, ob_fs_os(), text, &guid, "server"));
        }
    }
}
END_TEST

START_TEST(folder_registration__survives_each_lack_of_memory)
{
    vault_fixture fixture;
    bool hit = true;
    vault_fixture_make(&fixture);
    const ob_buf *text = vault_fixture_issue(&fixture);
    ob_test_alloc_begin(0, false);
    ob_check_ok(redeem(&fixture, text));
    unsigned total = (unsigned)ob_test_alloc_count();
    ob_test_alloc_end();
    for (unsigned n = 1; hit; n += step(n, total)) {
        ob_test_alloc_begin(n, false);
        ob_status status = redeem(&fixture, text);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, folder_registration__address_and_hours_are_as_asked);
    tcase_add_test(cases, folder_registration__a_folder_that_is_no_vault_stays_as_it_is);
    tcase_add_test(cases, folder_registration__credentials_leave_only_after_their_serial_is_kept);
    tcase_add_test(cases, folder_registration__issuing_survives_each_lack_of_memory);
    tcase_add_test(cases, folder_registration__waits_for_another_that_issues);
    tcase_add_test(cases, folder_registration__no_two_downloads_have_one_serial);
    tcase_add_test(cases, folder_registration__one_file_registers_many_machines);
    tcase_add_test(cases, folder_registration__only_the_newest_download_is_valid);
    tcase_add_test(cases, folder_registration__the_vault_looks_at_its_own_clock);
    tcase_add_test(cases, folder_registration__credentials_of_another_vault_are_invalid);
    tcase_add_test(cases, folder_registration__only_the_token_counts);
    tcase_add_test(cases, folder_registration__a_vault_that_is_not_there_is_unreachable);
    tcase_add_test(cases, folder_registration__a_vault_may_go_away_meanwhile);
    tcase_add_test(cases, folder_registration__other_addresses_are_not_supported);
    tcase_add_test(cases, folder_registration__again_keeps_data_and_first_time);
    tcase_add_test(cases, folder_registration__mends_a_damaged_record);
    tcase_add_test(cases, folder_registration__survives_each_failing_call);
    tcase_add_test(cases, folder_registration__survives_each_lack_of_memory);
}

OB_TEST_MAIN("folder_registration", add_cases)
