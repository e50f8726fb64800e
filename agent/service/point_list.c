#include "point_list.h"

#include "ob/alloc.h"
#include "ob/log.h"
#include "source.h"

#include <string.h>

#define PAGE_BYTES ((size_t)1 << 20)

typedef struct page {
    const ob_session_host *host;
    const char *source; /* "" = all */
    int64_t before;     /* 0 = all */
    size_t most;
    ob_point_record_visit visit;
    void *context;
    size_t count;
    size_t bytes;
    int64_t last;
    bool more;
} page;

static bool holds(const page *page, const ob_point_info *point)
{
    for (size_t i = 0; i < point->source_count; i++) {
        if (ob_source_same(point->sources[i], page->source, page->host->windows)) {
            return true;
        }
    }
    return page->source[0] == '\0';
}

static ob_status print_sources(const page *page, const ob_point_info *point, ob_buf *out)
{
    bool failed = false;
    cJSON *sources = NULL;
    ob_status status = ob_source_json(point->sources, point->source_count, page->host->machine,
                                      page->host->windows, &sources);
    if (OB_FAILED(status)) {
        return status;
    }
    cJSON *json = ob_json_new_object();
    ob_json_add_text(json, "policy", point->policy, &failed);
    ob_json_add_text(json, "machine", point->machine_name, &failed);
    ob_json_add_node(json, "sources", sources, &failed);
    status = failed ? ob_fail(OB_E_NO_MEMORY, "a recovery point") : ob_json_print(out, json);
    ob_buf_put_u8(out, 0);
    ob_json_free(json);
    return status == OB_OK ? ob_buf_status(out) : status;
}

/* Ends the listing with OB_E_CANCELLED once the page is full. */
static ob_status visit_point(void *context, const ob_point_info *point)
{
    page *page = context;
    ob_buf sources = {0};
    if ((page->before != 0 && point->time >= page->before) || !holds(page, point)) {
        return OB_OK;
    }
    if (page->count == page->most || page->bytes >= PAGE_BYTES) {
        page->more = true;
        return OB_E_CANCELLED;
    }
    ob_status status = print_sources(page, point, &sources);
    if (status == OB_OK) {
        ob_point_record record = {.id = point->id,
                                  .time = point->time,
                                  .bytes = (int64_t)point->bytes,
                                  .files = (int64_t)point->files,
                                  .sources = (const char *)sources.data};
        page->last = point->time;
        page->bytes += sources.length;
        page->count++;
        status = page->visit(page->context, &record);
    }
    ob_buf_free(&sources);
    return status;
}

static bool never(void *context)
{
    (void)context;
    return false;
}

static void ignore_progress(void *context, const ob_progress *progress)
{
    (void)context;
    (void)progress;
}

/* One damaged point does not hide the others. */
static void log_event(void *context, const ob_event *event)
{
    (void)context;
    ob_log(OB_LOG_ERROR, "recovery point %s: %s %s", event->path,
           ob_status_lookup(event->status)->symbol, event->detail);
}

ob_status ob_point_list(const ob_session_host *host, const char *source, int64_t *resume,
                        size_t most, ob_point_record_visit visit, void *context)
{
    ob_control control = {NULL, never, ignore_progress, log_event};
    page page = {.host = host,
                 .source = source,
                 .before = *resume,
                 .most = most,
                 .visit = visit,
                 .context = context};
    ob_session *session = NULL;
    ob_status status = ob_session_new(host, &session);
    if (status == OB_OK) {
        status = ob_session_connect(session, OB_SESSION_VIEW);
    }
    if (status == OB_OK) {
        status = ob_points_list(ob_session_engine(session), &control, visit_point, &page);
    }
    if (status == OB_OK || (status == OB_E_CANCELLED && page.more)) {
        *resume = page.more ? page.last : 0;
        status = OB_OK;
    }
    ob_session_free(session);
    return status;
}
