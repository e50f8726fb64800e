/* All policies of an agent. */
#ifndef OBCTL_POLICIES_H
#define OBCTL_POLICIES_H

#include "cli.h"

typedef struct cJSON cJSON;

/* An array of policy.schema.json; the agent must be connected. An exit code; *out stays on failure.
 */
int ob_policies_read(ob_cli *cli, cJSON **out);
/* "3 included, 1 excluded, valid": one of them in a line. Free with ob_buf_free(). */
ob_buf ob_policies_describe(const cJSON *policy);

#endif
