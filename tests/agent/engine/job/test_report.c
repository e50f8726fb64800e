#include "job/report.h"
#include "ob/test.h"

#include <string.h>

#define MS UINT64_C(1000000)

typedef struct told {
    size_t progress, events;
    ob_progress last;
    ob_event event;
} told;

static void take_progress(void *context, const ob_progress *progress)
{
    told *t = context;
    t->progress++;
    t->last = *progress;
}

static void take_event(void *context, const ob_event *event)
{
    told *t = context;
    t->events++;
    t->event = *event;
}

static bool yes(void *context)
{
    (void)context;
    return true;
}

START_TEST(report__progress_at_most_ten_times_a_second)
{
    told t = {.progress = 0};
    ob_test_clock clock;
    ob_report report;
    const ob_control control = {&t, NULL, take_progress, take_event};
    const ob_progress more = {.files_total = 1, .bytes_done = 10};
    ob_test_clock_init(&clock);
    ob_test_clock_advance(&clock, MS);
    ob_report_begin(&report, &control, &clock.clock);
    for (int i = 0; i < 1000; i++) {
        ob_report_add(&report, &more, "file");
        ob_test_clock_advance(&clock, MS);
    }
    ck_assert_uint_eq(t.progress, 10);
    ck_assert_str_eq(t.last.current, "file");
    ck_assert(t.last.scanning);
    ck_assert_uint_eq(ob_report_totals(&report).files_total, 1000);
    ck_assert_uint_eq(ob_report_totals(&report).bytes_done, 10000);
    ob_report_scanned(&report);
    ck_assert(!ob_report_totals(&report).scanning);
    ob_report_end(&report);
}
END_TEST

/* Until all was met, what was expected is the better guess; once more was met, nothing is known. */
START_TEST(report__totals_that_were_expected)
{
    told t = {.progress = 0};
    ob_test_clock clock;
    ob_report report;
    const ob_control control = {&t, NULL, take_progress, NULL};
    ob_progress more = {.files_total = 5, .bytes_total = 50};
    ob_test_clock_init(&clock);
    ob_test_clock_advance(&clock, MS);
    ob_report_begin(&report, &control, &clock.clock);
    ob_report_add(&report, &more, "file");
    ck_assert(t.last.scanning);
    ck_assert_uint_eq(t.last.files_total, 5);
    ob_report_expect(&report, 7, 70); /* told at once */
    ck_assert_uint_eq(t.progress, 2);
    ck_assert(!t.last.scanning);
    ck_assert_uint_eq(t.last.files_total, 7);
    ck_assert_uint_eq(t.last.bytes_total, 70);
    ck_assert_str_eq(t.last.current, "");
    ob_test_clock_advance(&clock, 100 * MS);
    more.files_total = 1;
    more.bytes_total = 21;
    ob_report_add(&report, &more, NULL);
    ck_assert(t.last.scanning);
    ck_assert_uint_eq(t.last.files_total, 6);
    ck_assert_uint_eq(t.last.bytes_total, 71);
    /* That it is known to some degree is told once all the same. */
    ob_report_expect(&report, 1, 1);
    ck_assert(!t.last.scanning);
    ck_assert_uint_eq(t.last.bytes_total, 71);
    ob_report_scanned(&report);
    ob_test_clock_advance(&clock, 100 * MS);
    more.files_total = more.bytes_total = 0;
    ob_report_add(&report, &more, NULL);
    ck_assert(!t.last.scanning);
    ck_assert_uint_eq(t.last.files_total, 6);
    ck_assert_uint_eq(t.last.bytes_total, 71);
    ob_report_end(&report);
}
END_TEST

START_TEST(report__events_are_counted)
{
    told t = {.progress = 0};
    ob_test_clock clock;
    ob_report report;
    const ob_control control = {&t, NULL, NULL, take_event};
    ob_test_clock_init(&clock);
    ob_report_begin(&report, &control, &clock.clock);
    ob_report_failed(&report, "/a", ob_fail(OB_E_IO, "why"));
    ck_assert_int_eq(t.event.kind, OB_EVENT_FAILED);
    ck_assert_int_eq(t.event.status, OB_E_IO);
    ck_assert_str_eq(t.event.path, "/a");
    ck_assert_str_eq(t.event.detail, "why");
    ob_report_event(&report, OB_EVENT_SKIPPED_KIND, "/b", "socket");
    ck_assert_str_eq(t.event.what, "socket");
    ob_report_extras(&report, "/c", OB_EXTRA_ACL | OB_EXTRA_COMPRESSED);
    ob_report_extras(&report, "/d", OB_EXTRA_ACL);
    ob_report_event(&report, OB_EVENT_CHANGED, "/e", "");
    ck_assert_uint_eq(t.events, 6);
    ck_assert_uint_eq(ob_report_totals(&report).files_failed, 1);
    ck_assert_uint_eq(report.kind_count, 3);
    ck_assert_str_eq(report.kinds[0].name, "socket");
    ck_assert_str_eq(report.kinds[1].name, "acl");
    ck_assert_uint_eq(report.kinds[1].count, 2);
    ck_assert_str_eq(report.kinds[2].name, "compressed");
    ob_report_end(&report);
}
END_TEST

START_TEST(report__every_bit_has_a_name)
{
    told t = {.progress = 0};
    ob_test_clock clock;
    ob_report report;
    const ob_control control = {&t, yes, NULL, NULL};
    ob_test_clock_init(&clock);
    ob_report_begin(&report, &control, &clock.clock);
    ob_report_extras(&report, "/c", 0xFF);
    ck_assert_uint_eq(report.kind_count, 8);
    ck_assert_str_eq(report.kinds[5].name, "sparse");
    ck_assert(ob_report_cancelled(&report));
    ob_report_end(&report);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, report__progress_at_most_ten_times_a_second);
    tcase_add_test(cases, report__totals_that_were_expected);
    tcase_add_test(cases, report__events_are_counted);
    tcase_add_test(cases, report__every_bit_has_a_name);
}

OB_TEST_MAIN("job_report", add_cases)
