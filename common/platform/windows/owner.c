#include "ob/owner.h"

#include "ob/alloc.h"

struct ob_owners {
    char none; /* there is nothing to remember */
};

ob_status ob_owners_new(ob_owners **out)
{
    ob_owners *owners = ob_calloc(1, sizeof *owners);
    if (owners == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "names of owners");
    }
    *out = owners;
    return OB_OK;
}

void ob_owners_free(ob_owners *owners)
{
    ob_free(owners);
}

const char *ob_owners_name(ob_owners *owners, bool group, uint32_t id)
{
    (void)owners;
    (void)group;
    (void)id;
    return "";
}

bool ob_owners_id(ob_owners *owners, bool group, const char *name, uint32_t *id)
{
    (void)owners;
    (void)group;
    (void)name;
    (void)id;
    return false;
}
