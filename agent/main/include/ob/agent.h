/* The agent as a whole: service and control interface, from start to graceful stop. */
#ifndef OB_AGENT_H
#define OB_AGENT_H

#include "ob/control.h"
#include "ob/log.h"

#define OB_AGENT_NAME "obagent" /* of the service */

typedef struct ob_agent_options {
    const char *state_dir; /* NULL: ob_host_state_dir() */
    const char *endpoint;  /* NULL: ob_host_control_endpoint() */
    ob_log_level log_level;
    bool as_service; /* under the service control manager of Windows */
    /* See ob_control_options; all zero in every program of the product. */
    ob_control_gate gate;
    ob_status (*add_endpoints)(void *context);
    void *context;
} ob_agent_options;

/* Runs until the system or the user asks to stop: then running jobs are cancelled and marked so. */
ob_status ob_agent_run(const ob_agent_options *options);

/* ---- the command line ---- */

typedef enum ob_agent_action {
    OB_AGENT_RUN,
    OB_AGENT_INSTALL,   /* as a service of Windows that runs with these options */
    OB_AGENT_UNINSTALL, /* what ends the service; state and settings stay */
    OB_AGENT_HELP,
    OB_AGENT_VERSION
} ob_agent_action;

/* `argv` ends with NULL, the program's name first. OB_E_INVALID_ARGUMENT with the detail for the
 * user. Texts are borrowed from argv. */
ob_status ob_agent_parse(char *const *argv, ob_agent_options *options, ob_agent_action *action);
/* Makes the agent a service that runs with these options; see ob_daemon_install(). */
ob_status ob_agent_install(const ob_agent_options *options);
/* The text of --help, appended. */
void ob_agent_help(ob_buf *out);
/* Parses, acts and prints what is to be printed; `base` has what the command line does not say.
 * Returns main()'s result: 0, 1 (it failed), 2 (the command line is wrong). */
int ob_agent_main(int argc, char **argv, const ob_agent_options *base);

#endif
