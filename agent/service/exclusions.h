/* What no backup needs: files in which the system keeps its memory, and what it keeps for itself.
 */
#ifndef OB_SERVICE_EXCLUSIONS_H
#define OB_SERVICE_EXCLUSIONS_H

#include "selection.h"

/* Zero-initialise. */
typedef struct ob_exclusions {
    char **paths;
    ob_spec *specs; /* weak ones: an include of the same path decides before them */
    size_t count;
} ob_exclusions;

/* For the volumes with these roots ("/", "C:\"). OB_E_NO_MEMORY. */
ob_status ob_exclusions_make(ob_exclusions *out, const char *const *volumes, size_t count,
                             bool windows);
void ob_exclusions_free(ob_exclusions *exclusions); /* takes a zeroed one */

#endif
