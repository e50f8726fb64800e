#include "ob/alloc.h"
#include "ob/host.h"
#include "point/path.h"
#include "point/point.h"
#include "restore/plan.h"
#include "restore/volume.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct run {
    ob_restore restore;
    ob_plan plan;
    ob_point *point;
    ob_cursor cursor;
    const char **items; /* sorted, without a leading '/', none in another; one "" = everything */
    size_t item_count;
} run;

/* ---- items ---- */

static int compare_items(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;
    return ob_point_path_compare(*a, strlen(*a), *b, strlen(*b));
}

static ob_status take_items(run *r)
{
    const ob_restore_options *options = r->restore.options;
    size_t count = options->item_count > 0 ? options->item_count : 1;
    r->items = ob_calloc(count, sizeof *r->items);
    if (r->items == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%zu items", count);
    }
    r->items[0] = "";
    for (size_t i = 0; i < options->item_count; i++) {
        const char *item = options->items[i];
        item += item[0] == '/' ? 1 : 0;
        if (item[0] != '\0' && !ob_point_path_valid(item, strlen(item))) {
            return ob_fail(OB_E_NOT_FOUND, "the recovery point has no %s", options->items[i]);
        }
        r->items[i] = item;
    }
    qsort(r->items, count, sizeof *r->items, compare_items);
    for (size_t i = 0; i < count; i++) {
        const char *last = r->item_count > 0 ? r->items[r->item_count - 1] : NULL;
        if (last == NULL ||
            (strcmp(last, r->items[i]) != 0 &&
             !ob_point_path_below(last, strlen(last), r->items[i], strlen(r->items[i])))) {
            r->items[r->item_count++] = r->items[i];
        }
    }
    return OB_OK;
}

static bool in_item(const char *item, const ob_entry *entry)
{
    return strcmp(item, entry->path) == 0 ||
           ob_point_path_below(item, strlen(item), entry->path, entry->path_length);
}

/* Damage costs the entries of one chunk of the list. */
static ob_status pass_damage(run *r, ob_status status, bool tell)
{
    const ob_table *table = &r->point->table;
    size_t row = r->cursor.row;
    if (ob_restore_is_fatal(status) || row >= table->count) {
        return status;
    }
    ob_status result = OB_OK;
    if (tell) {
        result = ob_plan_fail(&r->plan, table->rows[row].first, table->rows[row].first_length,
                              ob_fail(status, "part of the file list, %u files from here on: %s",
                                      (unsigned)table->rows[row].entries, ob_detail()));
    }
    ob_cursor_next_chunk(&r->cursor);
    return result;
}

typedef ob_status (*entry_visit)(run *r, const ob_entry *entry, ob_status status);

/* Visits the entries of an item; `status` is OB_E_FORMAT_VERSION for one that cannot be
 * understood. */
static ob_status each_entry(run *r, const char *item, bool tell, entry_visit visit)
{
    ob_status status = ob_cursor_seek(&r->cursor, item, strlen(item));
    if (OB_FAILED(status)) {
        status = pass_damage(r, status, tell);
    }
    while (!OB_FAILED(status)) {
        ob_entry entry;
        status = ob_cursor_next(&r->cursor, &entry);
        if (entry.path == NULL && OB_FAILED(status)) {
            status = pass_damage(r, status, tell);
            continue;
        }
        if (entry.path == NULL || !in_item(item, &entry)) {
            break;
        }
        if (ob_report_cancelled(&r->restore.report)) {
            return ob_fail(OB_E_CANCELLED, "the restore was cancelled");
        }
        status = visit(r, &entry, status);
    }
    return status;
}

/* ---- totals ---- */

static ob_status count_entry(run *r, const ob_entry *entry, ob_status status)
{
    (void)status;
    ob_progress more = {.files_total = 1, .bytes_total = entry->info.size};
    ob_report_add(&r->restore.report, &more, NULL);
    return OB_OK;
}

/* Counts what there is to do, and sees that all items exist before anything is changed. */
static ob_status count_items(run *r)
{
    const ob_manifest *manifest = &r->point->manifest;
    ob_status status = OB_OK;
    if (r->items[0][0] == '\0') {
        ob_progress all = {.files_total = manifest->entries, .bytes_total = manifest->bytes};
        ob_report_add(&r->restore.report, &all, NULL);
    }
    for (size_t i = 0; r->items[0][0] != '\0' && i < r->item_count && !OB_FAILED(status); i++) {
        uint64_t before = ob_report_totals(&r->restore.report).files_total;
        status = each_entry(r, r->items[i], false, count_entry);
        if (!OB_FAILED(status) && ob_report_totals(&r->restore.report).files_total == before) {
            status = ob_fail(OB_E_NOT_FOUND, "the recovery point has no %s", r->items[i]);
        }
    }
    ob_report_scanned(&r->restore.report);
    return status;
}

/* ---- the restore ---- */

static ob_status restore_entry(run *r, const ob_entry *entry, ob_status status)
{
    return OB_FAILED(status) ? ob_plan_fail(&r->plan, entry->path, entry->path_length, status)
                             : ob_plan_entry(&r->plan, entry, false);
}

