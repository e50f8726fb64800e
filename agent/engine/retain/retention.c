#include "ob/alloc.h"
#include "ob/retain.h"

#include <stdlib.h>
#include <string.h>

#define NS_PER_SECOND INT64_C(1000000000)
#define SECONDS_PER_DAY INT64_C(86400)
#define NO_SLOT INT64_MIN
#define SEARCH_DAYS 800 /* a yearly rule has a day in each year; a day that lacks is the last */

typedef struct date {
    int64_t year;
    unsigned month;    /* from 1 */
    unsigned day;      /* from 1 */
    unsigned length;   /* days of the month */
    unsigned week_day; /* 0 = Sunday */
} date;

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

/* The proleptic Gregorian date of a day counted from 1970-01-01. Years are counted from March, so
 * that the leap day is the last, and 400 of them are 146,097 days. */
static date date_of(int64_t day)
{
    static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    date d;
    int64_t shifted = day + 719468;
    int64_t era = floor_div(shifted, 146097);
    int64_t of_era = shifted - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153; /* 0 = March */
    d.day = (unsigned)(of_year - (153 * month + 2) / 5 + 1);
    d.month = (unsigned)(month < 10 ? month + 3 : month - 9);
    d.year = year + era * 400 + (d.month <= 2 ? 1 : 0);
    bool leap = d.year % 4 == 0 && (d.year % 100 != 0 || d.year % 400 == 0);
    d.length = d.month == 2 && leap ? 29 : lengths[d.month - 1];
    d.week_day = (unsigned)(day + 4 - floor_div(day + 4, 7) * 7); /* 1970-01-01 was a Thursday */
    return d;
}

typedef enum rule { WEEKLY, MONTHLY, YEARLY } rule;

static bool is_week_day(const ob_slots *slots, const date *d, bool by_month)
{
    uint8_t days = slots->week_days;
    if (!by_month) {
        days = days != 0 ? days : OB_SUNDAY;
    }
    if ((days >> d->week_day & 1) == 0) {
        return false;
    }
    unsigned nth = (d->day - 1) / 7;
    bool last = d->day + 7 > d->length;
    return !by_month || slots->month_weeks == 0 || (nth < 4 && (slots->month_weeks >> nth & 1)) ||
           (last && (slots->month_weeks & OB_LAST_WEEK) != 0);
}

static bool is_month_day(const ob_slots *slots, const date *d)
{
    uint32_t days = slots->month_days;
    if (days == 0 && slots->week_days == 0) {
        days = 1;
    }
    /* On the last day of the month also for all later ones. */
    return (days >> (d->day - 1) & 1) != 0 || (d->day == d->length && days >> (d->day - 1) != 0);
}

static bool has_slot(const ob_slots *slots, rule rule, int64_t day)
{
    date d = date_of(day);
    unsigned months = slots->months != 0 ? slots->months : 1;
    if (rule == WEEKLY) {
        return is_week_day(slots, &d, false);
    }
    if (rule == YEARLY && (months >> (d.month - 1) & 1) == 0) {
        return false;
    }
    return is_month_day(slots, &d) || is_week_day(slots, &d, true);
}

/* The latest time of day that is not after `second`; -1 if there is none. */
static int64_t time_before(const ob_slots *slots, int64_t second)
{
    int64_t best = slots->time_count == 0 ? 0 : -1;
    for (size_t i = 0; i < slots->time_count && i < OB_SLOT_TIMES_MOST; i++) {
        int64_t time = slots->times[i];
        if (time <= second && time > best) {
            best = time;
        }
    }
    return best;
}

/* The latest slot that is not after a moment, both in seconds of local time. */
static int64_t slot_before(const ob_slots *slots, rule rule, int64_t local)
{
    int64_t day = floor_div(local, SECONDS_PER_DAY);
    int64_t second = local - day * SECONDS_PER_DAY;
    for (int64_t at = day; at > day - SEARCH_DAYS; at--) {
        if (has_slot(slots, rule, at)) {
            int64_t time = time_before(slots, at == day ? second : SECONDS_PER_DAY - 1);
            if (time >= 0) {
                return at * SECONDS_PER_DAY + time;
            }
        }
    }
    return NO_SLOT;
}

typedef struct placed {
    int64_t slot;
    int64_t time;
    size_t number;
} placed;

static int by_slot(const void *a, const void *b)
{
    const placed *left = a;
    const placed *right = b;
    if (left->slot != right->slot) {
        return left->slot < right->slot ? -1 : 1;
    }
    if (left->time != right->time) {
        return left->time < right->time ? -1 : 1;
    }
    return left->number < right->number ? -1 : 1;
}

static bool is_within(int64_t time, int64_t now, uint32_t days)
{
    uint64_t span = (uint64_t)days * (uint64_t)SECONDS_PER_DAY;
    return time >= now || ((uint64_t)now - (uint64_t)time) / (uint64_t)NS_PER_SECOND <= span;
}

static void apply_slots(const ob_slots *slots, rule rule, const ob_dated *points, size_t count,
                        int64_t now, placed *places, uint8_t *reasons)
{
    static const uint8_t bits[] = {OB_KEPT_WEEKLY, OB_KEPT_MONTHLY, OB_KEPT_YEARLY};
    if (slots->range_days == 0 || count == 0) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        int64_t local = floor_div(points[i].time, NS_PER_SECOND) + points[i].offset;
        places[i] = (placed){slot_before(slots, rule, local), points[i].time, i};
    }
    qsort(places, count, sizeof places[0], by_slot);
    for (size_t i = 0; i < count; i++) {
        bool first = i == 0 || places[i].slot != places[i - 1].slot;
        if (first && places[i].slot != NO_SLOT &&
            is_within(places[i].time, now, slots->range_days)) {
            reasons[places[i].number] |= bits[rule];
        }
    }
}

/* Of those that are not of the future, if there is one: a clock that was wrong once must not cost
 * what was backed up since it is right. */
static size_t newest_of(const ob_dated *points, size_t count, int64_t now)
{
    size_t newest = 0;
    for (size_t i = 1; i < count; i++) {
        bool past = points[i].time <= now;
        bool later = points[i].time >= points[newest].time;
        newest = points[newest].time <= now ? (past && later ? i : newest)
                                            : (past || later ? i : newest);
    }
    return newest;
}

ob_status ob_retention_apply(const ob_retention *retention, const ob_dated *points, size_t count,
                             int64_t now, uint8_t *reasons)
{
    bool any = retention->days > 0 || retention->weekly.range_days > 0 ||
               retention->monthly.range_days > 0 || retention->yearly.range_days > 0;
    placed *places = ob_calloc(count, sizeof places[0]);
    if (places == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%zu recovery points", count);
    }
    for (size_t i = 0; i < count; i++) {
        bool daily = retention->days > 0 && is_within(points[i].time, now, retention->days);
        reasons[i] = (uint8_t)((any ? 0 : OB_KEPT_ALL) | (daily ? OB_KEPT_DAILY : 0) |
                               (points[i].time > now ? OB_KEPT_FUTURE : 0));
    }
    apply_slots(&retention->weekly, WEEKLY, points, count, now, places, reasons);
    apply_slots(&retention->monthly, MONTHLY, points, count, now, places, reasons);
    apply_slots(&retention->yearly, YEARLY, points, count, now, places, reasons);
    if (count > 0) {
        reasons[newest_of(points, count, now)] |= OB_KEPT_NEWEST;
    }
    ob_free(places);
    return OB_OK;
}
