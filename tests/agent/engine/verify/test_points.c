#include "maker.h"
#include "point/extra.h"
#include "repo/point_object.h"
#include "repo/repo.h"
#include "stand.h"

#include <string.h>

START_TEST(points__each_byte)
{
    stand s;
    stand_open(&s);
    s.options.depth = OB_VERIFY_STRUCTURE;
    memory_object *object = memory_store_at(s.store, OB_OBJECT_POINT, 0);
    for (size_t at = 0; at < object->length; at += 7) {
        object->data[at] ^= 1;
        ob_check_ok(stand_verify(&s));
        ck_assert_uint_eq(s.count, 1);
        ck_assert_uint_eq(stand_told(&s, OB_OBJECT_POINT, OB_DAMAGE_CHANGED), 1);
        ck_assert_str_eq(s.findings[0].object, object->name);
        ck_assert_uint_eq(s.result.points_hit, 1);
        object->data[at] ^= 1;
    }
    stand_close(&s);
}
END_TEST

/* A pack that is gone: told once, and each file of it in each point. */
START_TEST(points__a_missing_pack)
{
    stand s;
    stand_open(&s);
    char name[OB_OBJECT_NAME_MAX];
    memory_object *one = stand_pack(&s, OB_CHUNK_DATA, 0);
    memory_object *two = stand_pack(&s, OB_CHUNK_DATA, 1);
    memcpy(name, one->length > two->length ? one->name : two->name, sizeof name);
    memory_store_remove(s.store, OB_OBJECT_PACK, name);
    for (int depth = OB_VERIFY_STRUCTURE; depth <= OB_VERIFY_FULL; depth++) {
        s.options.depth = (ob_verify_depth)depth;
        ob_check_ok(stand_verify(&s));
        ck_assert_uint_eq(stand_told(&s, -1, -1), 1);
        ck_assert_uint_eq(stand_told(&s, OB_OBJECT_PACK, OB_DAMAGE_MISSING), 1);
        ck_assert_uint_eq(stand_hit(&s, "/small"), 2);
        ck_assert_uint_eq(stand_hit(&s, "/other/b"), 2);
        ck_assert_uint_eq(stand_hit(&s, "/large"), 2);
        ck_assert_uint_eq(stand_hit(&s, NULL), 6);
        ck_assert_uint_eq(s.result.points_hit, 2);
    }
    s.options.paths_most = 2;
    ob_check_ok(stand_verify(&s));
    ck_assert_uint_eq(stand_hit(&s, NULL), 4);
    ck_assert_uint_eq(s.result.files_hit, 6);
    stand_close(&s);
}
END_TEST

/* Without the packs of lists nothing of the points can be read. */
START_TEST(points__a_missing_list)
{
    stand s;
    stand_open(&s);
    while (memory_store_count(s.store, OB_OBJECT_PACK) > 2) {
        char name[OB_OBJECT_NAME_MAX];
        memcpy(name, stand_pack(&s, OB_CHUNK_META, 0)->name, sizeof name);
        memory_store_remove(s.store, OB_OBJECT_PACK, name);
    }
    ob_check_ok(stand_verify(&s));
    ck_assert_uint_eq(stand_told(&s, OB_OBJECT_PACK, OB_DAMAGE_MISSING), 2);
    ck_assert_uint_eq(stand_told(&s, OB_OBJECT_POINT, OB_DAMAGE_CHUNKS), 2);
    ck_assert_uint_eq(s.result.points_hit, 2);
    ck_assert_uint_gt(s.result.files_hit, 6);
    stand_close(&s);
}
END_TEST

/* A point that does not name what it needs would lose it when others are deleted. */
START_TEST(points__what_is_not_held)
{
    stand s;
    ob_repo *repo = NULL;
    ob_buf manifest = {0};
    ob_buf packs = {0};
    ob_buf object = {.limit = OB_POINT_MOST};
    ob_tools *tools = NULL;
    ob_point_object parsed;
    stand_open(&s);
    const memory_object *point = memory_store_at(s.store, OB_OBJECT_POINT, 1);
    char name[OB_OBJECT_NAME_MAX];
    memcpy(name, point->name, sizeof name);
    ob_check_ok(ob_repo_open(&s.scene.rig.engine, false, &repo));
    ob_check_ok(ob_repo_read_point(repo, point->name, &manifest));
    ob_check_ok(ob_point_object_parse(&parsed, point->data, point->length));
    ob_buf_put(&packs, parsed.packs, (size_t)(parsed.pack_count - 1) * OB_SHA256_SIZE);
    ob_check_ok(ob_tools_take(&repo->pool, &tools));
    ob_check_ok(ob_point_object_seal(tools, s.scene.rig.keys, point->name, &packs, manifest.data,
                                     manifest.length, &object));
    ob_tools_give(&repo->pool, tools);
    ob_repo_close(repo);
    memory_store_set(s.store, OB_OBJECT_POINT, name, object.data, object.length);
    ob_check_ok(stand_verify(&s));
    ck_assert_uint_eq(s.count, 1);
    ck_assert_uint_eq(stand_told(&s, OB_OBJECT_POINT, OB_DAMAGE_NOT_HELD), 1);
    ck_assert_uint_eq(s.result.points_hit, 0);
    ob_buf_free(&manifest);
    ob_buf_free(&packs);
    ob_buf_free(&object);
    stand_close(&s);
}
END_TEST

