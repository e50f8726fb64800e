/*
 * The log of the service: one line an event, to standard error (journald understands the <N>
 * prefix when $JOURNAL_STREAM is set) and to a file of the state folder. Only agent/service and
 * the main programs log; library code returns errors.
 */
#ifndef OB_LOG_H
#define OB_LOG_H

#include "ob/status.h"

typedef enum ob_log_level {
    OB_LOG_ERROR = 3, /* syslog's numbers */
    OB_LOG_WARNING = 4,
    OB_LOG_INFO = 6,
    OB_LOG_DEBUG = 7
} ob_log_level;

/* `path` NULL: standard error only. May be called again. */
ob_status ob_log_open(const char *path, ob_log_level most);
void ob_log_close(void);
/* One line: "2026-01-31T12:00:00Z info message". Control characters are escaped. */
void ob_log(ob_log_level level, const char *format, ...) OB_PRINTF(2, 3);

#endif
