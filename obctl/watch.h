/* Watching a job until it ends or Ctrl-C. */
#ifndef OBCTL_WATCH_H
#define OBCTL_WATCH_H

#include "cli.h"

/* Shows the job's progress as the output asks for: a line that is redrawn, plain lines, or one line
 * of JSON for each change. Ctrl-C leaves the job running. Returns the exit code: by how the job
 * ended, or OB_EXIT_INTERRUPTED. */
int ob_watch_job(ob_cli *cli, const ob_guid *id);

/* The exit code that a job's end stands for. */
int ob_watch_exit_code(const ob_job *job);

#endif
