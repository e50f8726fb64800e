#include "retain/deleted.h"

#include "history.h"

#include <string.h>

#define DAY INT64_C(86400)
#define NS_PER_DAY (DAY * 1000000000)

typedef struct seen {
    ob_guid ids[8];
    int64_t left[8];
    size_t count;
} seen;

static ob_status note(void *context, const ob_guid *id, int64_t time, int64_t left)
{
    seen *s = context;
    ck_assert_int_gt(time, 0);
    s->ids[s->count] = *id;
    s->left[s->count++] = left;
    return s->count == 8 ? OB_E_CANCELLED : OB_OK;
}

static seen deleted(history *h)
{
    seen s = {.count = 0};
    ob_check_ok(ob_points_deleted(&h->scene.rig.engine, note, &s));
    return s;
}

START_TEST(deleted__is_listed_and_brought_back)
{
    history h;
    history_open(&h);
    for (int i = 0; i < 4; i++) {
        history_backup(&h);
    }
    ck_assert_uint_eq(deleted(&h).count, 0);
    ob_check_ok(history_prune(&h, 1, NULL));
    history_pass(&h, 4 * DAY);
    seen s = deleted(&h);
    ck_assert_uint_eq(s.count, 2);
    ck_assert(ob_guid_equal(&s.ids[0], &h.points[0].id));
    ck_assert_int_eq(s.left[1], 10 * NS_PER_DAY);
    ob_check_ok(ob_point_undelete(&h.scene.rig.engine, &h.points[0].id));
    ck_assert_uint_eq(deleted(&h).count, 1);
    ck_assert_uint_eq(history_shown(&h), 3);
    /* One that is not deleted stays as it is. */
    ob_check_ok(ob_point_undelete(&h.scene.rig.engine, &h.points[3].id));
    for (int i = 0; i < 3; i++) {
        history_pass(&h, 5 * DAY);
        ob_check_ok(history_prune(&h, 0, NULL));
    }
    ck_assert_uint_eq(deleted(&h).count, 0);
    ob_check_status(ob_point_undelete(&h.scene.rig.engine, &h.points[1].id), OB_E_NOT_FOUND);
    ck_assert_ptr_null(history_differs(&h, 0));
    history_check(&h, 2);
    history_close(&h);
}
END_TEST

START_TEST(deleted__stays_deleted_if_a_pack_is_gone)
{
    history h;
    static const uint32_t packs[] = {1, 2};
    ob_guid id = history_guid(7);
    history_open(&h);
    ob_engine *engine = &h.scene.rig.engine;
    history_put_pack(engine->store, 1);
    history_put_pack(engine->store, 2);
    ob_check_ok(history_put_point(engine, 7, 1000, "x", packs, 2, 0));
    ob_check_ok(history_prune(&h, 0, &id));
    memory_store_remove(engine->store, OB_OBJECT_PACK,
                        memory_store_at(engine->store, OB_OBJECT_PACK, 1)->name);
    ob_check_status(ob_point_undelete(engine, &id), OB_E_NOT_FOUND);
    ob_check_detail("is gone");
    ck_assert_uint_eq(deleted(&h).count, 1);
    history_close(&h);
}
END_TEST

START_TEST(deleted__unknown_and_unsupported)
{
    history h;
    ob_guid id = {{5}};
    history_open(&h);
    ob_check_status(ob_point_undelete(&h.scene.rig.engine, &id), OB_E_NOT_FOUND);
    h.scene.rig.store->holds = NULL;
    ck_assert_uint_eq(deleted(&h).count, 0);
    ob_check_status(ob_point_undelete(&h.scene.rig.engine, &id), OB_E_NOT_SUPPORTED);
    history_close(&h);
}
END_TEST

START_TEST(deleted__survives_each_failure)
{
    history h;
    history_open(&h);
    history_backup(&h);
    history_backup(&h);
    ob_check_ok(history_prune(&h, 0, &h.points[0].id));
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        seen s = {.count = 0};
        ob_test_alloc_begin(n, false);
        ob_status status = ob_points_deleted(&h.scene.rig.engine, note, &s);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        ck_assert(status == OB_OK ? s.count == 1 : status == OB_E_NO_MEMORY && hit);
        ob_test_alloc_begin(n, false);
        status = ob_point_undelete(&h.scene.rig.engine, &h.points[0].id);
        hit = ob_test_alloc_end() || hit;
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        ck_assert(status == OB_OK || status == OB_E_NO_MEMORY);
        ob_check_ok(history_prune(&h, 0, &h.points[0].id));
    }
    bool failed = true;
    for (uint64_t n = 0; failed; n++) {
        memory_store_fail(h.scene.rig.store, n, OB_E_IO, false);
        ob_status status = ob_point_undelete(&h.scene.rig.engine, &h.points[0].id);
        memory_store_fail(h.scene.rig.store, 0, OB_OK, false);
        failed = OB_FAILED(status);
        ck_assert(!failed || status == OB_E_IO);
        ck_assert_uint_eq(deleted(&h).count, failed ? 1 : 0);
    }
    history_check(&h, 0);
    history_close(&h);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, deleted__is_listed_and_brought_back);
    tcase_add_test(cases, deleted__stays_deleted_if_a_pack_is_gone);
    tcase_add_test(cases, deleted__unknown_and_unsupported);
    tcase_add_test(cases, deleted__survives_each_failure);
}

OB_TEST_MAIN("deleted", add_cases)
