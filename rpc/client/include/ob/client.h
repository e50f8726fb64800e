/*
 * libobclient: typed calls to an agent, the same on both systems. Over it stand obctl and the COM
 * library; they hold no logic of their own.
 *
 * A connection may be used by several threads. Every failing call leaves the agent's error document
 * in the thread's ob_client_error(). Results that own memory have a free function, which takes NULL
 * or a zeroed struct.
 */
#ifndef OB_CLIENT_H
#define OB_CLIENT_H

#include "ob/buf.h"
#include "ob/status.h"
#include "ob/text.h"

#include <stdbool.h>

typedef struct ob_client ob_client;

/* `endpoint` NULL: the agent of this machine at its default place, or where the environment
 * variable OBAGENT_ENDPOINT says: a socket's path on Linux, an ncalrpc endpoint on Windows; a
 * string binding ("ncacn_ip_tcp:127.0.0.1[4711]") where this build has that transport.
 * Negotiates the interface's version. OB_E_AGENT_UNREACHABLE, OB_E_ACCESS_DENIED, OB_E_VERSION. */
ob_status ob_client_connect(const char *endpoint, ob_client **out);
void ob_client_close(ob_client *client); /* takes NULL */

/* Why this thread's last call failed. Texts are valid until the thread's next call. */
typedef struct ob_client_error {
    ob_status status;
    const char *symbol, *message, *advice, *detail; /* never NULL */
    uint32_t code;                                  /* MARS code, 0 = none */
} ob_client_error;
const ob_client_error *ob_client_last_error(void);

typedef struct ob_job {
    ob_guid id;
    int32_t type;  /* ob_job_type */
    int32_t state; /* ob_job_state */
    ob_status status;
    int64_t revision, start_time, end_time;
    int64_t bytes_total, bytes_done, bytes_changed, bytes_stored;
    int64_t files_total, files_done, files_changed, files_failed;
    int64_t bytes_per_second, seconds_left;
    char *current; /* escaped UTF-8, never NULL after a successful call */
    char *detail;  /* JSON, job.schema.json */
} ob_job;
enum ob_job_type { OB_JOB_BACKUP = 1, OB_JOB_RECOVERY = 2, OB_JOB_PRUNE = 3, OB_JOB_VERIFY = 4 };
enum ob_job_state {
    OB_JOB_UNKNOWN = 0,
    OB_JOB_STARTED = 1,
    OB_JOB_INITIALIZED = 2,
    OB_JOB_IN_PROGRESS = 3,
    OB_JOB_COMPLETED = 4,
    OB_JOB_COMPLETED_WITH_WARNINGS = 5,
    OB_JOB_ABORTING = 6,
    OB_JOB_ABORTED = 7,
    OB_JOB_FAILED = 8
};
bool ob_job_has_ended(const ob_job *job);
const char *ob_job_type_name(int32_t type);   /* "Backup" */
const char *ob_job_state_name(int32_t state); /* "InProgress", "CompletedWithWarning", as MARS */
void ob_job_free(ob_job *job);

typedef struct ob_point {
    ob_guid id;
    int64_t time, bytes, files;
    char *sources; /* JSON, sources.schema.json */
} ob_point;
void ob_point_free(ob_point *point);

typedef struct ob_item {
    int32_t type;
    uint32_t mode;
    int64_t size, mtime;
    char *path; /* as stored; NUL-ended */
} ob_item;
void ob_item_free(ob_item *item);

/* Documents come as JSON text with a NUL that length does not count. */
ob_status ob_client_agent(ob_client *client, ob_buf *agent);
ob_status ob_client_describe(ob_client *client, ob_status status, ob_buf *description);
ob_status ob_client_register(ob_client *client, const void *credentials, size_t length,
                             ob_buf *registration);
/* Reads the file on the caller's side (his rights, his drives). Must be named *.VaultCredentials in
 * any case of letters: OB_E_INVALID_ARGUMENT. */
ob_status ob_client_register_file(ob_client *client, const char *path, ob_buf *registration);
ob_status ob_client_get_settings(ob_client *client, ob_buf *settings);
ob_status ob_client_set_settings(ob_client *client, const char *settings, size_t length);
ob_status ob_client_get_policy(ob_client *client, const char *name, ob_buf *policy);
ob_status ob_client_set_policy(ob_client *client, const char *policy, size_t length,
                               ob_buf *stored);
/* One page, by name; *resume 0 to start and 0 at the end. JSON texts (policy.schema.json): free each
 * and the array with ob_free(). */
ob_status ob_client_list_policies(ob_client *client, int64_t *resume, unsigned most,
                                  char ***policies, size_t *count);
ob_status ob_client_remove_policy(ob_client *client, const char *name);
ob_status ob_client_start_backup(ob_client *client, const char *options, size_t length,
                                 ob_guid *job);
ob_status ob_client_start_recovery(ob_client *client, const char *options, size_t length,
                                   ob_guid *job);
/* Deletes recovery points or brings them back (prune.schema.json); length 0: by retention. */
ob_status ob_client_start_prune(ob_client *client, const char *options, size_t length,
                                ob_guid *job);
ob_status ob_client_start_verify(ob_client *client, const char *options, size_t length,
                                 ob_guid *job);
enum ob_job_filter {
    OB_JOBS_ALL = 0,
    OB_JOBS_RUNNING = 1,
    OB_JOBS_ENDED = 2,
    OB_JOBS_SUCCESSFUL = 3, /* with or without warnings */
    OB_JOBS_FAILED = 4
};
/* One page; *resume 0 to start and 0 at the end. Free each record, then the array with ob_free(). */
ob_status ob_client_list_jobs(ob_client *client, unsigned filter, int64_t *resume, unsigned most,
                              ob_job **jobs, size_t *count);
ob_status ob_client_watch_job(ob_client *client, const ob_guid *id, int64_t seen, unsigned wait_ms,
                              ob_job *job);
ob_status ob_client_cancel_job(ob_client *client, const ob_guid *id);
ob_status ob_client_list_points(ob_client *client, const char *source, int64_t *resume,
                                unsigned most, ob_point **points, size_t *count);

typedef struct ob_client_view ob_client_view;
ob_status ob_client_open_point(ob_client *client, const ob_guid *id, ob_client_view **out);
ob_status ob_client_browse(ob_client_view *view, const char *path, const char *pattern,
                           int64_t *resume, unsigned most, ob_item **items, size_t *count);
void ob_client_close_view(ob_client_view *view); /* takes NULL */

#endif
