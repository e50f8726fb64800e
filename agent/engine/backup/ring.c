#include "backup/ring.h"

#include "ob/alloc.h"
#include "point/path.h"

#include <stdio.h>
#include <string.h>

#define WORKERS_MOST 8u
#define BATCH_FILES 16u
#define BATCH_BYTES ((uint64_t)256 << 10) /* a worker takes no more files after so many bytes */
#define WAIT_MS 100u

typedef struct worker {
    ob_ring *ring;
    ob_thread *thread;
    ob_chunker *chunker;
    ob_content content;
    bool idle;     /* it waits for work */
    ob_part *part; /* of another worker's file, to be stored from this one's buffer; NULL: none */
    bool copied;   /* it is there */
} worker;

struct ob_ring {
    ob_mutex lock;
    ob_cond work;  /* a slot waits for a worker, or it is time to go */
    ob_cond ready; /* a slot became ready, or something failed */
    ob_cond parts; /* a part was copied to a worker, or stored by it */
    ob_slot slots[OB_RING_SLOTS];
    /* Counts of slots since the start; modulo OB_RING_SLOTS they are positions. */
    uint64_t head, claim, tail;
    unsigned idle; /* workers that wait and were given no part */
    bool waiting;  /* the walking thread waits */
    bool closing, stop;
    ob_status status; /* first failure */
    char detail[1024];
    ob_report *report;
    worker workers[WORKERS_MOST];
    unsigned worker_count;
    ob_helpers helpers;
};

static ob_slot *slot_at(ob_ring *ring, uint64_t count)
{
    return &ring->slots[count % OB_RING_SLOTS];
}

/* ---- workers ---- */

static void fail_locked(ob_ring *ring, ob_status status)
{
    if (!OB_FAILED(ring->status)) {
        ring->status = status;
        snprintf(ring->detail, sizeof ring->detail, "%s", ob_detail());
    }
    ring->stop = true;
    ob_cond_broadcast(&ring->work);
    ob_cond_broadcast(&ring->ready);
}

static bool stopped(void *context)
{
    ob_ring *ring = context;
    ob_mutex_lock(&ring->lock);
    bool stop = ring->stop;
    ob_mutex_unlock(&ring->lock);
    return stop || ob_report_cancelled(ring->report);
}

/* Takes some slots that are near each other; small files would not be worth a turn each. */
static size_t claim_locked(ob_ring *ring, ob_slot *batch[BATCH_FILES])
{
    size_t count = 0;
    uint64_t bytes = 0;
    while (ring->claim < ring->head && count < BATCH_FILES && bytes < BATCH_BYTES) {
        ob_slot *slot = slot_at(ring, ring->claim);
        if (slot->state == OB_SLOT_WAITING) {
            /* A large file does not make small ones wait behind it. */
            if (count > 0 && slot->entry.info.size > BATCH_BYTES) {
                break;
            }
            slot->state = OB_SLOT_TAKEN;
            bytes += slot->entry.info.size;
            batch[count++] = slot;
        }
        ring->claim++;
    }
    return count;
}

static void settle(worker *w, ob_slot *slot, const ob_content_result *result)
{
    const char *place = (const char *)slot->place.data;
    ob_report *report = w->content.report;
    if (OB_FAILED(result->file)) {
        /* A folder still has what its stat said. */
        slot->dropped = slot->entry.info.type != OB_FILE_DIR;
        ob_report_failed(report, place, result->file);
        return;
    }
    slot->entry.info = result->info;
    slot->entry.extras = result->extras;
    slot->entry.flags |= result->changed ? OB_ENTRY_CHANGED : 0;
    ob_report_extras(report, place, result->extras);
    if (result->changed) {
        ob_report_event(report, OB_EVENT_CHANGED, place, "");
    }
    bool is_file = slot->entry.info.type == OB_FILE_REGULAR;
    ob_progress more = {
        .files_done = 1, .files_changed = is_file ? 1 : 0, .bytes_stored = slot->ids.stored};
    ob_report_add(report, &more, place);
}

static ob_status work_on(worker *w, ob_slot *slot)
{
    ob_content_result result = {.info = slot->entry.info, .more = &slot->more};
    const char *place = (const char *)slot->place.data;
    const char *name = (const char *)slot->name.data;
    if (slot->folder != NULL) {
        const char *path = (const char *)slot->path.data;
        name = path + ob_point_path_name(path, slot->path.length - 1);
    }
    ob_status status = ob_content_read(&w->content, slot->folder, name, place, &slot->ids, &result);
    if (!OB_FAILED(status)) {
        settle(w, slot, &result);
    }
    return status;
}

/* ---- parts of large files ---- */

