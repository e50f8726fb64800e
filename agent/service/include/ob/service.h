/*
 * The service: what an administrator sees of the agent. Settings, registration, policies, jobs,
 * recovery points. Each function is one method of the control interface without its marshalling;
 * agent/control calls them and nothing else does.
 *
 * All functions may be called from any thread. Documents are UTF-8 JSON of idl/NAME.schema.json,
 * counted; results are appended to an ob_buf of the caller. `caller` names who asks, for the log:
 * each call that changes something is logged once, with its outcome. Every function may also give
 * OB_E_NO_MEMORY, and what the state database gives: OB_E_DISK_FULL, OB_E_ACCESS_DENIED, OB_E_IO,
 * OB_E_CORRUPT.
 */
#ifndef OB_SERVICE_H
#define OB_SERVICE_H

#include "ob/buf.h"
#include "ob/clock.h"
#include "ob/fs.h"
#include "ob/status.h"
#include "ob/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OB_SERVICE_INTERFACE_VERSION 1u

typedef struct ob_service ob_service;

typedef struct ob_service_options {
    const char *state_dir; /* absolute; made if absent */
    const ob_fs *fs;       /* must outlive the service, as the clock */
    const ob_clock *clock;
} ob_service_options;

/* Opens the state folder, or makes it. Jobs found running there are marked as failed
 * (OB_E_JOB_INTERRUPTED). OB_E_STATE_IN_USE if another agent has the folder; OB_E_FORMAT_VERSION if
 * a newer agent wrote it. */
ob_status ob_service_open(const ob_service_options *options, ob_service **out);
/* Cancels running jobs, waits until they have ended, answers waiting watchers and refuses new jobs.
 * May be called more than once. */
void ob_service_stop(ob_service *service);
/* Stops and frees; takes NULL. No other call may be in progress. Views still open become unusable
 * and are still to be closed by their owners. */
void ob_service_close(ob_service *service);

/* ---- the agent and this machine ---- */

/* agent.schema.json. */
ob_status ob_service_agent(ob_service *service, ob_buf *agent);
/* error.schema.json: the one place where an error becomes a document. `detail` may be NULL. */
ob_status ob_service_error(ob_status status, const char *detail, ob_buf *error);

/* OB_E_CREDENTIALS_*, OB_E_REGISTERED_ELSEWHERE, OB_E_VAULT_UNREACHABLE, OB_E_NOT_SUPPORTED for a
 * kind of address this version does not serve. */
ob_status ob_service_register(ob_service *service, const char *caller, const void *credentials,
                              size_t length, ob_buf *registration);
ob_status ob_service_get_settings(ob_service *service, ob_buf *settings);
/* The first passphrase makes the keys, or opens those that the vault holds for this machine
 * (OB_E_PASSPHRASE_WRONG); another one begins a new epoch; the same one changes nothing.
 * The document's bytes are the caller's to wipe. */
ob_status ob_service_set_settings(ob_service *service, const char *caller, const void *settings,
                                  size_t length);

/* ---- policies ---- */

/* An empty name is "default". OB_E_NO_POLICY. */
ob_status ob_service_get_policy(ob_service *service, const char *name, size_t length,
                                ob_buf *policy);
/* OB_E_POLICY_INVALID, OB_E_UNKNOWN_FIELD, OB_E_NOT_REGISTERED. `stored` gets the policy as kept.
 */
ob_status ob_service_set_policy(ob_service *service, const char *caller, const void *policy,
                                size_t length, ob_buf *stored);
/* Gets a borrowed document; what it returns on failure ends the listing. Must not call the service. */
typedef ob_status (*ob_policy_visit)(void *context, const char *policy);
/* One page, by name. *resume: 0 to start, 0 again at the end. */
ob_status ob_service_list_policies(ob_service *service, int64_t *resume, size_t most,
                                   ob_policy_visit visit, void *context);
ob_status ob_service_remove_policy(ob_service *service, const char *caller, const char *name,
                                   size_t length);

/* ---- jobs ---- */

enum ob_run_type { OB_RUN_BACKUP = 1, OB_RUN_RECOVERY = 2, OB_RUN_PRUNE = 3, OB_RUN_VERIFY = 4 };

enum ob_run_state {
    OB_RUN_UNKNOWN = 0,
    OB_RUN_STARTED = 1,
    OB_RUN_INITIALIZED = 2,
    OB_RUN_IN_PROGRESS = 3,
    OB_RUN_COMPLETED = 4,
    OB_RUN_COMPLETED_WITH_WARNINGS = 5,
    OB_RUN_ABORTING = 6,
    OB_RUN_ABORTED = 7,
    OB_RUN_FAILED = 8
};

