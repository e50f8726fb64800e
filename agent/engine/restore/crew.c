#include "restore/crew.h"

#include "ob/alloc.h"
#include "point/path.h"

#include <stdio.h>
#include <string.h>

#define JOBS 128u
#define WORKERS_MOST 8u
#define BATCH                                                                                      \
    8u /* small files that a worker takes at a time, and that it is worth waking one for */
#define LARGE ((uint64_t)256 << 10)

typedef struct job {
    struct job *next;
    ob_target *target;
    ob_buf path, place; /* each with its NUL */
    ob_entry entry;
    ob_ids ids;
    ob_link *link;
} job;

typedef struct worker {
    ob_crew *crew;
    ob_thread *thread;
    ob_buf chunk;
} worker;

struct ob_crew {
    ob_restore *restore;
    ob_links *links;
    ob_mutex lock;
    ob_cond work;
    ob_cond room; /* a job became free */
    job jobs[JOBS];
    job *idle;         /* list of free jobs */
    job *first, *last; /* the line */
    unsigned length;   /* of the line */
    unsigned busy;     /* jobs in the line or in work */
    bool waiting;      /* the planning thread does */
    bool closing, stop;
    ob_status status;
    char detail[1024];
    worker workers[WORKERS_MOST];
    unsigned worker_count;
};

static bool stopped(void *context)
{
    ob_crew *crew = context;
    ob_mutex_lock(&crew->lock);
    bool stop = crew->stop;
    ob_mutex_unlock(&crew->lock);
    return stop || ob_report_cancelled(&crew->restore->report);
}

static void empty(job *j)
{
    ob_target_drop(j->target);
    j->target = NULL;
    ob_buf_clear(&j->path);
    ob_buf_clear(&j->place);
    ob_ids_clear(&j->ids);
}

/* Gives back jobs that are done, or were never begun: a list. */
static void release(ob_crew *crew, job *jobs)
{
    ob_mutex_lock(&crew->lock);
    for (job *j = jobs, *next = NULL; j != NULL; j = next) {
        next = j->next;
        j->next = crew->idle;
        crew->idle = j;
        crew->busy--;
    }
    if (crew->waiting) {
        ob_cond_signal(&crew->room);
    }
    ob_mutex_unlock(&crew->lock);
}

static ob_status settle_link(ob_crew *crew, job *j, const ob_restored *restored)
{
    const char *path = (const char *)j->path.data;
    ob_buf copy = {0};
    ob_link_state state = restored->done ? OB_LINK_DONE : OB_LINK_NONE;
    if (j->link == NULL) {
        return OB_OK;
    }
    if (restored->copy[0] != '\0') {
        ob_buf_put(&copy, path, ob_point_path_name(path, strlen(path)));
        ob_buf_put(&copy, restored->copy, strlen(restored->copy) + 1);
        path = (const char *)copy.data;
        state = copy.failed ? OB_LINK_NONE : state;
    }
    ob_status status = ob_links_settle(crew->links, j->link, state, path);
    j->link = NULL;
    ob_buf_free(&copy);
    return status;
}

static ob_status work_on(worker *w, job *j)
{
    ob_crew *crew = w->crew;
    ob_report *report = &crew->restore->report;
    const char *path = (const char *)j->path.data;
    ob_restored restored = {0};
    bool stays = false;
    ob_placing placing = {j->target, path + ob_point_path_name(path, strlen(path)),
                          (const char *)j->place.data};
    ob_ids_give(&j->ids, &j->entry);
    ob_file_source source = {&j->entry, stopped, crew, &w->chunk};
    ob_status status = ob_file_stays(&placing, &stays);
    if (!OB_FAILED(status) && !stays) {
        status = ob_file_restore(&placing, &source, &restored);
    }
    if (OB_FAILED(status) && !ob_restore_is_fatal(status)) {
        ob_report_failed(report, placing.place, status);
        status = OB_OK;
    } else if (!OB_FAILED(status)) {
        ob_progress more = {.files_done = 1, .files_changed = restored.done ? 1 : 0};
        ob_report_add(report, &more, placing.place);
    }
    ob_status settled = settle_link(crew, j, &restored);
    return OB_FAILED(status) ? status : settled;
}

static void fail(ob_crew *crew, ob_status status)
{
    ob_mutex_lock(&crew->lock);
    if (!OB_FAILED(crew->status)) {
        crew->status = status;
        snprintf(crew->detail, sizeof crew->detail, "%s", ob_detail());
    }
    crew->stop = true;
    ob_cond_broadcast(&crew->work);
    ob_cond_broadcast(&crew->room);
    ob_mutex_unlock(&crew->lock);
}

/* The next jobs of the line, as a list; NULL when it is time to go. Jobs are taken even when all is
 * to stop, so that their links are settled and nobody waits for them. */
static job *take(ob_crew *crew)
{
    ob_mutex_lock(&crew->lock);
    while (crew->first == NULL && !crew->closing) {
        ob_cond_wait(&crew->work, &crew->lock);
    }
    job *jobs = crew->first;
    job *end = jobs;
    uint64_t bytes = end != NULL ? end->entry.info.size : 0;
    for (unsigned i = 1; end != NULL; i++) {
        crew->length--;
        bytes += end->next != NULL ? end->next->entry.info.size : 0;
        if (end->next == NULL || i == BATCH || bytes > LARGE) {
            break;
        }
        end = end->next;
    }
    if (end != NULL) {
        crew->first = end->next;
        crew->last = end->next == NULL ? NULL : crew->last;
        end->next = NULL;
    }
    ob_mutex_unlock(&crew->lock);
    return jobs;
}

