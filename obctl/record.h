/* Records of the agent as JSON, for scripts. output.schema.json is their published form. */
#ifndef OBCTL_RECORD_H
#define OBCTL_RECORD_H

#include "ob/client.h"

#include <stdbool.h>

typedef struct cJSON cJSON;

/* Each sets *failed on lack of memory and may then return NULL. Times are RFC 3339 or null. */
cJSON *ob_record_job(const ob_job *job, bool *failed);
cJSON *ob_record_point(const ob_point *point, bool *failed);
cJSON *ob_record_item(const ob_item *item, bool *failed);

/* "file", "folder", "symlink", … */
const char *ob_record_item_type(int32_t type);

#endif
