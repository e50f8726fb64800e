/*
 * An agent in the test's own process, over the real runtime: it answers what the test has set and
 * keeps what it was asked. One at a time.
 */
#ifndef FAKE_AGENT_H
#define FAKE_AGENT_H

#include "ob/client.h"
#include "ob/test.h"

#include <stdatomic.h>

#define FAKE_METHODS 20
enum fake_method {
    FAKE_NEGOTIATE,
    FAKE_DESCRIBE,
    FAKE_REGISTER,
    FAKE_GET_SETTINGS,
    FAKE_SET_SETTINGS,
    FAKE_GET_POLICY,
    FAKE_SET_POLICY,
    FAKE_REMOVE_POLICY,
    FAKE_START_BACKUP,
    FAKE_LIST_JOBS,
    FAKE_WATCH_JOB,
    FAKE_CANCEL_JOB,
    FAKE_LIST_POINTS,
    FAKE_OPEN_POINT,
    FAKE_BROWSE_POINT,
    FAKE_CLOSE_POINT,
    FAKE_START_RECOVERY,
    FAKE_LIST_POLICIES,
    FAKE_START_PRUNE,
    FAKE_START_VERIFY
};

#define FAKE_RECORDS 8

typedef struct fake_agent {
    /* What it answers. */
    unsigned version;                 /* of ObNegotiate: 1 */
    ob_status status[FAKE_METHODS];   /* of each method: OB_OK */
    const char *error;                /* document of every failure; NULL = none */
    const char *answer[FAKE_METHODS]; /* documents: "{}" */
    ob_job jobs[FAKE_RECORDS];        /* texts borrowed; NULL = empty */
    size_t job_count;                 /* of ObListJobs, which gives one page after another */
    size_t watch_count;               /* ObWatchJob goes through so many of `jobs`, then stays */
    const char *policies[FAKE_RECORDS]; /* documents */
    size_t policy_count;
    ob_point points[FAKE_RECORDS];
    size_t point_count;
    ob_item items[FAKE_RECORDS];
    size_t item_count;
    ob_guid started;               /* the job that is started */
    atomic_int lose[FAKE_METHODS]; /* so many calls meet an agent that was restarted */

    /* What it was asked. */
    atomic_int calls[FAKE_METHODS];
    char input[4096]; /* last bytes that came in, with a NUL */
    char pattern[256];
    ob_guid id; /* last job or point that was named */
    int64_t seen;
    unsigned number; /* filter, wait or status */
    unsigned most;
    atomic_int open_views;
    atomic_int rundowns;
} fake_agent;
extern fake_agent fake;

/* Resets `fake` and serves at an endpoint of its own. */
void fake_agent_start(void);
void fake_agent_stop(void);
/* Stops and serves again at the same endpoint: all connections and handles are lost. */
void fake_agent_restart(void);
const char *fake_agent_endpoint(void);
/* A connection to it. */
ob_client *fake_agent_connect(void);

/* For the tests' own checks of this thread's error. */
void fake_check_error(ob_status status, const char *detail_part);

/* ---- posix/fake_server.c, windows/fake_server.c ---- */

/* A fresh name for an endpoint; lives until the program ends. */
const char *fake_server_name(void);
void fake_server_start(const char *endpoint, void *spec);
void fake_server_stop(void *spec);
/* Ends the call as if the agent did not know the caller any more: OB_E_AGENT_UNREACHABLE for the
 * client. `message` is the runtime's. */
void fake_server_lose(void *message);

#endif
