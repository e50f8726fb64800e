/* A vault with a history to delete from: real backups of a scene, whose clocks go on together, and
 * points that are made of nothing but a list of packs. */
#ifndef OB_TEST_HISTORY_H
#define OB_TEST_HISTORY_H

#include "ob/retain.h"
#include "scene.h"

#define HISTORY_MOST 64

typedef struct history {
    scene scene;
    struct {
        ob_guid id;
        const char *copy; /* of the source then */
    } points[HISTORY_MOST];
    size_t count;
    /* What the last run said. */
    ob_prune_result result;
    ob_pruned_point told[HISTORY_MOST];
    size_t told_count;
} history;

void history_open(history *h);
void history_close(history *h);
void history_pass(history *h, int64_t seconds); /* on the machine's and the store's clock */
/* A day passes; the source changes (one file stays, one is new, one has other content) and is
 * backed up. The point's number. */
size_t history_backup(history *h);
/* Deletes what is older than `days`; 0 = nothing but what `remove` (may be NULL) says. */
ob_status history_prune(history *h, uint32_t days, const ob_guid *remove);
/* Restores a point and compares; what differs, or NULL. OB_FAILED statuses are told as text. */
const char *history_differs(history *h, size_t number);
void history_check(history *h, size_t from); /* all points from this number on */
size_t history_shown(history *h);            /* points that are listed */

/* ---- points of nothing but packs ---- */

/* A pack of few bytes, whose name follows from the number. */
void history_put_pack(ob_store *store, uint32_t number);
bool history_has_pack(ob_store *store, uint32_t number);
/* Seals and commits a point of such packs; its GUID follows from the number. */
ob_status history_put_point(ob_engine *engine, uint32_t number, int64_t time, const char *policy,
                            const uint32_t *packs, size_t count, uint32_t days);
ob_guid history_guid(uint32_t number);

#endif
