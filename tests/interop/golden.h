/* Reads golden/METHOD.hex: a request and its response, as stub bytes. */
#ifndef GOLDEN_H
#define GOLDEN_H

#include <stddef.h>
#include <stdint.h>

typedef struct golden_part {
    uint8_t bytes[4096]; /* those of a handle, ??, are 0, 1, 2 … */
    uint8_t is_handle[4096];
    size_t length;
} golden_part;

typedef struct golden {
    golden_part request, response;
} golden;

enum { GOLDEN_METHODS = 20 };
extern const char *const golden_methods[GOLDEN_METHODS]; /* by opnum */

/* From the folder $OB_GOLDEN. Ends the test when the file is not there or malformed. */
void golden_load(golden *out, const char *method);
/* Ends the test when the bytes differ where they are not those of a handle. */
void golden_check(const char *method, const golden_part *part, const void *data, size_t length);

#endif
