#include "ob/host.h"

ob_status ob_guid_new(ob_guid *out)
{
    ob_guid guid;
    ob_status status = ob_random(guid.bytes, sizeof guid.bytes);
    if (OB_FAILED(status)) {
        return status;
    }
    guid.bytes[6] = (uint8_t)((guid.bytes[6] & 0x0F) | 0x40); /* version 4: RFC 4122, 4.1.3 */
    guid.bytes[8] = (uint8_t)((guid.bytes[8] & 0x3F) | 0x80); /* variant: 4.1.1 */
    *out = guid;
    return OB_OK;
}
