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
    OB_KEPT_NEWEST = 16,  /* always kept */
    OB_KEPT_ALL = 32,     /* no rule is set */
    OB_KEPT_FUTURE = 64,  /* the clock was set back since: nobody knows how old it is */
    OB_KEPT_RETAINED = 128 /* the store does not give it away yet (not said by the function) */
};

/* For each point, in any order, the set of reasons why it is kept at the time `now`; 0: it is not. A
 * reason holds while the point is not older than the rule's range. */
ob_status ob_retention_apply(const ob_retention *retention, const ob_dated *points, size_t count,
                             int64_t now, uint8_t *reasons);

#endif
