#include "ob/owner.h"

#include "ob/alloc.h"
#include "ob/thread.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>

#define ANSWER_MOST ((size_t)1 << 20) /* a group has the names of its members in its answer */

/* What was asked before. */
typedef struct known {
    struct known *next;
    bool group;
    bool by_name; /* asked for the number of the name, not for the name of the number */
    bool found;
    uint32_t id;
    char name[]; /* "" if it has none */
} known;

struct ob_owners {
    ob_mutex lock;
    known *first; /* what was asked last */
};

ob_status ob_owners_new(ob_owners **out)
{
    ob_owners *owners = ob_calloc(1, sizeof *owners);
    if (owners == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "names of owners");
    }
    ob_mutex_init(&owners->lock);
    *out = owners;
    return OB_OK;
}

void ob_owners_free(ob_owners *owners)
{
    if (owners == NULL) {
        return;
    }
    for (known *k = owners->first, *next = NULL; k != NULL; k = next) {
        next = k->next;
        ob_free(k);
    }
    ob_mutex_destroy(&owners->lock);
    ob_free(owners);
}

/* One question with memory for the answer. False: ask again with more. */
static bool ask(bool group, const char *name, uint32_t *id, char *memory, size_t size,
                const char **found)
{
    int error = 0;
    *found = NULL;
    if (group) {
        struct group entry;
        struct group *result = NULL;
        error = name != NULL ? getgrnam_r(name, &entry, memory, size, &result)
                             : getgrgid_r(*id, &entry, memory, size, &result);
        if (result != NULL) {
            *id = result->gr_gid;
            *found = result->gr_name;
        }
    } else {
        struct passwd entry;
        struct passwd *result = NULL;
        error = name != NULL ? getpwnam_r(name, &entry, memory, size, &result)
                             : getpwuid_r(*id, &entry, memory, size, &result);
        if (result != NULL) {
            *id = result->pw_uid;
            *found = result->pw_name;
        }
    }
    return error != ERANGE || size >= ANSWER_MOST;
}

/* Asks the system and remembers; NULL without memory. `name` NULL: asks for it by `id`. */
static known *look_up(ob_owners *owners, bool group, const char *name, uint32_t id)
{
    char *memory = NULL;
    const char *found = NULL;
    bool asked = false;
    for (size_t size = 1024; !asked; size *= 4) {
        ob_free(memory);
        memory = ob_alloc(size);
        if (memory == NULL) {
            return NULL;
        }
        asked = ask(group, name, &id, memory, size, &found);
    }
    const char *text = name != NULL ? name : found != NULL ? found : "";
    size_t length = strlen(text);
    if (length > OB_OWNER_NAME_MOST) {
        length = 0;
    }
    known *k = ob_calloc(1, sizeof *k + length + 1);
    if (k != NULL) {
        k->group = group;
        k->by_name = name != NULL;
        k->found = found != NULL;
        k->id = id;
        memcpy(k->name, text, length);
        k->next = owners->first;
        owners->first = k;
    }
    ob_free(memory);
    return k;
}

/* The answer, moved to the front. */
static const known *find(ob_owners *owners, bool group, const char *name, uint32_t id)
{
    for (known **at = &owners->first; *at != NULL; at = &(*at)->next) {
        known *k = *at;
        if (k->group == group && k->by_name == (name != NULL) &&
            (name != NULL ? strcmp(k->name, name) == 0 : k->id == id)) {
            *at = k->next;
            k->next = owners->first;
            owners->first = k;
            return k;
        }
    }
    return look_up(owners, group, name, id);
}

const char *ob_owners_name(ob_owners *owners, bool group, uint32_t id)
{
    ob_mutex_lock(&owners->lock);
    const known *k = find(owners, group, NULL, id);
    ob_mutex_unlock(&owners->lock);
    return k != NULL ? k->name : "";
}

bool ob_owners_id(ob_owners *owners, bool group, const char *name, uint32_t *id)
{
    if (name[0] == '\0' || strlen(name) > OB_OWNER_NAME_MOST) {
        return false;
    }
    ob_mutex_lock(&owners->lock);
    const known *k = find(owners, group, name, 0);
    bool found = k != NULL && k->found;
    if (found) {
        *id = k->id;
    }
    ob_mutex_unlock(&owners->lock);
    return found;
}
