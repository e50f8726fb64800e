#include "backup/base.h"
#include "backup/count.h"
#include "backup/feed.h"
#include "backup/output.h"
#include "backup/ring.h"
#include "ob/alloc.h"
#include "ob/host.h"

#include <string.h>

/* Times of files may be this much coarser than the clock: entries touched so shortly before the
 * last run began, or later, are read again. */
#define GRANULARITY INT64_C(2000000000)
#define DRAIN_EVERY 16u

typedef struct run {
    const ob_engine *engine;
    const ob_backup_options *options;
    ob_report report;
    ob_repo *repo;
    ob_base *base; /* NULL: everything is new */
    ob_walk *walk;
    ob_feeds *feeds; /* NULL: none */
    ob_count *count; /* NULL: how much there is is known already, or nobody asks */
    ob_ring *ring;
    ob_owners *owners;
    ob_extras more; /* of an item that needs no worker */
    ob_output output;
    int64_t started;
    int64_t horizon; /* what was touched before it and is as it was is unchanged */
    unsigned since_drain;
} run;

/* ---- what is unchanged ---- */

/* Not so for an entry of an earlier version, which did not keep what we can keep. */
static bool has_all(const ob_entry *before)
{
    static const char with_descriptors[] = "windows"; /* each file has one there */
    return (before->extras & OB_EXTRA_KEPT) == 0 &&
           (before->more_length > 0 || strcmp(ob_host_platform(), with_descriptors) != 0);
}

static bool is_unchanged(const run *r, const ob_entry *before, const ob_file_info *now)
{
    const ob_file_info *info = &before->info;
    return info->type == now->type && info->file_id == now->file_id &&
           (now->type != OB_FILE_REGULAR || info->size == now->size) && info->mtime == now->mtime &&
           info->ctime == now->ctime && now->mtime < r->horizon && now->ctime < r->horizon &&
           (before->flags & OB_ENTRY_CHANGED) == 0 && has_all(before);
}

static ob_status use_ids(void *context, const ob_chunk_id *ids, size_t count)
{
    run *r = context;
    return ob_repo_use(r->repo, ids, count) ? OB_OK
                                            : ob_fail(OB_E_NOT_FOUND, "a chunk is not there");
}

static ob_status use_content(run *r, unsigned depth, const ob_chunk_id *ids, size_t count)
{
    ob_status status = depth > 0 ? use_ids(r, ids, count) : OB_OK;
    return OB_FAILED(status) ? status : ob_ids_each(r->repo, depth, ids, count, use_ids, r);
}

static ob_status use_stream(void *context, const ob_stream *stream)
{
    return use_content(context, stream->depth, stream->ids, stream->id_count);
}

/* True if the vault still has all of a file that did not change. */
static bool is_there(run *r, const ob_entry *before, ob_status *fatal)
{
    ob_status status = use_content(r, before->depth, before->ids, before->id_count);
    if (!OB_FAILED(status)) {
        status = ob_extra_each_stream(before, use_stream, r);
    }
    if (status == OB_E_NO_MEMORY || status == OB_E_VAULT_UNREACHABLE) {
        *fatal = status;
    }
    return !OB_FAILED(status);
}

/* ---- out of the line ---- */

static ob_status add_to_list(run *r, const ob_entry *entry, const char *place)
{
    ob_status status = ob_output_add(&r->output, entry);
    if (status == OB_E_TOO_LARGE) {
        ob_report_failed(&r->report, place, status);
        status = OB_OK;
    }
    return status;
}

static ob_status take_out(run *r, ob_slot *slot)
{
    ob_status status = OB_OK;
    if (!slot->dropped) {
        slot->entry.path = (const char *)slot->path.data;
        slot->entry.path_length = slot->path.length - 1;
        slot->entry.target = (const char *)slot->target.data;
        ob_ids_give(&slot->ids, &slot->entry);
        status = ob_extras_give(&slot->more, &slot->entry);
    }
    if (!OB_FAILED(status) && !slot->dropped) {
        status = add_to_list(r, &slot->entry, (const char *)slot->place.data);
    }
    ob_ring_release(r->ring, slot);
    return status;
}

