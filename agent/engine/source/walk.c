#include "source/walk.h"

#include "job/kind.h"
#include "ob/alloc.h"
#include "point/path.h"
#include "source/mapped.h"
#include "source/names.h"
#include "source/place.h"
#include "source/roots.h"

#include <string.h>

#define CACHE_TAG "CACHEDIR.TAG"

/* A folder that the walk is in. */
typedef struct level {
    ob_folder *folder; /* NULL above a root */
    ob_names names;
    size_t next;
    size_t path_length, place_length;
    ob_file_info info;
    bool emitted; /* came up already */
    bool toward;  /* of another file system, or a cache: only for the roots that lie below */
    bool tagged;  /* a cache: its tag comes up too */
} level;

struct ob_walk {
    const ob_fs *fs;
    const ob_selection *selection;
    ob_report *report;
    ob_roots roots;
    size_t next_root;
    ob_file_info skip[4]; /* folders that are never entered, by their identity */
    size_t skip_count;
    ob_buf path,
        place;     /* of what the walk looks at; with a NUL behind that length does not count */
    ob_buf above;  /* path, NUL and place of a folder that comes up late */
    ob_buf source; /* of source_of() */
    level *levels;
    size_t depth, capacity;
    size_t base; /* levels above the root in work */
    ob_walk_item held;
    bool holds;   /* `held` comes up next, after the levels above it */
    bool descend; /* then the walk enters it */
};

/* ---- paths ---- */

static ob_status end_text(ob_buf *buf)
{
    ob_buf_put_u8(buf, 0);
    if (!buf->failed) {
        buf->length--;
    }
    return ob_buf_status(buf);
}

static void cut_to(ob_walk *walk, size_t path_length, size_t place_length)
{
    walk->path.length = path_length;
    walk->place.length = place_length;
}

static ob_status append(ob_walk *walk, const char *name, size_t length)
{
    ob_buf *place = &walk->place;
    if (walk->path.length > 0) {
        ob_buf_put_u8(&walk->path, '/');
    }
    ob_buf_put(&walk->path, name, length);
    if (place->length > 0 && place->data[place->length - 1] != (uint8_t)ob_place_separator) {
        ob_buf_put_u8(place, (uint8_t)ob_place_separator);
    }
    ob_buf_put(place, name, length);
    ob_status status = end_text(&walk->path);
    return OB_FAILED(status) ? status : end_text(place);
}

static const char *place_of(const ob_walk *walk)
{
    return (const char *)walk->place.data;
}

/* Where to read what the walk looks at; valid until the next call. */
static ob_status source_of(ob_walk *walk, const char **out)
{
    ob_buf_clear(&walk->source);
    ob_status status = ob_place_mapped(walk->selection, place_of(walk), &walk->source);
    if (!OB_FAILED(status)) {
        *out = (const char *)walk->source.data;
    }
    return status;
}

static bool is_root(const ob_walk *walk)
{
    return ob_roots_has_inner(&walk->roots, (const char *)walk->path.data);
}

static bool leads_to_root(const ob_walk *walk)
{
    return ob_roots_lie_below(&walk->roots, (const char *)walk->path.data, walk->path.length);
}

/* ---- levels ---- */

static ob_status push(ob_walk *walk, const ob_file_info *info, bool emitted, level **out)
{
    if (walk->depth == walk->capacity) {
        size_t capacity = walk->capacity > 0 ? walk->capacity * 2 : 16;
        level *levels = ob_realloc_array(walk->levels, capacity, sizeof *levels);
        if (levels == NULL) {
            return ob_fail(OB_E_NO_MEMORY, "a walk %zu folders deep", capacity);
        }
        walk->levels = levels;
        walk->capacity = capacity;
    }
    *out = &walk->levels[walk->depth++];
    **out = (level){.path_length = walk->path.length,
                    .place_length = walk->place.length,
                    .info = *info,
                    .emitted = emitted};
    return OB_OK;
}

static void pop(ob_walk *walk)
{
    level *top = &walk->levels[--walk->depth];
    ob_names_free(&top->names);
    ob_folder_drop(top->folder);
}

