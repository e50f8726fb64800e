#include "assoc.h"

#include "ob/alloc.h"
#include "ob/host.h"

void ob_rpc_groups_init(ob_rpc_groups *groups)
{
    groups->first = NULL;
    ob_mutex_init(&groups->mutex);
}

void ob_rpc_groups_destroy(ob_rpc_groups *groups)
{
    ob_mutex_destroy(&groups->mutex);
}

static ob_rpc_group *find(ob_rpc_groups *groups, uint32_t id)
{
    ob_rpc_group *group = groups->first;
    while (group != NULL && group->id != id) {
        group = group->next;
    }
    return group;
}

static bool is_owner(const ob_rpc_group *group, const ob_rpc_peer *peer)
{
    return group->owner_known == peer->known && (!peer->known || group->owner == peer->uid);
}

/* With the lock held. */
static ob_status new_group(ob_rpc_groups *groups, const ob_rpc_peer *peer, ob_rpc_group **out)
{
    ob_rpc_group *group = ob_calloc(1, sizeof *group);
    if (group == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a new association");
    }
    while (group->id == 0 || find(groups, group->id) != NULL) {
        ob_status status = ob_random(&group->id, sizeof group->id);
        if (OB_FAILED(status)) {
            ob_free(group);
            return status;
        }
    }
    ob_mutex_init(&group->mutex);
    ob_cond_init(&group->freed);
    group->owner_known = peer->known;
    group->owner = peer->uid;
    group->next = groups->first;
    groups->first = group;
    *out = group;
    return OB_OK;
}

ob_status ob_rpc_group_join(ob_rpc_groups *groups, uint32_t id, const ob_rpc_peer *peer,
                            ob_rpc_group **out)
{
    ob_status status = OB_OK;
    ob_rpc_group *group = NULL;
    ob_mutex_lock(&groups->mutex);
    if (id == 0) {
        status = new_group(groups, peer, &group);
    } else {
        group = find(groups, id);
        if (group == NULL || !is_owner(group, peer)) {
            status = ob_fail(OB_E_NOT_FOUND, "association group %u", id);
        }
    }
    if (!OB_FAILED(status)) {
        group->references++;
        *out = group;
    }
    ob_mutex_unlock(&groups->mutex);
    return status;
}

void ob_rpc_group_leave(ob_rpc_groups *groups, ob_rpc_group *group)
{
    if (group == NULL) {
        return;
    }
    ob_mutex_lock(&groups->mutex);
    const bool last = --group->references == 0;
    if (last) {
        ob_rpc_group **at = &groups->first;
        while (*at != group) {
            at = &(*at)->next;
        }
        *at = group->next;
    }
    ob_mutex_unlock(&groups->mutex);
    if (last) {
        ob_rpc_contexts_run_down(group);
        ob_cond_destroy(&group->freed);
        ob_mutex_destroy(&group->mutex);
        ob_free(group);
    }
}