/* The numbers of a job's record; OB_JOB of the IDL has what each one means. */
typedef struct ob_run_facts {
    ob_guid id;
    int32_t type;  /* ob_run_type */
    int32_t state; /* ob_run_state */
    ob_status status;
    int64_t revision;
    int64_t start_time, end_time;
    int64_t bytes_total, bytes_done, bytes_changed, bytes_stored;
    int64_t files_total, files_done, files_changed, files_failed;
    int64_t bytes_per_second, seconds_left;
} ob_run_facts;

typedef struct ob_run_record {
    ob_run_facts facts;
    const char *current; /* escaped UTF-8; "" if none */
    const char *detail;  /* job.schema.json */
} ob_run_record;

/* Gets a borrowed record, valid until it returns. What it returns on failure ends the listing and
 * is its result. Must not call the service. */
typedef ob_status (*ob_run_visit)(void *context, const ob_run_record *record);

/* Starts and returns. OB_E_NOT_REGISTERED, OB_E_PASSPHRASE_NOT_SET, OB_E_NO_POLICY,
 * OB_E_JOB_RUNNING (one of a type runs at a time), OB_E_INVALID_ARGUMENT. */
ob_status ob_service_start_backup(ob_service *service, const char *caller, const void *options,
                                  size_t length, ob_guid *job);
/* Also OB_E_NOT_FOUND (the recovery point), OB_E_PASSPHRASE_WRONG, OB_E_VAULT_UNREACHABLE. The
 * document's bytes are the caller's to wipe. */
ob_status ob_service_start_recovery(ob_service *service, const char *caller, const void *options,
                                    size_t length, ob_guid *job);

/* Deletes old recovery points by the policies' retention, or those that the options (prune.schema.json)
 * name, or brings such back; no document means by retention. Errors as for a backup, without NO_POLICY,
 * and OB_E_VAULT_UNREACHABLE; the job may end with OB_E_RETAINED, OB_E_NOT_FOUND,
 * OB_E_VAULT_INCOMPLETE. */
ob_status ob_service_start_prune(ob_service *service, const char *caller, const void *options,
                                 size_t length, ob_guid *job);
/* Looks at everything that this machine has in the vault; verify.schema.json. */
ob_status ob_service_start_verify(ob_service *service, const char *caller, const void *options,
                                  size_t length, ob_guid *job);

enum ob_run_filter {
    OB_RUN_FILTER_ALL = 0,
    OB_RUN_FILTER_RUNNING = 1,
    OB_RUN_FILTER_ENDED = 2,
    OB_RUN_FILTER_ENDED_WELL = 3,
    OB_RUN_FILTER_FAILED = 4
};

/* One page, newest first. *resume: 0 to start, 0 again at the end. */
ob_status ob_service_list_jobs(ob_service *service, uint32_t filter, int64_t *resume, size_t most,
                               ob_run_visit visit, void *context);
/* Visits the record once: as soon as its revision is not `seen`, at once if the job has ended, or
 * after `wait_ms`. OB_E_NOT_FOUND. */
ob_status ob_service_watch_job(ob_service *service, const ob_guid *id, int64_t seen,
                               uint32_t wait_ms, ob_run_visit visit, void *context);
/* OB_E_NOT_FOUND. OB_OK also for a job that has ended. */
ob_status ob_service_cancel_job(ob_service *service, const char *caller, const ob_guid *id);

/* ---- recovery points ---- */

typedef struct ob_point_record {
    ob_guid id;
    int64_t time;
    int64_t bytes, files;
    const char *sources; /* sources.schema.json */
} ob_point_record;
typedef ob_status (*ob_point_record_visit)(void *context, const ob_point_record *point);

/* One page, newest first; `source` counted, empty = all. OB_E_NOT_REGISTERED,
 * OB_E_PASSPHRASE_NOT_SET, OB_E_VAULT_UNREACHABLE. */
ob_status ob_service_list_points(ob_service *service, const char *source, size_t source_length,
                                 int64_t *resume, size_t most, ob_point_record_visit visit,
                                 void *context);

typedef struct ob_service_view ob_service_view;

typedef struct ob_item_record {
    int32_t type; /* ob_file_type */
    uint32_t mode;
    int64_t size;
    int64_t mtime;
    const char *path; /* NUL-ended bytes */
} ob_item_record;
typedef ob_status (*ob_item_record_visit)(void *context, const ob_item_record *item);

/* OB_E_NOT_FOUND, OB_E_CORRUPT, OB_E_SEAL; OB_E_BUSY when too many are open. */
ob_status ob_service_open_point(ob_service *service, const ob_guid *id, ob_service_view **out);
void ob_service_close_view(ob_service_view *view); /* takes NULL */
/* As ObBrowsePoint; `path` and `pattern` are counted and hold no NUL. */
ob_status ob_service_browse(ob_service_view *view, const char *path, size_t path_length,
                            const char *pattern, size_t pattern_length, int64_t *resume,
                            size_t most, ob_item_record_visit visit, void *context);

#endif
