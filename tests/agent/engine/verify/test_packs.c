#include "pack/toc.h"
#include "stand.h"
#include "verify/verify.h"

#include "ob/text.h"

#include <string.h>

/* The pack of file content of the first run: "small", "other/b", "large". */
static memory_object *first_pack(stand *s)
{
    memory_object *one = stand_pack(s, OB_CHUNK_DATA, 0);
    memory_object *two = stand_pack(s, OB_CHUNK_DATA, 1);
    return one->length > two->length ? one : two;
}

/* Any byte that turns over is found, and what it costs is known. */
START_TEST(packs__each_part)
{
    stand s;
    stand_open(&s);
    memory_object *pack = first_pack(&s);
    const struct {
        size_t at;
        ob_damage structure; /* OB_DAMAGE_KINDS: not seen */
        bool all;            /* all chunks are lost; else at most one */
    } cases[] = {{0, OB_DAMAGE_CHANGED, true},
                 {8, OB_DAMAGE_VERSION, true},
                 {10, OB_DAMAGE_SEAL, true},
                 {12, OB_DAMAGE_SEAL, true},
                 {20, OB_DAMAGE_SEAL, true},
                 {200, OB_DAMAGE_KINDS, false},
                 {pack->length / 2, OB_DAMAGE_KINDS, false},
                 {pack->length - 40, OB_DAMAGE_SEAL, false},
                 {pack->length - 1, OB_DAMAGE_SEAL, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int depth = OB_VERIFY_STRUCTURE; depth <= OB_VERIFY_FULL; depth++) {
            rig_lose_cache(&s.scene.rig);
            s.options.depth = (ob_verify_depth)depth;
            pack->data[cases[i].at] ^= 1;
            ob_check_ok(stand_verify(&s));
            pack->data[cases[i].at] ^= 1;
            ob_damage seen = depth == OB_VERIFY_STRUCTURE ? cases[i].structure : OB_DAMAGE_CHANGED;
            if (seen == OB_DAMAGE_VERSION) {
                seen = OB_DAMAGE_CHANGED; /* the bytes are looked at before that is believed */
            }
            ck_assert_msg(stand_told(&s, -1, -1) == (seen < OB_DAMAGE_KINDS ? 1 : 0),
                          "byte %u, depth %d", (unsigned)cases[i].at, depth);
            if (seen < OB_DAMAGE_KINDS) {
                ck_assert_uint_eq(stand_told(&s, OB_OBJECT_PACK, (int)seen), 1);
                ck_assert_str_eq(s.findings[0].object, pack->name);
                ck_assert_uint_eq(s.findings[0].count, s.result.chunks_bad);
            }
            ck_assert_msg(cases[i].all ? stand_hit(&s, NULL) == 6 : stand_hit(&s, NULL) <= 2,
                          "byte %u: %u files", (unsigned)cases[i].at,
                          (unsigned)stand_hit(&s, NULL));
        }
    }
    s.options.depth = OB_VERIFY_FULL;
    rig_lose_cache(&s.scene.rig);
    stand_check_sound(&s);
    stand_close(&s);
}
END_TEST

START_TEST(packs__one_that_is_cut)
{
    stand s;
    stand_open(&s);
    memory_object *pack = first_pack(&s);
    size_t length = pack->length;
    static const size_t lengths[] = {0, 10, 4096, 1 << 20};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        pack->length = lengths[i];
        ob_check_ok(stand_verify(&s));
        ck_assert_uint_eq(stand_told(&s, -1, -1), 1);
        ck_assert_uint_eq(stand_told(&s, OB_OBJECT_PACK, OB_DAMAGE_LENGTH), 1);
        ck_assert_uint_ge(stand_hit(&s, NULL), 2);
        /* What lies before the cut still opens. */
        ck_assert(i < 3 || s.findings[0].count < 5);
        pack->length = length;
    }
    stand_check_sound(&s);
    stand_close(&s);
}
END_TEST

