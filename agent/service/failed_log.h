/*
 * The failed-file log of a job: one line a file that failed, in a text file of the state folder
 * that is made with the first of them. A bounded number of logs is kept.
 *
 * A line: symbol, tab, escaped path, tab, detail.
 */
#ifndef OB_SERVICE_FAILED_LOG_H
#define OB_SERVICE_FAILED_LOG_H

#include "ob/fs.h"
#include "ob/text.h"

#define OB_FAILED_LOGS_KEPT 50u

typedef struct ob_failed_log {
    const ob_fs *fs;
    char *path;    /* its name has the time first, so that names sort by age */
    ob_file *file; /* NULL until a line was written */
    uint64_t size;
    ob_status status; /* why it is not complete; no more is written then */
} ob_failed_log;

ob_status ob_failed_log_init(ob_failed_log *log, const ob_fs *fs, const char *folder, int64_t now,
                             const ob_guid *job);
void ob_failed_log_add(ob_failed_log *log, ob_status status, const char *path, const char *detail);
/* Ends writing; the path stays. */
void ob_failed_log_finish(ob_failed_log *log);
void ob_failed_log_free(ob_failed_log *log); /* takes a zeroed one */

/* Removes the oldest logs of the folder but for the newest `keep`. */
ob_status ob_failed_log_prune(const ob_fs *fs, const char *folder, size_t keep);

#endif
