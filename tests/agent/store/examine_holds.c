#include "examine_holds.h"

#include "ob/test.h"
#include "ob/text.h"

#include <string.h>

#define DAY INT64_C(86400)
#define MINUTE 60
#define MOST 600

/* ---- small steps ---- */

typedef struct known {
    ob_hold holds[MOST];
    size_t count;
    int64_t now;
} known;

static ob_status note(void *context, const ob_hold *hold, int64_t now)
{
    known *all = context;
    ck_assert_uint_lt(all->count, MOST);
    all->holds[all->count++] = *hold;
    all->now = now;
    return OB_OK;
}

static known list(ob_store *store)
{
    known all = {.count = 0};
    ob_check_ok(store->holds->list(store, note, &all));
    return all;
}

/* NULL if the store knows nothing of it. */
static const ob_hold *find(const known *all, ob_object_kind kind, unsigned number)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->holds[i].kind == kind &&
            strcmp(all->holds[i].name, examine_store_name(kind, number)) == 0) {
            return &all->holds[i];
        }
    }
    return NULL;
}

static bool is_there(ob_store *store, ob_object_kind kind, unsigned number)
{
    uint64_t size = 0;
    ob_status status = store->ops->size(store, kind, examine_store_name(kind, number), &size);
    ck_assert(status == OB_OK || status == OB_E_NOT_FOUND);
    return status == OB_OK;
}

static void put(ob_store *store, ob_object_kind kind, unsigned number)
{
    ob_check_ok(store->ops->put(store, kind, examine_store_name(kind, number), "x", 1));
}

static void name(ob_object_name to, ob_object_kind kind, unsigned number)
{
    memset(to, 0, OB_OBJECT_NAME_MAX);
    strcpy(to, examine_store_name(kind, number));
}

static ob_status commit(ob_store *store, unsigned point, const unsigned *packs, size_t count,
                        uint32_t days)
{
    uint8_t ids[8 * 32];
    for (size_t i = 0; i < count; i++) {
        ob_check_ok(
            ob_hex_decode(ids + i * 32, 32, examine_store_name(OB_OBJECT_PACK, packs[i]), 64));
    }
    return store->holds->commit(store, examine_store_name(OB_OBJECT_POINT, point), "point", 5, ids,
                                count, days);
}

static ob_status mark(ob_store *store, uint64_t token, ob_object_kind kind, unsigned number,
                      uint32_t days, size_t *refused)
{
    ob_object_name one;
    name(one, kind, number);
    return store->holds->mark(store, token, kind, (const ob_object_name *)&one, 1, days, refused);
}

static ob_status sweep(ob_store *store, uint64_t token, ob_object_kind kind, unsigned number,
                       size_t *refused)
{
    ob_object_name one;
    name(one, kind, number);
    return store->holds->sweep(store, token, kind, (const ob_object_name *)&one, 1, refused);
}

static ob_status keep(ob_store *store, ob_object_kind kind, unsigned number, uint32_t days)
{
    ob_object_name one;
    name(one, kind, number);
    return store->holds->keep(store, kind, (const ob_object_name *)&one, 1, days);
}

/* ---- the examination ---- */

static void examine_lock(const holds_subject *s)
{
    ob_store *store = s->store;
    const ob_hold_ops *holds = store->holds;
    uint64_t first = 0;
    uint64_t second = 7777;
    size_t refused = 0;
    ob_check_ok(holds->lock(store, 60, &first));
    ck_assert_uint_gt(first, 0);
    ob_check_status(holds->lock(store, 60, &second), OB_E_BUSY);
    ck_assert_uint_eq(second, 7777);
    s->pass(s->context, 50);
    ob_check_ok(holds->renew(store, first, 60));
    s->pass(s->context, 50);
    ob_check_status(holds->lock(store, 60, &second), OB_E_BUSY);
    /* A holder that is late and that nobody has replaced still has it. */
    s->pass(s->context, 50);
    ob_check_ok(holds->renew(store, first, 60));
    s->pass(s->context, 61);
    ob_check_ok(holds->lock(store, 60, &second));
    ck_assert_uint_gt(second, first);
    put(store, OB_OBJECT_PACK, 90);
    ob_check_status(holds->renew(store, first, 60), OB_E_FENCED);
    ob_check_status(holds->unlock(store, first), OB_E_FENCED);
    ob_check_status(mark(store, first, OB_OBJECT_PACK, 90, 0, &refused), OB_E_FENCED);
    ob_check_status(sweep(store, first, OB_OBJECT_PACK, 90, &refused), OB_E_FENCED);
    ck_assert_uint_eq(list(store).count, 0);
    ob_check_ok(holds->unlock(store, second));
    ob_check_status(holds->unlock(store, second), OB_E_FENCED);
    ob_check_status(mark(store, second, OB_OBJECT_PACK, 90, 0, &refused), OB_E_FENCED);
    ob_check_status(mark(store, 0, OB_OBJECT_PACK, 90, 0, &refused), OB_E_FENCED);
}

