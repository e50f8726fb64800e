/*
 * Programs that this process runs: started without a shell, with a group of their own so that all
 * they start can be ended with them, their output read in bounded time. Their standard input is
 * empty. One thread at a time uses one of them.
 */
#ifndef OB_PROCESS_H
#define OB_PROCESS_H

#include "ob/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OB_PROCESS_TAIL 2048u /* bytes kept of what a program says beside its output */

typedef struct ob_process ob_process;

typedef struct ob_process_options {
    const char *const *argv; /* NULL-ended; argv[0] is the program's absolute path */
    /* "NAME=value", set beside this process's own environment; NULL-ended, may be NULL. */
    const char *const *environment;
    bool one_output; /* what goes to standard error comes with the standard output */
} ob_process_options;

/* OB_E_NOT_FOUND and OB_E_ACCESS_DENIED of the program, OB_E_NO_MEMORY, OB_E_IO. */
ob_status ob_process_start(const ob_process_options *options, ob_process **out);
/* Ends the program and its group if they still run, and frees. On Linux they have two seconds to clean
 * up. Takes NULL. */
void ob_process_close(ob_process *process);

/* Waits up to `ms` for output and reads at most `size` bytes (> 0) of it. *got = 0: nothing came
 * until then; *ended: and no more will, for all who could write it have closed it. */
ob_status ob_process_read(ob_process *process, void *data, size_t size, uint32_t ms, size_t *got,
                          bool *ended);
/* Waits up to `ms` for the program's end. *code: what it ended with, 128 + N if signal N ended it;
 * only set with *ended. */
ob_status ob_process_wait(ob_process *process, uint32_t ms, bool *ended, int64_t *code);
/* The end of what it wrote to standard error so far, as bytes of the program's choice with a NUL
 * behind; "" with one_output. Valid until the next call. */
const char *ob_process_errors(ob_process *process);

#endif