static worker *idle_worker(ob_ring *ring)
{
    for (unsigned i = 0; i < ring->worker_count && !ring->stop; i++) {
        if (ring->workers[i].idle) {
            return &ring->workers[i];
        }
    }
    return NULL;
}

static void end_idling(worker *w)
{
    if (w->idle) {
        w->idle = false;
        w->ring->idle--;
    }
}

static bool offer_part(void *context, const uint8_t *data, size_t length, ob_part *part)
{
    ob_ring *ring = context;
    ob_mutex_lock(&ring->lock);
    worker *helper = idle_worker(ring);
    if (helper != NULL) {
        end_idling(helper);
        helper->part = part;
        /* All of them, so that a later signal for a file does not go to this one. */
        ob_cond_broadcast(&ring->work);
    }
    ob_mutex_unlock(&ring->lock);
    if (helper == NULL) {
        return false;
    }
    memcpy(helper->content.buffer, data, length);
    ob_mutex_lock(&ring->lock);
    helper->copied = true;
    ob_cond_broadcast(&ring->parts);
    ob_mutex_unlock(&ring->lock);
    return true;
}

static bool is_away(const ob_ring *ring, const ob_part *part)
{
    for (unsigned i = 0; i < ring->worker_count; i++) {
        if (ring->workers[i].part == part) {
            return true;
        }
    }
    return false;
}

static bool part_done(void *context, const ob_part *part, bool wait)
{
    ob_ring *ring = context;
    ob_mutex_lock(&ring->lock);
    while (wait && is_away(ring, part)) {
        ob_cond_wait(&ring->parts, &ring->lock);
    }
    bool done = !is_away(ring, part);
    ob_mutex_unlock(&ring->lock);
    return done;
}

/* The lock is held, and let go meanwhile. */
static void store_part(worker *w)
{
    ob_ring *ring = w->ring;
    while (!w->copied) {
        ob_cond_wait(&ring->parts, &ring->lock);
    }
    ob_mutex_unlock(&ring->lock);
    ob_part_store(w->part, w->content.repo, w->content.buffer, w->part->length);
    ob_mutex_lock(&ring->lock);
    w->part = NULL;
    w->copied = false;
    ob_cond_broadcast(&ring->parts);
}

/* ---- the life of a worker ---- */

static void wait_for_work(worker *w)
{
    w->idle = true;
    w->ring->idle++;
    ob_cond_wait(&w->ring->work, &w->ring->lock);
    end_idling(w);
}

static void run_worker(void *argument)
{
    worker *w = argument;
    ob_ring *ring = w->ring;
    ob_slot *batch[BATCH_FILES];
    ob_mutex_lock(&ring->lock);
    for (;;) {
        if (w->part != NULL) {
            store_part(w);
            continue;
        }
        size_t count = ring->stop ? 0 : claim_locked(ring, batch);
        if (count == 0 && (ring->closing || ring->stop)) {
            break;
        }
        if (count == 0) {
            wait_for_work(w);
            continue;
        }
        ob_mutex_unlock(&ring->lock);
        ob_status status = OB_OK;
        for (size_t i = 0; i < count && !OB_FAILED(status); i++) {
            status = work_on(w, batch[i]);
        }
        ob_mutex_lock(&ring->lock);
        if (OB_FAILED(status)) {
            fail_locked(ring, status);
            break;
        }
        for (size_t i = 0; i < count; i++) {
            batch[i]->state = OB_SLOT_READY;
        }
        if (ring->waiting) {
            ob_cond_signal(&ring->ready);
        }
    }
    ob_mutex_unlock(&ring->lock);
}

/* ---- the walking thread ---- */

static ob_status start_worker(ob_ring *ring, const ob_content *pattern)
{
    worker *w = &ring->workers[ring->worker_count];
    w->ring = ring;
    w->content = *pattern;
    w->content.stopped = stopped;
    w->content.context = ring;
    w->content.helpers = &ring->helpers;
    w->content.buffer = ob_alloc(OB_CHUNK_MOST);
    if (w->content.buffer == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a buffer of %u bytes", OB_CHUNK_MOST);
    }
    ob_status status = ob_chunker_new(pattern->engine->keys, &w->chunker);
    w->content.chunker = w->chunker;
    if (!OB_FAILED(status)) {
        status = ob_thread_start(&w->thread, run_worker, w);
    }
    if (OB_FAILED(status)) {
        ob_chunker_free(w->chunker);
        ob_free(w->content.buffer);
        return status;
    }
    ring->worker_count++;
    return OB_OK;
}

