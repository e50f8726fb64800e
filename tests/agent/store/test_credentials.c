#include "ob/credentials.h"

#include "vault_fixture.h"

#include "cms.h"
#include "vault_identity.h"

#include <string.h>

#define HOUR (INT64_C(3600) * 1000000000)

static ob_status parse(const void *data, size_t length, int64_t now)
{
    ob_credentials credentials = {0};
    ob_status status = ob_credentials_parse(&credentials, data, length, now);
    ob_credentials_free(&credentials);
    return status;
}

START_TEST(credentials__are_read_as_they_were_issued)
{
    vault_fixture fixture;
    ob_credentials read = {0};
    ob_folder_vault_info vault = {0};
    vault_fixture_make(&fixture);
    vault_fixture_issue(&fixture);
    const ob_buf *text = vault_fixture_issue(&fixture);
    ob_check_ok(ob_credentials_parse(&read, text->data, text->length, fixture.clock.now));
    ob_check_ok(ob_folder_vault_describe(ob_fs_os(), fixture.folder, &vault));
    ck_assert_str_eq(read.address, fixture.address);
    ck_assert_str_eq(read.vault_name, "vault");
    ck_assert_str_eq(read.region, "local");
    ck_assert(!read.private_network);
    ck_assert(ob_guid_equal(&read.vault_id, &vault.id));
    ck_assert_mem_eq(read.thumbprint, vault.thumbprint, sizeof read.thumbprint);
    ck_assert_int_eq(read.issued, fixture.clock.now);
    ck_assert_int_eq(read.expires, fixture.clock.now + 48 * HOUR);
    ck_assert_uint_eq(read.serial, 2);
    ck_assert_uint_gt(read.token.length, 32);
    ob_folder_vault_info_free(&vault);
    ob_credentials_free(&read);
    ck_assert_ptr_null(read.address);
    ob_credentials_free(&read);
}
END_TEST

START_TEST(credentials__expire_by_the_clock)
{
    vault_fixture fixture;
    vault_fixture_make(&fixture);
    const ob_buf *text = vault_fixture_issue(&fixture);
    int64_t now = fixture.clock.now;
    ob_check_ok(parse(text->data, text->length, now + 48 * HOUR - 1));
    ob_check_status(parse(text->data, text->length, now + 48 * HOUR), OB_E_CREDENTIALS_EXPIRED);
    ob_check_detail("2026-02-02T12:00:00Z");
    ob_check_status(parse(text->data, text->length, INT64_MAX), OB_E_CREDENTIALS_EXPIRED);
    /* A clock that is slow does no harm: the vault looks at its own. */
    ob_check_ok(parse(text->data, text->length, now - 48 * HOUR));
    /* Edited and expired: edited is told. */
    uint8_t *copy = ob_memdup(text->data, text->length);
    copy[200] ^= 1;
    ob_check_status(parse(copy, text->length, INT64_MAX), OB_E_CREDENTIALS_INVALID);
    ob_free(copy);
}
END_TEST

