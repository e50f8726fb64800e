/*
 * Life as a service. POSIX: the foreground, or under systemd with sd_notify (the protocol of
 * sd_notify(3): datagrams to $NOTIFY_SOCKET); SIGTERM and SIGINT ask to stop. Windows: the service
 * control manager, or the console with Ctrl-C.
 */
#ifndef OB_DAEMON_H
#define OB_DAEMON_H

#include "ob/status.h"

#include <stdbool.h>

typedef struct ob_daemon_program {
    /* Runs until `stop` is called from another thread. Calls ob_daemon_ready() once it serves. */
    ob_status (*run)(void *context);
    void (*stop)(void *context); /* may be called more than once and from any thread */
    void *context;
} ob_daemon_program;

/* Runs the program; as_service: under the control manager (Windows; elsewhere no difference). */
ob_status ob_daemon_main(const char *service_name, bool as_service,
                         const ob_daemon_program *program);
void ob_daemon_ready(void);                    /* READY=1; SERVICE_RUNNING */
void ob_daemon_status_text(const char *text);  /* STATUS=…; nothing on Windows */
void ob_daemon_stopping(void);                 /* STOPPING=1; SERVICE_STOP_PENDING */

#endif