/* Takes out what is ready; with `wait` waits a while for the first. */
static ob_status drain(run *r, bool wait)
{
    ob_status status = ob_ring_status(r->ring);
    r->since_drain = 0;
    while (!OB_FAILED(status)) {
        ob_slot *slot = ob_ring_ready(r->ring, wait);
        if (slot == NULL) {
            break;
        }
        status = take_out(r, slot);
        wait = false;
    }
    if (!OB_FAILED(status) && ob_report_cancelled(&r->report)) {
        status = ob_fail(OB_E_CANCELLED, "the backup was cancelled");
    }
    return status;
}

/* ---- into the line ---- */

static ob_status fill_slot(ob_slot *slot, const ob_walk_item *item, const ob_entry *entry)
{
    ob_buf_put(&slot->path, item->path, item->path_length + 1);
    ob_buf_put(&slot->place, item->place, strlen(item->place) + 1);
    ob_buf_put(&slot->target, entry->target, entry->target_length + 1);
    ob_buf_put_text(&slot->name, item->folder == NULL ? item->name : "");
    ob_buf_put_u8(&slot->name, 0);
    slot->entry = *entry;
    ob_status status = ob_ids_copy(&slot->ids, entry);
    slot->entry.ids = NULL;
    slot->entry.id_count = 0;
    if (!OB_FAILED(status)) {
        status = ob_extras_copy(&slot->more, entry);
    }
    if (!OB_FAILED(status)) {
        status = ob_buf_status(&slot->path);
    }
    if (!OB_FAILED(status)) {
        status = ob_buf_status(&slot->place);
    }
    if (!OB_FAILED(status)) {
        status = ob_buf_status(&slot->name);
    }
    return OB_FAILED(status) ? status : ob_buf_status(&slot->target);
}

