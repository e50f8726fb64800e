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

/* Runs the program; as_service: under the control manager (Windows; elsewhere no difference). From
 * then on large blocks of memory go back to the system when they are freed. */
ob_status ob_daemon_main(const char *service_name, bool as_service,
                         const ob_daemon_program *program);
void ob_daemon_ready(void);                   /* READY=1; SERVICE_RUNNING */
void ob_daemon_status_text(const char *text); /* STATUS=…; nothing on Windows */
void ob_daemon_stopping(void);                /* STOPPING=1; SERVICE_STOP_PENDING */

/* How the service control manager is to start this program. Texts are UTF-8. */
typedef struct ob_daemon_setup {
    const char *name;             /* of the service */
    const char *title;            /* as people see it */
    const char *description;      /* one sentence */
    const char *const *arguments; /* of the program, NULL-ended */
} ob_daemon_setup;

/* Makes this program a service of Windows: started some minutes after the system, restarted when it
 * fails, given time to end before the system goes down. A service of this name is changed to that;
 * a running one takes it up when it starts next. Elsewhere OB_E_NOT_SUPPORTED, with the detail that
 * a unit of systemd does this. OB_E_ACCESS_DENIED for who is no administrator. */
ob_status ob_daemon_install(const ob_daemon_setup *setup);
/* Stops the service and takes it away. OB_E_NOT_FOUND if there is none, OB_E_TIMEOUT if it does not
 * stop (it is gone as soon as it does). */
ob_status ob_daemon_uninstall(const char *name);

#endif
