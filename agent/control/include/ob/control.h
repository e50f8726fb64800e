/*
 * The control interface (idl/onlinebackup.idl) on the wire: opens the local endpoint, lets only
 * those in who may, and hands each call to the service. One a process.
 */
#ifndef OB_CONTROL_H
#define OB_CONTROL_H

#include "ob/service.h"

#include <stdbool.h>

/* Who calls, and whether he may. */
typedef struct ob_control_caller {
    bool allowed;
    char text[200]; /* for the log: "uid 0 (pid 4711)" */
} ob_control_caller;

/* Decides on the caller of the call in progress, before its arguments are looked at. */
typedef void (*ob_control_gate)(ob_control_caller *out);

typedef struct ob_control_options {
    ob_service *service;
    const char *endpoint; /* NULL: ob_host_control_endpoint() */
    /* NULL: local administrators, as every program of the product has it. A test that serves other
     * transports brings its own. */
    ob_control_gate gate;
    /* Called once the interface is registered and before it listens, to add transports; may be
     * NULL. */
    ob_status (*add_endpoints)(void *context);
    void *context;
} ob_control_options;

/* Serves from now on, on threads of its own. OB_E_BUSY if another agent has the endpoint. */
ob_status ob_control_start(const ob_control_options *options);
/* No new calls; those in progress go on. Any thread, also more than once. */
void ob_control_stop(void);
/* After ob_control_stop(): waits until all calls have ended and open views have run down. What the
 * calls wait for must have been ended by ob_service_stop(). */
void ob_control_finish(void);

#endif
