/* The error document as JSON, for records that hold one. */
#ifndef OB_SERVICE_ERROR_H
#define OB_SERVICE_ERROR_H

#include "ob/json.h"
#include "ob/service.h"

/* error.schema.json; NULL without memory. `detail` may be NULL. */
cJSON *ob_error_json(ob_status status, const char *detail);

#endif