static void make_point(stand *s, const ob_entry *entry)
{
    maker m;
    maker_begin(&m, &s->scene.rig);
    maker_add(&m, "a", OB_FILE_REGULAR);
    maker_add_entry(&m, entry);
    maker_add(&m, "z", OB_FILE_REGULAR);
    maker_commit(&m);
}

/* Points with right seals that say what cannot be. */
START_TEST(points__nonsense)
{
    static const ob_chunk_id nobody = {{1, 2, 3}};
    const ob_entry entries[] = {
        {.info = {.size = 10}},                                /* no content */
        {.info = {.size = 10}, .ids = &nobody, .id_count = 1}, /* a chunk that is not there */
        {.info = {.size = 10}, .depth = 1, .ids = &nobody, .id_count = 1},
    };
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        stand s;
        ob_entry entry = entries[i];
        stand_open(&s);
        entry.path = "m";
        entry.path_length = 1;
        entry.target = "";
        entry.info.type = OB_FILE_REGULAR;
        make_point(&s, &entry);
        ob_check_ok(stand_verify(&s));
        ck_assert_uint_eq(s.count, 1);
        ck_assert_str_eq(s.findings[0].path, "m");
        ck_assert_uint_eq(s.result.points_hit, 1);
        stand_close(&s);
    }
}
END_TEST

/* The content of a sparse file is what is no hole. */
START_TEST(points__holes_and_streams)
{
    static const ob_chunk_id nobody = {{1, 2, 3}};
    const ob_extent extents[] = {{UINT64_C(1) << 40, 5000}, {UINT64_C(2) << 40, 60000}};
    for (int round = 0; round < 4; round++) {
        stand s;
        maker m;
        ob_extras extras = {0};
        ob_entry entry = {.path = "m", .path_length = 1, .target = ""};
        stand_open(&s);
        maker_begin(&m, &s.scene.rig);
        ob_chunk_id id = rig_write(m.repo, 7, 65000);
        entry.info = (ob_file_info){.type = OB_FILE_REGULAR, .links = 1, .mode = 0644};
        entry.info.size = UINT64_C(3) << 40;
        if (round < 2) {
            ob_extras_put_map(&extras, extents, round == 0 ? 2 : 0);
            entry.ids = &id;
            entry.id_count = round == 0 ? 1 : 0;
        } else {
            const ob_stream stream = {"a stream", 65000, 0, round == 2 ? &id : &nobody, 1};
            entry.info.size = 0;
            ob_extras_put_stream(&extras, &stream);
        }
        ob_check_ok(ob_extras_give(&extras, &entry));
        maker_add_entry(&m, &entry);
        maker_commit(&m);
        ob_extras_free(&extras);
        if (round < 3) {
            stand_check_sound(&s);
        } else {
            ob_check_ok(stand_verify(&s));
            ck_assert_uint_eq(s.count, 1);
            ck_assert_str_eq(s.findings[0].path, "m");
        }
        stand_close(&s);
    }
}
END_TEST

/* Damage within the list costs one chunk of it; the others are looked at. */
START_TEST(points__a_stretch_of_the_list)
{
    static const ob_chunk_id nobody = {{1, 2, 3}};
    stand s;
    maker m;
    const ob_entry entry = {.info = {.type = OB_FILE_DIR, .links = 1}, .target = ""};
    stand_open(&s);
    maker_begin(&m, &s.scene.rig);
    maker_add_raw(&m, "a", &entry, "a");
    m.damage = &nobody;
    maker_add_raw(&m, "b", &entry, "b");
    maker_add_raw(&m, "c", &entry, "c");
    maker_commit(&m);
    ob_check_ok(stand_verify(&s));
    ck_assert_uint_eq(s.count, 1);
    ck_assert_str_eq(s.findings[0].path, "b");
    ck_assert_uint_eq(s.findings[0].count, 1);
    ck_assert_int_eq(s.findings[0].damage, OB_DAMAGE_CONTENT);
    stand_close(&s);
}
END_TEST

