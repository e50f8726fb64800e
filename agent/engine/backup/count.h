/*
 * Counts ahead of a first backup what it will meet, by a walk of its own on a thread of its own, so
 * that the job knows early how much there is. It tells no events, and when it cannot be done
 * nothing is lost but that knowledge.
 */
#ifndef OB_ENGINE_BACKUP_COUNT_H
#define OB_ENGINE_BACKUP_COUNT_H

#include "job/report.h"

typedef struct ob_count ob_count;

/* Starts to count what `selection` selects; the sum is told to `report` by ob_report_expect(). All
 * are borrowed until ob_count_stop(). NULL if it cannot start. */
ob_count *ob_count_start(const ob_engine *engine, const ob_selection *selection, ob_report *report);
/* Ends it, done or not, and frees. Takes NULL. */
void ob_count_stop(ob_count *count);

#endif
