#include "ob/thread.h"

#include "ob/alloc.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static_assert(sizeof(pthread_mutex_t) <= sizeof(ob_mutex), "ob_mutex is too small");
static_assert(sizeof(pthread_cond_t) <= sizeof(ob_cond), "ob_cond is too small");

struct ob_thread {
    pthread_t id;
    ob_thread_main main;
    void *argument;
};

static ob_status (*start_hook)(void *context);
static void *start_context;

void ob_thread_set_start_hook(ob_status (*hook)(void *context), void *context)
{
    start_hook = hook;
    start_context = context;
}

static void *trampoline(void *argument)
{
    ob_thread *thread = argument;
    thread->main(thread->argument);
    return NULL;
}

ob_status ob_thread_start(ob_thread **out, ob_thread_main main, void *argument)
{
    ob_status status = start_hook != NULL ? start_hook(start_context) : OB_OK;
    if (OB_FAILED(status)) {
        return status;
    }
    ob_thread *thread = ob_alloc(sizeof *thread);
    if (thread == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a thread");
    }
    thread->main = main;
    thread->argument = argument;
    int error = pthread_create(&thread->id, NULL, trampoline, thread);
    if (error != 0) {
        char text[128];
        ob_free(thread);
        return ob_fail(OB_E_NO_MEMORY, "a thread: %s", strerror_r(error, text, sizeof text));
    }
    *out = thread;
    return OB_OK;
}

void ob_thread_join(ob_thread *thread)
{
    if (thread != NULL) {
        pthread_join(thread->id, NULL);
        ob_free(thread);
    }
}

unsigned ob_thread_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        return (unsigned)CPU_COUNT(&set);
    }
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (unsigned)count : 1;
}

static pthread_mutex_t *mutex_of(ob_mutex *mutex)
{
    return (pthread_mutex_t *)(void *)mutex->storage.bytes;
}

static pthread_cond_t *cond_of(ob_cond *cond)
{
    return (pthread_cond_t *)(void *)cond->storage.bytes;
}

void ob_mutex_init(ob_mutex *mutex)
{
    memset(mutex, 0, sizeof *mutex);
    pthread_mutex_init(mutex_of(mutex), NULL);
}

void ob_mutex_destroy(ob_mutex *mutex)
{
    pthread_mutex_destroy(mutex_of(mutex));
}

void ob_mutex_lock(ob_mutex *mutex)
{
    pthread_mutex_lock(mutex_of(mutex));
}

void ob_mutex_unlock(ob_mutex *mutex)
{
    pthread_mutex_unlock(mutex_of(mutex));
}

void ob_cond_init(ob_cond *cond)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(cond_of(cond), &attributes);
    pthread_condattr_destroy(&attributes);
}

void ob_cond_destroy(ob_cond *cond)
{
    pthread_cond_destroy(cond_of(cond));
}

void ob_cond_wait(ob_cond *cond, ob_mutex *mutex)
{
    pthread_cond_wait(cond_of(cond), mutex_of(mutex));
}

bool ob_cond_wait_for(ob_cond *cond, ob_mutex *mutex, uint32_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    return pthread_cond_timedwait(cond_of(cond), mutex_of(mutex), &until) != ETIMEDOUT;
}

void ob_cond_signal(ob_cond *cond)
{
    pthread_cond_signal(cond_of(cond));
}

void ob_cond_broadcast(ob_cond *cond)
{
    pthread_cond_broadcast(cond_of(cond));
}