/* True if the innermost folder has the tag of a cache (bford.info/cachedir). */
static bool is_cache(const ob_walk *walk)
{
    static const char signature[] = "Signature: 8a477f597d28d172789f06886806bc55";
    const ob_fs *fs = walk->fs;
    const level *top = &walk->levels[walk->depth - 1];
    char start[sizeof signature - 1];
    ob_file *file = NULL;
    size_t got = 0;
    if (!walk->selection->skip_caches || !ob_names_has(&top->names, CACHE_TAG) ||
        OB_FAILED(
            fs->open(fs, top->folder->dir, CACHE_TAG, OB_OPEN_READ | OB_OPEN_BACKUP, &file))) {
        return false;
    }
    ob_status status = fs->read_at(fs, file, 0, start, sizeof start, &got);
    fs->close(fs, file);
    return !OB_FAILED(status) && got == sizeof start && memcmp(start, signature, got) == 0;
}

/* Enters the folder that path and place name. That it cannot be read is an event. */
static ob_status enter(ob_walk *walk, ob_folder *parent, const char *name, const ob_file_info *info,
                       bool emitted)
{
    ob_folder *folder = NULL;
    level *top = NULL;
    ob_status listing = OB_OK;
    if (walk->depth >= OB_WALK_DEPTH_MOST) {
        listing = ob_fail(OB_E_TOO_LARGE, "%s: more than %d folders deep", place_of(walk),
                          OB_WALK_DEPTH_MOST);
    } else {
        listing = ob_folder_open(walk->fs, parent, name, &folder);
    }
    if (listing == OB_E_NO_MEMORY) {
        return listing;
    }
    if (OB_FAILED(listing)) {
        ob_report_failed(walk->report, place_of(walk), listing);
        return OB_OK;
    }
    ob_status status = push(walk, info, emitted, &top);
    if (OB_FAILED(status)) {
        ob_folder_drop(folder);
        return status;
    }
    top->folder = folder;
    if (parent != NULL && !is_root(walk)) {
        const level *above = &walk->levels[walk->depth - 2];
        top->toward = above->toward || above->info.device != info->device;
    }
    status = ob_names_read(&top->names, walk->fs, folder->dir, &listing);
    if (!OB_FAILED(status) && OB_FAILED(listing)) {
        ob_report_failed(walk->report, place_of(walk), listing);
    }
    if (!OB_FAILED(status) && is_cache(walk)) {
        top->tagged = true;
        top->toward = true;
        ob_report_event(walk->report, OB_EVENT_LEFT_OUT, place_of(walk), "cache");
    }
    return status;
}

/* ---- one name ---- */

static bool is_own_folder(const ob_walk *walk, const ob_file_info *info)
{
    for (size_t i = 0; i < walk->skip_count; i++) {
        if (walk->skip[i].device == info->device && walk->skip[i].file_id == info->file_id) {
            return true;
        }
    }
    return false;
}

static ob_verdict decide(const ob_walk *walk, ob_file_type type)
{
    bool is_dir = type == OB_FILE_DIR;
    ob_verdict verdict = walk->selection->decide(walk->selection->context, place_of(walk), is_dir);
    return verdict == OB_PASS && !is_dir ? OB_SKIP : verdict;
}

static void hold(ob_walk *walk, ob_folder *folder, const char *name, const ob_file_info *info,
                 bool descend)
{
    walk->held = (ob_walk_item){.folder = folder, .name = name, .info = *info};
    walk->holds = true;
    walk->descend = descend;
}

/* What is left out is a warning only if somebody may have counted on it. */
static void left_out(ob_walk *walk, bool warn, const char *what)
{
    ob_event_kind kind = warn ? OB_EVENT_SKIPPED_KIND : OB_EVENT_LEFT_OUT;
    ob_report_event(walk->report, kind, place_of(walk), what);
}

