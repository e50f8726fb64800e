/* Methods 12 to 15: recovery points. */
#include "ob/alloc.h"

#include "manager.h"

#define PATH_MOST 65536u
#define PATTERN_MOST 1024u
#define PAGE_MOST 1000u

static ob_status visit_point(void *context, const ob_point_record *point)
{
    OB_POINT_LIST *list = context;
    OB_POINT *out = &list->points[list->count++];
    ob_control_guid_out(&out->id, &point->id);
    out->time = point->time;
    out->bytes = point->bytes;
    out->files = point->files;
    return ob_control_give_text(point->sources, &out->sources_count, &out->sources);
}

static void free_points(OB_POINT_LIST *list)
{
    for (ULONG i = 0; i < list->count; i++) {
        ob_free(list->points[i].sources);
    }
    ob_free(list->points);
    *list = (OB_POINT_LIST){0};
}

LONG __cdecl ObListPoints(OB_TARGET target, ULONG source_count, const unsigned char *source,
                          hyper *resume, ULONG most, OB_POINT_LIST *list, OB_BYTES *error)
{
    (void)target;
    *list = (OB_POINT_LIST){0};
    ob_status status = ob_control_check_page(*resume, most, PAGE_MOST);
    if (status == OB_OK) {
        status = ob_control_check_bytes(source, source_count, PATH_MOST);
    }
    if (status == OB_OK) {
        int64_t key = *resume;
        list->points = ob_calloc(most, sizeof *list->points);
        status = list->points != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "a list of points");
        if (status == OB_OK) {
            status = ob_service_list_points(ob_control_service(), ob_control_bytes(source),
                                            source_count, &key, most, visit_point, list);
        }
        *resume = key;
    }
    if (status != OB_OK || list->count == 0) { /* see ob_control_check_page() */
        free_points(list);
    }
    return ob_control_answer(status, error);
}

LONG __cdecl ObOpenPoint(OB_TARGET target, const OB_GUID *id, OB_VIEW *view, OB_BYTES *error)
{
    ob_guid guid = ob_control_guid_in(id);
    ob_service_view *opened = NULL;
    (void)target;
    ob_status status = ob_service_open_point(ob_control_service(), &guid, &opened);
    *view = opened;
    return ob_control_answer(status, error);
}

static ob_status visit_item(void *context, const ob_item_record *item)
{
    OB_ITEM_LIST *list = context;
    OB_ITEM *out = &list->items[list->count++];
    out->type = item->type;
    out->mode = item->mode;
    out->size = item->size;
    out->mtime = item->mtime;
    return ob_control_give_text(item->path, &out->path_count, &out->path);
}

static void free_items(OB_ITEM_LIST *list)
{
    for (ULONG i = 0; i < list->count; i++) {
        ob_free(list->items[i].path);
    }
    ob_free(list->items);
    *list = (OB_ITEM_LIST){0};
}

LONG __cdecl ObBrowsePoint(OB_VIEW view, ULONG path_count, const unsigned char *path,
                           ULONG pattern_count, const unsigned char *pattern, hyper *resume,
                           ULONG most, OB_ITEM_LIST *list, OB_BYTES *error)
{
    *list = (OB_ITEM_LIST){0};
    ob_status status = ob_control_check_page(*resume, most, PAGE_MOST);
    if (status == OB_OK) {
        status = ob_control_check_bytes(path, path_count, PATH_MOST);
    }
    if (status == OB_OK) {
        status = ob_control_check_bytes(pattern, pattern_count, PATTERN_MOST);
    }
    if (status == OB_OK && view == NULL) {
        status = ob_fail(OB_E_INVALID_ARGUMENT, "no recovery point is open");
    }
    if (status == OB_OK) {
        int64_t key = *resume;
        list->items = ob_calloc(most, sizeof *list->items);
        status = list->items != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "a list of items");
        if (status == OB_OK) {
            status = ob_service_browse(view, ob_control_bytes(path), path_count,
                                       ob_control_bytes(pattern), pattern_count, &key, most,
                                       visit_item, list);
        }
        *resume = key;
    }
    if (status != OB_OK || list->count == 0) { /* see ob_control_check_page() */
        free_items(list);
    }
    return ob_control_answer(status, error);
}

LONG __cdecl ObClosePoint(OB_VIEW *view)
{
    ob_service_close_view(*view);
    *view = NULL;
    return OB_OK;
}

void __RPC_USER OB_VIEW_rundown(OB_VIEW view)
{
    ob_service_close_view(view);
}
