#include "point/manifest.h"
#include "stand.h"

#include <string.h>

/* A store beside the stand's. */
typedef struct other {
    stand s;
    ob_store *target;
    ob_repair_options options;
    ob_repair_result result;
    unsigned objects, files; /* told as lost */
} other;

static void take(void *context, const ob_finding *finding)
{
    other *self = context;
    self->objects += finding->path == NULL ? 1 : 0;
    self->files += finding->path != NULL ? 1 : 0;
}

static void open_other(other *self)
{
    memset(self, 0, sizeof *self);
    stand_open(&self->s);
    self->target = memory_store_new();
    self->options = (ob_repair_options){.target = self->target, .context = self, .finding = take};
    self->options.cache_dir = ob_test_temp();
}

static void close_other(other *self)
{
    ob_store_close(self->target);
    stand_close(&self->s);
}

static ob_status repair(other *self)
{
    const ob_control control = {0};
    self->objects = 0;
    self->files = 0;
    return ob_repair_run(&self->s.scene.rig.engine, &self->options, &control, &self->result);
}

/* From here on the stand's engine works on the repaired store, with an empty cache. */
static void move_over(other *self)
{
    rig_lose_cache(&self->s.scene.rig);
    self->s.scene.rig.engine.store = self->target;
}

static void restore_each(other *self, const char *wanted, const char *unwanted)
{
    for (size_t i = 0; i < memory_store_count(self->target, OB_OBJECT_POINT); i++) {
        int64_t time = 0;
        ob_manifest_parse_name(memory_store_at(self->target, OB_OBJECT_POINT, i)->name, &time,
                               &self->s.scene.last.point);
        const char *tree = scene_restore_all(&self->s.scene, ob_test_format("out%u", (unsigned)i));
        ck_assert(ob_test_exists(ob_test_path(tree, wanted)));
        ck_assert(unwanted == NULL || !ob_test_exists(ob_test_path(tree, unwanted)));
    }
}

START_TEST(repair__a_sound_store_is_copied)
{
    other o;
    open_other(&o);
    ob_check_ok(repair(&o));
    ck_assert_uint_eq(o.objects + o.files, 0);
    ck_assert_uint_eq(o.result.points_copied, 2);
    ck_assert_uint_eq(o.result.keys_copied, 1);
    ck_assert_uint_eq(o.result.packs_left, 0);
    for (int kind = 0; kind < OB_OBJECT_KINDS; kind++) {
        size_t count = memory_store_count(o.s.store, (ob_object_kind)kind);
        ck_assert(kind == OB_OBJECT_INDEX ||
                  memory_store_count(o.target, (ob_object_kind)kind) == count);
    }
    move_over(&o);
    stand_check_sound(&o.s);
    ck_assert_uint_eq(o.s.result.unlisted, 0);
    restore_each(&o, "large", NULL);
    close_other(&o);
}
END_TEST

/* A pack that is damaged where nothing is: all its chunks are written anew. */
START_TEST(repair__nothing_is_lost)
{
    other o;
    open_other(&o);
    memory_object *pack = stand_largest(&o.s, OB_OBJECT_PACK);
    pack->data[pack->length - 1] ^= 1;
    uint64_t puts = memory_store_counted(o.s.store).puts;
    ob_check_ok(repair(&o));
    ck_assert_uint_eq(memory_store_counted(o.s.store).puts, puts);
    ck_assert_uint_eq(o.objects, 1);
    ck_assert_uint_eq(o.files, 0);
    ck_assert_uint_eq(o.result.packs_left, 1);
    ck_assert_uint_eq(o.result.points_rewritten, 2);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_str_eq(memory_store_at(o.target, OB_OBJECT_POINT, i)->name,
                         memory_store_at(o.s.store, OB_OBJECT_POINT, i)->name);
    }
    move_over(&o);
    stand_check_sound(&o.s);
    restore_each(&o, "large", NULL);
    /* And the next backup goes on from there. */
    ob_check_ok(scene_backup(&o.s.scene));
    ck_assert(o.s.scene.last.incremental);
    stand_check_sound(&o.s);
    close_other(&o);
}
END_TEST

