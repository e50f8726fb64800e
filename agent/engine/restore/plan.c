#include "restore/plan.h"

#include "job/kind.h"
#include "ob/alloc.h"
#include "point/path.h"
#include "restore/volume.h"
#include "source/place.h"

#include <string.h>

ob_status ob_plan_begin(ob_plan *plan)
{
    ob_status status = ob_links_begin(&plan->links);
    return OB_FAILED(status) ? status : ob_crew_open(plan->restore, &plan->links, &plan->crew);
}

/* ---- levels ---- */

static ob_plan_level *top_of(ob_plan *plan)
{
    return &plan->levels[plan->depth - 1];
}

static void pop(ob_plan *plan)
{
    ob_target_drop(plan->levels[--plan->depth].target);
}

/* Takes `target` over, in every case. */
static ob_status push(ob_plan *plan, ob_target *target, ob_status why, const char *path,
                      size_t length)
{
    if (plan->depth == plan->capacity) {
        size_t capacity = plan->capacity > 0 ? plan->capacity * 2 : 16;
        ob_plan_level *levels = ob_realloc_array(plan->levels, capacity, sizeof *levels);
        if (levels == NULL) {
            ob_target_drop(target);
            return ob_fail(OB_E_NO_MEMORY, "%zu open folders", capacity);
        }
        plan->levels = levels;
        plan->capacity = capacity;
    }
    plan->levels[plan->depth++] = (ob_plan_level){target, why, length};
    ob_buf_clear(&plan->path);
    ob_buf_put(&plan->path, path, length);
    return ob_buf_status(&plan->path);
}

static void leave(ob_plan *plan)
{
    while (plan->depth > 0) {
        pop(plan);
    }
    ob_target_drop(plan->root);
    plan->root = NULL;
}

ob_status ob_plan_set_root(ob_plan *plan, ob_target *target, const char *prefix, size_t strip)
{
    leave(plan);
    plan->root = ob_target_hold(target);
    plan->strip = strip;
    return push(plan, ob_target_hold(target), OB_OK, prefix, strip > 0 ? strip - 1 : 0);
}

ob_status ob_plan_finish(ob_plan *plan)
{
    leave(plan);
    ob_status status = ob_crew_wait(plan->crew);
    return OB_FAILED(status) ? status : ob_volume_sync_all(plan->restore);
}

void ob_plan_end(ob_plan *plan)
{
    leave(plan);
    ob_crew_close(plan->crew);
    ob_links_end(&plan->links);
    ob_free(plan->levels);
    ob_buf_free(&plan->root_place);
    ob_buf_free(&plan->path);
    ob_buf_free(&plan->below);
    ob_buf_free(&plan->place);
}

/* ---- paths ---- */

/* Sets `below` and `place` for a path in the point. */
static ob_status name_path(ob_plan *plan, const char *path, size_t length)
{
    ob_buf *below = &plan->below;
    ob_buf *place = &plan->place;
    size_t strip = plan->strip < length ? plan->strip : length;
    ob_buf_clear(below);
    ob_buf_put(below, path + strip, length - strip);
    ob_buf_put_u8(below, 0);
    ob_buf_clear(place);
    ob_buf_put_text(place, plan->root != NULL ? plan->root->place : "");
    if (below->failed || place->failed) {
        return ob_fail(OB_E_NO_MEMORY, "a path of %zu bytes", length);
    }
    /* The first component may have to be another one here. */
    char *text = (char *)below->data;
    size_t first = strcspn(text, "/");
    char mark = text[first];
    text[first] = '\0';
    ob_place_restored_name(text, text);
    size_t shorter = strlen(text);
    text[first] = mark;
    memmove(text + shorter, text + first, below->length - first);
    below->length -= first - shorter;
    if (place->length == 0 || place->data[place->length - 1] != (uint8_t)ob_place_separator) {
        ob_buf_put_u8(place, (uint8_t)ob_place_separator);
    }
    size_t start = place->length;
    ob_buf_put(place, text, below->length);
    for (size_t i = start; !place->failed && i < place->length; i++) {
        if (place->data[i] == '/') {
            place->data[i] = (uint8_t)ob_place_separator;
        }
    }
    return ob_buf_status(place);
}

static const char *place_of(const ob_plan *plan)
{
    return (const char *)plan->place.data;
}

static const char *name_of(const ob_plan *plan)
{
    const char *below = (const char *)plan->below.data;
    return below + ob_point_path_name(below, plan->below.length - 1);
}

