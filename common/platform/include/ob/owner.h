/*
 * Names of users and groups, each asked of the system once: a name outlives its number when files
 * move to another machine. On Windows, whose descriptors carry identities of their own, there are
 * none. For any number of threads.
 */
#ifndef OB_OWNER_H
#define OB_OWNER_H

#include "ob/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct ob_owners ob_owners;

#define OB_OWNER_NAME_MOST 255u /* bytes; longer names are none */

ob_status ob_owners_new(ob_owners **out);
void ob_owners_free(ob_owners *owners); /* takes NULL */

/* The name of a user, of a group if `group` is set: "" if it has none or cannot be found out. Valid
 * as long as `owners`. */
const char *ob_owners_name(ob_owners *owners, bool group, uint32_t id);
/* The number of a name here; false if it has none. */
bool ob_owners_id(ob_owners *owners, bool group, const char *name, uint32_t *id);

#endif
