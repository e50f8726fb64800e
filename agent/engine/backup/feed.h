/*
 * Feeds among the items of a walk: each becomes a regular file in the folder OB_FEED_FOLDER of the
 * point, its content read to the end as it comes. For the walking thread.
 */
#ifndef OB_ENGINE_BACKUP_FEED_H
#define OB_ENGINE_BACKUP_FEED_H

#include "job/report.h"
#include "point/entry.h"

typedef struct ob_feeds ob_feeds;

/* *out = NULL if `count` is 0. The feeds and all else are borrowed; `time` is that of the entries. */
ob_status ob_feeds_open(const ob_engine *engine, ob_repo *repo, ob_report *report,
                        const ob_feed *feeds, size_t count, int64_t time, ob_feeds **out);
void ob_feeds_close(ob_feeds *feeds); /* takes NULL */

/* True if the next entry belongs before the item of this path (NULL: the end of the walk). Of two
 * with one path the walk's is the one: a feed that it displaces is told as failed. Takes NULL. */
bool ob_feeds_due(ob_feeds *feeds, const char *path, size_t length);
/* The next entry, borrowed until the next call, after ob_feeds_due() said so. *kept = false: it
 * failed, which was told. OB_E_CANCELLED, and what memory and repository give. */
ob_status ob_feeds_next(ob_feeds *feeds, ob_entry *entry, bool *kept);

#endif