/* A disk that reads everything but one stretch. */
START_TEST(packs__one_that_cannot_be_read)
{
    stand s;
    stand_open(&s);
    s.scene.rig.engine.workers = 1;
    bool seen = false;
    for (uint64_t n = 0; n < 200; n++) {
        memory_store_fail(s.store, n, OB_E_IO, false);
        ob_status status = stand_verify(&s);
        memory_store_fail(s.store, 0, OB_OK, false);
        ck_assert(status == OB_OK || status == OB_E_IO);
        if (status == OB_OK && stand_told(&s, OB_OBJECT_PACK, OB_DAMAGE_UNREADABLE) > 0) {
            seen = true;
            ck_assert_uint_eq(stand_told(&s, -1, -1), 1);
        }
    }
    ck_assert(seen);
    stand_check_sound(&s);
    stand_close(&s);
}
END_TEST

/* What the index says is held against what the packs say. */
START_TEST(packs__an_index_that_lies)
{
    stand s;
    stand_open(&s);
    rig_index self;
    ob_buf plain = {0};
    uint8_t name[OB_SHA256_SIZE];
    ob_index_entry entry = {.pack = 0};
    rig_index_open(&self, &s.scene.rig);
    ob_check_ok(ob_index_refresh(&self.index));
    const memory_object *pack = first_pack(&s);
    for (uint32_t i = 0; i < self.index.packs.count; i++) {
        char text[OB_SHA256_HEX];
        ob_hex_encode(text, self.index.packs.info[i].name, OB_SHA256_SIZE);
        entry.pack = strcmp(text, pack->name) == 0 ? i : entry.pack;
    }
    /* A chunk that is not where it is said to be. */
    entry.id.bytes[0] = 1;
    entry.offset = 100;
    entry.length = 100;
    ob_check_ok(ob_index_write(&self.index.packs, &entry, 1, &plain));
    ob_check_ok(ob_index_put(&self.index, &plain, name));
    rig_index_close(&self);
    ob_buf_free(&plain);
    s.options.depth = OB_VERIFY_STRUCTURE;
    ob_check_ok(stand_verify(&s));
    ck_assert_uint_eq(s.count, 1);
    ck_assert_uint_eq(stand_told(&s, OB_OBJECT_PACK, OB_DAMAGE_CHUNKS), 1);
    ck_assert_uint_eq(s.result.chunks_bad, 1);
    stand_close(&s);
}
END_TEST

/* A newer agent's pack is no damage to be written off. */
START_TEST(packs__a_newer_version_is_kept)
{
    stand s;
    stand_open(&s);
    memory_object *pack = stand_pack(&s, OB_CHUNK_DATA, 0);
    uint8_t hash[OB_SHA256_SIZE];
    char name[OB_SHA256_HEX];
    char old[OB_OBJECT_NAME_MAX];
    memcpy(old, pack->name, sizeof old);
    pack->data[8] = 2;
    ob_object_hash(pack->data, pack->length, hash);
    ob_hex_encode(name, hash, sizeof hash);
    memory_store_set(s.store, OB_OBJECT_PACK, name, pack->data, pack->length);
    memory_store_remove(s.store, OB_OBJECT_PACK, old);
    s.options.remember = true;
    ob_check_ok(stand_verify(&s));
    ck_assert_uint_eq(stand_told(&s, OB_OBJECT_PACK, OB_DAMAGE_VERSION), 1);
    ck_assert_uint_eq(stand_told(&s, OB_OBJECT_PACK, OB_DAMAGE_MISSING), 1);
    ck_assert_uint_eq(s.result.chunks_remembered, 0);
    stand_close(&s);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 200);
    tcase_add_test(cases, packs__each_part);
    tcase_add_test(cases, packs__one_that_is_cut);
    tcase_add_test(cases, packs__one_that_cannot_be_read);
    tcase_add_test(cases, packs__an_index_that_lies);
    tcase_add_test(cases, packs__a_newer_version_is_kept);
}
OB_TEST_MAIN("packs", add_cases)
