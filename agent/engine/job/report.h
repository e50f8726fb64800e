/*
 * What backup and restore tell their caller: progress, events, and whether to stop. Shared by the
 * threads of a job; calls of the caller's functions never overlap.
 */
#ifndef OB_ENGINE_JOB_REPORT_H
#define OB_ENGINE_JOB_REPORT_H

#include "ob/thread.h"
#include "point/manifest.h"

typedef struct ob_report {
    const ob_control *control;
    const ob_clock *clock;
    ob_mutex lock;
    ob_progress progress;              /* without `current` */
    uint64_t told;                     /* monotonic time of the last progress call */
    uint64_t expected_bytes, expected_files; /* totals known beforehand; 0 = not known */
    ob_manifest_kind kinds[OB_MANIFEST_KINDS_MOST]; /* what was not kept, counted by kind */
    size_t kind_count;
} ob_report;

void ob_report_begin(ob_report *report, const ob_control *control, const ob_clock *clock);
void ob_report_end(ob_report *report);

bool ob_report_cancelled(ob_report *report);
/* Adds to the totals, and tells the caller if it is time. `current` may be NULL. */
void ob_report_add(ob_report *report, const ob_progress *more, const char *current);
/* Totals that are known before all was met: those of the last run, or counted. The caller
 * is told at once, and then as long as no more than that was met. */
void ob_report_expect(ob_report *report, uint64_t files, uint64_t bytes);
void ob_report_scanned(ob_report *report); /* totals grow no more */
ob_progress ob_report_totals(ob_report *report);

/* The failure is this thread's last: the event has its detail. */
void ob_report_failed(ob_report *report, const char *path, ob_status status);
void ob_report_event(ob_report *report, ob_event_kind kind, const char *path, const char *what);
/* One NOT_KEPT event for each OB_EXTRA_* bit. */
void ob_report_extras(ob_report *report, const char *path, uint32_t extras);

#endif
