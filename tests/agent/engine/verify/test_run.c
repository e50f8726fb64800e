#include "point/manifest.h"
#include "stand.h"

#include <string.h>

START_TEST(run__a_sound_store)
{
    stand s;
    stand_open(&s);
    static const ob_verify_depth depths[] = {OB_VERIFY_STRUCTURE, OB_VERIFY_HASHES, OB_VERIFY_FULL};
    for (size_t i = 0; i < 3; i++) {
        s.options.depth = depths[i];
        for (int lose = 0; lose < 2; lose++) {
            memory_store_counts before = memory_store_counted(s.store);
            stand_check_sound(&s);
            ck_assert_uint_eq(memory_store_counted(s.store).puts, before.puts);
            rig_lose_cache(&s.scene.rig);
        }
        ck_assert_uint_eq(s.result.points, 2);
        ck_assert_uint_eq(s.result.keys, 1);
        ck_assert_uint_eq(s.result.packs, memory_store_count(s.store, OB_OBJECT_PACK));
        ck_assert_uint_eq(s.result.packs_read, s.result.packs);
        ck_assert_uint_eq(s.result.indexes, memory_store_count(s.store, OB_OBJECT_INDEX));
        ck_assert_uint_gt(s.result.files, 8);
        ck_assert_uint_eq(s.result.unlisted, 0);
        ck_assert_int_eq(s.result.bytes_read > 0, depths[i] > OB_VERIFY_STRUCTURE);
        ck_assert_int_eq(s.result.chunks_checked > 0, depths[i] == OB_VERIFY_FULL);
    }
    stand_close(&s);
}
END_TEST

/* Whoever keeps the store can look too, without any key. */
START_TEST(run__without_keys)
{
    stand s;
    stand_open(&s);
    const ob_keyring *keys = s.scene.rig.engine.keys;
    s.scene.rig.engine.keys = NULL;
    ob_check_status(stand_verify(&s), OB_E_INVALID_ARGUMENT);
    s.options.depth = OB_VERIFY_STRUCTURE;
    stand_check_sound(&s);
    s.options.depth = OB_VERIFY_HASHES;
    stand_check_sound(&s);
    ck_assert_uint_eq(s.result.packs_read, s.result.packs);
    for (int kind = 0; kind < OB_OBJECT_KINDS; kind++) {
        memory_object *object = stand_largest(&s, (ob_object_kind)kind);
        object->data[object->length / 2] ^= 1;
        ob_check_ok(stand_verify(&s));
        ck_assert_uint_eq(s.count, 1);
        ck_assert_uint_eq(stand_told(&s, kind, OB_DAMAGE_CHANGED), 1);
        ck_assert_str_eq(s.findings[0].object, object->name);
        object->data[object->length / 2] ^= 1;
    }
    char gone[OB_OBJECT_NAME_MAX];
    memcpy(gone, stand_largest(&s, OB_OBJECT_PACK)->name, sizeof gone);
    memory_store_remove(s.store, OB_OBJECT_PACK, gone);
    ob_check_ok(stand_verify(&s));
    ck_assert_uint_eq(s.count, 1);
    ck_assert_uint_eq(stand_told(&s, OB_OBJECT_PACK, OB_DAMAGE_MISSING), 1);
    ck_assert_str_eq(s.findings[0].object, gone);
    s.scene.rig.engine.keys = keys;
    stand_close(&s);
}
END_TEST

START_TEST(run__what_cannot_be_asked)
{
    stand s;
    stand_open(&s);
    s.options.sample = 101;
    ob_check_status(stand_verify(&s), OB_E_INVALID_ARGUMENT);
    s.options.sample = 0;
    s.options.depth = (ob_verify_depth)7;
    ob_check_status(stand_verify(&s), OB_E_INVALID_ARGUMENT);
    stand_close(&s);
}
END_TEST

