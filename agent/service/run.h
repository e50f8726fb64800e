/*
 * One job while it runs: its numbers, what went wrong, whether it is to stop. The lock is that of
 * its host, under which all functions are called but for those that say otherwise.
 */
#ifndef OB_SERVICE_RUN_H
#define OB_SERVICE_RUN_H

#include "failed_log.h"
#include "jobs.h"
#include "ledger.h"
#include "ob/thread.h"
#include "rate.h"

#include <stdatomic.h>

#define OB_RUN_CURRENT_MOST 1024u

typedef struct ob_run_host {
    ob_jobs *owner;
    ob_mutex *lock;
    ob_cond *changed; /* broadcast with each new revision */
    const ob_fs *fs;
    const ob_clock *clock;
    const char *log_dir;
} ob_run_host;

struct ob_run {
    ob_run_host host;
    ob_thread *thread;
    ob_run_body body;
    ob_control control;
    ob_run_facts facts;
    char current[OB_RUN_CURRENT_MOST + 8]; /* with "…" and a NUL */
    cJSON *detail;                         /* without what the ledger and the error add */
    ob_ledger ledger;
    bool logged;       /* the log of failed files is there */
    ob_failed_log log; /* written by the engine's events only, one at a time, without the lock */
    ob_rate rate;
    ob_status status;          /* of the end */
    char error_detail[1024];   /* of the end */
    const char *cancel_reason; /* static; NULL = not cancelled */
    atomic_bool cancelled;     /* the same, for the engine to ask without the lock */
    bool ended;
    bool unwritten; /* the table could not take its end */
};

/* Takes body and detail over in every case. Without the lock. */
ob_status ob_run_new(const ob_run_host *host, int32_t type, const ob_run_body *body, cJSON *detail,
                     ob_run **out);
/* Its thread has ended or never started. Takes NULL. Without the lock. */
void ob_run_free(ob_run *run);

/* Asks it to stop; nothing if it has ended or was asked already. Takes NULL. `reason` is static. */
void ob_run_cancel(ob_run *run, const char *reason);
/* Keeps this thread's detail as why the run ended; from the job's thread, without the lock. */
void ob_run_copy_error(ob_run *run, ob_status status);
/* The numbers as they are once the run has ended with `status`. */
ob_run_facts ob_run_final_facts(const ob_run *run, ob_status status);
/* job.schema.json with a NUL that length counts. */
ob_status ob_run_print_detail(const ob_run *run, ob_status status, ob_buf *out);
ob_status ob_run_visit_record(const ob_run *run, ob_run_visit visit, void *context);

const char *ob_run_state_name(int32_t state); /* for the log: "completed with warnings" */

#endif