START_TEST(credentials__each_bit_turned_over_is_noticed)
{
    vault_fixture fixture;
    vault_fixture_make(&fixture);
    const ob_buf *text = vault_fixture_issue(&fixture);
    uint8_t *copy = ob_memdup(text->data, text->length);
    for (size_t bit = 0; bit < text->length * 8; bit++) {
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        ob_status status = parse(copy, text->length, fixture.clock.now);
        ck_assert_msg(status == OB_E_CREDENTIALS_INVALID, "byte %zu, bit %zu: %s", bit / 8, bit % 8,
                      ob_status_lookup(status)->symbol);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    ob_free(copy);
}
END_TEST

START_TEST(credentials__each_cut_is_noticed)
{
    vault_fixture fixture;
    vault_fixture_make(&fixture);
    const ob_buf *text = vault_fixture_issue(&fixture);
    for (size_t length = 0; length < text->length - 1; length++) {
        /* A copy of just this length, so that a sanitizer sees a read past it. */
        uint8_t *copy = ob_memdup(text->data, length);
        ob_check_status(parse(copy, length, fixture.clock.now), OB_E_CREDENTIALS_INVALID);
        ob_free(copy);
    }
}
END_TEST

/* ---- encodings ---- */

static void put_units(ob_buf *out, const char *text, size_t length, bool big)
{
    for (size_t i = 0; i < length; i++) {
        ob_buf_put_u8(out, big ? 0 : (uint8_t)text[i]);
        ob_buf_put_u8(out, big ? (uint8_t)text[i] : 0);
    }
}

START_TEST(credentials__come_in_any_encoding)
{
    static const struct {
        const char *mark;
        size_t length;
        int wide; /* 0 bytes, 1 little-endian, 2 big-endian */
    } table[] = {{"", 0, 0},         {"\xEF\xBB\xBF", 3, 0},
                 {"\xFF\xFE", 2, 1}, {"\xFE\xFF", 2, 2},
                 {"", 0, 1},         {"", 0, 2}};
    vault_fixture fixture;
    vault_fixture_make(&fixture);
    const ob_buf *issued = vault_fixture_issue(&fixture);
    for (size_t i = 0; i < 2 * sizeof table / sizeof table[0]; i++) {
        ob_buf text = {0};
        ob_buf file = {0};
        /* Then with the line ends of Windows. */
        for (size_t k = 0; k < issued->length; k++) {
            if (i % 2 == 1 && issued->data[k] == '\n') {
                ob_buf_put_u8(&text, '\r');
            }
            ob_buf_put_u8(&text, issued->data[k]);
        }
        ob_buf_put(&file, table[i / 2].mark, table[i / 2].length);
        if (table[i / 2].wide == 0) {
            ob_buf_put(&file, text.data, text.length);
        } else {
            put_units(&file, (const char *)text.data, text.length, table[i / 2].wide == 2);
        }
        ob_check_ok(parse(file.data, file.length, fixture.clock.now));
        /* Half a character at the end. */
        ob_buf_put_u8(&file, 'x');
        ob_check_status(parse(file.data, file.length, fixture.clock.now), OB_E_CREDENTIALS_INVALID);
        ob_buf_free(&text);
        ob_buf_free(&file);
    }
}
END_TEST

START_TEST(credentials__other_files_are_no_credentials)
{
    static const char xml[] =
        "<?xml version=\"1.0\"?><RSBackupVaultAADCreds></RSBackupVaultAADCreds>";
    static const uint8_t zeros[100];
    static const uint8_t wide[] = {0xFF, 0xFE, '-', 1, '-', 0};
    uint8_t *large = ob_calloc(1, OB_CREDENTIALS_MOST + 1);
    ob_test_rng rng = ob_test_rng_new(1);
    memset(large, ' ', OB_CREDENTIALS_MOST + 1);
    ob_check_status(parse("", 0, 0), OB_E_CREDENTIALS_INVALID);
    ob_check_status(parse(xml, strlen(xml), 0), OB_E_CREDENTIALS_INVALID);
    ob_check_status(parse(zeros, sizeof zeros, 0), OB_E_CREDENTIALS_INVALID);
    ob_check_status(parse(wide, sizeof wide, 0), OB_E_CREDENTIALS_INVALID);
    ob_check_status(parse("\xFF", 1, 0), OB_E_CREDENTIALS_INVALID);
    ob_check_status(parse("\xFF\xFE", 2, 0), OB_E_CREDENTIALS_INVALID);
    ob_check_status(parse(large, OB_CREDENTIALS_MOST, 0), OB_E_CREDENTIALS_INVALID);
    ob_check_status(parse(large, OB_CREDENTIALS_MOST + 1, 0), OB_E_CREDENTIALS_INVALID);
    for (int i = 0; i < 500; i++) {
        size_t length = (size_t)ob_test_rng_below(&rng, 300);
        ob_test_rng_fill(&rng, large, length);
        ob_check_status(parse(large, length, 0), OB_E_CREDENTIALS_INVALID);
    }
    ob_free(large);
}
END_TEST

/* ---- documents that are signed, and still wrong ---- */

static ob_status parse_signed(const char *document)
{
    static ob_buf certificate;
    static ob_buf key;
    ob_buf text = {0};
    if (key.length == 0) {
        ob_check_ok(ob_vault_identity_make("stranger", 0, &certificate, &key));
    }
    ob_check_ok(ob_cms_sign(document, strlen(document), &certificate, &key, &text));
    ob_status status = parse(text.data, text.length, 0);
    ob_buf_free(&text);
    return status;
}

/* A document in which one field has been replaced; NULL: left out. */
static const char *document_with(const char *name, const char *value)
{
    static const char *const fields[][2] = {
        {"version", "1"},
        {"address", "\"folder:/mnt/vault\""},
        {"vault_name", "\"vault\""},
        {"vault_id", "\"01020304-0506-0708-090a-0b0c0d0e0f10\""},
        {"region", "\"local\""},
        {"private_network", "true"},
        {"issued", "\"2026-01-31T12:00:00Z\""},
        {"expires", "\"2026-02-02T12:00:00Z\""},
        {"serial", "1"},
        {"token", "\"AAAA\""},
    };
    const char *text = "{";
    bool known = name == NULL;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        bool same = name != NULL && strcmp(name, fields[i][0]) == 0;
        const char *now = same ? value : fields[i][1];
        known = known || same;
        if (now != NULL) {
            text = ob_test_format("%s%s\"%s\":%s", text, text[1] != '\0' ? "," : "", fields[i][0],
                                  now);
        }
    }
    return known ? ob_test_format("%s}", text) : ob_test_format("%s,\"%s\":%s}", text, name, value);
}

