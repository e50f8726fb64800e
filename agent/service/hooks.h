/*
 * The commands that run before and after a backup, with what they are told in their environment:
 * OB_POLICY, OB_JOB (its id) and, after it, OB_STATUS (the symbol of how it ended, "OB_OK") and
 * OB_POINT (the recovery point made, or empty).
 */
#ifndef OB_SERVICE_HOOKS_H
#define OB_SERVICE_HOOKS_H

#include "jobs.h"
#include "policy.h"

/* OB_OK if there is none. OB_E_COMMAND_FAILED, OB_E_CANCELLED, OB_E_NO_MEMORY. */
ob_status ob_hook_before(const ob_policy *policy, ob_run *run);
/* After a backup that ended with `status`, and also if ob_hook_before() failed. It is not cut short
 * when the job is cancelled; that it fails is an event of the job. `point` is zero if none was
 * made. */
void ob_hook_after(const ob_policy *policy, ob_run *run, ob_status status, const ob_guid *point);

#endif
