#include "history.h"

#include <stdio.h>
#include <string.h>

#define DAY INT64_C(86400)
#define FORTNIGHT (15 * DAY)

static size_t count_of(history *h, ob_object_kind kind)
{
    return memory_store_count(h->scene.rig.store, kind);
}

static size_t told(const history *h, ob_point_fate fate)
{
    size_t count = 0;
    for (size_t i = 0; i < h->told_count; i++) {
        count += h->told[i].fate == fate ? 1 : 0;
    }
    return count;
}

/* Lets time pass in steps that the store's clock goes along with. */
static void pass_fortnight(history *h)
{
    for (int i = 0; i < 3; i++) {
        history_pass(h, FORTNIGHT / 3);
        ob_check_ok(history_prune(h, 0, NULL));
    }
}

START_TEST(prune__old_points_are_marked_and_then_swept)
{
    history h;
    history_open(&h);
    for (int i = 0; i < 6; i++) {
        history_backup(&h);
    }
    size_t packs = count_of(&h, OB_OBJECT_PACK);
    ob_check_ok(history_prune(&h, 2, NULL));
    ck_assert_uint_eq(h.result.points, 6);
    ck_assert_uint_eq(h.result.points_kept, 3); /* 0, 1 and 2 days old */
    ck_assert_uint_eq(h.result.points_marked, 3);
    ck_assert_uint_eq(h.result.points_swept, 0);
    ck_assert_uint_gt(h.result.packs_marked, 0);
    ck_assert_uint_gt(h.result.bytes_marked, 0);
    ck_assert_uint_eq(told(&h, OB_FATE_MARKED), 3);
    ck_assert_uint_eq(h.told[5].kept, OB_KEPT_DAILY | OB_KEPT_NEWEST);
    /* They are not shown, and still there to the last byte. */
    ck_assert_uint_eq(history_shown(&h), 3);
    ck_assert_uint_eq(count_of(&h, OB_OBJECT_PACK), packs);
    history_check(&h, 0);
    /* A second run has nothing to do. */
    uint64_t marked = h.result.packs_marked;
    ob_check_ok(history_prune(&h, 2, NULL));
    ck_assert_uint_eq(h.result.points_marked + h.result.packs_marked + h.result.packs_swept, 0);
    ck_assert_uint_eq(h.result.points_waiting, 3);
    pass_fortnight(&h);
    ck_assert_uint_eq(count_of(&h, OB_OBJECT_POINT), 3);
    ck_assert_uint_eq(count_of(&h, OB_OBJECT_PACK), packs - marked);
    history_check(&h, 3);
    history_close(&h);
}
END_TEST

START_TEST(prune__backups_go_on_over_it)
{
    history h;
    history_open(&h);
    for (int i = 0; i < 30; i++) {
        history_backup(&h);
        ob_check_ok(history_prune(&h, 3, NULL));
        ck_assert_uint_le(history_shown(&h), 4);
        if (i % 7 == 3) {
            rig_lose_cache(&h.scene.rig);
        }
    }
    /* 4 shown and those of 14 days that wait. */
    ck_assert_uint_le(count_of(&h, OB_OBJECT_POINT), 20);
    ck_assert_uint_le(count_of(&h, OB_OBJECT_PACK), 2 * 20 + 2);
    history_check(&h, 26);
    rig_lose_cache(&h.scene.rig);
    history_check(&h, 26);
    history_close(&h);
}
END_TEST

