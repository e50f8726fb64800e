#include "job/report.h"

#include <stdio.h>
#include <string.h>

#define INTERVAL UINT64_C(100000000) /* ns between two calls of progress() */

void ob_report_begin(ob_report *report, const ob_control *control, const ob_clock *clock)
{
    memset(report, 0, sizeof *report);
    report->control = control;
    report->clock = clock;
    report->progress.scanning = true;
    ob_mutex_init(&report->lock);
}

void ob_report_end(ob_report *report)
{
    ob_mutex_destroy(&report->lock);
}

bool ob_report_cancelled(ob_report *report)
{
    const ob_control *control = report->control;
    return control->cancelled != NULL && control->cancelled(control->context);
}

static void add_up(ob_progress *sum, const ob_progress *more)
{
    sum->bytes_total += more->bytes_total;
    sum->bytes_done += more->bytes_done;
    sum->bytes_changed += more->bytes_changed;
    sum->bytes_stored += more->bytes_stored;
    sum->files_total += more->files_total;
    sum->files_done += more->files_done;
    sum->files_changed += more->files_changed;
}

/* While the source is walked, the totals that were expected are the better guess of what is to come
 * than what was met so far; once more was met, how much there is is unknown again. */
static ob_progress shown(const ob_report *report, const char *current)
{
    ob_progress progress = report->progress;
    progress.current = current != NULL ? current : "";
    if (progress.scanning && report->expected_files > 0 &&
        progress.bytes_total <= report->expected_bytes &&
        progress.files_total <= report->expected_files) {
        progress.bytes_total = report->expected_bytes;
        progress.files_total = report->expected_files;
        progress.scanning = false;
    }
    return progress;
}

/* With the lock. `at_once`: however short a time ago the caller was told, that there is something
 * to expect, even if more was met already. */
static void tell_progress(ob_report *report, const char *current, bool at_once)
{
    const ob_control *control = report->control;
    if (control->progress == NULL) {
        return;
    }
    uint64_t now = report->clock->monotonic(report->clock);
    if (at_once || report->told == 0 || now - report->told >= INTERVAL) {
        ob_progress progress = shown(report, current);
        progress.scanning = progress.scanning && !at_once;
        report->told = now;
        control->progress(control->context, &progress);
    }
}

void ob_report_add(ob_report *report, const ob_progress *more, const char *current)
{
    ob_mutex_lock(&report->lock);
    add_up(&report->progress, more);
    tell_progress(report, current, false);
    ob_mutex_unlock(&report->lock);
}

void ob_report_expect(ob_report *report, uint64_t files, uint64_t bytes)
{
    ob_mutex_lock(&report->lock);
    report->expected_files = files;
    report->expected_bytes = bytes;
    tell_progress(report, NULL, true);
    ob_mutex_unlock(&report->lock);
}

void ob_report_scanned(ob_report *report)
{
    ob_mutex_lock(&report->lock);
    report->progress.scanning = false;
    ob_mutex_unlock(&report->lock);
}

ob_progress ob_report_totals(ob_report *report)
{
    ob_mutex_lock(&report->lock);
    ob_progress progress = report->progress;
    ob_mutex_unlock(&report->lock);
    progress.current = "";
    return progress;
}

static void count_kind(ob_report *report, const char *what)
{
    for (size_t i = 0; i < report->kind_count; i++) {
        if (strcmp(report->kinds[i].name, what) == 0) {
            report->kinds[i].count++;
            return;
        }
    }
    if (report->kind_count < OB_MANIFEST_KINDS_MOST) {
        ob_manifest_kind *kind = &report->kinds[report->kind_count++];
        snprintf(kind->name, sizeof kind->name, "%s", what);
        kind->count = 1;
    }
}

static void tell(ob_report *report, const ob_event *event)
{
    const ob_control *control = report->control;
    ob_mutex_lock(&report->lock);
    if (event->kind == OB_EVENT_FAILED) {
        report->progress.files_failed++;
    }
    if (event->kind == OB_EVENT_NOT_KEPT || event->kind == OB_EVENT_SKIPPED_KIND ||
        event->kind == OB_EVENT_LEFT_OUT) {
        count_kind(report, event->what);
    }
    if (control->event != NULL) {
        control->event(control->context, event);
    }
    ob_mutex_unlock(&report->lock);
}

void ob_report_failed(ob_report *report, const char *path, ob_status status)
{
    ob_event event = {OB_EVENT_FAILED, path, status, "", ob_detail()};
    tell(report, &event);
}

void ob_report_event(ob_report *report, ob_event_kind kind, const char *path, const char *what)
{
    ob_event event = {kind, path, OB_OK, what, ""};
    tell(report, &event);
}

void ob_report_extras(ob_report *report, const char *path, uint32_t extras)
{
    static const char *const names[] = {
        "acl",    "xattr",     "capability", "alternate stream", "security descriptor",
        "sparse", "encrypted", "compressed", "content in the cloud"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((extras >> i & 1) != 0) {
            ob_report_event(report, OB_EVENT_NOT_KEPT, path, names[i]);
        }
    }
}
