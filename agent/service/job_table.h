/* The history of jobs in the state database. */
#ifndef OB_SERVICE_JOB_TABLE_H
#define OB_SERVICE_JOB_TABLE_H

#include "db.h"
#include "ob/service.h"

#define OB_JOBS_KEPT 10000

/* Adds a job that starts, and removes the oldest ended ones beyond `keep`. */
ob_status ob_job_table_add(ob_db *db, const ob_run_record *record, int64_t keep);
/* Writes the record of a job that is there. */
ob_status ob_job_table_update(ob_db *db, const ob_run_record *record);
/* OB_E_NOT_FOUND. Visits once; the transaction is open meanwhile. */
ob_status ob_job_table_find(ob_db *db, const ob_guid *id, ob_run_visit visit, void *context);
/* One page, newest first; see ob_service_list_jobs(). Ends early, with a key to go on by, after
 * about a megabyte of details. OB_E_INVALID_ARGUMENT for an unknown filter. */
ob_status ob_job_table_list(ob_db *db, uint32_t filter, int64_t *resume, size_t most,
                            ob_run_visit visit, void *context);
/* Marks jobs that have not ended as failed with OB_E_JOB_INTERRUPTED. */
ob_status ob_job_table_interrupt(ob_db *db, int64_t now, size_t *count);

#endif
