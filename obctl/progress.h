/* A job in words: the line that is redrawn, the plain line, and what is said at the end. */
#ifndef OBCTL_PROGRESS_H
#define OBCTL_PROGRESS_H

#include "ob/client.h"

#include <stddef.h>

/* 0 to 100; -1 when the job does not know its total yet. */
int ob_progress_percent(const ob_job *job);

/* "Completed with warnings": the state as people say it. */
const char *ob_progress_state(const ob_job *job);

/* One line of at most `width` columns: the file in work is cut to what is left. 0: not cut, and
 * without the file. */
void ob_progress_line(ob_buf *out, const ob_job *job, size_t width);

/* Some lines about a job that has ended, from its record and its detail. A detail that is no valid
 * document is passed over: the record itself is told in any case. */
void ob_progress_summary(ob_buf *out, const ob_job *job);

#endif