/* What is listed is not all that there should be: the store remembers what was stored. */
START_TEST(points__a_point_that_is_gone)
{
    stand s;
    char name[OB_OBJECT_NAME_MAX];
    uint64_t token = 0;
    size_t refused = 0;
    stand_open(&s);
    ob_object_name names[1] = {""};
    memcpy(name, memory_store_at(s.store, OB_OBJECT_POINT, 0)->name, sizeof name);
    memcpy(names[0], name, sizeof name);
    ob_check_ok(stand_verify(&s));
    ck_assert_uint_eq(s.count, 0);
    memory_store_remove(s.store, OB_OBJECT_POINT, name);
    for (int depth = OB_VERIFY_STRUCTURE; depth <= OB_VERIFY_FULL; depth++) {
        s.options.depth = (ob_verify_depth)depth;
        ob_check_ok(stand_verify(&s));
        ck_assert_uint_eq(s.count, 1);
        ck_assert_uint_eq(stand_told(&s, OB_OBJECT_POINT, OB_DAMAGE_MISSING), 1);
        ck_assert_str_eq(s.findings[0].object, name);
        ck_assert_uint_eq(s.result.points_hit, 1);
    }
    /* Who accepts that it is lost hears no more of it. */
    ob_check_ok(s.store->holds->lock(s.store, 60, &token));
    ob_check_ok(s.store->holds->mark(s.store, token, OB_OBJECT_POINT, (const ob_object_name *)names,
                                     1, 14, &refused));
    ob_check_ok(stand_verify(&s));
    ck_assert_uint_eq(s.count, 0);
    stand_close(&s);
}
END_TEST

/* One that is marked can be brought back, and must be there until its time has come. */
START_TEST(points__a_marked_point_that_is_gone)
{
    stand s;
    uint64_t token = 0;
    size_t refused = 0;
    stand_open(&s);
    for (uint32_t days = 0; days < 2; days++) {
        ob_object_name names[1] = {""};
        memcpy(names[0], memory_store_at(s.store, OB_OBJECT_POINT, 0)->name, sizeof names[0]);
        ob_check_ok(s.store->holds->lock(s.store, 60, &token));
        ob_check_ok(s.store->holds->mark(s.store, token, OB_OBJECT_POINT,
                                         (const ob_object_name *)names, 1, days, &refused));
        ob_check_ok(s.store->holds->unlock(s.store, token));
        memory_store_remove(s.store, OB_OBJECT_POINT, names[0]);
        ob_check_ok(stand_verify(&s));
        ck_assert_uint_eq(s.count, days);
        ck_assert_uint_eq(stand_told(&s, OB_OBJECT_POINT, OB_DAMAGE_MISSING), days);
    }
    stand_close(&s);
}
END_TEST

static ob_status damaged_list(ob_store *store, ob_hold_visit visit, void *context)
{
    (void)store;
    (void)visit;
    (void)context;
    return ob_fail(OB_E_CORRUPT, "its checksum does not fit");
}

static ob_status unreachable_list(ob_store *store, ob_hold_visit visit, void *context)
{
    (void)store;
    (void)visit;
    (void)context;
    return ob_fail(OB_E_VAULT_UNREACHABLE, "no way");
}

/* Without what the store remembers nothing can be deleted. */
START_TEST(points__a_damaged_memory)
{
    stand s;
    stand_open(&s);
    const ob_hold_ops *kept = s.store->holds;
    ob_hold_ops ops = *kept;
    s.store->holds = &ops;
    ops.list = damaged_list;
    ob_check_ok(stand_verify(&s));
    ck_assert_uint_eq(s.count, 1);
    ck_assert_uint_eq(stand_told(&s, OB_OBJECT_POINT, OB_DAMAGE_CHANGED), 1);
    ck_assert_str_eq(s.findings[0].object, "");
    ck_assert_uint_eq(s.result.points_hit, 0);
    ops.list = unreachable_list;
    ck_assert_int_eq(stand_verify(&s), OB_E_VAULT_UNREACHABLE);
    s.store->holds = kept;
    stand_close(&s);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 200);
    tcase_add_test(cases, points__each_byte);
    tcase_add_test(cases, points__a_missing_pack);
    tcase_add_test(cases, points__a_missing_list);
    tcase_add_test(cases, points__what_is_not_held);
    tcase_add_test(cases, points__nonsense);
    tcase_add_test(cases, points__holes_and_streams);
    tcase_add_test(cases, points__a_stretch_of_the_list);
    tcase_add_test(cases, points__a_point_that_is_gone);
    tcase_add_test(cases, points__a_marked_point_that_is_gone);
    tcase_add_test(cases, points__a_damaged_memory);
}
OB_TEST_MAIN("points", add_cases)
