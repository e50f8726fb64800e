/* Completion of command lines in a shell, from the table of commands. */
#ifndef OBCTL_COMPLETION_H
#define OBCTL_COMPLETION_H

#include "ob/buf.h"

/* A script for bash, to be sourced. */
void ob_completion_bash(ob_buf *out);

#endif
