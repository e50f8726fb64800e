/* Test vectors of the format, in tests/fixtures/format/: flat JSON objects of hex and other text,
 * which docs/FORMAT.md refers to. What is returned lives until the program ends. */
#ifndef OB_TEST_VECTORS_H
#define OB_TEST_VECTORS_H

#include "ob/buf.h"

ob_buf vector_bytes(const char *file, const char *name);
const char *vector_text(const char *file, const char *name);
/* The bytes are those wanted; else the test fails and prints them. */
void vector_check(const ob_buf *got, const ob_buf *wanted, const char *what);

#endif