static ob_status put_in_line(run *r, const ob_walk_item *item, const ob_entry *entry, bool work)
{
    ob_status status = OB_OK;
    ob_slot *slot = ob_ring_reserve(r->ring);
    if (slot == NULL || ++r->since_drain >= DRAIN_EVERY) {
        status = drain(r, false);
    }
    while (!OB_FAILED(status) && (slot = ob_ring_reserve(r->ring)) == NULL) {
        status = drain(r, true);
    }
    if (!OB_FAILED(status)) {
        status = fill_slot(slot, item, entry);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    slot->folder = work ? ob_folder_hold(item->folder) : NULL;
    ob_ring_put(r->ring, slot, work);
    return OB_OK;
}

/* An entry that needs no worker. */
static ob_status finish_entry(run *r, const ob_walk_item *item, const ob_entry *entry)
{
    bool is_file = entry->info.type == OB_FILE_REGULAR;
    ob_progress more = {.files_done = 1, .bytes_done = is_file ? entry->info.size : 0};
    ob_report_extras(&r->report, item->place, entry->extras);
    ob_report_add(&r->report, &more, item->place);
    if (ob_ring_empty(r->ring)) {
        return add_to_list(r, entry, item->place);
    }
    return put_in_line(r, item, entry, false);
}

/* ---- one item of the walk ---- */

/* What is no regular file and is new or changed. */
static ob_status read_item(run *r, const ob_walk_item *item, ob_entry *entry, char **target)
{
    const ob_fs *fs = r->engine->fs;
    ob_dir *dir = item->folder != NULL ? item->folder->dir : NULL;
    ob_status status = OB_OK;
    if (item->info.type == OB_FILE_SYMLINK) {
        status = fs->read_link(fs, dir, item->name, target);
        if (!OB_FAILED(status)) {
            entry->target = *target;
            entry->target_length = strlen(*target);
        }
        if (!OB_FAILED(status) && entry->target_length == 0) {
            status = ob_fail(OB_E_NOT_SUPPORTED, "%s: an empty link", item->place);
        }
    }
    if (!OB_FAILED(status)) {
        status = ob_content_extras(fs, dir, item->name, r->owners, &item->info, &r->more,
                                   &entry->extras);
    }
    return OB_FAILED(status) ? status : ob_extras_give(&r->more, entry);
}

/* Folders have streams too, where there are any. */
static bool needs_worker(const run *r, ob_file_type type)
{
    return type == OB_FILE_REGULAR || (type == OB_FILE_DIR && r->engine->fs->open_stream != NULL);
}

static ob_status take_changed(run *r, const ob_walk_item *item, ob_entry *entry)
{
    char *target = NULL;
    if (needs_worker(r, item->info.type)) {
        return put_in_line(r, item, entry, true);
    }
    ob_extras_clear(&r->more);
    ob_status status = read_item(r, item, entry, &target);
    /* A folder that vanished or cannot be looked at closely still has what its stat said. */
    if (OB_FAILED(status) && status != OB_E_NO_MEMORY) {
        ob_report_failed(&r->report, item->place, status);
        status = item->info.type == OB_FILE_DIR ? finish_entry(r, item, entry) : OB_OK;
    } else if (!OB_FAILED(status)) {
        status = finish_entry(r, item, entry);
    }
    ob_free(target);
    return status;
}

static ob_status take_item(run *r, const ob_walk_item *item)
{
    ob_entry entry = {.path = item->path,
                      .path_length = item->path_length,
                      .info = item->info,
                      .target = "",
                      .flags = item->passed ? OB_ENTRY_PASSED : 0};
    const ob_entry *before = NULL;
    ob_status status = OB_OK;
    bool is_file = item->info.type == OB_FILE_REGULAR;
    ob_progress more = {.files_total = 1, .bytes_total = is_file ? item->info.size : 0};
    ob_report_add(&r->report, &more, item->place);
    if (!is_file) {
        entry.info.size = 0;
    }
    if (r->base != NULL) {
        status = ob_base_find(r->base, item->path, item->path_length, &before);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    if (before != NULL && is_unchanged(r, before, &item->info) && is_there(r, before, &status)) {
        entry.target = before->target;
        entry.target_length = before->target_length;
        entry.depth = before->depth;
        entry.ids = before->ids;
        entry.id_count = before->id_count;
        entry.extras = before->extras;
        entry.more = before->more;
        entry.more_length = before->more_length;
        return finish_entry(r, item, &entry);
    }
    return OB_FAILED(status) ? status : take_changed(r, item, &entry);
}

/* The feeds that stand before this item in the list. */
static ob_status take_feeds(run *r, const ob_walk_item *item)
{
    ob_status status = OB_OK;
    while (!OB_FAILED(status) && ob_feeds_due(r->feeds, item->path, item->path_length)) {
        ob_entry entry;
        bool kept = false;
        while (!OB_FAILED(status) && !ob_ring_empty(r->ring)) {
            status = drain(r, true);
        }
        if (!OB_FAILED(status)) {
            status = ob_feeds_next(r->feeds, &entry, &kept);
        }
        if (!OB_FAILED(status) && kept) {
            status = add_to_list(r, &entry, entry.path);
        }
    }
    return status;
}

/* ---- the run ---- */

static ob_status walk_all(run *r)
{
    ob_status status = OB_OK;
    while (!OB_FAILED(status)) {
        ob_walk_item item = {0};
        status = ob_walk_next(r->walk, &item);
        if (!OB_FAILED(status)) {
            status = take_feeds(r, &item);
        }
        if (!OB_FAILED(status) && item.path == NULL) {
            break;
        }
        if (!OB_FAILED(status)) {
            status = take_item(r, &item);
        }
    }
    ob_count_stop(r->count);
    r->count = NULL;
    ob_report_scanned(&r->report);
    while (!OB_FAILED(status) && !ob_ring_empty(r->ring)) {
        status = drain(r, true);
    }
    return status;
}

static ob_status open_all(run *r, const ob_selection *selection)
{
    const ob_engine *engine = r->engine;
    const char *policy = r->options->policy;
    ob_status status = ob_repo_open(engine, true, &r->repo);
    if (!OB_FAILED(status)) {
        ob_repo_set_retention(r->repo, r->options->retain_days);
        status = ob_base_open(engine, r->repo, policy, &r->base);
    }
    if (!OB_FAILED(status) && r->base != NULL) {
        r->horizon = ob_base_started(r->base) - GRANULARITY;
        ob_report_expect(&r->report, ob_base_entries(r->base), ob_base_bytes(r->base));
    }
    if (!OB_FAILED(status)) {
        status = ob_output_begin(&r->output, engine, r->repo, &r->report, policy);
    }
    if (!OB_FAILED(status)) {
        status = ob_walk_open(engine, selection, &r->report, &r->walk);
    }
    if (!OB_FAILED(status)) {
        status = ob_owners_new(&r->owners);
    }
    if (!OB_FAILED(status)) {
        status = ob_feeds_open(engine, r->repo, &r->report, r->options->feeds,
                               r->options->feed_count, r->started, &r->feeds);
    }
    if (!OB_FAILED(status)) {
        ob_content pattern = {
            .engine = engine, .repo = r->repo, .report = &r->report, .owners = r->owners};
        status = ob_ring_open(engine, &pattern, &r->ring);
    }
    if (!OB_FAILED(status) && r->base == NULL && r->report.control->progress != NULL) {
        r->count = ob_count_start(engine, selection, &r->report);
    }
    return status;
}

static ob_status commit(run *r, const ob_guid *id)
{
    char name[OB_OBJECT_NAME_MAX];
    ob_buf bytes = {0};
    ob_progress totals = ob_report_totals(&r->report);
    ob_manifest manifest = {.id = *id,
                            .time = r->started,
                            .started = r->started,
                            .policy = r->options->policy,
                            .machine_name = r->options->machine_name,
                            .platform = ob_host_platform(),
                            .version = OB_VERSION,
                            .sources = r->options->sources,
                            .source_count = r->options->source_count,
                            .entries = r->output.entries,
                            .bytes = r->output.bytes,
                            .failed = totals.files_failed,
                            .kinds = r->report.kinds,
                            .kind_count = r->report.kind_count,
                            .table = (const ob_chunk_id *)(const void *)r->output.table.ids.data,
                            .table_count = r->output.table.ids.length / OB_CHUNK_ID};
    ob_status status = ob_manifest_write(&bytes, &manifest);
    if (!OB_FAILED(status)) {
        ob_manifest_object_name(name, manifest.time, id);
        status = ob_repo_commit_point(r->repo, name, bytes.data, bytes.length);
    }
    ob_buf_free(&bytes);
    return status;
}

static ob_status finish(run *r, ob_backup_result *result)
{
    ob_guid id;
    if (r->output.selected == 0) {
        return ob_fail(OB_E_NOTHING_TO_BACK_UP, "policy %s", r->options->policy);
    }
    ob_status status = ob_guid_new(&id);
    if (!OB_FAILED(status)) {
        status = ob_output_finish(&r->output);
    }
    if (!OB_FAILED(status)) {
        status = ob_repo_flush(r->repo);
    }
    if (!OB_FAILED(status) && ob_report_cancelled(&r->report)) {
        status = ob_fail(OB_E_CANCELLED, "the backup was cancelled");
    }
    if (!OB_FAILED(status)) {
        status = commit(r, &id);
    }
    if (!OB_FAILED(status)) {
        result->incremental = r->base != NULL;
        /* Before its file is replaced, which Windows does not do to one that is open. */
        ob_base_close(r->base);
        r->base = NULL;
        ob_output_keep_cache(&r->output, r->started, &id);
        result->point = id;
        result->time = r->started;
        result->totals = ob_report_totals(&r->report);
        result->packs_written = ob_repo_packs_written(r->repo);
    }
    return status;
}

ob_status ob_backup_run(const ob_engine *engine, const ob_selection *selection,
                        const ob_backup_options *options, const ob_control *control,
                        ob_backup_result *result)
{
    run *r = ob_calloc(1, sizeof *r);
    char detail[1024] = "";
    if (r == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a backup");
    }
    r->engine = engine;
    r->options = options;
    r->started = engine->clock->now(engine->clock);
    ob_report_begin(&r->report, control, engine->clock);
    ob_status status = open_all(r, selection);
    if (!OB_FAILED(status)) {
        status = walk_all(r);
    }
    if (OB_FAILED(status) && r->ring != NULL) {
        ob_ring_stop(r->ring);
    }
    if (!OB_FAILED(status)) {
        status = finish(r, result);
    }
    strncpy(detail, ob_detail(), sizeof detail - 1); /* closing may say something of its own */
    ob_ring_close(r->ring);
    ob_walk_close(r->walk);
    ob_feeds_close(r->feeds);
    ob_output_end(&r->output);
    ob_base_close(r->base);
    ob_repo_close(r->repo);
    ob_owners_free(r->owners);
    ob_extras_free(&r->more);
    ob_report_end(&r->report);
    ob_free(r);
    return OB_FAILED(status) ? ob_fail(status, "%s", detail) : OB_OK;
}
