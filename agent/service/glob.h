/*
 * Patterns of paths: parts between '/', in each of which * and ? stand for characters; a part that is
 * ** stands for any number of parts, none included. Pure; patterns and paths are keys (path_key.h).
 */
#ifndef OB_SERVICE_GLOB_H
#define OB_SERVICE_GLOB_H

#include "ob/status.h"

#include <stdbool.h>
#include <stddef.h>

#define OB_GLOB_PARTS 63u

/* Zero-initialise; without parts it matches nothing. */
typedef struct ob_glob {
    char *text; /* the parts, each with a NUL */
    const char *parts[OB_GLOB_PARTS];
    size_t count;
} ob_glob;

/* `pattern` is parts joined by '/', none empty. OB_E_POLICY_INVALID if they are too many. */
ob_status ob_glob_make(ob_glob *glob, const char *pattern);
void ob_glob_free(ob_glob *glob); /* takes a zeroed one */

/* What it says of a path, given as parts joined by '/'; "" has none. */
typedef struct ob_glob_match {
    bool whole;     /* it matches the path */
    bool above;     /* it may match one below it */
    unsigned depth; /* parts of the longest path above it that it matches; 0 = none */
} ob_glob_match;
ob_glob_match ob_glob_ask(const ob_glob *glob, const char *path);

#endif