/* Whether the walk takes what is in a folder on another volume than the one above it, or a root. */
static ob_status look_at_volume(ob_walk *walk, ob_folder *folder, const char *name, bool asked_for,
                                bool *enters)
{
    const ob_fs *fs = walk->fs;
    ob_volume_kind kind = OB_VOLUME_DATA;
    bool toward = leads_to_root(walk);
    if (fs->volume_kind != NULL &&
        fs->volume_kind(fs, folder != NULL ? folder->dir : NULL, name, &kind) == OB_E_NO_MEMORY) {
        return OB_E_NO_MEMORY;
    }
    if (kind == OB_VOLUME_KERNEL) {
        left_out(walk, asked_for || toward, "kernel file system");
        *enters = false;
    } else if (!asked_for && kind == OB_VOLUME_PASSING) {
        left_out(walk, false, "temporary file system");
        *enters = toward;
    } else if (!asked_for) {
        left_out(walk, true, "other file system");
        *enters = toward;
    }
    return OB_OK;
}

/* By a mount of what lies above. The times are compared too: there are file systems that give many
 * folders one number, and what is left out by mistake is lost. */
static bool contains_itself(const ob_walk *walk, const ob_file_info *info)
{
    for (size_t i = 0; i < walk->depth; i++) {
        const ob_file_info *above = &walk->levels[i].info;
        if (above->file_id == info->file_id && above->device == info->device &&
            above->mtime == info->mtime && above->ctime == info->ctime && info->file_id != 0) {
            return true;
        }
    }
    return false;
}

static ob_status consider_dir(ob_walk *walk, ob_folder *folder, const char *name,
                              const ob_file_info *info, ob_verdict verdict)
{
    bool asked_for = folder == NULL || is_root(walk);
    bool enters = true;
    if (is_own_folder(walk, info)) {
        left_out(walk, asked_for, "own folder");
        return OB_OK;
    }
    if (contains_itself(walk, info)) {
        left_out(walk, true, "folder inside of itself");
        return OB_OK;
    }
    if (folder == NULL || info->device != walk->levels[walk->depth - 1].info.device) {
        ob_status status = look_at_volume(walk, folder, name, asked_for, &enters);
        if (OB_FAILED(status)) {
            return status;
        }
    }
    if (verdict == OB_TAKE) {
        hold(walk, folder, name, info, enters);
        return OB_OK;
    }
    return enters ? enter(walk, folder, name, info, false) : OB_OK;
}

/* Looks at one name, which path and place end with. `hint` is its type as the listing has it. */
static ob_status consider(ob_walk *walk, ob_folder *folder, const char *name, ob_file_type hint)
{
    ob_file_info info;
    ob_verdict verdict = hint != 0 ? decide(walk, hint) : OB_TAKE;
    bool above = leads_to_root(walk);
    if (verdict == OB_SKIP && !above) {
        return OB_OK;
    }
    ob_status status = walk->fs->stat(walk->fs, folder != NULL ? folder->dir : NULL, name, &info);
    if (status == OB_E_NO_MEMORY) {
        return status;
    }
    if (!OB_FAILED(status) && walk->path.length > OB_POINT_PATH_MOST) {
        status = ob_fail(OB_E_TOO_LARGE, "%s: the path is too long", place_of(walk));
    }
    if (OB_FAILED(status)) {
        if (hint != 0 || decide(walk, OB_FILE_REGULAR) != OB_SKIP) {
            ob_report_failed(walk->report, place_of(walk), status);
        }
        return OB_OK;
    }
    if (above && info.type != OB_FILE_DIR) {
        left_out(walk, true, "root behind a link");
    }
    if (hint == 0 || (hint == OB_FILE_DIR) != (info.type == OB_FILE_DIR)) {
        verdict = decide(walk, info.type);
    }
    if (verdict == OB_SKIP) {
        return OB_OK;
    }
    if (info.type == OB_FILE_DIR) {
        return consider_dir(walk, folder, name, &info, verdict);
    }
    const char *kind = ob_kind_not_kept(info.type);
    bool enters = true;
    if (folder == NULL) {
        status = look_at_volume(walk, folder, name, true, &enters);
    }
    if (kind != NULL) {
        ob_report_event(walk->report, OB_EVENT_SKIPPED_KIND, place_of(walk), kind);
    } else if (enters) {
        hold(walk, folder, name, &info, false);
    }
    return status;
}

/* ---- roots ---- */

/* A folder above a root, which path and place name. What is no folder (a link to one) does not come
 * up. */
