/* The terminal that a person sits at. */
#ifndef OB_TERMINAL_H
#define OB_TERMINAL_H

#include "ob/buf.h"
#include "ob/status.h"

#include <stdbool.h>

bool ob_terminal_is_output(void);  /* standard output is a terminal */
bool ob_terminal_is_input(void);   /* standard input is a terminal */
unsigned ob_terminal_width(void);  /* columns; 80 if not known */
/* Asks on the terminal without echo. `secret` gets the line without its end; its `secret` is set. */
ob_status ob_terminal_ask_secret(const char *prompt, ob_buf *secret);
/* From now on Ctrl-C only sets what ob_terminal_interrupted() answers; a second one ends the process
 * as ever. */
void ob_terminal_catch_interrupt(void);
bool ob_terminal_interrupted(void);
/* From now on output that nobody reads any more is an error of the write and not the end of the
 * process. */
void ob_terminal_outlive_reader(void);
/* Makes standard output take UTF-8 and escape sequences where that has to be asked for. */
void ob_terminal_prepare(void);

#endif
