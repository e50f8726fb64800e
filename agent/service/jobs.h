/*
 * Jobs that run: one of each type at a time, each on a thread of its own, with a record
 * that watchers wait on. What ended is in the job table; the last job of each type is also kept
 * here until the next one starts, so that its end is told even when the database cannot take it.
 *
 * Locks: the database may be asked first and jobs inside of it, never the other way round.
 */
#ifndef OB_SERVICE_JOBS_H
#define OB_SERVICE_JOBS_H

#include "db.h"
#include "ob/clock.h"
#include "ob/engine.h"
#include "ob/json.h"
#include "ob/service.h"

typedef struct ob_jobs ob_jobs;
typedef struct ob_run ob_run;

typedef struct ob_jobs_options {
    ob_db *db;
    const ob_fs *fs;
    const ob_clock *clock;
    const char *log_dir; /* of the failed-file logs; borrowed as all here */
} ob_jobs_options;

ob_status ob_jobs_new(const ob_jobs_options *options, ob_jobs **out);
/* Cancels what runs, wakes watchers, refuses what starts, and waits. */
void ob_jobs_stop(ob_jobs *jobs);
void ob_jobs_free(ob_jobs *jobs); /* stops; takes NULL */

/* What a job does. */
typedef struct ob_run_body {
    /* On the job's thread. OB_E_CANCELLED if it stopped because it was asked to. */
    ob_status (*run)(void *context, ob_run *run);
    void (*free)(void *context); /* after run, or if the job could not start */
    void *context;
} ob_run_body;

/* Takes body and detail (members of job.schema.json that are known already) over in every case.
 * OB_E_JOB_RUNNING; OB_E_BUSY when the agent stops. */
ob_status ob_jobs_start(ob_jobs *jobs, int32_t type, const ob_run_body *body, cJSON *detail,
                        ob_guid *id);
/* OB_E_JOB_RUNNING if one of this type runs: to refuse early. */
ob_status ob_jobs_check_free(ob_jobs *jobs, int32_t type);

/* See the functions of ob/service.h. */
ob_status ob_jobs_list(ob_jobs *jobs, uint32_t filter, int64_t *resume, size_t most,
                       ob_run_visit visit, void *context);
ob_status ob_jobs_watch(ob_jobs *jobs, const ob_guid *id, int64_t seen, uint32_t wait_ms,
                        ob_run_visit visit, void *context);
ob_status ob_jobs_cancel(ob_jobs *jobs, const ob_guid *id);

/* ---- for the body, on the job's thread ---- */

/* For the engine: progress, events and cancelling of this job. */
const ob_control *ob_run_control(ob_run *run);
bool ob_run_cancelled(ob_run *run);
ob_guid ob_run_id(const ob_run *run);
void ob_run_set_initialized(ob_run *run);
/* The final numbers. */
void ob_run_set_totals(ob_run *run, const ob_progress *totals);
/* Members of the job's detail. */
void ob_run_set_member(ob_run *run, const char *name, cJSON *node); /* takes the node over */
void ob_run_set_point(ob_run *run, const ob_guid *point);
void ob_run_set_incremental(ob_run *run, bool incremental);

#endif
