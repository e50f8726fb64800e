#include "backup/feed.h"

#include "ob/alloc.h"
#include "point/ids.h"
#include "point/path.h"

#include <stdlib.h>
#include <string.h>

#define ENOUGH ((size_t)2 << 20) /* bytes in which most chunks end */

struct ob_feeds {
    ob_repo *repo;
    ob_report *report;
    const ob_feed **feeds; /* by their names */
    size_t count, next;
    int64_t time;
    bool has_folder; /* their folder has its entry */
    bool given;      /* the entry of `path` was given out: the next call goes on */
    bool broken;     /* no memory for a path */
    char *path;      /* of the next entry; NULL at the end */
    ob_chunker *chunker;
    uint8_t *buffer; /* OB_CHUNK_MOST bytes */
    ob_ids ids;
};

static int compare(const void *left, const void *right)
{
    const ob_feed *const *a = left;
    const ob_feed *const *b = right;
    return strcmp((*a)->name, (*b)->name);
}

static ob_status set_path(ob_feeds *feeds)
{
    ob_free(feeds->path);
    feeds->path = NULL;
    if (feeds->next == feeds->count) {
        return OB_OK;
    }
    feeds->path = feeds->has_folder
                      ? ob_asprintf("%s/%s", OB_FEED_FOLDER, feeds->feeds[feeds->next]->name)
                      : ob_strdup(OB_FEED_FOLDER);
    return feeds->path != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "a feed");
}

ob_status ob_feeds_open(const ob_engine *engine, ob_repo *repo, ob_report *report,
                        const ob_feed *feeds, size_t count, int64_t time, ob_feeds **out)
{
    if (count == 0) {
        *out = NULL;
        return OB_OK;
    }
    ob_feeds *made = ob_calloc(1, sizeof *made);
    if (made == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%zu feeds", count);
    }
    made->repo = repo;
    made->report = report;
    made->time = time;
    made->feeds = ob_calloc(count, sizeof *made->feeds);
    made->buffer = ob_alloc(OB_CHUNK_MOST);
    ob_status status = made->feeds != NULL && made->buffer != NULL
                           ? ob_chunker_new(engine->keys, &made->chunker)
                           : ob_fail(OB_E_NO_MEMORY, "%zu feeds", count);
    for (; !OB_FAILED(status) && made->count < count; made->count++) {
        made->feeds[made->count] = &feeds[made->count];
    }
    if (!OB_FAILED(status)) {
        qsort(made->feeds, count, sizeof *made->feeds, compare);
        status = set_path(made);
    }
    if (OB_FAILED(status)) {
        ob_feeds_close(made);
        return status;
    }
    *out = made;
    return OB_OK;
}

void ob_feeds_close(ob_feeds *feeds)
{
    if (feeds != NULL) {
        ob_ids_free(&feeds->ids);
        ob_chunker_free(feeds->chunker);
        ob_free(feeds->buffer);
        ob_free(feeds->feeds);
        ob_free(feeds->path);
        ob_free(feeds);
    }
}

/* ---- one after the other ---- */

/* To the entry behind the one that `path` names. */
static void step(ob_feeds *feeds)
{
    feeds->next += feeds->has_folder;
    feeds->has_folder = true;
    feeds->given = false;
    feeds->broken = OB_FAILED(set_path(feeds));
}

bool ob_feeds_due(ob_feeds *feeds, const char *path, size_t length)
{
    if (feeds != NULL && feeds->given) {
        step(feeds);
    }
    while (feeds != NULL && feeds->path != NULL) {
        int order = path != NULL
                        ? ob_point_path_compare(feeds->path, strlen(feeds->path), path, length)
                        : -1;
        if (order != 0) {
            return order < 0;
        }
        if (feeds->has_folder) {
            (void)ob_fail(OB_E_EXISTS, "%s: a file of this path is backed up", feeds->path);
            ob_report_failed(feeds->report, feeds->path, OB_E_EXISTS);
        }
        step(feeds);
    }
    return feeds != NULL && feeds->broken; /* which ob_feeds_next() tells */
}

/* ---- one feed ---- */

/* What was read and not yet stored: [start, start + have) of the buffer. */
typedef struct reading {
    ob_feeds *feeds;
    const ob_feed *feed;
    void *stream;
    size_t start, have;
    uint64_t size; /* read so far */
    bool ended;
    ob_status failed; /* of the feed */
} reading;

