#include "ob/alloc.h"

#include "host.h"
#include "host_posix.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ADMIN_GROUP "obadmin"
#define GROUP_BUFFER ((size_t)1 << 20) /* of getgrnam_r(): a group may have very many members */

/* False if there is no such group; the agent works without it. */
static bool find_group(gid_t *out)
{
    struct group group;
    struct group *found = NULL;
    char *buffer = ob_alloc(GROUP_BUFFER);
    bool ok = buffer != NULL &&
              getgrnam_r(ADMIN_GROUP, &group, buffer, GROUP_BUFFER, &found) == 0 && found != NULL;
    if (ok) {
        *out = group.gr_gid;
    }
    ob_free(buffer);
    return ok;
}

bool ob_control_peer_may_call(const ob_rpc_peer *peer, uid_t own, const gid_t *group)
{
    if (!peer->known) {
        return false;
    }
    if (peer->uid == 0 || peer->uid == own) {
        return true;
    }
    for (size_t i = 0; i < peer->group_count && group != NULL; i++) {
        if (peer->groups[i] == *group) {
            return true;
        }
    }
    return group != NULL && peer->gid == *group;
}

void ob_control_host_gate(ob_control_caller *out)
{
    ob_rpc_peer peer;
    gid_t group = 0;
    if (!ob_rpc_call_peer(&peer) || !peer.known) {
        snprintf(out->text, sizeof out->text, "unknown caller");
        return;
    }
    snprintf(out->text, sizeof out->text, "uid %lu (pid %ld)", (unsigned long)peer.uid,
             (long)peer.pid);
    /* The group is looked up for those only who need it. */
    out->allowed = ob_control_peer_may_call(&peer, geteuid(), NULL) ||
                   (find_group(&group) && ob_control_peer_may_call(&peer, geteuid(), &group));
}

void ob_control_host_refuse(PRPC_MESSAGE message)
{
    ob_rpc_call_reject(message, OB_RPC_FAULT_ACCESS_DENIED);
}

ob_status ob_control_host_register(RPC_IF_HANDLE interface_spec, bool local_only)
{
    /* The only transport of the product is local, and the gate asks for a local peer. */
    (void)local_only;
    ob_rpc_server *server = ob_rpc_server_default();
    if (server == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the control interface's server");
    }
    return ob_rpc_server_register(server, interface_spec, UINT32_MAX, NULL);
}

/* The folder of the socket: systemd makes it, a start by hand does not. */
static ob_status make_folder(const char *endpoint)
{
    const char *slash = strrchr(endpoint, '/');
    if (endpoint[0] != '/') {
        return ob_fail(OB_E_INVALID_ARGUMENT, "the endpoint must be an absolute path, not \"%s\"",
                       endpoint);
    }
    if (slash == endpoint) {
        return OB_OK;
    }
    char *folder = ob_strndup(endpoint, (size_t)(slash - endpoint));
    if (folder == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the endpoint's folder");
    }
    ob_status status = ob_fs_make_dirs(ob_fs_os(), folder, false);
    ob_free(folder);
    return status;
}

ob_status ob_control_host_listen(const char *endpoint)
{
    gid_t group = 0;
    bool grouped = find_group(&group);
    ob_rpc_server *server = ob_rpc_server_default();
    ob_status status = make_folder(endpoint);
    if (status == OB_OK) {
        /* The second lock: others cannot even connect. */
        status = ob_rpc_server_use_unix(server, endpoint, grouped ? 0660 : 0600);
    }
    if (status == OB_OK && grouped && geteuid() == 0 && lchown(endpoint, 0, group) != 0) {
        status = ob_fail(OB_E_IO, "%s: giving it to the group %s: %s", endpoint, ADMIN_GROUP,
                         strerror(errno));
    }
    if (status == OB_OK) {
        status = ob_rpc_server_start(server);
    }
    return status == OB_E_BUSY ? ob_fail(OB_E_BUSY, "another agent serves %s", endpoint) : status;
}

void ob_control_host_stop(void)
{
    ob_rpc_server_stop(ob_rpc_server_default());
}

void ob_control_host_finish(RPC_IF_HANDLE interface_spec)
{
    (void)interface_spec;
    ob_rpc_server_default_free();
}
