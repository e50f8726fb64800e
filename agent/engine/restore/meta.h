/*
 * Everything of a file but its bytes: owner, permissions, times, attributes, ACLs, streams, flags.
 * What the system or our rights refuse is told as an event by its kind, and the rest goes on.
 */
#ifndef OB_ENGINE_RESTORE_META_H
#define OB_ENGINE_RESTORE_META_H

#include "point/extra.h"
#include "restore/restore.h"

/* Before content: how it will be stored. */
void ob_meta_prepare(ob_restore *restore, ob_dir *dir, const char *name, const char *place,
                     const ob_entry *entry);
/* True if what is made in a folder that exists gets an ACL from it. *has: it has one itself. */
bool ob_meta_gives_acl(ob_restore *restore, ob_dir *dir, const char *name, bool *has);
/* Takes away the ACLs that something new got from its folder, or a replaced folder since, and that
 * the entry does not have. */
void ob_meta_disinherit(ob_restore *restore, ob_dir *dir, const char *name, const char *place,
                        const ob_entry *entry);
/* All that `mask` has, and what the entry has beyond that if `mask` is not 0. `sync`: streams are
 * on disk then. What ends the job only: a stream whose content the vault does not have is told. */
ob_status ob_meta_apply(ob_restore *restore, ob_dir *dir, const char *name, const char *place,
                        const ob_entry *entry, int mask, bool sync);
/* When it has its name and nothing else is to be changed: the short name, which a new name takes
 * away, and flags that forbid changes. */
void ob_meta_seal(ob_restore *restore, ob_dir *dir, const char *name, const char *place,
                  const ob_entry *entry);

#endif
