#include "retain/upkeep.h"

#include "history.h"

#include <string.h>

static const ob_prune_options options = {.soft_days = 1};

/* Points with an index object each. */
static void make(history *h, int points)
{
    history_open(h);
    for (int i = 0; i < points; i++) {
        history_backup(h);
    }
}

static size_t indexes(history *h)
{
    return memory_store_count(h->scene.rig.store, OB_OBJECT_INDEX);
}

/* As a run of deletion that has just swept the pack at a place of the listing (-1: none). */
static ob_status upkeep(history *h, int gone, ob_prune_result *result)
{
    ob_store *store = h->scene.rig.store;
    ob_survey survey = {.engine = &h->scene.rig.engine, .options = &options};
    uint64_t token = 0;
    ob_check_ok(store->holds->lock(store, 60, &token));
    *result = (ob_prune_result){0};
    ob_status status = ob_survey_read(&survey);
    if (status == OB_OK && gone >= 0) {
        survey.pack[gone].gone = true;
    }
    const ob_upkeep work = {&survey, token, result};
    if (status == OB_OK) {
        status = ob_upkeep_run(&work);
    }
    ob_survey_free(&survey);
    ob_check_ok(store->holds->unlock(store, token));
    return status;
}

START_TEST(upkeep__leaves_what_is_right)
{
    history h;
    ob_prune_result result;
    make(&h, 3);
    size_t before = indexes(&h);
    ob_check_ok(upkeep(&h, -1, &result));
    ck_assert_uint_eq(result.indexes_written + result.indexes_swept, 0);
    ck_assert_uint_eq(indexes(&h), before);
    history_close(&h);
}
END_TEST

START_TEST(upkeep__replaces_what_lists_a_pack_that_is_gone)
{
    history h;
    ob_prune_result result;
    make(&h, 3);
    size_t before = indexes(&h);
    ob_check_ok(upkeep(&h, 0, &result));
    ck_assert_uint_eq(result.indexes_written, 1);
    ck_assert_uint_eq(result.indexes_swept, 1);
    ck_assert_uint_eq(indexes(&h), before);
    /* The pack is there in truth: what is not listed is found again. */
    rig_lose_cache(&h.scene.rig);
    history_check(&h, 0);
    history_close(&h);
}
END_TEST

START_TEST(upkeep__leaves_what_is_damaged)
{
    history h;
    ob_prune_result result;
    make(&h, 20);
    size_t before = indexes(&h);
    memory_object *object = memory_store_at(h.scene.rig.store, OB_OBJECT_INDEX, 3);
    object->data[60] ^= 1;
    ob_check_ok(upkeep(&h, -1, &result));
    ck_assert_uint_eq(result.indexes_written, 1);
    ck_assert_uint_eq(result.indexes_swept, before - 1);
    ck_assert_uint_eq(indexes(&h), 2);
    history_check(&h, 18);
    history_close(&h);
}
END_TEST

static ob_status survey_and_upkeep(history *h, uint64_t token, ob_prune_result *result)
{
    ob_survey survey = {.engine = &h->scene.rig.engine, .options = &options};
    const ob_upkeep work = {&survey, token, result};
    ob_status status = ob_survey_read(&survey);
    status = status == OB_OK ? ob_upkeep_run(&work) : status;
    ob_survey_free(&survey);
    return status;
}

/* Whatever fails, each chunk is listed as before or found in its pack. */
START_TEST(upkeep__fails_without_harm)
{
    history h;
    ob_store *before = memory_store_new();
    uint64_t token = 0;
    bool failed = true;
    make(&h, 18);
    ob_store *store = h.scene.rig.store;
    ob_check_ok(store->holds->lock(store, 60, &token));
    memory_store_copy(before, store);
    for (uint64_t n = 0; failed; n = scene_next(n)) {
        ob_prune_result result = {0};
        memory_store_copy(store, before);
        memory_store_fail(store, n, OB_E_IO, true);
        ob_status status = survey_and_upkeep(&h, token, &result);
        memory_store_fail(store, 0, OB_OK, false);
        failed = OB_FAILED(status);
        rig_lose_cache(&h.scene.rig);
        history_check(&h, 17);
    }
    ob_store_close(before);
    history_close(&h);
}
END_TEST

START_TEST(upkeep__survives_each_lack_of_memory)
{
    history h;
    make(&h, 18);
    ob_store *store = h.scene.rig.store;
    uint64_t token = 0;
    bool hit = true;
    ob_check_ok(store->holds->lock(store, 6000, &token));
    /* The first of each kind one by one, then ever wider steps. */
    for (uint64_t n = 1; hit; n += 1 + n / 16) {
        ob_prune_result result = {0};
        ob_test_alloc_begin(n, false);
        ob_status status = survey_and_upkeep(&h, token, &result);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
    }
    rig_lose_cache(&h.scene.rig);
    history_check(&h, 16);
    history_close(&h);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, upkeep__leaves_what_is_right);
    tcase_add_test(cases, upkeep__replaces_what_lists_a_pack_that_is_gone);
    tcase_add_test(cases, upkeep__leaves_what_is_damaged);
    tcase_add_test(cases, upkeep__fails_without_harm);
    tcase_add_test(cases, upkeep__survives_each_lack_of_memory);
}

OB_TEST_MAIN("upkeep", add_cases)