/* Turns in a row read every pack once, and one turn reads the same ones each time. */
START_TEST(run__samples_go_round)
{
    stand s;
    stand_open(&s);
    for (unsigned i = 0; i < 6; i++) {
        s.scene.policy = ob_test_format("policy %u", i);
        ob_test_write_text(scene_path(&s.scene, "more"), s.scene.policy);
        ob_check_ok(scene_backup(&s.scene));
    }
    static const unsigned samples[] = {1, 7, 33, 50, 99};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        uint64_t turns = (100 + samples[i] - 1) / samples[i];
        uint64_t read = 0;
        uint64_t again = 0;
        s.options.sample = samples[i];
        for (s.options.turn = 0; s.options.turn < 2 * turns; s.options.turn++) {
            ob_check_ok(stand_verify(&s));
            read += s.options.turn < turns ? s.result.packs_read : 0;
            again += s.options.turn < turns ? 0 : s.result.packs_read;
        }
        ck_assert_uint_eq(read, s.result.packs);
        ck_assert_uint_eq(again, s.result.packs);
    }
    stand_close(&s);
}
END_TEST

static uint64_t left;

static bool is_enough(void *context)
{
    (void)context;
    return left-- == 0;
}

START_TEST(run__can_be_cancelled)
{
    stand s;
    stand_open(&s);
    const ob_control control = {.cancelled = is_enough};
    bool ended = false;
    s.scene.rig.engine.workers = 1;
    for (uint64_t n = 0; !ended; n++) {
        left = n;
        ob_status status = ob_verify_run(&s.scene.rig.engine, &s.options, &control, &s.result);
        ended = status == OB_OK;
        ck_assert(ended || status == OB_E_CANCELLED);
        ck_assert(n > 2 || !ended);
    }
    stand_close(&s);
}
END_TEST

static size_t packs_of(stand *s, uint8_t class)
{
    size_t count = 0;
    for (size_t i = 0; i < memory_store_count(s->store, OB_OBJECT_PACK); i++) {
        count += memory_store_at(s->store, OB_OBJECT_PACK, i)->data[10] == class;
    }
    return count;
}

/* The next backup of what did not change writes anew what was damaged, and nothing else. */
static void heal(bool lose_cache)
{
    stand s;
    stand_open(&s);
    memory_object *pack = stand_pack(&s, OB_CHUNK_DATA, 0);
    memory_object *other = stand_pack(&s, OB_CHUNK_DATA, 1);
    pack = pack->length > other->length ? pack : other; /* of the first run */
    char name[OB_OBJECT_NAME_MAX];
    memcpy(name, pack->name, sizeof name);
    pack->data[100] ^= 1;
    s.options.remember = true;
    ob_check_ok(stand_verify(&s));
    ck_assert_uint_eq(stand_told(&s, -1, -1), 1);
    ck_assert_uint_eq(stand_told(&s, OB_OBJECT_PACK, OB_DAMAGE_CHANGED), 1);
    ck_assert_uint_eq(s.result.chunks_bad, 1);
    ck_assert_uint_eq(s.result.chunks_remembered, 1);
    ck_assert_uint_eq(s.findings[0].count, 1);
    /* One file in two points. */
    ck_assert_uint_eq(s.result.files_hit, 2);
    ck_assert_uint_eq(s.result.points_hit, 2);
    ck_assert_uint_eq(stand_hit(&s, NULL), 2);
    ob_check_ok(stand_verify(&s));
    ck_assert_uint_eq(s.result.chunks_remembered, 0);
    if (lose_cache) {
        rig_lose_cache(&s.scene.rig);
    }
    uint64_t bytes = memory_store_counted(s.store).bytes_put;
    ob_check_ok(scene_backup(&s.scene));
    ck_assert_uint_eq(s.scene.event_count, 0);
    bytes = memory_store_counted(s.store).bytes_put - bytes;
    ck_assert_msg(bytes < 3 << 20, "%u bytes", (unsigned)bytes);
    ob_check_ok(stand_verify(&s));
    ck_assert_uint_eq(s.count, 1);
    ck_assert_str_eq(s.findings[0].object, name);
    ck_assert_uint_eq(s.result.files_hit, 0);
    for (unsigned point = 0; point < memory_store_count(s.store, OB_OBJECT_POINT); point++) {
        int64_t time = 0;
        ob_manifest_parse_name(memory_store_at(s.store, OB_OBJECT_POINT, point)->name, &time,
                               &s.scene.last.point);
        const char *tree = scene_restore_all(&s.scene, ob_test_format("out%u", point));
        ck_assert(ob_test_exists(ob_test_path(tree, "large")));
    }
    /* Nothing is written twice. */
    rig_lose_cache(&s.scene.rig);
    size_t packs = packs_of(&s, OB_CHUNK_DATA);
    ob_check_ok(scene_backup(&s.scene));
    ck_assert_uint_eq(packs_of(&s, OB_CHUNK_DATA), packs);
    stand_close(&s);
}

