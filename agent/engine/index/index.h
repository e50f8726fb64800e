/*
 * The index: which chunk lies where. Sorted segments of the local cache, one table for what is
 * newer, and the packs that both name. The cache may be lost or damaged at any time: all it says is
 * in the index objects of the store, and what those do not say is in the packs.
 *
 * The caller locks: everything here needs the index's lock held, but for functions that say that
 * they take it themselves.
 */
#ifndef OB_ENGINE_INDEX_INDEX_H
#define OB_ENGINE_INDEX_INDEX_H

#include "index/damage.h"
#include "index/object.h"
#include "index/segment.h"
#include "ob/store.h"

#define OB_SEGMENTS_MOST 48
/* Entries that the table may collect before they become an index object and a segment. */
#define OB_CHECKPOINT_AT ((size_t)64 << 10)

typedef struct ob_index {
    const ob_fs *fs;
    const ob_keyring *keys;
    ob_store *store;
    ob_tools_pool *pool;
    ob_mutex *lock;
    char *dir; /* of the cache's segments; NULL: they are kept in memory */
    uint8_t check[OB_SEGMENT_CHECK];
    ob_packs packs;
    ob_chunk_table recent;
    ob_bad_places bad; /* damaged chunks that are known */
    size_t ready;         /* entries of `recent` that the next checkpoint takes, about */
    size_t checkpoint_at; /* so many of them make it due: OB_CHECKPOINT_AT */
    ob_segment *segments[OB_SEGMENTS_MOST]; /* roughly from large to small */
    unsigned segment_count;
    unsigned last_hit; /* the segment in which ob_index_have() found something last */
    uint32_t next_file;
    bool packs_listed;  /* ob_index_list_packs() was done */
    bool checkpointing; /* by one thread at a time */
    uint64_t troubles;  /* damaged objects that were passed over */
    char trouble[256];  /* the first of them */
} ob_index;

/* `lock` is the one that the caller will hold; the index is not shared yet. Nothing is read. */
ob_status ob_index_init(ob_index *index, const ob_engine *engine, ob_tools_pool *pool,
                        ob_mutex *lock);
void ob_index_destroy(ob_index *index);

/* The `nth` place (from 0) where a chunk is said to be, newest first, leaving out packs that are
 * missing and places that are known to be damaged. */
bool ob_index_find(ob_index *index, const ob_chunk_id *id, unsigned nth, ob_index_entry *out);
/* Any one of those places; quick for chunks in the order in which they were stored. */
bool ob_index_have(ob_index *index, const ob_chunk_id *id, ob_index_entry *out);
/* The same of the damaged places alone. */
bool ob_index_find_bad(ob_index *index, const ob_chunk_id *id, unsigned nth, ob_index_entry *out);
/* The packs' flag. */
void ob_index_use(ob_index *index, uint32_t pack);

/* Remembers that something in the store is damaged and that work goes on without it. */
void ob_index_note(ob_index *index, const char *what);

/* ---- refresh.c ---- */

/* Reads the cache and then the index objects of the store that it does not have. A damaged object
 * is noted and passed over. Not shared yet: no lock needed. */
ob_status ob_index_refresh(ob_index *index);

/* ---- adopt.c ---- */

/* Lists the store's packs and reads the tables of contents of those that no index object lists: of
 * an interrupted run, or because an index object is lost. `for_write`: also marks those that the
 * index knows and the store lacks as missing, so that nothing is deduplicated against them, and
 * writes index objects when there is much. Does it once. Locks where it has to. */
ob_status ob_index_list_packs(ob_index *index, bool for_write);

/* ---- checkpoint.c ---- */

/* Writes what is known of whole packs and is in no index object yet as one, and moves it from the
 * table to a segment. Takes the lock; returns at once if another thread is at it. */
ob_status ob_index_checkpoint(ob_index *index);
/* True if there is enough for a checkpoint. */
bool ob_index_checkpoint_due(const ob_index *index);
/* Seals the plain bytes of an index object and stores it under its name. Takes no lock. */
ob_status ob_index_put(ob_index *index, const ob_buf *plain, uint8_t name[OB_SHA256_SIZE]);

#endif
