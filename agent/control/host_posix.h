/* The rule of who may call, apart from how the system is asked. POSIX only. */
#ifndef OB_CONTROL_HOST_POSIX_H
#define OB_CONTROL_HOST_POSIX_H

#include "ob/rpc_runtime.h"

/* Root, the user that the agent itself runs as (who could do to it whatever it can do), and members
 * of the group, by primary or supplementary membership. `group` NULL: there is no such group. */
bool ob_control_peer_may_call(const ob_rpc_peer *peer, uid_t own, const gid_t *group);

#endif