START_TEST(prune__index_objects_follow)
{
    history h;
    const char *first = NULL;
    history_open(&h);
    for (int i = 0; i < 24; i++) {
        history_backup(&h);
        first = memory_store_at(h.scene.rig.store, OB_OBJECT_INDEX, 0)->name;
    }
    ck_assert_ptr_nonnull(first);
    size_t before = count_of(&h, OB_OBJECT_INDEX);
    ck_assert_uint_ge(before, 24);
    /* Too many small ones become one. */
    ob_check_ok(history_prune(&h, 60, NULL));
    ck_assert_uint_eq(h.result.indexes_written, 1);
    ck_assert_uint_eq(h.result.indexes_swept, before);
    ck_assert_uint_eq(count_of(&h, OB_OBJECT_INDEX), 1);
    history_check(&h, 22);
    /* What lists packs that are gone is written anew without them. */
    ob_check_ok(history_prune(&h, 3, NULL));
    pass_fortnight(&h);
    ck_assert_uint_eq(count_of(&h, OB_OBJECT_INDEX), 1);
    uint64_t gets = memory_store_counted(h.scene.rig.store).gets;
    rig_lose_cache(&h.scene.rig);
    history_check(&h, 23);
    history_backup(&h);
    /* Nothing had to be made up for by reading packs' tables: a few gets for each pack otherwise.
     */
    ck_assert_uint_lt(memory_store_counted(h.scene.rig.store).gets - gets, 60);
    history_check(&h, 23);
    history_close(&h);
}
END_TEST

START_TEST(prune__a_point_by_its_name)
{
    history h;
    ob_guid unknown = {{9}};
    history_open(&h);
    for (int i = 0; i < 3; i++) {
        history_backup(&h);
    }
    ob_check_status(history_prune(&h, 0, &unknown), OB_E_NOT_FOUND);
    ob_check_ok(history_prune(&h, 0, &h.points[1].id));
    ck_assert_uint_eq(h.result.points_marked, 1);
    ck_assert_uint_eq(history_shown(&h), 2);
    ob_check_ok(history_prune(&h, 0, &h.points[1].id));
    ck_assert_uint_eq(h.result.points_marked, 0);
    /* Even the newest, and in the end all of them. */
    ob_check_ok(history_prune(&h, 0, &h.points[2].id));
    ob_check_ok(history_prune(&h, 0, &h.points[0].id));
    ck_assert_uint_eq(history_shown(&h), 0);
    history_check(&h, 0);
    history_close(&h);
}
END_TEST

START_TEST(prune__what_is_retained_stays)
{
    history h;
    history_open(&h);
    h.scene.retain_days = 5;
    history_backup(&h);
    h.scene.retain_days = 0;
    history_backup(&h);
    ob_check_status(history_prune(&h, 0, &h.points[0].id), OB_E_RETAINED);
    ob_check_detail("retained until");
    history_backup(&h);
    history_backup(&h);
    ob_check_ok(history_prune(&h, 1, NULL));
    ck_assert_uint_eq(h.result.points_marked, 1); /* the second */
    ck_assert((h.told[0].kept & OB_KEPT_RETAINED) != 0);
    history_backup(&h);
    history_backup(&h);
    ob_check_ok(history_prune(&h, 1, NULL));
    ck_assert_uint_eq(told(&h, OB_FATE_KEPT), 2);
    history_close(&h);
}
END_TEST

START_TEST(prune__policies_without_a_rule_keep_all)
{
    history h;
    history_open(&h);
    for (int i = 0; i < 6; i++) {
        h.scene.policy = i % 2 == 0 ? "nightly" : "by hand";
        history_backup(&h);
    }
    h.scene.policy = "nightly";
    ob_check_ok(history_prune(&h, 1, NULL));
    ck_assert_uint_eq(h.result.points_kept, 4);
    ck_assert_uint_eq(h.result.points_marked, 2);
    ck_assert_uint_eq(h.told[1].kept, OB_KEPT_ALL);
    ob_check_ok(history_prune(&h, 0, NULL));
    ck_assert_uint_eq(h.result.points_marked, 0);
    history_close(&h);
}
END_TEST

