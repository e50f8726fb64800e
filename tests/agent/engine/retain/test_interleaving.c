/* Backups, deletion, second runs of deletion that are late, points brought back, and time, in
 * random order: at each operation that a run of deletion asks of the store something else may
 * happen first. What must hold after each of them: every point that is there has all of its packs,
 * and no point is gone that nobody deleted. */
#include "history.h"
#include "point/manifest.h"

#include <stdio.h>
#include <string.h>

#define DAY INT64_C(86400)
#define POINTS 400
#define PACKS_OF_POINT 6

typedef struct model_point {
    uint32_t packs[PACKS_OF_POINT];
    size_t count;
    int64_t time;
    int64_t marked; /* when it was deleted first since it was brought back; 0: it is not */
    bool made;
} model_point;

/* A store that lets others in. */
typedef struct world {
    ob_store base;
    ob_store *inner;
    ob_engine engine;
    ob_test_clock clock;
    ob_keyring *keys;
    ob_test_rng rng;
    bool busy; /* nobody is let in */
    unsigned depth;
    uint32_t next_pack, next_point;
    model_point points[POINTS];
    /* Backups under way: the packs that they count on. */
    model_point pending[3];
    uint64_t commits, lost_commits, undeletes, runs, late_runs, swept, steps;
} world;

static world *of(ob_store *store)
{
    return (world *)store;
}

static uint64_t below(world *w, uint64_t limit)
{
    return ob_test_rng_below(&w->rng, limit);
}

static bool point_is_there(world *w, uint32_t number)
{
    char name[OB_OBJECT_NAME_MAX];
    ob_guid id = history_guid(number);
    ob_manifest_object_name(name, w->points[number].time, &id);
    return memory_store_find(w->inner, OB_OBJECT_POINT, name) != NULL;
}

static void check(world *w)
{
    for (uint32_t i = 0; i < w->next_point; i++) {
        model_point *point = &w->points[i];
        if (!point->made) {
            continue;
        }
        bool there = point_is_there(w, i);
        ck_assert_msg(there || point->marked != 0, "point %u went and was not deleted", i);
        ck_assert_msg(there || w->clock.now - point->marked >= 14 * DAY * 1000000000,
                      "point %u went too soon", i);
        for (size_t k = 0; there && k < point->count; k++) {
            ck_assert_msg(history_has_pack(w->inner, point->packs[k]), "point %u lacks pack %u", i,
                          point->packs[k]);
        }
        w->swept += there ? 0 : 1;
        point->made = there;
    }
}

/* ---- what others do ---- */

static void pass(world *w)
{
    int64_t seconds = (int64_t)below(w, 3 * (uint64_t)DAY);
    ob_test_clock_advance(&w->clock, (uint64_t)seconds * 1000000000);
    memory_store_set_time(w->inner, w->clock.now);
}

/* A backup begins: it sees what is there and uploads some. */
static void begin_backup(world *w)
{
    model_point *point = &w->pending[below(w, 3)];
    *point = (model_point){.count = 1 + (size_t)below(w, PACKS_OF_POINT)};
    for (size_t i = 0; i < point->count; i++) {
        uint32_t pack = w->next_pack > 0 ? (uint32_t)below(w, w->next_pack) : 0;
        if (below(w, 3) == 0 || !history_has_pack(w->inner, pack)) {
            pack = w->next_pack++;
            history_put_pack(w->inner, pack);
        }
        point->packs[i] = pack;
    }
}

/* And ends, any time later. */
static void end_backup(world *w)
{
    model_point *point = &w->pending[below(w, 3)];
    if (point->count == 0 || w->next_point == POINTS) {
        return;
    }
    uint32_t number = w->next_point++;
    uint32_t days = below(w, 3) == 0 ? (uint32_t)below(w, 20) : 0;
    bool whole = true;
    ob_engine engine = w->engine;
    engine.store = w->inner;
    for (size_t i = 0; i < point->count; i++) {
        whole = whole && history_has_pack(w->inner, point->packs[i]);
    }
    point->time = w->clock.now + number;
    ob_status status =
        history_put_point(&engine, number, point->time, "x", point->packs, point->count, days);
    ck_assert_int_eq(status, whole ? OB_OK : OB_E_NOT_FOUND);
    w->points[number] = *point;
    w->points[number].made = whole;
    w->commits += whole ? 1 : 0;
    w->lost_commits += whole ? 0 : 1;
    *point = (model_point){0};
}

