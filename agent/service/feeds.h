/* The commands of a policy as feeds of the engine: their output is backed up. */
#ifndef OB_SERVICE_FEEDS_H
#define OB_SERVICE_FEEDS_H

#include "jobs.h"
#include "policy.h"

/* Zero-initialise. */
typedef struct ob_command_feeds {
    ob_feed *feeds;
    size_t count;
    struct ob_command_feed *commands; /* contexts of the feeds */
    char *environment[3];             /* OB_POLICY, OB_JOB */
} ob_command_feeds;

/* For one job: `policy` and `run` are borrowed, and *out must stay where it is. Cancelling the job
 * stops a command. OB_E_NO_MEMORY. */
ob_status ob_command_feeds_make(ob_command_feeds *out, const ob_policy *policy, ob_run *run);
void ob_command_feeds_free(ob_command_feeds *feeds); /* takes a zeroed one */

#endif
