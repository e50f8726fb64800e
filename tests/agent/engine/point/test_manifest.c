#include "point/field.h"
#include "point/manifest.h"
#include "vectors.h"

#include "ob/test.h"

#include <string.h>

#define T (INT64_C(1700000000) * 1000000000)

static ob_manifest sample(void)
{
    static const char *const sources[] = {"/", "/mnt/x"};
    static const ob_manifest_kind kinds[] = {{"acl", 3}, {"socket", 300}};
    static ob_chunk_id table[2];
    for (unsigned i = 0; i < OB_CHUNK_ID; i++) {
        table[0].bytes[i] = (uint8_t)(100 + i);
        table[1].bytes[i] = (uint8_t)(130 + i);
    }
    ob_manifest manifest = {.time = T,
                            .started = T - 1,
                            .policy = "nightly",
                            .machine_name = "k\xC3\xA4se",
                            .platform = "linux",
                            .version = "0.1.0",
                            .sources = sources,
                            .source_count = 2,
                            .entries = 6,
                            .bytes = 5 + (UINT64_C(1) << 40),
                            .failed = 2,
                            .kinds = kinds,
                            .kind_count = 2,
                            .table = table,
                            .table_count = 2};
    ob_check_ok(ob_guid_parse(&manifest.id, "01234567-89ab-cdef-0123-456789abcdef", 36));
    return manifest;
}

START_TEST(manifest__vector)
{
    ob_buf wanted = vector_bytes("list.json", "manifest");
    ob_buf written = {0};
    ob_manifest manifest = sample();
    ob_manifest read = {0};
    ob_check_ok(ob_manifest_write(&written, &manifest));
    vector_check(&written, &wanted, "the manifest");
    ob_check_ok(ob_manifest_read(&read, wanted.data, wanted.length));
    ck_assert(ob_guid_equal(&read.id, &manifest.id));
    ck_assert_int_eq(read.time, T);
    ck_assert_int_eq(read.started, T - 1);
    ck_assert_str_eq(read.policy, "nightly");
    ck_assert_str_eq(read.machine_name, "k\xC3\xA4se");
    ck_assert_str_eq(read.platform, "linux");
    ck_assert_str_eq(read.version, "0.1.0");
    ck_assert_uint_eq(read.source_count, 2);
    ck_assert_str_eq(read.sources[1], "/mnt/x");
    ck_assert_uint_eq(read.entries, 6);
    ck_assert_uint_eq(read.bytes, manifest.bytes);
    ck_assert_uint_eq(read.failed, 2);
    ck_assert_uint_eq(read.kind_count, 2);
    ck_assert_str_eq(read.kinds[1].name, "socket");
    ck_assert_uint_eq(read.kinds[1].count, 300);
    ck_assert_uint_eq(read.table_count, 2);
    ck_assert_mem_eq(read.table, manifest.table, 2 * sizeof *read.table);
    ob_manifest_free(&read);
    ob_buf_free(&written);
}
END_TEST

START_TEST(manifest__object_name)
{
    char name[OB_OBJECT_NAME_MAX];
    int64_t time = 0;
    ob_guid id;
    ob_manifest manifest = sample();
    ob_manifest_object_name(name, T, &manifest.id);
    ck_assert_str_eq(name, vector_text("list.json", "point name"));
    ck_assert(ob_object_name_valid(OB_OBJECT_POINT, name, strlen(name)));
    ob_manifest_parse_name(name, &time, &id);
    ck_assert_int_eq(time, T);
    ck_assert(ob_guid_equal(&id, &manifest.id));
    ob_manifest_object_name(name, -5, &manifest.id);
    ck_assert(strncmp(name, "0000000000000000-", 17) == 0);
}
END_TEST

START_TEST(manifest__cuts_and_flips_are_survived)
{
    ob_buf bytes = vector_bytes("list.json", "manifest");
    for (size_t cut = 0; cut < bytes.length; cut++) {
        ob_manifest read = {0};
        ob_check_status(ob_manifest_read(&read, bytes.data, cut), OB_E_CORRUPT);
        ck_assert_ptr_null(read.owned);
    }
    for (size_t i = 0; i < bytes.length * 8; i++) {
        ob_manifest read = {0};
        bytes.data[i / 8] ^= (uint8_t)(1u << i % 8);
        ob_status status = ob_manifest_read(&read, bytes.data, bytes.length);
        ck_assert(status == OB_OK || status == OB_E_CORRUPT || status == OB_E_FORMAT_VERSION);
        ob_manifest_free(&read);
        bytes.data[i / 8] ^= (uint8_t)(1u << i % 8);
    }
}
END_TEST

START_TEST(manifest__fields_of_a_later_version)
{
    ob_buf bytes = vector_bytes("list.json", "manifest");
    ob_buf longer = {0};
    ob_manifest read = {0};
    ob_buf_put(&longer, bytes.data, bytes.length);
    ob_field_put(&longer, OB_FIELD_PLAIN(90), "what", 4);
    ob_check_ok(ob_manifest_read(&read, longer.data, longer.length));
    ob_manifest_free(&read);
    ob_field_put(&longer, OB_FIELD_CRITICAL(90), "what", 4);
    ob_check_status(ob_manifest_read(&read, longer.data, longer.length), OB_E_FORMAT_VERSION);
    longer.data[0] = 2;
    ob_check_status(ob_manifest_read(&read, longer.data, longer.length), OB_E_FORMAT_VERSION);
    ob_check_detail("version 2");
    ob_buf_free(&longer);
}
END_TEST

START_TEST(manifest__too_many_sources)
{
    ob_buf bytes = {0};
    ob_manifest manifest = sample();
    ob_manifest read = {0};
    static const char *sources[OB_MANIFEST_SOURCES_MOST + 1];
    for (size_t i = 0; i <= OB_MANIFEST_SOURCES_MOST; i++) {
        sources[i] = "/x";
    }
    manifest.sources = sources;
    manifest.source_count = OB_MANIFEST_SOURCES_MOST;
    ob_check_ok(ob_manifest_write(&bytes, &manifest));
    ob_check_ok(ob_manifest_read(&read, bytes.data, bytes.length));
    ck_assert_uint_eq(read.source_count, OB_MANIFEST_SOURCES_MOST);
    ob_manifest_free(&read);
    ob_buf_clear(&bytes);
    manifest.source_count++;
    ob_check_ok(ob_manifest_write(&bytes, &manifest));
    ob_check_status(ob_manifest_read(&read, bytes.data, bytes.length), OB_E_CORRUPT);
    ob_buf_free(&bytes);
}
END_TEST

START_TEST(manifest__memory_that_runs_out)
{
    ob_buf bytes = vector_bytes("list.json", "manifest");
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_manifest read = {0};
        ob_test_alloc_begin(n, false);
        ob_status status = ob_manifest_read(&read, bytes.data, bytes.length);
        if (status == OB_OK) {
            ob_manifest_free(&read);
        }
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, manifest__vector);
    tcase_add_test(cases, manifest__object_name);
    tcase_add_test(cases, manifest__cuts_and_flips_are_survived);
    tcase_add_test(cases, manifest__fields_of_a_later_version);
    tcase_add_test(cases, manifest__too_many_sources);
    tcase_add_test(cases, manifest__memory_that_runs_out);
}

OB_TEST_MAIN("point_manifest", add_cases)
