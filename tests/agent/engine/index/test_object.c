#include "index/object.h"
#include "pack/toc.h"
#include "rig.h"
#include "vectors.h"

#include "ob/text.h"

#include <stdlib.h>
#include <string.h>

/* What an object was read to. */
typedef struct seen {
    ob_pack_info packs[4];
    uint32_t pack_count;
    ob_index_entry entries[64];
    size_t count;
    size_t bad;
    ob_status refuse;
} seen;

static ob_status take_pack(void *context, const ob_pack_info *info)
{
    seen *into = context;
    ck_assert_uint_lt(into->pack_count, 4);
    into->packs[into->pack_count++] = *info;
    return into->refuse;
}

static ob_status take_entry(void *context, const ob_index_entry *entry)
{
    seen *into = context;
    ck_assert_uint_lt(into->count, 64);
    ck_assert_uint_ge(entry->offset, OB_HEADER_SIZE);
    ck_assert_uint_le((uint64_t)entry->offset + entry->length,
                      into->packs[entry->pack].size - OB_FOOTER_SIZE);
    into->entries[into->count++] = *entry;
    return OB_OK;
}

static ob_status take_bad(void *context, const ob_pack_info *info, const ob_index_entry *entry)
{
    seen *into = context;
    ck_assert_uint_eq(into->pack_count + into->count, 0);
    ck_assert_uint_lt(into->bad, 4);
    into->packs[into->bad++] = *info;
    ck_assert_uint_le((uint64_t)entry->offset + entry->length, info->size);
    return into->refuse;
}

static ob_status read_plain(seen *into, const uint8_t *data, size_t length)
{
    const ob_index_sink sink = {into, take_pack, take_entry, take_bad};
    memset(into, 0, sizeof *into);
    return ob_index_read(data, length, &sink);
}

typedef struct fixture {
    ob_keyring *keys;
    ob_tools_pool pool;
    ob_tools *tools;
    ob_packs packs;
    ob_index_entry entries[20];
} fixture;

/* 20 entries in three packs. */
static void setup(fixture *f)
{
    *f = (fixture){.keys = rig_keys(2)};
    ob_check_ok(ob_tools_pool_init(&f->pool, f->keys, false));
    ob_check_ok(ob_tools_take(&f->pool, &f->tools));
    for (uint32_t i = 0; i < 5; i++) {
        uint8_t name[OB_SHA256_SIZE];
        uint32_t number = 0;
        rig_pack_name(i, name);
        ob_check_ok(ob_packs_add(&f->packs, name, (2 << 20) + i, (uint8_t)(i % 2), &number));
    }
    for (uint32_t i = 0; i < 20; i++) {
        f->entries[i] = rig_entry(i, i < 3 ? 0 : i < 4 ? 2 : 4);
    }
}

static void teardown(fixture *f)
{
    ob_packs_free(&f->packs);
    ob_tools_give(&f->pool, f->tools);
    ob_tools_pool_destroy(&f->pool);
    ob_keyring_free(f->keys);
}

START_TEST(object__round_trip)
{
    fixture f;
    seen got;
    ob_buf plain = {0};
    ob_buf object = {0};
    ob_buf back = {0};
    uint8_t name[OB_SHA256_SIZE];
    setup(&f);
    ob_check_ok(ob_index_write(&f.packs, f.entries, 20, &plain));
    ob_check_ok(ob_index_seal(f.tools, f.keys, &plain, &object, name));
    ob_check_ok(ob_index_open(f.tools, f.keys, name, object.data, object.length, &back));
    ob_check_ok(read_plain(&got, back.data, back.length));
    ck_assert_uint_eq(got.pack_count, 3);
    ck_assert_uint_eq(got.count, 20);
    for (uint32_t i = 0; i < 20; i++) {
        ob_index_entry entry = f.entries[i];
        ck_assert_mem_eq(got.packs[got.entries[i].pack].name, f.packs.info[entry.pack].name,
                         OB_SHA256_SIZE);
        ck_assert_uint_eq(got.packs[got.entries[i].pack].size, f.packs.info[entry.pack].size);
        entry.pack = got.entries[i].pack;
        ck_assert_mem_eq(&got.entries[i], &entry, sizeof entry);
    }
    ob_buf_clear(&plain);
    ob_check_ok(ob_index_write(&f.packs, NULL, 0, &plain));
    ob_check_ok(read_plain(&got, plain.data, plain.length));
    ck_assert_uint_eq(got.pack_count, 0);
    ob_buf_free(&plain);
    ob_buf_free(&object);
    ob_buf_free(&back);
    teardown(&f);
}
END_TEST

