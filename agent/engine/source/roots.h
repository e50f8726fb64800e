/* Where a walk starts: the roots of a selection as paths in the point. */
#ifndef OB_ENGINE_SOURCE_ROOTS_H
#define OB_ENGINE_SOURCE_ROOTS_H

#include "ob/engine.h"

/* Zero-initialise. Each root is there once, in the order of the file list. */
typedef struct ob_roots {
    char **outer; /* walked one after the other */
    size_t outer_count;
    char **inner; /* those that lie in another, and are walked with it */
    size_t inner_count;
} ob_roots;

/* OB_E_INVALID_ARGUMENT for a root that is no canonical path, OB_E_NO_MEMORY. */
ob_status ob_roots_take(ob_roots *roots, const ob_selection *selection);
void ob_roots_free(ob_roots *roots);

/* True if `path` is an inner root itself. */
bool ob_roots_has_inner(const ob_roots *roots, const char *path);
/* True if an inner root lies somewhere below the path. */
bool ob_roots_lie_below(const ob_roots *roots, const char *path, size_t length);

#endif
