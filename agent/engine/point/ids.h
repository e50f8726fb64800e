/*
 * The chunks of one file. A few ids stand in its entry; more are cut into lists, where the ids
 * themselves say so, and these lists become chunks whose ids stand in the entry. So neither the
 * entry nor the memory needed grows with each chunk of a huge file.
 */
#ifndef OB_ENGINE_POINT_IDS_H
#define OB_ENGINE_POINT_IDS_H

#include "point/entry.h"

#define OB_IDS_DIRECT ((size_t)256) /* most ids that stand in the entry */

/* Zero-initialise. */
typedef struct ob_ids {
    ob_buf ids;      /* not yet in a list */
    ob_buf lists;    /* ids of the lists so far */
    uint64_t stored; /* bytes that lists added to packs */
} ob_ids;

void ob_ids_clear(ob_ids *ids); /* keeps a little memory only */
void ob_ids_free(ob_ids *ids);
ob_status ob_ids_add(ob_ids *ids, ob_repo *repo, const ob_chunk_id *id);
ob_status ob_ids_finish(ob_ids *ids, ob_repo *repo);
/* The finished result, borrowed: sets depth, ids and id_count. */
void ob_ids_give(const ob_ids *ids, ob_entry *entry);
/* Takes over a copy of what an entry has. */
ob_status ob_ids_copy(ob_ids *ids, const ob_entry *entry);

/* Visits the ids of an entry's chunks in the order of the content, some at a time. A failure that
 * visit returns ends it; so does one of reading a list. */
typedef ob_status (*ob_ids_visit)(void *context, const ob_chunk_id *ids, size_t count);
ob_status ob_ids_each(ob_repo *repo, unsigned depth, const ob_chunk_id *ids, size_t count,
                      ob_ids_visit visit, void *context);

#endif
