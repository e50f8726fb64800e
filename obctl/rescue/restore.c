#include "inside.h"

#include "account.h"
#include "ob/alloc.h"
#include "ob/host.h"

#include <cjson/cJSON.h>
#include <string.h>

#define SECOND UINT64_C(1000000000)

/* A restore from its start to its end. */
typedef struct work {
    ob_rescue *rescue;
    const ob_rescue_restore_options *options;
    const ob_rescue_watch *watch;
    char **items; /* as the point writes them */
    ob_account account;
    ob_job job;
    uint64_t began; /* monotonic */
} work;

static void take_numbers(ob_job *job, const ob_progress *progress)
{
    job->bytes_total = (int64_t)progress->bytes_total;
    job->bytes_done = (int64_t)progress->bytes_done;
    job->bytes_changed = (int64_t)progress->bytes_changed;
    job->bytes_stored = (int64_t)progress->bytes_stored;
    job->files_total = (int64_t)progress->files_total;
    job->files_done = (int64_t)progress->files_done;
    job->files_changed = (int64_t)progress->files_changed;
    job->files_failed = (int64_t)progress->files_failed;
}

/* By the mean since the start: a restore is short, and its pace is even. */
static void estimate(work *self, const ob_progress *progress)
{
    const ob_clock *clock = self->rescue->engine.clock;
    uint64_t took = clock->monotonic(clock) - self->began;
    uint64_t rate = took >= SECOND ? progress->bytes_done / (took / SECOND) : 0;
    self->job.bytes_per_second = (int64_t)rate;
    self->job.seconds_left = -1;
    if (rate > 0 && progress->bytes_total >= progress->bytes_done) {
        self->job.seconds_left = (int64_t)((progress->bytes_total - progress->bytes_done) / rate);
    }
}

static cJSON *error_json(ob_status status, const char *detail, bool *failed)
{
    const ob_status_info *info = ob_status_lookup(status);
    cJSON *json = ob_json_new_object();
    ob_json_add_int(json, "status", status, failed);
    ob_json_add_text(json, "symbol", info->symbol, failed);
    ob_json_add_text(json, "message", info->message, failed);
    ob_json_add_text(json, "advice", info->advice, failed);
    ob_json_add_text(json, "detail", detail, failed);
    ob_json_add_int(json, "code", info->mars_code, failed);
    return json;
}

/* job.schema.json. `status` with its detail: why it failed. */
static char *print_detail(const work *self, ob_status status, const char *detail)
{
    bool failed = false;
    char point[OB_GUID_TEXT];
    ob_buf text = {0};
    const char *destination = self->options->destination;
    cJSON *json = ob_json_new_object();
    ob_guid_format(point, &self->options->point);
    ob_json_add_text(json, "point", point, &failed);
    ob_json_add_text(json, "destination", destination != NULL ? destination : "", &failed);
    ob_json_add_node(json, "error",
                     OB_FAILED(status) ? error_json(status, detail, &failed) : cJSON_CreateNull(),
                     &failed);
    ob_account_json(&self->account, json, &failed);
    ob_json_add_text(json, "failed_log", "", &failed);
    char *taken = NULL;
    if (!failed && ob_json_print(&text, json) == OB_OK) {
        taken = ob_buf_take_text(&text);
    }
    ob_json_free(json);
    ob_buf_free(&text);
    return taken;
}

/* Progress is passed over where there is no memory to tell of it. */
static void on_progress(void *context, const ob_progress *progress)
{
    work *self = context;
    ob_buf current = {0};
    take_numbers(&self->job, progress);
    estimate(self, progress);
    self->job.state = progress->scanning ? OB_JOB_INITIALIZED : OB_JOB_IN_PROGRESS;
    self->job.revision++;
    ob_text_escape(&current, progress->current, strlen(progress->current));
    self->job.current = ob_buf_take_text(&current);
    self->job.detail = print_detail(self, OB_OK, "");
    if (self->job.current != NULL && self->job.detail != NULL) {
        self->watch->show(self->watch->context, &self->job);
    }
    ob_free(self->job.current);
    ob_free(self->job.detail);
    self->job.current = NULL;
    self->job.detail = NULL;
    ob_buf_free(&current);
}

static void on_event(void *context, const ob_event *event)
{
    work *self = context;
    ob_account_note(&self->account, event);
    if (event->kind == OB_EVENT_FAILED) {
        self->watch->failed(self->watch->context, event->path, event->status, event->detail);
    }
}

