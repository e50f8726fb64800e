/*
 * The engine: backs up a selection of files into recovery points of a store and restores them.
 * Knows nothing of RPC, HTTP, policies or users. All paths are as in ob/fs.h.
 */
#ifndef OB_ENGINE_H
#define OB_ENGINE_H

#include "ob/clock.h"
#include "ob/fs.h"
#include "ob/keyring.h"
#include "ob/store.h"
#include "ob/text.h"

#include <stdbool.h>

/* What every operation works with; borrowed, must outlive it. */
typedef struct ob_engine {
    const ob_fs *fs;         /* the files to back up or restore, and the cache */
    const ob_clock *clock;
    ob_store *store;
    const ob_keyring *keys;
    const char *cache_dir;   /* absolute, exists, private; one engine at a time uses it */
    /* Where damaged chunks that reading met are noted for the next backup: absolute, exists, private;
     * any number of engines may use it. NULL: cache_dir. */
    const char *notes_dir;
    const char *skip_dirs[4]; /* absolute folders never backed up (cache, state, vault), NULL-ended */
    unsigned workers;        /* 0 = number of processors, at most 8 */
    bool small;              /* compress for size instead of speed */
    bool skip_decode_check;  /* for measurements only: do not decode before upload */
} ob_engine;

/* ---- selection ---- */

typedef enum ob_verdict {
    OB_SKIP, /* neither it nor anything below */
    OB_TAKE, /* it, and look below */
    OB_PASS  /* a folder that is not selected itself, but look below */
} ob_verdict;

/* What is below `place` is read below `instead`, where a snapshot of it is; both are folders with a
 * separator at their end. In the point, in events and for decide() it stays where it was. */
typedef struct ob_place_map {
    const char *place;
    const char *instead;
} ob_place_map;

typedef struct ob_selection {
    void *context;
    /* Absolute paths where the walk starts: canonical, sorted. The walk stays on the file system of
     * a root; one that lies below another is a reason to enter the file system that it is on. */
    const char *const *roots;
    size_t root_count;
    /* Leave out what is in a folder that CACHEDIR.TAG marks as a cache, but for that tag. */
    bool skip_caches;
    const ob_place_map *maps; /* the longest `place` that fits a path decides */
    size_t map_count;
    /* Asked for each root and everything met below. By two threads of a backup at a time. */
    ob_verdict (*decide)(void *context, const char *path, bool is_dir);
} ob_selection;

/* ---- progress and events, from the thread that runs the operation or its workers (locked) ---- */

typedef struct ob_progress {
    bool scanning;          /* how much there is is not known yet: totals are what was met */
    /* Total and done are of files' sizes, holes too; changed is what was read or written of them. */
    uint64_t bytes_total, bytes_done, bytes_changed, bytes_stored;
    uint64_t files_total, files_done, files_changed, files_failed;
    const char *current;    /* path in work, as the OS gave it; may be "" */
} ob_progress;

typedef enum ob_event_kind {
    OB_EVENT_FAILED,      /* this file is not in the point, or was not restored: status says why */
    OB_EVENT_CHANGED,     /* changed while it was read: the copy may be of two moments */
    OB_EVENT_NOT_KEPT,    /* something of a file this version does not keep: `what` names the kind */
    OB_EVENT_SKIPPED_KIND, /* a socket, device … that is left out: `what` names the kind */
    OB_EVENT_RESTORED_AS, /* restored under another name: `what` is that path */
    OB_EVENT_EXISTED,     /* not restored because it exists and the mode is Skip */
    OB_EVENT_LEFT_OUT     /* rightly left out of a backup, no reason to worry: `what` says what it
                             is ("own folder", "kernel file system") */
} ob_event_kind;

typedef struct ob_event {
    ob_event_kind kind;
    const char *path;
    ob_status status;
    const char *what;   /* see the kinds; "" if none */
    const char *detail; /* "" if none */
} ob_event;

typedef struct ob_control {
    void *context;
    bool (*cancelled)(void *context);                           /* asked often; must be quick */
    void (*progress)(void *context, const ob_progress *progress); /* about 10 times a second */
    void (*event)(void *context, const ob_event *event);
} ob_control;

/* ---- backup ---- */

/* Data that is no file, read once and to its end. In the point it is the regular file
 * OB_FEED_FOLDER/NAME. */