static void fill(reading *r, size_t want)
{
    uint8_t *buffer = r->feeds->buffer;
    memmove(buffer, buffer + r->start, r->have);
    r->start = 0;
    while (r->have < want && !r->ended && !OB_FAILED(r->failed)) {
        size_t got = 0;
        r->failed = r->feed->read(r->stream, buffer + r->have, want - r->have, &got);
        r->ended = !OB_FAILED(r->failed) && got == 0;
        r->have += OB_FAILED(r->failed) ? 0 : got;
        r->size += OB_FAILED(r->failed) ? 0 : got;
    }
}

static ob_status store(reading *r, size_t length)
{
    ob_feeds *feeds = r->feeds;
    ob_chunk_id id;
    uint64_t stored = 0;
    if (ob_report_cancelled(feeds->report)) {
        return ob_fail(OB_E_CANCELLED, "%s", feeds->path);
    }
    ob_status status =
        ob_repo_write(feeds->repo, OB_CHUNK_DATA, feeds->buffer + r->start, length, &id, &stored);
    if (!OB_FAILED(status)) {
        status = ob_ids_add(&feeds->ids, feeds->repo, &id);
    }
    if (!OB_FAILED(status)) {
        ob_progress more = {.bytes_total = length,
                            .bytes_done = length,
                            .bytes_changed = length,
                            .bytes_stored = stored};
        ob_report_add(feeds->report, &more, feeds->path);
        r->start += length;
        r->have -= length;
    }
    return status;
}

static ob_status store_all(reading *r)
{
    ob_status status = OB_OK;
    size_t want = ENOUGH;
    while (!OB_FAILED(status)) {
        fill(r, want);
        if (OB_FAILED(r->failed) || r->have == 0) {
            break;
        }
        size_t cut =
            ob_chunker_cut(r->feeds->chunker, r->feeds->buffer + r->start, r->have, r->ended);
        want = cut == 0 ? OB_CHUNK_MOST : ENOUGH;
        status = cut == 0 ? OB_OK : store(r, cut);
    }
    if (!OB_FAILED(status) && !OB_FAILED(r->failed)) {
        status = ob_ids_finish(&r->feeds->ids, r->feeds->repo);
    }
    return status;
}

static ob_status take(ob_feeds *feeds, ob_entry *entry, bool *kept)
{
    const ob_feed *feed = feeds->feeds[feeds->next];
    reading r = {.feeds = feeds, .feed = feed};
    ob_status status = OB_OK;
    ob_progress more = {.files_total = 1};
    ob_report_add(feeds->report, &more, feeds->path);
    ob_ids_clear(&feeds->ids);
    r.failed = feed->open(feed->context, &r.stream);
    if (!OB_FAILED(r.failed)) {
        status = store_all(&r);
    }
    if (OB_FAILED(r.failed)) {
        if (r.failed == OB_E_CANCELLED || r.failed == OB_E_NO_MEMORY) {
            status = r.failed;
        } else {
            ob_report_failed(feeds->report, feeds->path, r.failed);
        }
    }
    if (r.stream != NULL) {
        feed->close(r.stream);
    }
    *kept = !OB_FAILED(status) && !OB_FAILED(r.failed);
    if (*kept) {
        more =
            (ob_progress){.files_done = 1, .files_changed = 1, .bytes_stored = feeds->ids.stored};
        ob_report_add(feeds->report, &more, feeds->path);
        entry->info.type = OB_FILE_REGULAR;
        entry->info.mode = 0600;
        entry->info.links = 1;
        entry->info.size = r.size;
        ob_ids_give(&feeds->ids, entry);
    }
    return status;
}

ob_status ob_feeds_next(ob_feeds *feeds, ob_entry *entry, bool *kept)
{
    ob_status status = OB_OK;
    if (feeds->broken) {
        return ob_fail(OB_E_NO_MEMORY, "a feed");
    }
    feeds->given = true;
    *entry = (ob_entry){.path = feeds->path,
                        .path_length = strlen(feeds->path),
                        .info = {.type = OB_FILE_DIR,
                                 .mode = 0700,
                                 .links = 1,
                                 .mtime = feeds->time,
                                 .ctime = feeds->time,
                                 .atime = feeds->time},
                        .target = "",
                        .flags = feeds->has_folder ? 0 : OB_ENTRY_PASSED};
    *kept = true;
    if (feeds->has_folder) {
        status = take(feeds, entry, kept);
    }
    return status;
}