static ob_status push_above(ob_walk *walk)
{
    ob_file_info info = {.type = OB_FILE_DIR};
    level *above = NULL;
    const char *source = NULL;
    ob_status status = source_of(walk, &source);
    if (!OB_FAILED(status)) {
        status = walk->fs->stat(walk->fs, NULL, source, &info);
    }
    if (status == OB_E_NO_MEMORY) {
        return status;
    }
    return push(walk, &info, info.type != OB_FILE_DIR, &above);
}

/* Drops the levels that are not above `root`, and adds those that are missing. */
static ob_status climb(ob_walk *walk, const char *root, size_t length)
{
    while (walk->depth > 0 &&
           !ob_point_path_below((const char *)walk->path.data,
                                walk->levels[walk->depth - 1].path_length, root, length)) {
        pop(walk);
    }
    size_t done = 0;
    size_t used = 0;
    ob_status status = OB_OK;
    if (walk->depth > 0) {
        const level *top = &walk->levels[walk->depth - 1];
        cut_to(walk, top->path_length, top->place_length);
        done = top->path_length + 1;
    } else {
        cut_to(walk, 0, 0);
        status = ob_place_root(root, &walk->place, &used);
    }
    /* On Windows the first component is the volume, whose place has its separator already. */
    if (!OB_FAILED(status) && used > 0 && done == 0) {
        size_t volume = strcspn(root, "/");
        ob_buf_put(&walk->path, root, volume);
        done = used;
        status = end_text(&walk->path);
    }
    if (!OB_FAILED(status)) {
        status = end_text(&walk->place);
    }
    while (!OB_FAILED(status) && done < length) {
        if (walk->path.length > 0 &&
            (walk->depth == 0 || walk->levels[walk->depth - 1].path_length < walk->path.length)) {
            status = push_above(walk);
        }
        if (!OB_FAILED(status)) {
            size_t component = strcspn(root + done, "/");
            status = append(walk, root + done, component);
            done += component + 1;
        }
    }
    return status;
}

