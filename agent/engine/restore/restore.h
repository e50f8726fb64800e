/* What all parts of one restore share. */
#ifndef OB_ENGINE_RESTORE_RESTORE_H
#define OB_ENGINE_RESTORE_RESTORE_H

#include "job/report.h"
#include "ob/owner.h"
#include "ob/repo.h"

/* A volume that is written to, open since before the first write. */
typedef struct ob_volume {
    struct ob_volume *next;
    uint64_t device;
    ob_dir *dir;
} ob_volume;

typedef struct ob_restore {
    const ob_engine *engine;
    const ob_restore_options *options;
    ob_report report;
    ob_repo *repo;
    int mask;         /* ob_meta_mask of what is restored */
    bool private_new; /* what is new is its owner's only until its permissions are set */
    int64_t now;      /* becomes the time of last access */
    ob_owners *owners;
    ob_mutex lock;      /* of the counts of targets, and of what follows */
    uint64_t told;      /* bits of ob_extra_kind: not to be had on this system */
    uint64_t temporary; /* number of the next temporary name; starts at random */
    ob_volume *volumes; /* touched by the planning thread only */
} ob_restore;

/* True for what ends the whole job and not only a file. */
bool ob_restore_is_fatal(ob_status status);

/* The name of copy `number` (from 1) of a file: "a (1).txt". Any bytes; cut before the extension
 * so that it has at most 255 bytes, between characters if it is UTF-8. */
#define OB_COPY_NAME_MOST 256
void ob_restore_copy_name(const char *name, unsigned number, char out[OB_COPY_NAME_MOST]);

#endif
