#include "restore/crew.h"

#include "ob/alloc.h"
#include "point/extra.h"
#include "point/path.h"

#include <stdio.h>
#include <string.h>

#define JOBS 2048u
#define FOLDERS 448u /* about so many are open for jobs at a time */
#define WORKERS_MOST 8u
#define BATCH                                                                                      \
    8u /* small files that a worker takes at a time, and that it is worth waking one for */
#define LARGE ((uint64_t)256 << 10)
/* So much is written before the volume is synced for all of it; less if no more comes. */
#define SETTLE_FILES 1024u
#define SETTLE_BYTES ((uint64_t)64 << 20)
#define SETTLE_WAIT_MS 5u

typedef struct job {
    struct job *next;
    ob_target *target;
    ob_buf path, place; /* each with its NUL */
    ob_entry entry;
    ob_ids ids;
    ob_extras more;
    ob_link *link;
    bool opens; /* its folder is another one than that of the job before it */
    char temporary[OB_TEMPORARY_NAME];
} job;

typedef struct line {
    job *first, *last;
    unsigned length;
} line;

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
    ob_cond room;    /* a job became free */
    ob_cond written; /* there may be enough to settle */
    job jobs[JOBS];
    job *idle;         /* list of free jobs */
    line todo;         /* for the workers */
    line whole;        /* written, to be synced and named by the settler */
    uint64_t unsynced; /* bytes of those */
    unsigned held;     /* about as many folders are open for those */
    unsigned busy;     /* jobs in a line or in work */
    unsigned folders;  /* about as many are open for them */
    ob_target *last;   /* of the job put last; NULL: unknown */
    bool waiting;      /* the planning thread does */
    bool closing, closed, stop;
    ob_status status;
    char detail[1024];
    worker workers[WORKERS_MOST];
    unsigned worker_count;
    ob_thread *settler; /* NULL: it could not start, and workers sync and name each file */
};

static bool stopped(void *context)
{
    ob_crew *crew = context;
    ob_mutex_lock(&crew->lock);
    bool stop = crew->stop;
    ob_mutex_unlock(&crew->lock);
    return stop || ob_report_cancelled(&crew->restore->report);
}

/* The lock is held. */
static void append(line *to, job *j)
{
    if (to->last != NULL) {
        to->last->next = j;
    } else {
        to->first = j;
    }
    to->last = j;
    to->length++;
}

static void empty(job *j)
{
    ob_target_drop(j->target);
    j->target = NULL;
    ob_buf_clear(&j->path);
    ob_buf_clear(&j->place);
    ob_ids_clear(&j->ids);
    ob_extras_clear(&j->more);
}

/* Something is written and no worker has anything in hand. What is in `todo` may be so little that
 * none was woken for it, while the planning thread waits for the link of a file that is written. */
static bool is_idle(const ob_crew *crew)
{
    return crew->whole.length > 0 && crew->whole.length + crew->todo.length == crew->busy;
}