static uint64_t take(ob_store *store)
{
    uint64_t token = 0;
    ob_check_ok(store->holds->lock(store, 30, &token));
    return token;
}

static void examine_commit(const holds_subject *s)
{
    ob_store *store = s->store;
    static const unsigned packs[] = {100, 101};
    static const unsigned lost[] = {100, 199};
    put(store, OB_OBJECT_PACK, 100);
    put(store, OB_OBJECT_PACK, 101);
    ob_check_status(commit(store, 100, lost, 2, 5), OB_E_NOT_FOUND);
    ck_assert(!is_there(store, OB_OBJECT_POINT, 100));
    ck_assert_uint_eq(list(store).count, 0);
    ob_check_ok(commit(store, 100, packs, 2, 0));
    ck_assert(is_there(store, OB_OBJECT_POINT, 100));
    known all = list(store);
    ck_assert_uint_eq(all.count, 1);
    ck_assert_int_eq(find(&all, OB_OBJECT_POINT, 100)->retained, 0);
    /* Once more, and now for some days: only ever longer. */
    ob_check_ok(commit(store, 100, packs, 2, 5));
    ob_check_ok(commit(store, 101, packs, 1, 3));
    all = list(store);
    ck_assert_uint_eq(all.count, 4);
    int64_t until = find(&all, OB_OBJECT_PACK, 100)->retained;
    ck_assert_int_eq(until, find(&all, OB_OBJECT_PACK, 101)->retained);
    ck_assert_int_gt(until, find(&all, OB_OBJECT_POINT, 101)->retained);
    ck_assert_int_gt(until, all.now + 4 * DAY * 1000000000);
    ck_assert_int_le(until, all.now + 5 * DAY * 1000000000);
    ob_check_status(commit(store, 100, packs, 2, 5), OB_OK);
    ob_check_status(store->holds->commit(store, "x", "point", 5, NULL, 0, 0),
                    OB_E_INVALID_ARGUMENT);
}

static void examine_retention(const holds_subject *s)
{
    ob_store *store = s->store;
    size_t refused = 0;
    uint64_t token = take(store);
    ob_check_ok(mark(store, token, OB_OBJECT_PACK, 100, 2, &refused));
    ck_assert_uint_eq(refused, 1);
    ob_check_ok(mark(store, token, OB_OBJECT_POINT, 100, 2, &refused));
    ck_assert_uint_eq(refused, 1);
    ob_check_ok(store->holds->unlock(store, token));
    s->pass(s->context, 5 * DAY + MINUTE);
    token = take(store);
    ob_check_ok(mark(store, token, OB_OBJECT_PACK, 100, 2, &refused));
    ck_assert_uint_eq(refused, 0);
    ob_check_ok(sweep(store, token, OB_OBJECT_PACK, 100, &refused));
    ck_assert_uint_eq(refused, 1);
    ck_assert(is_there(store, OB_OBJECT_PACK, 100));
    /* A second mark does not put it off. */
    s->pass(s->context, DAY);
    ob_check_ok(store->holds->renew(store, token, 30));
    ob_check_ok(mark(store, token, OB_OBJECT_PACK, 100, 2, &refused));
    s->pass(s->context, DAY + MINUTE);
    known all = list(store);
    ck_assert_uint_eq(find(&all, OB_OBJECT_PACK, 100)->token, token);
    ck_assert_int_le(find(&all, OB_OBJECT_PACK, 100)->due, all.now);
    ob_check_ok(sweep(store, token, OB_OBJECT_PACK, 100, &refused));
    ck_assert_uint_eq(refused, 0);
    ck_assert(!is_there(store, OB_OBJECT_PACK, 100));
    all = list(store);
    ck_assert_ptr_null(find(&all, OB_OBJECT_PACK, 100));
    ob_check_ok(sweep(store, token, OB_OBJECT_PACK, 101, &refused)); /* never marked */
    ck_assert_uint_eq(refused, 1);
    ck_assert(is_there(store, OB_OBJECT_PACK, 101));
    ob_check_ok(store->holds->unlock(store, token));
}

