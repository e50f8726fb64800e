/*
 * Tagged fields, of which entries and manifests consist: varint (number * 2 + critical), varint
 * length, value. Fields stand in ascending order of their tags. A field that is not known is passed
 * over, unless it is critical.
 */
#ifndef OB_ENGINE_POINT_FIELD_H
#define OB_ENGINE_POINT_FIELD_H

#include "ob/buf.h"

#include <stdbool.h>

#define OB_FIELD_PLAIN(number) ((number)*2u)
#define OB_FIELD_CRITICAL(number) ((number)*2u + 1u)

typedef struct ob_field {
    uint64_t tag;
    ob_reader value;
} ob_field;

void ob_field_put(ob_buf *out, uint64_t tag, const void *value, size_t length);
void ob_field_put_number(ob_buf *out, uint64_t tag, uint64_t value); /* as a varint */

/* The next field of `in`: false at the end or after a failure, which `in` remembers. Tags smaller
 * than *last, or equal to it unless `repeats` says so, fail; *last starts as 0. */
bool ob_field_next(ob_reader *in, uint64_t *last, bool (*repeats)(uint64_t tag), ob_field *out);
/* A value that is one varint and nothing else; `limit` is the most it may be. */
uint64_t ob_field_number(ob_field *field, uint64_t limit);
/* What to answer for a field that is not known: OB_OK to pass over it, or OB_E_FORMAT_VERSION. */
ob_status ob_field_unknown(const ob_field *field, const char *what);

#endif