static bool on_cancelled(void *context)
{
    const work *self = context;
    return self->watch->cancelled(self->watch->context);
}

static ob_status take_items(work *self)
{
    const ob_rescue_restore_options *options = self->options;
    self->items = ob_calloc(options->item_count + 1, sizeof *self->items);
    if (self->items == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the items to restore");
    }
    for (size_t i = 0; i < options->item_count; i++) {
        self->items[i] = ob_strdup(options->items[i]);
        if (self->items[i] == NULL) {
            return ob_fail(OB_E_NO_MEMORY, "the items to restore");
        }
        ob_path_into_point(self->items[i]);
    }
    return OB_OK;
}

static ob_status run(work *self)
{
    static const ob_overwrite modes[] = {OB_OVERWRITE_COPY, OB_OVERWRITE_SKIP,
                                         OB_OVERWRITE_REPLACE};
    const ob_rescue_restore_options *wanted = self->options;
    ob_control control = {self, on_cancelled, on_progress, on_event};
    ob_restore_result result = {0};
    ob_restore_options options = {.point = wanted->point,
                                  .items = (const char *const *)self->items,
                                  .item_count = wanted->item_count,
                                  .destination = wanted->destination,
                                  .overwrite = modes[wanted->overwrite],
                                  .skip_security = wanted->skip_security};
    ob_status status = ob_restore_run(&self->rescue->engine, &options, &control, &result);
    if (status == OB_OK) {
        take_numbers(&self->job, &result.totals);
    }
    return status;
}

static int32_t end_state(const work *self, ob_status status)
{
    if (status == OB_E_CANCELLED) {
        return OB_JOB_ABORTED;
    }
    if (OB_FAILED(status)) {
        return OB_JOB_FAILED;
    }
    bool warnings = self->account.any || self->account.no_memory || self->job.files_failed > 0;
    return warnings ? OB_JOB_COMPLETED_WITH_WARNINGS : OB_JOB_COMPLETED;
}

/* The end as a record; the failure is this thread's last. */
static ob_status end_job(work *self, ob_status status)
{
    const ob_clock *clock = self->rescue->engine.clock;
    int64_t now = clock->now(clock);
    ob_job *job = &self->job;
    job->state = end_state(self, status);
    job->status = status;
    job->revision++;
    job->end_time = now > job->start_time ? now : job->start_time + 1;
    job->bytes_per_second = 0;
    job->seconds_left = 0;
    job->detail = print_detail(self, status, ob_detail());
    job->current = ob_strdup("");
    if (job->detail == NULL || job->current == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the result of the restore");
    }
    return OB_OK;
}

static ob_status check_options(const ob_rescue_restore_options *options)
{
    if (options->overwrite < OB_RESCUE_COPY || options->overwrite > OB_RESCUE_REPLACE) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "there is no way %d of overwriting",
                       options->overwrite);
    }
    if (options->destination != NULL && !ob_path_is_absolute(options->destination)) {
        return ob_fail(OB_E_INVALID_ARGUMENT,
                       "the destination must be an absolute path, not \"%s\"",
                       options->destination);
    }
    return OB_OK;
}

ob_status ob_rescue_restore(ob_rescue *rescue, const ob_rescue_restore_options *options,
                            const ob_rescue_watch *watch, ob_job *end)
{
    const ob_clock *clock = rescue->engine.clock;
    work self = {.rescue = rescue, .options = options, .watch = watch};
    ob_status status = check_options(options);
    if (OB_FAILED(status)) {
        return status;
    }
    self.job.type = OB_JOB_RECOVERY;
    self.job.start_time = clock->now(clock);
    self.began = clock->monotonic(clock);
    self.job.seconds_left = -1;
    status = ob_guid_new(&self.job.id);
    if (status == OB_OK) {
        status = take_items(&self);
    }
    if (status == OB_OK) {
        status = end_job(&self, run(&self));
    }
    if (status == OB_OK) {
        *end = self.job;
        self.job = (ob_job){0}; /* transferred */
    }
    ob_job_free(&self.job);
    for (size_t i = 0; self.items != NULL && i < options->item_count; i++) {
        ob_free(self.items[i]);
    }
    ob_free(self.items);
    ob_account_free(&self.account);
    return status;
}
