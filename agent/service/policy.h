/*
 * A backup policy: read from its document (idl/policy.schema.json) and checked, written back, kept
 * by name in the state database.
 */
#ifndef OB_SERVICE_POLICY_H
#define OB_SERVICE_POLICY_H

#include "db.h"
#include "ob/json.h"
#include "ob/text.h"
#include "policy_options.h"
#include "retention.h"
#include "selection.h"
#include "source.h"

#define OB_POLICY_NAME_MOST 128u
#define OB_POLICY_DEFAULT "default"

typedef struct ob_policy {
    cJSON *document; /* as stored; the texts below are borrowed from it */
    const char *name;
    bool paused;
    ob_spec *specs;
    size_t spec_count;
    ob_source_list sources;
    ob_policy_options options;
    const cJSON *retention_json; /* NULL: all points are kept */
    ob_retention retention;
} ob_policy;

/* Reads and checks a document. The members that only the agent sets (id, modified, sources) may
 * come along and are read over, so that what was read can be stored again after a change.
 * OB_E_SYNTAX, OB_E_UNKNOWN_FIELD, OB_E_POLICY_INVALID: the detail names the field. */
ob_status ob_policy_read(ob_policy *out, const void *text, size_t length, bool windows);
void ob_policy_free(ob_policy *policy); /* takes a zeroed one */

/* Sets id and modified, and appends the whole document with its data sources. */
ob_status ob_policy_print(const ob_policy *policy, const ob_guid *id, int64_t modified,
                          const ob_guid *machine, bool windows, ob_buf *out);

/* A name as callers give it: counted, empty for the default. *out: free with ob_free(). */
ob_status ob_policy_name(const char *name, size_t length, char **out);

/* The kept document, its id. OB_E_NO_POLICY. */
ob_status ob_policy_load(ob_db *db, const char *name, ob_buf *document);
/* Stores it under its name; an id that the name has already stays. Appends what is stored. */
ob_status ob_policy_store(ob_db *db, const ob_policy *policy, int64_t now, const ob_guid *machine,
                          bool windows, ob_buf *stored);
/* OB_E_NO_POLICY. */
ob_status ob_policy_remove(ob_db *db, const char *name);

#endif
