/* What all parts of a repair share. */
#ifndef OB_ENGINE_VERIFY_REPAIR_H
#define OB_ENGINE_VERIFY_REPAIR_H

#include "job/report.h"
#include "ob/verify.h"
#include "repo/repo.h"

typedef struct ob_repair {
    ob_engine source, target;
    const ob_repair_options *options;
    ob_report report;
    ob_repo *from; /* of the source, for reading */
    ob_mutex lock; /* of what follows, and of the caller's function */
    ob_repair_result result;
} ob_repair;

ob_status ob_repair_cancelled(ob_repair *r);
/* Tells what is lost; the detail is this thread's. Takes the lock. */
void ob_repair_tell(ob_repair *r, ob_object_kind kind, const char *object, ob_damage damage,
                    ob_status status, const char *path, uint64_t count);

/* rewrite.c: makes a point of the source anew in the target. Damage is told and counted, and is no
 * failure. */
ob_status ob_repair_rewrite(ob_repair *r, const char *object_name);

#endif
