/* Files that the command line names. */
#ifndef OBCTL_INPUT_H
#define OBCTL_INPUT_H

#include "cli.h"
#include "ob/buf.h"

/* Reads a file of at most `most` bytes, "-" = standard input, into `out`, which keeps its `secret`.
 * OB_E_TOO_LARGE above; OB_E_NOT_FOUND and the like. */
ob_status ob_input_read(ob_cli *cli, const char *file, size_t most, ob_buf *out);

#endif