/* Gives back jobs that are done, or were never begun: a list. */
static void release(ob_crew *crew, job *jobs)
{
    for (job *j = jobs; j != NULL; j = j->next) {
        ob_mutex_lock(&crew->lock);
        crew->last = j->target == crew->last ? NULL : crew->last;
        ob_mutex_unlock(&crew->lock);
        empty(j);
    }
    ob_mutex_lock(&crew->lock);
    for (job *j = jobs, *next = NULL; j != NULL; j = next) {
        next = j->next;
        j->next = crew->idle;
        crew->idle = j;
        crew->busy--;
        crew->folders -= j->opens ? 1 : 0;
        j->opens = false;
    }
    if (crew->waiting) {
        ob_cond_signal(&crew->room);
    }
    if (is_idle(crew)) {
        ob_cond_signal(&crew->written);
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

static ob_placing placing_of(const job *j)
{
    const char *path = (const char *)j->path.data;
    return (ob_placing){j->target, path + ob_point_path_name(path, strlen(path)),
                        (const char *)j->place.data};
}

/* Tells what became of a file. What is given ends the job of all. */
static ob_status finish(ob_crew *crew, job *j, const ob_restored *restored, ob_status status)
{
    ob_report *report = &crew->restore->report;
    const char *place = (const char *)j->place.data;
    if (OB_FAILED(status) && !ob_restore_is_fatal(status)) {
        ob_report_failed(report, place, status);
        status = OB_OK;
    } else if (!OB_FAILED(status)) {
        ob_progress more = {.files_done = 1, .files_changed = restored->done ? 1 : 0};
        ob_report_add(report, &more, place);
    }
    ob_status settled = settle_link(crew, j, restored);
    return OB_FAILED(status) ? status : settled;
}

/* *whole: the file waits for the settler. */
static ob_status work_on(worker *w, job *j, bool *whole)
{
    ob_crew *crew = w->crew;
    ob_restored restored = {0};
    bool stays = false;
    bool alone = crew->settler == NULL || j->target->volume == NULL;
    ob_placing placing = placing_of(j);
    ob_ids_give(&j->ids, &j->entry);
    (void)ob_extras_give(&j->more, &j->entry); /* a copy that was taken whole */
    ob_file_source source = {&j->entry, stopped, crew, &w->chunk};
    ob_status status = ob_file_stays(&placing, &stays);
    if (!OB_FAILED(status) && !stays) {
        status = ob_file_write(&placing, &source, alone, j->temporary);
        *whole = !OB_FAILED(status) && !alone;
        if (!OB_FAILED(status) && alone) {
            status = ob_file_settle(&placing, &j->entry, j->temporary, &restored);
        }
    }
    if (stays) {
        ob_progress more = {.bytes_done = j->entry.info.size};
        ob_report_add(&crew->restore->report, &more, (const char *)j->place.data);
    }
    return *whole ? OB_OK : finish(crew, j, &restored, status);
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
    while (crew->todo.first == NULL && !crew->closing) {
        ob_cond_wait(&crew->work, &crew->lock);
    }
    job *jobs = crew->todo.first;
    job *end = jobs;
    uint64_t bytes = end != NULL ? end->entry.info.size : 0;
    for (unsigned i = 1; end != NULL; i++) {
        crew->todo.length--;
        bytes += end->next != NULL ? end->next->entry.info.size : 0;
        if (end->next == NULL || i == BATCH || bytes > LARGE) {
            break;
        }
        end = end->next;
    }
    if (end != NULL) {
        crew->todo.first = end->next;
        crew->todo.last = end->next == NULL ? NULL : crew->todo.last;
        end->next = NULL;
    }
    ob_mutex_unlock(&crew->lock);
    return jobs;
}

static void give_up(ob_crew *crew, job *j, ob_status status)
{
    ob_restored nothing = {0};
    fail(crew, status);
    (void)settle_link(crew, j, &nothing);
}

static bool is_enough(const ob_crew *crew)
{
    return crew->whole.length >= SETTLE_FILES || crew->unsynced >= SETTLE_BYTES ||
           crew->held >= FOLDERS / 2;
}

static void hand_over(ob_crew *crew, job *j)
{
    ob_mutex_lock(&crew->lock);
    append(&crew->whole, j);
    crew->unsynced += j->entry.info.size;
    crew->held += j->opens ? 1 : 0;
    if (is_enough(crew) || is_idle(crew)) {
        ob_cond_signal(&crew->written);
    }
    ob_mutex_unlock(&crew->lock);
}

static void run_worker(void *argument)
{
    worker *w = argument;
    for (job *jobs = take(w->crew); jobs != NULL; jobs = take(w->crew)) {
        job *done = NULL;
        for (job *j = jobs, *next = NULL; j != NULL; j = next) {
            bool whole = false;
            next = j->next;
            j->next = NULL;
            ob_status status = stopped(w->crew) ? ob_fail(OB_E_CANCELLED, "the restore was stopped")
                                                : work_on(w, j, &whole);
            if (OB_FAILED(status)) {
                give_up(w->crew, j, status);
            }
            if (whole) {
                hand_over(w->crew, j);
            } else {
                j->next = done;
                done = j;
            }
        }
        release(w->crew, done);
    }
}

/* ---- the settler ---- */

/* What was written, when it is enough or nothing else is in work; NULL when it is time to go. */
static job *take_whole(ob_crew *crew)
{
    ob_mutex_lock(&crew->lock);
    for (;;) {
        bool idle = is_idle(crew);
        if (is_enough(crew) || (idle && (crew->waiting || crew->closed)) ||
            (crew->closed && crew->whole.length == 0)) {
            break;
        }
        if (!idle) {
            ob_cond_wait(&crew->written, &crew->lock);
        } else if (!ob_cond_wait_for(&crew->written, &crew->lock, SETTLE_WAIT_MS) &&
                   is_idle(crew)) {
            break; /* the planning thread has something else to do, or waits for a link */
        }
    }
    job *jobs = crew->whole.first;
    crew->whole = (line){0};
    crew->unsynced = 0;
    crew->held = 0;
    ob_mutex_unlock(&crew->lock);
    return jobs;
}

/* Syncs the volumes of these jobs, each once. */
static ob_status sync_volumes(ob_crew *crew, const job *jobs)
{
    const ob_fs *fs = crew->restore->engine->fs;
    ob_status status = OB_OK;
    const ob_volume *last = NULL;
    for (const job *j = jobs; j != NULL && !OB_FAILED(status); j = j->next) {
        if (j->target->volume != last) {
            last = j->target->volume;
            status = fs->sync_volume(fs, last->dir);
        }
    }
    return status;
}

static void run_settler(void *argument)
{
    ob_crew *crew = argument;
    for (job *jobs = take_whole(crew); jobs != NULL; jobs = take_whole(crew)) {
        char detail[1024];
        ob_status synced = sync_volumes(crew, jobs);
        snprintf(detail, sizeof detail, "%s", ob_detail());
        for (job *j = jobs; j != NULL; j = j->next) {
            ob_placing placing = placing_of(j);
            ob_restored restored = {0};
            ob_status status =
                OB_FAILED(synced)
                    ? ob_file_abandon(&placing, j->temporary, ob_fail(synced, "%s", detail))
                    : ob_file_settle(&placing, &j->entry, j->temporary, &restored);
            status = finish(crew, j, &restored, status);
            if (OB_FAILED(status)) {
                give_up(crew, j, status);
            }
        }
        release(crew, jobs);
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
    ob_cond_init(&crew->written);
    for (size_t i = 0; i < JOBS; i++) {
        crew->jobs[i].next = crew->idle;
        crew->idle = &crew->jobs[i];
    }
    (void)ob_thread_start(&crew->settler, run_settler, crew);
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
    ob_mutex_lock(&crew->lock);
    crew->closed = true;
    ob_cond_signal(&crew->written);
    ob_mutex_unlock(&crew->lock);
    ob_thread_join(crew->settler);
    for (size_t i = 0; i < JOBS; i++) {
        ob_buf_free(&crew->jobs[i].path);
        ob_buf_free(&crew->jobs[i].place);
        ob_ids_free(&crew->jobs[i].ids);
        ob_extras_free(&crew->jobs[i].more);
    }
    ob_cond_destroy(&crew->work);
    ob_cond_destroy(&crew->room);
    ob_cond_destroy(&crew->written);
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
    ob_cond_signal(&crew->written);
    ob_cond_wait(&crew->room, &crew->lock);
    crew->waiting = false;
}

static job *reserve(ob_crew *crew, ob_target *target)
{
    ob_mutex_lock(&crew->lock);
    while (crew->idle == NULL || crew->folders >= FOLDERS) {
        wait_for_room(crew);
    }
    job *j = crew->idle;
    crew->idle = j->next;
    j->next = NULL;
    j->opens = target != crew->last;
    crew->folders += j->opens ? 1 : 0;
    crew->last = target;
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
        status = ob_extras_copy(&j->more, file->entry);
    }
    if (!OB_FAILED(status)) {
        status = ob_buf_status(&j->path);
    }
    return OB_FAILED(status) ? status : ob_buf_status(&j->place);
}

ob_status ob_crew_put(ob_crew *crew, const ob_crew_file *file)
{
    job *j = reserve(crew, file->target);
    ob_status status = fill(j, file);
    if (!OB_FAILED(status)) {
        status = status_of(crew);
    }
    if (OB_FAILED(status)) {
        ob_restored nothing = {0};
        (void)settle_link(crew, j, &nothing);
        release(crew, j);
        return status;
    }
    ob_mutex_lock(&crew->lock);
    append(&crew->todo, j);
    /* Waking a worker for each small file would take longer than restoring it. */
    if (crew->todo.length >= BATCH || file->entry->info.size > LARGE || file->link != NULL) {
        ob_cond_signal(&crew->work);
    }
    if (is_idle(crew)) {
        ob_cond_signal(&crew->written);
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