START_TEST(prune__dry_run_changes_nothing)
{
    history h;
    history_open(&h);
    for (int i = 0; i < 5; i++) {
        history_backup(&h);
    }
    const ob_retention_rule rule = {h.scene.policy, {.days = 1}};
    const ob_prune_options options = {.rules = &rule, .rule_count = 1, .dry_run = true};
    ob_prune_result result;
    ob_check_ok(ob_prune_run(&h.scene.rig.engine, &options, NULL, &result));
    ck_assert_uint_eq(result.points_marked, 3);
    ck_assert_uint_gt(result.packs_marked, 0);
    ck_assert_uint_eq(history_shown(&h), 5);
    ob_check_ok(history_prune(&h, 1, NULL));
    ck_assert_uint_eq(h.result.points_marked, result.points_marked);
    ck_assert_uint_eq(h.result.packs_marked, result.packs_marked);
    ck_assert_uint_eq(h.result.bytes_marked, result.bytes_marked);
    history_close(&h);
}
END_TEST

/* ---- what stops it ---- */

START_TEST(prune__a_listing_that_lacks_a_point_stops_it)
{
    history h;
    history_open(&h);
    for (int i = 0; i < 5; i++) {
        history_backup(&h);
    }
    ob_store *store = h.scene.rig.store;
    memory_store_remove(store, OB_OBJECT_POINT, memory_store_at(store, OB_OBJECT_POINT, 2)->name);
    ob_check_status(history_prune(&h, 1, NULL), OB_E_VAULT_INCOMPLETE);
    ob_check_detail("is not there");
    ck_assert_uint_eq(history_shown(&h), 4);
    ck_assert_uint_eq(h.result.points_marked, 0);
    /* It is lost, and said so once. */
    const ob_prune_options options = {.accept_missing = true};
    ob_check_ok(ob_prune_run(&h.scene.rig.engine, &options, NULL, &h.result));
    ob_check_ok(history_prune(&h, 1, NULL));
    ck_assert_uint_eq(h.result.points_marked, 2);
    history_check(&h, 3);
    history_close(&h);
}
END_TEST

/* A run died between removing objects and writing down that it did. */
START_TEST(prune__goes_on_where_a_sweep_ended)
{
    history h;
    history_open(&h);
    for (int i = 0; i < 5; i++) {
        history_backup(&h);
    }
    ob_check_ok(history_prune(&h, 1, NULL));
    for (int i = 0; i < 3; i++) {
        history_pass(&h, FORTNIGHT / 3);
        if (i < 2) {
            ob_check_ok(history_prune(&h, 0, NULL));
        }
    }
    ob_store *store = h.scene.rig.store;
    memory_store_remove(store, OB_OBJECT_POINT, memory_store_at(store, OB_OBJECT_POINT, 0)->name);
    ob_check_ok(history_prune(&h, 0, NULL));
    ck_assert_uint_eq(h.result.points_swept, 2); /* of three */
    ck_assert_uint_eq(h.result.points_kept, 2);
    ob_check_ok(history_prune(&h, 0, NULL));
    history_check(&h, 3);
    history_close(&h);
}
END_TEST

START_TEST(prune__a_listing_that_lacks_a_pack_stops_it)
{
    history h;
    history_open(&h);
    for (int i = 0; i < 4; i++) {
        history_backup(&h);
    }
    ob_store *store = h.scene.rig.store;
    memory_store_remove(store, OB_OBJECT_PACK, memory_store_at(store, OB_OBJECT_PACK, 0)->name);
    ob_check_status(history_prune(&h, 1, NULL), OB_E_VAULT_INCOMPLETE);
    ob_check_detail("needs pack");
    ck_assert_uint_eq(history_shown(&h), 4);
    const ob_retention_rule rule = {h.scene.policy, {.days = 1}};
    const ob_prune_options options = {.rules = &rule, .rule_count = 1, .accept_missing = true};
    ob_check_ok(ob_prune_run(&h.scene.rig.engine, &options, NULL, &h.result));
    ck_assert_uint_eq(h.result.points_marked, 2);
    history_close(&h);
}
END_TEST

START_TEST(prune__a_vault_without_points_stops_it)
{
    history h;
    history_open(&h);
    ob_check_ok(history_prune(&h, 1, NULL)); /* an empty vault is no fault */
    history_put_pack(h.scene.rig.store, 1);
    ob_check_status(history_prune(&h, 1, NULL), OB_E_VAULT_INCOMPLETE);
    ob_check_detail("no recovery point");
    ck_assert(history_has_pack(h.scene.rig.store, 1));
    history_close(&h);
}
END_TEST

