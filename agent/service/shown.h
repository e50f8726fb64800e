/* Names made fit to be shown: escaped, and cut to a bounded length on a character. */
#ifndef OB_SERVICE_SHOWN_H
#define OB_SERVICE_SHOWN_H

#include <stdbool.h>
#include <stddef.h>

/* At most `most` bytes, and "…" if it was cut. `escape` false: only if it is not UTF-8. NULL
 * without memory; free with ob_free(). */
char *ob_shown(const char *name, size_t most, bool escape);

#endif
