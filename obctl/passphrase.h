/* Where a passphrase comes from: never from the command line, which every user of the machine can
 * read. */
#ifndef OBCTL_PASSPHRASE_H
#define OBCTL_PASSPHRASE_H

#include "cli.h"
#include "ob/buf.h"

/* `file`: read from there, "-" from standard input, NULL asked on the terminal, with `twice` two
 * times. `out` gets the text without the end of its line, with a NUL that its length does not
 * count; its `secret` is set. */
ob_status ob_passphrase_read(ob_cli *cli, const char *file, bool twice, ob_buf *out);

#endif