START_TEST(prune__a_damaged_point_stops_packs)
{
    history h;
    history_open(&h);
    for (int i = 0; i < 5; i++) {
        history_backup(&h);
    }
    memory_object *object = memory_store_at(h.scene.rig.store, OB_OBJECT_POINT, 1);
    object->data[object->length / 2] ^= 1;
    ob_check_status(history_prune(&h, 1, NULL), OB_E_VAULT_INCOMPLETE);
    ob_check_detail("is damaged");
    ck_assert_uint_eq(h.result.points_marked, 2);
    ck_assert_uint_eq(h.result.packs_marked, 0);
    /* Deleted by its name it waits as all others; then packs go too. */
    ob_check_status(history_prune(&h, 1, &h.points[1].id), OB_E_VAULT_INCOMPLETE);
    for (int i = 0; i < 3; i++) {
        history_pass(&h, FORTNIGHT / 3);
        ob_status status = history_prune(&h, 1, NULL);
        ck_assert(status == OB_OK || (i < 2 && status == OB_E_VAULT_INCOMPLETE));
    }
    ck_assert_uint_gt(h.result.packs_marked, 0);
    history_check(&h, 4);
    history_close(&h);
}
END_TEST

START_TEST(prune__one_run_at_a_time)
{
    history h;
    uint64_t token = 0;
    history_open(&h);
    history_backup(&h);
    ob_store *store = h.scene.rig.store;
    ob_check_ok(store->holds->lock(store, 60, &token));
    ob_check_status(history_prune(&h, 1, NULL), OB_E_BUSY);
    history_pass(&h, 61);
    ob_check_ok(history_prune(&h, 1, NULL)); /* whoever had it has died */
    ob_check_status(store->holds->renew(store, token, 60), OB_E_FENCED);
    ob_check_ok(history_prune(&h, 1, NULL)); /* and gave it back */
    store->holds = NULL;
    ob_check_status(history_prune(&h, 1, NULL), OB_E_NOT_SUPPORTED);
    history_close(&h);
}
END_TEST

static bool say_yes(void *context)
{
    (void)context;
    return true;
}

START_TEST(prune__can_be_cancelled)
{
    history h;
    const ob_control control = {.cancelled = say_yes};
    const ob_prune_options options = {.soft_days = 1};
    history_open(&h);
    history_backup(&h);
    ob_check_status(ob_prune_run(&h.scene.rig.engine, &options, &control, &h.result),
                    OB_E_CANCELLED);
    ob_check_ok(history_prune(&h, 1, NULL)); /* the lock was given back */
    history_close(&h);
}
END_TEST

/* ---- a backup and marked packs ---- */

START_TEST(prune__a_backup_takes_marks_from_what_it_uses)
{
    history h;
    history_open(&h);
    history_backup(&h);
    history_backup(&h);
    /* Both are marked, and all packs with them. */
    ob_check_ok(history_prune(&h, 0, &h.points[0].id));
    ob_check_ok(history_prune(&h, 0, &h.points[1].id));
    history_backup(&h);
    for (int i = 0; i < 6; i++) {
        history_pass(&h, FORTNIGHT / 3);
        ob_check_ok(history_prune(&h, 0, NULL));
    }
    ck_assert_uint_eq(count_of(&h, OB_OBJECT_POINT), 1);
    history_check(&h, 2);
    history_close(&h);
}
END_TEST

/* A pack goes while a backup is under way that counts on it: there is no point then, and the next
 * backup uploads what is missing. */