#define OB_FEED_FOLDER "commands"
typedef struct ob_feed {
    const char *name; /* one part of a path */
    void *context;
    ob_status (*open)(void *context, void **stream);
    /* *got = 0 is the end. A failure, here or of open(), is an event and the file is not kept; but
     * OB_E_CANCELLED ends the backup. */
    ob_status (*read)(void *stream, void *data, size_t size, size_t *got);
    void (*close)(void *stream);
} ob_feed;

typedef struct ob_backup_options {
    const char *policy;             /* name, kept in the point */
    const char *machine_name;
    const char *const *sources;     /* data source names (volume roots) the selection covers */
    size_t source_count;
    uint32_t retain_days;           /* see ob_repo_set_retention() */
    const ob_feed *feeds;           /* each with a name of its own */
    size_t feed_count;
} ob_backup_options;

typedef struct ob_backup_result {
    ob_guid point;
    int64_t time;
    ob_progress totals;     /* current is "" */
    uint64_t packs_written;
    bool incremental;       /* an earlier run's list was used */
} ob_backup_result;

/* Makes one recovery point. A file that cannot be read is an event and not an error. Errors:
 * OB_E_CANCELLED, OB_E_NOTHING_TO_BACK_UP, and what store and cache give; then no point exists, and
 * what was uploaded is used by the next run. */
ob_status ob_backup_run(const ob_engine *engine, const ob_selection *selection,
                        const ob_backup_options *options, const ob_control *control,
                        ob_backup_result *result);

/* ---- recovery points ---- */

typedef struct ob_point_info {
    ob_guid id;
    int64_t time;
    uint64_t bytes, files;   /* of all regular files; number of entries */
    const char *policy;
    const char *machine_name;
    const char *const *sources;
    size_t source_count;
} ob_point_info;

/* Visits points newest first, but for those that are deleted (ob/retain.h). A damaged one is told by OB_EVENT_FAILED (path = its object's name)
 * through `control` (may be NULL) and passed over. A failure returned by visit ends the listing. */
typedef ob_status (*ob_point_visit)(void *context, const ob_point_info *point);
ob_status ob_points_list(const ob_engine *engine, const ob_control *control, ob_point_visit visit,
                         void *context);

typedef struct ob_view ob_view;

typedef struct ob_view_item {
    const char *path;  /* whole path in the point, '/' between components: "usr/share", "C:/x" */
    ob_file_type type;
    uint32_t mode;
    uint64_t size;
    int64_t mtime;
} ob_view_item;
typedef ob_status (*ob_view_visit)(void *context, const ob_view_item *item);

/* Reads what it needs through `engine`, which must outlive the view. */
ob_status ob_view_open(const ob_engine *engine, const ob_guid *point, ob_view **out);
void ob_view_close(ob_view *view); /* takes NULL */
/* Items directly in folder `path` ("" = top; with or without a leading '/'); with `pattern` not ""
 * all items below whose last component matches it (* ?, ASCII case ignored). *resume: 0 to start,
 * 0 again at the end. Visits at most `most` (> 0) items; in a long search fewer, even none, before
 * the end. OB_E_NOT_FOUND if `path` is not a folder there. */
ob_status ob_view_list(ob_view *view, const char *path, const char *pattern, uint64_t *resume,
                       size_t most, ob_view_visit visit, void *context);

/* ---- restore ---- */

typedef enum ob_overwrite {
    OB_OVERWRITE_COPY,   /* keep the existing file, restore under a new name beside it */
    OB_OVERWRITE_SKIP,
    OB_OVERWRITE_REPLACE
} ob_overwrite;

typedef struct ob_restore_options {
    ob_guid point;
    const char *const *items; /* paths in the point; none = everything */
    size_t item_count;
    /* NULL: in place. Else an absolute folder, made if absent, under which each item's last
     * component and all below it is put; everything = the whole tree from its top. */
    const char *destination;
    ob_overwrite overwrite;
    bool skip_security; /* leave owner and permissions to the destination */
} ob_restore_options;

typedef struct ob_restore_result {
    ob_progress totals;
} ob_restore_result;

/* Each file is written under a temporary name and renamed when it is whole, so that no half file
 * ever has a real name. A file that cannot be restored is an event and the rest goes on. Errors:
 * OB_E_NOT_FOUND (point or item), OB_E_CANCELLED, OB_E_DISK_FULL, OB_E_VAULT_UNREACHABLE. */
ob_status ob_restore_run(const ob_engine *engine, const ob_restore_options *options,
                         const ob_control *control, ob_restore_result *result);

#endif
