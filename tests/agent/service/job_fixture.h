/* Jobs over a database of the test's own, and a body that does what the test tells it, step by
 * step. */
#ifndef OB_TEST_JOB_FIXTURE_H
#define OB_TEST_JOB_FIXTURE_H

#include "jobs.h"
#include "ob/test.h"
#include "ob/thread.h"

typedef struct ob_test_jobs {
    ob_db *db;
    ob_jobs *jobs;
    const char *log_dir;
} ob_test_jobs;

void ob_test_jobs_open(ob_test_jobs *fixture);
void ob_test_jobs_close(ob_test_jobs *fixture);

/* The body waits before its end until it may go on, or is cancelled. */
typedef struct ob_test_body {
    ob_mutex lock;
    ob_cond changed;
    bool may_end;
    bool ignore_cancel;
    bool freed;
    ob_status result;         /* what it ends with unless it was cancelled */
    void (*act)(ob_run *run); /* before it waits; may be NULL */
    ob_run *run;              /* once it runs */
} ob_test_body;

void ob_test_body_init(ob_test_body *body);
ob_run_body ob_test_body_of(ob_test_body *body);
void ob_test_body_release(ob_test_body *body); /* it may end */
void ob_test_body_wait_running(ob_test_body *body);

/* What a visit saw last. */
typedef struct ob_test_seen {
    ob_run_facts facts;
    const char *current;
    const char *detail;
    size_t count;
} ob_test_seen;
ob_status ob_test_see(void *context, const ob_run_record *record);
/* Watches until it has ended (at most 20 s), and answers its record. */
ob_test_seen ob_test_wait_end(ob_jobs *jobs, const ob_guid *id);

#endif
