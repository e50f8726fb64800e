/* Association groups ([C706] 12.6.3, [MS-RPCE] 3.3.1.5.6): connections of one client that share its
 * context handles. */
#ifndef OB_RPC_ASSOC_H
#define OB_RPC_ASSOC_H

#include "context.h"

#include "ob/status.h"

typedef struct ob_rpc_groups {
    ob_mutex mutex;
    ob_rpc_group *first;
} ob_rpc_groups;

void ob_rpc_groups_init(ob_rpc_groups *groups);
void ob_rpc_groups_destroy(ob_rpc_groups *groups); /* all have been left */

/* Joins the group `id`, or a new one with an id that cannot be guessed when `id` is 0. A group is
 * joined by its own user only: OB_E_NOT_FOUND for another's as for one that does not exist. */
ob_status ob_rpc_group_join(ob_rpc_groups *groups, uint32_t id, const ob_rpc_peer *peer,
                            ob_rpc_group **out);
/* The last to leave runs the context handles down. Takes NULL. */
void ob_rpc_group_leave(ob_rpc_groups *groups, ob_rpc_group *group);

#endif
