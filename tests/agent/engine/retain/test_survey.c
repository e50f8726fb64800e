#include "retain/survey.h"

#include "history.h"

#include <string.h>

/* Packs 1 to 5; point 1 needs 1, 2, 3; point 2 needs 2, 3; point 3, which is marked, 3 and 4. */
static void make(history *h)
{
    static const uint32_t packs[] = {1, 2, 3, 4};
    ob_guid id = history_guid(3);
    history_open(h);
    ob_engine *engine = &h->scene.rig.engine;
    for (uint32_t i = 1; i <= 5; i++) {
        history_put_pack(engine->store, i);
    }
    ob_check_ok(history_put_point(engine, 1, 1000, "x", packs, 3, 0));
    ob_check_ok(history_put_point(engine, 2, 2000, "y", packs + 1, 2, 9));
    ob_check_ok(history_put_point(engine, 3, 3000, "z", packs + 2, 2, 0));
    ob_check_ok(history_prune(h, 0, &id));
}

static const ob_retention_rule rules[] = {{"y", {.days = 1}}, {"x", {.days = 1}}};
static const ob_prune_options options = {.rules = rules, .rule_count = 2};

static ob_survey survey_of(history *h)
{
    return (ob_survey){.engine = &h->scene.rig.engine, .options = &options};
}

static const ob_survey_pack *pack(const ob_survey *s, uint64_t number)
{
    uint8_t name[OB_SHA256_SIZE];
    uint32_t found = 0;
    rig_pack_name(number, name);
    ck_assert(ob_packs_find(&s->packs, name, &found));
    return &s->pack[found];
}

START_TEST(survey__sees_marks_packs_and_points)
{
    history h;
    make(&h);
    ob_survey s = survey_of(&h);
    ob_check_ok(ob_survey_read(&s));
    ck_assert_uint_eq(s.packs.count, 5);
    ck_assert_uint_eq(s.point_count, 3);
    ck_assert_uint_eq(s.points[0].rule, 2);
    ck_assert_uint_eq(s.points[1].rule, 1);
    ck_assert(!s.points[0].mark.marked && !s.points[0].mark.retained);
    ck_assert(s.points[1].mark.retained);
    ck_assert(s.points[2].mark.marked && !s.points[2].mark.due);
    static const uint32_t needed[] = {1, 2, 2, 0, 0};
    static const uint32_t used[] = {1, 2, 3, 1, 0};
    static const bool retained[] = {false, true, true, false, false};
    for (uint32_t i = 0; i < 5; i++) {
        ck_assert_uint_eq(pack(&s, i + 1)->needed, needed[i]);
        ck_assert_uint_eq(pack(&s, i + 1)->used, used[i]);
        ck_assert(pack(&s, i + 1)->mark.retained == retained[i]);
        ck_assert(pack(&s, i + 1)->mark.marked == (needed[i] == 0));
    }
    ob_check_ok(ob_survey_count(&s, &s.points[0], -1, 0));
    ck_assert_uint_eq(pack(&s, 1)->needed, 0);
    ck_assert_uint_eq(pack(&s, 1)->used, 1);
    ob_survey_free(&s);
    history_close(&h);
}
END_TEST

START_TEST(survey__fails_cleanly)
{
    history h;
    make(&h);
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_survey s = survey_of(&h);
        ob_test_alloc_begin(n, false);
        ob_status status = ob_survey_read(&s);
        ob_survey_free(&s);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
    }
    ob_status status = OB_E_IO;
    for (uint64_t n = 0; OB_FAILED(status); n++) {
        ob_survey s = survey_of(&h);
        memory_store_fail(h.scene.rig.store, n, OB_E_IO, false);
        status = ob_survey_read(&s);
        memory_store_fail(h.scene.rig.store, 0, OB_OK, false);
        ck_assert(status == OB_OK || status == OB_E_IO);
        ob_survey_free(&s);
    }
    history_close(&h);
}
END_TEST

static ob_status stop(void *context)
{
    ++*(unsigned *)context;
    return ob_fail(OB_E_FENCED, "late");
}

START_TEST(survey__asks_the_pulse)
{
    history h;
    unsigned asked = 0;
    make(&h);
    ob_survey s = survey_of(&h);
    s.pulse = stop;
    s.pulse_context = &asked;
    ob_check_status(ob_survey_read(&s), OB_E_FENCED);
    ck_assert_uint_eq(asked, 1);
    ob_survey_free(&s);
    history_close(&h);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, survey__sees_marks_packs_and_points);
    tcase_add_test(cases, survey__fails_cleanly);
    tcase_add_test(cases, survey__asks_the_pulse);
}

OB_TEST_MAIN("survey", add_cases)
