/* The text of /proc/self/mountinfo (proc(5)), read as what it is: written by whoever mounts. */
#ifndef OB_POSIX_MOUNTINFO_H
#define OB_POSIX_MOUNTINFO_H

#include "ob/volumes.h"

#include <stddef.h>

/* Visits each line's mount; a line that is none is OB_E_SYNTAX. Texts are as the kernel means them,
 * its escapes (\040) resolved. What visit returns, OB_E_NO_MEMORY. */
ob_status ob_mountinfo_read(const char *text, size_t length, ob_volume_visit visit, void *context);

#endif
