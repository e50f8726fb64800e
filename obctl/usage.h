/* The help, from the table of commands. */
#ifndef OBCTL_USAGE_H
#define OBCTL_USAGE_H

#include "commands.h"
#include "ob/buf.h"

/* Of the whole program: its commands, common options and exit codes. */
void ob_usage_program(ob_buf *out);
/* What an exit code means, by position; NULL past the end. */
const char *ob_usage_exit_code(size_t position, int *code);
/* Of a noun that has verbs. */
void ob_usage_noun(ob_buf *out, const char *noun);
/* Of one command. */
void ob_usage_command(ob_buf *out, const ob_command *command);

#endif
