/* The system's part of a secret at rest, one implementation a system. */
#ifndef OB_SEAL_H
#define OB_SEAL_H

#include "ob/buf.h"
#include "ob/fs.h"

/* OB_E_ACCESS_DENIED if others than this process's user could have read or written the file. */
ob_status ob_seal_check(const ob_file_info *info, const char *path);
/* Appends the sealed form of the bytes. */
ob_status ob_seal_close(ob_buf *out, const void *data, size_t length);
/* Appends what was sealed; `out` should have `secret` set. OB_E_SEAL if it does not open here. */
ob_status ob_seal_open(ob_buf *out, const void *data, size_t length);

#endif