ob_status ob_plan_fail(ob_plan *plan, const char *path, size_t length, ob_status status)
{
    if (ob_restore_is_fatal(status)) {
        return status;
    }
    ob_status named = name_path(plan, path, length);
    if (!OB_FAILED(named)) {
        ob_report_failed(&plan->restore->report, place_of(plan), status);
    }
    return named;
}

/* In place the root is the volume of the entry; it changes where the volume does. */
static ob_status choose_root(ob_plan *plan, const ob_entry *entry)
{
    ob_buf place = {0};
    ob_target *target = NULL;
    size_t used = 0;
    ob_status status = OB_OK;
    if (plan->restore->options->destination != NULL) {
        return OB_OK;
    }
    status = ob_place_root(entry->path, &place, &used);
    /* The entry of the volume itself has no '/', those in it do. */
    used += used > 0 && used == entry->path_length ? 1 : 0;
    ob_buf_put_u8(&place, 0);
    if (!OB_FAILED(status)) {
        status = ob_buf_status(&place);
    }
    if (OB_FAILED(status) || (plan->root != NULL && plan->root_place.length == place.length &&
                              memcmp(plan->root_place.data, place.data, place.length) == 0)) {
        goto out;
    }
    status = ob_target_open_root(plan->restore, (const char *)place.data, &target);
    if (!OB_FAILED(status)) {
        status = ob_plan_set_root(plan, target, entry->path, used);
        ob_buf_free(&plan->root_place);
        plan->root_place = place;
        place = (ob_buf){0}; /* transferred */
    }
out:
    ob_target_drop(target);
    ob_buf_free(&place);
    return status;
}

/* ---- folders ---- */

static ob_status enter(ob_plan *plan, const char *path, size_t length, const ob_entry *entry,
                       bool impose)
{
    ob_target *parent = top_of(plan)->target;
    ob_target *target = NULL;
    ob_status status = top_of(plan)->status;
    if (OB_FAILED(status)) {
        status =
            ob_fail(status, "%s: the folder that it is in could not be restored", place_of(plan));
    } else if (!ob_place_name_allowed(name_of(plan))) {
        status = ob_fail(OB_E_NOT_SUPPORTED, "%s: this system has no such names", place_of(plan));
    } else {
        status = ob_target_open(parent, name_of(plan), entry, impose, &target);
    }
    if (ob_restore_is_fatal(status)) {
        return status;
    }
    if (OB_FAILED(status)) {
        ob_report_failed(&plan->restore->report, place_of(plan), status);
    }
    return push(plan, target, status, path, length);
}

/* Goes to the folder that the path is in; folders that the list does not have are made. */
static ob_status go_to_parent(ob_plan *plan, const char *path, size_t length)
{
    while (plan->depth > 1 && !ob_point_path_below((const char *)plan->path.data,
                                                   top_of(plan)->path_length, path, length)) {
        pop(plan);
    }
    size_t name = ob_point_path_name(path, length);
    ob_status status = OB_OK;
    while (!OB_FAILED(status)) {
        size_t at = top_of(plan)->path_length;
        at += at > 0 ? 1 : 0;
        if (at >= name) {
            break;
        }
        size_t end = at + strcspn(path + at, "/");
        status = name_path(plan, path, end);
        if (!OB_FAILED(status)) {
            status = enter(plan, path, end, NULL, false);
        }
    }
    return status;
}

/* ---- links ---- */

/* Opens the folder of a path below the root. */
static ob_status open_folder_of(ob_plan *plan, const char *path, ob_dir **out, const char **name)
{
    const ob_fs *fs = plan->restore->engine->fs;
    ob_dir *dir = NULL;
    ob_status status = OB_OK;
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(path, '/')) {
        char *component = ob_strndup(path, (size_t)(slash - path));
        ob_dir *next = NULL;
        status = component == NULL
                     ? ob_fail(OB_E_NO_MEMORY, "%s", path)
                     : fs->dir_open(fs, dir != NULL ? dir : plan->root->dir, component, &next);
        ob_free(component);
        fs->dir_close(fs, dir);
        dir = next;
        if (OB_FAILED(status)) {
            return status;
        }
        path = slash + 1;
    }
    *out = dir;
    *name = path;
    return OB_OK;
}

