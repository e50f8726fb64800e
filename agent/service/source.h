/*
 * Data sources: the volumes that a policy's file specs lie on, by name ("/" or "C:\") and by a
 * number that is the same on this machine for ever.
 */
#ifndef OB_SERVICE_SOURCE_H
#define OB_SERVICE_SOURCE_H

#include "ob/json.h"
#include "ob/text.h"
#include "selection.h"

/* From the machine and the name's key; 1 to 2^53-1, so that JSON keeps it. */
ob_status ob_source_id(const ob_guid *machine, const char *name, bool windows, int64_t *id);
/* The root of the volume of an absolute path: free with ob_free(). OB_E_POLICY_INVALID. */
ob_status ob_source_of_path(const char *path, bool windows, char **name);
/* Two names of one volume. */
bool ob_source_same(const char *left, const char *right, bool windows);

/* Names, each once, in the order of their first spec. */
typedef struct ob_source_list {
    char **names;
    size_t count;
} ob_source_list;
/* The volumes of all includes. */
ob_status ob_source_list_of(ob_source_list *out, const ob_spec *specs, size_t count, bool windows);
void ob_source_list_free(ob_source_list *list);
bool ob_source_list_has(const ob_source_list *list, const char *name, bool windows);

/* [{"id":…,"name":…}]; the caller owns it. */
ob_status ob_source_json(const char *const *names, size_t count, const ob_guid *machine,
                         bool windows, cJSON **out);

#endif