START_TEST(credentials__each_field_is_checked)
{
    static const char *const needed[] = {"version", "address", "vault_name", "vault_id", "region",
                                         "issued",  "expires", "serial",     "token"};
    static const struct {
        const char *name;
        const char *value;
        ob_status status;
    } table[] = {
        {NULL, NULL, OB_OK},
        {"private_network", NULL, OB_OK},
        {"private_network", "1", OB_E_CREDENTIALS_INVALID},
        {"version", "2", OB_E_AGENT_TOO_OLD},
        {"version", "0", OB_E_CREDENTIALS_INVALID},
        {"more", "1", OB_E_CREDENTIALS_INVALID},
        {"address", "\"https://vault.example:8443\"", OB_OK},
        {"address", "\"folder:C:\\\\vault\"", OB_OK},
        {"address", "\"folder:\\\\\\\\server\\\\vault\"", OB_OK},
        {"address", "\"folder:vault\"", OB_E_CREDENTIALS_INVALID},
        {"address", "\"folder:\"", OB_E_CREDENTIALS_INVALID},
        {"address", "\"http://vault.example\"", OB_E_CREDENTIALS_INVALID},
        {"address", "\"https://\"", OB_E_CREDENTIALS_INVALID},
        {"address", "\"https://me:secret@vault.example\"", OB_E_CREDENTIALS_INVALID},
        {"address", "\"https://a b\"", OB_E_CREDENTIALS_INVALID},
        {"address", "\"folder:/a\\nb\"", OB_E_CREDENTIALS_INVALID},
        {"address", "7", OB_E_CREDENTIALS_INVALID},
        {"vault_name", "\"../up\"", OB_E_CREDENTIALS_INVALID},
        {"vault_name", "\"\"", OB_E_CREDENTIALS_INVALID},
        {"vault_id", "\"1\"", OB_E_CREDENTIALS_INVALID},
        {"region", "\"\"", OB_E_CREDENTIALS_INVALID},
        {"expires", "\"soon\"", OB_E_CREDENTIALS_INVALID},
        {"serial", "0", OB_E_CREDENTIALS_INVALID},
        {"serial", "-1", OB_E_CREDENTIALS_INVALID},
        {"serial", "1e300", OB_E_CREDENTIALS_INVALID},
        {"token", "\"\"", OB_E_CREDENTIALS_INVALID},
        {"token", "\"A\"", OB_E_CREDENTIALS_INVALID},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const char *document = document_with(table[i].name, table[i].value);
        ob_status status = parse_signed(document);
        ck_assert_msg(status == table[i].status, "%s: %s (%s)", document,
                      ob_status_lookup(status)->symbol, ob_detail());
    }
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        ob_check_status(parse_signed(document_with(needed[i], NULL)), OB_E_CREDENTIALS_INVALID);
        ob_check_detail(needed[i]);
    }
    ob_check_status(parse_signed("not JSON"), OB_E_CREDENTIALS_INVALID);
    ob_check_status(parse_signed("[1]"), OB_E_CREDENTIALS_INVALID);
}
END_TEST

