#include "run.h"

#include "error.h"
#include "ob/alloc.h"
#include "ob/host.h"
#include "shown.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

static void touch(ob_run *run)
{
    run->facts.revision++;
    ob_cond_broadcast(run->host.changed);
}

static bool cancelled(void *context)
{
    ob_run *run = context;
    return atomic_load(&run->cancelled);
}

static void take_numbers(ob_run_facts *facts, const ob_progress *progress)
{
    facts->bytes_total = (int64_t)progress->bytes_total;
    facts->bytes_done = (int64_t)progress->bytes_done;
    facts->bytes_changed = (int64_t)progress->bytes_changed;
    facts->bytes_stored = (int64_t)progress->bytes_stored;
    facts->files_total = (int64_t)progress->files_total;
    facts->files_done = (int64_t)progress->files_done;
    facts->files_changed = (int64_t)progress->files_changed;
    facts->files_failed = (int64_t)progress->files_failed;
}

static void on_progress(void *context, const ob_progress *progress)
{
    ob_run *run = context;
    char *current = ob_shown(progress->current, OB_RUN_CURRENT_MOST, true);
    uint64_t now = run->host.clock->monotonic(run->host.clock);
    ob_mutex_lock(run->host.lock);
    take_numbers(&run->facts, progress);
    ob_rate_add(&run->rate, now, progress->bytes_done);
    run->facts.bytes_per_second = ob_rate_per_second(&run->rate);
    uint64_t left = progress->bytes_total > progress->bytes_done
                        ? progress->bytes_total - progress->bytes_done
                        : 0;
    run->facts.seconds_left = progress->scanning ? -1 : ob_rate_seconds(&run->rate, left);
    snprintf(run->current, sizeof run->current, "%s", current != NULL ? current : "");
    if (run->facts.state < OB_RUN_IN_PROGRESS && !progress->scanning) {
        run->facts.state = OB_RUN_IN_PROGRESS;
    } else if (run->facts.state < OB_RUN_INITIALIZED) {
        run->facts.state = OB_RUN_INITIALIZED;
    }
    touch(run);
    ob_mutex_unlock(run->host.lock);
    ob_free(current);
}

/* The next progress tells of it: a watcher is not woken for each of very many failures. */
static void on_event(void *context, const ob_event *event)
{
    ob_run *run = context;
    if (event->kind == OB_EVENT_FAILED) {
        ob_failed_log_add(&run->log, event->status, event->path, event->detail);
    }
    bool logged = run->log.file != NULL;
    ob_mutex_lock(run->host.lock);
    run->logged = run->logged || logged;
    ob_ledger_note(&run->ledger, event);
    ob_mutex_unlock(run->host.lock);
}

ob_status ob_run_new(const ob_run_host *host, int32_t type, const ob_run_body *body, cJSON *detail,
                     ob_run **out)
{
    ob_status status = OB_OK;
    ob_run *run = ob_calloc(1, sizeof *run);
    if (run == NULL) {
        body->free(body->context);
        ob_json_free(detail);
        return ob_fail(OB_E_NO_MEMORY, "a job");
    }
    run->host = *host;
    run->body = *body;
    run->detail = detail;
    run->control = (ob_control){run, cancelled, on_progress, on_event};
    atomic_init(&run->cancelled, false);
    run->facts.type = type;
    run->facts.state = OB_RUN_STARTED;
    run->facts.revision = 1;
    run->facts.start_time = host->clock->now(host->clock);
    run->facts.seconds_left = -1;
    status = ob_guid_new(&run->facts.id);
    if (status == OB_OK) {
        status = ob_failed_log_init(&run->log, host->fs, host->log_dir, run->facts.start_time,
                                    &run->facts.id);
    }
    if (OB_FAILED(status)) {
        ob_run_free(run);
        return status;
    }
    *out = run;
    return OB_OK;
}

void ob_run_free(ob_run *run)
{
    if (run == NULL) {
        return;
    }
    ob_thread_join(run->thread);
    if (run->body.free != NULL) {
        run->body.free(run->body.context);
    }
    ob_failed_log_free(&run->log);
    ob_ledger_free(&run->ledger);
    ob_json_free(run->detail);
    ob_free(run);
}

void ob_run_cancel(ob_run *run, const char *reason)
{
    if (run == NULL || run->ended || run->cancel_reason != NULL) {
        return;
    }
    run->cancel_reason = reason;
    atomic_store(&run->cancelled, true);
    run->facts.state = OB_RUN_ABORTING;
    touch(run);
}

void ob_run_copy_error(ob_run *run, ob_status status)
{
    snprintf(run->error_detail, sizeof run->error_detail, "%s",
             OB_FAILED(status) ? ob_detail() : "");
}

