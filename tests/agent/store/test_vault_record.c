#include "vault_record.h"

#include "ob/test.h"

#include <string.h>

static ob_vault_record sample_vault(void)
{
    ob_vault_record record = {.id = {{1, 2, 3}},
                              .name = ob_strdup("Berlin"),
                              .created = INT64_C(1769860800000000000),
                              .serial = 7};
    ob_buf_put(&record.certificate, "certificate", 11);
    return record;
}

static const char *write_vault(void)
{
    const char *folder = ob_test_temp();
    ob_vault_record record = sample_vault();
    ob_check_ok(ob_vault_record_write(ob_fs_os(), folder, &record));
    ob_vault_record_free(&record);
    return folder;
}

START_TEST(vault_record__vault_comes_back_as_written)
{
    ob_vault_record record = {0};
    const char *folder = write_vault();
    ob_check_ok(ob_vault_record_read(ob_fs_os(), folder, &record));
    ck_assert_uint_eq(record.id.bytes[2], 3);
    ck_assert_str_eq(record.name, "Berlin");
    ck_assert_int_eq(record.created, INT64_C(1769860800000000000));
    ck_assert_uint_eq(record.serial, 7);
    ck_assert_uint_eq(record.certificate.length, 11);
    ck_assert_mem_eq(record.certificate.data, "certificate", 11);
    ob_vault_record_free(&record);
}
END_TEST

START_TEST(vault_record__secrets_are_for_their_owner)
{
    const char *folder = ob_test_temp();
    ob_vault_secrets secrets = {.token_key = {1, 2, 3}};
    ob_vault_secrets read = {0};
    ob_file_info info;
    ob_buf_put(&secrets.signing_key, "key", 3);
    ob_check_ok(ob_vault_secrets_write(ob_fs_os(), folder, &secrets));
    ob_check_ok(ob_vault_secrets_read(ob_fs_os(), folder, &read));
    ck_assert_mem_eq(read.token_key, secrets.token_key, sizeof read.token_key);
    ck_assert_uint_eq(read.signing_key.length, 3);
    ck_assert(read.signing_key.secret);
    ob_check_ok(ob_fs_os()->stat(ob_fs_os(), NULL, ob_test_path(folder, "vault.key"), &info));
    ck_assert_uint_eq(info.mode & 0077, 0);
    ob_vault_secrets_free(&secrets);
    ob_vault_secrets_free(&read);
    ck_assert_uint_eq(read.token_key[0], 0);
}
END_TEST

START_TEST(vault_record__machine_comes_back_as_written)
{
    const char *folder = ob_test_temp();
    ob_machine_record record = {.id = {{5}}, .name = ob_strdup("server"), .registered = 1000000000};
    ob_machine_record read = {0};
    record.platform = ob_strdup("linux");
    ob_check_ok(ob_machine_record_write(ob_fs_os(), folder, &record));
    ob_check_ok(ob_machine_record_read(ob_fs_os(), folder, &read));
    ck_assert(ob_guid_equal(&record.id, &read.id));
    ck_assert_str_eq(read.name, "server");
    ck_assert_str_eq(read.platform, "linux");
    ck_assert_int_eq(read.registered, 1000000000);
    ob_free(record.name);
    record.name = ob_strdup("two\nlines");
    ob_check_status(ob_machine_record_write(ob_fs_os(), folder, &record), OB_E_INVALID_ARGUMENT);
    ob_machine_record_free(&record);
    ob_machine_record_free(&read);
}
END_TEST

START_TEST(vault_record__absent_ones_are_not_found)
{
    const char *folder = ob_test_temp();
    ob_vault_record vault = {0};
    ob_vault_secrets secrets = {0};
    ob_machine_record machine = {0};
    ob_check_status(ob_vault_record_read(ob_fs_os(), folder, &vault), OB_E_NOT_FOUND);
    ob_check_status(ob_vault_secrets_read(ob_fs_os(), folder, &secrets), OB_E_NOT_FOUND);
    ob_check_status(ob_machine_record_read(ob_fs_os(), folder, &machine), OB_E_NOT_FOUND);
}
END_TEST

static ob_status read_text(const char *text)
{
    const char *folder = ob_test_temp();
    ob_vault_record record = {0};
    ob_test_write_text(ob_test_path(folder, "vault.json"), text);
    ob_status status = ob_vault_record_read(ob_fs_os(), folder, &record);
    ob_vault_record_free(&record);
    return status;
}

