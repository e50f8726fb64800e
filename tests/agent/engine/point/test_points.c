#include "point/point.h"
#include "scene.h"

#include <stdio.h>
#include <string.h>

typedef struct seen {
    size_t count;
    int64_t times[8];
    char policies[8][32];
    uint64_t files[8], bytes[8];
    ob_status answer;
} seen;

static ob_status see(void *context, const ob_point_info *info)
{
    seen *to = context;
    ck_assert_uint_lt(to->count, 8);
    to->times[to->count] = info->time;
    to->files[to->count] = info->files;
    to->bytes[to->count] = info->bytes;
    ck_assert_str_eq(info->machine_name, "machine");
    ck_assert_uint_eq(info->source_count, 1);
    ck_assert_str_eq(info->sources[0], "/");
    snprintf(to->policies[to->count++], 32, "%s", info->policy);
    return to->answer;
}

static void three_points(scene *self)
{
    static const char *const policies[] = {"first", "second", "third"};
    scene_open(self);
    for (size_t i = 0; i < 3; i++) {
        ob_test_write_text(scene_path(self, ob_test_format("file%zu", i)), "text");
        self->policy = policies[i];
        ob_check_ok(scene_backup(self));
    }
}

START_TEST(points__newest_first)
{
    scene self;
    seen s = {.count = 0};
    three_points(&self);
    ob_check_ok(ob_points_list(&self.rig.engine, NULL, see, &s));
    ck_assert_uint_eq(s.count, 3);
    ck_assert_str_eq(s.policies[0], "third");
    ck_assert_str_eq(s.policies[2], "first");
    ck_assert_int_gt(s.times[0], s.times[1]);
    ck_assert_int_eq(s.times[0], self.last.time);
    ck_assert_uint_eq(s.bytes[0], 12);
    ck_assert_uint_eq(s.bytes[2], 4);
    ck_assert_uint_eq(s.files[0], s.files[2] + 2);
    scene_close(&self);
}
END_TEST

static void count_event(void *context, const ob_event *event)
{
    size_t *count = context;
    ck_assert_int_eq(event->kind, OB_EVENT_FAILED);
    ck_assert(event->status == OB_E_SEAL || event->status == OB_E_CORRUPT);
    ck_assert_str_ne(event->detail, "");
    ++*count;
}

START_TEST(points__a_damaged_one_is_told_and_passed_over)
{
    scene self;
    seen s = {.count = 0};
    size_t events = 0;
    const ob_control control = {.context = &events, .event = count_event};
    three_points(&self);
    memory_object *object = memory_store_at(self.rig.store, OB_OBJECT_POINT, 1);
    object->data[object->length - 1] ^= 1;
    memory_store_at(self.rig.store, OB_OBJECT_POINT, 0)->length = 10;
    ob_check_ok(ob_points_list(&self.rig.engine, &control, see, &s));
    ck_assert_uint_eq(s.count, 1);
    ck_assert_str_eq(s.policies[0], "third");
    ck_assert_uint_eq(events, 2);
    scene_close(&self);
}
END_TEST

static void take_status(void *context, const ob_event *event)
{
    ob_status *status = context;
    ck_assert_int_eq(event->kind, OB_EVENT_FAILED);
    ck_assert_int_eq(*status, OB_OK); /* once */
    ck_assert_str_ne(event->path, "");
    *status = event->status;
}

/* A bad sector, a file of somebody else, an endless file: the others are there all the same. */
START_TEST(points__one_that_cannot_be_read_is_told_and_passed_over)
{
    static const ob_status failures[] = {OB_E_IO, OB_E_ACCESS_DENIED, OB_E_TOO_LARGE};
    scene self;
    ob_status told = OB_OK;
    const ob_control control = {.context = &told, .event = take_status};
    three_points(&self);
    for (size_t i = 0; i < 3; i++) {
        /* The list is asked for first, then what is deleted, then size and bytes of the newest. */
        for (uint64_t skip = 2; skip < 4; skip++) {
            seen s = {.count = 0};
            told = OB_OK;
            memory_store_fail(self.rig.store, skip, failures[i], false);
            ob_check_ok(ob_points_list(&self.rig.engine, &control, see, &s));
            ck_assert_int_eq(told, failures[i]);
            ck_assert_uint_eq(s.count, 2);
            ck_assert_str_eq(s.policies[0], "second");
            ck_assert_str_eq(s.policies[1], "first");
        }
        memory_store_fail(self.rig.store, 0, failures[i], false);
        seen none = {.count = 0};
        ob_check_status(ob_points_list(&self.rig.engine, &control, see, &none), failures[i]);
        ck_assert_uint_eq(none.count, 0);
    }
    scene_close(&self);
}
END_TEST

static bool yes(void *context)
{
    (void)context;
    return true;
}

START_TEST(points__ends_early)
{
    scene self;
    seen s = {.answer = OB_E_BUSY};
    const ob_control control = {.cancelled = yes};
    three_points(&self);
    ob_check_status(ob_points_list(&self.rig.engine, NULL, see, &s), OB_E_BUSY);
    ck_assert_uint_eq(s.count, 1);
    ob_check_status(ob_points_list(&self.rig.engine, &control, see, &s), OB_E_CANCELLED);
    memory_store_fail(self.rig.store, 0, OB_E_VAULT_UNREACHABLE, true);
    ob_check_status(ob_points_list(&self.rig.engine, NULL, see, &s), OB_E_VAULT_UNREACHABLE);
    scene_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, points__newest_first);
    tcase_add_test(cases, points__a_damaged_one_is_told_and_passed_over);
    tcase_add_test(cases, points__one_that_cannot_be_read_is_told_and_passed_over);
    tcase_add_test(cases, points__ends_early);
}

OB_TEST_MAIN("point_points", add_cases)
