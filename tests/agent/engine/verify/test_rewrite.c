#include "maker.h"
#include "stand.h"
#include "verify/repair.h"

#include <string.h>

/* A repair that has come to the points; nothing was copied yet. */
static void begin(ob_repair *r, ob_repair_options *options, stand *s)
{
    static const ob_control quiet;
    *options = (ob_repair_options){.target = memory_store_new(), .cache_dir = ob_test_temp()};
    *r = (ob_repair){
        .source = s->scene.rig.engine, .target = s->scene.rig.engine, .options = options};
    r->target.store = options->target;
    r->target.cache_dir = options->cache_dir;
    ob_mutex_init(&r->lock);
    ob_report_begin(&r->report, &quiet, s->scene.rig.engine.clock);
    ob_check_ok(ob_repo_open(&r->source, false, &r->from));
    ob_check_ok(ob_repo_load_whole(r->from));
}

static void end(ob_repair *r)
{
    ob_repo_close(r->from);
    ob_report_end(&r->report);
    ob_store_close(r->target.store);
}

/* Everything that a point needs goes with it. */
START_TEST(rewrite__into_an_empty_store)
{
    stand s;
    ob_repair r;
    ob_repair_options options;
    stand_open(&s);
    begin(&r, &options, &s);
    const char *name = memory_store_at(s.store, OB_OBJECT_POINT, 1)->name;
    ob_check_ok(ob_repair_rewrite(&r, name));
    ck_assert_uint_eq(r.result.points_rewritten, 1);
    ck_assert_uint_eq(memory_store_count(r.target.store, OB_OBJECT_POINT), 1);
    ck_assert_str_eq(memory_store_at(r.target.store, OB_OBJECT_POINT, 0)->name, name);
    memory_object *key = memory_store_at(s.store, OB_OBJECT_KEY, 0);
    memory_store_set(r.target.store, OB_OBJECT_KEY, key->name, key->data, key->length);
    rig_lose_cache(&s.scene.rig);
    s.scene.rig.engine.store = r.target.store;
    stand_check_sound(&s);
    const char *tree = scene_restore_all(&s.scene, "out");
    ck_assert(ob_test_exists(ob_test_path(tree, "large")));
    ck_assert(ob_test_exists(ob_test_path(tree, "new")));
    end(&r);
    stand_close(&s);
}
END_TEST

/* A stretch of the list is lost: the others stay. */
START_TEST(rewrite__without_a_stretch_of_the_list)
{
    static const ob_chunk_id nobody = {{1, 2, 3}};
    const ob_entry entry = {.info = {.type = OB_FILE_DIR, .links = 1}, .target = ""};
    stand s;
    maker m;
    ob_repair r;
    ob_repair_options options;
    stand_open(&s);
    maker_begin(&m, &s.scene.rig);
    maker_add_raw(&m, "a", &entry, "a");
    m.damage = &nobody;
    maker_add_raw(&m, "b", &entry, "b");
    maker_add_raw(&m, "c", &entry, "c");
    int64_t time = m.manifest.time;
    ob_guid id = maker_commit(&m);
    char name[OB_OBJECT_NAME_MAX];
    ob_manifest_object_name(name, time, &id);
    begin(&r, &options, &s);
    ob_check_ok(ob_repair_rewrite(&r, name));
    ck_assert_uint_eq(r.result.points_cut, 1);
    ck_assert_uint_eq(r.result.files_lost, 1);
    const char *made = memory_store_at(r.target.store, OB_OBJECT_POINT, 0)->name;
    ck_assert_int_eq(strncmp(made, name, 17), 0); /* the time */
    ck_assert_str_ne(made, name);
    s.scene.rig.engine.store = r.target.store;
    ob_manifest_parse_name(made, &time, &s.scene.last.point);
    rig_lose_cache(&s.scene.rig);
    ck_assert_str_eq(scene_list(&s.scene, "", "", 10), "a|c");
    end(&r);
    stand_close(&s);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, rewrite__into_an_empty_store);
    tcase_add_test(cases, rewrite__without_a_stretch_of_the_list);
}
OB_TEST_MAIN("rewrite", add_cases)
