/*
 * Runs a command of a policy (policy_options.h) in bounded time, as a hook or as a source of data.
 * All that it started ends with it.
 */
#ifndef OB_SERVICE_COMMAND_H
#define OB_SERVICE_COMMAND_H

#include "ob/clock.h"
#include "policy_options.h"

/* Borrowed, must outlive what runs. */
typedef struct ob_command_host {
    const ob_clock *clock;
    const char *const *environment; /* as ob_process_options has it */
    bool (*stopped)(void *context); /* asked often; NULL: only the time limit ends it */
    void *context;
} ob_command_host;

/* Waits for its end. OB_E_COMMAND_FAILED if it cannot start, ends with another code than 0 or takes
 * too long: the detail has what it said last. OB_E_CANCELLED. */
ob_status ob_command_run(const ob_command *command, const ob_command_host *host);

typedef struct ob_command_stream ob_command_stream;

/* Starts one whose output is read; `command` is borrowed too. */
ob_status ob_command_open(const ob_command *command, const ob_command_host *host,
                          ob_command_stream **out);
/* Reads at most `size` bytes. *got = 0 is the end, told only if it ended with 0; else it fails as
 * ob_command_run() does. */
ob_status ob_command_read(ob_command_stream *stream, void *data, size_t size, size_t *got);
void ob_command_close(ob_command_stream *stream); /* takes NULL */

#endif