START_TEST(prune__a_backup_that_lost_a_pack_makes_no_point)
{
    rig r;
    ob_repo *repo = NULL;
    static const char name[] = "0000000000000001-00000000000000000000000000000001";
    rig_open(&r);
    ob_check_ok(ob_repo_open(&r.engine, true, &repo));
    rig_write(repo, 1, 30000);
    ob_check_ok(ob_repo_flush(repo));
    ob_repo_close(repo);
    ob_check_ok(ob_repo_open(&r.engine, true, &repo));
    rig_write(repo, 1, 30000); /* is there */
    memory_store_remove(r.store, OB_OBJECT_PACK, memory_store_at(r.store, OB_OBJECT_PACK, 0)->name);
    ob_check_status(ob_repo_commit_point(repo, name, "x", 1), OB_E_NOT_FOUND);
    ck_assert_uint_eq(memory_store_count(r.store, OB_OBJECT_POINT), 0);
    ob_repo_close(repo);
    ob_check_ok(ob_repo_open(&r.engine, true, &repo));
    ob_chunk_id id = rig_write(repo, 1, 30000);
    ob_check_ok(ob_repo_commit_point(repo, name, "x", 1));
    rig_check(repo, &id, 1, 30000);
    ob_repo_close(repo);
    rig_close(&r);
}
END_TEST

/* ---- many ---- */

#define MANY_PACKS 200

/* Only what stands in clear is read of them, and their policy: a matter of a second. */
START_TEST(prune__thousands_of_points)
{
    history h;
    uint32_t packs[MANY_PACKS];
    uint32_t many = scene_next(16) == 17 ? 10000 : 5100; /* under Wine fewer */
    history_open(&h);
    ob_engine *engine = &h.scene.rig.engine;
    const ob_hold_ops *holds = engine->store->holds;
    int64_t start = engine->clock->now(engine->clock);
    engine->store->holds = NULL; /* as an earlier version stored them; and quicker */
    for (uint32_t i = 0; i < many + MANY_PACKS - 1; i++) {
        history_put_pack(engine->store, i);
    }
    for (uint32_t i = 0; i < many; i++) {
        for (uint32_t k = 0; k < MANY_PACKS; k++) {
            packs[k] = i + k;
        }
        ob_check_ok(history_put_point(engine, i, start + i * INT64_C(3600000000000), "nightly",
                                      packs, MANY_PACKS, 0));
    }
    engine->store->holds = holds;
    history_pass(&h, (int64_t)many * 3600);
    uint64_t before = ob_clock_os()->monotonic(ob_clock_os());
    /* 5,000 hours are 208 days and 8 hours. */
    ob_check_ok(history_prune(&h, 208, NULL));
    uint64_t took = ob_clock_os()->monotonic(ob_clock_os()) - before;
    ck_assert_uint_eq(h.result.points, many);
    ck_assert_uint_eq(h.result.points_marked, many - 208 * 24);
    ck_assert_uint_eq(h.result.packs_marked, many - 208 * 24);
    printf("%u points, %llu marked: %llu ms\n", many, (unsigned long long)h.result.points_marked,
           (unsigned long long)(took / 1000000));
    history_close(&h);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, prune__old_points_are_marked_and_then_swept);
    tcase_add_test(cases, prune__backups_go_on_over_it);
    tcase_add_test(cases, prune__index_objects_follow);
    tcase_add_test(cases, prune__a_point_by_its_name);
    tcase_add_test(cases, prune__what_is_retained_stays);
    tcase_add_test(cases, prune__policies_without_a_rule_keep_all);
    tcase_add_test(cases, prune__dry_run_changes_nothing);
    tcase_add_test(cases, prune__a_listing_that_lacks_a_point_stops_it);
    tcase_add_test(cases, prune__goes_on_where_a_sweep_ended);
    tcase_add_test(cases, prune__a_listing_that_lacks_a_pack_stops_it);
    tcase_add_test(cases, prune__a_vault_without_points_stops_it);
    tcase_add_test(cases, prune__a_damaged_point_stops_packs);
    tcase_add_test(cases, prune__one_run_at_a_time);
    tcase_add_test(cases, prune__can_be_cancelled);
    tcase_add_test(cases, prune__a_backup_takes_marks_from_what_it_uses);
    tcase_add_test(cases, prune__a_backup_that_lost_a_pack_makes_no_point);
    tcase_add_test(cases, prune__thousands_of_points);
}

OB_TEST_MAIN("prune", add_cases)
