/* Random operations against plain copies of the source: whatever happens, in whatever order, each
 * point gives what the source was. $OB_TEST_SEED repeats a run. */
#include "faults.h"

#define STEPS 45

static void must_hold(const char *trouble, unsigned step, const char *after)
{
    ck_assert_msg(trouble == NULL, "step %u, after %s: %s", step, after, trouble);
}

/* A backup to which something happens at some place, early or late. */
static const char *trouble_in_backup(world *w, ob_test_rng *rng)
{
    static fault f;
    fault_kind kind = (fault_kind)ob_test_rng_below(rng, FAULT_KINDS);
    uint64_t place = 1 + ob_test_rng_below(rng, ob_test_rng_below(rng, 2) == 0 ? 30 : 700);
    fault_begin(&f, w, kind, place);
    ob_status status = world_backup(w);
    bool hit = fault_end(&f);
    ck_assert_msg(hit || status == OB_OK, "a backup without a fault failed: %s (%s)",
                  ob_status_lookup(status)->symbol, ob_detail());
    must_hold(world_check_points(w), 0, fault_name(kind));
    return fault_name(kind);
}

static const char *one_step(world *w, ob_test_rng *rng)
{
    switch (ob_test_rng_below(rng, 8)) {
    case 0:
    case 1:
        world_change(w, rng, 1 + (unsigned)ob_test_rng_below(rng, 8));
        return "a change";
    case 2:
    case 3:
        ob_check_ok(world_backup(w));
        ck_assert_uint_eq(w->failed_count, 0);
        return "a backup";
    case 4:
        world_lose_cache(w);
        return "the loss of the cache";
    case 5:
        if (w->point_count > 2 && ob_test_rng_below(rng, 2) == 0) {
            world_set_clock(w, (int64_t)ob_test_rng_below(rng, 4) * 24 * 3600 * 1000000000);
            world_forget(w, (size_t)ob_test_rng_below(rng, 3));
            ob_check_ok(world_prune(w));
            return "a deletion";
        }
        must_hold(world_check_item(w, rng), 0, "an item");
        return "an item";
    default:
        return trouble_in_backup(w, rng);
    }
}

static void run(uint64_t seed)
{
    static world w;
    ob_test_rng rng = ob_test_rng_new(seed);
    world_open(&w);
    for (unsigned step = 1; step <= STEPS; step++) {
        const char *what = one_step(&w, &rng);
        if (step % 5 == 0) {
            must_hold(world_check_points(&w), step, what);
        }
    }
    must_hold(world_check_next(&w), STEPS, "everything");
    must_hold(world_check_points(&w), STEPS, "everything");
    world_close(&w);
}

START_TEST(model__random_operations)
{
    run(0x5EED0000u + (unsigned)_i);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_loop_test(cases, model__random_operations, 0, 16);
}
OB_TEST_MAIN("model", add_cases)
