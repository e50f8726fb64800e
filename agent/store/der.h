/*
 * Writing DER (X.690): tag, shortest length, value. Tags are single bytes. A failure sticks to
 * `out` as with all of ob/buf.h.
 */
#ifndef OB_DER_H
#define OB_DER_H

#include "ob/buf.h"

enum ob_der_tags {
    OB_DER_INTEGER = 0x02,
    OB_DER_OCTETS = 0x04,
    OB_DER_OID = 0x06,
    OB_DER_SEQUENCE = 0x30,
    OB_DER_SET = 0x31,
    OB_DER_CONTEXT_0 = 0xA0
};

void ob_der_put(ob_buf *out, uint8_t tag, const void *value, size_t length);
/* The same with the bytes of a buffer, which is freed; its failure becomes that of `out`. */
void ob_der_wrap(ob_buf *out, uint8_t tag, ob_buf *value);

#endif