START_TEST(object__vector)
{
    fixture f;
    seen got;
    ob_buf index = vector_bytes("index.json", "index");
    ob_buf wanted = vector_bytes("index.json", "plain");
    ob_buf pack = vector_bytes("pack.json", "name");
    ob_buf plain = {0};
    uint8_t name[OB_SHA256_SIZE];
    const char *text = vector_text("index.json", "name");
    setup(&f);
    ob_check_ok(ob_hex_decode(name, sizeof name, text, strlen(text)));
    ob_check_ok(ob_index_open(f.tools, f.keys, name, index.data, index.length, &plain));
    vector_check(&plain, &wanted, "plain");
    ob_check_ok(read_plain(&got, plain.data, plain.length));
    ck_assert_uint_eq(got.pack_count, 1);
    ck_assert_uint_eq(got.count, 3);
    ck_assert_mem_eq(got.packs[0].name, pack.data, OB_SHA256_SIZE);
    ob_buf_free(&plain);
    teardown(&f);
}
END_TEST

START_TEST(object__every_byte_counts)
{
    fixture f;
    ob_buf plain = {0};
    ob_buf object = {0};
    ob_buf back = {0};
    uint8_t name[OB_SHA256_SIZE];
    uint8_t other[OB_SHA256_SIZE];
    setup(&f);
    ob_check_ok(ob_index_write(&f.packs, f.entries, 20, &plain));
    ob_check_ok(ob_index_seal(f.tools, f.keys, &plain, &object, name));
    for (size_t i = 0; i < object.length; i++) {
        ob_buf copy = {0};
        ob_buf_put(&copy, object.data, object.length);
        copy.data[i] ^= 0x80;
        ob_check_status(ob_index_open(f.tools, f.keys, name, copy.data, copy.length, &back),
                        OB_E_CORRUPT);
        /* Under the name that fits the change. */
        ob_buf_clear(&copy);
        ob_buf_put(&copy, object.data, object.length);
        copy.data[i] ^= 0x80;
        ob_object_hash(copy.data, copy.length, other);
        ob_status status = ob_index_open(f.tools, f.keys, other, copy.data, copy.length, &back);
        ck_assert(status == OB_E_SEAL || status == OB_E_CORRUPT ||
                  (status == OB_E_FORMAT_VERSION && i >= 8 && i < 10));
        ob_buf_free(&copy);
    }
    for (size_t length = 0; length < object.length; length += 3) {
        ob_object_hash(object.data, length, other);
        ob_check_status(ob_index_open(f.tools, f.keys, name, object.data, length, &back),
                        OB_E_CORRUPT);
    }
    ob_buf_free(&plain);
    ob_buf_free(&object);
    ob_buf_free(&back);
    teardown(&f);
}
END_TEST

START_TEST(object__of_another_machine)
{
    fixture f;
    ob_buf plain = {0};
    ob_buf object = {0};
    ob_buf back = {0};
    uint8_t name[OB_SHA256_SIZE];
    ob_keyring *other = NULL;
    setup(&f);
    ob_check_ok(ob_keyring_new(&other));
    ob_check_ok(ob_keyring_new_epoch(other));
    ob_check_ok(ob_index_write(&f.packs, f.entries, 20, &plain));
    ob_check_ok(ob_index_seal(f.tools, other, &plain, &object, name));
    ob_check_status(ob_index_open(f.tools, f.keys, name, object.data, object.length, &back),
                    OB_E_SEAL);
    ob_keyring_free(other);
    ob_buf_free(&plain);
    ob_buf_free(&object);
    ob_buf_free(&back);
    teardown(&f);
}
END_TEST

