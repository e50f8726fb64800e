/*
 * The members of a policy's document that are no file specs: exclusions by default, the commands
 * that run before and after a backup, and the commands whose output is backed up.
 */
#ifndef OB_SERVICE_POLICY_OPTIONS_H
#define OB_SERVICE_POLICY_OPTIONS_H

#include "ob/json.h"

#define OB_COMMAND_ARGUMENTS_MOST 64u
#define OB_COMMANDS_MOST 16u
#define OB_COMMAND_NAME_MOST 128u
#define OB_HOOK_SECONDS 600      /* time limit of a hook that gives none */
#define OB_COMMAND_SECONDS 86400 /* of a command */
#define OB_SECONDS_MOST 604800   /* the longest limit that can be given */

typedef struct ob_command {
    const char *name;                                /* of a source; NULL for a hook */
    const char *argv[OB_COMMAND_ARGUMENTS_MOST + 1]; /* NULL-ended; argv[0] NULL: there is none */
    int64_t timeout;                                 /* s */
} ob_command;

/* A consistent view of the volumes while they are read. */
typedef enum ob_snapshot_mode {
    OB_SNAPSHOT_AUTO, /* without one if it cannot be had, which is a warning */
    OB_SNAPSHOT_REQUIRED,
    OB_SNAPSHOT_NEVER
} ob_snapshot_mode;

/* Texts are borrowed from the document. */
typedef struct ob_policy_options {
    bool default_exclusions;
    bool exclude_caches;
    ob_snapshot_mode snapshot;
    ob_command before, after;
    ob_command *commands;
    size_t command_count;
} ob_policy_options;

/* Asks `object`, the policy, for its fields; other fields are left to the caller. What was read is
 * freed by ob_policy_options_free(), also after a failure. OB_E_POLICY_INVALID, OB_E_UNKNOWN_FIELD:
 * the detail names the field. */
ob_status ob_policy_options_read(ob_policy_options *out, ob_json_object *object, bool windows);
void ob_policy_options_free(ob_policy_options *options); /* takes a zeroed one */

/* Adds the fields that are not as they would be if they were left out. */
void ob_policy_options_add(const ob_policy_options *options, cJSON *policy, bool *failed);

#endif