static void run_worker(void *argument)
{
    worker *w = argument;
    for (job *jobs = take(w->crew); jobs != NULL; jobs = take(w->crew)) {
        for (job *j = jobs; j != NULL; j = j->next) {
            ob_status status = stopped(w->crew) ? ob_fail(OB_E_CANCELLED, "the restore was stopped")
                                                : work_on(w, j);
            if (OB_FAILED(status)) {
                ob_restored nothing = {0};
                fail(w->crew, status);
                (void)settle_link(w->crew, j, &nothing);
            }
            empty(j);
        }
        release(w->crew, jobs);
    }
}

/* ---- the planning thread ---- */

ob_status ob_crew_open(ob_restore *restore, ob_links *links, ob_crew **out)
{
    const ob_engine *engine = restore->engine;
    unsigned wanted = engine->workers != 0 ? engine->workers : ob_thread_processors();
    ob_crew *crew = ob_calloc(1, sizeof *crew);
    ob_status status = OB_OK;
    if (crew == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "workers");
    }
    crew->restore = restore;
    crew->links = links;
    ob_mutex_init(&crew->lock);
    ob_cond_init(&crew->work);
    ob_cond_init(&crew->room);
    for (size_t i = 0; i < JOBS; i++) {
        crew->jobs[i].next = crew->idle;
        crew->idle = &crew->jobs[i];
    }
    wanted = wanted > WORKERS_MOST ? WORKERS_MOST : wanted;
    for (unsigned i = 0; i < wanted && !OB_FAILED(status); i++) {
        worker *w = &crew->workers[i];
        w->crew = crew;
        status = ob_thread_start(&w->thread, run_worker, w);
        crew->worker_count += OB_FAILED(status) ? 0 : 1;
    }
    if (crew->worker_count == 0) {
        ob_crew_close(crew);
        return status;
    }
    *out = crew;
    return OB_OK;
}

void ob_crew_close(ob_crew *crew)
{
    if (crew == NULL) {
        return;
    }
    ob_mutex_lock(&crew->lock);
    crew->closing = true;
    ob_cond_broadcast(&crew->work);
    ob_mutex_unlock(&crew->lock);
    for (unsigned i = 0; i < crew->worker_count; i++) {
        ob_thread_join(crew->workers[i].thread);
        ob_buf_free(&crew->workers[i].chunk);
    }
    for (size_t i = 0; i < JOBS; i++) {
        ob_buf_free(&crew->jobs[i].path);
        ob_buf_free(&crew->jobs[i].place);
        ob_ids_free(&crew->jobs[i].ids);
    }
    ob_cond_destroy(&crew->work);
    ob_cond_destroy(&crew->room);
    ob_mutex_destroy(&crew->lock);
    ob_free(crew);
}

static ob_status status_of(ob_crew *crew)
{
    ob_mutex_lock(&crew->lock);
    ob_status status = crew->status;
    ob_mutex_unlock(&crew->lock);
    return OB_FAILED(status) ? ob_fail(status, "%s", crew->detail) : OB_OK;
}

/* The lock is held. */
static void wait_for_room(ob_crew *crew)
{
    crew->waiting = true;
    ob_cond_broadcast(&crew->work);
    ob_cond_wait(&crew->room, &crew->lock);
    crew->waiting = false;
}

static job *reserve(ob_crew *crew)
{
    ob_mutex_lock(&crew->lock);
    while (crew->idle == NULL) {
        wait_for_room(crew);
    }
    job *j = crew->idle;
    crew->idle = j->next;
    j->next = NULL;
    crew->busy++;
    ob_mutex_unlock(&crew->lock);
    return j;
}

static ob_status fill(job *j, const ob_crew_file *file)
{
    j->target = ob_target_hold(file->target);
    j->entry = *file->entry;
    j->link = file->link;
    ob_buf_put(&j->path, file->path, strlen(file->path) + 1);
    ob_buf_put(&j->place, file->place, strlen(file->place) + 1);
    ob_status status = ob_ids_copy(&j->ids, file->entry);
    if (!OB_FAILED(status)) {
        status = ob_buf_status(&j->path);
    }
    return OB_FAILED(status) ? status : ob_buf_status(&j->place);
}

ob_status ob_crew_put(ob_crew *crew, const ob_crew_file *file)
{
    job *j = reserve(crew);
    ob_status status = fill(j, file);
    if (!OB_FAILED(status)) {
        status = status_of(crew);
    }
    if (OB_FAILED(status)) {
        ob_restored nothing = {0};
        (void)settle_link(crew, j, &nothing);
        empty(j);
        release(crew, j);
        return status;
    }
    ob_mutex_lock(&crew->lock);
    if (crew->last != NULL) {
        crew->last->next = j;
    } else {
        crew->first = j;
    }
    crew->last = j;
    /* Waking a worker for each small file would take longer than restoring it. */
    if (++crew->length >= BATCH || file->entry->info.size > LARGE || file->link != NULL) {
        ob_cond_signal(&crew->work);
    }
    ob_mutex_unlock(&crew->lock);
    return OB_OK;
}

ob_status ob_crew_wait(ob_crew *crew)
{
    ob_mutex_lock(&crew->lock);
    while (crew->busy > 0) {
        wait_for_room(crew);
    }
    ob_mutex_unlock(&crew->lock);
    return status_of(crew);
}

void ob_crew_stop(ob_crew *crew)
{
    ob_mutex_lock(&crew->lock);
    crew->stop = true;
    ob_mutex_unlock(&crew->lock);
}
