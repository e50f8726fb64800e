#include "../seal.h"

#include <unistd.h>

ob_status ob_seal_check(const ob_file_info *info, const char *path)
{
    if (info->uid != geteuid()) {
        return ob_fail(OB_E_ACCESS_DENIED, "%s belongs to another user", path);
    }
    if ((info->mode & 077) != 0) {
        return ob_fail(OB_E_ACCESS_DENIED, "%s is open to others (mode %04o, not 0600)", path,
                       (unsigned)info->mode);
    }
    return OB_OK;
}

ob_status ob_seal_close(ob_buf *out, const void *data, size_t length)
{
    ob_buf_put(out, data, length);
    return ob_buf_status(out);
}

ob_status ob_seal_open(ob_buf *out, const void *data, size_t length)
{
    ob_buf_put(out, data, length);
    return ob_buf_status(out);
}
