#include "ob/alloc.h"
#include "point/path.h"
#include "point/point.h"

#include <string.h>

/* Chunks of the list that one call reads, so that a search that finds nothing comes back too. */
#define CHUNKS_A_CALL 256u

struct ob_view {
    ob_repo *repo;
    ob_point *point;
    ob_cursor cursor;
};

ob_status ob_view_open(const ob_engine *engine, const ob_guid *point, ob_view **out)
{
    char name[OB_OBJECT_NAME_MAX];
    ob_view *view = ob_calloc(1, sizeof *view);
    if (view == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a view of a recovery point");
    }
    ob_status status = ob_point_find(engine->store, point, name);
    if (!OB_FAILED(status)) {
        status = ob_repo_open(engine, false, &view->repo);
    }
    if (!OB_FAILED(status)) {
        status = ob_point_open(view->repo, name, &view->point);
    }
    if (OB_FAILED(status)) {
        ob_view_close(view);
        return status;
    }
    view->cursor.point = view->point;
    *out = view;
    return OB_OK;
}

void ob_view_close(ob_view *view)
{
    if (view != NULL) {
        ob_cursor_free(&view->cursor);
        ob_point_close(view->point);
        ob_repo_close(view->repo);
        ob_free(view);
    }
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Wildcards without recursion: after a mismatch the last * takes one byte more. */
static bool matches(const char *pattern, const char *name)
{
    const char *star = NULL;
    const char *retry = NULL;
    while (*name != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            retry = name;
        } else if (*pattern == '?' || (*pattern != '\0' && lower(*pattern) == lower(*name))) {
            pattern++;
            name++;
        } else if (star != NULL) {
            pattern = star + 1;
            name = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return *pattern == '\0';
}

/* A listing under way. */
typedef struct listing {
    ob_view *view;
    const char *path;
    size_t length;
    const char *pattern;
    size_t left; /* how many may still be visited */
    ob_view_visit visit;
    void *context;
} listing;

static ob_status next_entry(ob_cursor *cursor, ob_entry *entry)
{
    ob_status status = ob_cursor_next(cursor, entry);
    /* What this version cannot restore can still be looked at. */
    return status == OB_E_FORMAT_VERSION && entry->path != NULL ? OB_OK : status;
}

static ob_status go_to_folder(const listing *l)
{
    ob_cursor *cursor = &l->view->cursor;
    ob_entry entry;
    ob_status status = ob_cursor_seek(cursor, l->path, l->length);
    if (OB_FAILED(status) || l->length == 0) {
        return status;
    }
    status = next_entry(cursor, &entry);
    if (OB_FAILED(status)) {
        return status;
    }
    if (entry.path == NULL || strcmp(entry.path, l->path) != 0) {
        return ob_fail(OB_E_NOT_FOUND, "the recovery point has no folder %s", l->path);
    }
    return entry.info.type == OB_FILE_DIR
               ? OB_OK
               : ob_fail(OB_E_NOT_FOUND, "%s is in the recovery point, but is no folder", l->path);
}

static ob_status visit_entry(listing *l, const ob_entry *entry)
{
    size_t name = ob_point_path_name(entry->path, entry->path_length);
    if (l->pattern[0] != '\0' && !matches(l->pattern, entry->path + name)) {
        return OB_OK;
    }
    ob_view_item item = {entry->path, entry->info.type, entry->info.mode, entry->info.size,
                         entry->info.mtime};
    l->left--;
    return l->visit(l->context, &item);
}

/* Without a pattern: the folder of an item deeper down, which is to be skipped; else NULL. */
static const char *deeper(const listing *l, const ob_entry *entry)
{
    size_t start = l->length > 0 ? l->length + 1 : 0;
    if (l->pattern[0] != '\0') {
        return NULL;
    }
    return memchr(entry->path + start, '/', entry->path_length - start);
}

static ob_status list_on(listing *l, uint64_t *resume)
{
    ob_cursor *cursor = &l->view->cursor;
    size_t first_row = cursor->row;
    for (;;) {
        ob_entry entry;
        ob_status status = next_entry(cursor, &entry);
        if (OB_FAILED(status)) {
            return status;
        }
        if (entry.path == NULL ||
            !ob_point_path_below(l->path, l->length, entry.path, entry.path_length)) {
            *resume = 0;
            return OB_OK;
        }
        const char *slash = deeper(l, &entry);
        status = slash != NULL ? ob_cursor_skip(cursor, entry.path, (size_t)(slash - entry.path))
                               : visit_entry(l, &entry);
        if (OB_FAILED(status)) {
            return status;
        }
        uint32_t index = 0;
        size_t row = 0;
        ob_cursor_position(cursor, &row, &index);
        if (row < cursor->point->table.count &&
            (l->left == 0 || row - first_row >= CHUNKS_A_CALL)) {
            *resume = (uint64_t)row << 32 | index;
            return OB_OK;
        }
    }
}

ob_status ob_view_list(ob_view *view, const char *path, const char *pattern, uint64_t *resume,
                       size_t most, ob_view_visit visit, void *context)
{
    path += path[0] == '/' ? 1 : 0;
    listing l = {view, path, strlen(path), pattern, most, visit, context};
    ob_status status = OB_OK;
    if (l.length > 0 && path[l.length - 1] == '/') {
        return ob_fail(OB_E_NOT_FOUND, "the recovery point has no folder %s", path);
    }
    if (most == 0) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "a listing of at most 0 items");
    }
    /* A key of another folder gives a place that is not below this one, and so the end. */
    if (*resume == 0) {
        status = go_to_folder(&l);
    } else {
        status = ob_cursor_place(&view->cursor, (size_t)(*resume >> 32), (uint32_t)*resume);
    }
    return OB_FAILED(status) ? status : list_on(&l, resume);
}
