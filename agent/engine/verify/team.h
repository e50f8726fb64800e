/* Work on many things of a kind by several threads. */
#ifndef OB_ENGINE_VERIFY_TEAM_H
#define OB_ENGINE_VERIFY_TEAM_H

#include "ob/status.h"

#include <stddef.h>

#define OB_TEAM_MOST 8u

/* Is given each number below the count once. */
typedef ob_status (*ob_team_work)(void *context, size_t item);

/* Works with up to `workers` threads, this one included; with fewer when some cannot be started.
 * The first failure ends it, with its detail as this thread's. */
ob_status ob_team_run(unsigned workers, size_t count, ob_team_work work, void *context);

#endif
