#include "ob/test.h"
#include "ob/thread.h"

#define THREADS 4
#define ROUNDS 2000

static ob_mutex static_lock; /* all zero, never initialised */

typedef struct shared {
    ob_mutex lock;
    ob_cond changed;
    unsigned count;
    bool go;
} shared;

static void count_up(void *argument)
{
    shared *s = argument;
    for (int i = 0; i < ROUNDS; i++) {
        ob_mutex_lock(&s->lock);
        s->count++;
        ob_mutex_unlock(&s->lock);
    }
}

static void init(shared *s)
{
    *s = (shared){.count = 0};
    ob_mutex_init(&s->lock);
    ob_cond_init(&s->changed);
}

static void destroy(shared *s)
{
    ob_cond_destroy(&s->changed);
    ob_mutex_destroy(&s->lock);
}

START_TEST(thread__mutex_excludes)
{
    shared s;
    ob_thread *threads[THREADS];
    init(&s);
    for (int i = 0; i < THREADS; i++) {
        ob_check_ok(ob_thread_start(&threads[i], count_up, &s));
    }
    for (int i = 0; i < THREADS; i++) {
        ob_thread_join(threads[i]);
    }
    ob_thread_join(NULL);
    ck_assert_uint_eq(s.count, THREADS * ROUNDS);
    destroy(&s);
}
END_TEST

static unsigned static_count;
static void count_static(void *argument)
{
    (void)argument;
    for (int i = 0; i < ROUNDS; i++) {
        ob_mutex_lock(&static_lock);
        static_count++;
        ob_mutex_unlock(&static_lock);
    }
}

START_TEST(thread__zero_is_a_mutex)
{
    ob_thread *threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        ob_check_ok(ob_thread_start(&threads[i], count_static, NULL));
    }
    for (int i = 0; i < THREADS; i++) {
        ob_thread_join(threads[i]);
    }
    ck_assert_uint_eq(static_count, THREADS * ROUNDS);
}
END_TEST

static void wait_to_go(void *argument)
{
    shared *s = argument;
    ob_mutex_lock(&s->lock);
    s->count++;
    ob_cond_broadcast(&s->changed);
    while (!s->go) {
        ob_cond_wait(&s->changed, &s->lock);
    }
    s->count--;
    ob_mutex_unlock(&s->lock);
}

START_TEST(thread__condition_wakes_all)
{
    shared s;
    ob_thread *threads[THREADS];
    init(&s);
    for (int i = 0; i < THREADS; i++) {
        ob_check_ok(ob_thread_start(&threads[i], wait_to_go, &s));
    }
    ob_mutex_lock(&s.lock);
    while (s.count < THREADS) {
        ob_cond_wait(&s.changed, &s.lock);
    }
    s.go = true;
    ob_cond_broadcast(&s.changed);
    ob_mutex_unlock(&s.lock);
    for (int i = 0; i < THREADS; i++) {
        ob_thread_join(threads[i]);
    }
    ck_assert_uint_eq(s.count, 0);
    destroy(&s);
}
END_TEST

static void signal_later(void *argument)
{
    shared *s = argument;
    ob_mutex_lock(&s->lock);
    s->go = true;
    ob_cond_signal(&s->changed);
    ob_mutex_unlock(&s->lock);
}

START_TEST(thread__wait_for)
{
    const ob_clock *clock = ob_clock_os();
    shared s;
    ob_thread *thread = NULL;
    init(&s);
    ob_mutex_lock(&s.lock);
    uint64_t before = clock->monotonic(clock);
    while (ob_cond_wait_for(&s.changed, &s.lock, 1050)) {
        before = clock->monotonic(clock); /* woken without a signal */
    }
    ck_assert_uint_ge(clock->monotonic(clock) - before, 1000000000);
    ob_check_ok(ob_thread_start(&thread, signal_later, &s));
    bool in_time = true;
    while (!s.go && in_time) {
        in_time = ob_cond_wait_for(&s.changed, &s.lock, 30000);
    }
    ck_assert(s.go && in_time);
    ob_mutex_unlock(&s.lock);
    ob_thread_join(thread);
    destroy(&s);
}
END_TEST

static ob_status refuse(void *context)
{
    int *left = context;
    return (*left)-- > 0 ? OB_OK : ob_fail(OB_E_NO_MEMORY, "no more threads");
}

START_TEST(thread__start_can_fail)
{
    shared s;
    ob_thread *thread = NULL;
    int left = 0;
    init(&s);
    ob_thread_set_start_hook(refuse, &left);
    ob_check_status(ob_thread_start(&thread, count_up, &s), OB_E_NO_MEMORY);
    ck_assert_ptr_null(thread);
    ob_thread_set_start_hook(NULL, NULL);
    ob_test_alloc_begin(1, false);
    ob_status status = ob_thread_start(&thread, count_up, &s);
    ck_assert(ob_test_alloc_end());
    ob_check_status(status, OB_E_NO_MEMORY);
    ck_assert_ptr_null(thread);
    ck_assert_uint_eq(s.count, 0);
    destroy(&s);
}
END_TEST

static void fail_quietly(void *argument)
{
    (void)argument;
    ob_fail(OB_E_IO, "another thread's");
}

START_TEST(thread__detail_is_the_threads_own)
{
    ob_thread *thread = NULL;
    ob_fail(OB_E_IO, "mine");
    ob_check_ok(ob_thread_start(&thread, fail_quietly, NULL));
    ob_thread_join(thread);
    ck_assert_str_eq(ob_detail(), "mine");
}
END_TEST

START_TEST(thread__processors)
{
    ck_assert_uint_ge(ob_thread_processors(), 1);
    ck_assert_uint_le(ob_thread_processors(), 4096);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, thread__mutex_excludes);
    tcase_add_test(cases, thread__zero_is_a_mutex);
    tcase_add_test(cases, thread__condition_wakes_all);
    tcase_add_test(cases, thread__wait_for);
    tcase_add_test(cases, thread__start_can_fail);
    tcase_add_test(cases, thread__detail_is_the_threads_own);
    tcase_add_test(cases, thread__processors);
}

OB_TEST_MAIN("thread", add_cases)
