/*
 * The chunks of one file on their way into the repository. The thread that reads the file stores
 * them itself, or lets another one do it that has nothing to do, so that one large file keeps all
 * processors busy; they come out in the order of the file. For the reading thread only.
 */
#ifndef OB_ENGINE_BACKUP_PARTS_H
#define OB_ENGINE_BACKUP_PARTS_H

#include "ob/repo.h"

#define OB_PARTS 8u

/* One chunk; whoever stores it fills it in by ob_part_store(). */
typedef struct ob_part {
    size_t length;
    ob_chunk_id id;
    uint64_t stored;
    ob_status status;
    char detail[256]; /* of a failure */
} ob_part;

/* The others. */
typedef struct ob_helpers {
    void *context;
    /* Gives a chunk, which is copied, to one who has time; false: nobody has. `part` stays where it
     * is until it is done. */
    bool (*offer)(void *context, const uint8_t *data, size_t length, ob_part *part);
    /* True once a part that was given away is done; `wait`: waits for it. */
    bool (*done)(void *context, const ob_part *part, bool wait);
} ob_helpers;

/* Zero-initialise. */
typedef struct ob_parts {
    ob_part parts[OB_PARTS];
    bool away[OB_PARTS]; /* given to another thread */
    unsigned first, count;
} ob_parts;

void ob_part_store(ob_part *part, ob_repo *repo, const void *data, size_t length);

/* Adds a chunk; fewer than OB_PARTS may be under way. `helpers` may be NULL. */
void ob_parts_put(ob_parts *parts, const ob_helpers *helpers, ob_repo *repo, const uint8_t *data,
                  size_t length);
/* Takes the first out, if it is done or `wait` is set; false if there is none. */
bool ob_parts_take(ob_parts *parts, const ob_helpers *helpers, bool wait, ob_part *out);
/* Waits for all and forgets them. */
void ob_parts_drop(ob_parts *parts, const ob_helpers *helpers);

#endif