START_TEST(repair__files_are_lost)
{
    other o;
    open_other(&o);
    memory_object *pack = stand_largest(&o.s, OB_OBJECT_PACK);
    /* Both large chunks are hit. */
    for (size_t at = 200; at < pack->length - 70000; at += 60000) {
        pack->data[at] ^= 1;
    }
    ob_check_ok(repair(&o));
    ck_assert_uint_eq(o.objects, 1);
    ck_assert_uint_ge(o.files, 2);
    ck_assert_uint_eq(o.result.files_lost, o.files);
    ck_assert_uint_eq(o.result.points_cut, 2);
    ck_assert_uint_eq(memory_store_count(o.target, OB_OBJECT_POINT), 2);
    ck_assert_ptr_null(memory_store_find(o.target, OB_OBJECT_POINT,
                                         memory_store_at(o.s.store, OB_OBJECT_POINT, 0)->name));
    /* Again changes nothing: points have the same identities. */
    ob_check_ok(repair(&o));
    ck_assert_uint_eq(memory_store_count(o.target, OB_OBJECT_POINT), 2);
    move_over(&o);
    stand_check_sound(&o.s);
    close_other(&o);
}
END_TEST

START_TEST(repair__points_are_lost)
{
    other o;
    open_other(&o);
    memory_store_at(o.s.store, OB_OBJECT_POINT, 0)->data[60] ^= 1;
    memory_store_at(o.s.store, OB_OBJECT_KEY, 0)->data[60] ^= 1;
    ob_check_ok(repair(&o));
    ck_assert_uint_eq(o.objects, 2);
    ck_assert_uint_eq(o.result.points_lost, 1);
    ck_assert_uint_eq(o.result.points_copied, 1);
    ck_assert_uint_eq(o.result.keys_copied, 0);
    close_other(&o);
    /* The lists of both are gone. */
    open_other(&o);
    while (memory_store_count(o.s.store, OB_OBJECT_PACK) > 2) {
        char name[OB_OBJECT_NAME_MAX];
        memcpy(name, stand_pack(&o.s, OB_CHUNK_META, 0)->name, sizeof name);
        memory_store_remove(o.s.store, OB_OBJECT_PACK, name);
    }
    ob_check_ok(repair(&o));
    ck_assert_uint_eq(o.result.points_lost, 2);
    ck_assert_uint_eq(memory_store_count(o.target, OB_OBJECT_POINT), 0);
    close_other(&o);
}
END_TEST

START_TEST(repair__not_in_place)
{
    other o;
    open_other(&o);
    o.options.target = o.s.store;
    ob_check_status(repair(&o), OB_E_INVALID_ARGUMENT);
    o.options.target = o.target;
    o.options.cache_dir = o.s.scene.rig.engine.cache_dir;
    ob_check_status(repair(&o), OB_E_INVALID_ARGUMENT);
    close_other(&o);
}
END_TEST

/* Cut short anywhere, by either store: the next one goes on. */
START_TEST(repair__goes_on_after_a_failure)
{
    for (int which = 0; which < 2; which++) {
        bool hit = true;
        other o;
        open_other(&o);
        o.s.scene.rig.engine.workers = 1;
        memory_object *pack = stand_largest(&o.s, OB_OBJECT_PACK);
        pack->data[pack->length - 1] ^= 1;
        for (uint64_t n = 0; hit; n = scene_next(n)) {
            ob_store *victim = which == 0 ? o.target : o.s.store;
            memory_store_fail(victim, n, which == 0 ? OB_E_DISK_FULL : OB_E_VAULT_UNREACHABLE,
                              true);
            ob_status status = repair(&o);
            memory_store_fail(victim, 0, OB_OK, false);
            hit = status != OB_OK;
            ck_assert(status == OB_OK || status == OB_E_DISK_FULL ||
                      status == OB_E_VAULT_UNREACHABLE);
        }
        ob_check_ok(repair(&o));
        ck_assert_uint_eq(memory_store_count(o.target, OB_OBJECT_POINT), 2);
        move_over(&o);
        stand_check_sound(&o.s);
        restore_each(&o, "large", NULL);
        close_other(&o);
    }
}
END_TEST

START_TEST(repair__without_memory)
{
    other o;
    bool hit = true;
    open_other(&o);
    o.s.scene.rig.engine.workers = 1;
    memory_object *pack = stand_largest(&o.s, OB_OBJECT_PACK);
    pack->data[pack->length - 1] ^= 1;
    for (uint64_t n = 1; hit; n += 1 + n / 20) {
        ob_test_alloc_begin(n, false);
        ob_status status = repair(&o);
        hit = ob_test_alloc_end();
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
    }
    move_over(&o);
    stand_check_sound(&o.s);
    close_other(&o);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 200);
    tcase_add_test(cases, repair__a_sound_store_is_copied);
    tcase_add_test(cases, repair__nothing_is_lost);
    tcase_add_test(cases, repair__files_are_lost);
    tcase_add_test(cases, repair__points_are_lost);
    tcase_add_test(cases, repair__not_in_place);
    tcase_add_test(cases, repair__goes_on_after_a_failure);
    tcase_add_test(cases, repair__without_memory);
}
OB_TEST_MAIN("repair", add_cases)