static ob_status begin_root(ob_walk *walk)
{
    const char *root = walk->roots.outer[walk->next_root++];
    size_t length = strlen(root);
    ob_status status = climb(walk, root, length);
    const char *source = NULL;
    walk->base = walk->depth;
    if (!OB_FAILED(status)) {
        status = source_of(walk, &source);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    if (length > 0) {
        return consider(walk, NULL, source, (ob_file_type)0);
    }
    /* The root of Linux has no entry of its own. */
    ob_file_info info = {0};
    status = walk->fs->stat(walk->fs, NULL, source, &info);
    if (OB_FAILED(status) && status != OB_E_NO_MEMORY) {
        ob_report_failed(walk->report, place_of(walk), status);
        return OB_OK;
    }
    if (OB_FAILED(status) || decide(walk, OB_FILE_DIR) == OB_SKIP) {
        return status;
    }
    return enter(walk, NULL, source, &info, true);
}

/* ---- the walk ---- */

/* The folders above what is held come up first. */
static ob_status give_above(ob_walk *walk, size_t position, ob_walk_item *out)
{
    level *l = &walk->levels[position];
    ob_buf_clear(&walk->above);
    ob_buf_put(&walk->above, walk->path.data, l->path_length);
    ob_buf_put_u8(&walk->above, 0);
    ob_buf_put(&walk->above, walk->place.data, l->place_length);
    ob_buf_put_u8(&walk->above, 0);
    ob_status status = ob_buf_status(&walk->above);
    ob_buf_clear(&walk->source);
    if (!OB_FAILED(status)) {
        const char *place = (const char *)walk->above.data + l->path_length + 1;
        status = ob_place_mapped(walk->selection, place, &walk->source);
    }
    if (OB_FAILED(status)) {
        return status;
    }
    l->emitted = true;
    const char *path = (const char *)walk->above.data;
    *out = (ob_walk_item){.path = path,
                          .path_length = l->path_length,
                          .place = path + l->path_length + 1,
                          .name = (const char *)walk->source.data,
                          .info = l->info,
                          .passed = true};
    return OB_OK;
}

static ob_status give(ob_walk *walk, ob_walk_item *out)
{
    for (size_t i = 0; i < walk->depth; i++) {
        if (!walk->levels[i].emitted) {
            return give_above(walk, i, out);
        }
    }
    walk->holds = false;
    walk->held.path = (const char *)walk->path.data;
    walk->held.path_length = walk->path.length;
    walk->held.place = place_of(walk);
    if (walk->held.folder == NULL) {
        ob_status status = source_of(walk, &walk->held.name);
        if (OB_FAILED(status)) {
            return status;
        }
    }
    *out = walk->held;
    return OB_OK;
}

/* Looks at the next name of the innermost folder, or leaves it. */
static ob_status step(ob_walk *walk)
{
    level *top = &walk->levels[walk->depth - 1];
    if (top->next == top->names.count) {
        pop(walk);
        return OB_OK;
    }
    const char *name = top->names.names[top->next++];
    /* A folder that changes while it is listed may give a name twice. */
    if (top->next > 1 && strcmp(name, top->names.names[top->next - 2]) == 0) {
        return OB_OK;
    }
    cut_to(walk, top->path_length, top->place_length);
    ob_status status = append(walk, name, strlen(name));
    bool tag = top->tagged && strcmp(name, CACHE_TAG) == 0;
    if (OB_FAILED(status) || (top->toward && !tag && !is_root(walk) && !leads_to_root(walk))) {
        return status;
    }
    return consider(walk, top->folder, name, ob_names_type(name));
}

ob_status ob_walk_next(ob_walk *walk, ob_walk_item *out)
{
    ob_status status = OB_OK;
    if (walk->descend && !walk->holds) {
        walk->descend = false;
        status = enter(walk, walk->held.folder, walk->held.name, &walk->held.info, true);
    }
    while (!OB_FAILED(status)) {
        if (walk->holds) {
            return give(walk, out);
        }
        if (ob_report_cancelled(walk->report)) {
            return ob_fail(OB_E_CANCELLED, "%s", place_of(walk));
        }
        if (walk->depth > walk->base) {
            status = step(walk);
        } else if (walk->next_root < walk->roots.outer_count) {
            status = begin_root(walk);
        } else {
            *out = (ob_walk_item){0};
            return OB_OK;
        }
    }
    return status;
}

/* By what they are and not by their names: there may be several ways to them. */
static ob_status take_own_folders(ob_walk *walk, const ob_engine *engine)
{
    for (size_t i = 0; i < 4 && engine->skip_dirs[i] != NULL; i++) {
        ob_file_info *info = &walk->skip[walk->skip_count];
        ob_buf place = {0};
        ob_status status = ob_place_followed(engine->skip_dirs[i], &place);
        if (!OB_FAILED(status)) {
            status = walk->fs->stat(walk->fs, NULL, (const char *)place.data, info);
        }
        ob_buf_free(&place);
        if (status == OB_E_NO_MEMORY) {
            return status;
        }
        walk->skip_count += OB_FAILED(status) ? 0 : 1;
    }
    return OB_OK;
}

ob_status ob_walk_open(const ob_engine *engine, const ob_selection *selection, ob_report *report,
                       ob_walk **out)
{
    ob_walk *walk = ob_calloc(1, sizeof *walk);
    if (walk == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a walk");
    }
    walk->fs = engine->fs;
    walk->selection = selection;
    walk->report = report;
    ob_status status = ob_roots_take(&walk->roots, selection);
    if (!OB_FAILED(status)) {
        status = end_text(&walk->path);
    }
    if (!OB_FAILED(status)) {
        status = end_text(&walk->place);
    }
    if (!OB_FAILED(status)) {
        status = take_own_folders(walk, engine);
    }
    if (OB_FAILED(status)) {
        ob_walk_close(walk);
        return status;
    }
    *out = walk;
    return OB_OK;
}

void ob_walk_close(ob_walk *walk)
{
    if (walk == NULL) {
        return;
    }
    while (walk->depth > 0) {
        pop(walk);
    }
    ob_roots_free(&walk->roots);
    ob_free(walk->levels);
    ob_buf_free(&walk->path);
    ob_buf_free(&walk->place);
    ob_buf_free(&walk->above);
    ob_buf_free(&walk->source);
    ob_free(walk);
}
