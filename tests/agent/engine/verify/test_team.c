#include "ob/test.h"
#include "ob/thread.h"
#include "verify/team.h"

#include <string.h>

enum { ITEMS = 1000 };

typedef struct counts {
    ob_mutex lock;
    unsigned done[ITEMS];
    size_t fail_at;
    unsigned sum;
} counts;

static ob_status work(void *context, size_t item)
{
    counts *c = context;
    ck_assert_uint_lt(item, ITEMS);
    ob_mutex_lock(&c->lock);
    c->done[item]++;
    c->sum++;
    ob_mutex_unlock(&c->lock);
    return item == c->fail_at ? ob_fail(OB_E_IO, "item %zu", item) : OB_OK;
}

static ob_status refuse(void *context)
{
    unsigned *left = context;
    return (*left)-- == 0 ? OB_E_NO_MEMORY : OB_OK;
}

START_TEST(team__each_is_done_once)
{
    for (unsigned workers = 0; workers < 20; workers += 3) {
        counts c = {.fail_at = SIZE_MAX};
        ob_check_ok(ob_team_run(workers, ITEMS, work, &c));
        for (size_t i = 0; i < ITEMS; i++) {
            ck_assert_uint_eq(c.done[i], 1);
        }
    }
    counts none = {.fail_at = SIZE_MAX};
    ob_check_ok(ob_team_run(4, 0, work, &none));
    ck_assert_uint_eq(none.sum, 0);
}
END_TEST

START_TEST(team__a_failure_ends_it)
{
    for (unsigned workers = 1; workers < 5; workers++) {
        counts c = {.fail_at = 10};
        ob_check_status(ob_team_run(workers, ITEMS, work, &c), OB_E_IO);
        ob_check_detail("item 10");
        ck_assert_uint_ge(c.sum, 1);
        ck_assert_uint_lt(c.sum, ITEMS);
    }
}
END_TEST

START_TEST(team__threads_that_do_not_start)
{
    for (unsigned started = 0; started < 4; started++) {
        unsigned left = started;
        counts c = {.fail_at = SIZE_MAX};
        ob_thread_set_start_hook(refuse, &left);
        ob_status status = ob_team_run(4, ITEMS, work, &c);
        ob_thread_set_start_hook(NULL, NULL);
        ob_check_ok(status);
        ck_assert_uint_eq(c.sum, ITEMS);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, team__each_is_done_once);
    tcase_add_test(cases, team__a_failure_ends_it);
    tcase_add_test(cases, team__threads_that_do_not_start);
}
OB_TEST_MAIN("team", add_cases)