#define ID "\"id\":\"01020300-0000-0000-0000-000000000000\""
#define REST "\"name\":\"B\",\"created\":\"2026-01-31T12:00:00Z\",\"certificate\":\"AAAA\""

START_TEST(vault_record__each_field_is_checked)
{
    ob_check_ok(read_text("{\"version\":1," ID ",\"serial\":0," REST "}"));
    static const char *const bad[] = {
        "",
        "[]",
        "{",
        "{}",
        "{" ID ",\"serial\":0," REST "}",
        "{\"version\":0," ID ",\"serial\":0," REST "}",
        "{\"version\":1,\"serial\":0," REST "}",
        "{\"version\":1," ID "," REST "}",
        "{\"version\":1," ID ",\"serial\":-1," REST "}",
        "{\"version\":1," ID ",\"serial\":1.5," REST "}",
        "{\"version\":1," ID ",\"serial\":\"1\"," REST "}",
        "{\"version\":1,\"id\":\"1\",\"serial\":0," REST "}",
        "{\"version\":1," ID ",\"serial\":0,\"name\":\"B\",\"certificate\":\"AAAA\"}",
        "{\"version\":1," ID ",\"serial\":0," REST "} x",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(read_text(bad[i]) == OB_E_CORRUPT, "%s: %s", bad[i], ob_detail());
    }
    ob_check_status(read_text("{\"version\":2}"), OB_E_FORMAT_VERSION);
    ob_check_status(read_text("{\"version\":1," ID ",\"serial\":0,\"more\":1," REST "}"),
                    OB_E_UNKNOWN_FIELD);
    ob_check_detail("more");
}
END_TEST

START_TEST(vault_record__a_huge_file_is_damage)
{
    char *text = ob_calloc(1, 70000);
    memset(text, ' ', 69999);
    ob_check_status(read_text(text), OB_E_CORRUPT);
    ob_free(text);
}
END_TEST

START_TEST(vault_record__reading_survives_each_lack_of_memory)
{
    const char *folder = write_vault();
    bool hit = true;
    for (unsigned n = 1; hit; n++) {
        ob_vault_record record = {0};
        ob_test_alloc_begin(n, false);
        ob_status status = ob_vault_record_read(ob_fs_os(), folder, &record);
        ob_vault_record_free(&record);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
    }
}
END_TEST

START_TEST(vault_record__writing_replaces_all_or_nothing)
{
    const char *folder = write_vault();
    ob_vault_record record = sample_vault();
    ob_test_fs wrapper;
    bool hit = true;
    record.serial = 8;
    ob_test_fs_init(&wrapper, ob_fs_os());
    wrapper.torn = true;
    for (unsigned n = 1; hit; n++) {
        ob_vault_record read = {0};
        ob_test_fs_fail(&wrapper, n, true);
        ob_status status = ob_vault_record_write(&wrapper.fs, folder, &record);
        hit = wrapper.hit;
        ob_check_ok(ob_vault_record_read(ob_fs_os(), folder, &read));
        ck_assert(read.serial == 8 || (hit && status != OB_OK && read.serial == 7));
        ob_vault_record_free(&read);
    }
    ob_vault_record_free(&record);
}
END_TEST

START_TEST(vault_record__machine_folder_has_the_guid)
{
    ob_guid guid = {{0xAB, 0xCD}};
    char *path = ob_vault_machine_folder(ob_test_temp(), &guid);
    ck_assert_ptr_nonnull(strstr(path, "abcd0000-0000-0000-0000-000000000000"));
    ob_free(path);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, vault_record__vault_comes_back_as_written);
    tcase_add_test(cases, vault_record__secrets_are_for_their_owner);
    tcase_add_test(cases, vault_record__machine_comes_back_as_written);
    tcase_add_test(cases, vault_record__absent_ones_are_not_found);
    tcase_add_test(cases, vault_record__each_field_is_checked);
    tcase_add_test(cases, vault_record__a_huge_file_is_damage);
    tcase_add_test(cases, vault_record__reading_survives_each_lack_of_memory);
    tcase_add_test(cases, vault_record__writing_replaces_all_or_nothing);
    tcase_add_test(cases, vault_record__machine_folder_has_the_guid);
}

OB_TEST_MAIN("vault_record", add_cases)