static void examine_keep(const holds_subject *s)
{
    ob_store *store = s->store;
    static const unsigned packs[] = {200};
    size_t refused = 0;
    uint64_t token = take(store);
    for (unsigned i = 0; i < 3; i++) {
        put(store, OB_OBJECT_PACK, 200 + i);
        ob_check_ok(mark(store, token, OB_OBJECT_PACK, 200 + i, 1, &refused));
    }
    put(store, OB_OBJECT_INDEX, 200);
    ob_check_ok(mark(store, token, OB_OBJECT_INDEX, 200, 0, &refused));
    s->pass(s->context, DAY + MINUTE);
    /* By a point, by hand, and not at all. */
    ob_check_ok(commit(store, 200, packs, 1, 0));
    ob_check_ok(keep(store, OB_OBJECT_PACK, 201, 3));
    for (unsigned i = 0; i < 3; i++) {
        ob_check_ok(sweep(store, token, OB_OBJECT_PACK, 200 + i, &refused));
        ck_assert_uint_eq(refused, i < 2);
        ck_assert(is_there(store, OB_OBJECT_PACK, 200 + i) == (i < 2));
    }
    ob_check_ok(sweep(store, token, OB_OBJECT_INDEX, 200, &refused));
    ck_assert(!is_there(store, OB_OBJECT_INDEX, 200));
    ob_check_status(keep(store, OB_OBJECT_PACK, 202, 0), OB_E_NOT_FOUND);
    ob_check_ok(mark(store, token, OB_OBJECT_PACK, 201, 0, &refused));
    ck_assert_uint_eq(refused, 1);
    ob_check_ok(store->holds->unlock(store, token));
}

/* A mark of what is not there leaves nothing behind. */
static void examine_absent(const holds_subject *s)
{
    ob_store *store = s->store;
    size_t refused = 0;
    known all = list(store);
    ck_assert_ptr_nonnull(find(&all, OB_OBJECT_POINT, 200));
    uint64_t token = take(store);
    ob_check_ok(mark(store, token, OB_OBJECT_POINT, 999, 0, &refused));
    all = list(store);
    ck_assert_ptr_null(find(&all, OB_OBJECT_POINT, 999));
    ob_check_ok(store->holds->unlock(store, token));
}

static void examine_clock(const holds_subject *s)
{
    ob_store *store = s->store;
    size_t refused = 0;
    uint64_t token = take(store);
    put(store, OB_OBJECT_PACK, 300);
    ob_check_ok(mark(store, token, OB_OBJECT_PACK, 300, 14, &refused));
    ob_check_ok(store->holds->unlock(store, token));
    /* A year ahead counts as a week, and the way back not at all. */
    for (int i = 0; i < 2; i++) {
        s->pass(s->context, i == 0 ? 365 * DAY : -730 * DAY);
        token = take(store);
        ob_check_ok(sweep(store, token, OB_OBJECT_PACK, 300, &refused));
        ck_assert_uint_eq(refused, 1);
        ob_check_ok(store->holds->unlock(store, token));
    }
    s->pass(s->context, 6 * DAY);
    token = take(store);
    ob_check_ok(sweep(store, token, OB_OBJECT_PACK, 300, &refused));
    ck_assert_uint_eq(refused, 1);
    ob_check_ok(store->holds->unlock(store, token));
    s->pass(s->context, DAY + MINUTE);
    token = take(store);
    ob_check_ok(sweep(store, token, OB_OBJECT_PACK, 300, &refused));
    ck_assert_uint_eq(refused, 0);
    ob_check_ok(store->holds->unlock(store, token));
}

static void examine_arguments(const holds_subject *s)
{
    ob_store *store = s->store;
    size_t refused = 77;
    uint64_t token = take(store);
    ob_object_name bad = "../../vault.json";
    ob_object_name key = "00000001";
    ob_check_status(store->holds->mark(store, token, OB_OBJECT_PACK, (const ob_object_name *)&bad,
                                       1, 0, &refused),
                    OB_E_INVALID_ARGUMENT);
    ob_check_status(store->holds->mark(store, token, OB_OBJECT_KEY, (const ob_object_name *)&key, 1,
                                       0, &refused),
                    OB_E_INVALID_ARGUMENT);
    ob_check_status(keep(store, OB_OBJECT_KEY, 1, 0), OB_E_INVALID_ARGUMENT);
    ck_assert_uint_eq(refused, 77);
    ob_check_ok(store->holds->mark(store, token, OB_OBJECT_PACK, NULL, 0, 0, &refused));
    ck_assert_uint_eq(refused, 0);
    ob_check_ok(store->holds->unlock(store, token));
}

