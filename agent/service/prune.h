/* Deletion of old recovery points: what the policies say, for one run of the engine. */
#ifndef OB_SERVICE_PRUNE_H
#define OB_SERVICE_PRUNE_H

#include "session.h"
#include "work.h"

/* Applies the retention of all policies, on the thread of a backup that has made its point. Nothing
 * is done if no policy has any. What fails is told as an event of the job, which then ends with
 * warnings; that another run is at it is no failure. */
void ob_prune_after_backup(const ob_session_host *host, const ob_engine *engine, ob_run *run);

#endif