static void undelete(world *w)
{
    if (w->next_point == 0) {
        return;
    }
    uint32_t number = (uint32_t)below(w, w->next_point);
    ob_guid id = history_guid(number);
    ob_engine engine = w->engine;
    engine.store = w->inner;
    ob_status status = ob_point_undelete(&engine, &id);
    ck_assert(status == OB_OK || status == OB_E_NOT_FOUND);
    if (status == OB_OK) {
        w->points[number].marked = 0;
        w->undeletes++;
    }
}

static void note(void *context, const ob_pruned_point *point)
{
    world *w = context;
    uint32_t number = 0;
    memcpy(&number, point->id.bytes + 12, sizeof number);
    if (point->fate == OB_FATE_MARKED && w->points[number].marked == 0) {
        w->points[number].marked = w->clock.now;
    }
}

static void delete_points(world *w)
{
    const ob_retention_rule rule = {"x", {.days = 1 + (uint32_t)below(w, 30)}};
    uint32_t number = w->next_point > 0 ? (uint32_t)below(w, w->next_point) : 0;
    ob_guid id = history_guid(number);
    ob_prune_options options = {.rules = &rule, .rule_count = 1, .told = note, .context = w};
    ob_prune_result result;
    if (below(w, 4) == 0) {
        options.remove = &id;
        options.remove_count = 1;
    }
    w->depth++;
    ob_status status = ob_prune_run(&w->engine, &options, NULL, &result);
    w->depth--;
    w->runs++;
    w->late_runs += status == OB_E_FENCED ? 1 : 0;
    ck_assert_msg(status == OB_OK || status == OB_E_FENCED || status == OB_E_BUSY ||
                      status == OB_E_NOT_FOUND || status == OB_E_RETAINED ||
                      status == OB_E_VAULT_INCOMPLETE,
                  "%s (%s)", ob_status_lookup(status)->symbol, ob_detail());
}

static void step(world *w)
{
    static void (*const actions[])(world *) = {begin_backup, begin_backup, end_backup,
                                               end_backup,   undelete,     pass};
    uint64_t which = below(w, 7);
    w->steps++;
    if (which == 6) {
        if (w->depth < 2) {
            delete_points(w);
        }
    } else {
        actions[which](w);
    }
    check(w);
}

/* Somebody else comes first, or not. */
static void let_in(world *w)
{
    if (!w->busy && w->depth > 0) {
        check(w);
        while (below(w, 4) == 0) {
            step(w);
        }
    }
}

/* ---- the store between ---- */

static ob_status do_put(ob_store *store, ob_object_kind kind, const char *name, const void *data,
                        size_t length)
{
    let_in(of(store));
    return of(store)->inner->ops->put(of(store)->inner, kind, name, data, length);
}

static ob_status do_get(ob_store *store, ob_object_kind kind, const char *name, uint64_t offset,
                        void *data, size_t length)
{
    return of(store)->inner->ops->get(of(store)->inner, kind, name, offset, data, length);
}

static ob_status do_size(ob_store *store, ob_object_kind kind, const char *name, uint64_t *out)
{
    if (below(of(store), 8) == 0) {
        let_in(of(store));
    }
    return of(store)->inner->ops->size(of(store)->inner, kind, name, out);
}

static ob_status do_list(ob_store *store, ob_object_kind kind, const char *after,
                         ob_store_visit visit, void *context)
{
    let_in(of(store));
    return of(store)->inner->ops->list(of(store)->inner, kind, after, visit, context);
}

