/* A backup scene: a source folder, an engine over a store in memory, what the caller was told. */
#ifndef OB_TEST_SCENE_H
#define OB_TEST_SCENE_H

#include "rig.h"

#include "ob/thread.h"

#define SCENE_EVENTS_MOST 512

typedef struct scene_event {
    ob_event_kind kind;
    ob_status status;
    char path[512]; /* cut */
    char what[512];
    char detail[256];
} scene_event;

typedef struct scene {
    rig rig;
    ob_test_clock clock; /* a day ahead of the files, so that they count as old */
    const char *base;    /* a temporary folder of everything */
    const char *source;  /* base/source, which is there; the only root unless others are set */
    const char *roots[4];
    size_t root_count;
    const char *skip[4]; /* what decide() answers SKIP and PASS for, NULL-ended */
    const char *pass[4];
    bool skip_caches;
    const ob_place_map *maps;
    size_t map_count;
    const ob_feed *feeds;
    size_t feed_count;
    const char *policy;
    uint32_t retain_days;  /* of the next points */
    bool listens; /* to a backup's progress; then a first one is counted ahead, by a thread */
    ob_backup_result last; /* of the last backup */
    /* What happened since the last scene_backup() or scene_restore(). */
    ob_mutex lock;
    scene_event events[SCENE_EVENTS_MOST];
    size_t event_count;
    ob_progress progress; /* last one told */
    uint64_t progress_count;
    uint64_t asked;        /* how often cancelled() was */
    uint64_t cancel_after; /* it says yes then; 0 = never */
} scene;

void scene_open(scene *self);
void scene_close(scene *self);
/* The selection of `skip` and `pass`; the context is the scene. */
ob_verdict scene_decide(void *context, const char *path, bool is_dir);
/* Advances the clock by an hour and runs. */
ob_status scene_backup(scene *self);
ob_status scene_restore(scene *self, const ob_restore_options *options);
/* The last point, everything to base/NAME, which is returned. Must succeed without events. */
const char *scene_restore_all(scene *self, const char *name);
/* The tree below `source` as it was restored to `destination`: where it is there. */
const char *scene_restored(const scene *self, const char *destination);

/* How many events there were of this kind whose path ends with `path` and whose `what` is `what`;
 * NULL for any. */
size_t scene_told(const scene *self, ob_event_kind kind, const char *path, const char *what);
const char *scene_path(const scene *self, const char *name);   /* base/source/NAME */
const char *scene_inside(const scene *self, const char *name); /* its path in the point */

/* The failure to make happen behind failure `n`: the next one; on Windows, which takes ten times as
 * long for each run under Wine, some are left out. */
uint64_t scene_next(uint64_t n);

/* Lists a folder of the last point: names joined by '|' (with everything below for a pattern). */
const char *scene_list(scene *self, const char *path, const char *pattern, size_t page);

#endif
