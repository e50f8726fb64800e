/*
 * Retention: which recovery points are kept, and how the others are deleted. Deleted is first marked
 * and only days later swept, so that it can be brought back until then; docs/FORMAT.md, "Deletion",
 * says why every point that is not deleted can be restored at each moment of it.
 */
#ifndef OB_RETAIN_H
#define OB_RETAIN_H

#include "ob/engine.h"

/* ---- which are kept: a pure function ---- */

#define OB_SLOT_TIMES_MOST 24

enum ob_week_bits { OB_SUNDAY = 1, OB_MONDAY = 2, OB_SATURDAY = 64 }; /* and so on between */
enum ob_nth_bits { OB_FIRST_WEEK = 1, OB_SECOND_WEEK = 2, OB_LAST_WEEK = 16 };
#define OB_LAST_DAY (UINT32_C(1) << 31)

/*
 * Moments of local time that a point is kept for, `range_days` days long. The first point at or after
 * such a moment, and before the next one, is the moment's: a backup that was missed is made up for by
 * the next. Zero-initialise; sets of bits.
 */
typedef struct ob_slots {
    uint32_t range_days;  /* 7 a week, 31 a month, 366 a year; 0: this rule is not set */
    uint8_t week_days;    /* bit 0 = Sunday */
    uint8_t month_weeks;  /* which of these days in a month: bit 0 = first, bit 4 = last; 0 = each */
    uint32_t month_days;  /* bit 0 = 1st; OB_LAST_DAY; a day that a month lacks is its last */
    uint16_t months;      /* bit 0 = January */
    uint32_t times[OB_SLOT_TIMES_MOST]; /* seconds after midnight; none: midnight */
    size_t time_count;
} ob_slots;

/* Weekly: `week_days`, Sunday if there are none. Monthly: `month_days`, and `week_days` with
 * `month_weeks`, the 1st if there are none. Yearly: the same in `months`, January if there are none.
 * What a rule does not use is not looked at. */
typedef struct ob_retention {
    uint32_t days; /* every point is kept for so long; 0: this rule is not set */
    ob_slots weekly, monthly, yearly;
} ob_retention;

typedef struct ob_dated {
    int64_t time;   /* ns UTC */
    int32_t offset; /* of local time then, seconds east of UTC */
} ob_dated;

enum ob_kept_bits {
    OB_KEPT_DAILY = 1,
    OB_KEPT_WEEKLY = 2,
    OB_KEPT_MONTHLY = 4,
    OB_KEPT_YEARLY = 8,
    OB_KEPT_NEWEST = 16,  /* always kept; of the future only if all are */
    OB_KEPT_ALL = 32,     /* no rule is set */
    OB_KEPT_FUTURE = 64,  /* the clock was set back since: nobody knows how old it is */
    OB_KEPT_RETAINED = 128 /* the store does not give it away yet (not said by the function) */
};

/* For each point, in any order, the set of reasons why it is kept at the time `now`; 0: it is not. A
 * reason holds while the point is not older than the rule's range. */
ob_status ob_retention_apply(const ob_retention *retention, const ob_dated *points, size_t count,
                             int64_t now, uint8_t *reasons);

/* ---- pruning ---- */

#define OB_SOFT_DAYS 14 /* between mark and sweep, unless told otherwise */

/* How long points of a policy are kept. Points of policies without a rule are kept for ever. */
typedef struct ob_retention_rule {
    const char *policy;
    ob_retention retention;
} ob_retention_rule;

typedef enum ob_point_fate {
    OB_FATE_KEPT,
    OB_FATE_MARKED,  /* by this run */
    OB_FATE_WAITING, /* was marked before, can be brought back */
    OB_FATE_SWEPT    /* by this run */
} ob_point_fate;

typedef struct ob_pruned_point {
    ob_guid id;
    int64_t time;
    ob_point_fate fate;
    uint8_t kept; /* reasons, of ob_kept_bits */
} ob_pruned_point;

typedef struct ob_prune_options {
    const ob_retention_rule *rules;
    size_t rule_count;
    const ob_guid *remove; /* points that are to go whatever the rules say */
    size_t remove_count;
    /* Offset of local time at a time, in seconds east of UTC; NULL: none. */
    int32_t (*offset)(void *context, int64_t time);
    /* Is told of each point once, oldest first; may be NULL. */
    void (*told)(void *context, const ob_pruned_point *point);
    void *context;
    uint32_t soft_days; /* 0: OB_SOFT_DAYS */
    /* Points and packs that should be in the vault and are not are lost, and not only out of sight:
     * go on without them. */
    bool accept_missing;
    bool dry_run; /* change nothing */
} ob_prune_options;

typedef struct ob_prune_result {
    uint64_t points, points_kept, points_marked, points_waiting, points_swept;
    uint64_t packs, packs_marked, packs_swept; /* `packs`: in the vault before */
    uint64_t packs_brought_back;               /* were marked, and a point needs them */
    uint64_t bytes_marked, bytes_swept;
    uint64_t indexes_written, indexes_swept;
} ob_prune_result;

/* Marks the points that no rule keeps and the packs that only they need; sweeps what was marked long
 * enough ago before this run began. One run at a time in a vault, beside any number of backups and
 * restores. What a run that failed or died has done stays done, and the next goes on from there.
 *
 * Errors: OB_E_NOT_SUPPORTED by the store; OB_E_BUSY; OB_E_FENCED if another has taken over;
 * OB_E_CANCELLED; OB_E_NOT_FOUND or OB_E_RETAINED for a point that is to go; OB_E_VAULT_INCOMPLETE:
 * the vault lacks what it should have, or shows no point at all, and nothing was deleted; or a point
 * is damaged, so that nobody knows which packs it needs, and no pack was deleted. `result` is set in
 * any case. */
ob_status ob_prune_run(const ob_engine *engine, const ob_prune_options *options,
                       const ob_control *control, ob_prune_result *result);

/* Brings back a point that is marked, and its packs. OB_E_NOT_FOUND if it or one of them is gone. */
ob_status ob_point_undelete(const ob_engine *engine, const ob_guid *point);

/* Visits the points that are marked, oldest first; `left` is the time in ns until they may go. */
typedef ob_status (*ob_deleted_visit)(void *context, const ob_guid *id, int64_t time, int64_t left);
ob_status ob_points_deleted(const ob_engine *engine, ob_deleted_visit visit, void *context);

#endif
