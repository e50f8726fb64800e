/*
 * How long a policy's recovery points are kept, as its document says it (idl/policy.schema.json,
 * "retention"), for the engine.
 */
#ifndef OB_SERVICE_RETENTION_H
#define OB_SERVICE_RETENTION_H

#include "ob/json.h"
#include "ob/retain.h"

#define OB_RETENTION_DAYS_MOST 9999
#define OB_RETENTION_WEEKS_MOST 5200
#define OB_RETENTION_MONTHS_MOST 1200
#define OB_RETENTION_YEARS_MOST 99

/* OB_E_POLICY_INVALID, OB_E_UNKNOWN_FIELD: the detail names the field. */
ob_status ob_retention_read(ob_retention *out, const cJSON *json);

/* The days for which a vault is to refuse to delete a new point: those for which each point is
 * kept. 0 if the policy does not say so of each. */
uint32_t ob_retention_promise(const ob_retention *retention);

#endif
