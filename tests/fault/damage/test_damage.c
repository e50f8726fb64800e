/*
 * Each way of damage in the table is done to a copy of a small vault. Then verification names it,
 * and the files that it costs are just those that restores do not give back; whatever is restored
 * is right. The next backup of the unchanged source makes a point that restores whole, and a repair
 * a vault with nothing wrong in it.
 */
#include "hurts.h"

#include "point/manifest.h"
#include "source/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLICES 12

static golden g;
static const hurt *now;
static unsigned complaints;

static void complain(const char *what, const char *detail)
{
    complaints++;
    printf("%s: %s %s\n", now->name, what, detail);
    for (size_t i = 0; i < g.stand.count; i++) {
        const stand_finding *f = &g.stand.findings[i];
        printf("    %s/%s: %s, %s (%s)\n", ob_object_kind_name(f->kind), f->object,
               ob_damage_name(f->damage), f->path, f->detail);
    }
    fflush(stdout);
}

static void need(ob_status status, const char *what)
{
    if (OB_FAILED(status)) {
        complain(what, ob_detail());
    }
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    size_t tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* ---- what verification says ---- */

static void check_named(void)
{
    const stand *s = &g.stand;
    bool found = now->kind == HURT_NOTHING && s->count == 0;
    for (size_t i = 0; i < s->count && !found; i++) {
        const stand_finding *f = &s->findings[i];
        found = (int)f->kind == now->kind && (f->path[0] == '\0' || now->damage < 0) &&
                (now->damage < 0 || (int)f->damage == now->damage) &&
                (g.expected[0] == '\0' || strcmp(f->object, g.expected) == 0);
    }
    if (!found) {
        complain("not named as it should be:", g.expected);
    }
}

static bool is_hit(const char *point, const char *file)
{
    for (size_t i = 0; i < g.stand.count; i++) {
        const stand_finding *f = &g.stand.findings[i];
        if (strcmp(f->object, point) == 0 && f->path[0] != '\0' &&
            ends_with(f->path, ob_test_format("/%s", file))) {
            return true;
        }
    }
    return false;
}

/* A stretch of its list, or all of it. */
static bool is_cut(const char *point)
{
    for (size_t i = 0; i < g.stand.count; i++) {
        const stand_finding *f = &g.stand.findings[i];
        if (strcmp(f->object, point) == 0 && f->damage != OB_DAMAGE_NOT_HELD &&
            (f->path[0] == '\0' || f->damage == OB_DAMAGE_CONTENT)) {
            return true;
        }
    }
    return false;
}

static void check_lost(void)
{
    char lost[256] = "";
    bool points = false;
    for (unsigned i = 0; i < GOLDEN_POINTS; i++) {
        points = points || is_cut(g.point[i]);
    }
    for (unsigned k = 0; k < GOLDEN_FILES; k++) {
        bool hit = false;
        for (unsigned i = 0; i < GOLDEN_POINTS; i++) {
            hit = hit || is_hit(g.point[i], golden_files[k].name);
        }
        if (hit) {
            strcat(lost, lost[0] != '\0' ? " " : "");
            strcat(lost, golden_files[k].name);
        }
    }
    bool renamed = strcmp(now->name, "point: renamed") == 0;
    const char *wanted = now->lost;
    if (strcmp(wanted, "*") != 0 &&
        (strcmp(wanted, "points") == 0 ? !points && !renamed : strcmp(wanted, lost) != 0)) {
        complain("other files are lost:", lost);
    }
}

/* ---- what restores give ---- */

static bool is_right(const char *tree, const golden_file *file, bool *there)
{
    size_t length = 0;
    const char *path = ob_test_path(tree, file->name);
    *there = ob_test_exists(path);
    if (!*there) {
        return false;
    }
    const uint8_t *bytes = ob_test_read_file(path, &length);
    uint8_t *wanted = rig_text(file->seed, file->length);
    bool same = length == file->length && memcmp(bytes, wanted, length) == 0;
    free(wanted);
    return same;
}

static void check_files(const char *tree, const char *point, unsigned number)
{
    for (unsigned k = 0; k < GOLDEN_FILES; k++) {
        const golden_file *file = &golden_files[k];
        bool there = false;
        bool right = is_right(tree, file, &there);
        bool hit = is_hit(point, file->name);
        if (file->since > number ? there : there && !right) {
            complain("restored wrongly:", file->name);
        } else if (file->since <= number && right == hit) {
            complain(hit ? "restored although it was said to be lost:" : "not restored:",
                     file->name);
        } else if (file->since <= number && !right && !is_cut(point) &&
                   scene_told(&g.stand.scene, OB_EVENT_FAILED, file->name, NULL) == 0) {
            complain("left out in silence:", file->name);
        }
    }
}

static void check_restore(unsigned position)
{
    ob_restore_options options = {.skip_security = true};
    scene *scene = &g.stand.scene;
    char point[OB_OBJECT_NAME_MAX];
    int64_t time = 0;
    memcpy(point, memory_store_at(g.store, OB_OBJECT_POINT, position)->name, sizeof point);
    ob_manifest_parse_name(point, &time, &options.point);
    options.destination = ob_test_path(scene->base, "out");
    rig_lose_cache(&scene->rig);
    ob_status status = scene_restore(scene, &options);
    bool told = is_cut(point);
    for (size_t i = 0; i < g.stand.count; i++) {
        told = told || (g.stand.findings[i].path[0] != '\0' &&
                        strcmp(g.stand.findings[i].object, point) == 0);
    }
    bool failed = OB_FAILED(status) || scene_told(scene, OB_EVENT_FAILED, NULL, NULL) > 0;
    if (failed != told) {
        complain(told ? "a restore says nothing of" : "verification says nothing of", point);
    }
    for (unsigned i = 0; i < GOLDEN_POINTS && !OB_FAILED(status); i++) {
        if (strcmp(point, g.point[i]) == 0 && !is_cut(point)) {
            check_files(scene_restored(scene, options.destination), point, i);
        }
    }
    ob_check_ok(ob_fs_remove_tree(ob_fs_os(), options.destination));
}

/* ---- what becomes of it ---- */

static void check_heals(void)
{
    ob_restore_options options = {.skip_security = true};
    scene *scene = &g.stand.scene;
    g.stand.options.remember = true;
    need(stand_verify(&g.stand), "verification");
    g.stand.options.remember = false;
    need(scene_backup(scene), "the next backup");
    if (scene->event_count > 0) {
        complain("the next backup:", scene->events[0].detail);
    }
    options.point = scene->last.point;
    options.destination = ob_test_path(scene->base, "healed");
    need(scene_restore(scene, &options), "a restore of the next backup");
    for (unsigned k = 0; k < GOLDEN_FILES; k++) {
        bool there = false;
        if (!is_right(scene_restored(scene, options.destination), &golden_files[k], &there)) {
            complain("not backed up anew:", golden_files[k].name);
        }
    }
    ob_check_ok(ob_fs_remove_tree(ob_fs_os(), options.destination));
    need(stand_verify(&g.stand), "verification");
    char newest[OB_OBJECT_NAME_MAX];
    ob_manifest_object_name(newest, scene->last.time, &scene->last.point);
    for (size_t i = 0; i < g.stand.count; i++) {
        if (strcmp(g.stand.findings[i].object, newest) == 0) {
            complain("the next backup is hit:", newest);
        }
    }
}

static void check_repairs(void)
{
    const ob_control control = {0};
    ob_repair_options options = {.target = memory_store_new(), .cache_dir = ob_test_temp()};
    ob_repair_result result = {0};
    ob_engine *engine = &g.stand.scene.rig.engine;
    need(ob_repair_run(engine, &options, &control, &result), "repair");
    engine->store = options.target;
    rig_lose_cache(&g.stand.scene.rig);
    need(stand_verify(&g.stand), "verification of what was repaired");
    for (size_t i = 0; i < g.stand.count; i++) {
        const stand_finding *f = &g.stand.findings[i];
        /* Envelopes are made by a passphrase only; what is newer is kept for those who know it, and
         * nonsense of whoever has the keys stays. */
        if (f->kind != OB_OBJECT_KEY && f->damage != OB_DAMAGE_VERSION &&
            f->damage != OB_DAMAGE_NOT_HELD && strcmp(now->lost, "*") != 0) {
            complain("still there after a repair:", f->object);
            break;
        }
    }
    engine->store = g.store;
    ob_store_close(options.target);
}

static void check(const hurt *h)
{
    now = h;
    golden_reset(&g);
    h->make(&g);
    for (int depth = OB_VERIFY_STRUCTURE; depth <= OB_VERIFY_FULL; depth++) {
        rig_lose_cache(&g.stand.scene.rig);
        g.stand.options.depth = (ob_verify_depth)depth;
        need(stand_verify(&g.stand), "verification");
    }
    check_named();
    check_lost();
    for (unsigned i = 0; i < memory_store_count(g.store, OB_OBJECT_POINT); i++) {
        check_restore(i);
    }
    check_repairs();
    check_heals();
}

START_TEST(damage__each_way)
{
    /* What is checked is the same code on each system. Where files are slow to make, a third of the
     * ways, from all of the table, shows that the system makes no difference. */
    size_t every = ob_place_separator == '/' ? 1 : 3;
    golden_open(&g);
    complaints = 0;
    for (size_t i = every * (size_t)_i; i < hurt_count; i += every * SLICES) {
        check(&hurts[i]);
    }
    golden_close(&g);
    ck_assert_msg(complaints == 0, "%u complaints", complaints);
}
END_TEST

START_TEST(damage__there_are_enough_ways)
{
    printf("%u ways of damage\n", (unsigned)hurt_count);
    ck_assert_uint_ge(hurt_count, 50);
    for (size_t i = 0; i < hurt_count; i++) {
        for (size_t k = 0; k < i; k++) {
            ck_assert_str_ne(hurts[i].name, hurts[k].name);
        }
    }
    golden_open(&g);
    stand_check_sound(&g.stand);
    golden_close(&g);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 240);
    tcase_add_test(cases, damage__there_are_enough_ways);
    tcase_add_loop_test(cases, damage__each_way, 0, SLICES);
}
OB_TEST_MAIN("damage", add_cases)
