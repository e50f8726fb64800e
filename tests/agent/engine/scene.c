#include "scene.h"

#include "source/place.h"

#include <stdio.h>
#include <string.h>

#define DAY INT64_C(86400000000000)
#define HOUR UINT64_C(3600000000000)

static bool listed(const char *const *list, const char *path)
{
    for (size_t i = 0; i < 4 && list[i] != NULL; i++) {
        if (strcmp(list[i], path) == 0) {
            return true;
        }
    }
    return false;
}

ob_verdict scene_decide(void *context, const char *path, bool is_dir)
{
    const scene *self = context;
    (void)is_dir;
    if (listed(self->skip, path)) {
        return OB_SKIP;
    }
    return listed(self->pass, path) ? OB_PASS : OB_TAKE;
}

static bool cancelled(void *context)
{
    scene *self = context;
    ob_mutex_lock(&self->lock);
    uint64_t asked = ++self->asked;
    ob_mutex_unlock(&self->lock);
    return self->cancel_after != 0 && asked >= self->cancel_after;
}

static void take_progress(void *context, const ob_progress *progress)
{
    scene *self = context;
    self->progress = *progress;
    self->progress.current = "";
    self->progress_count++;
}

static void take_event(void *context, const ob_event *event)
{
    scene *self = context;
    if (self->event_count < SCENE_EVENTS_MOST) {
        scene_event *to = &self->events[self->event_count++];
        to->kind = event->kind;
        to->status = event->status;
        snprintf(to->path, sizeof to->path, "%s", event->path);
        snprintf(to->what, sizeof to->what, "%s", event->what);
        snprintf(to->detail, sizeof to->detail, "%s", event->detail);
    }
}

void scene_open(scene *self)
{
    memset(self, 0, sizeof *self);
    rig_open(&self->rig);
    ob_mutex_init(&self->lock);
    ob_test_clock_init(&self->clock);
    self->clock.now = ob_clock_os()->now(ob_clock_os()) + DAY;
    self->rig.engine.clock = &self->clock.clock;
    self->base = ob_test_temp();
    self->source = ob_test_path(self->base, "source");
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), self->source, false));
    self->roots[0] = self->source;
    self->root_count = 1;
    self->policy = "nightly";
}

void scene_close(scene *self)
{
    ob_mutex_destroy(&self->lock);
    rig_close(&self->rig);
}

static void forget(scene *self)
{
    self->event_count = 0;
    self->progress_count = 0;
    self->asked = 0;
    memset(&self->progress, 0, sizeof self->progress);
}

ob_status scene_backup(scene *self)
{
    static const char *const sources[] = {"/"};
    const ob_selection selection = {.context = self,
                                    .roots = self->roots,
                                    .root_count = self->root_count,
                                    .skip_caches = self->skip_caches,
                                    .maps = self->maps,
                                    .map_count = self->map_count,
                                    .decide = scene_decide};
    const ob_backup_options options = {.policy = self->policy,
                                       .machine_name = "machine",
                                       .sources = sources,
                                       .source_count = 1,
                                       .retain_days = self->retain_days,
                                       .feeds = self->feeds,
                                       .feed_count = self->feed_count};
    const ob_control control = {self, cancelled, self->listens ? take_progress : NULL, take_event};
    forget(self);
    ob_test_clock_advance(&self->clock, HOUR);
    return ob_backup_run(&self->rig.engine, &selection, &options, &control, &self->last);
}

ob_status scene_restore(scene *self, const ob_restore_options *options)
{
    const ob_control control = {self, cancelled, take_progress, take_event};
    ob_restore_result result = {0};
    forget(self);
    ob_status status = ob_restore_run(&self->rig.engine, options, &control, &result);
    if (status == OB_OK) {
        self->progress = result.totals;
    }
    return status;
}

const char *scene_restore_all(scene *self, const char *name)
{
    ob_restore_options options = {.point = self->last.point};
    options.destination = ob_test_path(self->base, name);
    ob_check_ok(scene_restore(self, &options));
    ck_assert_msg(self->event_count == 0, "event %d: %s %s (%s)", self->events[0].kind,
                  self->events[0].path, self->events[0].what, self->events[0].detail);
    return scene_restored(self, options.destination);
}

const char *scene_restored(const scene *self, const char *destination)
{
    ob_buf path = {0};
    ob_check_ok(ob_place_to_point(self->source, &path));
    char *text = ob_buf_take_text(&path);
    char *first = strchr(text, '/');
    const char *result;
    char volume[64] = "";
    ck_assert_ptr_nonnull(first);
    snprintf(volume, sizeof volume, "%.*s", (int)(first - text), text);
    ob_place_restored_name(volume, volume);
    result = ob_test_format("%s%c%s%s", destination, ob_place_separator, volume, first);
    ob_free(text);
    return result;
}

/* What restores tell of is a path of the system, with its separators. */
static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    size_t tail = strlen(end);
    bool same = length >= tail;
    for (size_t i = 0; i < tail && same; i++) {
        char c = text[length - tail + i];
        same = c == end[i] || (c == ob_place_separator && end[i] == '/');
    }
    return same;
}

size_t scene_told(const scene *self, ob_event_kind kind, const char *path, const char *what)
{
    size_t count = 0;
    for (size_t i = 0; i < self->event_count; i++) {
        const scene_event *event = &self->events[i];
        count += event->kind == kind && (path == NULL || ends_with(event->path, path)) &&
                 (what == NULL || strcmp(event->what, what) == 0);
    }
    return count;
}

static const char *keep_text(ob_buf *text)
{
    char *taken = ob_buf_take_text(text);
    const char *kept = ob_test_format("%s", taken);
    ob_free(taken);
    return kept;
}

const char *scene_path(const scene *self, const char *name)
{
    ob_buf path = {0};
    ob_buf_put_text(&path, ob_test_path(self->source, name));
    for (size_t i = 0; i < path.length; i++) {
        path.data[i] = path.data[i] == '/' ? (uint8_t)ob_place_separator : path.data[i];
    }
    return keep_text(&path);
}

const char *scene_inside(const scene *self, const char *name)
{
    ob_buf path = {0};
    ob_check_ok(ob_place_to_point(self->source, &path));
    ob_buf_put_text(&path, name[0] != '\0' ? "/" : "");
    ob_buf_put_text(&path, name);
    return keep_text(&path);
}

uint64_t scene_next(uint64_t n)
{
    return n + 1 + (ob_place_separator == '/' ? 0 : n / 16);
}

static ob_status add_name(void *context, const ob_view_item *item)
{
    ob_buf *names = context;
    if (names->length > 0) {
        ob_buf_put_u8(names, '|');
    }
    const char *slash = strrchr(item->path, '/');
    ob_buf_put_text(names, slash != NULL ? slash + 1 : item->path);
    return OB_OK;
}

const char *scene_list(scene *self, const char *path, const char *pattern, size_t page)
{
    ob_view *view = NULL;
    ob_buf names = {0};
    uint64_t resume = 0;
    ob_check_ok(ob_view_open(&self->rig.engine, &self->last.point, &view));
    do {
        ob_check_ok(ob_view_list(view, path, pattern, &resume, page, add_name, &names));
    } while (resume != 0);
    ob_view_close(view);
    const char *result =
        ob_test_format("%.*s", (int)names.length, names.length > 0 ? (char *)names.data : "");
    ob_buf_free(&names);
    return result;
}