ob_status ob_ring_open(const ob_engine *engine, const ob_content *content, ob_ring **out)
{
    unsigned wanted = engine->workers != 0 ? engine->workers : ob_thread_processors();
    ob_ring *ring = ob_calloc(1, sizeof *ring);
    ob_status status = OB_OK;
    if (ring == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%u slots", OB_RING_SLOTS);
    }
    ob_mutex_init(&ring->lock);
    ob_cond_init(&ring->work);
    ob_cond_init(&ring->ready);
    ob_cond_init(&ring->parts);
    ring->helpers = (ob_helpers){ring, offer_part, part_done};
    ring->report = content->report;
    wanted = wanted > WORKERS_MOST ? WORKERS_MOST : wanted;
    for (unsigned i = 0; i < wanted && !OB_FAILED(status); i++) {
        status = start_worker(ring, content);
    }
    if (ring->worker_count == 0) {
        ob_ring_close(ring);
        return status;
    }
    *out = ring;
    return OB_OK;
}

void ob_ring_close(ob_ring *ring)
{
    if (ring == NULL) {
        return;
    }
    ob_mutex_lock(&ring->lock);
    ring->closing = true;
    ob_cond_broadcast(&ring->work);
    ob_mutex_unlock(&ring->lock);
    for (unsigned i = 0; i < ring->worker_count; i++) {
        ob_thread_join(ring->workers[i].thread);
        ob_chunker_free(ring->workers[i].chunker);
        ob_free(ring->workers[i].content.buffer);
        ob_extents_free(&ring->workers[i].content.extents);
    }
    for (size_t i = 0; i < OB_RING_SLOTS; i++) {
        ob_slot *slot = &ring->slots[i];
        ob_folder_drop(slot->folder);
        ob_buf_free(&slot->path);
        ob_buf_free(&slot->place);
        ob_buf_free(&slot->name);
        ob_buf_free(&slot->target);
        ob_ids_free(&slot->ids);
        ob_extras_free(&slot->more);
    }
    ob_cond_destroy(&ring->work);
    ob_cond_destroy(&ring->ready);
    ob_cond_destroy(&ring->parts);
    ob_mutex_destroy(&ring->lock);
    ob_free(ring);
}

ob_status ob_ring_status(ob_ring *ring)
{
    ob_mutex_lock(&ring->lock);
    ob_status status = ring->status;
    ob_mutex_unlock(&ring->lock);
    return OB_FAILED(status) ? ob_fail(status, "%s", ring->detail) : OB_OK;
}

void ob_ring_stop(ob_ring *ring)
{
    ob_mutex_lock(&ring->lock);
    ring->stop = true;
    ob_cond_broadcast(&ring->work);
    ob_mutex_unlock(&ring->lock);
}

bool ob_ring_empty(const ob_ring *ring)
{
    return ring->head == ring->tail;
}

ob_slot *ob_ring_reserve(ob_ring *ring)
{
    return ring->head - ring->tail < OB_RING_SLOTS ? slot_at(ring, ring->head) : NULL;
}

void ob_ring_put(ob_ring *ring, ob_slot *slot, bool work)
{
    ob_mutex_lock(&ring->lock);
    slot->state = work ? OB_SLOT_WAITING : OB_SLOT_READY;
    ring->head++;
    if (work && ring->idle > 0) {
        ob_cond_signal(&ring->work);
    }
    ob_mutex_unlock(&ring->lock);
}

ob_slot *ob_ring_ready(ob_ring *ring, bool wait)
{
    if (ob_ring_empty(ring)) {
        return NULL;
    }
    ob_slot *slot = slot_at(ring, ring->tail);
    ob_mutex_lock(&ring->lock);
    if (wait && slot->state != OB_SLOT_READY && !OB_FAILED(ring->status)) {
        ring->waiting = true;
        ob_cond_wait_for(&ring->ready, &ring->lock, WAIT_MS);
        ring->waiting = false;
    }
    bool ready = slot->state == OB_SLOT_READY;
    ob_mutex_unlock(&ring->lock);
    return ready ? slot : NULL;
}

void ob_ring_release(ob_ring *ring, ob_slot *slot)
{
    ob_folder_drop(slot->folder);
    slot->folder = NULL;
    ob_buf_clear(&slot->path);
    ob_buf_clear(&slot->place);
    ob_buf_clear(&slot->name);
    ob_buf_clear(&slot->target);
    ob_ids_clear(&slot->ids);
    ob_extras_clear(&slot->more);
    slot->entry = (ob_entry){0};
    slot->dropped = false;
    ob_mutex_lock(&ring->lock);
    slot->state = OB_SLOT_FREE;
    ring->tail++;
    if (ring->claim < ring->tail) {
        ring->claim = ring->tail;
    }
    ob_mutex_unlock(&ring->lock);
}
