/*
 * A small machine for experiments: source, cache and folder vault on a disk in memory, a clock that
 * is moved by hand, and what the source was at each backup. Copies are cheap, so that each fault
 * starts from the same state. What must hold is told as text, not by ending the test: the caller
 * knows which fault it was.
 */
#ifndef OB_FAULT_WORLD_H
#define OB_FAULT_WORLD_H

#include "ob/engine.h"
#include "ob/memory_fs.h"
#include "ob/retain.h"
#include "ob/test.h"

#define WORLD_VERSIONS_MOST 64
#define WORLD_POINTS_MOST 64
#define WORLD_EVENTS_MOST 256

/* The source as it was when backups began at or after `from`. */
typedef struct world_version {
    ob_memory_fs *disk; /* shared by copies of the world */
    int64_t from;
} world_version;

typedef struct world {
    ob_memory_fs *disk;
    ob_test_clock clock;
    ob_keyring *keys; /* shared by copies */
    ob_guid machine;
    world_version versions[WORLD_VERSIONS_MOST];
    size_t version_count;
    ob_guid points[WORLD_POINTS_MOST]; /* of the backups that said they succeeded */
    bool partial[WORLD_POINTS_MOST];   /* which said that files could not be read */
    size_t version[WORLD_POINTS_MOST]; /* what they are of; of other points the time says it */
    size_t point_count;
    char failed[WORLD_EVENTS_MOST][200]; /* paths of OB_EVENT_FAILED of the last operation */
    size_t failed_count;
    char told[WORLD_EVENTS_MOST][200]; /* the same of the last backup */
    size_t told_count;
    size_t changed_count;   /* of OB_EVENT_CHANGED of the last operation */
    ob_backup_result last;  /* of the last backup that succeeded */
    ob_prune_result pruned; /* of the last deletion */
    /* What operations go through; NULL and NULL: the disk, the store as it is. */
    const ob_fs *through;
    ob_store *(*wrap)(void *context, ob_store *store);
    void *wrap_context;
    unsigned workers;
} world;

/* A vault, a registered machine, and a first source; nothing is backed up. Ends the process on
 * failure, as every setup here does. */
void world_open(world *w);
void world_close(world *w);
void world_copy(world *to, const world *from);
void world_copy_free(world *copy); /* what belongs to the copy alone */

/* Changes the source by chance, and what later backups must give. */
void world_change(world *w, ob_test_rng *rng, unsigned changes);
/* The fixed second state of the source. */
void world_change_fixed(world *w);
/* The clock is set, forward or back; what is changed then has such times. */
void world_set_clock(world *w, int64_t by);
/* Adds `count` files of `size` bytes that nothing compresses, for measures of what is uploaded. */
void world_add_files(world *w, unsigned count, size_t size);
void world_lose_cache(world *w);
void world_empty_restored(world *w);

/* Operations, each an hour later, opening everything anew. */
ob_status world_backup(world *w);
/* The newest known point to /restored, replacing what is there. */
ob_status world_restore(world *w);
/* Deletes all points but the known ones, a day between mark and sweep. */
ob_status world_prune(world *w);
ob_status world_passphrase(world *w, const char *passphrase);

/* The oldest known points are known no more: they may go. */
void world_forget(world *w, size_t count);
/* Bytes of packs in the vault. */
uint64_t world_uploaded(const world *w);

/* What must hold whenever nothing runs; NULL if it does, else what is wrong (until the next call).
 * A point may lack what its backup said it could not read; of points before the last backup that is
 * not remembered in detail, so look after each. */
const char *world_check_points(world *w); /* all that are listed restore, all known are listed */
const char *world_check_next(world *w);   /* another backup succeeds and restores */
/* One file or link of one known point, by chance, restores alone. */
const char *world_check_item(world *w, ob_test_rng *rng);
const char *world_check_restored(world *w); /* no half file of the last restore has a real name */
const char *world_check_passphrases(world *w, const char *one, const char *other);

#endif
