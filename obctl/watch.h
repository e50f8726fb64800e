/* Watching a job until it ends or Ctrl-C. */
#ifndef OBCTL_WATCH_H
#define OBCTL_WATCH_H

#include "cli.h"

/* Shows the job's progress as the output asks for: a line that is redrawn, plain lines, or one line
 * of JSON for each change. Ctrl-C leaves the job running. Returns the exit code: by how the job
 * ended, or OB_EXIT_INTERRUPTED. */
int ob_watch_job(ob_cli *cli, const ob_guid *id);

/* The parts of it, for jobs that run in this process. */
typedef struct ob_watch {
    ob_cli *cli;
    int32_t state;     /* shown last; -1 = nothing yet */
    uint64_t plain_at; /* when the last plain line was written */
    bool line_drawn;   /* the cursor stands behind a line to be redrawn */
} ob_watch;
ob_watch ob_watch_of(ob_cli *cli);
/* Shows a record, or the summary of a job that has ended. An exit code. */
int ob_watch_show(ob_watch *self, const ob_job *job);
/* Takes the line that is redrawn away, before anything else is written. */
void ob_watch_clear(ob_watch *self);

/* The exit code that a job's end stands for. */
int ob_watch_exit_code(const ob_job *job);

#endif
