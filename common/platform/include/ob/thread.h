/* Threads, locks and conditions. A start can fail, and tests make it fail by the hook. */
#ifndef OB_THREAD_H
#define OB_THREAD_H

#include "ob/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct ob_thread ob_thread;
typedef void (*ob_thread_main)(void *argument);

ob_status ob_thread_start(ob_thread **out, ob_thread_main main, void *argument);
void ob_thread_join(ob_thread *thread); /* waits, then frees; takes NULL */
unsigned ob_thread_processors(void);    /* usable by this process, at least 1 */

/* Asked before each start; a failure status it returns becomes ob_thread_start()'s. NULL: none. */
void ob_thread_set_start_hook(ob_status (*hook)(void *context), void *context);

/* All bytes zero are an unlocked mutex too, for those that live as long as the process. */
typedef struct ob_mutex {
    union {
        uint64_t align;
        unsigned char bytes[64];
    } storage;
} ob_mutex;
typedef struct ob_cond {
    union {
        uint64_t align;
        unsigned char bytes[64];
    } storage;
} ob_cond;

void ob_mutex_init(ob_mutex *mutex);
void ob_mutex_destroy(ob_mutex *mutex);
void ob_mutex_lock(ob_mutex *mutex);
void ob_mutex_unlock(ob_mutex *mutex);

void ob_cond_init(ob_cond *cond);
void ob_cond_destroy(ob_cond *cond);
void ob_cond_wait(ob_cond *cond, ob_mutex *mutex); /* may wake without a signal */
/* False when `ms` passed (monotonic clock). */
bool ob_cond_wait_for(ob_cond *cond, ob_mutex *mutex, uint32_t ms);
void ob_cond_signal(ob_cond *cond);
void ob_cond_broadcast(ob_cond *cond);

#endif
