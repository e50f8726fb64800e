/* The manual page, from the table of commands. */
#ifndef OBCTL_MANUAL_H
#define OBCTL_MANUAL_H

#include "ob/buf.h"

/* obctl(1) in the language of man(7). */
void ob_manual_page(ob_buf *out);

#endif
