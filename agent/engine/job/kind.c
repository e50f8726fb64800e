#include "job/kind.h"

#include <stddef.h>

const char *ob_kind_not_kept(ob_file_type type)
{
    switch (type) {
    case OB_FILE_REGULAR:
    case OB_FILE_DIR:
    case OB_FILE_SYMLINK:
    case OB_FILE_FIFO:
    case OB_FILE_CHAR_DEVICE:
    case OB_FILE_BLOCK_DEVICE:
    case OB_FILE_OTHER:
        return NULL;
    case OB_FILE_SOCKET:
        break;
    }
    return "socket"; /* its other end is a process */
}

const char *ob_kind_of(ob_file_type type)
{
    switch (type) {
    case OB_FILE_FIFO:
        return "fifo";
    case OB_FILE_CHAR_DEVICE:
        return "character device";
    case OB_FILE_BLOCK_DEVICE:
        return "block device";
    case OB_FILE_OTHER:
        return "reparse point";
    default:
        return ob_kind_not_kept(type);
    }
}
