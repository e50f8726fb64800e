#include "view.h"

#include "ob/alloc.h"

#include <string.h>

/* Items asked of the engine at once, between looks at how large the page has become. */
#define STEP ((size_t)100)
#define PAGE_BYTES ((size_t)1 << 20)

struct ob_service_view {
    ob_mutex lock; /* of all but the links */
    ob_session *session;
    ob_view *view;
    ob_open_views *list; /* NULL once shut */
    ob_service_view *next;
    ob_service_view *previous;
};

void ob_open_views_init(ob_open_views *list)
{
    *list = (ob_open_views){0};
    ob_mutex_init(&list->lock);
}

static void link_in(ob_open_views *list, ob_service_view *view)
{
    ob_mutex_lock(&list->lock);
    view->next = list->first;
    if (list->first != NULL) {
        list->first->previous = view;
    }
    list->first = view;
    ob_mutex_unlock(&list->lock);
}

/* Under the list's lock. */
static void unlink_from(ob_open_views *list, ob_service_view *view)
{
    if (view->previous != NULL) {
        view->previous->next = view->next;
    } else {
        list->first = view->next;
    }
    if (view->next != NULL) {
        view->next->previous = view->previous;
    }
}

static void shut(ob_service_view *view)
{
    ob_mutex_lock(&view->lock);
    ob_view_close(view->view);
    ob_session_free(view->session);
    view->view = NULL;
    view->session = NULL;
    view->list = NULL;
    ob_mutex_unlock(&view->lock);
}

void ob_open_views_shut(ob_open_views *list)
{
    ob_mutex_lock(&list->lock);
    while (list->first != NULL) {
        ob_service_view *view = list->first;
        unlink_from(list, view);
        shut(view);
    }
    ob_mutex_unlock(&list->lock);
}

void ob_open_views_destroy(ob_open_views *list)
{
    ob_mutex_destroy(&list->lock);
}

ob_status ob_service_view_open(ob_open_views *list, const ob_session_host *host,
                               const ob_guid *point, ob_service_view **out)
{
    ob_service_view *view = ob_calloc(1, sizeof *view);
    if (view == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a view of a recovery point");
    }
    ob_mutex_init(&view->lock);
    ob_status status = ob_session_new(host, &view->session);
    if (status == OB_OK) {
        status = ob_session_connect(view->session, OB_SESSION_VIEW);
    }
    if (status == OB_OK) {
        status = ob_view_open(ob_session_engine(view->session), point, &view->view);
    }
    if (OB_FAILED(status)) {
        ob_service_close_view(view);
        return status;
    }
    view->list = list;
    link_in(list, view);
    *out = view;
    return OB_OK;
}

void ob_service_close_view(ob_service_view *view)
{
    if (view == NULL) {
        return;
    }
    ob_mutex_lock(&view->lock);
    ob_open_views *list = view->list;
    ob_mutex_unlock(&view->lock);
    if (list != NULL) {
        ob_mutex_lock(&list->lock);
        unlink_from(list, view);
        ob_mutex_unlock(&list->lock);
    }
    shut(view);
    ob_mutex_destroy(&view->lock);
    ob_free(view);
}

typedef struct browse {
    ob_item_record_visit visit;
    void *context;
    size_t bytes;
} browse;

static ob_status visit_item(void *context, const ob_view_item *item)
{
    browse *state = context;
    ob_item_record record = {.type = (int32_t)item->type,
                             .mode = item->mode,
                             .size = (int64_t)item->size,
                             .mtime = item->mtime,
                             .path = item->path};
    state->bytes += strlen(item->path);
    return state->visit(state->context, &record);
}

/* Under the view's lock. */
static ob_status list_items(ob_service_view *view, const char *path, const char *pattern,
                            int64_t *resume, size_t most, browse *state)
{
    uint64_t key = (uint64_t)*resume;
    ob_status status = OB_OK;
    if (view->view == NULL) {
        return ob_fail(OB_E_BUSY, "the agent is stopping");
    }
    do {
        size_t count = most < STEP ? most : STEP;
        status = ob_view_list(view->view, path, pattern, &key, count, visit_item, state);
        most -= count;
    } while (status == OB_OK && key != 0 && most > 0 && state->bytes < PAGE_BYTES);
    if (status == OB_OK) {
        *resume = (int64_t)key;
    }
    return status;
}

static ob_status copy_text(const char *text, size_t length, const char *what, char **out)
{
    char *copy = ob_strndup(text, length);
    if (copy == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the %s to browse", what);
    }
    if (strlen(copy) != length) {
        ob_free(copy);
        return ob_fail(OB_E_INVALID_ARGUMENT, "a %s has no NUL in it", what);
    }
    *out = copy;
    return OB_OK;
}

ob_status ob_service_browse(ob_service_view *view, const char *path, size_t path_length,
                            const char *pattern, size_t pattern_length, int64_t *resume,
                            size_t most, ob_item_record_visit visit, void *context)
{
    char *path_text = NULL;
    char *pattern_text = NULL;
    browse state = {.visit = visit, .context = context};
    ob_status status = copy_text(path, path_length, "path", &path_text);
    if (status == OB_OK) {
        status = copy_text(pattern, pattern_length, "pattern", &pattern_text);
    }
    if (status == OB_OK) {
        ob_path_into_point(path_text);
        ob_mutex_lock(&view->lock);
        status = list_items(view, path_text, pattern_text, resume, most, &state);
        ob_mutex_unlock(&view->lock);
    }
    ob_free(path_text);
    ob_free(pattern_text);
    return status;
}
