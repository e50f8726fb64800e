/* What the jobs do: a backup of a policy, a recovery from a point, deletion, a look at the vault. */
#ifndef OB_SERVICE_WORK_H
#define OB_SERVICE_WORK_H

#include "jobs.h"
#include "session.h"

/* Reads backup.schema.json, checks what can be checked at once and starts the job. */
ob_status ob_backup_start(ob_jobs *jobs, const ob_session_host *host, const void *options,
                          size_t length, ob_guid *job);
/* The same with recovery.schema.json. */
ob_status ob_recovery_start(ob_jobs *jobs, const ob_session_host *host, const void *options,
                            size_t length, ob_guid *job);
/* The same with prune.schema.json; no document is as an empty one. */
ob_status ob_prune_start(ob_jobs *jobs, const ob_session_host *host, const void *options,
                         size_t length, ob_guid *job);
/* The same with verify.schema.json. */
ob_status ob_verify_start(ob_jobs *jobs, const ob_session_host *host, const void *options,
                          size_t length, ob_guid *job);

#endif
