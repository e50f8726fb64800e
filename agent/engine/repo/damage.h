/*
 * Damaged chunks that reading met. They are noted in the cache; the next run that writes looks at
 * them again and tells the store of those that are still damaged (index/damage.h), so that they are
 * not deduplicated against. docs/FORMAT.md, "Index object" and "Damage in the cache".
 */
#ifndef OB_ENGINE_REPO_DAMAGE_H
#define OB_ENGINE_REPO_DAMAGE_H

#include "repo/repo.h"

#define OB_NOTES_MOST 4096u /* damaged chunks that a run notes */

/* True for what may be wrong with one place of a chunk while others are good. */
bool ob_repo_is_damage(ob_status status);

/* Notes a place that could not be read. True if it counts as damaged from now on. Takes the lock.
 */
bool ob_repo_note(ob_repo *repo, const ob_index_entry *entry, const ob_pack_info *info);
/* Adds what was noted to the file in the cache, when the repository is closed. A failure costs the
 * notes: damage is met again. */
void ob_repo_save_notes(ob_repo *repo);
/* Looks at what earlier runs noted, condemns what is still damaged and ends the notes. For a
 * repository that is being opened for writing. OB_E_NO_MEMORY, OB_E_VAULT_UNREACHABLE. */
ob_status ob_repo_take_notes(ob_repo *repo);

/* Puts places that are damaged into the store, as index objects, and does not use them any more.
 * Sorts the entries. Takes the lock where it has to. */
ob_status ob_repo_condemn(ob_repo *repo, ob_index_entry *entries, size_t count);

#endif
