/*
 * What went not quite right in one job: failed files (the first ones by name, all in the
 * failed-file log) and warnings, counted by kind. One thread at a time.
 */
#ifndef OB_SERVICE_LEDGER_H
#define OB_SERVICE_LEDGER_H

#include "failed_log.h"
#include "ob/engine.h"
#include "ob/json.h"

#define OB_LEDGER_FAILED 100u
#define OB_LEDGER_KINDS 24u
#define OB_LEDGER_TEXT_MOST 1024u /* bytes of a path in the job's detail; the log has all of it */

typedef struct ob_ledger_failure {
    char *path; /* escaped */
    char *detail;
    ob_status status;
} ob_ledger_failure;

/* Zero-initialise. */
typedef struct ob_ledger {
    ob_ledger_failure failures[OB_LEDGER_FAILED];
    size_t failure_count;
    struct {
        char kind[48]; /* "changed", "not_kept_acl" */
        ob_event_kind event;
        uint64_t count;
        char *first; /* path of the first, escaped; NULL without memory */
    } kinds[OB_LEDGER_KINDS];
    size_t kind_count;
    bool any; /* something was not quite right: the job ends with warnings */
} ob_ledger;

void ob_ledger_note(ob_ledger *ledger, const ob_event *event);
void ob_ledger_free(ob_ledger *ledger);

/* The members "warnings" and "failed" of job.schema.json, added to `detail`. */
void ob_ledger_json(const ob_ledger *ledger, cJSON *detail, bool *failed);

#endif
