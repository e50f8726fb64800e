#include "inside.h"

#include "ob/alloc.h"

#include <string.h>

#define PAGE ((size_t)1000)

typedef struct listing {
    ob_rescue_point_visit visit;
    void *context;
    size_t damaged;
} listing;

static ob_status visit_point(void *context, const ob_point_info *point)
{
    listing *self = context;
    ob_rescue_point record = {.id = point->id,
                              .time = point->time,
                              .bytes = (int64_t)point->bytes,
                              .files = (int64_t)point->files,
                              .policy = point->policy,
                              .machine = point->machine_name,
                              .sources = point->sources,
                              .source_count = point->source_count};
    return self->visit(self->context, &record);
}

static void count_damaged(void *context, const ob_event *event)
{
    listing *self = context;
    self->damaged += event->kind == OB_EVENT_FAILED ? 1 : 0;
}

ob_status ob_rescue_points(ob_rescue *rescue, ob_rescue_point_visit visit, void *context,
                           size_t *damaged)
{
    listing self = {.visit = visit, .context = context};
    ob_control control = {.context = &self, .event = count_damaged};
    ob_status status = ob_points_list(&rescue->engine, &control, visit_point, &self);
    if (!OB_FAILED(status)) {
        *damaged = self.damaged;
    }
    return status;
}

typedef struct latest {
    const char *policy; /* NULL: any */
    ob_guid id;
    bool found;
} latest;

static ob_status take_first(void *context, const ob_rescue_point *point)
{
    latest *self = context;
    if (self->policy != NULL && strcmp(self->policy, point->policy) != 0) {
        return OB_OK;
    }
    self->id = point->id;
    self->found = true;
    return OB_E_CANCELLED; /* enough */
}

ob_status ob_rescue_latest(ob_rescue *rescue, const char *policy, ob_guid *point)
{
    latest self = {.policy = policy};
    size_t damaged = 0;
    ob_status status = ob_rescue_points(rescue, take_first, &self, &damaged);
    if (self.found) {
        ob_detail_clear();
        *point = self.id;
        return OB_OK;
    }
    if (OB_FAILED(status)) {
        return status;
    }
    return damaged > 0 && policy == NULL
               ? ob_fail(OB_E_NOT_FOUND, "of %zu recovery points none can be read", damaged)
               : ob_fail(OB_E_NOT_FOUND, "the machine has no recovery point%s%s",
                         policy != NULL ? " of the policy " : "", policy != NULL ? policy : "");
}

typedef struct browse {
    ob_rescue_item_visit visit;
    void *context;
} browse;

static ob_status visit_item(void *context, const ob_view_item *item)
{
    browse *self = context;
    ob_item record = {.type = (int32_t)item->type,
                      .mode = item->mode,
                      .size = (int64_t)item->size,
                      .mtime = item->mtime};
    record.path = ob_strdup(item->path);
    if (record.path == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "an item");
    }
    ob_status status = self->visit(self->context, &record);
    ob_free(record.path);
    return status;
}

ob_status ob_rescue_browse(ob_rescue *rescue, const ob_guid *point, const char *path,
                           const char *pattern, ob_rescue_item_visit visit, void *context)
{
    browse self = {visit, context};
    ob_view *view = NULL;
    uint64_t resume = 0;
    char *folder = ob_strdup(path);
    if (folder == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the path to browse");
    }
    ob_path_into_point(folder);
    ob_status status = ob_view_open(&rescue->engine, point, &view);
    if (status == OB_OK) {
        do {
            status = ob_view_list(view, folder, pattern, &resume, PAGE, visit_item, &self);
        } while (status == OB_OK && resume != 0);
    }
    ob_view_close(view);
    ob_free(folder);
    return status;
}