void examine_holds(const holds_subject *subject)
{
    ck_assert_ptr_nonnull(subject->store->holds);
    ob_check_ok(ob_store_needs_holds(subject->store));
    examine_lock(subject);
    examine_commit(subject);
    examine_retention(subject);
    examine_keep(subject);
    examine_absent(subject);
    examine_clock(subject);
    examine_arguments(subject);
}

/* ---- faults ---- */

typedef struct fault {
    const store_under_faults *subject;
    uint64_t token;
    unsigned number; /* of the objects of this try */
} fault;

typedef ob_status (*fault_step)(const fault *f);

static ob_status step_commit(const fault *f)
{
    return commit(f->subject->store, f->number, &f->number, 1, 3);
}

static ob_status step_mark(const fault *f)
{
    size_t refused = 0;
    return mark(f->subject->store, f->token, OB_OBJECT_PACK, f->number, 0, &refused);
}

static ob_status step_sweep(const fault *f)
{
    size_t refused = 0;
    return sweep(f->subject->store, f->token, OB_OBJECT_PACK, f->number, &refused);
}

static ob_status step_keep(const fault *f)
{
    return keep(f->subject->store, OB_OBJECT_PACK, f->number, 2);
}

static ob_status step_renew(const fault *f)
{
    return f->subject->store->holds->renew(f->subject->store, f->token, 3000);
}

/* What the clean store must show after a step, whether it failed or not. */
static void check_after(const fault *f, fault_step step, ob_status status)
{
    ob_store *clean = f->subject->clean;
    known all = list(clean);
    const ob_hold *pack = find(&all, OB_OBJECT_PACK, f->number);
    bool there = is_there(clean, OB_OBJECT_PACK, f->number);
    ck_assert(there || step == step_sweep);
    if (step == step_commit) {
        bool point = is_there(clean, OB_OBJECT_POINT, f->number);
        ck_assert(point || status != OB_OK);
        ck_assert(!point || (pack != NULL && pack->retained > all.now));
        /* A point is known exactly if it is there. */
        ck_assert((find(&all, OB_OBJECT_POINT, f->number) != NULL) == point);
    }
    if (step == step_mark && status == OB_OK) {
        ck_assert(pack != NULL && pack->marked != 0);
    }
    if (step == step_sweep && status == OB_OK) {
        ck_assert(!there && pack == NULL);
    }
    if (step == step_keep && status == OB_OK) {
        ck_assert(pack != NULL && pack->marked == 0 && pack->retained > all.now);
    }
}

static void sweep_faults(fault *f, fault_step step, bool from_then_on, uint64_t most)
{
    const store_under_faults *subject = f->subject;
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        size_t refused = 0;
        ck_assert_uint_le(n, most);
        f->number++;
        put(subject->clean, OB_OBJECT_PACK, f->number);
        if (step == step_sweep || step == step_keep) {
            ob_check_ok(mark(subject->clean, f->token, OB_OBJECT_PACK, f->number, 0, &refused));
        }
        subject->arm(subject->context, n, from_then_on);
        ob_status status = step(f);
        hit = subject->disarm(subject->context);
        ck_assert(hit || status == OB_OK);
        check_after(f, step, status);
        ob_check_ok(step(f));
        check_after(f, step, OB_OK);
        /* Keeps the list short. */
        if (is_there(subject->clean, OB_OBJECT_POINT, f->number)) {
            known all = list(subject->clean);
            ck_assert_uint_lt(all.count, MOST);
        }
    }
}

void examine_holds_faults(const store_under_faults *subject, uint64_t most)
{
    static const fault_step steps[] = {step_renew, step_mark, step_sweep, step_keep, step_commit};
    fault f = {.subject = subject, .number = 6000};
    ob_check_ok(subject->clean->holds->lock(subject->clean, 3000, &f.token));
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        sweep_faults(&f, steps[i], false, most);
        sweep_faults(&f, steps[i], true, most);
    }
}
