/* Pages of all policies. */
#ifndef OB_SERVICE_POLICY_LIST_H
#define OB_SERVICE_POLICY_LIST_H

#include "db.h"
#include "ob/service.h"

/* See ob_service_list_policies(). A page ends early, after about a megabyte. */
ob_status ob_policy_list(ob_db *db, int64_t *resume, size_t most, ob_policy_visit visit,
                         void *context);

#endif