START_TEST(credentials__what_could_not_be_read_back_is_not_signed)
{
    static char control[] = "a\nb";
    static char name[] = "vault";
    static char region[] = "local";
    static char address[] = "folder:/v";
    static char relative[] = "folder:v";
    ob_buf certificate = {0};
    ob_buf key = {.secret = true};
    ob_buf out = {0};
    ob_credentials good = {.address = address, .vault_name = name, .region = region, .serial = 1};
    ob_credentials bad = good;
    ob_check_ok(ob_vault_identity_make("vault", 0, &certificate, &key));
    bad.address = relative;
    ob_check_status(ob_credentials_sign(&bad, &certificate, &key, &out), OB_E_INVALID_ARGUMENT);
    bad = good;
    bad.vault_name = control;
    ob_check_status(ob_credentials_sign(&bad, &certificate, &key, &out), OB_E_INVALID_ARGUMENT);
    bad = good;
    bad.region = control;
    ob_check_status(ob_credentials_sign(&bad, &certificate, &key, &out), OB_E_INVALID_ARGUMENT);
    ck_assert_uint_eq(out.length, 0);
    ob_check_ok(ob_credentials_sign(&good, &certificate, &key, &out));
    ob_buf_free(&certificate);
    ob_buf_free(&key);
    ob_buf_free(&out);
}
END_TEST

START_TEST(credentials__addresses_of_folders_are_known_on_every_system)
{
    static const struct {
        const char *address;
        const char *folder;
    } table[] = {
        {"folder:/mnt/vault", "/mnt/vault"},
        {"folder:/", "/"},
        {"folder:C:\\vault", "C:\\vault"},
        {"folder:c:/vault", "c:/vault"},
        {"folder:\\\\srv\\v", "\\\\srv\\v"},
        {"folder:C:vault", NULL},
        {"folder:\\\\", NULL},
        {"folder:", NULL},
        {"folder:vault", NULL},
        {"folder", NULL},
        {"/mnt/vault", NULL},
        {"FOLDER:/mnt", NULL},
        {"https://vault", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const char *folder = ob_address_folder(table[i].address);
        ck_assert_msg((folder == NULL) == (table[i].folder == NULL), "%s", table[i].address);
        if (folder != NULL) {
            ck_assert_str_eq(folder, table[i].folder);
        }
    }
}
END_TEST

START_TEST(credentials__lack_of_memory_is_told)
{
    vault_fixture fixture;
    bool hit = true;
    vault_fixture_make(&fixture);
    const ob_buf *text = vault_fixture_issue(&fixture);
    for (unsigned n = 1; hit; n++) {
        ob_credentials credentials = {0};
        ob_test_alloc_begin(n, false);
        ob_status status =
            ob_credentials_parse(&credentials, text->data, text->length, fixture.clock.now);
        ck_assert((status == OB_OK) == (credentials.address != NULL));
        ob_credentials_free(&credentials);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, credentials__are_read_as_they_were_issued);
    tcase_add_test(cases, credentials__expire_by_the_clock);
    tcase_add_test(cases, credentials__each_bit_turned_over_is_noticed);
    tcase_add_test(cases, credentials__each_cut_is_noticed);
    tcase_add_test(cases, credentials__come_in_any_encoding);
    tcase_add_test(cases, credentials__other_files_are_no_credentials);
    tcase_add_test(cases, credentials__each_field_is_checked);
    tcase_add_test(cases, credentials__what_could_not_be_read_back_is_not_signed);
    tcase_add_test(cases, credentials__addresses_of_folders_are_known_on_every_system);
    tcase_add_test(cases, credentials__lack_of_memory_is_told);
}

OB_TEST_MAIN("credentials", add_cases)