/* Bytes that were sealed by somebody with the keys and bad intentions. */
START_TEST(object__hostile_content)
{
    fixture f;
    seen got;
    ob_buf plain = {0};
    setup(&f);
    ob_check_ok(ob_index_write(&f.packs, f.entries, 20, &plain));
    for (size_t length = 0; length < plain.length; length++) {
        ob_check_status(read_plain(&got, plain.data, length), OB_E_CORRUPT);
    }
    static const struct {
        size_t at, size;
    } fields[] = {{0, 4}, {36, 4}, {40, 1}, {41, 4}, {65, 4}, {69, 4}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        uint8_t kept[4];
        memcpy(kept, plain.data + fields[i].at, fields[i].size);
        for (unsigned value = 0; value < 3; value++) {
            static const uint8_t fills[] = {0xFF, 0x7F, 0x00};
            memset(plain.data + fields[i].at, fills[value], fields[i].size);
            if (fields[i].at != 40 || fills[value] != 0) {
                ob_check_status(read_plain(&got, plain.data, plain.length), OB_E_CORRUPT);
            }
        }
        memcpy(plain.data + fields[i].at, kept, fields[i].size);
    }
    ob_check_ok(read_plain(&got, plain.data, plain.length));
    ob_buf_put_u8(&plain, 0);
    ob_check_status(read_plain(&got, plain.data, plain.length), OB_E_CORRUPT);
    ob_buf_free(&plain);
    teardown(&f);
}
END_TEST

START_TEST(object__sink_may_fail)
{
    fixture f;
    seen got = {.refuse = OB_E_NO_MEMORY};
    const ob_index_sink sink = {&got, take_pack, take_entry, NULL};
    ob_buf plain = {0};
    setup(&f);
    ob_check_ok(ob_index_write(&f.packs, f.entries, 20, &plain));
    ob_check_status(ob_index_read(plain.data, plain.length, &sink), OB_E_NO_MEMORY);
    ck_assert_uint_eq(got.count, 0);
    ob_buf_free(&plain);
    teardown(&f);
}
END_TEST

/* What a machine knows of damage. */
START_TEST(object__of_damage)
{
    fixture f;
    seen got;
    ob_buf plain = {0};
    ob_buf vector = vector_bytes("index.json", "bad_plain");
    setup(&f);
    ob_check_ok(ob_index_write_bad(&f.packs, f.entries, 4, &plain));
    ob_check_ok(read_plain(&got, plain.data, plain.length));
    ck_assert_uint_eq(got.pack_count + got.count, 0);
    ck_assert_uint_eq(got.bad, 4);
    ck_assert_mem_eq(got.packs[3].name, f.packs.info[2].name, OB_SHA256_SIZE);
    ck_assert_uint_eq(got.packs[3].class, f.packs.info[2].class);
    /* Who does not ask for it reads past it. */
    const ob_index_sink sink = {&got, take_pack, take_entry, NULL};
    ob_check_ok(ob_index_read(plain.data, plain.length, &sink));
    ck_assert_uint_eq(got.pack_count + got.count, 0);
    ob_check_ok(read_plain(&got, vector.data, vector.length));
    ck_assert_uint_eq(got.bad, 1);
    /* The second pack's mark away: half and half is no object. */
    size_t second = 4 + 41 + 3 * 28 + 36;
    plain.data[second] ^= 0x80;
    ob_check_status(read_plain(&got, plain.data, plain.length), OB_E_CORRUPT);
    ob_buf_free(&plain);
    teardown(&f);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, object__of_damage);
    tcase_add_test(cases, object__round_trip);
    tcase_add_test(cases, object__vector);
    tcase_add_test(cases, object__every_byte_counts);
    tcase_add_test(cases, object__of_another_machine);
    tcase_add_test(cases, object__hostile_content);
    tcase_add_test(cases, object__sink_may_fail);
}
OB_TEST_MAIN("object", add_cases)