ob_run_facts ob_run_final_facts(const ob_run *run, ob_status status)
{
    ob_run_facts facts = run->facts;
    int64_t now = run->host.clock->now(run->host.clock);
    facts.revision++;
    facts.status = status;
    facts.bytes_per_second = 0;
    facts.seconds_left = 0;
    facts.end_time = now > facts.start_time ? now : facts.start_time + 1;
    if (status == OB_OK) {
        bool warnings = run->ledger.any || facts.files_failed > 0;
        facts.state = warnings ? OB_RUN_COMPLETED_WITH_WARNINGS : OB_RUN_COMPLETED;
    } else if (status == OB_E_CANCELLED && run->cancel_reason != NULL) {
        facts.state = OB_RUN_ABORTED;
    } else {
        facts.state = OB_RUN_FAILED;
    }
    return facts;
}

static cJSON *error_of(const ob_run *run, ob_status status)
{
    bool asked = status == OB_E_CANCELLED && run->cancel_reason != NULL;
    return ob_error_json(status, asked ? run->cancel_reason : run->error_detail);
}

ob_status ob_run_print_detail(const ob_run *run, ob_status status, ob_buf *out)
{
    bool failed = false;
    cJSON *json = cJSON_Duplicate(run->detail, true);
    if (OB_FAILED(status)) {
        ob_json_add_node(json, "error", error_of(run, status), &failed);
    } else {
        ob_json_add_node(json, "error", cJSON_CreateNull(), &failed);
    }
    ob_ledger_json(&run->ledger, json, &failed);
    ob_json_add_text(json, "failed_log", run->logged ? run->log.path : "", &failed);
    ob_status printed =
        failed ? ob_fail(OB_E_NO_MEMORY, "a job's detail") : ob_json_print(out, json);
    ob_buf_put_u8(out, 0);
    ob_json_free(json);
    return printed == OB_OK ? ob_buf_status(out) : printed;
}

ob_status ob_run_visit_record(const ob_run *run, ob_run_visit visit, void *context)
{
    ob_buf detail = {0};
    ob_status status = ob_run_print_detail(run, run->status, &detail);
    if (status == OB_OK) {
        ob_run_record record = {run->facts, run->current, (const char *)detail.data};
        status = visit(context, &record);
    }
    ob_buf_free(&detail);
    return status;
}

const char *ob_run_state_name(int32_t state)
{
    switch (state) {
    case OB_RUN_COMPLETED:
        return "completed";
    case OB_RUN_COMPLETED_WITH_WARNINGS:
        return "completed with warnings";
    case OB_RUN_ABORTED:
        return "aborted";
    case OB_RUN_FAILED:
        return "failed";
    default:
        return "running";
    }
}

const ob_control *ob_run_control(ob_run *run)
{
    return &run->control;
}

bool ob_run_cancelled(ob_run *run)
{
    return cancelled(run);
}

ob_guid ob_run_id(const ob_run *run)
{
    return run->facts.id; /* never changes */
}

void ob_run_set_initialized(ob_run *run)
{
    ob_mutex_lock(run->host.lock);
    if (run->facts.state < OB_RUN_INITIALIZED) {
        run->facts.state = OB_RUN_INITIALIZED;
        touch(run);
    }
    ob_mutex_unlock(run->host.lock);
}

void ob_run_set_totals(ob_run *run, const ob_progress *totals)
{
    ob_mutex_lock(run->host.lock);
    take_numbers(&run->facts, totals);
    ob_mutex_unlock(run->host.lock);
}

void ob_run_set_member(ob_run *run, const char *name, cJSON *node)
{
    bool failed = false;
    ob_mutex_lock(run->host.lock);
    cJSON_DeleteItemFromObjectCaseSensitive(run->detail, name);
    ob_json_add_node(run->detail, name, node, &failed);
    ob_mutex_unlock(run->host.lock);
}

void ob_run_set_point(ob_run *run, const ob_guid *point)
{
    bool failed = false;
    char text[OB_GUID_TEXT];
    ob_guid_format(text, point);
    ob_mutex_lock(run->host.lock);
    cJSON_DeleteItemFromObjectCaseSensitive(run->detail, "point");
    ob_json_add_text(run->detail, "point", text, &failed);
    ob_mutex_unlock(run->host.lock);
}

void ob_run_set_incremental(ob_run *run, bool incremental)
{
    bool failed = false;
    ob_mutex_lock(run->host.lock);
    ob_json_add_bool(run->detail, "incremental", incremental, &failed);
    ob_mutex_unlock(run->host.lock);
}
