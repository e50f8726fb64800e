#include "verify/team.h"

#include "ob/thread.h"

#include <stdio.h>

typedef struct team {
    ob_mutex lock;
    size_t next, count;
    ob_team_work work;
    void *context;
    ob_status status;
    char detail[1024];
} team;

static bool take(team *t, size_t *item)
{
    ob_mutex_lock(&t->lock);
    bool more = t->next < t->count && !OB_FAILED(t->status);
    *item = t->next;
    t->next += more ? 1 : 0;
    ob_mutex_unlock(&t->lock);
    return more;
}

static void run(void *argument)
{
    team *t = argument;
    size_t item = 0;
    while (take(t, &item)) {
        ob_status status = t->work(t->context, item);
        if (OB_FAILED(status)) {
            ob_mutex_lock(&t->lock);
            if (!OB_FAILED(t->status)) {
                t->status = status;
                snprintf(t->detail, sizeof t->detail, "%s", ob_detail());
            }
            ob_mutex_unlock(&t->lock);
        }
    }
}

ob_status ob_team_run(unsigned workers, size_t count, ob_team_work work, void *context)
{
    team t = {.count = count, .work = work, .context = context};
    ob_thread *threads[OB_TEAM_MOST] = {NULL};
    unsigned more = count > 1 && workers > 1 ? workers - 1 : 0;
    more = more < OB_TEAM_MOST - 1 ? more : OB_TEAM_MOST - 1;
    more = more < count ? more : (unsigned)count;
    ob_mutex_init(&t.lock);
    for (unsigned i = 0; i < more; i++) {
        if (OB_FAILED(ob_thread_start(&threads[i], run, &t))) {
            break;
        }
    }
    run(&t);
    for (unsigned i = 0; i < more; i++) {
        ob_thread_join(threads[i]);
    }
    ob_mutex_destroy(&t.lock);
    return OB_FAILED(t.status) ? ob_fail(t.status, "%s", t.detail) : OB_OK;
}
