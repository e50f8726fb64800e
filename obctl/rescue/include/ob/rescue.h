/*
 * Rescue: recovery points of a machine from its vault and its passphrase alone, without an agent.
 * Items and jobs are the records of libobclient, filled here instead of by an agent.
 *
 * One thread at a time, but for ob_rescue_watch. Nothing is written to the vault. Every function
 * may also give what the store gives (ob/store.h) and OB_E_NO_MEMORY.
 */
#ifndef OB_RESCUE_H
#define OB_RESCUE_H

#include "ob/client.h"
#include "ob/clock.h"
#include "ob/fs.h"

typedef struct ob_rescue ob_rescue;

/* The machine of a vault in a folder (absolute) that `name` means: a GUID, or the name that exactly
 * one machine has; NULL: the only one of the vault. OB_E_NOT_FOUND if there is none,
 * OB_E_INVALID_ARGUMENT if there are several: the detail lists them. OB_E_VAULT_UNREACHABLE. */
ob_status ob_rescue_find_machine(const ob_fs *fs, const char *vault, const char *name,
                                 ob_guid *out);

typedef struct ob_rescue_options {
    const ob_fs *fs; /* borrowed, as the clock */
    const ob_clock *clock;
    const char *vault; /* absolute folder */
    ob_guid machine;
    const char *passphrase; /* UTF-8, counted; not kept */
    size_t passphrase_length;
} ob_rescue_options;

/* OB_E_NOT_REGISTERED (the vault does not know the machine), OB_E_PASSPHRASE_WRONG,
 * OB_E_PASSPHRASE_NOT_SET (it never had one, so it has no backups either). */
ob_status ob_rescue_open(const ob_rescue_options *options, ob_rescue **out);
/* Removes the cache. Takes NULL. */
void ob_rescue_close(ob_rescue *rescue);

typedef struct ob_rescue_point {
    ob_guid id;
    int64_t time, bytes, files;
    const char *policy;
    const char *machine; /* the name it had */
    const char *const *sources;
    size_t source_count;
} ob_rescue_point;
typedef ob_status (*ob_rescue_point_visit)(void *context, const ob_rescue_point *point);

/* All points, newest first; texts are borrowed. *damaged: how many could not be read. A failure
 * that `visit` returns ends the listing and is its result. */
ob_status ob_rescue_points(ob_rescue *rescue, ob_rescue_point_visit visit, void *context,
                           size_t *damaged);
/* Of all, or of one policy (not NULL). OB_E_NOT_FOUND if there is no readable one. */
ob_status ob_rescue_latest(ob_rescue *rescue, const char *policy, ob_guid *point);

typedef ob_status (*ob_rescue_item_visit)(void *context, const ob_item *item);

/* As ob_client_browse(), all pages. OB_E_NOT_FOUND: the point, or no folder `path` in it. */
ob_status ob_rescue_browse(ob_rescue *rescue, const ob_guid *point, const char *path,
                           const char *pattern, ob_rescue_item_visit visit, void *context);

enum ob_rescue_overwrite { OB_RESCUE_COPY, OB_RESCUE_SKIP, OB_RESCUE_REPLACE };

typedef struct ob_rescue_restore_options {
    ob_guid point;
    const char *const *items; /* paths in the point as people write them; none = everything */
    size_t item_count;
    const char *destination; /* NULL: where they were; else an absolute folder */
    int overwrite;           /* ob_rescue_overwrite */
    bool skip_security;
} ob_rescue_restore_options;

/* Called from threads of the restore, one at a time. */
typedef struct ob_rescue_watch {
    void *context;
    void (*show)(void *context, const ob_job *job); /* at most 10 times a second; borrowed */
    void (*failed)(void *context, const char *path, ob_status status, const char *detail);
    bool (*cancelled)(void *context); /* asked often, also at the same time by several threads */
} ob_rescue_watch;

/* Restores, and tells how it ended as a job: also a failure is one, with its error document in the
 * detail. Fails only if there is no job to tell of: OB_E_INVALID_ARGUMENT, OB_E_NO_MEMORY. Free
 * with ob_job_free(). */
ob_status ob_rescue_restore(ob_rescue *rescue, const ob_rescue_restore_options *options,
                            const ob_rescue_watch *watch, ob_job *end);

#endif