static ob_status do_lock(ob_store *store, uint32_t seconds, uint64_t *token)
{
    let_in(of(store));
    return of(store)->inner->holds->lock(of(store)->inner, seconds, token);
}

static ob_status do_renew(ob_store *store, uint64_t token, uint32_t seconds)
{
    let_in(of(store));
    return of(store)->inner->holds->renew(of(store)->inner, token, seconds);
}

static ob_status do_unlock(ob_store *store, uint64_t token)
{
    let_in(of(store));
    return of(store)->inner->holds->unlock(of(store)->inner, token);
}

/* A mark counts from when it is made, whether its maker lives to tell or not. */
static void note_marks(world *w, ob_object_kind kind, const ob_object_name *names, size_t count)
{
    for (size_t i = 0; kind == OB_OBJECT_POINT && i < count; i++) {
        ob_guid id;
        int64_t time = 0;
        uint32_t number = 0;
        ob_manifest_parse_name(names[i], &time, &id);
        memcpy(&number, id.bytes + 12, sizeof number);
        if (w->points[number].marked == 0) {
            w->points[number].marked = w->clock.now;
        }
    }
}

static ob_status do_mark(ob_store *store, uint64_t token, ob_object_kind kind,
                         const ob_object_name *names, size_t count, uint32_t days, size_t *refused)
{
    let_in(of(store));
    ob_status status =
        of(store)->inner->holds->mark(of(store)->inner, token, kind, names, count, days, refused);
    if (status == OB_OK) {
        note_marks(of(store), kind, names, count);
    }
    return status;
}

static ob_status do_sweep(ob_store *store, uint64_t token, ob_object_kind kind,
                          const ob_object_name *names, size_t count, size_t *refused)
{
    let_in(of(store));
    return of(store)->inner->holds->sweep(of(store)->inner, token, kind, names, count, refused);
}

static ob_status do_keep(ob_store *store, ob_object_kind kind, const ob_object_name *names,
                         size_t count, uint32_t days)
{
    let_in(of(store));
    return of(store)->inner->holds->keep(of(store)->inner, kind, names, count, days);
}

static ob_status do_list_holds(ob_store *store, ob_hold_visit visit, void *context)
{
    let_in(of(store));
    return of(store)->inner->holds->list(of(store)->inner, visit, context);
}

static const ob_store_ops ops = {do_put, do_get, do_size, do_list, NULL};
static const ob_hold_ops hold_ops = {NULL,    do_lock,  do_renew, do_unlock,
                                     do_mark, do_sweep, do_keep,  do_list_holds};

START_TEST(interleaving__never_loses_a_pack_of_a_point)
{
    static world w;
    memset(&w, 0, sizeof w);
    w.base = (ob_store){.ops = &ops, .holds = &hold_ops};
    w.inner = memory_store_new();
    w.keys = rig_keys(1);
    w.rng = ob_test_rng_new(100 + (uint64_t)_i);
    ob_test_clock_init(&w.clock);
    w.engine = (ob_engine){.store = &w.base, .clock = &w.clock.clock, .keys = w.keys};
    memory_store_set_time(w.inner, w.clock.now);
    while (w.next_point < POINTS) {
        step(&w);
    }
    printf("%llu steps, %llu points, %llu without a point, %llu runs, %llu late, %llu brought "
           "back, %llu swept\n",
           (unsigned long long)w.steps, (unsigned long long)w.commits,
           (unsigned long long)w.lost_commits, (unsigned long long)w.runs,
           (unsigned long long)w.late_runs, (unsigned long long)w.undeletes,
           (unsigned long long)w.swept);
    ck_assert_uint_gt(w.swept, 20);
    ck_assert_uint_gt(w.undeletes, 5);
    ob_keyring_free(w.keys);
    ob_store_close(w.inner);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_loop_test(cases, interleaving__never_loses_a_pack_of_a_point, 0,
                        scene_next(16) == 17 ? 6 : 1);
}

OB_TEST_MAIN("interleaving", add_cases)
