/*
 * What the last run of a policy found, to tell what has changed since: the list in the cache, or
 * without it the newest point of the policy in the store. A stream that is merged with the walk.
 */
#ifndef OB_ENGINE_BACKUP_BASE_H
#define OB_ENGINE_BACKUP_BASE_H

#include "point/point.h"

typedef struct ob_base ob_base;

/* *out = NULL if there is no earlier run. OB_E_NO_MEMORY, and what the store gives when it cannot
 * be reached; damage makes it as if there were none. */
ob_status ob_base_open(const ob_engine *engine, ob_repo *repo, const char *policy, ob_base **out);
void ob_base_close(ob_base *base); /* takes NULL */

int64_t ob_base_started(const ob_base *base);
uint64_t ob_base_entries(const ob_base *base);
uint64_t ob_base_bytes(const ob_base *base);
/* The entry of `path`, NULL if there is none. Paths must be asked for in the order of the list. */
ob_status ob_base_find(ob_base *base, const char *path, size_t length, const ob_entry **out);

#endif
