/* The grammar of RFC 8259, checked before cJSON sees the text: cJSON takes more than the grammar
 * has ("01", raw control characters, bytes that are not UTF-8) and cannot say where it stopped. */
#ifndef OB_JSON_CHECK_H
#define OB_JSON_CHECK_H

#include "ob/status.h"

#include <stddef.h>

#define OB_JSON_DEPTH 32
/* cJSON copies a number into 64 bytes before it reads it. */
#define OB_JSON_NUMBER_MAX 62

/* A byte order mark in front is passed over. OB_E_SYNTAX with line and column in the detail. */
ob_status ob_json_check(const void *text, size_t length);

#endif