/* *linked = false if there is no link to be had, and the content must be restored again. */
static ob_status restore_link(ob_plan *plan, const ob_placing *placing, const ob_link *link,
                              bool *linked)
{
    const ob_fs *fs = plan->restore->engine->fs;
    ob_dir *dir = NULL;
    const char *name = NULL;
    ob_restored restored;
    bool stays = false;
    ob_status status = ob_file_stays(placing, &stays);
    *linked = stays;
    if (OB_FAILED(status) || stays) {
        return ob_restore_is_fatal(status) ? status : OB_OK;
    }
    status = open_folder_of(plan, link->path, &dir, &name);
    if (!OB_FAILED(status)) {
        status =
            ob_file_restore_link(placing, dir != NULL ? dir : plan->root->dir, name, &restored);
        fs->dir_close(fs, dir);
    }
    *linked = !OB_FAILED(status);
    return ob_restore_is_fatal(status) ? status : OB_OK;
}

/* ---- entries ---- */

static void count_done(ob_plan *plan, uint64_t bytes)
{
    ob_progress more = {.files_done = 1, .files_changed = 1, .bytes_done = bytes};
    ob_report_add(&plan->restore->report, &more, place_of(plan));
}

static ob_status restore_file(ob_plan *plan, const ob_placing *placing, const ob_entry *entry)
{
    ob_crew_file file = {placing->target, (const char *)plan->below.data, placing->place, entry,
                         NULL};
    if (entry->info.links > 1) {
        ob_link_state state = OB_LINK_NONE;
        ob_link *link = NULL;
        bool linked = false;
        ob_status status = ob_links_meet(&plan->links, &entry->info, &link, &state);
        if (!OB_FAILED(status) && state == OB_LINK_DONE) {
            status = restore_link(plan, placing, link, &linked);
        }
        if (OB_FAILED(status)) {
            return status;
        }
        if (linked) {
            count_done(plan, entry->info.size);
            return OB_OK;
        }
        file.link = state == OB_LINK_NONE ? link : NULL;
    }
    return ob_crew_put(plan->crew, &file);
}

static ob_status restore_node(ob_plan *plan, const ob_placing *placing, const ob_entry *entry)
{
    ob_report *report = &plan->restore->report;
    const char *kind = ob_kind_of(entry->info.type);
    ob_restored restored;
    bool stays = false;
    ob_status status = ob_file_stays(placing, &stays);
    if (!OB_FAILED(status) && !stays) {
        status = ob_file_restore_node(placing, entry, &restored);
    }
    if (!OB_FAILED(status)) {
        count_done(plan, 0);
    } else if (kind != NULL && (status == OB_E_NOT_SUPPORTED || status == OB_E_ACCESS_DENIED)) {
        ob_report_event(report, OB_EVENT_SKIPPED_KIND, placing->place, kind);
        status = OB_OK;
    } else if (!ob_restore_is_fatal(status)) {
        ob_report_failed(report, placing->place, status);
        status = OB_OK;
    }
    return status;
}

static ob_status restore_leaf(ob_plan *plan, const ob_entry *entry)
{
    ob_report *report = &plan->restore->report;
    ob_placing placing = {top_of(plan)->target, name_of(plan), place_of(plan)};
    ob_status status = top_of(plan)->status;
    const char *kind = ob_kind_not_kept(entry->info.type);
    if (OB_FAILED(status)) {
        status =
            ob_fail(status, "%s: the folder that it is in could not be restored", placing.place);
    } else if (!ob_place_name_allowed(placing.name)) {
        status = ob_fail(OB_E_NOT_SUPPORTED, "%s: this system has no such names", placing.place);
    }
    if (OB_FAILED(status)) {
        ob_report_failed(report, placing.place, status);
        return OB_OK;
    }
    if (kind != NULL) {
        ob_report_event(report, OB_EVENT_SKIPPED_KIND, placing.place, kind);
        return OB_OK;
    }
    return entry->info.type == OB_FILE_REGULAR ? restore_file(plan, &placing, entry)
                                               : restore_node(plan, &placing, entry);
}

ob_status ob_plan_entry(ob_plan *plan, const ob_entry *entry, bool above)
{
    ob_status status = choose_root(plan, entry);
    if (OB_FAILED(status)) {
        return ob_plan_fail(plan, entry->path, entry->path_length, status);
    }
    if (entry->path_length < plan->strip) {
        return OB_OK; /* the volume itself */
    }
    status = go_to_parent(plan, entry->path, entry->path_length);
    if (!OB_FAILED(status)) {
        status = name_path(plan, entry->path, entry->path_length);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    if (entry->info.type != OB_FILE_DIR) {
        return restore_leaf(plan, entry);
    }
    bool impose = !above && (entry->flags & OB_ENTRY_PASSED) == 0 &&
                  plan->restore->options->overwrite == OB_OVERWRITE_REPLACE;
    status = enter(plan, entry->path, entry->path_length, entry, impose);
    if (!OB_FAILED(status) && !above) {
        count_done(plan, 0);
    }
    return status;
}
