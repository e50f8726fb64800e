#include "ob/thread.h"

#include "ob/alloc.h"

#include <assert.h>
#include <process.h>
#include <windows.h>

static_assert(sizeof(SRWLOCK) <= sizeof(ob_mutex), "ob_mutex is too small");
static_assert(sizeof(CONDITION_VARIABLE) <= sizeof(ob_cond), "ob_cond is too small");

struct ob_thread {
    HANDLE handle;
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

static unsigned __stdcall trampoline(void *argument)
{
    ob_thread *thread = argument;
    thread->main(thread->argument);
    return 0;
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
    thread->handle = (HANDLE)_beginthreadex(NULL, 0, trampoline, thread, 0, NULL);
    if (thread->handle == NULL) {
        ob_free(thread);
        return ob_fail(OB_E_NO_MEMORY, "a thread");
    }
    *out = thread;
    return OB_OK;
}

void ob_thread_join(ob_thread *thread)
{
    if (thread != NULL) {
        WaitForSingleObject(thread->handle, INFINITE);
        CloseHandle(thread->handle);
        ob_free(thread);
    }
}

unsigned ob_thread_processors(void)
{
    DWORD_PTR usable = 0;
    DWORD_PTR all = 0;
    unsigned count = 0;
    if (GetProcessAffinityMask(GetCurrentProcess(), &usable, &all)) {
        for (; usable != 0; usable &= usable - 1) {
            count++;
        }
    }
    return count > 0 ? count : 1;
}

static SRWLOCK *lock_of(ob_mutex *mutex)
{
    return (SRWLOCK *)(void *)mutex->storage.bytes;
}

static CONDITION_VARIABLE *condition_of(ob_cond *cond)
{
    return (CONDITION_VARIABLE *)(void *)cond->storage.bytes;
}

void ob_mutex_init(ob_mutex *mutex)
{
    InitializeSRWLock(lock_of(mutex));
}

void ob_mutex_destroy(ob_mutex *mutex)
{
    (void)mutex;
}

void ob_mutex_lock(ob_mutex *mutex)
{
    AcquireSRWLockExclusive(lock_of(mutex));
}

void ob_mutex_unlock(ob_mutex *mutex)
{
    ReleaseSRWLockExclusive(lock_of(mutex));
}

void ob_cond_init(ob_cond *cond)
{
    InitializeConditionVariable(condition_of(cond));
}

void ob_cond_destroy(ob_cond *cond)
{
    (void)cond;
}

void ob_cond_wait(ob_cond *cond, ob_mutex *mutex)
{
    SleepConditionVariableSRW(condition_of(cond), lock_of(mutex), INFINITE, 0);
}

bool ob_cond_wait_for(ob_cond *cond, ob_mutex *mutex, uint32_t ms)
{
    /* INFINITE is a number of milliseconds like any other to our callers. */
    DWORD wait = ms == INFINITE ? INFINITE - 1 : ms;
    return SleepConditionVariableSRW(condition_of(cond), lock_of(mutex), wait, 0) ||
           GetLastError() != ERROR_TIMEOUT;
}

void ob_cond_signal(ob_cond *cond)
{
    WakeConditionVariable(condition_of(cond));
}

void ob_cond_broadcast(ob_cond *cond)
{
    WakeAllConditionVariable(condition_of(cond));
}
