/*
 * The line between the walk and the list: slots in the order of the walk. Workers read the files of
 * slots that need it, and the walking thread takes the finished ones out at the other end, in
 * order. The number of slots bounds memory and open folders.
 */
#ifndef OB_ENGINE_BACKUP_RING_H
#define OB_ENGINE_BACKUP_RING_H

#include "backup/content.h"
#include "source/walk.h"

#define OB_RING_SLOTS 256u

typedef struct ob_slot {
    enum { OB_SLOT_FREE, OB_SLOT_WAITING, OB_SLOT_TAKEN, OB_SLOT_READY } state;
    bool dropped;               /* could not be read: not in the point */
    ob_buf path, place, target; /* each with a NUL that length counts */
    ob_buf name;                /* the same; only if there is no folder: then where to read it */
    ob_folder *folder;
    ob_entry entry; /* path, target, ids and more are set when it is taken out */
    ob_ids ids;
    ob_extras more;
} ob_slot;

typedef struct ob_ring ob_ring;

/* Starts the workers; at least one must start. `content` is the pattern for each of them. */
ob_status ob_ring_open(const ob_engine *engine, const ob_content *content, ob_ring **out);
/* Waits for the workers, who stop at the next chunk if something failed, and frees. Takes NULL. */
void ob_ring_close(ob_ring *ring);

/* The first failure of any worker, with its detail as this thread's. */
ob_status ob_ring_status(ob_ring *ring);
/* Tells the workers to stop at the next chunk. */
void ob_ring_stop(ob_ring *ring);

/* For the walking thread only. */

bool ob_ring_empty(const ob_ring *ring);
/* A free slot, empty but for its memory; NULL if there is none. */
ob_slot *ob_ring_reserve(ob_ring *ring);
/* Puts the reserved slot in line: `work` says that a worker must read it first. */
void ob_ring_put(ob_ring *ring, ob_slot *slot, bool work);
/* The slot at the end of the line if it is ready, after waiting for it a while if `wait` is set;
 * else NULL. */
ob_slot *ob_ring_ready(ob_ring *ring, bool wait);
/* Frees the slot that ob_ring_ready() gave. */
void ob_ring_release(ob_ring *ring, ob_slot *slot);

#endif
