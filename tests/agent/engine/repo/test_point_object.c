#include "repo/point_object.h"
#include "rig.h"
#include "vectors.h"

#include <openssl/sha.h>
#include <string.h>

#define NAME "0000018d00000000-0123456789abcdef0123456789abcdef"

typedef struct fixture {
    ob_keyring *keys;
    ob_tools_pool pool;
    ob_tools *tools;
    ob_buf packs;
} fixture;

static void setup(fixture *f, uint64_t packs)
{
    *f = (fixture){.keys = rig_keys(2)};
    ob_check_ok(ob_tools_pool_init(&f->pool, f->keys, false));
    ob_check_ok(ob_tools_take(&f->pool, &f->tools));
    for (uint64_t i = 0; i < packs; i++) {
        uint8_t name[OB_SHA256_SIZE];
        rig_pack_name(i, name);
        ob_buf_put(&f->packs, name, sizeof name);
    }
}

static void teardown(fixture *f)
{
    ob_buf_free(&f->packs);
    ob_tools_give(&f->pool, f->tools);
    ob_tools_pool_destroy(&f->pool);
    ob_keyring_free(f->keys);
}

START_TEST(point_object__round_trip)
{
    static const uint64_t counts[] = {0, 1, 1000};
    for (size_t i = 0; i < 3; i++) {
        fixture f;
        ob_buf object = {0};
        ob_buf manifest = {0};
        ob_point_object parsed;
        setup(&f, counts[i]);
        ob_check_ok(ob_point_object_seal(f.tools, f.keys, NAME, &f.packs, "manifest", 8, &object));
        ob_check_ok(ob_point_object_parse(&parsed, object.data, object.length));
        ck_assert_uint_eq(parsed.pack_count, counts[i]);
        ck_assert(counts[i] == 0 || memcmp(parsed.packs, f.packs.data, f.packs.length) == 0);
        ck_assert_uint_eq(parsed.header.epoch, 2);
        ob_check_ok(
            ob_point_object_open(f.tools, f.keys, NAME, object.data, object.length, &manifest));
        ck_assert_uint_eq(manifest.length, 8);
        ck_assert_mem_eq(manifest.data, "manifest", 8);
        ob_buf_free(&object);
        ob_buf_free(&manifest);
        teardown(&f);
    }
}
END_TEST

START_TEST(point_object__vector)
{
    fixture f;
    ob_buf point = vector_bytes("point.json", "point");
    ob_buf wanted = vector_bytes("point.json", "manifest");
    ob_buf manifest = {0};
    setup(&f, 0);
    ob_check_ok(ob_point_object_open(f.tools, f.keys, vector_text("point.json", "name"), point.data,
                                     point.length, &manifest));
    vector_check(&manifest, &wanted, "manifest");
    ob_buf_free(&manifest);
    teardown(&f);
}
END_TEST

START_TEST(point_object__every_byte_counts)
{
    fixture f;
    ob_buf object = {0};
    ob_buf manifest = {0};
    setup(&f, 3);
    ob_check_ok(ob_point_object_seal(f.tools, f.keys, NAME, &f.packs, "manifest", 8, &object));
    for (size_t i = 0; i < object.length; i++) {
        ob_buf copy = {0};
        ob_buf_put(&copy, object.data, object.length);
        copy.data[i] ^= 1;
        ob_check_status(
            ob_point_object_open(f.tools, f.keys, NAME, copy.data, copy.length, &manifest),
            OB_E_CORRUPT);
        if (i < object.length - 32) {
            /* Edited, with a fitting checksum. */
            ob_buf_clear(&copy);
            ob_buf_put(&copy, object.data, object.length);
            copy.data[i] ^= 1;
            SHA256(copy.data, copy.length - 32, copy.data + copy.length - 32);
            ob_status status =
                ob_point_object_open(f.tools, f.keys, NAME, copy.data, copy.length, &manifest);
            ck_assert(status == OB_E_SEAL || status == OB_E_CORRUPT ||
                      (status == OB_E_FORMAT_VERSION && i >= 8 && i < 10));
        }
        ob_buf_free(&copy);
    }
    for (size_t length = 0; length < object.length; length++) {
        ob_check_status(ob_point_object_open(f.tools, f.keys, NAME, object.data, length, &manifest),
                        OB_E_CORRUPT);
    }
    ob_buf_free(&object);
    ob_buf_free(&manifest);
    teardown(&f);
}
END_TEST

/* A point under another point's name. */
START_TEST(point_object__belongs_to_its_name)
{
    fixture f;
    ob_buf object = {0};
    ob_buf manifest = {0};
    setup(&f, 1);
    ob_check_ok(ob_point_object_seal(f.tools, f.keys, NAME, &f.packs, "manifest", 8, &object));
    ob_check_status(ob_point_object_open(f.tools, f.keys,
                                         "0000018d00000001-0123456789abcdef0123456789abcdef",
                                         object.data, object.length, &manifest),
                    OB_E_SEAL);
    ob_buf_free(&object);
    ob_buf_free(&manifest);
    teardown(&f);
}
END_TEST

START_TEST(point_object__hostile_count)
{
    fixture f;
    ob_buf object = {0};
    ob_point_object parsed;
    setup(&f, 3);
    ob_check_ok(ob_point_object_seal(f.tools, f.keys, NAME, &f.packs, "manifest", 8, &object));
    memset(object.data + OB_HEADER_SIZE, 0xFF, 4);
    SHA256(object.data, object.length - 32, object.data + object.length - 32);
    ob_check_status(ob_point_object_parse(&parsed, object.data, object.length), OB_E_CORRUPT);
    ob_check_status(ob_point_object_seal(f.tools, f.keys, NAME, &f.packs, "manifest",
                                         OB_MANIFEST_MOST + 1, &object),
                    OB_E_TOO_LARGE);
    ob_buf_free(&object);
    teardown(&f);
}
END_TEST

START_TEST(point_object__without_memory)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        fixture f;
        ob_buf object = {0};
        ob_buf manifest = {0};
        setup(&f, 30);
        ob_test_alloc_begin(n, false);
        ob_status status =
            ob_point_object_seal(f.tools, f.keys, NAME, &f.packs, "manifest", 8, &object);
        if (!OB_FAILED(status)) {
            status =
                ob_point_object_open(f.tools, f.keys, NAME, object.data, object.length, &manifest);
        }
        hit = ob_test_alloc_end();
        ck_assert_int_eq(status, hit ? OB_E_NO_MEMORY : OB_OK);
        ob_buf_free(&object);
        ob_buf_free(&manifest);
        teardown(&f);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, point_object__round_trip);
    tcase_add_test(cases, point_object__vector);
    tcase_add_test(cases, point_object__every_byte_counts);
    tcase_add_test(cases, point_object__belongs_to_its_name);
    tcase_add_test(cases, point_object__hostile_count);
    tcase_add_test(cases, point_object__without_memory);
}
OB_TEST_MAIN("point_object", add_cases)