/* In place: the folders above an item, for the case that they are gone. */
static ob_status restore_above(run *r, const char *item)
{
    ob_status status = OB_OK;
    for (size_t i = strcspn(item, "/"); item[i] == '/' && !OB_FAILED(status);
         i += 1 + strcspn(item + i + 1, "/")) {
        ob_entry entry;
        status = ob_cursor_seek(&r->cursor, item, i);
        if (!OB_FAILED(status)) {
            status = ob_cursor_next(&r->cursor, &entry);
        }
        if (OB_FAILED(status)) {
            /* Then they are made without what the list says of them. */
            status = ob_restore_is_fatal(status) ? status : OB_OK;
        } else if (entry.path != NULL && entry.path_length == i &&
                   memcmp(entry.path, item, i) == 0 && entry.info.type == OB_FILE_DIR) {
            status = ob_plan_entry(&r->plan, &entry, true);
        }
    }
    return status;
}

static ob_status open_destination(run *r, ob_target **out)
{
    const char *destination = r->restore.options->destination;
    ob_status status = OB_OK;
    if (!ob_path_is_absolute(destination)) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "%s is not an absolute path", destination);
    }
    status = ob_fs_make_dirs(r->restore.engine->fs, destination, false);
    return OB_FAILED(status) ? status : ob_target_open_root(&r->restore, destination, out);
}

static ob_status restore_items(run *r)
{
    ob_target *destination = NULL;
    ob_status status = OB_OK;
    if (r->restore.options->destination != NULL) {
        status = open_destination(r, &destination);
    }
    for (size_t i = 0; i < r->item_count && !OB_FAILED(status); i++) {
        const char *item = r->items[i];
        if (destination != NULL) {
            status = ob_plan_set_root(&r->plan, destination, item,
                                      ob_point_path_name(item, strlen(item)));
        } else {
            status = restore_above(r, item);
        }
        if (!OB_FAILED(status)) {
            status = each_entry(r, item, true, restore_entry);
        }
    }
    ob_target_drop(destination);
    return status;
}

static ob_status open_all(run *r)
{
    const ob_restore_options *options = r->restore.options;
    const ob_engine *engine = r->restore.engine;
    char name[OB_OBJECT_NAME_MAX];
    ob_status status = ob_point_find(engine->store, &options->point, name);
    if (!OB_FAILED(status)) {
        status = ob_repo_open(engine, false, &r->restore.repo);
    }
    if (!OB_FAILED(status)) {
        status = ob_point_open(r->restore.repo, name, &r->point);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    r->cursor.point = r->point;
    r->restore.mask = OB_META_TIMES;
    /* Owners and modes mean nothing on a system of another kind. */
    if (strcmp(r->point->manifest.platform, ob_host_platform()) == 0) {
        r->restore.mask |= OB_META_ATTRIBUTES;
        r->restore.mask |= options->skip_security ? 0 : OB_META_MODE | OB_META_OWNER;
    }
    r->restore.private_new = (r->restore.mask & OB_META_MODE) != 0;
    status = ob_random(&r->restore.temporary, sizeof r->restore.temporary);
    if (!OB_FAILED(status)) {
        status = ob_owners_new(&r->restore.owners);
    }
    return OB_FAILED(status) ? status : take_items(r);
}

static ob_status restore_all(run *r)
{
    ob_status status = open_all(r);
    if (!OB_FAILED(status)) {
        status = count_items(r);
    }
    if (!OB_FAILED(status)) {
        status = ob_plan_begin(&r->plan);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    status = restore_items(r);
    if (OB_FAILED(status)) {
        ob_crew_stop(r->plan.crew);
        return status;
    }
    return ob_plan_finish(&r->plan);
}

ob_status ob_restore_run(const ob_engine *engine, const ob_restore_options *options,
                         const ob_control *control, ob_restore_result *result)
{
    char detail[1024];
    run *r = ob_calloc(1, sizeof *r);
    if (r == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a restore");
    }
    r->restore.engine = engine;
    r->restore.options = options;
    r->restore.now = engine->clock->now(engine->clock);
    r->plan.restore = &r->restore;
    ob_mutex_init(&r->restore.lock);
    ob_report_begin(&r->restore.report, control, engine->clock);
    ob_status status = restore_all(r);
    snprintf(detail, sizeof detail, "%s", ob_detail()); /* closing may say something of its own */
    ob_plan_end(&r->plan);
    if (!OB_FAILED(status)) {
        result->totals = ob_report_totals(&r->restore.report);
    }
    ob_volume_close_all(&r->restore);
    ob_owners_free(r->restore.owners);
    ob_cursor_free(&r->cursor);
    ob_point_close(r->point);
    ob_repo_close(r->restore.repo);
    ob_report_end(&r->restore.report);
    ob_mutex_destroy(&r->restore.lock);
    ob_free((void *)r->items);
    ob_free(r);
    return OB_FAILED(status) ? ob_fail(status, "%s", detail) : OB_OK;
}