START_TEST(run__damage_heals_at_the_next_backup)
{
    heal(false);
    heal(true);
}
END_TEST

/* All objects of damage go. */
static void forget(stand *s, const char first[][OB_OBJECT_NAME_MAX], size_t count)
{
    for (size_t i = memory_store_count(s->store, OB_OBJECT_INDEX); i-- > 0;) {
        const char *name = memory_store_at(s->store, OB_OBJECT_INDEX, i)->name;
        bool known = false;
        for (size_t k = 0; k < count; k++) {
            known = known || strcmp(first[k], name) == 0;
        }
        if (!known) {
            char copy[OB_OBJECT_NAME_MAX];
            memcpy(copy, name, sizeof copy);
            memory_store_remove(s->store, OB_OBJECT_INDEX, copy);
        }
    }
}

START_TEST(run__a_store_that_takes_nothing)
{
    stand s;
    char known[8][OB_OBJECT_NAME_MAX];
    stand_open(&s);
    size_t count = memory_store_count(s.store, OB_OBJECT_INDEX);
    ck_assert_uint_le(count, 8);
    for (size_t i = 0; i < count; i++) {
        memcpy(known[i], memory_store_at(s.store, OB_OBJECT_INDEX, i)->name, sizeof known[i]);
    }
    stand_largest(&s, OB_OBJECT_PACK)->data[100] ^= 1;
    s.options.remember = true;
    s.scene.rig.engine.workers = 1;
    bool refused = false;
    for (uint64_t n = 0; n < 400 && !refused; n++) {
        memory_store_fail(s.store, n, OB_E_DISK_FULL, false);
        ob_status status = stand_verify(&s);
        memory_store_fail(s.store, 0, OB_OK, false);
        ck_assert(status == OB_OK || status == OB_E_DISK_FULL);
        refused = status == OB_OK && s.result.remember_status == OB_E_DISK_FULL;
        if (refused) {
            ck_assert_uint_eq(s.result.chunks_remembered, 0);
            ck_assert_uint_eq(s.result.files_hit, 2);
        }
        forget(&s, known, count);
    }
    ck_assert(refused);
    stand_close(&s);
}
END_TEST

START_TEST(run__failures_come_through)
{
    stand s;
    bool hit = true;
    stand_open(&s);
    s.scene.rig.engine.workers = 1;
    for (uint64_t n = 0; hit; n = scene_next(n)) {
        rig_lose_cache(&s.scene.rig);
        memory_store_fail(s.store, n, OB_E_VAULT_UNREACHABLE, true);
        ob_status status = stand_verify(&s);
        memory_store_fail(s.store, 0, OB_OK, false);
        hit = status != OB_OK;
        ck_assert(!hit || status == OB_E_VAULT_UNREACHABLE);
    }
    ck_assert_uint_eq(s.count, 0);
    stand_close(&s);
}
END_TEST

START_TEST(run__without_memory)
{
    stand s;
    bool hit = true;
    stand_open(&s);
    s.scene.rig.engine.workers = 1;
    for (uint64_t n = 1; hit; n = scene_next(n)) {
        rig_lose_cache(&s.scene.rig);
        ob_test_alloc_begin(n, false);
        ob_status status = stand_verify(&s);
        hit = ob_test_alloc_end();
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
        ck_assert(status != OB_OK || s.count == 0);
    }
    stand_close(&s);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 200);
    tcase_add_test(cases, run__a_sound_store);
    tcase_add_test(cases, run__without_keys);
    tcase_add_test(cases, run__what_cannot_be_asked);
    tcase_add_test(cases, run__samples_go_round);
    tcase_add_test(cases, run__can_be_cancelled);
    tcase_add_test(cases, run__damage_heals_at_the_next_backup);
    tcase_add_test(cases, run__a_store_that_takes_nothing);
    tcase_add_test(cases, run__failures_come_through);
    tcase_add_test(cases, run__without_memory);
}
OB_TEST_MAIN("run", add_cases)
